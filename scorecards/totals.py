"""From outcomes to points and the score: one arithmetic for the machine's evaluations and for people's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scorecards.card import Scorecard


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


def total(card: Scorecard, outcomes: Mapping[str, str]) -> Total:
    """Count the outcomes by criterion; one that is missing is undecided, as ``review`` is.

    ``na`` leaves the denominator. What is undecided does too, but it lowers the coverage; below the card's least
    coverage there is no score. In a section that a criterion has failed, all that applies is decided and earns
    nothing. A failed critical criterion makes the score 0, however little else is decided.
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
            earned[criterion.id] = criterion.weight if outcome == "pass" and section.id not in lost else 0.0
    coverage = decided / applicable if applicable else 0.0
    enough = decided > 0 and coverage >= card.least_coverage
    score = round(100 * sum(earned.values()) / decided, 2) if enough else None
    return Total(0.0 if critical else score, round(coverage, 4), critical, lost, earned)
