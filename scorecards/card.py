"""A scorecard as frozen values. Names and questions are Polish: the user interface shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DECIDED_OUTCOMES = ("pass", "fail", "na")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence with which an outcome stands; below it the outcome becomes ``review``."""

    passes: float = 0.6
    fails: float = 0.6
    na: float = 0.6

    def of(self, outcome: str) -> float:
        """The threshold of ``pass``, ``fail`` or ``na``."""
        return {"pass": self.passes, "fail": self.fails, "na": self.na}[outcome]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question about a conversation, answered by a named check with parameters."""

    id: str
    name: str
    question: str
    weight: float
    check: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    critical: bool = False
    not_applicable: str = ""
    guide: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Criteria that belong together; their weights sum to the section's."""

    id: str
    name: str
    weight: float
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A versioned scorecard; the weights of its sections sum to 100."""

    id: str
    version: int
    name: str
    sections: tuple[Section, ...]
    least_coverage: float = 0.5

    @property
    def key(self) -> str:
        """Such as ``phone@1``."""
        return f"{self.id}@{self.version}"

    @property
    def criteria(self) -> Iterator[Criterion]:
        """All criteria in the order of the file."""
        return (criterion for section in self.sections for criterion in section.criteria)


def describe(card: Scorecard) -> str:
    """The scorecard as text for the command line, in Polish."""
    lines = [f"{card.key}: {card.name}"]
    for section in card.sections:
        lines += ["", f"{section.name} ({section.weight:g} pkt)"]
        for criterion in section.criteria:
            mark = ", krytyczne" if criterion.critical else ""
            lines.append(f"  {criterion.id}: {criterion.name} ({criterion.weight:g} pkt{mark})")
            lines.append(f"      {criterion.question}")
            if criterion.not_applicable:
                lines.append(f"      Nie dotyczy, gdy: {criterion.not_applicable}")
            if criterion.guide:
                lines.append(f"      Wskazówka: {criterion.guide}")
    lines += ["", f"Wynik powstaje, gdy rozstrzygnięto co najmniej {card.least_coverage:.0%} punktów."]
    return "\n".join(lines)
