"""Disputes: an agent objects to one outcome, and somebody other than its author decides.

An overturned outcome changes no review: it becomes a new one of kind ``dispute``, whose id is that of the dispute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.accounts import new_id
from qa.services.access.blindness import FIRST_JUDGE, still_blind
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, text_of
from qa.services.judging.cards import card_of
from qa.services.judging.person_score import person_score
from qa.storage import audit
from qa.storage.analysis import local_time
from qa.storage.people import DisputeRow, OutcomeRow, OverviewRow, ReviewRow
from qa.storage.tables import now
from scorecards.card import DECIDED_OUTCOMES

DAYS = 14
MOST_COMMENT = 4000
OVERTURNED = ("accepted", "partly")
DECIDED = (*OVERTURNED, "rejected", "wrong_person")
STATUSES = ("open", *DECIDED, "withdrawn")
DISPUTABLE = ("review", "second")  # a calibration is no evaluation of the agent
KIND = "dispute"


@dataclass(frozen=True, slots=True)
class _Result:
    """What is disputed: the outcomes of a person's review, or of the machine where ``review_id`` is None.

    ``since`` is the day from which the window counts; None where the conversation has no day.
    """

    review_id: str | None
    since: date | None
    criteria: Mapping[str, Any]


def raise_dispute(
    session: Session,
    actor: Actor,
    conversation_id: str,
    criterion: str,
    comment: str,
    review_id: str | None,
    today: date,
    days: int = DAYS,
) -> str:
    """Object to one outcome of an own conversation; gives the dispute's id.

    Args:
        review_id: the disputed review; one that an earlier dispute made stands for the review it rests on.
            None for the machine's results, while no person has reviewed the conversation.
        days: how long after the finished review, or after the conversation's day, one may object.

    Raises:
        Missing: the conversation is not the actor's, or has no such review.
        Refused: the actor may not dispute, the window is over, or a person has reviewed what the machine said.
        Conflict: this outcome has been disputed already.
        UsageProblem: the criterion has no outcome to object to, or the comment is too short or too long.
    """
    actor.must("dispute.raise")
    own_conversation(session, actor, conversation_id, lock=True)
    result = _disputed(session, conversation_id, review_id)
    last = None if result.since is None else result.since + timedelta(days=days)
    if last is not None and today > last:
        raise Refused(f"Czas na odwołanie minął {last.isoformat()}: porozmawiaj o tej ocenie z przełożonym.")
    was = result.criteria.get(criterion, {}).get("outcome")
    if was not in DECIDED_OUTCOMES:
        raise UsageProblem("To kryterium nie ma wyniku, od którego można się odwołać: wybierz inne.")
    _not_twice(session, conversation_id, result.review_id, criterion)
    row = DisputeRow(
        id=new_id(),
        conversation_id=conversation_id,
        review_id=result.review_id,
        criterion=criterion,
        account_id=actor.id,
        was=was,
        comment=text_of(comment, "Uzasadnienie odwołania", 3, MOST_COMMENT),
    )
    session.add(row)
    session.flush()
    details = {
        "conversation": audit.mark_of(conversation_id),
        "criterion": criterion,
        "review": result.review_id,
    }
    audit.record(session, actor.login, "dispute_raise", row.id, details)
    return row.id


def last_day(
    session: Session, actor: Actor, conversation_id: str, review_id: str | None, days: int = DAYS
) -> str | None:
    """The last ISO day for a dispute about an own conversation; None where there is no limit.

    Raises:
        Missing: the conversation is not the actor's, or has no such review.
        Refused: the actor may not dispute, or a person has reviewed what the machine said.
    """
    actor.must("dispute.raise")
    own_conversation(session, actor, conversation_id)
    since = _disputed(session, conversation_id, review_id).since
    return None if since is None else (since + timedelta(days=days)).isoformat()


def withdraw(session: Session, actor: Actor, dispute_id: str) -> None:
    """Take an own open dispute back; the outcome may then be disputed again.

    Raises:
        Missing: there is no such dispute of the actor's.
        Conflict: it is no longer open.
    """
    actor.must("dispute.raise")
    row = _locked(session, dispute_id)
    if row.account_id != actor.id:
        raise Missing("Nie ma takiego odwołania wśród Twoich.")
    _still_open(row)
    row.status = "withdrawn"
    session.flush()
    audit.record(
        session, actor.login, "dispute_withdraw", row.id, {"conversation": audit.mark_of(row.conversation_id)}
    )


def decide(
    session: Session,
    actor: Actor,
    dispute_id: str,
    status: str,
    comment: str,
    becomes: str | None = None,
) -> str | None:
    """Decide an open dispute; gives the id of the new review where the outcome is overturned.

    Args:
        status: ``accepted`` or ``partly`` with a new outcome in ``becomes``, ``rejected`` or ``wrong_person`` without.

    Raises:
        Missing: there is no such dispute.
        Refused: the actor may not decide, wrote the disputed review, is the person it is about, or has to judge the
            conversation blind in a calibration first.
        Conflict: it is no longer open, or the result that would change is gone.
        UsageProblem: an unknown status, an outcome missing, out of place or the same, a comment too short or too long.
    """
    actor.must("dispute.decide")
    row = _locked(session, dispute_id)
    _still_open(row)
    overview = session.get(OverviewRow, row.conversation_id, with_for_update=True)
    review = session.get(ReviewRow, row.review_id) if row.review_id else None
    reason = why_not(
        actor, row, review.account_id if review else None, overview.agent_id if overview else None
    )
    if reason:
        raise Refused(reason)
    if row.conversation_id in still_blind(session, actor):
        raise Refused(FIRST_JUDGE)
    _check_outcome(status, becomes, row.was)
    why = text_of(comment, "Uzasadnienie decyzji", 3, MOST_COMMENT)
    base = None if becomes is None else _base(session, row, review, overview)
    row.decision, row.status, row.becomes = why, status, becomes
    row.decided_by, row.decided_at = actor.id, now()
    if base is not None:
        session.add(_overturned(row, base))
    session.flush()
    details = {
        "conversation": audit.mark_of(row.conversation_id),
        "criterion": row.criterion,
        "status": status,
        "was": row.was,
        "becomes": becomes,
    }
    audit.record(session, actor.login, "dispute_decide", row.id, details)
    return row.id if becomes is not None else None


def why_not(actor: Actor, row: DisputeRow, author: str | None, agent_id: str | None) -> str | None:
    """Why the actor may not decide this dispute, or None: nobody judges their own work."""
    if author == actor.id:
        return "To Twoja ocena: odwołanie od niej rozstrzyga ktoś inny."
    if row.account_id == actor.id or (actor.agent_id is not None and actor.agent_id == agent_id):
        return "To odwołanie dotyczy Ciebie: rozstrzyga je ktoś inny."
    return None


def own_conversation(
    session: Session, actor: Actor, conversation_id: str, *, lock: bool = False
) -> OverviewRow:
    """The conversation, where it is the actor's own. ``lock`` makes others who change its disputes wait.

    Raises:
        Missing: it is not.
    """
    known = is_storable(conversation_id)
    row = session.get(OverviewRow, conversation_id, with_for_update=lock or None) if known else None
    if row is None or actor.agent_id is None or row.agent_id != actor.agent_id:
        raise Missing("Nie ma takiej rozmowy wśród Twoich.")
    return row


def _disputed(session: Session, conversation_id: str, review_id: str | None) -> _Result:
    if review_id is None:
        return _of_machine(session, conversation_id)
    review = session.get(ReviewRow, review_id) if is_storable(review_id) else None
    if review is not None and review.conversation_id == conversation_id and review.finished_at is not None:
        earlier = session.get(DisputeRow, review.id) if review.kind == KIND else None
        if earlier is not None:
            return _disputed(session, conversation_id, earlier.review_id)
        finished = local_time(review.finished_at)
        if review.kind in DISPUTABLE and finished is not None:
            return _Result(review.id, finished.date(), review.criteria)
    raise Missing("Nie ma takiej zakończonej oceny tej rozmowy.")


def _of_machine(session: Session, conversation_id: str) -> _Result:
    reviewed = select(ReviewRow.id).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.status == "finished",
        ReviewRow.kind.in_(DISPUTABLE),
    )
    if session.scalars(reviewed.limit(1)).first() is not None:
        raise Refused("Tę rozmowę ocenił już człowiek: odwołaj się od jego oceny.")
    overview = session.get(OverviewRow, conversation_id)
    day = date.fromisoformat(overview.day) if overview and overview.day else None
    return _Result(None, day, _automatic(session, conversation_id)[0])


def _automatic(session: Session, conversation_id: str) -> tuple[dict[str, Any], str | None]:
    """What the machine has decided in the form of a review's criteria, and by which scorecard."""
    rows = list(session.scalars(select(OutcomeRow).where(OutcomeRow.conversation_id == conversation_id)))
    criteria = {
        row.criterion: {
            "outcome": row.outcome,
            "comment": "",
            "automatic": row.outcome,
            "confidence": row.confidence,
        }
        for row in rows
        if row.outcome in DECIDED_OUTCOMES
    }
    return criteria, rows[0].scorecard if rows else None


def _not_twice(session: Session, conversation_id: str, review_id: str | None, criterion: str) -> None:
    query = select(DisputeRow.id).where(
        DisputeRow.conversation_id == conversation_id,
        DisputeRow.criterion == criterion,
        DisputeRow.review_id.is_(None) if review_id is None else DisputeRow.review_id == review_id,
        DisputeRow.status != "withdrawn",
    )
    if session.scalars(query.limit(1)).first() is not None:
        raise Conflict("Od tego wyniku już się odwołano: otwórz listę swoich odwołań.")


def _locked(session: Session, dispute_id: str) -> DisputeRow:
    """The dispute as it is now; whoever else wants to change it waits (SQLite has one writer anyway)."""
    row = (
        session.get(DisputeRow, dispute_id, with_for_update=True, populate_existing=True)
        if is_storable(dispute_id)
        else None
    )
    if row is None:
        raise Missing("Nie ma takiego odwołania.")
    return row


def _still_open(row: DisputeRow) -> None:
    if row.status != "open":
        raise Conflict("To odwołanie nie jest już otwarte: odśwież stronę.")


def _check_outcome(status: str, becomes: str | None, was: str) -> None:
    if status not in DECIDED:
        raise UsageProblem(f"Decyzja to jedno z: {', '.join(DECIDED)}.")
    if status not in OVERTURNED and becomes is not None:
        raise UsageProblem("Ta decyzja nie zmienia wyniku: usuń nowy wynik albo wybierz inną.")
    if status in OVERTURNED and (becomes not in DECIDED_OUTCOMES or becomes == was):
        raise UsageProblem("Uznane odwołanie zmienia wynik: podaj pass, fail albo na, inny niż dotąd.")


@dataclass(frozen=True, slots=True)
class _Base:
    """The outcomes that hold at this moment, which a decision changes in one place."""

    scorecard: str
    agent_id: str | None
    criteria: Mapping[str, Any]


def _base(session: Session, row: DisputeRow, review: ReviewRow | None, overview: OverviewRow | None) -> _Base:
    held = _holding(session, row) or review
    agent_id = overview.agent_id if overview else held.agent_id if held else None
    if held is not None:
        return _Base(held.scorecard, agent_id, held.criteria)
    criteria, scorecard = _automatic(session, row.conversation_id)
    if scorecard is None:
        raise Conflict("Wyników tej rozmowy już nie ma: odwołanie można tylko oddalić.")
    return _Base(scorecard, agent_id, criteria)


def _overturned(row: DisputeRow, base: _Base) -> ReviewRow:
    """The review that the decision makes."""
    before = base.criteria.get(row.criterion, {"automatic": None, "confidence": None})
    criteria = {**base.criteria, row.criterion: {**before, "outcome": row.becomes, "comment": row.decision}}
    card = card_of(base.scorecard)
    return ReviewRow(
        id=row.id,
        conversation_id=row.conversation_id,
        account_id=row.decided_by,
        kind=KIND,
        status="finished",
        scorecard=base.scorecard,
        agent_id=base.agent_id,
        criteria=criteria,
        score=person_score(card, {name: one["outcome"] for name, one in criteria.items()}) if card else None,
        finished_at=row.decided_at,
    )


def _holding(session: Session, row: DisputeRow) -> ReviewRow | None:
    """The newest review that the decision builds on, so that it keeps what earlier decisions overturned.

    For a review these are the decisions about it; for the machine, whatever people have said since.
    """
    query = select(ReviewRow).where(
        ReviewRow.conversation_id == row.conversation_id, ReviewRow.status == "finished"
    )
    if row.review_id is None:
        query = query.where(ReviewRow.kind.in_(("review", KIND)))
    else:
        query = query.join(DisputeRow, DisputeRow.id == ReviewRow.id).where(
            DisputeRow.review_id == row.review_id
        )
    return session.scalars(query.order_by(ReviewRow.finished_at.desc()).limit(1)).first()
