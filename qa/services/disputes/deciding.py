"""Disputes: an agent objects to one outcome, and somebody other than its author decides.

An overturned outcome changes no review: it becomes a new one of kind ``dispute``, whose id is that of the dispute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, Term, UsageProblem
from qa.services.access.accounts import new_id
from qa.services.access.blindness import FIRST_JUDGE, FIRST_SECOND, QUEUE, hidden_by
from qa.services.access.permissions import Actor
from qa.services.disputes.window import DAYS, KIND, automatic, disputed, own_conversation
from qa.services.inputs import is_storable, text_of
from qa.services.judging.answers import (
    LEVELS,
    Answer,
    choices,
    levels_of,
    outcomes_of,
    read_answer,
    word_of,
)
from qa.services.judging.cards import card_of, criterion_of
from qa.services.judging.person_score import person_score
from qa.storage import audit
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow
from qa.storage.tables import now
from scorecards import Criterion
from scorecards.card import DECIDED_OUTCOMES

MOST_COMMENT = 4000
UNCHANGED = "Uznane odwołanie zmienia wynik: podaj pass, fail albo na, inny niż dotąd."
UNCHANGED_LEVEL = "Uznane odwołanie zmienia wynik: podaj poziom od 0 do {top} albo na, inny niż dotąd."
OVERTURNED = ("accepted", "partly")
DECIDED = (*OVERTURNED, "rejected", "wrong_person")
STATUSES = ("open", *DECIDED, "withdrawn")


def raise_dispute(
    session: Session,
    actor: Actor,
    conversation_id: str,
    criterion: str,
    comment: str,
    review_id: str | None,
    today: date,
    days: int = DAYS,
    wanted: str | None = None,
) -> str:
    """Object to one outcome of an own conversation; gives the dispute's id.

    Args:
        review_id: the disputed review; one that an earlier dispute made stands for the review it rests on.
            None for the machine's results, while no person has reviewed the conversation.
        days: how long after the finished review, or after the conversation's day, one may object.
        wanted: the level that the agent asks for, where the criterion has a scale; None for none in particular.

    Raises:
        Missing: the conversation is not the actor's, or has no such review.
        Refused: the actor may not dispute, the window is over, or a person has reviewed what the machine said.
        Conflict: this outcome has been disputed already.
        UsageProblem: the criterion has no outcome to object to, no such level or this one already, or the comment is too
            short or too long.
    """
    actor.must("dispute.raise")
    own_conversation(session, actor, conversation_id, lock=True)
    result = disputed(session, conversation_id, review_id)
    last = result.last_day(days)
    if last is not None and today > last:
        raise Refused(
            "Czas na odwołanie minął {day}: porozmawiaj o tej ocenie z przełożonym.", day=last.isoformat()
        )
    kept = result.criteria.get(criterion, {})
    was, was_level = kept.get("outcome"), kept.get("level")
    if was not in DECIDED_OUTCOMES:
        raise UsageProblem("To kryterium nie ma wyniku, od którego można się odwołać: wybierz inne.")
    level = _wanted(criterion_of(result.scorecard, criterion), wanted, was_level)
    _not_twice(session, conversation_id, result.review_id, criterion)
    row = DisputeRow(
        id=new_id(),
        conversation_id=conversation_id,
        review_id=result.review_id,
        criterion=criterion,
        account_id=actor.id,
        was=was,
        was_level=was_level,
        wanted_level=level,
        comment=text_of(comment, Term("Uzasadnienie odwołania"), 3, MOST_COMMENT),
    )
    session.add(row)
    session.flush()
    details = {
        "conversation": audit.mark_of(session, conversation_id),
        "criterion": criterion,
        "review": result.review_id,
    }
    audit.record(session, actor.login, "dispute_raise", row.id, details)
    return row.id


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
        session,
        actor.login,
        "dispute_withdraw",
        row.id,
        {"conversation": audit.mark_of(session, row.conversation_id)},
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
        becomes: with a scale the number of a level.

    Raises:
        Missing: there is no such dispute.
        Refused: the actor may not decide, wrote the disputed review, is the person it is about, or has to judge the
            conversation blind first.
        Conflict: it is no longer open, or the result that would change is gone.
        UsageProblem: an unknown status, an outcome missing, out of place or the same, a comment too short or too long.
    """
    actor.must("dispute.decide")
    row = _locked(session, dispute_id)
    _still_open(row)
    overview = session.get(OverviewRow, row.conversation_id, with_for_update=True)
    review = session.get(ReviewRow, row.review_id) if row.review_id else None
    own = why_not(actor, row, review.account_id if review else None, overview.agent_id if overview else None)
    if own is not None:
        raise own
    if hidden := hidden_by(session, actor).get(row.conversation_id):
        raise Refused(FIRST_SECOND) if hidden == QUEUE else Refused(FIRST_JUDGE)
    _check_status(status, becomes)
    why = text_of(comment, Term("Uzasadnienie decyzji"), 3, MOST_COMMENT)
    base = None if becomes is None else _base(session, row, review, overview)
    answer = _new_answer(row, base, becomes)
    row.decision, row.status = why, status
    row.becomes, row.becomes_level = answer.outcome, answer.level
    row.decided_by, row.decided_at = actor.id, now()
    if base is not None:
        session.add(_overturned(row, base))
    session.flush()
    details = {
        "conversation": audit.mark_of(session, row.conversation_id),
        "criterion": row.criterion,
        "status": status,
        "was": word_of(row.was, row.was_level),
        "becomes": becomes,
    }
    audit.record(session, actor.login, "dispute_decide", row.id, details)
    return row.id if becomes is not None else None


def why_not(actor: Actor, row: DisputeRow, author: str | None, agent_id: str | None) -> Refused | None:
    """Why the actor may not decide this dispute, or None: nobody judges their own work."""
    if author == actor.id:
        return Refused("To Twoja ocena: odwołanie od niej rozstrzyga ktoś inny.")
    if row.account_id == actor.id or (actor.agent_id is not None and actor.agent_id == agent_id):
        return Refused("To odwołanie dotyczy Ciebie: rozstrzyga je ktoś inny.")
    return None


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


def _wanted(criterion: Criterion | None, wanted: str | None, was: int | None) -> int | None:
    """The level that is asked for.

    Raises:
        UsageProblem: the criterion has no such level, or it is this one already.
    """
    if wanted is None:
        return None
    if criterion is None or criterion.scale is None or wanted not in LEVELS:
        raise UsageProblem("To kryterium nie ma poziomów: napisz w uzasadnieniu, jaki wynik jest właściwy.")
    level = read_answer(criterion, wanted).level
    if level == was:
        raise UsageProblem("To jest obecny poziom: wybierz inny albo nie podawaj żadnego.")
    return level


def _check_status(status: str, becomes: str | None) -> None:
    if status not in DECIDED:
        raise UsageProblem("Decyzja to jedno z: {known}.", known=DECIDED)
    if status not in OVERTURNED and becomes is not None:
        raise UsageProblem("Ta decyzja nie zmienia wyniku: usuń nowy wynik albo wybierz inną.")
    if status in OVERTURNED and becomes is None:
        raise UsageProblem(UNCHANGED)


def _new_answer(row: DisputeRow, base: _Base | None, becomes: str | None) -> Answer:
    """What the decision makes of the outcome; none where it does not change it.

    Raises:
        UsageProblem: the criterion is not answered so, or it is the same as before.
    """
    if base is None or becomes is None:
        return Answer(None)
    criterion = criterion_of(base.scorecard, row.criterion)
    if becomes not in choices(criterion) or becomes == word_of(row.was, row.was_level):
        scale = criterion.scale if criterion else None
        raise UsageProblem(UNCHANGED) if scale is None else UsageProblem(UNCHANGED_LEVEL, top=scale.top)
    return read_answer(criterion, becomes) if criterion else Answer(becomes)


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
    criteria, scorecard = automatic(session, row.conversation_id)
    if scorecard is None:
        raise Conflict("Wyników tej rozmowy już nie ma: odwołanie można tylko oddalić.")
    return _Base(scorecard, agent_id, criteria)


def _overturned(row: DisputeRow, base: _Base) -> ReviewRow:
    """The review that the decision makes."""
    before = base.criteria.get(row.criterion, {"automatic": None, "confidence": None})
    decided = {**before, "outcome": row.becomes, "comment": row.decision}
    if row.becomes_level is not None or "level" in before:
        decided["level"] = row.becomes_level
    criteria = {**base.criteria, row.criterion: decided}
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
        score=person_score(card, outcomes_of(criteria), levels_of(criteria)) if card else None,
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
