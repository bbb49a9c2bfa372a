"""The named checks that scorecards may use.

A check is a pure function of a :class:`~scorecards.view.View` and keyword parameters with defaults; the type
of a default is the type that the loader asks for. Register it with :func:`check`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scorecards.evaluation import Finding
from scorecards.view import View
from transcripts.conversation import Speaker

CheckFunction = Callable[..., Finding]
TopLevel = Callable[[Mapping[str, Any]], int]


@dataclass(frozen=True, slots=True)
class Check:
    """A check: ``asks_for_act`` when a pass must show where the act was performed.

    ``behaviours`` are the tagger's codes that it reads; ``parameters`` maps each name to its default; ``speaker`` is
    whose words it judges: where they say nothing the check does not apply. A check that gives levels has a ``top_level``,
    which says the highest that it can give with these parameters; it gives every level from 0.
    """

    name: str
    run: CheckFunction
    version: int
    behaviours: tuple[str, ...]
    parameters: Mapping[str, Any]
    asks_for_act: bool
    speaker: Speaker = "agent"
    top_level: TopLevel | None = None

    @property
    def settable(self) -> tuple[str, ...]:
        """The parameters that a card may give; those without a default, such as the policy, come from elsewhere."""
        return tuple(name for name, default in self.parameters.items() if default is not None)

    @property
    def producer(self) -> str:
        """Name and version for results."""
        return f"{self.name}@{self.version}"


_CHECKS: dict[str, Check] = {}


def check(
    name: str,
    *,
    behaviours: tuple[str, ...] = (),
    asks_for_act: bool = True,
    version: int = 1,
    speaker: Speaker = "agent",
    top_level: TopLevel | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check ``name``."""

    def register(function: CheckFunction) -> CheckFunction:
        if name in _CHECKS:
            raise ValueError(f"check {name} is registered twice")
        wanted = inspect.signature(function).parameters.values()
        defaults = {p.name: p.default for p in wanted if p.kind is inspect.Parameter.KEYWORD_ONLY}
        run = function if speaker == "agent" else _where_spoken(function, speaker)
        _CHECKS[name] = Check(name, run, version, behaviours, defaults, asks_for_act, speaker, top_level)
        return function

    return register


def _where_spoken(function: CheckFunction, speaker: Speaker) -> CheckFunction:
    """The check, which does not apply where the speaker whom it judges says nothing."""

    @functools.wraps(function)
    def run(view: View, **parameters: Any) -> Finding:
        if not view.turns_of(speaker):
            return Finding("na", 1.0, (), "W zapisie nie ma wypowiedzi tego, kogo dotyczy kryterium.")
        return function(view, **parameters)

    return run


def registered() -> Mapping[str, Check]:
    """All checks by name."""
    return _CHECKS
