"""When reports go out and which days they are about: time zones, clock changes, ends of months."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import UsageProblem
from qa.services.reports.schedule import Cycle, checked_cycle, days_of, last_day, next_moment
from qa.storage.analysis import LOCAL


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cycle", "after", "expected"),
    [
        (Cycle("daily", 7), "2026-11-27T05:59", "2026-11-27T06:00"),  # winter: 7:00 is 6:00 UTC
        (Cycle("daily", 7), "2026-11-27T06:00", "2026-11-28T06:00"),
        (Cycle("daily", 7), "2026-07-01T00:00", "2026-07-01T05:00"),  # summer
        (Cycle("daily", 23), "2026-11-27T23:30", "2026-11-28T22:00"),  # half past midnight in Poland
        (Cycle("daily", 7), "2027-03-27T07:00", "2027-03-28T05:00"),  # the night in which summer time begins
        (Cycle("daily", 2), "2027-03-27T02:00", "2027-03-28T01:00"),  # 2:00 is skipped: at 3:00
        (Cycle("daily", 2), "2026-10-24T01:00", "2026-10-25T00:00"),  # 2:00 comes twice: the first
        (Cycle("daily", 2), "2026-10-25T00:00", "2026-10-26T01:00"),  # and not once more that night
        (Cycle("weekly", 8, 1), "2026-11-28T12:00", "2026-11-30T07:00"),
        (Cycle("weekly", 8, 7), "2026-11-28T12:00", "2026-11-29T07:00"),
        (Cycle("monthly", 6, 1), "2026-12-31T12:00", "2027-01-01T05:00"),
        (Cycle("monthly", 6, 31), "2027-01-31T12:00", "2027-02-28T05:00"),  # the last day of a shorter month
        (Cycle("monthly", 6, 31), "2028-01-31T12:00", "2028-02-29T05:00"),
        (Cycle("monthly", 6, 30), "2027-02-28T04:59", "2027-02-28T05:00"),
        (Cycle("monthly", 6, 31), "2027-04-29T12:00", "2027-04-30T04:00"),
    ],
)
def test_the_next_moment(cycle: Cycle, after: str, expected: str) -> None:
    assert next_moment(cycle, utc(after)) == utc(expected)


@given(
    cycle=st.one_of(
        st.builds(Cycle, st.just("daily"), st.integers(0, 23)),
        st.builds(Cycle, st.just("weekly"), st.integers(0, 23), st.integers(1, 7)),
        st.builds(Cycle, st.just("monthly"), st.integers(0, 23), st.integers(1, 31)),
    ),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_every_occasion_comes_once_and_the_last_one_before_it_is_another_day(
    cycle: Cycle, after: datetime
) -> None:
    moment = next_moment(cycle, after)
    day = moment.astimezone(LOCAL).date()
    assert moment > after
    assert cycle.holds(day)
    assert last_day(cycle, moment) == day
    assert last_day(cycle, after) < day
    assert next_moment(cycle, moment).astimezone(LOCAL).date() > day


@pytest.mark.parametrize(
    ("period", "sent_on", "first", "last"),
    [
        ("seven_days", date(2026, 11, 28), date(2026, 11, 21), date(2026, 11, 27)),
        (
            "week",
            date(2026, 11, 30),
            date(2026, 11, 23),
            date(2026, 11, 29),
        ),  # a Monday: the week that has ended
        (
            "week",
            date(2026, 11, 29),
            date(2026, 11, 16),
            date(2026, 11, 22),
        ),  # a Sunday: not the week that still runs
        ("week", date(2027, 1, 2), date(2026, 12, 21), date(2026, 12, 27)),
        ("month", date(2026, 12, 1), date(2026, 11, 1), date(2026, 11, 30)),
        ("month", date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29)),
        ("month", date(2027, 1, 15), date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 11, 28), date(2026, 7, 1), date(2026, 9, 30)),
        ("quarter", date(2027, 1, 1), date(2026, 10, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 6, 30), date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_the_days_of_a_report(period: str, sent_on: date, first: date, last: date) -> None:
    assert days_of(period, sent_on) == (first, last)


@pytest.mark.parametrize(
    ("kind", "hour", "day"),
    [
        ("hourly", 7, 0), ("daily", 24, 0), ("daily", -1, 0), ("daily", 7, 1), ("weekly", 7, 0),
        ("weekly", 7, 8), ("monthly", 7, 0), ("monthly", 7, 32),
    ],
)  # fmt: skip
def test_a_cycle_that_cannot_be_is_refused(kind: str, hour: int, day: int) -> None:
    with pytest.raises(UsageProblem):
        checked_cycle(kind, hour, day)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(UsageProblem, match="quarter"):
        days_of("rok", date(2026, 1, 1))
