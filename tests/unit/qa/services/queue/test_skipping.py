"""What is skipped is counted and replaced."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, UsageProblem
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueFilter, item_view, next_items, skip_counts
from qa.storage import audit
from qa.storage.people import OverviewRow, SampleItemRow
from qa.storage.tables import now
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
)
from tests.unit.qa.services.queue.conftest import (
    filled,
    reviewed,
    status,
    taken,
)


@pytest.mark.parametrize("reason", ["", "  x ", "x" * 501, "nie\0słychać"])
def test_skipping_needs_a_reason(session: Session, reason: str) -> None:
    filled(session)
    item = taken(session)
    with pytest.raises(UsageProblem):
        queue.skip(session, ANNA, item.id, reason)
    assert status(session, item.id) == "claimed"


def test_a_skipped_item_is_replaced_from_its_stratum_until_nothing_is_left(session: Session) -> None:
    content = {"method": "stratified", "per": "agent", "size": None, "each": 2}
    filled(session, 10, 0, content, agent_id=lambda n: f"a-{n % 2}")
    told = []
    for number in range(4):
        item = queue.claim_next(session, ANNA, QueueFilter(agent="a-1"))
        assert item is not None
        replacement = queue.skip(session, ANNA, item.id, f"nie słychać {number}")
        told.append((status(session, item.id), replacement and (replacement.stratum, replacement.due_on)))
    assert told == [("replaced", ("a-1", "2026-11-16"))] * 2 + [("skipped", None)] * 2
    assert queue.claim_next(session, ANNA, QueueFilter(agent="a-1")) is None
    rows = list(session.scalars(select(SampleItemRow)))
    assert len({row.conversation_id for row in rows}) == len(rows) == 6
    assert {row.probability for row in rows} == {0.4}
    row = next(row for row in rows if row.skip_reason == "nie słychać 0")
    assert row.closed_by == ANNA.id
    assert not [e for e in audit.entries(session) if "słychać" in str(e.details)]


def test_the_replacement_is_the_same_whoever_skips(session: Session) -> None:
    filled(session, 30, 5)
    item_id = next_items(session, ANNA).rows[0].id
    found = []
    for actor in (ANNA, BASIA):
        with session.begin_nested() as attempt:
            queue.claim(session, actor, item_id)
            replacement = queue.skip(session, actor, item_id, "nie słychać")
            found.append(replacement and replacement.conversation_id)
            attempt.rollback()
        session.expire_all()
    assert found[0] == found[1] is not None


def test_a_conversation_that_is_gone_is_neither_offered_nor_a_replacement(session: Session) -> None:
    filled(session, 30, 2)
    first, other = next_items(session, ANNA).rows
    with session.begin_nested() as attempt:
        queue.claim(session, ANNA, first.id)
        usual = queue.skip(session, ANNA, first.id, "nie słychać")
        attempt.rollback()
    session.expire_all()
    assert usual is not None
    gone = (usual.conversation_id, other.conversation_id)
    session.execute(delete(OverviewRow).where(OverviewRow.conversation_id.in_(gone)))
    assert [one.id for one in next_items(session, ANNA).rows] == [first.id]
    queue.claim(session, ANNA, first.id)
    replacement = queue.skip(session, ANNA, first.id, "nie słychać")
    assert replacement is not None
    assert replacement.conversation_id not in gone
    with pytest.raises(Missing):
        item_view(session, ANNA, other.id)


def test_a_waiting_second_goes_with_its_first_and_comes_with_the_replacement(session: Session) -> None:
    sample = filled(session, 4, 1, {"second_share": 1.0})
    first = next(one for one in next_items(session, ANNA).rows if not one.second)
    queue.claim(session, ANNA, first.id)
    replacement = queue.skip(session, ANNA, first.id, "to nie rozmowa")
    assert replacement is not None
    rows = session.scalars(select(SampleItemRow).where(SampleItemRow.sample_id == sample)).all()
    by_conversation: dict[str, Counter[str]] = {}
    for row in rows:
        by_conversation.setdefault(row.conversation_id, Counter())[row.status] += 1
    assert by_conversation == {
        first.conversation_id: Counter(replaced=2),
        replacement.conversation_id: Counter(waiting=2),
    }
    (count,) = skip_counts(session, LEAD, *_around(now()))
    assert (count.skipped, count.replaced) == (1, 1)


def test_a_second_that_somebody_has_stays_and_a_skipped_second_is_not_replaced(session: Session) -> None:
    sample = filled(session, 4, 1, {"second_share": 1.0})
    first, second = sorted(next_items(session, ANNA).rows, key=lambda one: one.second)
    queue.claim(session, BASIA, second.id)
    queue.claim(session, ANNA, first.id)
    assert queue.skip(session, ANNA, first.id, "nie słychać") is not None
    assert status(session, second.id) == "claimed"
    assert queue.skip(session, BASIA, second.id, "nie słychać") is None
    assert status(session, second.id) == "skipped"
    again = session.scalars(
        select(SampleItemRow).where(SampleItemRow.sample_id == sample, SampleItemRow.second_of.is_not(None))
    )
    assert [row.id for row in again] == [second.id]


def test_only_what_one_has_is_skipped(session: Session) -> None:
    filled(session)
    item = taken(session)
    waiting = next_items(session, BASIA).rows[0]
    for actor, item_id in ((BASIA, item.id), (BASIA, waiting.id), (LEAD, item.id)):
        with pytest.raises(Conflict):
            queue.skip(session, actor, item_id, "nie słychać")
    reviewed(session, ANNA, item)
    with pytest.raises(Conflict):
        queue.skip(session, ANNA, item.id, "nie słychać")


def _around(moment: datetime) -> tuple[date, date]:
    return moment.date() - timedelta(days=1), moment.date() + timedelta(days=1)


def test_skips_are_counted_by_reviewer_and_day(session: Session) -> None:
    filled(session, 12, 12)
    for actor, skips, done in ((BASIA, 1, 3), (ANNA, 2, 0)):
        for _ in range(skips):
            queue.skip(session, actor, taken(session, actor).id, "nie słychać")
        for _ in range(done):
            reviewed(session, actor, taken(session, actor))
    found = skip_counts(session, LEAD, *_around(now()))
    assert [(one.name, one.skipped, one.replaced, one.done) for one in found] == [
        ("Anna", 2, 0, 0),
        ("Basia", 1, 0, 3),
    ]
    assert found[1].share == pytest.approx(0.25)
    assert found[1].low < 0.25 < found[1].high
    assert skip_counts(session, LEAD, date(2020, 1, 1), date(2020, 1, 31)) == ()
    with pytest.raises(UsageProblem):
        skip_counts(session, LEAD, date(2020, 1, 2), date(2020, 1, 1))


def test_a_day_of_skips_is_a_polish_day(session: Session) -> None:
    filled(session, 3, 2)
    for minute, item in zip((22 * 60 + 59, 23 * 60), (taken(session), taken(session)), strict=True):
        queue.skip(session, ANNA, item.id, "nie słychać")
        row = session.get_one(SampleItemRow, item.id)
        row.closed_at = datetime.fromisoformat("2026-11-04T00:00:00+00:00") + timedelta(minutes=minute)
    session.flush()
    days = [skip_counts(session, LEAD, day, day) for day in (DAY, DAY + timedelta(days=1))]
    assert [counts[0].skipped for counts in days] == [1, 1]
