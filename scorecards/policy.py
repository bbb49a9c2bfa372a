"""The rules of a shop that conversations are held against: opening hours, response times, terms, style.

A policy is a file of its own (``docs/policies.md``), so that one change of it reaches every card. Cards that use none
are held against the law's terms (:func:`standard_policy`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

from scorecards.calendar import Calendar

Rule = Literal["exactly", "at_most", "at_least"]
RULES: tuple[str, ...] = get_args(Rule)
Address = Literal["any", "formal", "informal"]
ADDRESSES: tuple[str, ...] = get_args(Address)
KNOWN_TERMS = ("withdrawal", "complaint_answer", "refund")


@dataclass(frozen=True, slots=True)
class Response:
    """How soon an answer is due, in open hours; None where nothing is promised."""

    first: float | None = None
    later: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A period that agents may state: ``withdrawal``, ``complaint_answer`` and ``refund`` are found by themselves.

    Any other is found by ``about``, patterns of ``scorecards.matching`` for what the period is about. ``working`` says that
    its days are working days.
    """

    id: str
    name: str
    days: float
    rule: Rule = "exactly"
    working: bool = False
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """How the shop writes: the form of address, patterns of words to avoid, and the longest sentence in words."""

    address: Address = "any"
    avoid: tuple[str, ...] = ()
    longest_sentence: int = 35


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned set of rules; ``response`` is by channel."""

    id: str
    version: int
    name: str
    calendar: Calendar = field(default_factory=Calendar)
    response: Mapping[str, Response] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    style: Style = field(default_factory=Style)

    @property
    def key(self) -> str:
        """Such as ``standard@1``."""
        return f"{self.id}@{self.version}"


@cache
def standard_policy() -> Policy:
    """The terms of the law and the response times that shops usually promise."""
    from importlib import resources

    from scorecards.policy_reading import parse_policy

    file = "standard@1.yaml"
    text = resources.files("scorecards").joinpath("policies").joinpath(file).read_text(encoding="utf-8")
    return parse_policy(text, file)
