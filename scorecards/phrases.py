"""What is known of how agents and customers speak: ``phrases.yaml`` compiled, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from scorecards.matching import Lexicon

BEHAVIOURS = (
    "greeting", "company_named", "name_given", "offer_of_help", "identity_request", "data_disclosure", "probing",
    "paraphrase", "empathy", "deflection", "rudeness", "solution", "later_action", "timeframe",
    "vague_timeframe", "hold_announced", "recap", "further_help", "farewell",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """How far the phrases of one behaviour are to be trusted.

    ``recall`` is the share of real acts that they catch, ``lift`` how much likelier a match is in a real act
    than elsewhere. Both are the authors' judgement, not measured: the certainty built on them is uncalibrated.
    """

    recall: float
    lift: float


ACTS: dict[str, Act] = {
    "greeting": Act(0.95, 60),
    "company_named": Act(0.85, 25),
    "name_given": Act(0.85, 25),
    "offer_of_help": Act(0.93, 60),
    "identity_request": Act(0.8, 20),
    "data_disclosure": Act(0.5, 8),
    "probing": Act(0.6, 8),
    "paraphrase": Act(0.8, 15),
    "empathy": Act(0.8, 40),
    "deflection": Act(0.5, 12),
    "rudeness": Act(0.4, 15),
    "solution": Act(0.6, 8),
    "later_action": Act(0.65, 10),
    "timeframe": Act(0.85, 12),
    "vague_timeframe": Act(0.85, 15),
    "hold_announced": Act(0.9, 30),
    "recap": Act(0.5, 12),
    "further_help": Act(0.93, 60),
    "farewell": Act(0.93, 50),
}

ITEM_KINDS = ("name", "pesel", "birth", "address", "phone", "email", "reference", "secret", "question")


def _phrases() -> Mapping[str, Any]:
    return _read("phrases.yaml")


@cache
def _read(file: str) -> Mapping[str, Any]:
    text = resources.files("scorecards").joinpath(file).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def _items() -> dict[str, Sequence[str]]:
    return {f"item.{kind}": _phrases()["items"][kind] for kind in ITEM_KINDS}


@cache
def agent_lexicon() -> Lexicon:
    """Patterns for what agents say, read and compiled on first use."""
    return Lexicon({**_phrases()["agent"], **_items(), "asks": _phrases()["asks"]})


@cache
def customer_lexicon() -> Lexicon:
    """Patterns for what customers say, read and compiled on first use."""
    return Lexicon(_phrases()["customer"])


@cache
def card_lexicon(speaker: str) -> Lexicon:
    """Patterns that only some cards ask for, such as the moves to private messages; by who says them."""
    groups: dict[str, Sequence[str]] = {}
    for speakers, listed in _read("phrases_cards.yaml").items():
        if speaker in speakers.split():
            groups.update(listed)
    return Lexicon(groups)


@cache
def card_words(group: str) -> frozenset[str]:
    """A closed list of normalised words of ``phrases_cards.yaml``."""
    return frozenset(_read("phrases_cards.yaml")[group].split())


@cache
def words_of(group: str) -> tuple[str, ...]:
    """A closed list of normalised words, such as ``first_names`` or ``interrogatives``."""
    return tuple(_phrases()[group].split())


def is_word(group: str, word: str) -> bool:
    """Whether a normalised word is in the list."""
    return word in _word_set(group)


@cache
def _word_set(group: str) -> frozenset[str]:
    return frozenset(words_of(group))
