"""What of a conversation an agent can object to, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable
from qa.services.judging.answers import levels_of
from qa.settings_web import WebSettings
from qa.storage.analysis import local_time
from qa.storage.people import DisputeRow, OutcomeRow, OverviewRow, ReviewRow
from scorecards.card import DECIDED_OUTCOMES

DAYS = WebSettings().dispute_days
DISPUTABLE = ("review", "second")  # a calibration is no evaluation of the agent
KIND = "dispute"


@dataclass(frozen=True, slots=True)
class Result:
    """What is disputed: the outcomes of a person's review, or of the machine where ``review_id`` is None.

    ``since`` is the day from which the window counts; None where the conversation has no day. ``scorecard`` is that of the
    outcomes.
    """

    review_id: str | None
    since: date | None
    criteria: Mapping[str, Any]
    scorecard: str | None = None

    def last_day(self, days: int) -> date | None:
        """The last day of a window of so many days; None where there is no limit."""
        return None if self.since is None else self.since + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class DisputeWindow:
    """What can be objected to until when.

    ``review_id`` is the disputed review, None where it is the machine's outcomes; ``outcomes`` are the decided ones by
    criterion, ``levels`` theirs where they have a scale. ``last_day`` is ISO, None where there is no limit; ``open`` says whether it is still to come.
    """

    review_id: str | None
    last_day: str | None
    open: bool
    outcomes: Mapping[str, str]
    levels: Mapping[str, int]


def dispute_window(
    session: Session,
    actor: Actor,
    conversation_id: str,
    today: date,
    days: int = DAYS,
    review_id: str | None = None,
) -> DisputeWindow:
    """What the actor can object to in an own conversation.

    Args:
        review_id: whose outcomes; None for the newest review, or the machine's where no person has reviewed it.

    Raises:
        Missing: the conversation is not the actor's, or has no such review.
        Refused: the actor may not dispute.
    """
    actor.must("dispute.raise")
    own_conversation(session, actor, conversation_id)
    found = disputed(session, conversation_id, review_id or _newest_review(session, conversation_id))
    last = found.last_day(days)
    decided = {name: one["outcome"] for name, one in found.criteria.items()}
    return DisputeWindow(
        found.review_id,
        last.isoformat() if last else None,
        last is None or today <= last,
        {name: outcome for name, outcome in decided.items() if outcome in DECIDED_OUTCOMES},
        levels_of(found.criteria),
    )


def _newest_review(session: Session, conversation_id: str) -> str | None:
    """A first review before a second, blind one: it is what the agent was told."""
    query = select(ReviewRow.id).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.status == "finished",
        ReviewRow.kind.in_(DISPUTABLE),
    )
    first = case((ReviewRow.kind == DISPUTABLE[0], 0), else_=1)
    return session.scalars(query.order_by(first, ReviewRow.finished_at.desc()).limit(1)).first()


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


def disputed(session: Session, conversation_id: str, review_id: str | None) -> Result:
    """The outcomes of a finished review; of the machine where ``review_id`` is None.

    Raises:
        Missing: there is no such review of the conversation.
        Refused: a person has reviewed what the machine said.
    """
    if review_id is None:
        return _of_machine(session, conversation_id)
    review = session.get(ReviewRow, review_id) if is_storable(review_id) else None
    if review is not None and review.conversation_id == conversation_id and review.finished_at is not None:
        earlier = session.get(DisputeRow, review.id) if review.kind == KIND else None
        if earlier is not None:
            return disputed(session, conversation_id, earlier.review_id)
        finished = local_time(review.finished_at)
        if review.kind in DISPUTABLE and finished is not None:
            return Result(review.id, finished.date(), review.criteria, review.scorecard)
    raise Missing("Nie ma takiej zakończonej oceny tej rozmowy.")


def _of_machine(session: Session, conversation_id: str) -> Result:
    reviewed = select(ReviewRow.id).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.status == "finished",
        ReviewRow.kind.in_(DISPUTABLE),
    )
    if session.scalars(reviewed.limit(1)).first() is not None:
        raise Refused("Tę rozmowę ocenił już człowiek: odwołaj się od jego oceny.")
    overview = session.get(OverviewRow, conversation_id)
    day = date.fromisoformat(overview.day) if overview and overview.day else None
    return Result(None, day, *automatic(session, conversation_id))


def automatic(session: Session, conversation_id: str) -> tuple[dict[str, Any], str | None]:
    """What the machine has decided in the form of a review's criteria, and by which scorecard."""
    rows = list(session.scalars(select(OutcomeRow).where(OutcomeRow.conversation_id == conversation_id)))
    criteria = {
        row.criterion: {
            "outcome": row.outcome,
            "comment": "",
            "automatic": row.outcome,
            "confidence": row.confidence,
            **({} if row.level is None else {"level": row.level, "automatic_level": row.level}),
        }
        for row in rows
        if row.outcome in DECIDED_OUTCOMES
    }
    return criteria, rows[0].scorecard if rows else None
