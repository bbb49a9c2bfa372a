"""Agreement of several raters on levels: how far apart two answers are counts, unlike with outcomes, which have no order.

Who says that a criterion does not apply gives no level and is left out here; the figures of outcomes count that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from qa.services.judging.agreement import Mean, mean
from qa.services.judging.trust import Share
from qa.services.judging.weighted import LevelPair, gwet_ac2, quadratic_kappa

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
    units = [unit for unit in _units(ratings) if len(unit) > 1]
    pairs = [_pairs(ratings[a], ratings[b]) for a, b in combinations(sorted(ratings), 2)]
    return OrderedAgreement(
        Share(sum(len(set(unit)) == 1 for unit in units), len(units)),
        Share(sum(max(unit) - min(unit) <= 1 for unit in units), len(units)),
        _mean(pairs, quadratic_kappa),
        _mean(pairs, partial(gwet_ac2, top=top)),
        ordinal_alpha(ratings, top),
        sum(len(unit) for unit in units),
    )


def ordinal_alpha(ratings: LevelRatings, top: int) -> float | None:
    """Krippendorff's alpha for ordinal values; None where all levels that can be compared are the same."""
    import krippendorff

    units = [Counter(unit) for unit in _units(ratings) if len(unit) > 1]
    if len({level for unit in units for level in unit}) < 2:
        return None
    counts = [[unit[level] for level in range(top + 1)] for unit in units]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal"))


def _units(ratings: LevelRatings) -> list[list[int]]:
    """The levels of each conversation, in the order of conversations and raters."""
    found: dict[str, list[int]] = {}
    for _, given in sorted(ratings.items()):
        for conversation, level in given.items():
            found.setdefault(conversation, []).append(level)
    return [found[conversation] for conversation in sorted(found)]


def _pairs(first: Mapping[str, int], second: Mapping[str, int]) -> list[LevelPair]:
    return [(level, second[name]) for name, level in first.items() if name in second]


def _mean(
    pairs: Sequence[Sequence[LevelPair]], measure: Callable[[Sequence[LevelPair]], float | None]
) -> Mean:
    return mean(measure(one) for one in pairs)
