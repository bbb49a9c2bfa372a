"""Who works with the queue, and what they did of it today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.services.access.permissions import Actor
from qa.services.queue import claiming as queue
from qa.services.queue.people import queue_day, workers
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.storage.analysis import LOCAL
from qa.storage.people import SampleItemRow
from qa.storage.tables import now
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
    NOBODY,
    add_account,
    add_conversations,
    add_review,
    person,
)

AWAY = person("away")


@pytest.fixture
def session(session: Session) -> Session:
    """With an account that is no longer in use."""
    add_account(session, AWAY, active=False)
    return session


def finished(session: Session, actor: Actor) -> str:
    item = queue.claim_next(session, actor)
    assert item is not None
    add_review(session, item.conversation_id, actor, {"greeting": "pass"}, item_id=item.id)
    queue.finish(session, actor, item.id)
    return item.conversation_id


def test_workers_are_active_and_may_work_with_the_queue(session: Session) -> None:
    assert [one.account_id for one in workers(session, LEAD)] == ["anna", "basia", "lead"]
    with pytest.raises(Refused):
        workers(session, ANNA)


def test_a_day_without_work(session: Session) -> None:
    day = queue_day(session, ANNA, DAY)
    assert (day.done, day.skipped, day.claimed, day.waiting, day.last_id) == (0, 0, 0, 0, None)
    with pytest.raises(Refused):
        queue_day(session, NOBODY, DAY)


def test_what_one_did_today_and_what_is_left(session: Session) -> None:
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", {"cycle": "weekly", "method": "random", "size": 8})
    sampling.draw(session, LEAD, made.id, DAY, today=date(2026, 11, 9))
    today = now().astimezone(LOCAL).date()
    first = finished(session, ANNA)
    old = session.scalars(select(SampleItemRow).where(SampleItemRow.conversation_id == first)).one()
    old.closed_at = now() - timedelta(days=1, hours=2)
    session.flush()
    last = finished(session, ANNA)
    finished(session, BASIA)
    skipped = queue.claim_next(session, ANNA)
    assert skipped is not None
    queue.skip(session, ANNA, skipped.id, "nie słychać")
    queue.claim_next(session, ANNA)
    day = queue_day(session, ANNA, today)
    assert (day.done, day.skipped, day.claimed, day.waiting) == (1, 1, 1, 4)
    assert (day.last_id, day.last_opening) == (last, "Dzień dobry")
