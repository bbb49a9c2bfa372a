"""``scorecards fairness`` and ``scorecards policy`` on the command line."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

from qa.services.judging.fairness import Way
from qa.settings import Settings
from tests.unit.qa.conftest import Run

fairness_command = importlib.import_module("qa.cli.fairness")  # the package has the command under that name
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
    assert "Żadna zamiana nie przekracza progu 100,0 %." in out
    stored = json.loads((tmp_path / "raport.json").read_text(encoding="utf-8"))
    assert stored["conversations"] == 3
    assert (stored["bar"], stored["over"], stored["scorecards"]) == (1.0, [], ["phone@1"])
    printed = json.loads(cli("scorecards", "fairness", path, "--most", "1", "--json")[1])
    assert printed == stored
    kinds = {kind["kind"]: kind for kind in stored["kinds"]}
    assert kinds["agent_gender"]["conversations"]["n"] == 3
    assert kinds["unchanged"]["changed"]["part"] == 0
    assert "Kowalska" not in json.dumps(stored, ensure_ascii=False)


@pytest.mark.usefixtures("fake_parts")
def test_a_kind_over_the_bar_is_named_and_ends_with_status_1(cli: Run, tmp_path: Path) -> None:
    """The quick tagger sees a greeting only where it is spelled as it should be: an unfair one."""
    path = calls(tmp_path)
    status, out, _ = cli("scorecards", "fairness", path, "-o", "raport.json")
    assert status == 1
    verdict = out.split("Ponad próg 2,0 %:")[1]
    assert "bez polskich znaków" in verdict
    assert "konsultantka" not in verdict
    stored = json.loads((tmp_path / "raport.json").read_text(encoding="utf-8"))
    plain = next(kind for kind in stored["kinds"] if kind["kind"] == "no_diacritics")
    assert "no_diacritics" in stored["over"]
    assert plain["over"]
    assert plain["changed"]["value"] > 0.02
    status, printed, _ = cli("scorecards", "fairness", path, "--json")
    assert status == 1
    assert json.loads(printed)["over"] == stored["over"]


@pytest.mark.usefixtures("fake_parts")
def test_raw_leaves_redaction_out(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def way(settings: Settings, say: object, scorecard: str | None, *, redacts: bool) -> Way:
        seen.append(redacts)
        return real(settings, say, scorecard, redacts=redacts)  # type: ignore[arg-type]

    real = fairness_command._way
    monkeypatch.setattr(fairness_command, "_way", way)
    path = calls(tmp_path, count=1)
    cli("scorecards", "fairness", path, "--most", "1")
    cli("scorecards", "fairness", path, "--most", "1", "--raw")
    assert seen == [True, False]


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
    (tmp_path / "pusty.jsonl").write_text("", encoding="utf-8")
    status, out, err = cli("scorecards", "fairness", "pusty.jsonl", "--json", "-o", "raport.json")
    assert (status, out) == (1, "")
    assert "Nie ma czego mierzyć: podaj plik rozmów (JSON Lines)" in err
    assert not list(tmp_path.glob("*raport.json*"))


@pytest.mark.usefixtures("fake_parts")
def test_a_bad_line_is_counted_and_the_rest_measured_with_status_1(cli: Run, tmp_path: Path) -> None:
    path = calls(tmp_path, count=2)
    with path.open("a", encoding="utf-8") as lines:
        lines.write("to nie JSON\n")
    status, out, err = cli("scorecards", "fairness", path, "--most", "1")
    assert status == 1
    assert "Bliźniaki 2 rozmów" in out
    assert re.search(r"Pominięte wiersze \(\w+\): 1\.", err)


@pytest.mark.usefixtures("fake_parts")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("brak.jsonl",), 2, "Nie ma pliku brak.jsonl: sprawdź ścieżkę."),
        (
            ("rozmowy.jsonl", "--scorecard", "nic@1"),
            1,
            "Nie ma karty „nic@1” w bibliotece; dostępne karty: bot@1",
        ),
        (("rozmowy.jsonl", "--most", "2"), 2, "nie mieści się w zakresie"),
        (("rozmowy.jsonl", "-o", "brak/raport.json"), 2, "utwórz go albo popraw -o."),
        (("rozmowy.jsonl", "-o", "."), 2, "jest folderem: podaj plik dla -o."),
    ],
)
def test_a_wrong_call_is_refused_in_one_sentence(
    cli: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    calls(tmp_path)
    found, out, err = cli("scorecards", "fairness", *arguments)
    assert (found, out) == (status, "")
    assert said in err
    assert "Nieoczekiwany" not in err


BROKEN = 'format: 1\nid: sklep\nversion: 2\nname: Sklep\nhours: {pon: "8:30-16:00"}\n'


@pytest.mark.usefixtures("fake_parts")
def test_the_shops_policy_is_used_and_a_broken_one_refused(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = calls(tmp_path, "chat", 1)
    monkeypatch.setenv("ODSLUCH_POLICY", "zasady.yaml")
    (tmp_path / "zasady.yaml").write_text(BROKEN, encoding="utf-8")
    status, _, err = cli("scorecards", "fairness", path, "--scorecard", "chat@2")
    assert status == 1
    assert "zasady.yaml, wiersz 5, godziny: „pon” nie jest dniem tygodnia; użyj mon" in err
    (tmp_path / "zasady.yaml").write_text(BROKEN.replace("pon", "mon"), encoding="utf-8")
    status, out, _ = cli("scorecards", "fairness", path, "--scorecard", "chat@2", "--most", "1")
    assert status == 0
    assert "Bliźniaki 1 rozmów: chat@2" in out


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
    shown = json.loads(cli("scorecards", "policy", "zasady.yaml", "--json")[1])
    assert shown["policy"] == "sklep@2"
    assert shown["calendar"]["week"][0] == [[8.5, 16.0]]
    assert shown["response"] == {"chat": {"first": 0.025, "later": None}}


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (BROKEN, 1, "zasady.yaml, wiersz 5, godziny: „pon” nie jest dniem tygodnia; użyj mon, tue"),
        (BROKEN.replace("pon", "mon").replace("8:30", "8.30"), 1, "wiersz 5, godziny: „8.30-16:00” to nie godziny; podaj je jak 8:00-16:00"),
        (BROKEN.replace("hours", "godziny"), 1, "zasady.yaml, wiersz 5, zasady: nieznane pole „godziny”"),
        ("", 1, "zasady.yaml: plik jest pusty; wpisz w nim zasady; opis pól jest w docs/policies.md."),
        ("hours: [1", 1, "zasady.yaml, wiersz 1: plik nie jest poprawnym YAML; sprawdź wcięcia"),
        (None, 1, "zasady.yaml: nie ma takiego pliku; sprawdź ścieżkę lub nazwę."),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_is_refused_with_file_line_and_remedy(
    cli: Run, tmp_path: Path, content: str | None, status: int, said: str
) -> None:
    if content is not None:
        (tmp_path / "zasady.yaml").write_text(content, encoding="utf-8")
    found, out, err = cli("scorecards", "policy", "zasady.yaml")
    assert (found, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_the_schema_of_a_policy_is_printed(cli: Run) -> None:
    status, out, _ = cli("schema", "policy")
    assert status == 0
    assert json.loads(out)["title"] == "Odsłuch policy"
