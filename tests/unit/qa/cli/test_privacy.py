"""What the operator types and reads: plans before deeds, one sentence for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.qa.conftest import Run
from tests.unit.qa.fakes import conversation, write_lines

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
