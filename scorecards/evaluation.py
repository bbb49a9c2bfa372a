"""What an evaluation says: one result for each criterion, and the score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from transcripts.conversation import Span

Outcome = Literal["pass", "fail", "na", "review"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    ``confidence`` is in 0..1 that the outcome is right; it is not calibrated. ``evidence`` are places in the
    conversation, ``reason`` is one Polish sentence that never quotes the conversation. Where a check gives levels,
    ``level`` is one of them and the confidence is that of exactly this level.
    """

    outcome: Outcome
    confidence: float
    evidence: tuple[Span, ...]
    reason: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """The result of one criterion. ``points`` are 0..weight; ``producer`` names check and version.

    Criteria with a ``scale`` have a ``level`` where they are passed or failed; the confidence is then the level's.
    """

    id: str
    outcome: Outcome
    confidence: float
    points: float
    evidence: tuple[Span, ...]
    reason: str
    producer: str
    level: int | None = field(default=None, repr=False)  # cards without scales keep their versions
    scale: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One scorecard applied to one conversation.

    ``score`` is 0..100 of the decided criteria, None when too little is decided; ``coverage`` is the share of
    the applicable points (those not ``na``) that were decided. ``sections_failed`` are the sections whose points are
    lost by a criterion that fails its section.
    """

    scorecard: str
    score: float | None
    coverage: float
    critical_failed: tuple[str, ...]
    criteria: tuple[CriterionResult, ...]
    producer: str
    sections_failed: tuple[str, ...] = field(default=(), repr=False)  # cards without it keep their versions


def evaluation_to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """The value of ``evaluation`` in contract 2.

    ``sections_failed`` is there only where a section is lost, ``level`` and ``scale`` only at criteria with
    a scale.
    """
    lost = {"sections_failed": list(evaluation.sections_failed)} if evaluation.sections_failed else {}
    return {
        "scorecard": evaluation.scorecard,
        "score": evaluation.score,
        "coverage": evaluation.coverage,
        "critical_failed": list(evaluation.critical_failed),
        **lost,
        "criteria": [_result_to_dict(result) for result in evaluation.criteria],
        "producer": evaluation.producer,
    }


def _result_to_dict(result: CriterionResult) -> dict[str, Any]:
    level = {"level": result.level, "scale": result.scale} if result.scale else {}
    return {
        "id": result.id,
        "outcome": result.outcome,
        **level,
        "confidence": result.confidence,
        "points": result.points,
        "evidence": [{"turn": s.turn, "start": s.start, "end": s.end} for s in result.evidence],
        "reason": result.reason,
        "producer": result.producer,
    }
