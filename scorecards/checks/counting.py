"""Stopnie: how many of several acts are performed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scorecards.checks.general import best_of, place, restated, searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.view import CEILING, Sighting, View

SURE = 0.5
# acts that a sentence with "czyli" performs too
RESTATED = ("recap", "paraphrase")


def _how_many(parameters: Mapping[str, Any]) -> int:
    return len(parameters.get("behaviours", ()))


@check("acts_counted", top_level=_how_many)
def acts_counted(
    view: View, *, behaviours: tuple[str, ...] = (), where: str = "anywhere", turns: int = 4
) -> Finding:
    """The level is how many of the tagger's behaviours occur at the place."""
    chosen = place(view, where, turns)
    best = [_best(view, name, chosen) for name in behaviours]
    done = [sighting for sighting in best if sighting.certainty >= SURE]
    odds = [
        sighting.certainty if sighting.certainty >= SURE else 1 - view.absence(name, sighting)
        for name, sighting in zip(behaviours, best, strict=True)
    ]
    level = len(done)
    evidence = tuple(dict.fromkeys(span for sighting in done for span in sighting.evidence))
    reason = f"Liczba czynności, które padły: {level} z {len(behaviours)}."
    return Finding(
        "pass" if level else "fail",
        min(exactly(level, odds), CEILING),
        evidence or searched(view, chosen[-2:]),
        reason,
        level,
    )


def _best(view: View, behaviour: str, turns: tuple[int, ...]) -> Sighting:
    seen = view.best(behaviour, turns)
    return best_of(seen, restated(view, behaviour, turns)) if behaviour in RESTATED else seen


def exactly(count: int, odds: Iterable[float]) -> float:
    """The probability that exactly ``count`` of independent events happen, each with its own probability."""
    chances = [1.0]
    for one in odds:
        up = [0.0, *(chance * one for chance in chances)]
        chances = [a + b for a, b in zip([*(chance * (1 - one) for chance in chances), 0.0], up, strict=True)]
    return chances[count] if count < len(chances) else 0.0
