"""Estimates from samples: the interval a size buys, no bias by risk, and what does not count."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.estimate import METHOD, Estimate, coverage_interval, estimate, weighted_share
from qa.services.sampling.selection import MOST_RISK, Candidate, Design, draw
from qa.storage.people import SampleItemRow
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
    NEXT_MONTH,
    NOBODY,
    add_conversations,
    add_review,
    days_ago,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
ALL = {"cycle": "monthly", "method": "random", "size": 4}


def drawn(session: Session, content: dict[str, object], name: str = "Plan") -> list[SampleItemRow]:
    """The first items of a new plan's drawing in November."""
    made = plans.create(session, LEAD, name, content)
    sample = sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH, seed=1)
    query = select(SampleItemRow).where(
        SampleItemRow.sample_id == sample.id, SampleItemRow.second_of.is_(None)
    )
    return list(session.scalars(query.order_by(SampleItemRow.conversation_id)))


def judge(session: Session, items: list[SampleItemRow], *outcomes: str) -> None:
    for item, outcome in zip(items, outcomes, strict=False):
        add_review(session, item.conversation_id, ANNA, {"greeting": outcome}, item_id=item.id)
        item.status = "done"
    session.flush()


def november(session: Session, criterion: str = "greeting", **narrowed: str) -> Estimate:
    found = estimate(session, LEAD, criterion, FIRST, LAST, **narrowed)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_what_five_and_twenty_five_calls_buy() -> None:
    intervals = [coverage_interval(n) for n in (5, 25)]
    assert [tuple(round(100 * end) for end in found or ()) for found in intervals] == [(42, 98), (67, 94)]


def test_the_interval_of_nothing_and_of_extremes() -> None:
    assert coverage_interval(0) is None
    assert coverage_interval(-1) is None
    assert coverage_interval(5, 0.0) == (0.0, pytest.approx(0.4345, abs=1e-3))
    low, high = coverage_interval(5, 1.0) or (0, 0)
    assert (low, high) == (pytest.approx(0.5655, abs=1e-3), 1.0)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(UsageProblem):
            coverage_interval(5, share)


def test_even_weights_give_the_plain_wilson_interval() -> None:
    found = weighted_share([(True, 0.2)] * 8 + [(False, 0.2)] * 2)
    assert found.n == 10
    assert found.effective == pytest.approx(10)
    assert found.value == pytest.approx(0.8)
    assert (found.low, found.high) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))


def test_uneven_weights_are_worth_less_and_the_same_everywhere_is_no_certainty() -> None:
    uneven = weighted_share([(True, 0.9)] * 8 + [(True, 0.1)] * 2)
    assert uneven.value == 1.0
    assert uneven.effective < 5
    assert uneven.low is not None
    assert uneven.low < 0.6
    heavy_rare = weighted_share([(False, 0.1)] + [(True, 0.9)] * 20)
    assert heavy_rare.effective == pytest.approx(4.44, abs=0.01)  # Kish alone would say 8.3
    assert weighted_share([]).value is weighted_share([]).low is None
    single = weighted_share([(False, 0.5)])
    assert (single.value, single.low) == (0.0, 0.0)
    assert single.high is not None
    assert single.high > 0.75


def test_a_risk_sample_gives_the_right_share_and_an_interval_that_holds_it() -> None:
    chance = random.Random(3)
    rows = [Candidate(f"c-{i}", None, "", ("critical",) if i % 8 == 0 else ()) for i in range(400)]
    passed = {one.conversation_id: chance.random() < (0.25 if one.risks else 0.9) for one in rows}
    truth = sum(passed.values()) / len(rows)
    design = Design(size=40, risk_share=MOST_RISK, weights={"critical": 5.0})
    weighted, plain, held, seeds = 0.0, 0.0, 0, 250
    for seed in range(seeds):
        chosen = draw(rows, design, seed).chosen
        found = weighted_share([(passed[one.conversation_id], one.probability) for one in chosen])
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        weighted += found.value / seeds
        plain += sum(passed[one.conversation_id] for one in chosen) / len(chosen) / seeds
        held += found.low <= truth <= found.high
    assert abs(weighted - truth) < 0.01
    assert truth - plain > 0.1
    assert held / seeds >= 0.94


def test_nothing_reviewed_is_no_estimate(session: Session) -> None:
    assert estimate(session, LEAD, "greeting", FIRST, LAST) is None
    add_conversations(session, 6)
    drawn(session, ALL)
    assert estimate(session, LEAD, "greeting", FIRST, LAST) is None


def test_bad_questions(session: Session) -> None:
    with pytest.raises(Refused):
        estimate(session, NOBODY, "greeting", FIRST, LAST)
    with pytest.raises(UsageProblem):
        estimate(session, LEAD, "greeting", LAST, FIRST)
    with pytest.raises(UsageProblem):
        estimate(session, LEAD, "", FIRST, LAST)
    with pytest.raises(UsageProblem):
        estimate(session, LEAD, "greeting", FIRST, LAST, team="T\0")
    with pytest.raises(Missing):
        estimate(session, LEAD, "greeting", FIRST, LAST, plan_id="none")


def test_what_does_not_apply_is_left_out_and_the_open_rest_is_told(session: Session) -> None:
    add_conversations(session, 12)
    items = drawn(session, {**ALL, "size": 6})
    judge(session, items, "pass", "fail", "na")
    found = november(session)
    assert (found.drawn, found.reviewed, found.skipped, found.n) == (6, 3, 0, 2)
    assert found.value == pytest.approx(0.5)
    assert found.method == METHOD
    assert "Oceniono 3 z 6" in found.note
    assert "Mało ocen (efektywnie 2)" in found.note
    other = november(session, "closing")
    assert (other.n, other.value, other.low) == (0, None, None)
    assert "nie dotyczy tego kryterium" in other.note


def test_weights_are_those_of_the_drawing(session: Session) -> None:
    add_conversations(session, 40, critical=lambda number: number < 10)
    items = drawn(session, {**ALL, "method": "risk", "size": 12, "risk": {"critical": 10}})
    risky = [item for item in items if item.probability > 0.35]
    assert 4 < len(risky) < 12
    judge(session, items, *("fail" if item in risky else "pass" for item in items))
    found = november(session)
    expected = sum(1 / item.probability for item in items if item not in risky)
    expected /= sum(1 / item.probability for item in items)
    assert found.value == pytest.approx(expected)
    assert found.value > 1 - len(risky) / len(items)


def test_second_reviews_drafts_and_calibrations_do_not_count_and_disputes_correct(session: Session) -> None:
    add_conversations(session, 8)
    items = drawn(session, {**ALL, "second_share": 1.0})
    judge(session, items, "fail", "fail", "pass", "pass")
    for item, kind, status, at in (
        (items[0], "second", "finished", None),
        (items[1], "calibration", "finished", None),
        (items[1], "review", "draft", None),
        (items[1], "dispute", "finished", days_ago(1)),  # about the automatic outcome, before the review
    ):
        key = item.id if kind == "review" else None
        by = BASIA
        add_review(
            session,
            item.conversation_id,
            by,
            {"greeting": "pass"},
            item_id=key,
            kind=kind,
            status=status,
            at=at,
        )
    assert november(session).value == pytest.approx(0.5)
    add_review(session, items[0].conversation_id, BASIA, {"greeting": "pass"}, kind="dispute")
    found = november(session)
    assert (found.value, found.n, found.drawn) == (pytest.approx(0.75), 4, 4)


def test_reviews_outside_of_samples_do_not_count(session: Session) -> None:
    ids = add_conversations(session, 4)
    items = drawn(session, {**ALL, "size": 2})
    judge(session, items, "pass", "pass")
    for identifier in ids:
        add_review(session, identifier, BASIA, {"greeting": "fail"})
    assert november(session).value == 1.0


def test_replaced_items_are_not_drawn_and_skipped_ones_are_told(session: Session) -> None:
    add_conversations(session, 9)
    items = drawn(session, ALL)
    judge(session, items[:2], "pass", "fail")
    items[2].status, items[3].status = "replaced", "skipped"
    session.flush()
    found = november(session)
    assert (found.drawn, found.reviewed, found.skipped) == (3, 2, 1)
    assert "Pominięto bez zastępstwa: 1" in found.note
    assert "Oceniono" not in found.note


def test_narrowed_to_agent_team_channel_scorecard_and_days(session: Session) -> None:
    add_conversations(
        session,
        8,
        agent_id=lambda number: f"a-{number % 2}",
        channel=lambda number: "chat" if number < 4 else "phone",
        scorecard=lambda number: "chat@1" if number < 4 else "phone@1",
        day=lambda number: date(2026, 11, 1 + number),
    )
    items = drawn(session, {**ALL, "size": 8})
    judge(session, items, *["pass", "fail"] * 4)
    assert november(session).value == pytest.approx(0.5)
    assert november(session, agent_id="a-0").value == 1.0
    assert november(session, channel="chat", agent_id="a-1").drawn == 2
    assert november(session, scorecard="phone@1").drawn == 4
    assert estimate(session, LEAD, "greeting", FIRST, LAST, team="T9") is None
    early = estimate(session, LEAD, "greeting", FIRST, date(2026, 11, 3))
    assert early is not None
    assert (early.drawn, early.value) == (3, pytest.approx(2 / 3))


def test_plans_with_different_frames_are_not_mixed(session: Session) -> None:
    add_conversations(session, 10, channel=lambda number: "chat" if number < 3 else "phone")
    narrow = drawn(session, {**ALL, "size": 3, "filters": {"channel": ["chat"]}}, "Czaty")
    judge(session, narrow, "fail", "fail", "fail")
    assert november(session).plan == "Czaty"
    wide = drawn(session, {**ALL, "size": 5}, "Wszystko")
    judge(session, wide, *["pass"] * 5)
    found = november(session)
    assert (found.plan, found.value) == ("Wszystko", 1.0)
    sample = sampling.samples(session, LEAD).rows
    chats = next(one.plan_id for one in sample if one.plan == "Czaty")
    assert november(session, plan_id=chats).value == 0.0
