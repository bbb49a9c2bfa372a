"""Contents of plans: what is refused, and which days a period has."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import UsageProblem
from qa.services.sampling.plan_content import CYCLES, MOST, period_of, plan_content
from tests.unit.qa.sampling_rows import (
    DAY,
)
from tests.unit.qa.services.sampling.conftest import EACH, RANDOM, RISK


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "`cycle`"),
        ({"cycle": "yearly"}, "daily, weekly, monthly"),
        ({**RANDOM, "cycle": ["weekly"]}, "`cycle`"),
        ({**RANDOM, "method": "best"}, "`method`"),
        ({**RANDOM, "size": 0}, "`size`"),
        ({**RANDOM, "size": MOST + 1}, "`size`"),
        ({**RANDOM, "size": True}, "`size`"),
        ({**RANDOM, "size": "10"}, "`size`"),
        ({**RANDOM, "size": 1.5}, "`size`"),
        ({**RANDOM, "each": 2}, "albo"),
        ({"cycle": "weekly", "method": "random"}, "`size`"),
        ({**RANDOM, "per": "agent"}, "stratified"),
        ({**RANDOM, "size": None, "each": 5}, "`per`"),
        ({**RANDOM, "method": "stratified"}, "`per`"),
        ({**EACH, "per": "mood"}, "agent, team, channel, reason"),
        ({**EACH, "each": 201}, "`each`"),
        ({**RANDOM, "colour": 1}, "`colour`"),
        ({**RANDOM, "filters": ["phone"]}, "`filters`"),
        ({**RANDOM, "filters": {"channel": ["pigeon"]}}, "pigeon"),
        ({**RANDOM, "filters": {"team": [""]}}, "`team`"),
        ({**RANDOM, "filters": {"team": "x" * 201}}, "`team`"),
        ({**RANDOM, "filters": {"team": [1]}}, "`team`"),
        ({**RANDOM, "filters": {"team": ["T\0"]}}, "`team`"),
        ({**RANDOM, "filters": {"agent": [f"a-{i}" for i in range(101)]}}, "100"),
        ({**RANDOM, "filters": {"mood": "bad"}}, "`mood`"),
        ({**RANDOM, "filters": {"min_seconds": -1}}, "`min_seconds`"),
        ({**RANDOM, "filters": {"min_seconds": float("nan")}}, "`min_seconds`"),
        ({**RISK, "risk": {"critical": 11}}, "`critical`"),
        ({**RISK, "risk": {"critical": float("inf")}}, "`critical`"),
        ({**RISK, "risk": {"emotion": 1}}, "`emotion`"),
        (
            {**RISK, "risk": dict.fromkeys(("critical", "falling", "repeated", "unsure", "silence"), 0)},
            "zera",
        ),
        ({**RISK, "method": "mixed", "risk_share": 1}, "`risk_share`"),
        ({**RANDOM, "second_share": 1.1}, "`second_share`"),
        ({**RANDOM, "due_days": 0}, "`due_days`"),
        ({**RANDOM, "automatic": "yes"}, "`automatic`"),
        ({**RANDOM, "due_days": 91}, "`due_days`"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_naming_the_place(content: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        plan_content(content)
    assert told in str(refused.value)


def test_a_plan_survives_its_way_through_json() -> None:
    given_ = {
        **RISK,
        "method": "mixed",
        "per": "team",
        "filters": {"channel": "phone", "team": ["T1", "T1", "T2"], "min_seconds": 30},
        "risk": {"silence": 0},
        "second_share": 0.2,
    }
    checked = plan_content(given_)
    assert plan_content(json.loads(json.dumps(checked.as_dict()))) == checked
    assert checked.filters.channel == ("phone",)
    assert checked.filters.team == ("T1", "T2")
    assert (checked.risk_share, checked.due_days) == (0.5, 7)
    assert checked.risk is not None
    assert (checked.risk.silence, checked.risk.critical) == (0.0, 5.0)
    assert plan_content({**RANDOM, "risk": {"critical": 3}, "risk_share": 0.3}).risk is None


@given(st.sampled_from(CYCLES), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_period_holds_its_day_and_ends_before_the_next(cycle: str, day: date) -> None:
    first, last = period_of(cycle, day)
    assert first <= day <= last
    assert period_of(cycle, first) == period_of(cycle, last) == (first, last)
    assert period_of(cycle, last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert (last - first).days in {"daily": (0,), "weekly": (6,), "monthly": (27, 28, 29, 30)}[cycle]


def test_periods_at_the_turn_of_a_year() -> None:
    assert period_of("weekly", date(2027, 1, 1)) == (date(2026, 12, 28), date(2027, 1, 3))
    assert period_of("monthly", date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert period_of("monthly", date(2028, 2, 29))[1] == date(2028, 2, 29)
    with pytest.raises(UsageProblem):
        period_of("yearly", DAY)
