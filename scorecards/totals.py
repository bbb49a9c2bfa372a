"""From outcomes to points and the score: one arithmetic for the machine's evaluations and for people's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scorecards.card import Criterion, Scorecard

NO_LEVELS: Mapping[str, int | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Total:
    """What outcomes come to.

    ``score`` is 0..100, None where too little is decided; ``coverage`` is the share of the applicable points that
    were decided, or lost with their section. ``critical_failed`` are criteria, ``sections_failed`` sections;
    ``earned`` are the points of each criterion.
    """

    score: float | None
    coverage: float
    critical_failed: tuple[str, ...]
    sections_failed: tuple[str, ...]
    earned: Mapping[str, float]


def total(
    card: Scorecard, outcomes: Mapping[str, str], levels: Mapping[str, int | None] = NO_LEVELS
) -> Total:
    """Count the outcomes by criterion; one that is missing is undecided, as ``review`` is.

    ``na`` leaves the denominator. What is undecided does too, but it lowers the coverage; below the card's least
    coverage there is no score. In a section that a criterion has failed, all that applies is decided and earns
    nothing. A failed critical criterion makes the score 0, however little else is decided. A level of ``levels`` earns
    its share of the weight, also below the level that passes; without one a criterion is worth all or nothing.
    """
    critical = tuple(c.id for c in card.criteria if c.critical and outcomes.get(c.id) == "fail")
    lost = tuple(
        s.id
        for s in card.sections
        if any(c.fails_section and outcomes.get(c.id) == "fail" for c in s.criteria)
    )
    earned: dict[str, float] = {}
    applicable = decided = 0.0
    for section in card.sections:
        for criterion in section.criteria:
            outcome = outcomes.get(criterion.id, "review")
            if outcome != "na":
                applicable += criterion.weight
            if outcome in ("pass", "fail") or (section.id in lost and outcome != "na"):
                decided += criterion.weight
            points = _points(criterion, outcome, levels.get(criterion.id))
            earned[criterion.id] = 0.0 if section.id in lost else points
    coverage = decided / applicable if applicable else 0.0
    enough = decided > 0 and coverage >= card.least_coverage
    # points are rounded, so that their sum may be a hair above the weights
    score = min(100.0, round(100 * sum(earned.values()) / decided, 2)) if enough else None
    return Total(0.0 if critical else score, round(coverage, 4), critical, lost, earned)


def _points(criterion: Criterion, outcome: str, level: int | None) -> float:
    """The points of one criterion."""
    if outcome not in ("pass", "fail"):
        return 0.0
    if criterion.scale is None or level is None:
        return criterion.weight if outcome == "pass" else 0.0
    return round(criterion.weight * criterion.scale.share(level), 4)
