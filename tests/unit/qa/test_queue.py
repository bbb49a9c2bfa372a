"""The queue: nobody gets what another has, blind seconds stay blind, what is skipped is counted and replaced."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.queue import claiming as queue
from qa.services.queue.listing import QueueFilter, QueueItem, item_view, next_items, skip_counts
from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.storage import audit
from qa.storage.database import Storage
from qa.storage.people import OverviewRow, SampleItemRow
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
    days_ago,
    empty_storage,
    person,
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


def test_the_queue_is_paged(session: Session) -> None:
    filled(session, 60, 30)
    pages = [next_items(session, ANNA, page) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [25, 5, 0]
    assert {page.total for page in pages} == {30}
    assert len({one.id for page in pages for one in page.rows}) == 30
    with pytest.raises(UsageProblem):
        next_items(session, ANNA, 0)


@pytest.mark.parametrize("finished", [False, True], ids=["claimed", "finished"])
def test_who_has_the_first_never_gets_the_second(session: Session, finished: bool) -> None:
    first, second = paired(session)
    item = queue.claim(session, ANNA, first)
    if finished:
        reviewed(session, ANNA, item)
    assert second not in [one.id for one in next_items(session, ANNA).rows]
    assert queue.claim_next(session, ANNA) is None
    with pytest.raises(Refused):
        queue.claim(session, ANNA, second)
    with pytest.raises(Refused):
        queue.assign(session, LEAD, second, ANNA.id)
    other = taken(session, BASIA)
    assert (other.id, other.blind, other.second, other.why) == (second, True, True, "Druga, niezależna ocena")
    assert not any("anna" in str(value).lower() for value in (other.assignee_name, other.why, other.assignee))


def test_who_has_the_second_never_gets_the_first(session: Session) -> None:
    first, second = paired(session)
    reviewed(session, ANNA, queue.claim(session, ANNA, second))
    assert next_items(session, ANNA).rows == ()
    with pytest.raises(Refused):
        queue.claim(session, ANNA, first)
    assert taken(session, BASIA).id == first


def test_who_gave_the_first_back_may_have_the_second(session: Session) -> None:
    first, second = paired(session)
    queue.claim(session, ANNA, first)
    queue.release(session, ANNA, first)
    assert queue.claim(session, ANNA, second).id == second


def test_who_judged_the_conversation_otherwise_gets_no_blind_second(session: Session) -> None:
    first, second = paired(session)
    add_review(session, "c-0000", ANNA, {"greeting": "fail"}, status="draft")
    assert [one.id for one in next_items(session, ANNA).rows] == [first]
    with pytest.raises(Refused):
        queue.claim(session, ANNA, second)
    assert queue.claim(session, ANNA, first).id == first


def test_a_pair_of_one_plan_says_nothing_about_another_plan(session: Session) -> None:
    filled(session, 1, 1)
    drawn(session, {"cycle": "weekly", "method": "random", "size": 1})
    assert next_items(session, ANNA).total == 2
    taken(session)
    assert taken(session).conversation_id == "c-0000"


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
