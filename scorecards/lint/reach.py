"""How sure each check can be of each outcome at most, so that thresholds beyond it can be told.

An outcome that a check never gives is missing; a check that is not listed is not judged. The tests hold the figures
against what the checks say.
"""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.card import Criterion
from scorecards.view import CEILING

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
    known = REACH.get(criterion.check)
    if known is None or criterion.only is None:
        return known
    return {**known, "na": 1.0}
