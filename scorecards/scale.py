"""Scales: a criterion that is answered by degrees, each with what it means.

A level earns its share of the weight, ``level / top``. The card says from which level a conversation passes
(``pass_from``), so that every level is also a ``pass`` or a ``fail``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PASS_FAIL = "pass_fail"
TOPS: Mapping[str, int] = {"0-3": 3, "0-5": 5}
SCALES = (PASS_FAIL, *TOPS)
HIGHEST = max(TOPS.values())
NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Level:
    """One degree: ``description`` says in Polish when it is reached, ``check`` is its own check where it has one."""

    description: str = ""
    check: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels of a criterion from 0 to :attr:`top`, and the first of them that counts as a pass."""

    name: str
    pass_from: int
    levels: tuple[Level, ...]

    @property
    def top(self) -> int:
        """The highest level."""
        return len(self.levels) - 1

    @property
    def has_own_checks(self) -> bool:
        """Whether levels have checks of their own, so that the highest that holds is the answer."""
        return any(level.check for level in self.levels)

    def outcome(self, level: int) -> Literal["pass", "fail"]:
        """What a level counts as."""
        return "pass" if level >= self.pass_from else "fail"

    def share(self, level: int) -> float:
        """The share of the weight that a level earns."""
        return level / self.top
