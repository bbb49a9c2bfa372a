"""A deletion that was cut off after its transaction is finished by the next one; reports follow a purge."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.cleaning import MARK_FILE
from qa.services.privacy.outputs import note_output
from qa.services.privacy.retention import purge
from qa.services.privacy.subject import Subject, erase
from qa.services.workspace import Unwatched, Workspace
from qa.storage.analysis import trends
from qa.storage.database import Storage
from tests.unit.qa.fakes import conversation, workspace, write_lines

OLD = "2020-01-01T10:00:00+01:00"


def keeping(work: Workspace, days: int) -> Workspace:
    """The same workspace that keeps text and evaluations for so many days."""
    retention = {**work.settings.retention_days, "redacted_text": days, "evaluations": days}
    return dataclasses.replace(work, settings=dataclasses.replace(work.settings, retention_days=retention))


def denominator(work: Workspace) -> int:
    with work.storage.reading() as session:
        return trends(session)[0].denominator


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workspace]:
    records = [conversation(i, started_at=OLD) if i == 3 else conversation(i) for i in range(6)]
    write_lines(tmp_path / "wejście" / "a.jsonl", records)
    made = workspace(tmp_path / "var")
    run(made, [tmp_path / "wejście"], lambda: run_in_process, Unwatched())
    yield made
    made.storage.close()


@pytest.fixture
def report(tmp_path: Path, work: Workspace) -> Path:
    """A report that was written before, beside an export of the backlog."""
    for kind, name in (("report", "raport.html"), ("backlog", "lista.md")):
        note_output(work, kind, tmp_path / name)
        (tmp_path / name).write_text("cytat rozmowy c-0003")
    return tmp_path / "raport.html"


def cut_off(monkeypatch: pytest.MonkeyPatch, deletion: Callable[[], object]) -> None:
    """Let a deletion stop right after its commit."""
    with monkeypatch.context() as stopping:
        stopping.setattr("qa.services.privacy.cleaning.refresh_findings", _stop)
        with pytest.raises(KeyboardInterrupt):
            deletion()


def erasure(work: Workspace, number: int) -> Callable[[], object]:
    return lambda: erase(work, Subject(customer=f"cu-{number}"), "ola", dry_run=False)


def by_age(work: Workspace) -> Callable[[], object]:
    return lambda: purge(keeping(work, 2000), "ola", dry_run=False)


def _stop(_: Workspace) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("deletion", ["erase", "purge"])
def test_the_next_erasure_finishes_what_was_cut_off(
    work: Workspace, report: Path, monkeypatch: pytest.MonkeyPatch, deletion: str
) -> None:
    mark = work.settings.data_dir / MARK_FILE
    cut_off(monkeypatch, erasure(work, 3) if deletion == "erase" else by_age(work))
    assert mark.exists()
    assert b"c-0003" not in mark.read_bytes()
    assert mark.stat().st_mode & 0o077 == 0
    planned = erase(work, Subject(customer="cu-3"), "ola", dry_run=True)
    assert (planned.nothing, planned.unfinished, mark.exists()) == (True, True, True)
    done = erase(work, Subject(customer="cu-3"), "ola", dry_run=False)
    assert (done.nothing, done.unfinished) == (True, True)
    assert done.rewritten == (str(report),)
    assert "c-0003" not in report.read_text()
    assert denominator(work) == 5
    assert not mark.exists()
    assert not erase(work, Subject(customer="cu-3"), "ola", dry_run=False).unfinished


def test_a_purge_finishes_it_too_and_looks_for_the_ids_that_nobody_knows_any_more(
    work: Workspace, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(monkeypatch, erasure(work, 3))
    (work.settings.data_dir / "notatka.txt").write_text("tak\nc-0003, c-00031")
    (work.settings.data_dir / "inna.txt").write_text("c-00031 xc-0003 c-0003-a")
    planned = purge(work, "ola", dry_run=True)
    assert (planned.nothing, planned.unfinished) == (True, True)
    done = purge(work, "ola", dry_run=False)
    assert (done.nothing, done.unfinished) == (True, True)
    assert done.rewritten == (str(report),)
    assert done.traces == ("notatka.txt",)
    assert not (work.settings.data_dir / MARK_FILE).exists()
    assert not purge(work, "ola", dry_run=False).unfinished


def test_two_interruptions_are_both_remembered(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2, 3):
        cut_off(monkeypatch, erasure(work, number))
    (work.settings.data_dir / "a.txt").write_text("c-0002")
    (work.settings.data_dir / "b.txt").write_text("c-0003")
    assert purge(work, "ola", dry_run=False).traces == ("a.txt", "b.txt")


def test_a_purge_takes_quotes_out_of_reports(work: Workspace, report: Path) -> None:
    assert purge(work, "ola", dry_run=False).rewritten == ()
    done = purge(keeping(work, 2000), "ola", dry_run=False)
    assert done.counts["redacted_text"] == 1
    assert done.rewritten == (str(report),)
    assert done.to_replace == (str(report.with_name("lista.md")),)
    assert "c-0003" not in report.read_text()
    assert not (work.settings.data_dir / MARK_FILE).exists()


def test_a_report_that_cannot_be_written_is_left_to_a_person(
    work: Workspace, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "write_text", refused)
        done = erase(work, Subject(customer="cu-3"), "ola", dry_run=False)
    assert done.rewritten == ()
    assert sorted(done.to_replace) == sorted(map(str, (report, report.with_name("lista.md"))))
    assert not (work.settings.data_dir / MARK_FILE).exists()


def test_a_database_that_somebody_kept_from_being_written_anew_is_cleaned_the_next_time(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = work.settings.data_dir / "odsluch.db"
    with monkeypatch.context() as held:
        held.setattr(Storage, "settle", lambda _: None)
        assert f"{database}-wal" in erase(work, Subject(customer="cu-3"), "ola", dry_run=False).traces
        assert purge(work, "ola", dry_run=False).unfinished
    assert (work.settings.data_dir / MARK_FILE).exists()
    assert purge(work, "ola", dry_run=False).traces == ()
    assert not (work.settings.data_dir / MARK_FILE).exists()
    assert b"c-0003" not in database.read_bytes()
