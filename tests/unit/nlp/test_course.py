"""A training stage that is interrupted goes on where it was."""

import copy
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from transformers import BertModel

from nlp.network import ContactNetwork
from nlp.taxonomy import load_behaviours, load_contact_reasons
from nlp.training import course
from nlp.training.course import BatchOfWindows, Checkpoint, Recipe, plan_epochs, run_stage
from nlp.training.examples import read_folder, read_review_reasons, read_sentiment_reviews, redacted, text_key
from nlp.training.fit import Labels
from nlp.windows import Windower
from tests.unit.nlp.conftest import write_base

RECIPE = Recipe(epochs=2, batch_tokens=128, encoder_rate=1e-3, head_rate=1e-2)


class Stop(Exception):
    """Stands for a power cut."""


@pytest.fixture
def labels() -> Labels:
    return Labels(load_contact_reasons().codes, load_behaviours().codes)


@pytest.fixture
def network(tmp_path: Path, labels: Labels) -> ContactNetwork:
    return ContactNetwork(BertModel.from_pretrained(write_base(tmp_path / "base")), labels.sizes)


@pytest.fixture
def plan(tmp_path: Path, network: ContactNetwork, examples: Path) -> list[BatchOfWindows]:
    windower = Windower(Tokenizer.from_file(str(tmp_path / "base" / "tokenizer.json")))
    return plan_epochs(windower, read_folder(examples)[:40], [], 2, RECIPE)


def test_an_interrupted_stage_goes_on_from_its_checkpoint(
    network: ContactNetwork,
    plan: list[BatchOfWindows],
    labels: Labels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(course, "CHECKPOINT_SECONDS", 0.0)
    path = tmp_path / "checkpoint.pt"
    seen: list[int] = []

    def until_third(step: int, steps: int, loss: float) -> None:
        seen.append(step)
        if step == 4:
            raise Stop

    fresh = copy.deepcopy(network)
    with pytest.raises(Stop):
        run_stage(network, plan, labels, RECIPE, until_third, 1, Checkpoint(path, "k"))
    assert path.exists()
    run_stage(fresh, plan, labels, RECIPE, lambda step, *_: seen.append(step), 1, Checkpoint(path, "k"))
    assert seen == [1, 2, 3, 4, *range(4, len(plan) + 1)]
    assert not path.exists()


def test_a_checkpoint_of_another_stage_is_not_used(
    network: ContactNetwork,
    plan: list[BatchOfWindows],
    labels: Labels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(course, "CHECKPOINT_SECONDS", 0.0)
    path = tmp_path / "checkpoint.pt"
    with pytest.raises(Stop):
        run_stage(network, plan, labels, RECIPE, _stop_at_two, 1, Checkpoint(path, "other data"))
    steps: list[int] = []
    run_stage(network, plan, labels, RECIPE, lambda step, *_: steps.append(step), 1, Checkpoint(path, "k"))
    assert steps[0] == 1


def _stop_at_two(step: int, steps: int, loss: float) -> None:
    if step == 2:
        raise Stop


def test_word_dropout_hides_words_and_never_the_special_tokens(
    tmp_path: Path, network: ContactNetwork, examples: Path
) -> None:
    windower = Windower(Tokenizer.from_file(str(tmp_path / "base" / "tokenizer.json")))
    everything = plan_epochs(windower, read_folder(examples)[:40], [], 1, replace(RECIPE, word_dropout=1.0))
    for window, _, _ in (item for batch in everything for item in batch):
        assert window.ids[0] == windower.begin
        assert window.ids[-1] == windower.end
        assert {window.ids[i] for p in window.pieces for i in range(p.first, p.last)} == {windower.unknown}


def test_redacted_forms_hold_marks_and_keep_labels(tmp_path: Path) -> None:
    row = {"id": "x-1", "writer": "x", "channel": "chat", "quality": "clean", "sentiment": "neutral"}
    row |= {"text": "Proszę o fakturę na adres jan.k@example.com", "reasons": ["payment.invoice"]}
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts" / "x.jsonl").write_text(
        json.dumps(row | {"primary": "payment.invoice"}) + "\n", "utf-8"
    )
    found = redacted(read_folder(tmp_path))
    assert found["x-1"].text == "Proszę o fakturę na adres [EMAIL]"
    assert found["x-1"].primary == "payment.invoice"


def test_reviews_get_the_reasons_that_raters_gave_by_the_text_s_digest(tmp_path: Path) -> None:
    text = "Dobry odkurzacz, ale głośny."
    (tmp_path / "p.jsonl").write_text(
        json.dumps({"text": text, "label": "ambivalent"})
        + "\n"
        + json.dumps({"text": "inna", "label": "neutral"})
        + "\n",
        "utf-8",
    )
    (tmp_path / "reviews").mkdir()
    rated = {
        "text_sha256": text_key(text),
        "reasons": ["feedback.praise", "complaint.quality"],
        "primary": "feedback.praise",
    }
    (tmp_path / "reviews" / "r.jsonl").write_text(json.dumps(rated) + "\n", "utf-8")
    first, second = read_sentiment_reviews(tmp_path / "p.jsonl", "p", read_review_reasons(tmp_path))
    assert (first.primary, first.sentiment) == ("feedback.praise", "mixed")
    assert second.primary is None
    assert text_key(text) == hashlib.sha256(text.encode()).hexdigest()[:12]
