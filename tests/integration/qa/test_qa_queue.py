"""Samples and the queue on both databases, with fifty people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select

from qa.errors import Conflict
from qa.services.access.permissions import Actor
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueFilter, next_items, skip_counts
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.estimate import estimate
from qa.storage.database import Storage, open_storage
from qa.storage.people import SampleItemRow
from qa.storage.tables import now
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
    NEXT_MONTH,
    add_conversations,
    add_review,
    person,
)

PEOPLE = 50
T = TypeVar("T")


@pytest.fixture
def storage(fresh_url: str) -> Iterator[Storage]:
    storage = open_storage(fresh_url)
    yield storage
    storage.close()


def fill(storage: Storage, size: int, **more: object) -> None:
    """A sample of so many conversations in the queue."""
    with storage.writing() as session:
        add_conversations(session, size * 2, critical=lambda number: number % 5 == 0)
        session.flush()
        content = {"cycle": "weekly", "method": "mixed", "size": size, **more}
        made = plans.create(session, LEAD, "Plan", content)
        sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)


def at_once(work: Callable[[Actor], T]) -> list[T]:
    """What fifty people get who do this at the same moment."""
    together = threading.Barrier(PEOPLE)

    def one(number: int) -> T:
        actor = person(f"p-{number}")
        together.wait()
        return work(actor)

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, range(PEOPLE)))


def test_fifty_at_once_get_fifty_different_items(storage: Storage) -> None:
    fill(storage, PEOPLE)

    def ask(actor: Actor) -> tuple[str, str | None]:
        with storage.writing() as session:
            item = queue.claim_next(session, actor)
        return actor.id, item and item.id

    got = dict(at_once(ask))
    with storage.reading() as session:
        kept = {row.assignee: row.id for row in session.scalars(select(SampleItemRow))}
    assert len(set(got.values())) == PEOPLE
    assert kept == got


def test_one_item_goes_to_one_of_fifty(storage: Storage) -> None:
    fill(storage, 1)
    with storage.reading() as session:
        item_id = session.scalars(select(SampleItemRow.id)).one()

    def want(actor: Actor) -> bool:
        try:
            with storage.writing() as session:
                queue.claim(session, actor, item_id)
        except Conflict:
            return False
        return True

    assert sum(at_once(want)) == 1


def test_the_halves_of_pairs_go_to_different_people(storage: Storage) -> None:
    fill(storage, PEOPLE // 2, second_share=1.0)

    def ask(actor: Actor) -> list[tuple[str, str]]:
        found = []
        for _ in range(2):
            with storage.writing() as session:
                item = queue.claim_next(session, actor)
            found += [(item.id, item.conversation_id)] if item else []
        return found

    got = at_once(ask)
    assert all(len({conversation for _, conversation in found}) == len(found) for found in got)
    taken = [item_id for found in got for item_id, _ in found]
    assert len(set(taken)) == len(taken) >= PEOPLE // 2


def test_skips_at_once_get_different_replacements(storage: Storage) -> None:
    fill(storage, 8)
    with storage.writing() as session:
        items = [queue.claim(session, ANNA, one.id).id for one in next_items(session, ANNA).rows[:4]]
    together = threading.Barrier(len(items))

    def skip(item_id: str) -> str | None:
        together.wait()
        with storage.writing() as session:
            replacement = queue.skip(session, ANNA, item_id, "nie słychać")
        return replacement and replacement.conversation_id

    with ThreadPoolExecutor(len(items)) as pool:
        got = list(pool.map(skip, items))
    assert None not in got
    assert len(set(got)) == len(items)


def test_the_whole_way_on_both_databases(storage: Storage) -> None:
    fill(storage, 6, second_share=0.5)
    with storage.writing() as session:
        while item := queue.claim_next(session, ANNA, QueueFilter(second=False)):
            add_review(session, item.conversation_id, ANNA, {"greeting": "pass"}, item_id=item.id)
            queue.finish(session, ANNA, item.id)
        other = queue.claim_next(session, BASIA)
        assert other is not None
        queue.skip(session, BASIA, other.id, "nie słychać")
        queue.claim_next(session, BASIA)
        assert queue.release_stale(session, LEAD, now() + timedelta(days=2)) == 1
    with storage.reading() as session:
        found = estimate(session, LEAD, "greeting", DAY, DAY)
        assert found is not None
        assert (found.value, found.n, found.drawn) == (1.0, 6, 6)
        today = now().date()
        counts = skip_counts(session, LEAD, today - timedelta(days=1), today + timedelta(days=1))
        assert [(one.account_id, one.skipped, one.done) for one in counts] == [
            (ANNA.id, 0, 6),
            (BASIA.id, 1, 0),
        ]
        assert next_items(session, LEAD, everybody=True).total == 2
        sample = sampling.samples(session, LEAD).rows[0]
        assert (sample.done, sample.open, sample.seconds) == (6, 0, 3)
