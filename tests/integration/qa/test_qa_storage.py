"""Storage on both databases: schema, transactions, each thing once, the same content."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text

from qa.errors import UsageProblem, UserError
from qa.services.access.accounts import actor_of
from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.reports import subscriptions
from qa.services.reports.content import Wanted
from qa.services.reports.schedule import Cycle
from qa.services.reports.subscriptions import Order
from qa.services.workspace import Unwatched
from qa.storage import people, reports
from qa.storage.analysis import Proposal, Trend, proposals, store_proposals, store_trends, trends
from qa.storage.database import HEAD, Storage, open_storage
from qa.storage.fingerprint import content_fingerprint
from qa.storage.intake import KeptConversation, keep_conversations
from qa.storage.migrate import configuration, upgrade
from qa.storage.parking import Parked, forget, park, parked
from qa.storage.tables import Base, ConversationRow, ProposalRow, now
from tests.unit.qa.databases import KEYS
from tests.unit.qa.fakes import conversation, workspace, write_lines


@pytest.fixture
def storage(fresh_url: str) -> Storage:
    return open_storage(fresh_url)


def kept(number: int, text_digest: str = "a", **fields: str) -> KeptConversation:
    values = {
        "source_digest": "s",
        "raw_digest": text_digest,
        "version": "v1",
        "digest": text_digest,
        **fields,
    }
    return KeptConversation(
        conversation_id=f"c-{number}",
        channel="chat",
        started_at=None,
        agent_id=None,
        team=None,
        customer_key=None,
        order_key=None,
        case_key=None,
        content={"id": f"c-{number}", "turns": [{"text": "Zażółć gęślą jaźń 🙂"}]},
        **values,
    )


def test_the_migrations_make_exactly_the_tables(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_the_oldest_schema_is_brought_up_to_date(fresh_url: str) -> None:
    from qa.storage.database import _engine

    engine = _engine(fresh_url)
    upgrade(engine, None, target="0001")
    engine.dispose()
    with open_storage(fresh_url).reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)
WORK: dict[str, dict[str, Any]] = {
    "account": {
        "id": "a",
        "login": "ola",
        "name": "Ola Żak",
        "roles": ["qa_lead"],
        "language": "pl",
        "active": True,
        "failed": 0,
        "created_at": MOMENT,
    },
    "outcome": {
        "conversation_id": "c-1",
        "criterion": "greeting",
        "scorecard": "phone@1",
        "outcome": "pass",
        "confidence": 0.9,
        "day": "2026-11-02",
    },
    "dispute": {
        "id": "d",
        "conversation_id": "c-1",
        "criterion": "greeting",
        "account_id": "a",
        "was": "fail",
        "comment": "Było.",
        "status": "open",
        "decision": "",
        "created_at": MOMENT,
    },
}


def of_work(url: str, schema: str) -> None:
    """A database of an older schema in which people have worked."""
    from qa.storage.database import _engine

    engine = _engine(url)
    upgrade(engine, None, target=schema)
    known = MetaData()
    known.reflect(engine)
    with engine.execution_options(odsluch_writes=True).begin() as connection:
        for table, values in WORK.items():
            connection.execute(known.tables[table].insert(), [values])
    engine.dispose()


def test_work_from_before_reports_and_levels_is_kept_and_goes_on(fresh_url: str) -> None:
    of_work(fresh_url, "0003")
    storage = open_storage(fresh_url)
    with storage.writing() as session:
        account, outcome = session.query(people.AccountRow).one(), session.query(people.OutcomeRow).one()
        dispute = session.query(people.DisputeRow).one()
        assert (account.name, account.roles, account.email) == ("Ola Żak", ["qa_lead"], None)
        assert (outcome.outcome, outcome.confidence, outcome.level) == ("pass", 0.9, None)
        levels = dispute.was_level, dispute.wanted_level, dispute.becomes_level
        assert (dispute.comment, dispute.created_at, *levels) == ("Było.", MOMENT, None, None, None)
        account.email, outcome.level, dispute.wanted_level = "ola@firma.example.pl", 0, 3
        wanted = Order(Wanted("voice", "week", {}), Cycle("weekly", 7, 1), "html")
        storage.pseudonyms = KEYS
        subscriptions.create(session, actor_of(account), None, (), wanted)
    with storage.reading() as session:
        assert session.query(reports.SubscriptionRow).one().account_id == "a"
        assert session.query(people.OutcomeRow).one().level == 0


def test_programs_that_start_at_once_bring_the_schema_up_to_date_once(fresh_url: str) -> None:
    of_work(fresh_url, "0003")
    program = "import sys; from qa.storage.database import open_storage; open_storage(sys.argv[1]).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", program, fresh_url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [(one.communicate()[1], one.returncode) for one in started] == [("", 0)] * 4
    with open_storage(fresh_url).reading() as session:
        assert session.query(people.AccountRow).one().email is None


def test_a_database_of_a_newer_program_is_refused(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    with storage.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    storage.close()
    with pytest.raises(UserError, match="nowszą wersję"):
        open_storage(fresh_url)


def test_a_transaction_is_kept_whole_or_not_at_all(storage: Storage) -> None:
    def disturbed() -> None:
        with storage.writing() as session:
            keep_conversations(session, [kept(1), kept(2)])
            raise RuntimeError("disturbed")

    with pytest.raises(RuntimeError):
        disturbed()
    with storage.reading() as session:
        assert session.query(ConversationRow).count() == 0


def test_conversations_are_kept_once_and_clashes_are_told(storage: Storage) -> None:
    with storage.writing() as session:
        first = keep_conversations(session, [kept(1), kept(2), kept(1), kept(2, "b")])
    assert (first.new, first.known, [c.raw_digest for c in first.clashes]) == (2, 1, ["b"])
    with storage.writing() as session:
        again = keep_conversations(session, [kept(2), kept(3)])
    assert (again.new, again.known, again.clashes) == (1, 1, ())


def test_a_newer_reader_may_read_the_same_source_differently_but_not_another_source(storage: Storage) -> None:
    with storage.writing() as session:
        keep_conversations(session, [kept(1)])
        same_source = keep_conversations(session, [kept(1, "b", version="v2")])
        other_source = keep_conversations(session, [kept(1, "c", version="v3", source_digest="t")])
        current = session.query(ConversationRow).filter(ConversationRow.current).all()
        assert [row.version for row in current] == ["v2"]
    assert same_source.new == 1
    assert len(other_source.clashes) == 1


def test_polish_letters_are_stored_as_such(storage: Storage, tmp_path: Path) -> None:
    with storage.writing() as session:
        keep_conversations(session, [kept(1)])
    with storage.reading() as session:
        row = session.query(ConversationRow).one()
        assert row.content["turns"][0]["text"] == "Zażółć gęślą jaźń 🙂"
        raw = session.execute(text("SELECT CAST(content AS TEXT) FROM conversation")).scalar()
    assert "gęślą" in str(raw)


def test_parked_items_count_attempts_and_can_be_forgotten(storage: Storage) -> None:
    item = Parked("intake", "a.jsonl", "bad_json", "Zły.", "Popraw.", path_key="p", line=3)
    for _ in range(3):
        with storage.writing() as session:
            park(session, [item])
    with storage.writing() as session:
        (row,) = parked(session, [item.key[:5]])
        assert row.attempts == 3
        assert parked(session, ["zzz"]) == []
        assert parked(session, ["%"]) == []
        forget(session, [row.key])
    with storage.reading() as session:
        assert parked(session) == []


def test_trends_are_replaced_and_proposals_updated(storage: Storage) -> None:
    def trend(code: str, count: int) -> Trend:
        return Trend(f"f-{code}", "reason", code, "2026-09-01", "2026-09-07", count, 10, count / 10, 0.1, 0.9)

    def proposal(code: str, priority: float) -> Proposal:
        return Proposal(f"f-{code}", "reason", code, code, "treść", priority)

    with storage.writing() as session:
        store_trends(session, [trend("a", 1), trend("b", 2)])
        store_proposals(session, [proposal("a", 1), proposal("b", 2), proposal("c", 3)])
    with storage.writing() as session:
        accepted = session.get_one(ProposalRow, "f-b")
        accepted.status, stamp = "accepted", accepted.updated_at
        assert stamp <= now()
        store_trends(session, [trend("b", 5)])
        store_proposals(session, [proposal("a", 9)])
    with storage.reading() as session:
        assert [(t.code, t.count) for t in trends(session)] == [("b", 5)]
        assert [(p.code, p.priority, p.status) for p in proposals(session)] == [
            ("a", 9, "new"),
            ("b", 2, "accepted"),
        ]


def test_the_whole_way_gives_the_same_content_on_both_databases(fresh_url: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "wejście" / "a.jsonl", [*(conversation(i) for i in range(30)), "{"])
    fingerprints = []
    for name, url in (("var", fresh_url), ("wzorzec", "")):
        work = workspace(tmp_path / name, url=url)
        run(work, [source], lambda: run_in_process, Unwatched())
        with work.storage.reading() as session:
            fingerprints.append(content_fingerprint(session))
        work.storage.close()
    assert fingerprints[0] == fingerprints[1]


def test_two_writers_wait_for_each_other(storage: Storage) -> None:
    failures: list[BaseException] = []

    def write(offset: int) -> None:
        try:
            for i in range(20):
                with storage.writing() as session:
                    keep_conversations(session, [kept(offset + i)])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(base,)) for base in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with storage.reading() as session:
        assert session.query(ConversationRow).count() == 40


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'nowy folder' / 'a.db'}")
    with storage.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert inspect(storage.engine).has_table("conversation")


@pytest.mark.parametrize("url", ["mysql://host/baza", "to nie adres", "sqlserver+x://a"])
def test_an_address_of_no_supported_database_is_refused(url: str) -> None:
    with pytest.raises(UsageProblem, match="database_url"):
        open_storage(url)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(UserError) as caught:
        open_storage("postgresql+psycopg://ola:tajne@127.0.0.1:1/baza")
    assert "tajne" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"to nie jest baza danych " * 100)
    with pytest.raises(UserError, match=r"a\.db"):
        open_storage(f"sqlite:///{tmp_path / 'a.db'}")
