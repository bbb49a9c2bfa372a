"""Times as Polish systems write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from transcripts.serialise import local_moment

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"], 1
    )
}
_MONTHS["paz"] = 10
_WEEKDAY = r"(?:[^\W\d]{2,12}\.?,?\s+)?"
_CLOCK = (
    r"(?:[,\sT]+(?:o\s+)?(?:godz\.?\s+)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?)?"
)
_PATTERNS = tuple(
    re.compile(_WEEKDAY + date + r"(?:\s*r\.?)?" + _CLOCK, re.IGNORECASE)
    for date in (
        r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4}|\d{2})",
        r"(?P<day>\d{1,2})\.?\s+(?P<name>[^\W\d]{3,12})\.?\s+(?P<year>\d{4})",
    )
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def parse_moment(text: str, zone: ZoneInfo, pattern: str | None = None) -> datetime:
    """Read a time: ISO 8601, ``2.11.2026 9:14``, ``2 listopada 2026 r., 09:14``, Unix seconds.

    Args:
        text: the time; day before month, as in Poland.
        zone: the zone of a time that names none.
        pattern: a ``strptime`` pattern that alone decides.

    Raises:
        ValueError: it is none of these, or no such day exists.
    """
    text = " ".join(text.split())
    if pattern:
        return local_moment(datetime.strptime(text, pattern), zone)
    if _EPOCH.fullmatch(text):
        return local_moment(datetime.fromtimestamp(int(text[:10]), UTC), zone).astimezone(zone)
    for candidate in _PATTERNS:
        if match := candidate.fullmatch(text):
            return local_moment(_from_match(match), zone)
    return local_moment(datetime.fromisoformat(text), zone)


def _from_match(match: re.Match[str]) -> datetime:
    found = match.groupdict()
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    month = _MONTHS.get(found["name"][:3].casefold(), 0) if "name" in found else int(found["month"])
    hour, minute, second = (int(found[unit] or 0) for unit in ("hour", "minute", "second"))
    return datetime(year, month, int(found["day"]), hour, minute, second)
