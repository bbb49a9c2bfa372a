"""Sampling plans: what they refuse, what they would draw, what they draw."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.frame import candidates, counts
from qa.services.sampling.items import worth
from qa.services.sampling.plan_content import CYCLES, MOST, period_of, plan_content
from qa.storage import audit
from qa.storage.people import SampleItemRow, SampleRow
from tests.unit.qa.sampling_rows import (
    ANNA,
    DAY,
    LEAD,
    NEXT_MONTH,
    NOBODY,
    add_account,
    add_conversation,
    add_conversations,
    add_review,
    days_ago,
    empty_storage,
)

RANDOM = {"cycle": "weekly", "method": "random", "size": 10}
EACH = {"cycle": "weekly", "method": "stratified", "per": "agent", "each": 2}
RISK = {"cycle": "weekly", "method": "risk", "size": 10}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        yield session
    storage.close()


def items(session: Session) -> list[SampleItemRow]:
    return list(session.scalars(select(SampleItemRow).order_by(SampleItemRow.conversation_id)))


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


def test_only_a_lead_plans_and_draws(session: Session) -> None:
    for attempt in (
        lambda: plans.create(session, ANNA, "Plan", RANDOM),
        lambda: plans.change(session, ANNA, "x", name="Plan"),
        lambda: plans.set_active(session, ANNA, "x", active=False),
        lambda: sampling.preview(session, ANNA, RANDOM, DAY),
        lambda: sampling.draw(session, ANNA, "x", DAY, today=DAY),
        lambda: plans.plans(session, NOBODY),
        lambda: sampling.samples(session, NOBODY),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_plan_is_made_changed_and_put_out_of_use(session: Session) -> None:
    add_account(session, LEAD)
    made = plans.create(session, LEAD, "  Tydzień   losowo ", RANDOM)
    assert (made.name, made.active, made.created_by, made.drawn_until) == (
        "Tydzień losowo",
        True,
        "Lead",
        None,
    )
    changed = plans.change(session, LEAD, made.id, name="Po dwie", content=EACH)
    assert (changed.name, changed.content.each, changed.content.size) == ("Po dwie", 2, None)
    assert not plans.set_active(session, LEAD, made.id, active=False).active
    other = plans.create(session, LEAD, "Zapasowy", RISK)
    assert [one.id for one in plans.plans(session, LEAD).rows] == [other.id, made.id]
    assert plans.plans(session, ANNA, active=False).total == 1
    actions = [entry.action for entry in audit.entries(session)]
    assert actions == ["plan_create", "plan_change", "plan_active", "plan_create"]
    with pytest.raises(Conflict):
        sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)


def test_bad_plans_change_nothing(session: Session) -> None:
    made = plans.create(session, LEAD, "Plan", RANDOM)
    for name in ("", " x ", "x" * 121, "a\0b", "\ud800ab"):
        with pytest.raises(UsageProblem):
            plans.change(session, LEAD, made.id, name=name)
    with pytest.raises(UsageProblem):
        plans.change(session, LEAD, made.id, content={**RANDOM, "filters": {"reason": ["no.such"]}})
    with pytest.raises(UsageProblem):
        plans.create(session, LEAD, "Plan", {**RANDOM, "filters": {"scorecard": ["phone@99"]}})
    with pytest.raises(Missing):
        plans.change(session, LEAD, "none", name="Plan")
    with pytest.raises(Missing):
        plans.plan(session, LEAD, "none\0")
    with pytest.raises(Missing):
        sampling.samples(session, LEAD, plan_id="\0")
    with pytest.raises(UsageProblem):
        plans.plans(session, LEAD, page=0)
    assert plans.plans(session, LEAD).rows == (made,)


def test_a_code_of_ones_own_taxonomy_is_known_from_the_conversations(session: Session) -> None:
    add_conversation(session, "c-1", primary_reason="ours.special", scorecard="ours@3")
    content = {**RANDOM, "filters": {"reason": "ours.special", "scorecard": "ours@3"}}
    assert sampling.preview(session, LEAD, content, DAY).population == 1


def test_plans_are_paged(session: Session) -> None:
    for number in range(27):
        plans.create(session, LEAD, f"Plan {number:02}", RANDOM)
    second = plans.plans(session, LEAD, page=2)
    assert (len(second.rows), second.total, second.page) == (2, 27, 2)
    assert second.rows[-1].name == "Plan 26"


def test_a_preview_shows_strata_and_what_they_buy(session: Session) -> None:
    add_conversations(session, 60, agent_id=lambda n: "a-1" if n < 40 else "a-2" if n < 59 else None)
    found = sampling.preview(session, LEAD, {**EACH, "each": 5}, DAY)
    assert (found.period_start, found.period_end) == ("2026-11-02", "2026-11-08")
    assert (found.population, found.planned) == (60, 11)
    assert [(one.stratum, one.population, one.planned) for one in found.strata] == [
        ("a-1", 40, 5),
        ("a-2", 19, 5),
        ("", 1, 1),
    ]
    assert (round(found.strata[0].low, 2), round(found.strata[0].high, 2)) == (0.42, 0.98)
    assert found.effective == pytest.approx(60**2 / (40**2 / 5 + 19**2 / 5 + 1))
    assert found.low is not None
    assert found.low < found.assumed


def test_a_preview_of_a_risk_plan_counts_what_its_weights_cost(session: Session) -> None:
    add_conversations(session, 50, critical=lambda n: n < 5)
    even = sampling.preview(session, LEAD, RANDOM, DAY)
    uneven = sampling.preview(session, LEAD, RISK, DAY)
    assert even.effective == pytest.approx(10)
    assert (uneven.population, uneven.planned) == (50, 10)
    assert 5 < uneven.effective < 10


def test_a_preview_of_nothing(session: Session) -> None:
    for content in (RANDOM, EACH, RISK):
        found = sampling.preview(session, LEAD, content, DAY)
        assert (found.population, found.planned, found.low, found.strata) == (0, 0, None, ())


def test_filters_and_the_period_bound_the_frame(session: Session) -> None:
    for identifier, values in {
        "in": {},
        "monday": {"day": date(2026, 11, 2)},
        "sunday": {"day": date(2026, 11, 8)},
        "text": {"seconds": None},
        "before": {"day": date(2026, 11, 1)},
        "after": {"day": date(2026, 11, 9)},
        "undated": {"day": "", "started_at": ""},
        "unscored": {"scorecard": None},
        "chat": {"channel": "chat"},
        "team": {"team": "T2"},
        "teamless": {"team": None},
        "agent": {"agent_id": "a-9"},
        "reason": {"primary_reason": None},
        "card": {"scorecard": "chat@1"},
        "short": {"seconds": 29.9},
    }.items():
        add_conversation(session, identifier, **values)
    filters = {
        "channel": ["phone", "email"],
        "team": "T1",
        "agent": ["a-1"],
        "reason": "delivery.delay",
        "scorecard": "phone@1",
        "min_seconds": 30,
    }
    content = plan_content({**RISK, "filters": filters})
    period = period_of("weekly", DAY)
    session.flush()
    found = candidates(session, content, period)
    assert {one.conversation_id for one in found} == {"in", "monday", "sunday", "text"}
    assert counts(session, content, period) == {"": 4}


RISKY: dict[str, dict[str, Any]] = {
    "critical": {"critical": True},
    "falling": {"sentiment_start": "positive", "sentiment_end": "neutral"},
    "falling-far": {"sentiment_start": "neutral", "sentiment_end": "negative"},
    "unsure": {"least_confidence": 0.7},
    "undecided": {"undecided": 1, "least_confidence": None},
    "silence": {"silence": 30.0},
}
CALM: dict[str, dict[str, Any]] = {
    "rising": {"sentiment_start": "negative", "sentiment_end": "positive"},
    "mixed": {"sentiment_start": "mixed", "sentiment_end": "neutral"},
    "unknown": {"sentiment_start": "positive", "sentiment_end": None},
    "sure": {"least_confidence": 0.75},
    "talking": {"silence": 29.9},
    "email": {"silence": None, "seconds": None, "least_confidence": None},
}


def test_risks_are_seen_and_near_misses_are_not(session: Session) -> None:
    for identifier, values in {**RISKY, **CALM}.items():
        add_conversation(session, identifier, **values)
    session.flush()
    found = candidates(session, plan_content(RISK), period_of("weekly", DAY))
    shown = {one.conversation_id: one.risks for one in found}
    known = {"falling-far": "falling", "undecided": "unsure"}
    assert shown == {**{name: (known.get(name, name),) for name in RISKY}, **dict.fromkeys(CALM, ())}


def test_a_customer_who_comes_back_within_seven_days(session: Session) -> None:
    for identifier, customer, started_at in (
        ("first", "k-1", "2026-11-02T08:00:00+00:00"),
        ("again", "k-1", "2026-11-04T08:00:00+00:00"),
        ("week-before", "k-2", "2026-10-28T09:00:00+00:00"),
        ("week-after", "k-2", "2026-11-04T09:00:00+00:00"),
        ("longer-before", "k-3", "2026-10-28T08:59:59.999999+00:00"),
        ("longer-after", "k-3", "2026-11-04T09:00:00+00:00"),
        ("nameless-1", None, "2026-11-04T09:00:00+00:00"),
        ("nameless-2", None, "2026-11-04T10:00:00+00:00"),
        ("unscored-before", "k-4", "2026-11-03T10:00:00+00:00"),
        ("scored-after", "k-4", "2026-11-03T12:00:00+00:00"),
    ):
        card = None if identifier == "unscored-before" else "phone@1"
        day = started_at[:10]
        add_conversation(
            session, identifier, customer_key=customer, started_at=started_at, day=day, scorecard=card
        )
    session.flush()
    found = candidates(session, plan_content(RISK), period_of("weekly", DAY))
    assert {one.conversation_id for one in found if one.risks} == {"again", "week-after", "scored-after"}
    unweighted = plan_content({**RISK, "risk": {"repeated": 0}})
    assert not any(one.risks for one in candidates(session, unweighted, period_of("weekly", DAY)))


def test_a_drawing_is_kept_with_its_frame_and_its_items(session: Session) -> None:
    add_conversations(session, 30, agent_id=lambda n: f"a-{n % 3}")
    made = plans.create(session, LEAD, "Plan", {**EACH, "each": 4, "second_share": 0.25, "due_days": 3})
    sample = sampling.draw(session, LEAD, made.id, DAY, today=date(2026, 11, 9), seed=5)
    assert (sample.period_start, sample.period_end, sample.complete) == ("2026-11-02", "2026-11-08", True)
    assert (sample.population, sample.items, sample.seconds, sample.open, sample.seed) == (30, 12, 3, 12, 5)
    rows = items(session)
    firsts = [row for row in rows if row.second_of is None]
    assert Counter(row.agent_id for row in firsts) == {"a-0": 4, "a-1": 4, "a-2": 4}
    assert {(row.probability, row.status, row.due_on, row.blind) for row in firsts} == {
        (0.4, "waiting", "2026-11-12", False)
    }
    for row in rows:
        if row.second_of is not None:
            first = session.get_one(SampleItemRow, row.second_of)
            assert first.conversation_id == row.conversation_id
            assert (row.blind, row.reason, row.probability) == (True, "Druga, niezależna ocena", 0.4)
            assert first.reason == "Losowo, osobno: konsultant"
    details = session.get_one(SampleRow, sample.id).details
    assert details["frame"] == {f"a-{number}": [10, 4] for number in range(3)}
    assert (details["method"], details["content"]["each"]) == ("stratified", 4)
    assert [len(rows) for rows in details["reserve"].values()] == [3, 3, 3]
    assert plans.plan(session, LEAD, made.id).drawn_until == "2026-11-08"
    last = list(audit.entries(session))[-1]
    assert (last.action, last.subject, last.details["items"]) == ("sample_draw", sample.id, 15)


@pytest.mark.parametrize("content", [RANDOM, EACH, RISK, {**RISK, "method": "mixed", "per": "team"}])
def test_the_same_plan_period_and_seed_draw_the_same(session: Session, content: dict[str, Any]) -> None:
    add_conversations(session, 60, agent_id=lambda n: f"a-{n % 9}", critical=lambda n: n % 7 == 0)
    made = plans.create(session, LEAD, "Plan", content)
    drawings = []
    for seed in (None, None, 3, 3, 4):
        with session.begin_nested() as attempt:
            sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH, seed=seed)
            drawings.append([(row.conversation_id, row.probability, row.worth) for row in items(session)])
            attempt.rollback()
    assert drawings[0] == drawings[1]
    assert drawings[2] == drawings[3] != drawings[4]


def test_a_period_is_drawn_once(session: Session) -> None:
    add_conversations(session, 60)
    made = plans.create(session, LEAD, "Plan", RANDOM)
    sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)
    for content, day in ((RANDOM, date(2026, 11, 8)), ({**RANDOM, "cycle": "monthly"}, date(2026, 11, 20))):
        plans.change(session, LEAD, made.id, content=content)
        with pytest.raises(Conflict, match="2026-11-02 – 2026-11-08"):
            sampling.draw(session, LEAD, made.id, day, today=NEXT_MONTH, seed=9)
    assert len({row.conversation_id for row in items(session)}) == len(items(session)) == 10
    other = plans.create(session, LEAD, "Inny", RANDOM)
    assert sampling.draw(session, LEAD, other.id, DAY, today=NEXT_MONTH).items == 10


def test_somebody_who_draws_at_the_same_moment_is_told(session: Session) -> None:
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", RANDOM)
    sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)
    known = session.scalars(select(SampleRow)).one()
    values = {name: getattr(known, name) for name in ("plan_id", "period_start", "period_end", "created_by")}
    # the other one has looked before this one was written: only the unique key is left
    with pytest.raises(Conflict, match="Ktoś"):
        sampling._keep(session, SampleRow(id="other", seed=1, population=20, details={}, **values))
    assert sampling.samples(session, LEAD).total == 1


def test_what_cannot_be_drawn_leaves_nothing(session: Session) -> None:
    made = plans.create(session, LEAD, "Plan", RANDOM)
    attempts: list[tuple[type[Exception], Callable[[], object]]] = [
        (Missing, lambda: sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)),
        (Missing, lambda: sampling.draw(session, LEAD, "none", DAY, today=NEXT_MONTH)),
        (UsageProblem, lambda: sampling.draw(session, LEAD, made.id, DAY, today=date(2026, 11, 1))),
        (UsageProblem, lambda: sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH, seed=-1)),
        (UsageProblem, lambda: sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH, seed=2**31)),
    ]
    for refused, attempt in attempts:
        with pytest.raises(refused):
            attempt()
    assert sampling.samples(session, LEAD).total == 0


def test_a_period_that_is_not_over_says_so(session: Session) -> None:
    add_conversations(session, 3)
    made = plans.create(session, LEAD, "Plan", RANDOM)
    sample = sampling.draw(session, LEAD, made.id, DAY, today=date(2026, 11, 8))
    assert (sample.complete, sample.items) == (False, 3)


def test_progress_of_samples(session: Session) -> None:
    add_conversations(session, 40, day=lambda n: DAY if n < 20 else DAY + timedelta(days=7))
    made = plans.create(session, LEAD, "Plan", {**RANDOM, "size": 6})
    sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)
    for row, status in zip(
        items(session), ("done", "claimed", "skipped", "replaced", "waiting", "waiting"), strict=True
    ):
        row.status = status
    session.flush()
    sampling.draw(session, LEAD, made.id, DAY + timedelta(days=7), today=NEXT_MONTH)
    later, earlier = sampling.samples(session, LEAD, plan_id=made.id).rows
    assert later.period_start > earlier.period_start
    assert (earlier.items, earlier.open, earlier.done, earlier.skipped, earlier.replaced) == (5, 3, 1, 1, 1)
    assert sampling.samples(session, LEAD, plan_id="none").rows == ()
    assert sampling.samples(session, LEAD, page=2).rows == ()
    assert asdict(earlier)["plan"] == "Plan"


def test_worth_grows_with_doubt_and_falls_with_labels() -> None:
    assert worth(None, 0, 0) == worth(None, 5, 0) == 1.0
    assert worth(1.0, 0, 0) == 0.5
    assert worth(0.9, 0, 0) < worth(0.7, 0, 0) < worth(0.7, 2, 0)
    assert worth(0.7, 2, 0) > worth(0.7, 2, 1) > worth(0.7, 2, 100) > 0


def test_the_queue_goes_round_agents_and_knows_who_has_labels(session: Session) -> None:
    add_conversations(session, 9, agent_id=lambda n: f"a-{n % 3}", least_confidence=lambda n: 0.9 - n / 100)
    for number, at in enumerate([days_ago(3), days_ago(4), days_ago(5), days_ago(100)]):
        kind = "review" if number else "dispute"
        add_review(session, f"old-{number}", ANNA, {"greeting": "pass"}, kind=kind, agent_id="a-0", at=at)
    for kind, status in (("calibration", "finished"), ("review", "draft")):
        add_review(session, "old-9", ANNA, {"greeting": "pass"}, kind=kind, status=status, agent_id="a-1")
    made = plans.create(session, LEAD, "Plan", RANDOM)
    sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)
    ranked = sorted(items(session), key=lambda row: -row.worth)
    assert [row.agent_id for row in ranked[:4]] == ["a-2", "a-1", "a-2", "a-1"]
    best = {row.agent_id: row.worth for row in reversed(ranked)}
    assert best["a-0"] == pytest.approx(worth(0.84, 0, 3))
    assert best["a-1"] == pytest.approx(worth(0.83, 0, 0))
