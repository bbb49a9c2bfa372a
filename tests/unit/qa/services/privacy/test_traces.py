"""Looking for erased ids: no chance finds, and every true trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.subject import Subject, erase
from qa.services.privacy.traces import Sought, traces
from qa.services.workspace import Unwatched, Workspace
from qa.storage.people import ReviewRow
from qa.storage.tables import TrendRow
from tests.unit.qa.fakes import conversation, workspace, write_lines


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workspace]:
    ids = ("1", "c-1", "c-10", "c-100", "11")
    write_lines(
        tmp_path / "wejście" / "a.jsonl", [{**conversation(i), "id": one} for i, one in enumerate(ids)]
    )
    made = workspace(tmp_path / "var")
    run(made, [tmp_path / "wejście"], lambda: run_in_process, Unwatched())
    made.storage.settle()
    yield made
    made.storage.close()


def sought(work: Workspace, *ids: str) -> tuple[str, ...]:
    return traces(work, Sought(ids, work.pseudonyms.digest))


@pytest.mark.parametrize("identifier", ["1", "c-1", "c-10"])
def test_a_short_id_raises_no_alarm(work: Workspace, identifier: str) -> None:
    prefect = work.settings.data_dir / "prefect" / "flows.json"
    prefect.parent.mkdir()
    prefect.write_text('{"id": "0bc-1a41-c-10-11", "n": 1, "other": "c-100"}')
    sealed = work.settings.data_dir / "vault" / "c1" / "abc.sealed"
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"gAAAA c-10 1 c-1 ")
    done = erase(work, Subject(conversation=identifier), "ola", dry_run=False)
    assert done.ids == (identifier,)
    assert done.traces == ()


def test_a_short_id_is_found_where_ids_are_kept(work: Workspace) -> None:
    kept = {"conversation.conversation_id", "overview.conversation_id"}
    assert kept < found_columns(work, "c-1")
    assert "trend.examples" in found_columns(work, "c-1")
    assert kept < found_columns(work, "1")
    assert sought(work, "c-2") == ()


def found_columns(work: Workspace, identifier: str) -> set[str]:
    return {place.removeprefix("baza danych (").removesuffix(")") for place in sought(work, identifier)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c-1000", True),
        ("„c-1000”", True),
        ('{"id": "c-1000"}', True),
        (json.dumps({"note": "tak\nc-1000"}), True),
        (json.dumps({"note": "„c-1000”"}), True),
        ("/ścieżka/c-1000.json", True),
        ("x" * 70_000 + " c-1000", True),
        ("c-10001", False),
        ("c-1000-2", False),
        ("rozmowac-1000", False),
        ("żc-1000", False),
        ("c-1000ż", False),
        ("_c-1000 c-1000_", False),
        (json.dumps({"note": "łc-1000"}), False),
        ("c-10001, c-1000", True),
    ],
)
def test_an_id_counts_where_it_stands_alone(work: Workspace, text: str, found: bool) -> None:
    (work.settings.data_dir / "plik.txt").write_text(text, encoding="utf-8")
    assert sought(work, "c-1000") == (("plik.txt",) if found else ())
    hidden = {len("c-1000"): {work.pseudonyms.digest("c-1000")}}
    if "\\u" not in text and found:
        assert traces(work, Sought((), work.pseudonyms.digest, hidden)) == ("plik.txt",)


def test_an_id_of_which_another_begins_is_found_after_an_overlap(work: Workspace) -> None:
    (work.settings.data_dir / "plik.txt").write_text("xab.ab.ab.ab")
    assert sought(work, "ab.ab") == ("plik.txt",)


def test_the_database_is_read_by_its_columns(work: Workspace) -> None:
    with work.storage.writing() as session:
        session.add(
            ReviewRow(id="r" * 32, conversation_id="cal-7", account_id="a" * 32, scorecard="s", criteria={})
        )
        session.add(
            TrendRow(
                fingerprint="f",
                kind="reason",
                code="k",
                period_start="",
                period_end="",
                count=1,
                denominator=1,
                share=1.0,
                low=0.0,
                high=1.0,
                examples=[],
                details={"note": 'zdanie o "cal-7"'},
            )
        )
    work.storage.settle()
    assert sought(work, "cal-7") == ("baza danych (review.conversation_id)", "baza danych (trend.details)")
    assert sought(work, "al-7") == ()


def test_old_pages_of_a_database_that_could_not_be_settled_are_found(work: Workspace) -> None:
    with work.storage.writing() as session:
        session.add(ReviewRow(id="r", conversation_id="q-7531", account_id="a", scorecard="s", criteria={}))
    with work.storage.writing() as session:
        session.delete(session.get_one(ReviewRow, "r"))
    database = work.settings.data_dir / "odsluch.db"
    assert sought(work, "q-7531") == (f"{database}-wal",)
    work.storage.settle()
    assert sought(work, "q-7531") == ()


def test_another_database_and_names_of_files_are_searched(work: Workspace) -> None:
    other = work.settings.data_dir / "prefect" / "prefect.db"
    other.parent.mkdir()
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE flow (a TEXT, b TEXT, c TEXT)")
        connection.execute("INSERT INTO flow VALUES ('0a1b', 'c-1000', '2c3d')")
    connection.close()
    (work.settings.data_dir / "c-1000.ogg").write_bytes(b"")
    assert sought(work, "c-1000") == ("c-1000.ogg", "prefect/prefect.db")
    assert sought(work, "c-1001") == ()
