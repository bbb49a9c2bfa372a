"""How figures, days and times are written on a page."""

from __future__ import annotations

from datetime import datetime

from qa.storage.analysis import LOCAL

NONE = "–"


def percent(value: float | None) -> str:
    """A share of 0..1 as whole per cent."""
    return NONE if value is None else f"{100 * value:.0f}\u00a0%"


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval of shares, as whole per cent."""
    return NONE if low is None or high is None else f"{100 * low:.0f}–{100 * high:.0f}\u00a0%"


def points(value: float | None) -> str:
    """A score of 0..100."""
    return NONE if value is None else f"{value:.0f}"


def clock(seconds: float | None) -> str:
    """Minutes and seconds."""
    return NONE if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def moment(text: str | datetime | None) -> str:
    """A moment (ISO, UTC) in Polish time, to the minute."""
    found = datetime.fromisoformat(text) if isinstance(text, str) and text else text
    return found.astimezone(LOCAL).strftime("%d.%m.%Y %H:%M") if isinstance(found, datetime) else NONE


def day(text: str | datetime | None) -> str:
    """A day, from an ISO day or a moment."""
    if isinstance(text, datetime):
        return text.astimezone(LOCAL).strftime("%d.%m.%Y")
    if not text:
        return NONE
    return datetime.fromisoformat(text[:10]).strftime("%d.%m.%Y")
