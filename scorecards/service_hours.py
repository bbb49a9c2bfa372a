"""Time that counts for an answer: all of it, or only the hours in which the customer service is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from scorecards.polish_holidays import holidays_of

WEEK = 7
DAY = 24.0
LONGEST_COUNTED = 400  # days; nobody's answer is late by counting further


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """When the service is open, by the clock of Warsaw.

    ``days_a_week`` counts from Monday; with fewer than seven the public holidays of Poland are free too.
    """

    days_a_week: int = WEEK
    opens: float = 0.0
    closes: float = DAY

    @property
    def possible(self) -> bool:
        """Whether the service is open at all."""
        return 0 <= self.opens < self.closes <= DAY and 1 <= self.days_a_week <= WEEK

    def between(self, start: datetime, end: datetime) -> float:
        """Open hours from ``start`` to ``end``; 0 where ``end`` is earlier."""
        start, end = in_utc(start), in_utc(end)
        if self == ServiceHours() or (end - start).days > LONGEST_COUNTED:
            return max(0.0, hours_of(end - start))
        return sum(
            max(0.0, hours_of(min(end, closed) - max(start, opened)))
            for opened, closed in self._open(start, end)
        )

    def _open(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When the service opens and closes on each working day from ``start`` to ``end``."""
        day, last = start.astimezone(warsaw()).date(), end.astimezone(warsaw()).date()
        while day <= last:
            if self._works(day):
                yield at_hour(day, self.opens), at_hour(day, self.closes)
            day += timedelta(days=1)

    def _works(self, day: date) -> bool:
        if self.days_a_week == WEEK:
            return True
        return day.weekday() < self.days_a_week and day not in holidays_of(day.year)


@cache
def warsaw() -> ZoneInfo:
    """The clock that opening hours go by."""
    return ZoneInfo("Europe/Warsaw")


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC; one without a zone is by the clock of Warsaw."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=warsaw())
    return local.astimezone(UTC)


def at_hour(day: date, hour: float) -> datetime:
    """The moment in UTC; 24 is the next midnight, also where clocks change that night."""
    whole = day + timedelta(days=int(hour // DAY))
    minutes = round(hour % DAY * 60)
    return in_utc(datetime(whole.year, whole.month, whole.day, minutes // 60, minutes % 60))


def hours_of(span: timedelta) -> float:
    """A length of time in hours."""
    return span.total_seconds() / 3600
