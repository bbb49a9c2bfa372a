"""How far several raters agree on one criterion, also where not everybody has judged everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from qa.services.judging.trust import Pair, Share, cohen_kappa, gwet_ac1

R = TypeVar("R")
Ratings = Mapping[str, Mapping[str, str]]  # rater -> conversation -> outcome; what is left out was not judged


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of ``n`` values, those that are defined; None of none."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement among raters.

    ``unanimous`` is a share of the conversations that at least two have judged: they are independent of each other,
    which pairs of raters are not, so that its interval is honest. ``kappa`` and ``ac1`` are means over pairs of raters
    (Light 1971), ``alpha`` is Krippendorff's for nominal values and rests on ``outcomes`` outcomes.
    """

    unanimous: Share
    kappa: Mean
    ac1: Mean
    alpha: float | None
    outcomes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One rater against what most of the others say, on the conversations where most of them say the same."""

    agreement: Share
    kappa: float | None


def agreement(ratings: Ratings) -> Agreement:
    """The figures of one criterion."""
    units = [unit for unit in units_of(ratings) if len(unit) > 1]
    pairs = [pairs_of(ratings[a], ratings[b]) for a, b in combinations(sorted(ratings), 2)]
    return Agreement(
        Share(sum(len(set(unit)) == 1 for unit in units), len(units)),
        mean_of(pairs, cohen_kappa),
        mean_of(pairs, gwet_ac1),
        krippendorff_alpha(ratings),
        sum(len(unit) for unit in units),
    )


def krippendorff_alpha(ratings: Ratings) -> float | None:
    """Krippendorff's alpha for nominal values; None where all outcomes that can be compared are the same."""
    import krippendorff

    units = [Counter(unit) for unit in units_of(ratings) if len(unit) > 1]
    names = sorted({name for unit in units for name in unit})
    if len(names) < 2:
        return None
    counts = [[unit[name] for name in names] for unit in units]
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def majority(outcomes: Iterable[str]) -> str | None:
    """What more than half say, or None."""
    counts = Counter(outcomes)
    if not counts:
        return None
    name, votes = counts.most_common(1)[0]
    return name if 2 * votes > counts.total() else None


def standing(ratings: Ratings, rater: str) -> Standing:
    """The rater against the majority of the others: one's own vote would be agreement with oneself."""
    others = {name: said for name, said in ratings.items() if name != rater}
    return against_majority(ratings.get(rater, {}), others)


def against_majority(said: Mapping[str, str], ratings: Ratings) -> Standing:
    """Somebody who is not among the raters, such as the machine, against their majority."""
    pairs: list[Pair] = []
    for conversation, outcome in said.items():
        most = majority(one[conversation] for one in ratings.values() if conversation in one)
        if most is not None:
            pairs.append((most, outcome))
    return Standing(Share(sum(a == b for a, b in pairs), len(pairs)), cohen_kappa(pairs))


def mean(values: Iterable[float | None]) -> Mean:
    """The mean of those that are defined."""
    known = [value for value in values if value is not None]
    return Mean(sum(known) / len(known) if known else None, len(known))


def units_of(ratings: Mapping[str, Mapping[str, R]]) -> list[list[R]]:
    """What was said of each conversation, in the order of conversations and raters."""
    found: dict[str, list[R]] = {}
    for _, said in sorted(ratings.items()):
        for conversation, one in said.items():
            found.setdefault(conversation, []).append(one)
    return [found[conversation] for conversation in sorted(found)]


def pairs_of(first: Mapping[str, R], second: Mapping[str, R]) -> list[tuple[R, R]]:
    """What two raters said of the conversations that both have judged."""
    return [(one, second[name]) for name, one in first.items() if name in second]


def mean_of(
    pairs: Sequence[Sequence[tuple[R, R]]], measure: Callable[[Sequence[tuple[R, R]]], float | None]
) -> Mean:
    """The mean of a measure over pairs of raters."""
    return mean(measure(one) for one in pairs)
