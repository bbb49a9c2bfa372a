"""Requests about contacts of which only a parked entry is kept."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa.services.pipeline.retry import retry
from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.subject import Subject, erase, export
from qa.services.workspace import Unwatched, Workspace
from qa.storage.parking import parked
from qa.storage.tables import ConversationRow, ErasedRow, SourceRow
from tests.unit.qa.fakes import conversation, workspace, write_lines

OLD = "2020-01-01T10:00:00+01:00"


def keeping(work: Workspace, days: int) -> Workspace:
    """The same workspace that keeps text for so many days."""
    retention = {**work.settings.retention_days, "redacted_text": days}
    return dataclasses.replace(work, settings=dataclasses.replace(work.settings, retention_days=retention))


def again(work: Workspace) -> None:
    retry(work, (), lambda: run_in_process, Unwatched())


def stored(work: Workspace) -> list[str]:
    with work.storage.reading() as session:
        return sorted(session.scalars(select(ConversationRow.conversation_id)))


def barred(work: Workspace) -> int:
    with work.storage.reading() as session:
        return session.scalar(select(func.count()).select_from(ErasedRow)) or 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(tmp_path / "wejście" / "a.jsonl", [conversation(i, started_at=OLD) for i in (20, 21)])
    write_lines(tmp_path / "wejście" / "c-0022.jsonl", [conversation(22, started_at=OLD)])
    return tmp_path / "wejście"


@pytest.fixture
def work(tmp_path: Path, folder: Path) -> Iterator[Workspace]:
    made = keeping(workspace(tmp_path / "var"), 100)
    run(made, [folder], lambda: run_in_process, Unwatched())
    yield made
    made.storage.close()


def test_a_parked_contact_is_erased_and_does_not_come_back(work: Workspace) -> None:
    done = erase(work, Subject(conversation="c-0020"), "ola", dry_run=False)
    assert (done.ids, done.counts.parked, done.nothing, done.barred) == ((), 1, False, True)
    assert done.traces == ()
    with work.storage.reading() as session:
        assert sorted(row.conversation_id or "" for row in parked(session)) == ["c-0021", "c-0022"]
    again(keeping(work, 36_500))
    assert stored(work) == ["c-0021", "c-0022"]


def test_an_erased_contact_is_not_parked_again(work: Workspace, folder: Path) -> None:
    erase(work, Subject(conversation="c-0022"), "ola", dry_run=False)
    broken = conversation(22)
    del broken["channel"]
    write_lines(folder / "b.jsonl", [broken, conversation(23, started_at=OLD)])
    run(work, [folder], lambda: run_in_process, Unwatched())
    with work.storage.reading() as session:
        assert "c-0022" not in {row.conversation_id for row in parked(session)}


def test_the_name_of_a_file_of_a_parked_contact_is_forgotten(work: Workspace) -> None:
    assert erase(work, Subject(conversation="c-0022"), "ola", dry_run=False).traces == ()
    with work.storage.reading() as session:
        assert sorted(session.scalars(select(SourceRow.name))) == ["a.jsonl", "usunięte.jsonl"]


def test_a_conversation_that_is_not_there_is_barred_all_the_same(work: Workspace, folder: Path) -> None:
    planned = erase(work, Subject(conversation="c-0024"), "ola", dry_run=True)
    assert (planned.nothing, planned.barred, barred(work)) == (True, True, 0)
    done = erase(work, Subject(conversation="c-0024"), "ola", dry_run=False)
    assert (done.nothing, done.barred) == (True, True)
    assert erase(work, Subject(customer="cu-20"), "ola", dry_run=False).barred is False
    write_lines(folder / "nowe.jsonl", [conversation(24), conversation(25)])
    run(keeping(work, 36_500), [folder], lambda: run_in_process, Unwatched())
    assert stored(work) == ["c-0025"]


def test_an_id_that_names_somebody_is_barred_by_what_is_kept_instead(work: Workspace, folder: Path) -> None:
    erase(work, Subject(conversation="Kowalska 1"), "ola", dry_run=False)
    write_lines(folder / "nowe.jsonl", [{**conversation(24), "id": "Kowalska 1"}])
    run(keeping(work, 36_500), [folder], lambda: run_in_process, Unwatched())
    assert stored(work) == []


def test_a_parked_contact_is_exported_by_its_id(work: Workspace, tmp_path: Path) -> None:
    done = export(work, Subject(conversation="c-0020"), tmp_path / "d.zip", "ola")
    assert (done.conversations, done.parked, done.nothing) == (1, 1, False)
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert "past_retention" in archive.read("rozmowy.jsonl").decode()
        page = archive.read("czytaj.html").decode()
    assert "Rozmowa jest starsza niż okres przechowywania" in page
    assert "Treści tej rozmowy program nie przechowuje" in page
    assert export(work, Subject(customer="cu-20"), None, "ola").nothing
