"""What the boards count with: the days of a board cut into weeks or months, and means with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isclose, sqrt
from typing import TypeVar

from qa.errors import Term, UsageProblem
from qa.services.coaching.progress import Period, period
from qa.services.inputs import is_storable

K = TypeVar("K")
MOST_WEEKS = 26
NO_SPREAD = 1e-9  # of scores with two digits: less is a rounding error
MOST_DAYS = 3 * 366
MOST_TEXT = 200
WEEK, MONTH = "week", "month"


@dataclass(frozen=True, slots=True)
class Average:
    """A mean of ``n`` values with its 95 % interval; None of nothing."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, sum and sum of squares, which is all that means and their comparison need."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.n - other.n, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float:
        """Of at least one value."""
        return self.total / self.n

    @property
    def variance(self) -> float:
        """The sample's, of at least two values; a rounding error is not below 0."""
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1))


def summed(moments: Iterable[Moments]) -> Moments:
    """All of them together."""
    return sum(moments, Moments())


def average(of: Moments, least: float = 0.0, most: float = 100.0) -> Average:
    """The mean with its t interval, which ends where the values must (``least`` to ``most``).

    One value, or a few that are all the same, say nothing of their spread. It is then taken to be as large as values
    between these ends can have, which is the interval of a share (Wilson): two scores of 100 are no certain 100.
    """
    if not of.n:
        return Average(None, None, None, 0)
    if of.n == 1 or of.variance < NO_SPREAD:
        low, high = _wilson((of.mean - least) / (most - least), of.n)
        return Average(of.mean, least + low * (most - least), least + high * (most - least), of.n)
    return _student(of, least, most)


def average_difference(of: Moments) -> Average:
    """The mean of differences of two scores each, with its t interval; None where one value or none has no spread.

    That pairs do not differ at all is what is looked for, not a want of spread as in :func:`average`.
    """
    if of.n < 2:
        return Average(of.mean if of.n else None, None, None, of.n)
    return _student(of, -100.0, 100.0)


def _student(of: Moments, least: float, most: float) -> Average:
    half = _t(of.n - 1) * sqrt(of.variance / of.n)
    return Average(of.mean, max(least, of.mean - half), min(most, of.mean + half), of.n)


def _wilson(share: float, n: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(min(max(share, 0.0), 1.0) * n, n, method="wilson")
    return float(low), float(high)


def _t(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def welch_p(one: Moments, other: Moments) -> float:
    """The two-sided p-value that two means are the same (Welch's t test); each of at least two values."""
    from scipy.special import stdtr

    parts = one.variance / one.n, other.variance / other.n
    spread = sum(parts)
    if spread < NO_SPREAD:
        return 1.0 if isclose(one.mean, other.mean) else 0.0
    freedom = spread**2 / (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (other.n - 1))
    return float(2 * stdtr(freedom, -abs(one.mean - other.mean) / sqrt(spread)))


def different(p_values: Mapping[K, float], level: float = 0.05) -> set[K]:
    """Those that differ after Holm's correction: with ``level`` for the chance that any of them is named wrongly."""
    found: set[K] = set()
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda one: one[1])):
        if p > level / (len(p_values) - place):
            break
        found.add(name)
    return found


def checked_days(first: date, last: date) -> Period:
    """The days of a board.

    Raises:
        UsageProblem: they are the wrong way round, or too many.
    """
    if first > last:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    if (last - first).days >= MOST_DAYS:
        raise UsageProblem("Okres jest za długi: wybierz najwyżej trzy lata.")
    return period(first, last)


def checked_text(what: Term, value: str) -> str:
    """A filter's text without blanks around it.

    Raises:
        UsageProblem: it is too long or cannot be stored, so nothing can match it.
    """
    text = value.strip()
    if len(text) > MOST_TEXT or not is_storable(text):
        raise UsageProblem(
            "{what}: podaj najwyżej {most} znaków, bez znaków sterujących.", what=what, most=MOST_TEXT
        )
    return text


def steps(first: date, last: date) -> tuple[str, tuple[Period, ...]]:
    """``week`` or, over 26 weeks, ``month``, and the days cut so; the ends are cut where the board's days end."""
    unit = WEEK if (last - first).days < 7 * MOST_WEEKS else MONTH
    found: list[Period] = []
    begin = first
    while begin <= last:
        following = _next_week(begin) if unit == WEEK else _next_month(begin)
        found.append(period(begin, min(last, following - timedelta(days=1))))
        begin = following
    return unit, tuple(found)


def _next_week(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def place_of_day(parts: Sequence[Period]) -> dict[str, int]:
    """The place of the part that each ISO day belongs to."""
    return {
        (date.fromisoformat(part.first) + timedelta(days=offset)).isoformat(): place
        for place, part in enumerate(parts)
        for offset in range(part.days)
    }
