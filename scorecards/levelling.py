"""How a criterion with a scale is answered: by a check that gives levels, or by the highest level that holds.

The confidence is that of exactly this level. Where levels have checks of their own it is that of the least sure one on
the way down from the top: nobody knows how they depend on each other, so it is no product.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from scorecards.card import Criterion
from scorecards.checks import registered
from scorecards.evaluation import Finding
from scorecards.scale import Scale
from scorecards.view import View


def levelled(criterion: Criterion, scale: Scale, view: View) -> Finding:
    """The finding with its level, which also says whether it is a pass; ``na`` and ``review`` have none."""
    if criterion.check:
        found = registered()[criterion.check].run(view, **criterion.parameters)
        level = None if found.level is None else min(found.level, scale.top)
    else:
        found, level = _highest(scale, view)
    if level is None or found.outcome not in ("pass", "fail"):
        return dataclasses.replace(found, level=None)
    given = f"Poziom {level} z {scale.top}: "
    reason = given + found.reason[:1].lower() + found.reason[1:]
    return dataclasses.replace(found, outcome=scale.outcome(level), reason=reason, level=level)


def _highest(scale: Scale, view: View) -> tuple[Finding, int | None]:
    """What the checks of the levels say, from the top: the first that passes is the level.

    One that leaves it to a person on the way decides nothing. Where none passes, the criterion does not apply if the
    surest of the checks that say so is sure, and otherwise its level is 0.
    """
    sure = 1.0
    missed: list[Finding] = []
    for level in range(scale.top, 0, -1):
        step = scale.levels[level]
        if not step.check:
            continue
        found = registered()[step.check].run(view, **step.parameters)
        if found.outcome == "review":
            return found, None
        sure = min(sure, found.confidence)
        if found.outcome == "pass":
            return dataclasses.replace(found, confidence=sure), level
        missed.append(found)
    return _none_holds(missed, sure)


def _none_holds(missed: Sequence[Finding], sure: float) -> tuple[Finding, int | None]:
    beside = [found for found in missed if found.outcome == "na"]
    if beside:
        return max(beside, key=lambda found: found.confidence), None
    lowest = missed[-1]
    return dataclasses.replace(lowest, confidence=sure), 0


def producer(criterion: Criterion) -> str:
    """Names and versions of the checks that answer the criterion, each once."""
    return "+".join(dict.fromkeys(registered()[name].producer for name, _ in criterion.uses))
