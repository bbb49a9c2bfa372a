"""The public holidays of Poland, by the act of 18 January 1951 on days free from work and its changes."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

EPIPHANY_SINCE = 2011
CHRISTMAS_EVE_SINCE = 2025
_ONCE = frozenset([date(2018, 11, 12)])  # a hundred years of independence
_FIXED = ((1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
_AFTER_EASTER = (0, 1, 49, 60)  # Easter, Easter Monday, Pentecost, Corpus Christi


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The public holidays of a year since 1990."""
    days = [date(year, month, day) for month, day in _FIXED]
    days += [easter(year) + timedelta(days=after) for after in _AFTER_EASTER]
    if year >= EPIPHANY_SINCE:
        days.append(date(year, 1, 6))
    if year >= CHRISTMAS_EVE_SINCE:
        days.append(date(year, 12, 24))
    return frozenset(days) | {day for day in _ONCE if day.year == year}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (1900 to 2099), by Gauss's rule."""
    golden, four, seven = year % 19, year % 4, year % 7
    moon = (19 * golden + 24) % 30
    sunday = (2 * four + 4 * seven + 6 * moon + 5) % 7
    late = moon + sunday
    if (moon, sunday) == (29, 6) or (moon, sunday, golden > 10) == (28, 6, True):
        late -= 7  # the two exceptions of the rule
    return date(year, 3, 22) + timedelta(days=late)
