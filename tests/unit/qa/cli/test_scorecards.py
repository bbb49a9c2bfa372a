"""``scorecards`` on the command line: check, diff, lint, list and show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scorecards import available
from scorecards.shelf import library_folder
from tests.unit.qa.conftest import Run

PHONE = library_folder().joinpath("phone@1.yaml").read_text(encoding="utf-8")
ENGLISH = ("Usage", "Options", "Arguments", "Commands", "Show this", "default", "[OPTIONS]", "required")


def draft(folder: Path, old: str, new: str) -> Path:
    """phone@2 as a draft, with one change."""
    assert old in PHONE
    text = PHONE.replace(old, new, 1).replace("version: 1\n", "version: 2\nstatus: draft\n")
    path = folder / "phone@2-draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["check", "diff", "lint", "preview", "list"])
def test_every_help_is_polish_and_has_an_example(cli: Run, command: str) -> None:
    status, out, _ = cli("scorecards", command, "--help")
    assert status == 0
    assert "Użycie:" in out
    assert "Przykład" in out
    assert not [word for word in ENGLISH if word in out]


def test_check_of_the_library(cli: Run) -> None:
    status, out, err = cli("scorecards", "check")
    assert (status, err) == (0, "")
    assert "phone@1" in out
    assert json.loads(cli("scorecards", "check", "--json")[1])["faults"] == []


def test_check_of_a_folder_of_ones_own(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "karty").mkdir()
    card = tmp_path / "karty" / "phone@1.yaml"
    card.write_text(PHONE, encoding="utf-8")
    status, out, _ = cli("scorecards", "check", "karty")
    assert status == 1
    assert "odsluch scorecards check --add" in out
    assert cli("scorecards", "check", "karty", "--add") == (
        0,
        "Dopisano phone@1.\nKarty bez zmian: phone@1.\n",
        "",
    )
    card.write_text(PHONE.replace("least_coverage: 0.5", "least_coverage: 0.6"), encoding="utf-8")
    status, out, _ = cli("scorecards", "check", "karty", "--add")
    assert status == 1
    assert "podnieś wersję" in out
    status, out, _ = cli("scorecards", "check", "karty", "--json")
    assert (status, json.loads(out)["faults"][0]["file"]) == (1, "phone@1.yaml")
    card.write_text("format: 1\n", encoding="utf-8")
    status, out, err = cli("scorecards", "check", "karty", "--add")
    assert (status, out) == (1, "")
    assert "brakuje pola" in err
    assert cli("scorecards", "check", "nie-ma")[0] == 2


def test_diff(cli: Run, tmp_path: Path) -> None:
    path = draft(tmp_path, "parameters: {turns: 4, words: 30}", "parameters: {turns: 6, words: 30}")
    status, out, err = cli("scorecards", "diff", "phone@1", path)
    assert (status, err) == (0, "")
    assert (
        out == "phone@1 → phone@2-draft\n\nZmienione kryteria\n  greeting\n    parametry: turns 4 → turns 6\n"
    )
    status, out, _ = cli("scorecards", "diff", "phone@1", path, "--json")
    found = json.loads(out)
    assert (found["a"], found["b"]) == ("phone@1", "phone@2-draft")
    assert found["changes"] == [
        {
            "kind": "changed",
            "subject": "greeting",
            "field": "parameters",
            "before": "turns 4",
            "after": "turns 6",
        }
    ]
    status, out, err = cli("scorecards", "diff", "phone@1", "phone@9")
    assert (status, out) == (1, "")
    assert "Nie ma karty „phone@9”" in err


def test_lint_has_status_1_for_errors_and_0_for_warnings(cli: Run, tmp_path: Path) -> None:
    status, out, _ = cli("scorecards", "lint", "phone@1")
    assert status == 0
    assert "ostrzeżenie: phone@1.yaml, wiersz 24, kryterium introduction: pyta o dwie czynności" in out
    assert out.endswith("Błędy: 0, ostrzeżenia: 1.\n")
    path = draft(tmp_path, "        thresholds: {fail: 0.9}", "        thresholds: {fail: 0.95}")
    status, out, _ = cli("scorecards", "lint", path)
    assert status == 1
    assert "błąd: " in out
    assert "kryterium identity_check: jest krytyczne, a nigdy" in out
    status, out, _ = cli("scorecards", "lint", path, "--json")
    found = json.loads(out)
    assert (status, found["scorecard"]) == (1, "phone@2-draft")
    assert {one["level"] for one in found["remarks"]} == {"error", "warning"}


def test_lint_of_what_cannot_be_loaded(cli: Run, tmp_path: Path) -> None:
    path = draft(
        tmp_path, "        check: empathy", "        check: empathy\n        only: {reasons: [zwroty.*]}"
    )
    status, out, _ = cli("scorecards", "lint", path, "--json")
    found = json.loads(out)
    assert (status, found["scorecard"]) == (1, None)
    assert "żaden tagger nie rozpoznaje powodu „zwroty.*”; dostępne: " in found["remarks"][0]["message"]
    assert "complaint.*" in found["remarks"][0]["message"]
    status, out, err = cli("scorecards", "lint", "nie-ma.yaml")
    assert (status, out) == (1, "")
    assert "nie ma takiego pliku" in err


def test_list_and_show_know_drafts(cli: Run, tmp_path: Path) -> None:
    assert cli("scorecards", "list")[1].split() == available()
    assert cli("scorecards", "list", "--drafts")[1].split() == available(drafts=True)
    path = draft(
        tmp_path, "        check: recap", "        check: recap\n        only: {reasons: [complaint.*]}"
    )
    status, out, _ = cli("scorecards", "show", path)
    assert status == 0
    assert out.startswith("phone@2-draft: Rozmowa telefoniczna (szkic)\n")
    assert "Tylko gdy: powód: complaint.*" in out
    path = draft(tmp_path, "        check: recap", "        check: recap\n        only: {reasons: [inne.*]}")
    status, _, err = cli("scorecards", "show", path)
    assert status == 1
    assert "„inne.*”" in err
