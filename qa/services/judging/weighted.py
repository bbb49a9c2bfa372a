"""Agreement of two raters on ordered levels, as plain measures. Weights are quadratic: two levels apart is four times
as bad as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

LevelPair = tuple[int, int]


def quadratic_kappa(pairs: Sequence[LevelPair]) -> float | None:
    """Cohen's kappa with quadratic weights (Cohen 1968); None where both always give the same one level."""
    n = len(pairs)
    if not n:
        return None
    observed = sum((a - b) ** 2 for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(p * q * (a - b) ** 2 for a, p in first.items() for b, q in second.items()) / n**2
    return 1 - observed / expected if expected else None


def gwet_ac2(pairs: Sequence[LevelPair], top: int) -> float | None:
    """Gwet's AC2 for levels from 0 to ``top``; it stays defined where nearly everything has one level (Gwet 2014)."""
    n = len(pairs)
    if not n:
        return None
    levels = range(top + 1)
    observed = sum(_weight(a, b, top) for a, b in pairs) / n
    shares = [sum((a == level) + (b == level) for a, b in pairs) / (2 * n) for level in levels]
    weights = sum(_weight(a, b, top) for a in levels for b in levels)
    chance = weights / ((top + 1) * top) * sum(share * (1 - share) for share in shares)
    return (observed - chance) / (1 - chance)


def _weight(one: int, other: int, top: int) -> float:
    return 1 - (one - other) ** 2 / top**2
