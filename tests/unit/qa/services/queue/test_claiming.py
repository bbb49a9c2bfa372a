"""Nobody gets what another has; what somebody has is kept, given back, or finished with its review."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueFilter, item_view, next_items, skip_counts
from qa.storage import audit
from qa.storage.database import Storage
from qa.storage.people import SampleItemRow
from qa.storage.tables import now
from tests.unit.qa.sampling_rows import (
    ANNA,
    BASIA,
    LEAD,
    NOBODY,
    add_account,
    add_review,
    days_ago,
    person,
)
from tests.unit.qa.services.queue.conftest import (
    TODAY,
    filled,
    reviewed,
    status,
    taken,
)


def test_who_does_not_work_with_the_queue_sees_and_takes_nothing(session: Session) -> None:
    filled(session)
    item_id = next_items(session, ANNA).rows[0].id
    for attempt in (
        lambda: next_items(session, NOBODY),
        lambda: item_view(session, NOBODY, item_id),
        lambda: queue.claim(session, NOBODY, item_id),
        lambda: queue.claim_next(session, NOBODY),
        lambda: queue.release(session, NOBODY, item_id),
        lambda: queue.skip(session, NOBODY, item_id, "nie słychać"),
        lambda: queue.finish(session, NOBODY, item_id),
        lambda: queue.release_stale(session, NOBODY, now()),
        lambda: queue.assign(session, ANNA, item_id, ANNA.id),
        lambda: next_items(session, ANNA, everybody=True),
        lambda: skip_counts(session, ANNA, TODAY, TODAY),
    ):
        with pytest.raises(Refused):
            attempt()
    assert next_items(session, ANNA).total == 6


def test_an_empty_queue(session: Session) -> None:
    assert queue.claim_next(session, ANNA) is None
    assert (next_items(session, ANNA).rows, next_items(session, ANNA).total) == ((), 0)
    assert queue.release_stale(session, ANNA, now()) == 0
    for attempt in (queue.claim, queue.release, queue.finish):
        for item_id in ("none", "no\0ne"):
            with pytest.raises(Missing):
                attempt(session, ANNA, item_id)
    for narrowed in (QueueFilter(agent="a\0"), QueueFilter(team="\ud800")):
        with pytest.raises(UsageProblem):
            next_items(session, ANNA, narrowed=narrowed)
        with pytest.raises(UsageProblem):
            queue.claim_next(session, ANNA, narrowed)
    with pytest.raises(Missing):
        queue.skip(session, ANNA, "none", "nie słychać")


def test_fifty_who_ask_at_once_get_fifty_different_items(storage: Storage) -> None:
    with storage.writing() as session:
        filled(session, 80, 50)
    together = threading.Barrier(50)

    def ask(number: int) -> tuple[str, str | None]:
        actor = person(f"p-{number}")
        together.wait()
        with storage.writing() as session:
            item = queue.claim_next(session, actor)
        return actor.id, item and item.id

    with ThreadPoolExecutor(50) as pool:
        got = dict(pool.map(ask, range(50)))
    with storage.reading() as session:
        kept = {row.assignee: row.id for row in session.scalars(select(SampleItemRow))}
        assert audit.broken_at(session) is None
    assert len(set(got.values())) == 50
    assert kept == got


def test_fifty_who_want_the_same_item_leave_it_to_one(storage: Storage) -> None:
    with storage.writing() as session:
        filled(session, 3, 1)
        item_id = session.scalars(select(SampleItemRow.id)).one()
    together = threading.Barrier(50)

    def want(number: int) -> str | None:
        actor = person(f"p-{number}")
        together.wait()
        try:
            with storage.writing() as session:
                return queue.claim(session, actor, item_id).assignee
        except Conflict:
            return None

    with ThreadPoolExecutor(50) as pool:
        got = [one for one in pool.map(want, range(50)) if one]
    assert len(got) == 1
    with storage.reading() as session:
        assert session.scalars(select(SampleItemRow.assignee)).one() == got[0]


def test_claiming_what_one_has_changes_nothing_and_what_another_has_is_a_conflict(session: Session) -> None:
    filled(session)
    item = taken(session)
    assert queue.claim(session, ANNA, item.id) == item
    assert (item.status, item.assignee, item.assignee_name) == ("claimed", ANNA.id, "Anna")
    with pytest.raises(Conflict):
        queue.claim(session, BASIA, item.id)
    reviewed(session, ANNA, item)
    for actor in (ANNA, BASIA):
        with pytest.raises(Conflict):
            queue.claim(session, actor, item.id)


def test_nobody_judges_their_own_conversation(session: Session) -> None:
    filled(session, 6, 6, agent_id=lambda n: "a-7" if n else None)
    both = person("both", "qa_specialist", "agent", agent_id="a-7")
    add_account(session, both)
    assert [one.agent_id for one in next_items(session, both).rows] == [None]
    own = next(one for one in next_items(session, ANNA).rows if one.agent_id == "a-7")
    with pytest.raises(Refused):
        queue.claim(session, both, own.id)
    with pytest.raises(Refused):
        queue.assign(session, LEAD, own.id, both.id)
    assert taken(session, both).agent_id is None
    assert queue.claim_next(session, both) is None


def test_giving_back(session: Session) -> None:
    filled(session)
    item = taken(session)
    with pytest.raises(Conflict):
        queue.release(session, BASIA, item.id)
    queue.release(session, ANNA, item.id)
    again = item_view(session, BASIA, item.id)
    assert (again.status, again.assignee, again.claimed_at) == ("waiting", None, None)
    with pytest.raises(Conflict):
        queue.release(session, ANNA, item.id)
    queue.claim(session, BASIA, item.id)
    queue.release(session, LEAD, item.id)
    assert status(session, item.id) == "waiting"


def test_a_lead_keeps_an_item_for_somebody(session: Session) -> None:
    filled(session, 3, 1)
    (item,) = next_items(session, LEAD).rows
    kept = queue.assign(session, LEAD, item.id, BASIA.id)
    assert (kept.status, kept.assignee_name) == ("waiting", "Basia")
    with pytest.raises(Conflict):
        queue.claim(session, ANNA, item.id)
    assert queue.claim_next(session, ANNA) is None
    queue.claim(session, BASIA, item.id)
    assert queue.assign(session, LEAD, item.id, BASIA.id).status == "claimed"
    assert queue.assign(session, LEAD, item.id, ANNA.id).status == "waiting"
    with pytest.raises(Conflict):
        queue.finish(session, BASIA, item.id)
    assert queue.assign(session, LEAD, item.id, None).assignee is None
    reviewed(session, ANNA, queue.claim(session, ANNA, item.id))
    with pytest.raises(Conflict):
        queue.assign(session, LEAD, item.id, BASIA.id)


def test_only_people_of_the_queue_are_assigned(session: Session) -> None:
    filled(session, 3, 1)
    (item,) = next_items(session, LEAD).rows
    gone = person("gone")
    add_account(session, gone, active=False)
    for account_id, refused in ((NOBODY.id, UsageProblem), (gone.id, UsageProblem), ("none\0", Missing)):
        with pytest.raises(refused):
            queue.assign(session, LEAD, item.id, account_id)
    assert item_view(session, LEAD, item.id) == item


def test_what_is_kept_for_somebody_is_finished_with_their_review(session: Session) -> None:
    filled(session)
    item = next_items(session, ANNA).rows[0]
    queue.assign(session, LEAD, item.id, ANNA.id)
    reviewed(session, ANNA, item)
    assert status(session, item.id) == "done"


def test_an_item_is_finished_with_its_review_only(session: Session) -> None:
    filled(session)
    item = taken(session)
    with pytest.raises(Conflict, match="zakończ ocenę"):
        queue.finish(session, ANNA, item.id)
    add_review(session, item.conversation_id, ANNA, {"greeting": "pass"}, item_id=item.id, status="draft")
    add_review(session, item.conversation_id, BASIA, {"greeting": "pass"}, item_id=item.id)
    add_review(session, item.conversation_id, ANNA, {"greeting": "pass"})
    with pytest.raises(Conflict, match="zakończ ocenę"):
        queue.finish(session, ANNA, item.id)
    with pytest.raises(Conflict, match="w pracy"):
        queue.finish(session, BASIA, item.id)
    reviewed(session, ANNA, item)
    queue.finish(session, ANNA, item.id)
    row = session.get_one(SampleItemRow, item.id)
    assert (row.status, row.closed_by, row.skip_reason) == ("done", ANNA.id, None)
    actions = [entry.action for entry in audit.entries(session) if entry.subject == item.id]
    assert actions == ["queue_claim", "queue_finish"]


def test_old_claims_go_back_unless_somebody_is_at_work(session: Session) -> None:
    filled(session)
    old, at_work, fresh, idle = (taken(session) for _ in range(4))
    for item, hours in ((old, 25), (at_work, 48), (fresh, 23), (idle, 48)):
        row = session.get_one(SampleItemRow, item.id)
        row.claimed_at = now() - timedelta(hours=hours)
    for item, days in ((at_work, 0.5), (idle, 1.5)):
        add_review(
            session,
            item.conversation_id,
            ANNA,
            {"greeting": "pass"},
            item_id=item.id,
            status="draft",
            at=days_ago(days),
        )
    add_review(session, old.conversation_id, BASIA, {"greeting": "pass"}, status="draft")
    assert queue.release_stale(session, BASIA, now()) == 2
    assert [status(session, one.id) for one in (old, at_work, fresh, idle)] == [
        "waiting",
        "claimed",
        "claimed",
        "waiting",
    ]
    assert item_view(session, ANNA, old.id).assignee is None
    assert queue.release_stale(session, BASIA, now()) == 0


def test_a_moment_in_another_zone_is_the_same_moment(session: Session) -> None:
    filled(session)
    item = taken(session)
    row = session.get_one(SampleItemRow, item.id)
    row.claimed_at = datetime.fromisoformat("2026-11-04T12:00:00+00:00")
    session.flush()
    early = datetime.fromisoformat("2026-11-05T12:59:00+01:00")
    assert queue.release_stale(session, ANNA, early) == 0
    assert queue.release_stale(session, ANNA, early + timedelta(minutes=2)) == 1
