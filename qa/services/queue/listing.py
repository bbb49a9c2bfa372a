"""What is in the queue and who may take it; who skipped how much."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from qa.errors import Missing, UsageProblem
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.conversations.reasons import check_reason_filter, has_reason
from qa.services.inputs import is_storable, rows_of
from qa.services.judging.trust import Share
from qa.services.sampling.plans import PAGE
from qa.storage.analysis import midnight
from qa.storage.people import AccountRow, OverviewRow, ReviewRow, SampleItemRow, SampleRow
from transcripts.conversation import CHANNELS

NEVER_DUE = "9999-12-31"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to; an empty value narrows nothing.

    ``reason`` is a leaf, a group or ``none``; ``overdue_on`` leaves what was due before that day; ``second`` only first or only blind second reviews;
    ``mine`` what the actor has or is to have.
    """

    plan_id: str = ""
    sample_id: str = ""
    agent: str = ""
    team: str = ""
    channel: str = ""
    reason: str = ""
    overdue_on: date | None = None
    second: bool | None = None
    mine: bool = False


EVERYTHING = QueueFilter()


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An item as the actor may see it: a blind one says nothing of earlier outcomes, nor who has the other review.

    ``why`` says in Polish why it was drawn, ``probability`` how likely that was; ``due_on`` is an ISO day; ``claimed_at`` an ISO moment.
    """

    id: str
    sample_id: str
    plan_id: str
    conversation_id: str
    channel: str
    started_at: str
    agent_id: str | None
    team: str | None
    opening: str
    primary_reason: str | None
    seconds: float | None
    stratum: str
    why: str
    worth: float | None
    probability: float | None
    status: str
    blind: bool
    second: bool
    assignee: str | None
    assignee_name: str | None
    claimed_at: str | None
    due_on: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue."""

    rows: tuple[QueueItem, ...]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class SkipCount:
    """How many conversations a reviewer skipped, and of these had replaced, among all that they closed.

    ``low`` and ``high`` are the 95 % Wilson interval of ``share``.
    """

    account_id: str
    name: str
    skipped: int
    replaced: int
    done: int
    share: float
    low: float
    high: float


def theirs(account_id: str, agent_id: str | None) -> ColumnElement[bool]:
    """Items that this person may judge, whoever has them now.

    Not the half of a pair whose other half they have or have closed, nor blind what they have judged in any other way,
    nor their own conversation.
    """
    other = aliased(SampleItemRow)
    pair = exists().where(
        other.conversation_id == SampleItemRow.conversation_id,
        or_(other.second_of == SampleItemRow.id, other.id == SampleItemRow.second_of),
        # kept when the item is closed; no index of it, as one person has many items and a conversation few
        func.coalesce(other.assignee, "") == account_id,
    )
    judged = exists().where(
        ReviewRow.conversation_id == SampleItemRow.conversation_id,
        func.coalesce(ReviewRow.account_id, "") == account_id,
        or_(ReviewRow.item_id.is_(None), ReviewRow.item_id != SampleItemRow.id),
    )
    seen = or_(SampleItemRow.second_of.is_not(None), SampleItemRow.blind)
    found = and_(~pair, or_(~seen, ~judged))
    if agent_id is None:
        return found
    return and_(found, or_(SampleItemRow.agent_id.is_(None), SampleItemRow.agent_id != agent_id))


def free_for(account_id: str, agent_id: str | None) -> ColumnElement[bool]:
    """Waiting items that this person may take."""
    unassigned = or_(SampleItemRow.assignee.is_(None), SampleItemRow.assignee == account_id)
    return and_(SampleItemRow.status == "waiting", unassigned, theirs(account_id, agent_id))


def in_order(actor: Actor) -> Sequence[Any]:
    """What the actor has claimed, what is kept for them, then the rest: most worth first, then by due day."""
    mine = SampleItemRow.assignee == actor.id
    first = case((and_(SampleItemRow.status == "claimed", mine), 0), (mine, 1), else_=2)
    return first, SampleItemRow.worth.desc(), func.coalesce(SampleItemRow.due_on, NEVER_DUE), SampleItemRow.id


def conditions_of(narrowed: QueueFilter) -> list[ColumnElement[bool]]:
    """The filters as conditions on items joined with the overview; ``mine`` is not among them.

    Raises:
        UsageProblem: a value is no text that the database can hold.
    """
    found: list[ColumnElement[bool]] = []
    if not all(is_storable(value) for value in astuple(narrowed) if isinstance(value, str)):
        raise UsageProblem("Filtr kolejki zawiera znaki, których nie da się zapisać: usuń je.")
    if narrowed.channel and narrowed.channel not in CHANNELS:
        raise UsageProblem("Nieznany kanał: do wyboru {known}.", known=CHANNELS)
    if narrowed.plan_id:
        samples = select(SampleRow.id).where(SampleRow.plan_id == narrowed.plan_id)
        found.append(SampleItemRow.sample_id.in_(samples))
    for column, value in (
        (SampleItemRow.sample_id, narrowed.sample_id),
        (SampleItemRow.agent_id, narrowed.agent),
        (OverviewRow.team, narrowed.team),
        (OverviewRow.channel, narrowed.channel),
    ):
        if value:
            found.append(column == value)
    if narrowed.reason:
        found.append(has_reason(narrowed.reason))
    if narrowed.overdue_on:
        found.append(SampleItemRow.due_on < narrowed.overdue_on.isoformat())
    if narrowed.second is not None:
        again = SampleItemRow.second_of
        found.append(again.is_not(None) if narrowed.second else again.is_(None))
    return found


def next_items(
    session: Session,
    actor: Actor,
    page: int = 1,
    narrowed: QueueFilter = EVERYTHING,
    *,
    everybody: bool = False,
) -> QueuePage:
    """A page of what the actor has and may take, in the order of :func:`in_order`.

    Args:
        everybody: every open item, also those of others; for a lead, who assigns them.

    Raises:
        Refused: the actor does not work with the queue, or wants everybody's and does not lead.
        UsageProblem: there is no such page.
    """
    actor.must("sample.plan" if everybody else "queue.work")
    own = and_(SampleItemRow.status.in_(("claimed", "waiting")), SampleItemRow.assignee == actor.id)
    claimed = and_(SampleItemRow.status == "claimed", SampleItemRow.assignee == actor.id)
    visible = or_(claimed, free_for(actor.id, actor.agent_id))
    where = [SampleItemRow.status.in_(("claimed", "waiting")) if everybody else visible]
    conditions = conditions_of(narrowed)
    check_reason_filter(session, narrowed.reason)
    where += [*conditions, *([own] if narrowed.mine else [])]
    query = _joined(select(SampleItemRow, OverviewRow, SampleRow.plan_id, AccountRow.name)).where(*where)
    offset, limit = rows_of(page, PAGE)
    query = query.order_by(*in_order(actor)).offset(offset).limit(limit)
    counted = _joined(select(func.count(SampleItemRow.id))).where(*where)
    hidden = hidden_from(session, actor)
    rows = tuple(_view(*row, hidden=hidden) for row in session.execute(query))
    return QueuePage(rows, session.scalar(counted) or 0, page)


def is_sample(session: Session, sample_id: str) -> bool:
    """Whether there is such a sample, even one in which nothing waits any more."""
    return is_storable(sample_id) and session.get(SampleRow, sample_id) is not None


def item_view(session: Session, actor: Actor, item_id: str) -> QueueItem:
    """One item, whatever its status.

    Raises:
        Missing: there is no such item, or its conversation is gone.
    """
    actor.must("queue.work")
    query = _joined(select(SampleItemRow, OverviewRow, SampleRow.plan_id, AccountRow.name))
    found = (
        session.execute(query.where(SampleItemRow.id == item_id)).first() if is_storable(item_id) else None
    )
    if found is None:
        raise Missing("Nie ma takiej pozycji w kolejce albo jej rozmowa została usunięta.")
    return _view(*found, hidden=hidden_from(session, actor))


def _joined(query: Any) -> Any:
    return (
        query.select_from(SampleItemRow)
        .join(OverviewRow, OverviewRow.conversation_id == SampleItemRow.conversation_id)
        .join(SampleRow, SampleRow.id == SampleItemRow.sample_id)
        .outerjoin(AccountRow, AccountRow.id == SampleItemRow.assignee)
    )


def _view(
    item: SampleItemRow, overview: OverviewRow, plan_id: str, name: str | None, *, hidden: Collection[str]
) -> QueueItem:
    """The item; why it was chosen and what it is worth tell of outcomes, so they are left out where those are hidden."""
    secret = item.conversation_id in hidden
    tells = item.blind or not secret  # a blind item's own reason says nothing of outcomes
    return QueueItem(
        id=item.id,
        sample_id=item.sample_id,
        plan_id=plan_id,
        conversation_id=item.conversation_id,
        channel=overview.channel,
        started_at=overview.started_at,
        agent_id=item.agent_id,
        team=overview.team,
        opening=overview.opening,
        primary_reason=overview.primary_reason,
        seconds=overview.seconds,
        stratum=item.stratum if tells else "",
        why=item.reason if tells else "",
        worth=None if item.blind or secret else item.worth,
        probability=None if item.blind or secret else item.probability,
        status=item.status,
        blind=item.blind,
        second=item.second_of is not None,
        assignee=item.assignee,
        assignee_name=name,
        claimed_at=item.claimed_at.isoformat() if item.claimed_at else None,
        due_on=item.due_on,
    )


def skip_counts(session: Session, actor: Actor, first_day: date, last_day: date) -> tuple[SkipCount, ...]:
    """Who skipped how much of what they closed on these days, by name: it is no ranking.

    Raises:
        Refused: the actor leads no team.
        UsageProblem: the days are the wrong way round.
    """
    actor.must("sample.plan", "team.read")
    if first_day > last_day:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    skipped = SampleItemRow.status.in_(("skipped", "replaced"))
    query = (
        select(
            SampleItemRow.closed_by,
            AccountRow.name,
            func.sum(case((skipped, 1), else_=0)),
            func.sum(case((SampleItemRow.status == "replaced", 1), else_=0)),
            func.sum(case((SampleItemRow.status == "done", 1), else_=0)),
        )
        .outerjoin(AccountRow, AccountRow.id == SampleItemRow.closed_by)
        .where(
            SampleItemRow.closed_by.is_not(None),
            SampleItemRow.closed_at >= midnight(first_day),
            SampleItemRow.closed_at < midnight(last_day + timedelta(days=1)),
        )
        .group_by(SampleItemRow.closed_by, AccountRow.name)
        .order_by(AccountRow.name, SampleItemRow.closed_by)
    )
    return tuple(_skip_count(*row) for row in session.execute(query))


def _skip_count(account_id: str, name: str | None, skipped: int, replaced: int, done: int) -> SkipCount:
    share = Share(skipped, skipped + done)
    low, high = share.interval or (0.0, 1.0)
    return SkipCount(account_id, name or "", skipped, replaced, done, share.value or 0.0, low, high)
