"""What ``models evaluate`` measures: rows counted by hand, the baseline in every light, examples that lack labels."""

import json
import shutil
from pathlib import Path

import pytest

from nlp.tagging import Tagger
from nlp.training.baseline import Baseline
from nlp.training.evaluate import evaluate, figures
from nlp.training.examples import Example, by_split, read_folder
from nlp.training.probes import Answer
from nlp.windows import Document

REASONS = ("a.x", "a.y", "b.z")


def contact(primary: str, *further: str) -> Example:
    document = Document("customer", (0,), ("tekst",))
    return Example("c", "w", "chat", "clean", document, frozenset((primary, *further)), primary, "neutral")


def answer(primary: str | None, sure: float, *further: str) -> Answer:
    given = frozenset(code for code in (primary, *further) if code)
    return Answer(primary, sure, given, "neutral", {}, 0.9)


def test_open_contacts_further_reasons_and_coverage_are_rows_of_their_own() -> None:
    examples = [contact("a.x", "a.y", "b.z"), contact("a.x"), contact("b.z", "a.y"), contact("b.z")]
    answers = [
        answer("a.x", 0.9, "a.y"),
        answer("a.x", 0.8, "b.z"),
        answer(None, 0.3),
        answer("a.y", 0.4, "b.z"),
    ]
    table = figures(examples, answers, ())
    assert table["reasons"]["open"] == 0.25
    assert table["further"] == {"n": 3, "given": 3, "precision": 0.667, "recall": 0.333}
    assert table["coverage"] == {"n": 4, "1.0": 0.5, "0.9": 0.5, "0.8": 0.333, "0.7": 0.333, "0.5": 0.0}


def test_without_confidences_nothing_is_said_of_calibration() -> None:
    table = figures([contact("a.x")], [Answer("a.x", 0.0, frozenset(["a.x"]), "neutral", {})], ())
    assert "coverage" not in table
    assert "calibration_error" not in table["reasons"] | table["sentiment"]


def test_sentiment_of_turns_is_measured_in_conversations_only() -> None:
    whole = Example(
        "k", "w", "phone", "asr", Document("customer", (0, 2, 4), ("a", "b", "c")),
        turn_sentiment={0: "negative", 2: "neutral", 4: "positive"},
    )  # fmt: skip
    single = Example(
        "s", "w", "chat", "clean", Document("customer", (0,), ("a",)), turn_sentiment={0: "mixed"}
    )
    said = Answer(None, 0, frozenset(), None, {}, turn_sentiment={0: "negative", 2: "neutral", 4: "neutral"})
    table = figures([whole, single], [said, said], ())["turn_sentiment"]
    assert (table["n"], table["accuracy"]) == (3, 0.667)
    assert table["macro_f1"] == pytest.approx((1 + 2 / 3 + 0) / 3, abs=0.001)


def conversation(writer: str, number: int) -> dict[str, object]:
    """A call in which the customer thanks in the end."""
    turns = [
        {"speaker": "customer", "text": "paczka zginęła skandal", "sentiment": "negative"},
        {"speaker": "agent", "text": "przykro mi przepraszam", "behaviours": ["empathy"]},
        {"speaker": "customer", "text": "dziękuję wszystko super polecam", "sentiment": "positive"},
    ]
    felt = {"overall": "mixed", "start": "negative", "end": "positive"}
    labels = {"writer": writer, "quality": "asr", "reasons": ["delivery.lost"], "primary": "delivery.lost"}
    return {
        "id": f"{writer}{number}",
        "channel": "phone",
        "turns": turns,
        "labels": {**labels, "sentiment": felt},
    }


@pytest.fixture
def with_calls(examples: Path, tmp_path: Path) -> Path:
    folder = shutil.copytree(examples, tmp_path / "examples")
    (folder / "conversations").mkdir()
    rows = [conversation(writer, number) for writer in "abc" for number in range(3)]
    (folder / "conversations" / "k.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), "utf-8"
    )
    return folder


def test_the_baseline_stands_beside_the_tagger_in_every_light(
    artefact_folder: Path, with_calls: Path, tmp_path: Path
) -> None:
    reviews = tmp_path / "reviews.jsonl"
    reviews.write_text(
        '{"text": "wszystko super polecam", "label": "positive"}\n{"text": "skandal", "label": "negative"}\n',
        "utf-8",
    )
    report = evaluate(with_calls, Tagger.load(str(artefact_folder)), reviews=[reviews])
    for name in ("without_diacritics", "as_recognised"):
        assert (
            set(report[f"baseline_{name}"]) == set(report[name]) > {"reasons", "turn_sentiment", "behaviours"}
        )
    assert set(report["baseline_by_channel"]) == set(report["by_channel"]) == {"chat", "phone"}
    assert set(report["baseline_by_quality"]) == set(report["by_quality"]) == {"asr", "clean"}
    assert report["baseline_counterfactual"].keys() == report["counterfactual"].keys()
    assert report["counterfactual"]["customer_names"]["n"] == 51
    assert report["counterfactual"]["agent_names"]["agent_n"] == 51
    assert report["reviews"]["baseline"]["sentiment"]["accuracy"] == 1
    assert "calibration_error" in report["baseline"]["sentiment"]
    assert report["tagger"]["turn_sentiment"]["n"] == report["baseline"]["turn_sentiment"]["n"] == 6
    assert report["lacks"] == {"test": [], "train": []}


def test_examples_without_agents_turns_are_measured_and_what_is_absent_is_named(
    artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(examples, tmp_path / "examples")
    shutil.rmtree(folder / "turns")
    report = evaluate(folder, Tagger.load(str(artefact_folder)))
    assert report["baseline"]["reasons"]["accuracy"] > 0.9
    assert "behaviours" not in report["tagger"] | report["baseline"]
    assert report["lacks"]["test"] == ["nastawienie w wypowiedziach", "zachowania konsultanta"]
    assert "zachowania konsultanta" in report["lacks"]["train"]
    assert "agent_names" not in report["counterfactual"]


def test_examples_of_agents_alone_are_measured_too(
    artefact_folder: Path, examples: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(examples, tmp_path / "examples")
    shutil.rmtree(folder / "contacts")
    report = evaluate(folder, Tagger.load(str(artefact_folder)))
    assert set(report["tagger"]) == set(report["baseline"]) == {"behaviours"}
    assert report["coverage"] == []
    assert report["lacks"]["train"] == ["powód główny", "nastawienie klienta", "nastawienie w wypowiedziach"]


def test_a_baseline_without_training_texts_leaves_everything_open(examples: Path) -> None:
    test = by_split(read_folder(examples), {"test": ["c"]})["test"]
    baseline = Baseline([], REASONS)
    assert len(baseline.lacks) == 4
    assert all(
        not a.reasons and a.sentiment is None and not any(a.behaviours.values()) for a in baseline(test)
    )
