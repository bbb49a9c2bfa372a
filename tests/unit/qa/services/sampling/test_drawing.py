"""What a plan draws, once and repeatably."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, UsageProblem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.storage import audit
from qa.storage.people import SampleItemRow, SampleRow
from tests.unit.qa.sampling_rows import (
    DAY,
    LEAD,
    NEXT_MONTH,
    add_conversations,
)
from tests.unit.qa.services.sampling.conftest import EACH, RANDOM, RISK, items


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
