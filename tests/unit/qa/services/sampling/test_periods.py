"""The periods that a plan can draw."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.periods import MOST, fitting_cycle, newest_day, periods
from tests.unit.qa.sampling_rows import ANNA, LEAD, add_conversation, add_conversations

TODAY = date(2026, 11, 11)  # a Wednesday
WEEKLY = {"cycle": "weekly", "method": "random", "size": 5}


def held(session: Session, *days: str) -> None:
    for number, day in enumerate(days):
        add_conversation(session, f"{day}-{number}", day=day)
    session.flush()


def test_without_conversations_there_is_nothing_to_draw(session: Session) -> None:
    made = plans.create(session, LEAD, "Plan", WEEKLY)
    assert newest_day(session, LEAD, TODAY) is None
    assert periods(session, LEAD, made.id, TODAY) == ()
    with pytest.raises(Missing):
        periods(session, LEAD, "none", TODAY)
    for attempt in (
        lambda: newest_day(session, ANNA, TODAY),
        lambda: periods(session, ANNA, made.id, TODAY),
    ):
        with pytest.raises(Refused):
            attempt()


def test_the_newest_day_is_scored_and_not_in_the_future(session: Session) -> None:
    held(session, "2026-11-02", "2026-11-30")
    add_conversation(session, "unscored", day="2026-11-10", scorecard=None)
    session.flush()
    assert newest_day(session, LEAD, TODAY) == date(2026, 11, 2)


def test_periods_hold_conversations_newest_first_and_say_what_was_drawn(session: Session) -> None:
    held(session, "2026-11-10", "2026-11-03", "2026-11-08", "2026-10-07", "2026-11-30")
    made = plans.create(session, LEAD, "Plan", WEEKLY)
    drawn = sampling.draw(session, LEAD, made.id, date(2026, 11, 4), today=TODAY)
    found = periods(session, LEAD, made.id, TODAY)
    assert [(one.first, one.last, one.over, one.sample_id) for one in found] == [
        ("2026-11-09", "2026-11-15", False, None),
        ("2026-11-02", "2026-11-08", True, drawn.id),
        ("2026-10-05", "2026-10-11", True, None),
    ]


def test_after_a_change_of_cycle_what_shares_a_day_counts_as_drawn(session: Session) -> None:
    held(session, "2026-11-10", "2026-11-03", "2026-10-07")
    made = plans.create(session, LEAD, "Plan", WEEKLY)
    drawn = sampling.draw(session, LEAD, made.id, date(2026, 11, 4), today=TODAY)
    plans.change(session, LEAD, made.id, content={**WEEKLY, "cycle": "monthly"})
    found = periods(session, LEAD, made.id, TODAY)
    assert [(one.first, one.sample_id) for one in found] == [("2026-11-01", drawn.id), ("2026-10-01", None)]


def test_filters_narrow_and_the_number_of_periods_is_limited(session: Session) -> None:
    for month in range(1, 10):
        for day in (3, 17):
            held(session, f"2026-0{month}-{day:02}")
    add_conversation(session, "chat", day="2026-11-03", channel="chat")
    session.flush()
    every = plans.create(session, LEAD, "Plan", {**WEEKLY, "cycle": "daily"})
    calls = plans.create(session, LEAD, "Plan", {**WEEKLY, "filters": {"channel": ["chat"]}})
    assert len(periods(session, LEAD, every.id, TODAY)) == MOST
    assert [one.first for one in periods(session, LEAD, calls.id, TODAY)] == ["2026-11-02"]


@pytest.mark.parametrize(
    ("count", "apart", "expected"),
    [
        (10, 0, ("weekly", True)),
        (10, 1, ("monthly", True)),
        (14, 0.5, ("weekly", True)),
        (4, 7, ("monthly", False)),
        (0, 1, ("weekly", False)),
    ],
)
def test_the_shorter_of_week_and_month_that_holds_enough(
    session: Session, count: int, apart: float, expected: tuple[str, bool]
) -> None:
    first = date(2026, 11, 2)  # a Monday
    add_conversations(session, count, day=lambda number: first + timedelta(days=int(apart * number)))
    cycle, day, fits = fitting_cycle(session, LEAD, 10, date(2026, 12, 1))
    assert (cycle, fits) == expected
    assert (day is None) == (count == 0)


def test_a_period_that_has_only_begun_is_not_what_a_cycle_is_chosen_by(session: Session) -> None:
    add_conversations(session, 30, day=lambda number: date(2026, 11, 2) + timedelta(days=number // 4))
    assert fitting_cycle(session, LEAD, 10, date(2026, 11, 9))[::2] == ("weekly", True)
