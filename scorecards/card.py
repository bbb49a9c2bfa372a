"""A scorecard as frozen values. Names and questions are Polish: the user interface shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Literal, get_args

from scorecards.scale import Scale

DECIDED_OUTCOMES = ("pass", "fail", "na")
Status = Literal["draft", "published"]
STATUSES: tuple[str, ...] = get_args(Status)
DRAFT_MARK = "-draft"
# Fields that criteria got later. They are not part of the representation while they say nothing, because the versions
# of stored evaluations are made of it: cards that do not use them keep their versions.
_LATER = ("only", "fails_section", "scale")


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
class Condition:
    """To which conversations a criterion applies; all that is given must hold.

    ``reasons`` are codes such as ``delivery.delayed`` or whole groups such as ``complaint.*``, of which one must be
    among the reasons found; ``channels`` are contract 1's.
    """

    reasons: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Criterion:
    """One question about a conversation, answered by named checks with parameters.

    A failed ``critical`` criterion makes the whole score 0; one that ``fails_section`` loses the points of its section.
    Where ``only`` does not hold, the criterion is ``na``. With a ``scale`` it is answered by a level; ``check`` is empty
    where the levels have checks of their own.
    """

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
    only: Condition | None = None
    fails_section: bool = False
    scale: Scale | None = None

    @property
    def uses(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Its checks with their parameters: one, or those of its levels from below."""
        if self.check:
            return ((self.check, self.parameters),)
        levels = self.scale.levels if self.scale else ()
        return tuple((level.check, level.parameters) for level in levels if level.check)

    def __repr__(self) -> str:
        """As dataclasses show themselves, without the later fields that say nothing."""
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if not _silent(self, f))
        return f"Criterion({', '.join(shown)})"


def _silent(criterion: Criterion, one: Field[Any]) -> bool:
    return one.name in _LATER and one.default is not MISSING and getattr(criterion, one.name) == one.default


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
    status: Status = field(default="published", repr=False)  # the key shows it

    @property
    def key(self) -> str:
        """Such as ``phone@1``, or ``phone@2-draft`` of a draft."""
        return f"{self.id}@{self.version}{DRAFT_MARK if self.status == 'draft' else ''}"

    @property
    def criteria(self) -> Iterator[Criterion]:
        """All criteria in the order of the file."""
        return (criterion for section in self.sections for criterion in section.criteria)
