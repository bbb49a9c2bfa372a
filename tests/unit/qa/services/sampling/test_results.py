"""What the drawings of a plan say, beside the automatic figures."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.results import CriterionResult, results
from qa.storage.people import OutcomeRow, SampleItemRow
from tests.unit.qa.sampling_rows import (
    ANNA,
    DAY,
    LEAD,
    NOBODY,
    add_conversation,
    add_conversations,
    add_review,
)

TODAY = date(2026, 11, 20)
RANDOM = {"cycle": "weekly", "method": "random", "size": 10}


def machine_says(session: Session, conversation_id: str, outcome: str, scorecard: str = "phone@1") -> None:
    session.add(
        OutcomeRow(
            conversation_id=conversation_id,
            criterion="greeting",
            scorecard=scorecard,
            outcome=outcome,
            confidence=0.9,
            day=str(DAY),
        )
    )


def drawn(session: Session, day: date = DAY, plan_id: str | None = None) -> str:
    plan_id = plan_id or plans.create(session, LEAD, "Plan", RANDOM).id
    sampling.draw(session, LEAD, plan_id, day, today=TODAY)
    return plan_id


def reviewed(session: Session, count: int, outcome: str = "pass") -> None:
    waiting = select(SampleItemRow).where(SampleItemRow.status == "waiting")
    for item in session.scalars(waiting.order_by(SampleItemRow.conversation_id).limit(count)).all():
        add_review(session, item.conversation_id, ANNA, {"greeting": outcome}, item_id=item.id)
        item.status, item.assignee, item.closed_by = "done", ANNA.id, ANNA.id
    session.flush()


def greeting(session: Session, plan_id: str, **values: int) -> CriterionResult:
    found = results(session, LEAD, plan_id, **values)  # type: ignore[arg-type]
    assert found is not None
    return next(row for row in found.rows if row.criterion == "greeting")


def test_before_the_first_drawing_and_the_first_review(session: Session) -> None:
    plan_id = plans.create(session, LEAD, "Plan", RANDOM).id
    assert results(session, LEAD, plan_id) is None
    add_conversations(session, 20)
    drawn(session, plan_id=plan_id)
    found = results(session, LEAD, plan_id)
    assert found is not None
    assert (found.rows, found.reviewed, found.scorecard, found.drawings) == ((), 0, "phone@1", 1)


def test_what_cannot_be_asked(session: Session) -> None:
    plan_id = plans.create(session, LEAD, "Plan", RANDOM).id
    with pytest.raises(Refused):
        results(session, NOBODY, plan_id)
    with pytest.raises(Missing):
        results(session, LEAD, "none")
    for values in ({"drawings": 0}, {"drawings": 13}, {"scorecard": "a\0"}):
        with pytest.raises(UsageProblem):
            results(session, LEAD, plan_id, **values)  # type: ignore[arg-type]


def test_people_on_the_sample_beside_the_machine_on_everything_the_plan_draws_from(session: Session) -> None:
    for number, identifier in enumerate(add_conversations(session, 20)):
        machine_says(session, identifier, ("pass", "pass", "fail", "review", "na")[number % 5])
    add_conversation(session, "chat", channel="chat", scorecard="chat@1")
    machine_says(session, "chat", "fail", "chat@1")
    add_conversation(session, "later", day="2026-11-12")
    machine_says(session, "later", "fail")
    session.flush()
    plan_id = plans.create(session, LEAD, "Plan", {**RANDOM, "filters": {"channel": ["phone"]}}).id
    drawn(session, plan_id=plan_id)
    reviewed(session, 3)
    reviewed(session, 1, "fail")
    row = greeting(session, plan_id)
    assert (row.sample.n, row.sample.value, row.few) == (4, 0.75, True)
    assert (row.automatic.part, row.automatic.n, row.undecided) == (8, 12, 4)
    assert row.automatic.low is not None
    assert row.name == "Powitanie"


def test_the_frame_is_that_of_the_drawing_not_of_the_changed_plan(session: Session) -> None:
    for identifier in add_conversations(session, 20):
        machine_says(session, identifier, "pass")
    plan_id = drawn(session)
    plans.change(session, LEAD, plan_id, content={**RANDOM, "filters": {"team": ["T9"]}})
    reviewed(session, 10)
    row = greeting(session, plan_id)
    assert (row.automatic.n, row.few) == (20, False)


def test_drawings_are_pooled_and_a_new_review_shows_at_once(session: Session) -> None:
    for week in (2, 9, 16):
        for number in range(3):
            add_conversation(session, f"c-{week}-{number}", day=f"2026-11-{week:02}")
    session.flush()
    plan_id = ""
    for week in (2, 9, 16):
        plan_id = drawn(session, date(2026, 11, week), plan_id or None)
    reviewed(session, 9)
    assert greeting(session, plan_id, drawings=1).sample.n == 3
    assert greeting(session, plan_id).sample.n == 9
    found = results(session, LEAD, plan_id)
    assert found is not None
    assert (found.first, found.last, found.drawings, found.drawn) == ("2026-11-02", "2026-11-22", 3, 9)
    one = session.scalars(select(SampleItemRow).where(SampleItemRow.conversation_id == "c-16-0")).one()
    add_review(session, "c-16-0", LEAD, {"greeting": "fail"}, item_id=one.id)
    assert greeting(session, plan_id).sample.value == pytest.approx(8 / 9)


def test_an_unknown_scorecard_has_no_criteria(session: Session) -> None:
    add_conversations(session, 5, scorecard="dawna@1")
    plan_id = drawn(session)
    reviewed(session, 5)
    found = results(session, LEAD, plan_id)
    assert found is not None
    assert (found.scorecard, found.scorecards, found.rows) == ("dawna@1", ("dawna@1",), ())
