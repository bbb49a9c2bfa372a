"""Shares in an answer of the API, always with their interval."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from typing import Any

from qa.services.coaching.progress import proportion
from qa.services.judging.trust import Share


def with_intervals(value: Any) -> Any:
    """A service's view as plain values: a share becomes ``part``, ``n``, ``value`` and its 95 % ``low`` and ``high``."""
    if isinstance(value, Share):
        return asdict(proportion(value))
    if is_dataclass(value):
        return {field.name: with_intervals(getattr(value, field.name)) for field in fields(value)}
    return [with_intervals(one) for one in value] if isinstance(value, tuple) else value
