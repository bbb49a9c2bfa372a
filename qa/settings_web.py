"""The table ``[web]`` of the settings: times and sizes of the web application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from qa.settings_mail import Unfit

# the least and the most of each key; fewer tries than three would lock out people who mistype
RANGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "dispute_days": (1, 365),
        "session_hours": (1, 720),
        "idle_minutes": (5, 10_080),
        "sign_in_tries": (3, 50),
        "lock_minutes": (1, 1440),
        "page_rows": (10, 200),
    }
)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Days for a dispute, how long a signed-in browser lasts, when wrong passwords lock, rows of a long list.

    A browser is signed out after ``idle_minutes`` without use, and after ``session_hours`` whatever happens.
    """

    dispute_days: int = 14
    session_hours: int = 24
    idle_minutes: int = 480
    sign_in_tries: int = 5
    lock_minutes: int = 15
    page_rows: int = 50


def web_settings(raw: Any) -> WebSettings:
    """The table of the settings file, or ``key=value,key=value`` of the environment; the rest stays as usual.

    Raises:
        Unfit: a key is unknown, or its value is no whole number in its range.
        ValueError: it is no table at all.
    """
    if isinstance(raw, str):
        raw = dict(part.split("=", 1) for part in raw.split(",") if part.strip())
    if not isinstance(raw, Mapping):
        raise ValueError(raw)
    given = {str(key).strip(): value for key, value in raw.items()}
    return WebSettings(**{key: _whole(key, value) for key, value in given.items()})


def _whole(key: str, raw: Any) -> int:
    if key not in RANGES:
        raise Unfit(key, f"usunięcia, bo jest nieznany; znane klucze: {', '.join(RANGES)}")
    least, most = RANGES[key]
    needs = f"liczby całkowitej od {least} do {most}"
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Unfit(key, needs)
    try:
        value = int(raw)
    except ValueError as error:
        raise Unfit(key, needs) from error
    if not least <= value <= most:
        raise Unfit(key, needs)
    return value
