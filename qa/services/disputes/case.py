"""One dispute with what has to be known to decide it: the criterion, what the reviewer wrote, the words in question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.calibration.comparison import MachineOutcome, machine_outcome
from qa.services.disputes.views import DisputeView, dispute
from qa.services.judging.answers import ShownScale, choices, shown_scale
from qa.services.judging.cards import criterion_of
from qa.storage import audit
from qa.storage.people import ReviewRow
from qa.storage.results import current_rows
from qa.storage.tables import EvaluationRow


@dataclass(frozen=True, slots=True)
class DisputeCase:
    """A dispute with its background.

    ``question``, ``guide``, ``scale`` and ``choices`` (words that answer it) are the scorecard's, empty where it is gone; ``said`` is what the author of the disputed
    review wrote about the criterion. ``machine`` is None where the machine has not judged it, and ``channel`` where the
    conversation has been deleted, or is still hidden from the actor.
    """

    dispute: DisputeView
    scorecard: str | None
    question: str
    guide: str
    said: str
    machine: MachineOutcome | None
    channel: str | None
    started_at: str | None
    agent_id: str | None
    scale: ShownScale | None = None
    choices: tuple[str, ...] = ()


def dispute_case(session: Session, actor: Actor, dispute_id: str) -> DisputeCase:
    """One dispute, for those who read all and for the agent who raised it; the opening is noted in the audit log.

    Raises:
        Missing: there is none that the actor may see.
    """
    view = dispute(session, actor, dispute_id)
    if view.hidden_by:
        return DisputeCase(view, None, "", "", "", None, None, None, None)
    review = session.get(ReviewRow, view.review_id) if view.review_id else None
    kept: dict[str, Any] = review.criteria.get(view.criterion, {}) if review else {}
    rows = current_rows(session, view.conversation_id)
    conversation, _, evaluation = rows or (None, None, None)
    scorecard = review.scorecard if review else evaluation.scorecard if evaluation else None
    criterion = criterion_of(scorecard, view.criterion)
    result = _result(evaluation, scorecard, view.criterion)
    texts = [turn["text"] for turn in conversation.content["turns"]] if conversation else []
    details = {"conversation": audit.mark_of(session, view.conversation_id)}
    audit.record(session, actor.login, "dispute_open", view.id, details)
    return DisputeCase(
        view,
        scorecard,
        criterion.question if criterion else "",
        criterion.guide if criterion else "",
        kept.get("comment", ""),
        _machine(view, kept, result, texts),
        conversation.channel if conversation else None,
        conversation.started_at if conversation else None,
        conversation.agent_id if conversation else None,
        shown_scale(criterion.scale) if criterion else None,
        choices(criterion),
    )


def _result(evaluation: EvaluationRow | None, scorecard: str | None, criterion: str) -> dict[str, Any] | None:
    """The machine's present result for the criterion, by the same scorecard."""
    if evaluation is None or evaluation.scorecard != scorecard:
        return None
    return next((one for one in evaluation.content["criteria"] if one["id"] == criterion), None)


def _machine(
    view: DisputeView, kept: dict[str, Any], result: dict[str, Any] | None, texts: list[str]
) -> MachineOutcome | None:
    """What the machine said when it was disputed or reviewed: a later version must not change the past."""
    if view.review_id:
        outcome, confidence = kept.get("automatic"), kept.get("confidence")
        level = kept.get("automatic_level")
    else:
        outcome, level = view.was, view.was_level
        same = result is not None and (result["outcome"], result.get("level")) == (outcome, level)
        confidence = result["confidence"] if result and same else None
    return None if outcome is None else machine_outcome(outcome, confidence, result, texts, level)
