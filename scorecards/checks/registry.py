"""The named checks that scorecards may use.

A check is a pure function of a :class:`~scorecards.view.View` and keyword parameters with defaults; the type
of a default is the type that the loader asks for. Register it with :func:`check`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scorecards.evaluation import Finding

CheckFunction = Callable[..., Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """A check: ``asks_for_act`` when a pass must show where the act was performed.

    ``behaviours`` are the tagger's codes that it reads; ``parameters`` maps each name to its default.
    """

    name: str
    run: CheckFunction
    version: int
    behaviours: tuple[str, ...]
    parameters: Mapping[str, Any]
    asks_for_act: bool

    @property
    def producer(self) -> str:
        """Name and version for results."""
        return f"{self.name}@{self.version}"


_CHECKS: dict[str, Check] = {}


def check(
    name: str, *, behaviours: tuple[str, ...] = (), asks_for_act: bool = True, version: int = 1
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check ``name``."""

    def register(function: CheckFunction) -> CheckFunction:
        if name in _CHECKS:
            raise ValueError(f"check {name} is registered twice")
        wanted = inspect.signature(function).parameters.values()
        defaults = {p.name: p.default for p in wanted if p.kind is inspect.Parameter.KEYWORD_ONLY}
        _CHECKS[name] = Check(name, function, version, behaviours, defaults, asks_for_act)
        return function

    return register


def registered() -> Mapping[str, Check]:
    """All checks by name."""
    return _CHECKS
