"""Scorecards by key: those of the library, and those that the settings name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from qa.errors import UsageProblem
from scorecards import Criterion, Scorecard, ScorecardError, available, load_scorecard

# A process serves one configuration; its own cards are read from files once, when the application is made.
_own: dict[str, Scorecard] = {}


def register(names: Iterable[str]) -> list[str]:
    """Make the scorecards that the settings name known by their keys, which are given back.

    Raises:
        UsageProblem: one of them cannot be read.
    """
    try:
        cards = [load_scorecard(name) for name in names]
    except ScorecardError as error:
        raise UsageProblem(str(error)) from error
    _own.update({card.key: card for card in cards})
    return [card.key for card in cards]


def card_of(key: str) -> Scorecard | None:
    """The scorecard with that key, such as ``phone@1``; None where there is none.

    Only keys are looked up: a key can come from outside, and the loader would also read a file of that name.
    """
    return _own.get(key) or _shipped(key)


@lru_cache(maxsize=32)
def _shipped(key: str) -> Scorecard | None:
    return load_scorecard(key) if key in available() else None


def known_card(key: str) -> Scorecard:
    """The scorecard with that key.

    Raises:
        UsageProblem: there is none.
    """
    card = card_of(key)
    if card is None:
        raise UsageProblem(
            "Nie ma takiej karty oceny: wybierz jedną z {known}.", known=sorted({*available(), *_own})
        )
    return card


def criterion_of(key: str | None, criterion: str) -> Criterion | None:
    """The criterion of a scorecard; None where one of both is no longer there."""
    card = card_of(key) if key else None
    return next((one for one in card.criteria if one.id == criterion), None) if card else None


def criterion_name(key: str | None, criterion: str) -> str:
    """The Polish name of a criterion; its id where the scorecard is no longer there."""
    card = card_of(key) if key else None
    return next((one.name for one in card.criteria if one.id == criterion), criterion) if card else criterion
