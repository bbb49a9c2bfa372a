"""Agreement of several raters on levels: how far apart two answers are counts, unlike with outcomes, which have no order.

Who says that a criterion does not apply gives no level and is left out here; the figures of outcomes count that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from qa.services.judging.agreement import Mean, mean_of, pairs_of, units_of
from qa.services.judging.trust import Share
from qa.services.judging.weighted import gwet_ac2, quadratic_kappa

LevelRatings = Mapping[str, Mapping[str, int]]  # rater -> conversation -> level; what is left out has none


@dataclass(frozen=True, slots=True)
class OrderedAgreement:
    """Agreement of raters on levels.

    ``unanimous`` is a share of the conversations to which at least two gave a level, ``near`` the same where all lie
    within one level. ``kappa`` (quadratic weights) and ``ac2`` (Gwet's, same weights) are means over pairs of raters,
    ``alpha`` is Krippendorff's for ordinal values and rests on ``levels`` levels.
    """

    unanimous: Share
    near: Share
    kappa: Mean
    ac2: Mean
    alpha: float | None
    levels: int


def ordered_agreement(ratings: LevelRatings, top: int) -> OrderedAgreement:
    """The figures of one criterion with levels from 0 to ``top``."""
    units = [unit for unit in units_of(ratings) if len(unit) > 1]
    pairs = [pairs_of(ratings[a], ratings[b]) for a, b in combinations(sorted(ratings), 2)]
    return OrderedAgreement(
        Share(sum(len(set(unit)) == 1 for unit in units), len(units)),
        Share(sum(max(unit) - min(unit) <= 1 for unit in units), len(units)),
        mean_of(pairs, quadratic_kappa),
        mean_of(pairs, partial(gwet_ac2, top=top)),
        ordinal_alpha(ratings, top),
        sum(len(unit) for unit in units),
    )


def ordinal_alpha(ratings: LevelRatings, top: int) -> float | None:
    """Krippendorff's alpha for ordinal values; None where all levels that can be compared are the same."""
    import krippendorff

    units = [Counter(unit) for unit in units_of(ratings) if len(unit) > 1]
    if len({level for unit in units for level in unit}) < 2:
        return None
    counts = [[unit[level] for level in range(top + 1)] for unit in units]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal"))
