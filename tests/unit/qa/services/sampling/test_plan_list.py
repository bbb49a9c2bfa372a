"""The list of plans with their latest drawings."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Refused, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.estimate import coverage_interval
from qa.services.sampling.plan_list import plan_list
from qa.storage.people import SampleItemRow
from tests.unit.qa.sampling_rows import DAY, LEAD, NOBODY, add_conversation, add_conversations

TODAY = date(2026, 11, 20)


def test_nothing_there(session: Session) -> None:
    assert (plan_list(session, LEAD).rows, plan_list(session, LEAD).total) == ((), 0)
    with pytest.raises(Refused):
        plan_list(session, NOBODY)
    with pytest.raises(UsageProblem):
        plan_list(session, LEAD, page=0)


def test_each_plan_has_its_own_latest_drawing(session: Session) -> None:
    add_conversations(session, 40)
    add_conversation(session, "before", day="2026-10-28")
    session.flush()
    made = {
        name: plans.create(session, LEAD, name, {"cycle": "weekly", "method": "random", "size": size})
        for name, size in (("Bez", 3), ("Duża", 25), ("Mała", 5))
    }
    for name in ("Duża", "Mała"):
        for day in (DAY, date(2026, 10, 28)):
            sampling.draw(session, LEAD, made[name].id, day, today=TODAY)
    plans.set_active(session, LEAD, made["Bez"].id, active=False)
    found = {row.plan.name: row.latest for row in plan_list(session, LEAD).rows}
    assert list(found) == ["Duża", "Mała", "Bez"]
    assert found["Bez"] is None
    large, small = found["Duża"], found["Mała"]
    assert large is not None
    assert small is not None
    assert (large.period_start, large.population, large.items, large.done, large.open) == (
        "2026-11-02",
        40,
        25,
        0,
        25,
    )
    assert (small.low, small.high) == pytest.approx(coverage_interval(5))
    assert large.effective == pytest.approx(25)


def test_progress_leaves_out_second_reviews_and_replaced_ones(session: Session) -> None:
    add_conversations(session, 20)
    content = {"cycle": "weekly", "method": "random", "size": 8, "second_share": 0.5}
    made = plans.create(session, LEAD, "Plan", content)
    sampling.draw(session, LEAD, made.id, DAY, today=TODAY)
    firsts = session.scalars(select(SampleItemRow).where(SampleItemRow.second_of.is_(None))).all()
    for row, status in zip(firsts, ("done", "done", "claimed", "replaced", "skipped"), strict=False):
        row.status = status
    session.flush()
    latest = plan_list(session, LEAD).rows[0].latest
    assert latest is not None
    assert (latest.items, latest.done, latest.open) == (7, 2, 4)
