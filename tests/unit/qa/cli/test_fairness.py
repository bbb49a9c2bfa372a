"""``scorecards fairness`` and ``scorecards policy`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.qa.conftest import Run

TURNS = [
    {"speaker": "agent", "text": "Dzień dobry, sklep Lampka, mówi Anna Kowalska, w czym mogę pomóc?"},
    {"speaker": "customer", "text": "Dzień dobry pani, gdzie moja paczka?"},
    {"speaker": "agent", "text": "Sprawdziłam, dojdzie jutro. Czy mogę jeszcze w czymś pomóc? Do widzenia."},
]
ENGLISH = ("Usage", "Options", "Commands", "Show this", "default:", "[OPTIONS]", "required")


def calls(folder: Path, channel: str = "phone", count: int = 3) -> Path:
    path = folder / "rozmowy.jsonl"
    rows = [
        json.dumps({"id": f"c-{i}", "channel": channel, "turns": TURNS}, ensure_ascii=False)
        for i in range(count)
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["fairness", "policy"])
def test_help_is_polish_and_has_an_example(cli: Run, command: str) -> None:
    status, out, _ = cli("scorecards", command, "--help")
    assert status == 0
    assert "Użycie:" in out
    assert "Przykład" in out
    assert not [word for word in ENGLISH if word in out]


@pytest.mark.usefixtures("fake_parts")
def test_figures_as_a_table_and_as_json(cli: Run, tmp_path: Path) -> None:
    path = calls(tmp_path)
    status, out, _ = cli("scorecards", "fairness", path, "--most", "1", "-o", "raport.json")
    assert status == 0
    assert "Bliźniaki 3 rozmów: phone@1" in out
    assert "Żadna zamiana nie przekracza progu" in out
    stored = json.loads((tmp_path / "raport.json").read_text(encoding="utf-8"))
    assert stored["conversations"] == 3
    printed = json.loads(cli("scorecards", "fairness", path, "--most", "1", "--json")[1])
    assert printed == stored
    kinds = {kind["kind"]: kind for kind in stored["kinds"]}
    assert kinds["agent_gender"]["conversations"]["n"] == 3
    assert kinds["unchanged"]["changed"]["part"] == 0


@pytest.mark.usefixtures("fake_parts")
def test_a_kind_over_the_bar_is_named_and_ends_with_status_1(cli: Run, tmp_path: Path) -> None:
    status, out, _ = cli("scorecards", "fairness", calls(tmp_path), "--most", "0")
    changed = "Ponad próg" in out
    assert status == (1 if changed else 0)


@pytest.mark.usefixtures("fake_parts")
def test_what_cannot_be_measured_is_told(cli: Run, tmp_path: Path) -> None:
    status, _, err = cli("scorecards", "fairness", calls(tmp_path, "review"))
    assert status == 1
    assert "Bez karty, bo kanał review jej nie ma: 3" in err
    assert "Nie ma czego mierzyć" in err
    (tmp_path / "zly.jsonl").write_text('{"id": "c"}\n', encoding="utf-8")
    status, _, err = cli("scorecards", "fairness", "zly.jsonl")
    assert status == 1
    assert "Pominięte wiersze" in err
    assert "Traceback" not in err
    assert cli("scorecards", "fairness", "brak.jsonl")[0] == 2
    assert cli("scorecards", "fairness", calls(tmp_path), "--scorecard", "nic@1")[0] != 0


def test_the_standard_policy_is_shown(cli: Run) -> None:
    status, out, _ = cli("scorecards", "policy")
    assert status == 0
    assert "standard@1" in out
    assert "withdrawal: Odstąpienie od umowy, równo 14 dni" in out
    assert json.loads(cli("scorecards", "policy", "--json")[1])["policy"] == "standard@1"


def test_a_shops_policy_is_checked_and_shown(cli: Run, tmp_path: Path) -> None:
    text = 'format: 1\nid: sklep\nversion: 2\nname: Sklep\nhours: {mon-fri: "8:30-16:00"}\nresponse: {chat: {first: 90 s}}\n'
    (tmp_path / "zasady.yaml").write_text(text, encoding="utf-8")
    status, out, _ = cli("scorecards", "policy", "zasady.yaml")
    assert status == 0
    assert "poniedziałek: 8:30-16:00" in out
    assert "sobota: zamknięte" in out
    assert "chat: pierwsza do 1,5 min" in out
    (tmp_path / "zasady.yaml").write_text(text.replace("8:30", "8.30"), encoding="utf-8")
    status, _, err = cli("scorecards", "policy", "zasady.yaml")
    assert status == 1
    assert "zasady.yaml, wiersz 5, godziny: „8.30-16:00” to nie godziny" in err


def test_the_schema_of_a_policy_is_printed(cli: Run) -> None:
    status, out, _ = cli("schema", "policy")
    assert status == 0
    assert json.loads(out)["title"] == "Odsłuch policy"
