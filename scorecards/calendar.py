"""The calendar of a customer service: when it is open, by weekday, with holidays and days of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scorecards.polish_holidays import holidays_of
from scorecards.service_hours import LONGEST_COUNTED, at_hour, hours_of, in_utc, warsaw

Stretch = tuple[float, float]  # from and to, in hours of the day
ALWAYS: tuple[Stretch, ...] = ((0.0, 24.0),)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours of each weekday by the clock of Warsaw; a weekday without any is free.

    ``holidays`` says that Polish public holidays are free. ``days`` are single days with hours of their own, such as a
    working Sunday, or with none; they come before everything else.
    """

    week: tuple[tuple[Stretch, ...], ...] = (ALWAYS,) * len(WEEKDAYS)
    holidays: bool = False
    days: Mapping[date, tuple[Stretch, ...]] = field(default_factory=dict)

    @property
    def possible(self) -> bool:
        """Whether the service is open at all."""
        return any(self.week)

    def open_on(self, day: date) -> tuple[Stretch, ...]:
        """The open hours of a day."""
        if day in self.days:
            return self.days[day]
        if self.holidays and day in holidays_of(day.year):
            return ()
        return self.week[day.weekday()]

    def between(self, start: datetime, end: datetime) -> float:
        """Open hours from ``start`` to ``end``; 0 where ``end`` is earlier."""
        start, end = in_utc(start), in_utc(end)
        if (end - start).days > LONGEST_COUNTED:
            return max(0.0, hours_of(end - start))
        return sum(
            max(0.0, hours_of(min(end, closed) - max(start, opened)))
            for opened, closed in self._stretches(start, end)
        )

    def _stretches(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, last = start.astimezone(warsaw()).date(), end.astimezone(warsaw()).date()
        while day <= last:
            for opens, closes in self.open_on(day):
                yield at_hour(day, opens), at_hour(day, closes)
            day += timedelta(days=1)
