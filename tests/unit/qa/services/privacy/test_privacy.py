"""Retention, requests of a person, the vault and its key, with fake parts and a real database."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from qa.errors import UsageProblem, UserError
from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.outputs import note_output
from qa.services.privacy.processing_record import BLANK, Controller, processing_record
from qa.services.privacy.retention import purge
from qa.services.privacy.subject import Subject, erase, export
from qa.services.privacy.unsealing import make_key_file, reveal, rotate
from qa.services.workspace import Unwatched, Workspace, open_cipher
from qa.settings_mail import MailSettings
from qa.settings_web import WebSettings
from qa.storage.analysis import proposals, trends
from qa.storage.audit import broken_at, entries
from qa.storage.cipher import new_key
from qa.storage.parking import parked
from qa.storage.tables import ConversationRow, EvaluationRow, SealedRow, SourceRow, TaggingRow
from tests.unit.qa.fakes import conversation, workspace, write_lines

TABLES = (ConversationRow, TaggingRow, EvaluationRow, SealedRow)


def sealing_workspace(folder: Path, *keep: str) -> Workspace:
    """A workspace that keeps ``keep``, with its key in ``folder.key``."""
    work = workspace(folder)
    key = folder.parent / "sejf.key"
    if not key.exists():
        make_key_file(key)
    return dataclasses.replace(work, settings=dataclasses.replace(work.settings, keep=keep, key_file=key))


def with_retention(work: Workspace, **days: int) -> Workspace:
    """The same workspace with other retention."""
    retention = {**work.settings.retention_days, **days}
    return dataclasses.replace(work, settings=dataclasses.replace(work.settings, retention_days=retention))


def go(work: Workspace, *paths: Path, again: bool = False) -> Any:
    return run(work, paths, lambda: run_in_process, Unwatched(), again=again)


def counts(work: Workspace) -> list[int]:
    with work.storage.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def logged(work: Workspace) -> list[tuple[str, bool | None]]:
    with work.storage.reading() as session:
        assert broken_at(session) is None
        return [(row.action, row.details.get("dry_run")) for row in entries(session)]


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "wejście"
    write_lines(folder / "a.jsonl", [conversation(i) for i in range(6)])
    write_lines(folder / "sama.jsonl", [conversation(7)])
    (folder / "nagranie.wav").write_text("Gdzie paczka, mówi Kowalska")
    return folder


@pytest.fixture
def work(tmp_path: Path, sources: Path) -> Iterator[Workspace]:
    made = sealing_workspace(tmp_path / "var", "raw_text", "raw_audio")
    go(made, sources)
    yield made
    made.storage.close()


def test_originals_are_sealed_and_nowhere_else(tmp_path: Path, work: Workspace) -> None:
    assert counts(work) == [8, 8, 3, 9]  # eight texts, one recording
    for secret in (b"Kowalsk", b"Zawadzka", b"600123456", b"cu-3"):
        assert secret not in written(tmp_path / "var"), secret
    shown = reveal(work, "c-0003", "ola", "spór o numer, dzwoniła Kowalska")
    assert "Kowalska, tel. 600123456" in shown["turns"][1]["text"]
    turn = shown["redactions"][0]
    assert shown["turns"][turn["turn"]]["text"][turn["start"] : turn["end"]] == "Zawadzka"
    assert logged(work) == [("reveal", None)]
    assert b"Kowalsk" not in written(tmp_path / "var")


def test_running_again_seals_nothing_twice(work: Workspace, sources: Path) -> None:
    before = counts(work)
    go(work, sources, again=True)
    assert counts(work) == before


def test_a_conversation_that_clashes_leaves_no_sealed_file(
    tmp_path: Path, work: Workspace, sources: Path
) -> None:
    write_lines(sources / "b.jsonl", [conversation(3, "co innego")])
    go(work, sources)
    with work.storage.reading() as session:
        assert [row.code for row in parked(session)] == ["duplicate_id"]
    assert counts(work)[3] == len(list((tmp_path / "var" / "vault").rglob("*.sealed"))) == 9


def test_without_the_key_or_with_another_nothing_is_opened(tmp_path: Path, work: Workspace) -> None:
    keyless = dataclasses.replace(work, settings=dataclasses.replace(work.settings, key_file=None))
    with pytest.raises(UsageProblem, match="new-key"):
        reveal(keyless, "c-0003", "ola", "bez klucza")
    make_key_file(tmp_path / "inny.key")
    other = dataclasses.replace(
        work, settings=dataclasses.replace(work.settings, key_file=tmp_path / "inny.key")
    )
    with pytest.raises(UserError, match="klucz"):
        open_cipher(other)
    with pytest.raises(UserError, match="już istnieje"):
        make_key_file(tmp_path / "inny.key")
    assert logged(work) == []


def test_another_key_opens_everything_after_rotation(work: Workspace) -> None:
    path = work.settings.key_file
    assert path is not None
    old = path.read_text()
    told: list[tuple[int, int]] = []
    assert rotate(work, "ola", lambda done, total: told.append((done, total))) == 9
    assert told[-1] == (9, 9)
    assert path.read_text() != old
    assert len(path.read_text().split()) == 1
    assert reveal(work, "c-0003", "ola", "po wymianie")["id"] == "c-0003"


def test_a_rotation_cut_off_half_way_opens_everything_and_can_be_finished(work: Workspace) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(work, "ola", stop)
    assert all(reveal(work, f"c-{i:04d}", "ola", "w połowie")["turns"] for i in range(6))
    assert rotate(work, "ola", lambda *_: None) == 9
    assert all(reveal(work, f"c-{i:04d}", "ola", "potem")["turns"] for i in range(6))


@pytest.mark.parametrize("same", [True, False])
def test_no_rotation_while_the_key_stands_in_the_environment(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    path = work.settings.key_file
    assert path is not None
    right = path.read_text()
    if not same:
        path.write_text(f"{new_key()}\n")
    before = path.read_text()
    monkeypatch.setenv("ODSLUCH_KEY", right.strip())
    with pytest.raises(UsageProblem, match=r"ODSLUCH_KEY.*key_file.*usuń zmienną"):
        rotate(work, "ola", lambda *_: None)
    assert path.read_text() == before
    assert reveal(work, "c-0003", "ola", "zmienna otwiera dalej")["id"] == "c-0003"
    assert logged(work) == [("reveal", None)]


def test_no_rotation_without_a_key_file_that_opens_the_vault(work: Workspace) -> None:
    path = work.settings.key_file
    assert path is not None
    right = path.read_text()
    path.unlink()
    with pytest.raises(UsageProblem, match="pliku klucza"):
        rotate(work, "ola", lambda *_: None)
    assert not path.exists()
    make_key_file(path)
    other = path.read_text()
    with pytest.raises(UserError, match="klucz jest inny"):
        rotate(work, "ola", lambda *_: None)
    assert path.read_text() == other
    path.write_text(right)
    assert reveal(work, "c-0003", "ola", "nic się nie stało")["id"] == "c-0003"
    assert logged(work) == [("reveal", None)]


@pytest.mark.parametrize("reason", ["", "   ", "\t\n", "\u200b", "--"])
def test_nothing_is_opened_without_a_reason(work: Workspace, reason: str) -> None:
    with pytest.raises(UsageProblem, match="Podaj powód"):
        reveal(work, "c-0003", "ola", reason)
    assert logged(work) == []


def test_a_dry_run_of_erasure_changes_nothing_but_the_log(tmp_path: Path, work: Workspace) -> None:
    before = counts(work)
    files = len(list((tmp_path / "var" / "vault").rglob("*.sealed")))
    planned = erase(work, Subject(customer="cu-3"), "ola", dry_run=True)
    assert (planned.ids, planned.counts.conversations, planned.counts.sealed) == (("c-0003",), 1, 1)
    assert counts(work) == before
    assert len(list((tmp_path / "var" / "vault").rglob("*.sealed"))) == files
    assert logged(work) == [("erase", True)]


def test_an_erasure_that_cannot_be_noted_has_not_happened(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts(work)
    with monkeypatch.context() as broken:
        broken.setattr("qa.services.privacy.subject.record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(work, Subject(customer="cu-3"), "ola", dry_run=False)
    assert counts(work) == before
    assert erase(work, Subject(customer="cu-3"), "ola", dry_run=False).counts.conversations == 1
    assert logged(work) == [("erase", False)]


def test_erasure_reaches_everything_and_the_conversation_does_not_come_back(
    tmp_path: Path, work: Workspace, sources: Path
) -> None:
    report = tmp_path / "raport.html"
    note_output(work, "report", report)
    report.write_text("cytat rozmowy c-0003")
    note_output(work, "backlog", tmp_path / "lista.md")
    (tmp_path / "lista.md").write_text("cytat")
    done = erase(work, Subject(customer="cu-3"), "ola", dry_run=False)
    assert done.counts.conversations == done.counts.taggings == done.counts.sealed == 1
    assert done.counts.evaluations == 1
    assert done.traces == ()
    assert b"c-0003" not in written(tmp_path / "var")
    assert "c-0003" not in report.read_text()
    assert done.rewritten == (str(report),)
    assert done.to_replace == (str(tmp_path / "lista.md"),)
    with work.storage.reading() as session:
        assert trends(session)[0].denominator == 7
        assert "c-0003" not in str([p.evidence for p in proposals(session)])
    after = counts(work)
    go(work, sources, again=True)
    assert counts(work) == after == [7, 7, 2, 8]
    assert logged(work) == [("erase", False)]


def test_by_order_case_and_conversation(work: Workspace) -> None:
    found = erase(work, Subject(order="ZAM-2", conversation="c-0005"), "ola", dry_run=True)
    assert sorted(found.ids) == ["c-0002", "c-0005"]
    assert erase(work, Subject(case="nie ma"), "ola", dry_run=True).ids == ()
    with pytest.raises(UsageProblem, match="--customer"):
        erase(work, Subject(), "ola", dry_run=True)


def test_the_name_of_a_file_of_which_nothing_is_left_is_forgotten(work: Workspace) -> None:
    erase(work, Subject(customer="cu-7"), "ola", dry_run=False)
    with work.storage.reading() as session:
        names = sorted(session.scalars(select(SourceRow.name)))
    assert names == ["a.jsonl", "nagranie.wav", "usunięte.jsonl"]


def test_the_archive_holds_everything_about_a_person(tmp_path: Path, work: Workspace) -> None:
    target = tmp_path / "dane.zip"
    assert export(work, Subject(customer="cu-3"), None, "ola").conversations == 1
    assert not target.exists()
    done = export(work, Subject(customer="cu-3"), target, "ola")
    assert (done.conversations, done.originals, done.recordings) == (1, 1, 0)
    with zipfile.ZipFile(target) as archive:
        (line,) = archive.read("rozmowy.jsonl").decode().splitlines()
        page = archive.read("czytaj.html").decode()
        (original,) = [name for name in archive.namelist() if name.startswith("oryginaly/")]
        assert json.loads(archive.read(original))["customer"]["id"] == "cu-3"
    assert json.loads(line)["evaluations"][0]["scorecard"] == "phone@1"
    assert "Nazywam się Kowalska" in page
    assert target.stat().st_mode & 0o077 == 0
    assert logged(work) == [("export", True), ("export", False)]


def test_a_recording_is_exported_as_it_was(tmp_path: Path, work: Workspace) -> None:
    export(work, Subject(conversation="nagranie"), tmp_path / "n.zip", "ola")
    with zipfile.ZipFile(tmp_path / "n.zip") as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("nagrania/")]
        assert archive.read(name).decode() == "Gdzie paczka, mówi Kowalska"


def test_markup_in_a_conversation_stays_text(tmp_path: Path, sources: Path) -> None:
    write_lines(sources / "x.jsonl", [conversation(9, "<script>alert(1)</script>")])
    work = workspace(tmp_path / "var2")
    go(work, sources)
    export(work, Subject(customer="cu-9"), tmp_path / "x.zip", "ola")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert "<script>" not in archive.read("czytaj.html").decode()


def test_what_is_past_its_retention_goes_class_by_class(tmp_path: Path, work: Workspace) -> None:
    work = with_retention(work, raw_text=30, redacted_text=1095)
    later = datetime(2026, 12, 20, tzinfo=UTC)
    planned = purge(work, "ola", dry_run=True, moment=later)
    assert planned.counts["raw_text"] == 7  # the recording has no date and counts from today
    assert planned.counts["redacted_text"] == planned.counts["evaluations"] == 0
    assert not planned.nothing
    assert counts(work)[3] == 9
    purge(work, "ola", dry_run=False, moment=later)
    assert counts(work) == [8, 8, 3, 2]
    assert purge(work, "ola", dry_run=True, moment=later).nothing
    much_later = datetime(2029, 10, 15, tzinfo=UTC)
    done = purge(work, "ola", dry_run=False, moment=much_later)
    assert done.counts["redacted_text"] > 0
    assert counts(work)[0] == 8 - done.counts["redacted_text"]
    assert [action for action, _ in logged(work)] == ["purge"] * 4


def test_evaluations_past_their_retention_are_not_made_again(
    tmp_path: Path, work: Workspace, sources: Path
) -> None:
    short = with_retention(work, evaluations=1)
    purge(short, "ola", dry_run=False)
    assert counts(short)[2] == 1  # the recording's, read today
    go(short, sources, again=True)
    assert counts(short)[2] == 1


def test_a_conversation_older_than_its_retention_is_parked_with_the_way_out(
    tmp_path: Path, sources: Path
) -> None:
    write_lines(sources / "dawne.jsonl", [conversation(20, started_at="2020-01-01T10:00:00+01:00")])
    work = with_retention(workspace(tmp_path / "var3"), redacted_text=2000)
    go(work, sources)
    with work.storage.reading() as session:
        (row,) = parked(session)
    assert row.code == "past_retention"
    assert "retention_days" in row.remedy


def test_files_that_a_crash_left_in_the_vault_are_found(tmp_path: Path, work: Workspace) -> None:
    stray = tmp_path / "var" / "vault" / "ab" / "abc.sealed"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    assert purge(work, "ola", dry_run=False).counts["stray_files"] == 1
    assert not stray.exists()


def test_the_record_of_processing_follows_the_settings(work: Workspace, tmp_path: Path) -> None:
    text = processing_record(work, Controller(name="Sklep sp. z o.o."))
    assert "Nazwa: Sklep sp. z o.o." in text
    assert "nagrania oryginalne: 36500 dni" in text
    assert "nagrania z wyciszonymi danymi: nie przechowuje się" in text
    assert "Rozmów: 8." in text
    assert BLANK in text
    plain = processing_record(workspace(tmp_path / "var4"), Controller())
    assert "niczego nie wysyła" in plain
    assert "Szyfrowanie" not in plain


def test_the_record_of_processing_names_the_mail_server(work: Workspace) -> None:
    mail = MailSettings("smtp.firma.example.pl", 587, "o@firma.example.pl", "https://o.example.pl")
    mailing = dataclasses.replace(work, settings=dataclasses.replace(work.settings, mail=mail))
    text = processing_record(mailing, Controller())
    assert "smtp.firma.example.pl" in text
    assert "niczego nie wysyła" not in text


def test_the_record_of_processing_names_the_identity_provider_and_a_database_elsewhere(
    work: Workspace,
) -> None:
    def text(**values: Any) -> str:
        settings = dataclasses.replace(work.settings, **values)
        return processing_record(dataclasses.replace(work, settings=settings), Controller())

    issuer = text(oidc_issuer="https://konta.firma.example.pl")
    assert "https://konta.firma.example.pl" in issuer
    assert "niczego nie wysyła" not in issuer
    database = text(database_url="postgresql+psycopg://o:tajne@baza.firma.example.pl/o")
    assert "Serwer bazy danych baza.firma.example.pl" in database
    assert "niczego nie wysyła" not in database
    assert "tajne" not in database
    assert "niczego nie wysyła" in text(database_url="postgresql+psycopg://o@localhost/o")


def test_the_record_of_processing_lists_what_is_kept_of_employees_and_how_long(work: Workspace) -> None:
    web = WebSettings(session_hours=9, idle_minutes=45)
    made = with_retention(work, evaluations=700, redacted_text=500, raw_text=30)
    text = processing_record(
        dataclasses.replace(made, settings=dataclasses.replace(made.settings, web=web)), Controller()
    )
    for kept in (
        "login, imię i nazwisko",
        "skrót hasła",
        "Logowania:",
        "Rozmowy 1:1:",
        "Dziennik czynności:",
    ):
        assert kept in text, kept
    assert "rozmowy 1:1 i ustalenia z nich: 700 dni od utworzenia" in text
    assert "wylosowane rozmowy: 500 dni od rozmowy" in text  # they go with the text, if not before
    assert "oceny obsługi: 500 dni" in text
    assert "treść oryginalna: 30 dni" in text
    assert "najwyżej 9 godz. i 45 min" in text
    assert "konta: bez terminu" in text
    assert "dziennik czynności: bez terminu" in text
