"""Plans: who makes them, and what they would draw."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.storage import audit
from tests.unit.qa.sampling_rows import (
    ANNA,
    DAY,
    LEAD,
    NEXT_MONTH,
    NOBODY,
    add_account,
    add_conversation,
    add_conversations,
)
from tests.unit.qa.services.sampling.conftest import EACH, RANDOM, RISK


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
