"""What the operator types and reads: plans before deeds, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import pwd
import wave
from pathlib import Path

import numpy as np
import pytest

from qa.bootstrap import Parts
from tests.unit.qa.conftest import Run
from tests.unit.qa.fakes import conversation, write_lines
from tests.unit.qa.services.pipeline.test_sound_redaction import Ear
from transcripts.audio import RATE

pytestmark = pytest.mark.usefixtures("fake_parts", "in_process")


@pytest.fixture
def stored(cli: Run, tmp_path: Path) -> Run:
    """A database with three conversations whose originals are sealed."""
    assert cli("privacy", "new-key", "sejf.key")[0] == 0
    (tmp_path / "odsluch.toml").write_text(
        'keep = ["raw_text"]\nkey_file = "sejf.key"\n[retention_days]\nraw_text = 30000\nredacted_text = 30000\n'
    )
    write_lines(tmp_path / "a.jsonl", [conversation(i) for i in range(3)])
    assert cli("run", "a.jsonl")[0] == 0
    return cli


def test_a_request_from_plan_to_deed(stored: Run, tmp_path: Path) -> None:
    assert "Rozmów: 1, oryginałów: 1" in stored("privacy", "export", "--customer", "cu-1", "--dry-run")[1]
    assert stored("privacy", "export", "--customer", "cu-1", "-o", "dane.zip")[0] == 0
    assert (tmp_path / "dane.zip").stat().st_size > 500
    assert "Do usunięcia: rozmów 1" in stored("privacy", "erase", "--customer", "cu-1", "--dry-run")[1]
    status, out, _ = stored("privacy", "erase", "--customer", "cu-1", "--yes")
    assert status == 0
    assert "nic nie zostało" in out
    assert "Nic nie znaleziono" in stored("privacy", "erase", "--customer", "cu-1", "--yes")[1]
    log = json.loads(stored("privacy", "audit", "--json")[1])
    assert log["intact"]
    assert [e["action"] for e in log["entries"]] == ["export", "export", "erase", "erase", "erase"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["erase", "--customer", "cu-1"], "--yes"),
        (["erase", "--yes"], "--customer"),
        (["export", "--customer", "cu-1"], "-o"),
        (["export", "--customer", "cu-1", "-o", "a.jsonl"], "już istnieje"),
        (["export", "--customer", "cu-1", "-o", "nie/ma/d.zip"], "Nie ma folderu"),
        (["reveal", "c-0001"], "--reason"),
        (["reveal", "c-0001", "--reason", "  "], "Podaj powód"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(stored: Run, arguments: list[str], words: str) -> None:
    status, _, err = stored("privacy", *arguments)
    assert status == 2
    assert words in err
    assert json.loads(stored("run", "a.jsonl", "--json")[1])["nothing_new"]


def test_the_original_is_shown_with_the_right_key_only(stored: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "600123456" in stored("privacy", "reveal", "c-0001", "--reason", "spór")[1]
    monkeypatch.setenv("ODSLUCH_KEY", "A" * 43 + "=")
    status, out, err = stored("privacy", "reveal", "c-0001", "--reason", "spór")
    assert (status, out) == (1, "")
    assert "klucz" in err


def test_the_key_of_the_environment_is_not_rotated_away(
    stored: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (tmp_path / "sejf.key").read_text()
    monkeypatch.setenv("ODSLUCH_KEY", key.strip())
    (tmp_path / "sejf.key").unlink()
    status, _, err = stored("privacy", "rotate-key")
    assert (status, "ODSLUCH_KEY" in err) == (2, True)
    assert not (tmp_path / "sejf.key").exists()
    monkeypatch.delenv("ODSLUCH_KEY")
    status, _, err = stored("privacy", "rotate-key")
    assert (status, "Nie można odczytać pliku klucza" in err) == (2, True)
    (tmp_path / "sejf.key").write_text(key)
    (tmp_path / "sejf.key").chmod(0o600)
    assert stored("privacy", "rotate-key")[0] == 0
    assert "600123456" in stored("privacy", "reveal", "c-0001", "--reason", "spór")[1]


def test_the_log_names_the_account_of_the_process(stored: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "prezes")
    monkeypatch.delenv("SUDO_UID", raising=False)
    stored("privacy", "purge", "--dry-run")
    stored("privacy", "export", "--customer", "cu-1", "--dry-run")
    stored("privacy", "erase", "--customer", "cu-1", "--dry-run")
    stored("privacy", "reveal", "c-0001", "--reason", "spór")
    stored("privacy", "rotate-key")
    entries = json.loads(stored("privacy", "audit", "--json")[1])["entries"]
    actions = ["purge", "export", "erase", "reveal", "rotate-key"]
    assert [(e["action"], e["actor"]) for e in entries] == [
        (action, pwd.getpwuid(os.getuid()).pw_name) for action in actions
    ]


def test_muting_hides_the_name_of_the_file(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parts, "transcriber", lambda self: Ear(("mówi", "Kowalska")))
    with wave.open(str(tmp_path / "Kowalski 604318772.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((8000 * np.sin(np.arange(2 * RATE) * 0.2)).astype(np.int16).tobytes())
    status, out_, _ = cli("privacy", "mute", "Kowalski 604318772.wav", "-o", "kopie", "--wav")
    (copy,) = (tmp_path / "kopie").iterdir()
    assert status == 0
    assert str(Path("kopie", copy.name)) in out_
    assert copy.name.startswith("plik-")
    assert copy.suffix == ".wav"
    assert "Kowalski" not in out_


def test_a_broken_audit_log_is_told(stored: Run, tmp_path: Path) -> None:
    import sqlite3

    assert "nienaruszony" in stored("privacy", "audit", "--verify")[1]
    stored("privacy", "reveal", "c-0001", "--reason", "spór")
    with sqlite3.connect(tmp_path / "var" / "odsluch.db") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET actor = 'kto inny'")
    status, out, _ = stored("privacy", "audit", "--verify")
    assert status == 1
    assert "naruszony od wpisu 1" in out


def test_purge_and_record_say_what_they_do(stored: Run, tmp_path: Path) -> None:
    assert "Nic nie przekroczyło" in stored("privacy", "purge", "--dry-run")[1]
    (tmp_path / "odsluch.toml").write_text("[retention_days]\nraw_text = 1\nredacted_text = 30000\n")
    assert "treść oryginalna: 3" in stored("privacy", "purge", "--dry-run")[1]
    assert stored("privacy", "purge")[0] == 2
    assert "Usunięto:" in stored("privacy", "purge", "--yes")[1]
    assert stored("privacy", "record", "--controller", "Sklep", "-o", "r.md")[0] == 0
    assert "Nazwa: Sklep" in (tmp_path / "r.md").read_text()


def test_the_log_of_one_conversation_is_found_by_its_id_even_after_it_was_erased(stored: Run) -> None:
    for one in ("c-0001", "c-0002"):
        assert stored("privacy", "reveal", one, "--reason", "spór")[0] == 0
    assert stored("privacy", "erase", "--conversation", "c-0001", "--yes")[0] == 0
    whole = stored("privacy", "audit", "--json")[1]
    found = json.loads(stored("privacy", "audit", "--conversation", "c-0001", "--json")[1])
    assert [entry["action"] for entry in found["entries"]] == ["reveal", "erase"]
    assert "c-0001" not in whole
    assert len(json.loads(whole)["entries"]) == 3


def test_a_request_that_finds_nothing_says_where_it_could_not_look(stored: Run) -> None:
    for command in (
        ("erase", "--customer", "nie-ma", "--yes"),
        ("export", "--customer", "nie-ma", "--dry-run"),
    ):
        status, out, _ = stored("privacy", *command)
        assert status == 0
        assert "tylko po identyfikatorze rozmowy (--conversation)" in out
    out = stored("privacy", "erase", "--conversation", "nie-ma", "--yes")[1]
    assert "Nic nie znaleziono" in out
    assert "Rozmowa o tym identyfikatorze nie zostanie wczytana." in out
    assert "nie zostałaby wczytana" in stored("privacy", "erase", "--conversation", "n", "--dry-run")[1]
    assert stored("privacy", "erase", "--conversation", "n")[0] == 2  # asks: what is barred stays barred


@pytest.mark.parametrize("command", [("erase", "--customer", "nie-ma"), ("purge",)])
def test_an_interrupted_cleaning_is_finished_and_told(
    stored: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    mark = tmp_path / "var" / "unfinished.cleaning"
    mark.touch()
    assert "przerwano przed końcem sprzątania" in stored("privacy", *command, "--dry-run")[1]
    assert mark.exists()
    assert stored("privacy", *command)[0] == 2
    status, out, _ = stored("privacy", *command, "--yes")
    assert status == 0
    assert "Dokończono sprzątanie" in out
    assert not mark.exists()
    assert "sprzątani" not in stored("privacy", *command, "--yes")[1]


def test_a_purge_names_the_files_that_people_have_to_replace(stored: Run, tmp_path: Path) -> None:
    assert stored("report", "-o", "raport.html")[0] == 0
    assert stored("backlog", "export", "-o", "lista.csv")[0] == 0
    (tmp_path / "odsluch.toml").write_text("[retention_days]\nraw_text = 1\nredacted_text = 1\n")
    out = stored("privacy", "purge", "--yes")[1]
    assert f"Zapisano od nowa: {tmp_path / 'raport.html'}" in out
    assert f"Usuń albo zastąp (mógł zawierać cytaty): {tmp_path / 'lista.csv'}" in out
