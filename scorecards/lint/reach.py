"""How sure each check can be of each outcome at most, so that thresholds beyond it can be told.

An outcome that a check never gives is missing; a check that is not listed is not judged. The tests hold the figures
against what the checks say.
"""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.card import Criterion
from scorecards.checks.counting import exactly
from scorecards.scale import Scale
from scorecards.view import CEILING

COUNTED = "acts_counted"
_BOTH = {"pass": CEILING, "fail": CEILING}
REACH: Mapping[str, Mapping[str, float]] = {
    "greeting": _BOTH,
    "introduction": {"pass": CEILING, "fail": 1.0},
    "own_name": {"pass": CEILING, "fail": 1.0},
    "offer_of_help": {**_BOTH, "na": 0.95},
    "identity_check": {"pass": 0.9, "fail": 0.95 * CEILING, "na": CEILING},
    "probing": {"pass": CEILING, "fail": CEILING, "na": 0.7},
    "paraphrase": _BOTH,
    "empathy": {**_BOTH, "na": 0.9},
    "ownership": _BOTH,
    "courtesy": _BOTH,
    "solution": _BOTH,
    "timeframe": {**_BOTH, "na": CEILING},
    "hold_etiquette": {"pass": CEILING, "fail": 0.85, "na": CEILING},
    "recap": _BOTH,
    "further_help": _BOTH,
    "farewell": {**_BOTH, "na": 0.7},
    "signature": {"pass": 0.9, "fail": 0.85},
    "behaviour_present": _BOTH,
    "behaviour_absent": _BOTH,
    "phrase_said": {"pass": 0.9, "fail": 0.75},
}


def reach(criterion: Criterion) -> Mapping[str, float] | None:
    """The greatest confidence by outcome, the criterion's own condition included; None where it is not known."""
    known = _of_scale(criterion, criterion.scale) if criterion.scale else REACH.get(criterion.check)
    if known is None or criterion.only is None:
        return known
    return {**known, "na": 1.0}


def _of_scale(criterion: Criterion, scale: Scale) -> Mapping[str, float] | None:
    levels = level_reach(criterion)
    if len(levels) < len(scale.levels):
        return None
    found: dict[str, float] = {}
    for number, most in levels.items():
        outcome = scale.outcome(number)
        found[outcome] = max(most, found.get(outcome, 0.0))
    beside = [REACH[name]["na"] for name, _ in criterion.uses if "na" in REACH.get(name, {})]
    return {**found, "na": max(beside)} if beside else found


def level_reach(criterion: Criterion) -> dict[int, float]:
    """The greatest confidence of each level of a scale; what is not known is missing."""
    scale = criterion.scale
    if scale is None:
        return {}
    if criterion.check == COUNTED:
        acts = len(criterion.parameters.get("behaviours", ()))
        tops = range(min(acts, scale.top) + 1)
        return {n: exactly(n, [CEILING] * n + [1 - CEILING] * (acts - n)) for n in tops}
    served = {n: REACH[level.check] for n, level in enumerate(scale.levels) if level.check in REACH}
    if len(served) < len(criterion.uses) or not served:
        return {}
    least = min(most["fail"] for most in served.values())
    return {0: least, **{n: most["pass"] for n, most in served.items()}}
