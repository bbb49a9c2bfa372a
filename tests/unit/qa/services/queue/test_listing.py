"""The order of the queue, its filters and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueFilter, next_items
from qa.services.sampling import drawing as sampling
from qa.storage.people import SampleItemRow
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    LEAD,
)
from tests.unit.qa.services.queue.conftest import (
    TODAY,
    filled,
    taken,
)


def test_the_most_worth_comes_first_then_what_is_due_first(session: Session) -> None:
    filled(session, 6, 6)
    rows = list(session.scalars(select(SampleItemRow).order_by(SampleItemRow.conversation_id)))
    for row, worth, due in zip(rows, (0.1, 0.9, 0.5, 0.5, 0.5, 0.2), (1, 1, 9, 3, None, 1), strict=True):
        row.worth, row.due_on = worth, f"2026-11-1{due}" if due else None
    session.flush()
    order = [f"c-000{number}" for number in (1, 3, 2, 4, 5, 0)]
    assert [one.conversation_id for one in next_items(session, ANNA).rows] == order
    assert [taken(session).conversation_id for _ in order] == order


def test_ones_own_come_first_then_what_is_kept_for_one(session: Session) -> None:
    filled(session, 6, 6)
    *_, kept, claimed = next_items(session, ANNA).rows
    queue.claim(session, ANNA, claimed.id)
    queue.assign(session, LEAD, kept.id, ANNA.id)
    assert [one.id for one in next_items(session, ANNA).rows[:2]] == [claimed.id, kept.id]
    assert {claimed.id, kept.id}.isdisjoint(one.id for one in next_items(session, BASIA).rows)
    assert next_items(session, ANNA, narrowed=QueueFilter(mine=True)).total == 2
    assert next_items(session, LEAD, everybody=True).total == 6
    assert taken(session).id == kept.id


def test_filters(session: Session) -> None:
    sample = filled(
        session,
        8,
        8,
        {"second_share": 0.25},
        agent_id=lambda n: f"a-{n % 2}",
        team=lambda n: f"T{n % 4}",
        channel=lambda n: "chat" if n == 0 else "phone",
        primary_reason=lambda n: "returns.refund" if n < 3 else None,
    )
    for narrowed, total in (
        (QueueFilter(second=False), 8),
        (QueueFilter(second=True), 2),
        (QueueFilter(agent="a-1", second=False), 4),
        (QueueFilter(team="T3", second=False), 2),
        (QueueFilter(channel="chat", second=False), 1),
        (QueueFilter(reason="returns.refund", second=False), 3),
        (QueueFilter(reason="returns", second=False), 3),
        (QueueFilter(reason="none", second=False), 5),
        (QueueFilter(sample_id=sample), 10),
        (QueueFilter(sample_id="none"), 0),
        (QueueFilter(plan_id="none"), 0),
        (QueueFilter(plan_id=sampling.samples(session, LEAD).rows[0].plan_id), 10),
        (QueueFilter(overdue_on=TODAY + timedelta(days=7)), 0),
        (QueueFilter(overdue_on=TODAY + timedelta(days=8)), 10),
    ):
        found = next_items(session, ANNA, narrowed=narrowed)
        assert (found.total, len(found.rows)) == (total, total), narrowed
    chat = queue.claim_next(session, ANNA, QueueFilter(channel="chat"))
    assert chat is not None
    assert chat.channel == "chat"
    assert queue.claim_next(session, ANNA, QueueFilter(team="T9")) is None
    with pytest.raises(UsageProblem, match="Nieznany powód"):
        next_items(session, ANNA, narrowed=QueueFilter(reason="return"))


def test_the_queue_is_paged(session: Session) -> None:
    filled(session, 60, 30)
    pages = [next_items(session, ANNA, page) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [25, 5, 0]
    assert {page.total for page in pages} == {30}
    assert len({one.id for page in pages for one in page.rows}) == 30
    with pytest.raises(UsageProblem):
        next_items(session, ANNA, 0)
