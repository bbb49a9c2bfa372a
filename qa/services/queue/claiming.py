"""Taking items out of the queue and giving them back, so that nobody gets what somebody else has.

Every change is one guarded UPDATE: it happens only where the item is still as it has to be, and its row count says
whether it did. SQLite lets one writer in at a time; on PostgreSQL the row of the first item of a pair is locked, and
:func:`claim_next` steps over rows that others are just taking.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, Term, UsageProblem
from qa.services.access.accounts import account
from qa.services.access.permissions import PERMISSIONS, Actor
from qa.services.conversations.reasons import check_reason_filter
from qa.services.inputs import is_storable, text_of
from qa.services.queue.listing import (
    EVERYTHING,
    QueueFilter,
    QueueItem,
    conditions_of,
    free_for,
    in_order,
    item_view,
    theirs,
)
from qa.services.sampling.items import put
from qa.services.sampling.selection import Chosen
from qa.storage import audit
from qa.storage.people import OverviewRow, ReviewRow, SampleItemRow, SampleRow
from qa.storage.tables import now

STALE = timedelta(hours=24)
TRIES = 100
LEAST_REASON, MOST_REASON = 3, 500
WITH_FIRST = "Pominięta razem z pierwszą oceną tej rozmowy."
GONE = "Tę rozmowę ma już ktoś inny albo jest zamknięta: odśwież kolejkę i weź następną."


def claim(session: Session, actor: Actor, item_id: str) -> QueueItem:
    """Take this item to review it; what is the actor's already stays so.

    Raises:
        Missing: there is no such item.
        Refused: the actor may not review this one: their own conversation, or the other half of a pair of reviews.
        Conflict: somebody else has it, or it is closed.
    """
    actor.must("queue.work")
    row = _item(session, item_id)
    if row.status == "claimed" and row.assignee == actor.id:
        return item_view(session, actor, item_id)
    _may_judge(session, row, actor.id, actor.agent_id)
    if not _take(session, actor, row.id, row.second_of or row.id):
        raise Conflict(GONE)
    return item_view(session, actor, item_id)


def claim_next(session: Session, actor: Actor, narrowed: QueueFilter = EVERYTHING) -> QueueItem | None:
    """Take the item that is worth most to the actor, or None where there is none.

    Raises:
        Refused: the actor does not work with the queue.
        Conflict: others were quicker again and again.
        UsageProblem: there is no such channel or reason.
    """
    actor.must("queue.work")
    check_reason_filter(session, narrowed.reason)
    query = (
        select(SampleItemRow.id, SampleItemRow.second_of)
        .join(OverviewRow, OverviewRow.conversation_id == SampleItemRow.conversation_id)
        .where(free_for(actor.id, actor.agent_id), *conditions_of(narrowed))
        .order_by(*in_order(actor))
        .limit(1)
        .with_for_update(of=SampleItemRow, skip_locked=True)
    )
    for _ in range(TRIES):
        found = session.execute(query).first()
        if found is None:
            return None
        if _take(session, actor, found.id, found.second_of or found.id):
            return item_view(session, actor, found.id)
    raise Conflict("Kolejka jest teraz bardzo zajęta: spróbuj jeszcze raz.")


def _take(session: Session, actor: Actor, item_id: str, first_id: str) -> bool:
    # whoever takes one half of a pair waits here for whoever is taking the other one
    session.execute(select(SampleItemRow.id).where(SampleItemRow.id == first_id).with_for_update())
    taken = _changed(
        session,
        SampleItemRow.id == item_id,
        free_for(actor.id, actor.agent_id),
        status="claimed",
        assignee=actor.id,
        claimed_at=now(),
    )
    if taken:
        audit.record(session, actor.login, "queue_claim", item_id, {})
    return bool(taken)


def release(session: Session, actor: Actor, item_id: str) -> None:
    """Give a claimed item back to everybody; a lead also gives back what others have.

    Raises:
        Missing: there is no such item.
        Conflict: it is not claimed, or another's.
    """
    actor.must("queue.work")
    row = _item(session, item_id)
    whose = [] if actor.may("sample.plan") else [SampleItemRow.assignee == actor.id]
    if not _changed(session, SampleItemRow.id == row.id, SampleItemRow.status == "claimed", *whose, **_BACK):
        raise Conflict("Możesz oddać tylko rozmowę, którą masz teraz w pracy: odśwież kolejkę.")
    audit.record(session, actor.login, "queue_release", item_id, {})


def assign(session: Session, actor: Actor, item_id: str, account_id: str | None) -> QueueItem:
    """Keep an open item for one person, who still has to take it; None gives it back to everybody.

    What somebody else has taken is taken away from them.

    Raises:
        Missing: there is no such item or account.
        Refused: the actor does not lead, or the person may not review this item.
        UsageProblem: the person does not work with the queue.
        Conflict: the item is closed.
    """
    actor.must("sample.plan")
    row = _item(session, item_id)
    if account_id is not None:
        person = account(session, account_id if is_storable(account_id) else "")
        if not person.active or not PERMISSIONS["queue.work"] & set(person.roles):
            raise UsageProblem("Ta osoba nie pracuje z kolejką: wybierz specjalistę albo kierownika jakości.")
        _may_judge(session, row, person.id, person.agent_id)
    if row.status == "claimed" and row.assignee == account_id:
        return item_view(session, actor, item_id)
    still = SampleItemRow.status.in_(("waiting", "claimed"))
    if not _changed(session, SampleItemRow.id == row.id, still, **{**_BACK, "assignee": account_id}):
        raise Conflict("Ta pozycja kolejki jest już zamknięta: odśwież kolejkę.")
    audit.record(session, actor.login, "queue_assign", item_id, {"to": account_id})
    return item_view(session, actor, item_id)


def skip(session: Session, actor: Actor, item_id: str, reason: str) -> QueueItem | None:
    """Close a claimed item that cannot be judged, and put its replacement into the queue.

    The replacement is the next one of the stratum's reserve from the same drawing, so it is the same whoever skips.
    The item is ``replaced`` then, otherwise ``skipped``; both count as skipped by the actor. A waiting second review
    goes with its first, and the replacement gets one too. A second review itself is not replaced.

    Returns:
        The replacement, or None where there is none.

    Raises:
        Missing: there is no such item.
        UsageProblem: the reason is too short, too long, or cannot be stored.
        Conflict: the actor does not have the item claimed.
    """
    actor.must("queue.work")
    text = text_of(reason, Term("Powód pominięcia"), LEAST_REASON, MOST_REASON)
    row = _item(session, item_id)
    closed = {"closed_by": actor.id, "closed_at": now(), "skip_reason": text}
    if not _changed(session, SampleItemRow.id == row.id, _claimed_by(actor), status="skipped", **closed):
        raise Conflict("Możesz pominąć tylko rozmowę, którą masz teraz w pracy: weź ją najpierw z kolejki.")
    replacement = None if row.second_of else _replaced(session, row)
    audit.record(session, actor.login, "queue_skip", item_id, {"replaced": replacement is not None})
    return None if replacement is None else item_view(session, actor, replacement)


def _replaced(session: Session, row: SampleItemRow) -> str | None:
    """The key of the item that replaces ``row``; its waiting second review is closed, replaced or not."""
    sample = session.get_one(SampleRow, row.sample_id, with_for_update=True)  # two skips, two replacements
    again = _changed(
        session,
        SampleItemRow.sample_id == row.sample_id,
        SampleItemRow.conversation_id == row.conversation_id,
        SampleItemRow.second_of == row.id,
        SampleItemRow.status == "waiting",
        status="skipped",
        closed_at=now(),
        skip_reason=WITH_FIRST,
    )
    following = _next_reserve(session, sample, row.stratum)
    if following is None:
        return None
    _changed(
        session,
        SampleItemRow.sample_id == row.sample_id,
        SampleItemRow.conversation_id == row.conversation_id,
        SampleItemRow.status == "skipped",
        status="replaced",
    )
    seconds = {following.conversation_id} if again else set()
    return put(session, sample, [following], seconds, row.due_on)[0]


def _next_reserve(session: Session, sample: SampleRow, stratum: str) -> Chosen | None:
    for identifier, agent_id, probability, reason in sample.details["reserve"].get(stratum, []):
        used = exists().where(
            SampleItemRow.conversation_id == identifier, SampleItemRow.sample_id == sample.id
        )
        there = select(OverviewRow.conversation_id).where(OverviewRow.conversation_id == identifier, ~used)
        if session.scalar(there) is not None:
            return Chosen(identifier, agent_id, stratum, probability, reason)
    return None


def finish(session: Session, actor: Actor, item_id: str) -> None:
    """Close an item of the actor's, claimed or kept for them, whose review they have finished.

    Once more changes nothing.

    Raises:
        Missing: there is no such item.
        Conflict: it is not the actor's, or they have not finished its review.
    """
    actor.must("queue.work")
    row = _item(session, item_id)
    if row.status == "done" and row.closed_by == actor.id:
        return
    reviewed = exists().where(
        ReviewRow.conversation_id == row.conversation_id,
        ReviewRow.item_id == row.id,
        ReviewRow.account_id == actor.id,
        ReviewRow.status == "finished",
    )
    if not session.scalar(select(reviewed)):
        raise Conflict("Najpierw zakończ ocenę tej rozmowy, a jeśli nie da się jej ocenić, pomiń ją.")
    closed = {"closed_by": actor.id, "closed_at": now()}
    theirs_now = SampleItemRow.status.in_(("waiting", "claimed")) & (SampleItemRow.assignee == actor.id)
    if not _changed(session, SampleItemRow.id == row.id, theirs_now, status="done", **closed):
        raise Conflict("Tej rozmowy nie masz teraz w pracy: weź ją najpierw z kolejki.")
    audit.record(session, actor.login, "queue_finish", item_id, {})


def release_stale(session: Session, actor: Actor, moment: datetime) -> int:
    """Give back what was claimed more than 24 hours before ``moment`` and not worked on since; how many items.

    A draft that was changed in these hours keeps its item.
    """
    actor.must("queue.work")
    before = moment.astimezone(UTC) - STALE  # SQLite compares what is written, without the zone
    at_work = exists().where(
        ReviewRow.conversation_id == SampleItemRow.conversation_id,
        func.coalesce(ReviewRow.account_id, "") == SampleItemRow.assignee,  # found by its conversation
        ReviewRow.updated_at >= before,
    )
    count = _changed(
        session, SampleItemRow.status == "claimed", SampleItemRow.claimed_at < before, ~at_work, **_BACK
    )
    if count:
        audit.record(session, actor.login, "queue_stale", None, {"items": count})
    return count


_BACK: dict[str, Any] = {"status": "waiting", "assignee": None, "claimed_at": None}


def _changed(session: Session, *where: ColumnElement[bool], **values: Any) -> int:
    """How many items there are to which this applied; only they have the new values."""
    statement = update(SampleItemRow).where(*where).values(**values)
    result = session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()  # what was read of them before is no longer so
    return result.rowcount  # type: ignore[attr-defined, no-any-return]


def _claimed_by(actor: Actor) -> ColumnElement[bool]:
    return (SampleItemRow.status == "claimed") & (SampleItemRow.assignee == actor.id)


def _item(session: Session, item_id: str) -> SampleItemRow:
    row = session.get(SampleItemRow, item_id, populate_existing=True) if is_storable(item_id) else None
    if row is None:
        raise Missing("Nie ma takiej pozycji w kolejce.")
    return row


def _may_judge(session: Session, row: SampleItemRow, account_id: str, agent_id: str | None) -> None:
    judge = session.scalar(
        select(SampleItemRow.id).where(SampleItemRow.id == row.id, theirs(account_id, agent_id))
    )
    if judge is None:
        raise Refused(
            "Tej rozmowy nie może ocenić ta osoba: jest jej własna albo ma już jej drugą, niezależną ocenę."
        )
