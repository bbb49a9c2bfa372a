"""The score of what people say, by the same rules as the machine's."""

from __future__ import annotations

from collections.abc import Mapping

from scorecards import Scorecard, total
from scorecards.totals import NO_LEVELS


def person_score(
    card: Scorecard, outcomes: Mapping[str, str], levels: Mapping[str, int | None] = NO_LEVELS
) -> float | None:
    """0..100 of the decided applicable weight; None where too little of it is decided.

    A failed critical criterion makes it 0, one that fails its section loses the section's points. ``na`` leaves the
    denominator; a criterion without an outcome does too, but it lowers the coverage, as ``review`` does in
    :func:`scorecards.score`. A level earns its share of the weight.
    """
    return total(card, outcomes, levels).score
