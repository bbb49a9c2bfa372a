"""A person's answer to a criterion: ``pass``, ``fail`` or ``na``, or the number of a level where it has a scale.

On its way in an answer is one word, such as ``pass`` or ``2``. It is kept as an outcome and, with a scale, a level: the
card says which levels count as a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.errors import UsageProblem
from scorecards import Criterion, Scale
from scorecards.card import DECIDED_OUTCOMES
from scorecards.scale import HIGHEST, NOT_APPLICABLE

LEVELS = tuple(str(level) for level in range(HIGHEST + 1))
WORDS = (*DECIDED_OUTCOMES, *LEVELS)


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome with its level; both are None where there is no answer."""

    outcome: str | None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ShownScale:
    """A scale as people see it: what each level means, and from which one it is passed."""

    pass_from: int
    top: int
    levels: tuple[str, ...]


def read_answer(criterion: Criterion, word: str | None) -> Answer:
    """What the word says about the criterion; None takes an answer back.

    Raises:
        UsageProblem: the criterion is not answered so; the sentence says how.
    """
    if word is None:
        return Answer(None)
    if word not in choices(criterion):
        raise _refusal(criterion)
    if criterion.scale is None or word == NOT_APPLICABLE:
        return Answer(word)
    return Answer(criterion.scale.outcome(int(word)), int(word))


def choices(criterion: Criterion | None) -> tuple[str, ...]:
    """The words that answer a criterion; of one that is no longer there those without a scale."""
    scale = criterion.scale if criterion else None
    return DECIDED_OUTCOMES if scale is None else (*LEVELS[: scale.top + 1], NOT_APPLICABLE)


def _refusal(criterion: Criterion) -> UsageProblem:
    if criterion.scale is None:
        return UsageProblem("Ocena kryterium to pass, fail albo na.")
    return UsageProblem(
        "Kryterium „{name}” ocenia się poziomem od 0 do {top} albo na.",
        name=criterion.name,
        top=criterion.scale.top,
    )


def word_of(outcome: str | None, level: int | None) -> str | None:
    """The answer as one word: the level where there is one."""
    return outcome if level is None else str(level)


def kept_word(kept: Mapping[str, Any]) -> str | None:
    """The answer that a review keeps of a criterion, as one word."""
    return word_of(kept.get("outcome"), kept.get("level"))


def automatic_word(kept: Mapping[str, Any]) -> str | None:
    """What the machine said when it was judged, as one word."""
    return word_of(kept.get("automatic"), kept.get("automatic_level"))


def as_kept(criterion: Criterion, answer: Answer) -> dict[str, Any]:
    """The answer in the form in which a review keeps it: a level only with a scale."""
    return {"outcome": answer.outcome} | ({} if criterion.scale is None else {"level": answer.level})


def machine_kept(
    criterion: Criterion, outcome: str | None, level: int | None, confidence: float | None
) -> dict[str, Any]:
    """What the machine says, in the form in which a review keeps it beside the answer."""
    kept = {"automatic": outcome, "confidence": confidence}
    return kept if criterion.scale is None else {**kept, "automatic_level": level}


def outcomes_of(criteria: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The outcomes of a review's criteria, those that there are."""
    return {name: one["outcome"] for name, one in criteria.items() if one["outcome"]}


def levels_of(criteria: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The levels of a review's criteria, those that there are."""
    return {name: one["level"] for name, one in criteria.items() if one.get("level") is not None}


def shown_scale(scale: Scale | None) -> ShownScale | None:
    """The scale for people; None where there is none."""
    if scale is None:
        return None
    return ShownScale(scale.pass_from, scale.top, tuple(level.description for level in scale.levels))
