"""``models evaluate``: what is printed, and where the figures are stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nlp.training.course import Recipe
from nlp.training.train import Order
from nlp.training.train import train as run_training
from qa.cli.model_figures import print_report
from tests.unit.nlp.conftest import one_thread, write_base, write_examples
from tests.unit.qa.conftest import Run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with examples and a tagger of one epoch."""
    folder = tmp_path_factory.mktemp("made")
    base = write_base(folder / "base")
    examples = write_examples(folder / "moje", copies=4)
    recipe = Recipe(epochs=1, batch_tokens=256)
    with one_thread():
        run_training(
            Order(examples, folder / "mały", str(base), recipe=recipe), lambda _: None, lambda *_: None
        )
    return folder


@pytest.fixture(autouse=True)
def _single(cli: Run) -> Iterator[None]:
    with one_thread():
        yield


def evaluated(cli: Run, made: Path, *arguments: object) -> tuple[str, str]:
    given = ("--examples", made / "moje", "--model", made / "mały")
    status, out, err = cli("models", "evaluate", *given, *arguments)
    assert status == 0, err
    return out, err


def test_all_rows_are_printed_and_the_figures_are_stored_in_the_data_folder(
    cli: Run, made: Path, tmp_path: Path
) -> None:
    out, err = evaluated(cli, made, "--data-dir", tmp_path / "dane")
    for row in (
        "Powód główny: bez odpowiedzi",
        *(f"Błąd powodu przy {share} % pokrycia" for share in (90, 80, 70, 50)),
        "Według kanału",
        "czat",
        "Według jakości tekstu",
        "staranne",
        "imiona klientów",
        "imiona konsultantów",
        "słowa gwary",
    ):
        assert row in " ".join(out.split()), row
    assert "Nie zmierzono, bo w części test brak etykiet: nastawienie w wypowiedziach" in " ".join(
        out.split()
    )
    stored = tmp_path / "dane" / "model-figures" / "mały-test.json"
    assert str(stored) in err
    report: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
    assert report["by_channel"]["chat"]["reasons"]["n"] == 16
    assert report["baseline_without_diacritics"]["reasons"]["n"] == 16


def test_a_file_that_is_named_wins(cli: Run, made: Path, tmp_path: Path) -> None:
    out, _ = evaluated(cli, made, "--data-dir", tmp_path / "dane", "-o", tmp_path / "l.json", "--json")
    assert json.loads(out) == json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert not (tmp_path / "dane" / "model-figures").exists()


def test_a_data_folder_that_cannot_be_made_is_named_before_any_work(
    cli: Run, made: Path, tmp_path: Path
) -> None:
    (tmp_path / "plik").touch()
    given = ("--examples", made / "moje", "--model", made / "mały", "--data-dir", tmp_path / "plik")
    status, _, err = cli("models", "evaluate", *given)
    assert status != 0
    assert "podaj -o" in err


def test_a_tagger_and_examples_without_agents_turns_are_measured(
    cli: Run, made: Path, tmp_path: Path
) -> None:
    examples = shutil.copytree(made / "moje", tmp_path / "bez")
    shutil.rmtree(examples / "turns")
    order = Order(examples, tmp_path / "bez-tagger", str(made / "base"), recipe=Recipe(epochs=1))
    run_training(order, lambda _: None, lambda *_: None)
    status, out, err = cli("models", "evaluate", "--examples", examples, "--model", tmp_path / "bez-tagger")
    assert status == 0, err
    assert "TF-IDF pominięto, bo w części train za mało etykiet:" in " ".join(out.split())
    assert "zachowania konsultanta" in out


def test_rows_that_tiny_examples_lack_are_printed_too(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    further = {"n": 40, "given": 30, "precision": 0.8, "recall": 0.6}
    turns = {"n": 70, "accuracy": 0.75, "interval": [0.7, 0.8], "macro_f1": 0.66}
    felt = {"n": 90, "accuracy": 0.85, "interval": [0.8, 0.9], "macro_f1": 0.8}
    names = ("without_diacritics", "as_recognised", "baseline_without_diacritics", "baseline_as_recognised")
    empty: dict[str, Any] = {name: {} for name in (*names, "baseline", "zero_shot", "evidence", "by_channel")}
    empty |= {name: {} for name in ("by_quality", "baseline_by_channel", "baseline_by_quality")}
    swaps = {"gender": {"n": 300, "primary_flips": 0.01, "sentiment_flips": 0.02, "agent_n": 421}}
    swaps["gender"]["behaviour_flips"] = 0.034
    other = {"gender": {"n": 300, "primary_flips": 0.05, "sentiment_flips": 0.06}}
    reviews = {name: {"sentiment": felt} for name in ("tagger", "baseline", "zero_shot")}
    lacks: dict[str, list[str]] = {"test": [], "train": []}
    print_report(
        {
            **empty,
            "model": "m@1",
            "split": "test",
            "tagger": {"further": further, "turn_sentiment": turns},
            "counterfactual": swaps,
            "baseline_counterfactual": other,
            "reviews": reviews,
            "lacks": lacks,
        }
    )
    printed = capfdbinary.readouterr().out.decode()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]
    assert ["Dalsze powody: precyzja", "30", "0.800", *[""] * 7] in rows
    assert ["Dalsze powody: czułość", "40", "0.600", *[""] * 7] in rows
    assert ["Nastawienie wypowiedzi: trafność", "70", "0.750", "0.700-0.800", *[""] * 6] in rows
    flips = ["1,0 %", "5,0 %", "2,0 %", "6,0 %", "421", "3,4 %", ""]
    assert ["formy płci", "300", *flips] in rows
    assert ["Nastawienie klienta: trafność", "90", "0.850", "0.800-0.900", "0.850", "0.850"] in rows
