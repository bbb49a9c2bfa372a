"""What a calibration session shows before its judgements are compared: counts, and what is one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa.errors import Missing, UsageProblem
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import takes_part
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, rows_of
from qa.services.judging.cards import known_card
from qa.storage.batches import in_batches
from qa.storage.people import CalibrationRow, ReviewRow

STATUSES = ("open", "compared", "closed")
KIND = "calibration"


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """One line of the list. ``finished`` of ``expected`` judgements are there; ``mine`` is None for an onlooker."""

    id: str
    name: str
    scorecard: str
    status: str
    conversations: int
    participants: int
    finished: int
    expected: int
    mine: int | None
    created_at: str
    closed_at: str | None


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """One page of the list, newest first."""

    rows: tuple[CalibrationLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many conversations a participant has finished."""

    account_id: str
    name: str
    finished: int


@dataclass(frozen=True, slots=True)
class ToJudge:
    """A conversation of the session; ``status`` is the actor's own: ``waiting``, ``draft`` or ``finished``."""

    conversation_id: str
    status: str


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """A session with everybody's progress and, for a participant, their own conversations."""

    line: CalibrationLine
    progress: tuple[Progress, ...]
    mine: tuple[ToJudge, ...]


@dataclass(frozen=True, slots=True)
class OwnOutcome:
    """What a participant has said about a criterion so far; ``level`` where it has a scale and was answered by one."""

    criterion: str
    name: str
    outcome: str | None
    comment: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A participant's own judgement of a conversation. ``version`` 0 has not been saved yet."""

    conversation_id: str
    status: str
    version: int
    criteria: tuple[OwnOutcome, ...]
    comment: str


def calibrations(
    session: Session, actor: Actor, status: str = "", page: int = 1, size: int = 20
) -> CalibrationPage:
    """Sessions that the actor leads or takes part in, newest first; a lead sees all.

    Raises:
        Refused: the actor has nothing to do with calibrations.
        UsageProblem: unknown status or page.
    """
    actor.must("calibration.take", "calibration.lead")
    offset, limit = rows_of(page, size)
    if status and status not in STATUSES:
        raise UsageProblem("Nieznany filtr `status`: do wyboru {known}.", known=STATUSES)
    query = _sessions(actor, status)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(CalibrationRow.created_at.desc(), CalibrationRow.id).offset(offset).limit(limit)
    rows = list(session.scalars(query))
    finished = finished_counts(session, rows)
    return CalibrationPage(tuple(_line(row, actor, finished[row.id]) for row in rows), total)


def calibration(session: Session, actor: Actor, calibration_id: str) -> CalibrationView:
    """One session: how far everybody is, and the actor's own conversations.

    Raises:
        Missing: there is none that the actor leads or takes part in.
    """
    row = visible(session, actor, calibration_id)
    finished = finished_counts(session, [row])[row.id]
    people = names(session)
    progress = tuple(Progress(one, people.get(one, GONE), finished[one]) for one in row.participants)
    return CalibrationView(_line(row, actor, finished), progress, _own_statuses(session, actor, row))


def judgement(session: Session, actor: Actor, calibration_id: str, conversation_id: str) -> Judgement:
    """The actor's own judgement so far; nothing of anybody else's, the machine included.

    Raises:
        Missing: the actor does not take part, or the conversation is not in the session.
    """
    actor.must("calibration.take")
    row = visible(session, actor, calibration_id)
    to_judge(row, actor, conversation_id)
    return judgement_of(row, conversation_id, own_review(session, actor, row, conversation_id))


def visible(session: Session, actor: Actor, calibration_id: str) -> CalibrationRow:
    """The session, where the actor leads calibrations or takes part in this one.

    Raises:
        Missing: there is no such session.
    """
    actor.must("calibration.take", "calibration.lead")
    row = session.get(CalibrationRow, calibration_id) if is_storable(calibration_id) else None
    if row is None or not (actor.may("calibration.lead") or actor.id in row.participants):
        raise Missing("Nie ma takiej kalibracji wśród Twoich.")
    return row


def to_judge(row: CalibrationRow, actor: Actor, conversation_id: str) -> None:
    """Go on only where the actor judges this conversation in this session.

    Raises:
        Missing: the actor does not take part, or the conversation is not in the session.
    """
    if actor.id not in row.participants:
        raise Missing("Nie bierzesz udziału w tej kalibracji: poproś prowadzącego o następną.")
    if conversation_id not in row.conversations:
        raise Missing("Tej rozmowy nie ma w kalibracji: wybierz jedną z jej listy.")


def own_review(session: Session, actor: Actor, row: CalibrationRow, conversation_id: str) -> ReviewRow | None:
    """What the actor has kept about a conversation of the session."""
    query = select(ReviewRow).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.account_id == actor.id,
        ReviewRow.calibration_id == row.id,
    )
    return session.scalars(query).first()


def finished_counts(session: Session, rows: Sequence[CalibrationRow]) -> dict[str, Counter[str]]:
    """Finished judgements by session and account, found by conversation, for which there is an index."""
    found: dict[str, Counter[str]] = {row.id: Counter() for row in rows}
    conversations = sorted({one for row in rows for one in row.conversations})
    for part in in_batches(conversations):
        query = (
            select(ReviewRow.calibration_id, ReviewRow.account_id, func.count())
            .where(ReviewRow.conversation_id.in_(part), ReviewRow.calibration_id.in_(list(found)))
            .where(ReviewRow.status == "finished")
            .group_by(ReviewRow.calibration_id, ReviewRow.account_id)
        )
        for calibration_id, account_id, count in session.execute(query):
            found[calibration_id or ""][account_id] += count
    return found


def _sessions(actor: Actor, status: str) -> Select[CalibrationRow]:
    query = select(CalibrationRow)
    if status:
        query = query.where(CalibrationRow.status == status)
    if not actor.may("calibration.lead"):
        query = query.where(takes_part(actor))
    return query


def _line(row: CalibrationRow, actor: Actor, finished: Counter[str]) -> CalibrationLine:
    return CalibrationLine(
        row.id,
        row.name,
        row.scorecard,
        row.status,
        len(row.conversations),
        len(row.participants),
        finished.total(),
        len(row.conversations) * len(row.participants),
        finished[actor.id] if actor.id in row.participants else None,
        row.created_at.isoformat(),
        row.closed_at.isoformat() if row.closed_at else None,
    )


def _own_statuses(session: Session, actor: Actor, row: CalibrationRow) -> tuple[ToJudge, ...]:
    if actor.id not in row.participants:
        return ()
    query = select(ReviewRow.conversation_id, ReviewRow.status).where(
        ReviewRow.conversation_id.in_(row.conversations),
        ReviewRow.account_id == actor.id,
        ReviewRow.calibration_id == row.id,
    )
    known = dict(session.execute(query).all())
    return tuple(ToJudge(one, known.get(one, "waiting")) for one in row.conversations)


def judgement_of(row: CalibrationRow, conversation_id: str, review: ReviewRow | None) -> Judgement:
    """What was kept, in the order of the scorecard."""
    said: dict[str, Any] = review.criteria if review else {}
    criteria = tuple(
        OwnOutcome(
            one.id,
            one.name,
            said.get(one.id, {}).get("outcome"),
            said.get(one.id, {}).get("comment", ""),
            said.get(one.id, {}).get("level"),
        )
        for one in known_card(row.scorecard).criteria
    )
    if review is None:
        return Judgement(conversation_id, "waiting", 0, criteria, "")
    return Judgement(conversation_id, review.status, review.version, criteria, review.comment)
