"""When a report goes out, and which days it is about. All of it in Polish time, kept as moments in UTC."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from types import MappingProxyType

from qa.errors import Term, UsageProblem
from qa.storage.analysis import LOCAL

CYCLES: Mapping[str, str] = MappingProxyType(
    {"daily": "codziennie", "weekly": "co tydzień", "monthly": "co miesiąc"}
)
PERIODS: Mapping[str, str] = MappingProxyType(
    {
        "seven_days": "ostatnie 7 dni",
        "week": "ostatni tydzień",
        "month": "ostatni miesiąc",
        "quarter": "ostatni kwartał",
    }
)
MOST_DAY: Mapping[str, int] = MappingProxyType({"daily": 0, "weekly": 7, "monthly": 31})


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often: ``daily``, ``weekly`` or ``monthly``, at a full hour in Poland.

    ``day`` is 1 (Monday) to 7 of a week, 1 to 31 of a month (in a shorter month its last day), and 0 of a day.
    """

    kind: str
    hour: int
    day: int = 0

    def holds(self, day: date) -> bool:
        """Whether a report goes out on this day."""
        if self.kind == "weekly":
            return day.isoweekday() == self.day
        return self.kind == "daily" or day.day == min(self.day, monthrange(day.year, day.month)[1])

    def moment(self, day: date) -> datetime:
        """When on this day. An hour that the clock skips in March is an hour later, one that comes twice is the first."""
        return datetime.combine(day, time(self.hour), LOCAL).astimezone(UTC)


def checked_cycle(kind: str, hour: int, day: int) -> Cycle:
    """The cycle.

    Raises:
        UsageProblem: there is no such cycle, hour or day.
    """
    if kind not in CYCLES:
        raise UsageProblem("Nie ma takiego cyklu wysyłki: do wyboru {known}.", known=list(CYCLES))
    if not 0 <= hour <= 23:
        raise UsageProblem("Godzina wysyłki: podaj pełną godzinę od 0 do 23.")
    if not min(1, MOST_DAY[kind]) <= day <= MOST_DAY[kind]:
        raise UsageProblem(
            "Dzień wysyłki: podaj od 1 do 7 w tygodniu, od 1 do 31 w miesiącu, 0 gdy {daily}.",
            daily=Term(CYCLES["daily"]),
        )
    return Cycle(kind, hour, day)


def next_moment(cycle: Cycle, after: datetime) -> datetime:
    """The first moment later than ``after``."""
    days = _days(after, 1)
    return next(cycle.moment(day) for day in days if cycle.holds(day) and cycle.moment(day) > after)


def last_day(cycle: Cycle, until: datetime) -> date:
    """The day of the latest moment that is not later than ``until``."""
    return next(day for day in _days(until, -1) if cycle.holds(day) and cycle.moment(day) <= until)


def _days(moment: datetime, step: int) -> Iterator[date]:
    begin = moment.astimezone(LOCAL).date()
    return (begin + timedelta(days=step * number) for number in count())


def days_of(period: str, sent_on: date) -> tuple[date, date]:
    """The days of a report, both included: whole weeks, months or quarters before the day of sending.

    Raises:
        UsageProblem: there is no such period.
    """
    if period == "seven_days":
        return sent_on - timedelta(days=7), sent_on - timedelta(days=1)
    if period == "week":
        monday = sent_on - timedelta(days=sent_on.weekday())
        return monday - timedelta(days=7), monday - timedelta(days=1)
    if period == "month":
        return _before(sent_on.replace(day=1), 1)
    if period == "quarter":
        return _before(date(sent_on.year, 3 * ((sent_on.month - 1) // 3) + 1, 1), 3)
    raise UsageProblem("Nie ma takiego okresu raportu: do wyboru {known}.", known=list(PERIODS))


def _before(first: date, months: int) -> tuple[date, date]:
    """So many months before the first day of a month."""
    place = 12 * first.year + first.month - 1 - months
    return date(place // 12, place % 12 + 1, 1), first - timedelta(days=1)
