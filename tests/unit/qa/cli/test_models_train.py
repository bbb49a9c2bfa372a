"""``models train`` with somebody's own texts: it ends in a tagger, or in one sentence before any training."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.store import ARTEFACTS
from nlp.artefact import load
from nlp.tagging import Tagger
from nlp.training.target import version_of
from qa.cli import model_quality
from tests.unit.nlp.conftest import CONTACTS, one_thread, write_base, write_examples
from tests.unit.qa.conftest import Run
from transcripts.conversation import Conversation, Turn

SHIPPED = json.loads((ARTEFACTS / "contact-tagger" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _alone(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tiny base, three writers' texts without a list, and a cache of one's own."""
    monkeypatch.setenv("ODSLUCH_CACHE", str(tmp_path / "cache"))
    write_base(tmp_path / "base")
    write_examples(tmp_path / "moje", copies=4)
    (tmp_path / "moje" / "splits.json").unlink()
    with one_thread():
        yield


@pytest.fixture
def train(cli: Run) -> Callable[..., tuple[int, str, str]]:
    """``models train`` on the tiny base for one epoch."""

    def run(*arguments: object) -> tuple[int, str, str]:
        return cli("models", "train", "--base", "base/", "--epochs", 1, *arguments)

    return run


def manifest_in(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def test_contacts_alone_without_a_list_of_writers_make_a_tagger(train: Run, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "moje" / "turns")
    status, out, err = train("--examples", "moje", "-o", "out")
    assert status == 0, err
    assert "models evaluate --model ./out" in out
    assert (
        "Nie ma splits.json, więc piszących rozdzielono według skrótu; przykładów: 16 do uczenia, 16 do"
        in err
    )
    assert "Nie ma przykładów, które uczą: zachowania konsultanta; tagger tego nie rozpozna." in err
    turns = (Turn("customer", "paczka zginęła"), Turn("agent", "dzień dobry w czym mogę pomóc"))
    (tagged,) = Tagger.load("./out").tag_many([Conversation("c", "chat", turns)])
    assert tagged.behaviours == ()
    assert re.fullmatch(r"contact-tagger@own-[0-9a-f]{8}", tagged.producer)
    assert set(manifest_in(tmp_path / "out")["tagger"]["calibration"]["temperature"]) >= {"primary", "joint"}


def test_heads_without_examples_to_calibrate_on_keep_the_default(train: Run, tmp_path: Path) -> None:
    for writer in "bc":
        (tmp_path / "moje" / "turns" / f"{writer}.jsonl").unlink()
    (tmp_path / "moje" / "splits.json").write_text('{"train": ["a"], "dev": ["b"], "test": ["c"]}', "utf-8")
    status, _, err = train("--examples", "moje", "-o", "out")
    assert status == 0, err
    assert "Nie ma przykładów do kalibracji: zachowania konsultanta;" in err
    tagger = manifest_in(tmp_path / "out")["tagger"]
    assert "behaviour" not in tagger["calibration"]["slope"]
    assert tagger["thresholds"]["behaviour"] == 0.5
    assert bool(load("./out").network.heads["behaviour"].weight.any())


def test_a_folder_of_exports_makes_a_tagger(train: Run, tmp_path: Path) -> None:
    folder = tmp_path / "eksporty"
    folder.mkdir()
    rows = [f"{text} {n};{reason};{felt}" for n in range(8) for text, reason, felt in CONTACTS]
    (folder / "a.csv").write_text("text;reasons;sentiment\n" + "\n".join(rows), "utf-8")
    status, _, err = train("--examples", "eksporty", "-o", "out")
    assert status == 0, err
    assert "przykłady rozdzielono według skrótu tekstu" in err
    assert load("./out").version.startswith("contact-tagger@own-")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--add", "cp1250.jsonl"], "cp1250.jsonl, wiersz 1: to nie jest UTF-8"),
        (["--add", "x.xlsx"], "x.xlsx, wiersz 1: to skoroszyt"),
        (["--add", "pusty.csv"], "pusty.csv: plik nie ma ani jednego rekordu"),
        (["--sentiment-reviews", "pe.jsonl"], "pe.jsonl, wiersz 1: nieznana etykieta"),
        (["--start-from", "base/"], "base/ nie jest taggerem"),
        (["--base", "contact-tagger"], "contact-tagger to tagger, nie koder: podaj go w --start-from"),
        (["--base", "bez/"], "Koder bez/ nie ma działającego tokenizera"),
        (["-o", "x.xlsx"], "Nie można zapisać taggera w x.xlsx"),
        (["-o", "base"], "W folderze base jest inny model"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_before_any_training(
    train: Run, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "cp1250.jsonl").write_bytes('{"text": "żółć"}'.encode("cp1250"))
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04\xff")
    (tmp_path / "pusty.csv").write_text("text,reasons\n")
    (tmp_path / "pe.jsonl").write_text('{"text": "fajny", "label": "super"}\n')
    (shutil.copytree(tmp_path / "base", tmp_path / "bez") / "tokenizer.json").unlink()
    status, out, err = train("--examples", "moje", "-o", "out", *arguments)
    assert (status, out) == (1, "")
    assert f"odsluch: {sentence}" in err
    assert "Nieoczekiwany" not in err
    assert "Etap" not in err
    assert not (tmp_path / "out").exists()


def test_a_finished_tagger_is_replaced_only_on_demand_and_its_card_does_not_pass_for_the_new_one_s(
    train: Run, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    assert train("--examples", "moje", "-o", "out", "--model-version", "7")[0] == 0
    (target / "CARD.md").write_text("karta")
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    status, _, err = train("--examples", "moje", "-o", "out")
    assert status == 1
    assert (
        "W folderze out jest już gotowy tagger contact-tagger@7: podaj w -o inny folder albo dodaj --over"
        in err
    )
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert train("--examples", "moje", "-o", "out", "--model-version", "7", "--overwrite")[0] == 0
    assert (target / "CARD.md").exists()  # the same version: the card is still its own
    status, _, err = train("--examples", "moje", "-o", "out", "--overwrite", "--seed", 2)
    assert status == 0
    assert "jest teraz w CARD-contact-tagger@7.md" in err
    assert not (target / "CARD.md").exists()
    assert load("./out").version.startswith("contact-tagger@own-")


def test_what_was_not_finished_is_replaced_without_asking(train: Run, tmp_path: Path) -> None:
    assert train("--examples", "moje", "-o", "out")[0] == 0
    manifest = manifest_in(tmp_path / "out")
    version = manifest["version"]
    manifest["tagger"]["calibration"] = {}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    assert train("--examples", "moje", "-o", "out")[0] == 0
    assert manifest_in(tmp_path / "out")["version"] == version  # the same data and recipe
    assert train("--examples", "moje", "-o", "inny", "--seed", 2)[0] == 0
    assert manifest_in(tmp_path / "inny")["version"] != version


def test_a_folder_that_is_called_like_the_shipped_tagger_is_the_one_that_is_calibrated(
    train: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("nlp.training.train.load", lambda name: (loaded.append(name), load(name))[1])
    status, out, err = train("--examples", "moje", "-o", "contact-tagger")
    assert status == 0, err
    assert loaded == [str(tmp_path / "contact-tagger")]
    assert "--model ./contact-tagger" in out


def test_the_shipped_version_is_for_the_shipped_data_and_recipe_alone() -> None:
    same = copy.deepcopy(SHIPPED)
    same["version"] = ""
    assert version_of(same, "r") == SHIPPED["version"]
    versions = set()
    other_reviews = SHIPPED["training"]["data_sha256"] | {"reviews": "0"}
    for part, value in (
        ("recipe", {}),
        ("sentiment_reviews", 0),
        ("start", None),
        ("data_sha256", {}),
        ("data_sha256", other_reviews),
    ):
        other = copy.deepcopy(same)
        other["training"][part] = value
        versions.add(version_of(other, "r"))
    versions.add(version_of(same | {"base": "inny"}, "r2"))
    assert len(versions) == 6
    assert all(re.fullmatch("own-[0-9a-f]{8}", version) for version in versions)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_saves_what_it_did_and_goes_on_from_there(
    train: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: signal.Signals
) -> None:
    steps: list[int] = []

    def stop_at_second(step: int, total: int, loss: float) -> None:
        steps.append(step)
        if len(steps) == 2:
            os.kill(os.getpid(), asked)

    monkeypatch.setattr(model_quality, "_steps", lambda progress: stop_at_second)
    before = signal.getsignal(asked)
    arguments = ("--examples", "moje", "-o", "out", "--epochs", 2, "--batch-tokens", 64)
    status, _, err = train(*arguments)
    assert status == 130
    assert err.count("Przerwano. Uruchom polecenie ponownie, a dokończy pracę.") == 1
    assert signal.getsignal(asked) == before
    assert [path.suffix for path in (tmp_path / "cache" / "training").iterdir()] == [".pt"]
    assert train(*arguments)[0] == 0
    assert steps[:3] == [1, 2, 3]
    assert len(steps) == steps[-1]
    assert not list((tmp_path / "cache" / "training").iterdir())


def test_what_is_interrupted_after_the_long_stage_does_not_learn_again(
    train: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    monkeypatch.setattr(model_quality, "_steps", lambda progress: lambda step, *_: steps.append(step))
    with monkeypatch.context() as patched:
        patched.setattr("nlp.training.train._calibrate", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        assert train("--examples", "moje", "-o", "out")[0] == 130
    learnt = len(steps)
    assert learnt
    assert train("--examples", "moje", "-o", "out")[0] == 0
    assert len(steps) == learnt
