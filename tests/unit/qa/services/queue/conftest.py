"""A queue of drawn conversations on a real database, and people who work with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueItem
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.storage.database import Storage
from qa.storage.people import SampleItemRow
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    DAY,
    LEAD,
    NOBODY,
    add_account,
    add_conversations,
    add_review,
    empty_storage,
)

TODAY = date(2026, 11, 9)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    storage = empty_storage(tmp_path)
    yield storage
    storage.close()


@pytest.fixture
def session(storage: Storage) -> Iterator[Session]:
    with storage.writing() as session:
        for actor in (LEAD, ANNA, BASIA, NOBODY):
            add_account(session, actor)
        yield session


def filled(
    session: Session, count: int = 12, size: int = 6, content: dict[str, Any] | None = None, **values: Any
) -> str:
    """A sample in the queue; its id."""
    add_conversations(session, count, **values)
    return drawn(session, {"cycle": "weekly", "method": "random", "size": size, **(content or {})})


def drawn(session: Session, content: dict[str, Any]) -> str:
    made = plans.create(session, LEAD, "Plan", content)
    return sampling.draw(session, LEAD, made.id, DAY, today=TODAY).id


def paired(session: Session) -> tuple[str, str]:
    """The keys of a first item and its blind second, the only ones in the queue."""
    filled(session, 1, 1, {"second_share": 1.0})
    rows = session.scalars(select(SampleItemRow).order_by(SampleItemRow.second_of.is_not(None))).all()
    return rows[0].id, rows[1].id


def reviewed(session: Session, actor: Actor, item: QueueItem) -> None:
    """The actor reviews the item to its end."""
    kind = "second" if item.second else "review"
    add_review(session, item.conversation_id, actor, {"greeting": "pass"}, item_id=item.id, kind=kind)
    queue.finish(session, actor, item.id)


def taken(session: Session, actor: Actor = ANNA) -> QueueItem:
    item = queue.claim_next(session, actor)
    assert item is not None
    return item


def status(session: Session, item_id: str) -> str:
    return session.get_one(SampleItemRow, item_id, populate_existing=True).status
