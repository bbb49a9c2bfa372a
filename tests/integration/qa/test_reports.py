"""Reports on both databases: whoever sends, each goes out once; claims hold across connections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from qa.errors import Busy
from qa.services.reports import outcomes, subscriptions
from qa.services.reports.outcomes import STALE, Result
from qa.services.reports.sending import send_due, try_out
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.database import Storage, open_storage
from qa.storage.digests import open_pseudonyms
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow
from qa.storage.tables import AuditRow
from tests.unit.qa.board_rows import add
from tests.unit.qa.fakes import FakeParts
from tests.unit.qa.postbox import Postbox, open_postbox
from tests.unit.qa.services.reports.conftest import LEAD, MONDAY, order, plain_letter, subscribe

MANY = 6


@pytest.fixture
def box() -> Iterator[Postbox]:
    with open_postbox() as opened:
        yield opened


@pytest.fixture
def storage(fresh_url: str) -> Iterator[Storage]:
    opened = open_storage(fresh_url)
    with opened.writing() as session:
        session.add(
            AccountRow(id=LEAD.id, login="lead", name="Lead", roles=["qa_lead"], email="l@f.example.pl")
        )
        add(session, "c-1", {"greeting": "pass"}, score=80.0)
    yield opened
    opened.close()


@pytest.fixture
def workspace(tmp_path: Path, storage: Storage, box: Postbox) -> Workspace:
    parts: Any = FakeParts()
    settings = Settings(data_dir=tmp_path, mail=box.settings())
    return Workspace(settings, storage, parts, open_pseudonyms(tmp_path))


def test_several_senders_send_each_report_once(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    for _ in range(MANY):
        subscribe(storage, LEAD, order())
    failures: list[BaseException] = []

    def send() -> None:
        try:
            send_due(workspace, plain_letter, lambda: MONDAY)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({letter["Message-ID"] for letter in box.letters}) == len(box.letters) == MANY
    with storage.reading() as session:
        assert session.scalars(select(SendingRow.status)).all() == ["sent"] * MANY
        sent = session.scalars(select(AuditRow).where(AuditRow.action == "report_send")).all()
        assert len(sent) == MANY
        assert all(row.due_at > MONDAY for row in session.scalars(select(SubscriptionRow)))


def test_half_done_sendings_are_taken_up_or_told(storage: Storage) -> None:
    for _ in range(2):
        subscribe(storage, LEAD, order())
    with storage.writing() as session:
        outcomes.open_due(session, MONDAY)
    with storage.writing() as session:
        first, second = outcomes.claim(session, MONDAY), outcomes.claim(session, MONDAY)
        assert first is not None
        assert second is not None
        assert first.id != second.id
        assert outcomes.claim(session, MONDAY) is None
        assert outcomes.give_away(session, first, MONDAY)
        assert not outcomes.give_away(session, first, MONDAY)
    later = MONDAY + STALE + timedelta(seconds=1)
    with storage.reading() as session:
        assert outcomes.is_anything_due(session, later)
    with storage.writing() as session:
        outcomes.tidy(session, later)
    with storage.reading() as session:
        assert session.get_one(SendingRow, first.id).status == "unknown"
        assert session.get_one(SendingRow, second.id).status == "waiting"
    with storage.writing() as session:
        assert not outcomes.give_away(session, second, later)  # it was taken from its holder
        again = outcomes.claim(session, later)
        assert again is not None
        assert (again.id, again.attempts) == (second.id, 2)


def test_a_try_that_counts_for_all_leaves_alone_what_another_process_is_claiming(storage: Storage) -> None:
    for _ in range(2):
        subscribe(storage, LEAD, order())
    with storage.writing() as session:
        outcomes.open_due(session, MONDAY)
        for row in session.scalars(select(SendingRow)):
            row.attempts = len(outcomes.PAUSES)  # the next try is the last one
    with storage.writing() as session:
        mine = outcomes.claim(session, MONDAY)
    assert mine is not None
    down = Result("failed", "unreachable", everybody=True)

    def settle() -> None:
        with storage.writing() as session:
            outcomes.settle(session, mine, down, MONDAY)

    with storage.writing() as session:
        theirs = outcomes.claim(session, MONDAY)
        settling = Thread(target=settle)
        settling.start()
        settling.join(1)  # on PostgreSQL it need not wait; SQLite has one writer
    settling.join(20)
    assert theirs is not None
    with storage.writing() as session:
        assert session.get_one(SendingRow, mine.id).status == "failed"
        assert session.get_one(SendingRow, theirs.id).status == "preparing"
        assert outcomes.give_away(session, theirs, MONDAY)


def test_a_trial_that_is_asked_for_twice_at_once_is_sent_once(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    key = subscribe(storage, LEAD, order())
    barrier, told = Barrier(4), []

    def ask() -> None:
        barrier.wait()
        try:
            told.append(try_out(workspace, plain_letter, LEAD, key).status)
        except Busy:
            told.append("busy")

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["busy", "busy", "busy", "sent"]
    assert len(box.letters) == 1


def test_what_is_kept_comes_back_the_same(storage: Storage) -> None:
    subscribe(storage, LEAD, order("voice", filters={"channel": "phone"}, quotes=True))
    with storage.reading() as session:
        (shown,) = subscriptions.listed(session, LEAD).rows
    assert (shown.filters, shown.quotes, shown.active, shown.person) == (
        {"channel": "phone"},
        True,
        True,
        "Lead",
    )
    assert shown.next_at is not None
    assert shown.next_at.tzinfo is not None
