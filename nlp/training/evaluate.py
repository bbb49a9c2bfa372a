"""``odsluch models evaluate``: the shipped tagger and its baseline on writers that nobody trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.tagging import Tagger
from nlp.training.augment import without_diacritics
from nlp.training.baseline import ManyLabels, single_label
from nlp.training.examples import Example, by_split, read_folder
from nlp.training.figures import (
    Pair,
    accuracy,
    calibration_error,
    error_at_coverage,
    interval,
    kappa,
    macro_f1,
    mean_code_f1,
    micro_f1,
)
from nlp.training.train import read_splits
from transcripts.conversation import Conversation, Turn
from transcripts.tags import TaggedConversation

Sets = list[tuple[frozenset[str], frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tagger said about one example, baseline or model alike."""

    primary: str | None
    primary_confidence: float
    reasons: frozenset[str]
    sentiment: str | None
    behaviours: dict[int, frozenset[str]]


def as_conversation(example: Example) -> Conversation:
    """The example as a conversation with the same turn indices; missing turns are empty system turns."""
    texts = dict(zip(example.document.turns, example.document.texts, strict=True))
    side = example.document.side
    turns = tuple(
        Turn(side, texts[i]) if i in texts else Turn("system", "")
        for i in range(max(example.document.turns) + 1)
    )
    return Conversation(example.id, "chat", turns)


def model_answers(tagger: Tagger, examples: Sequence[Example], threshold: float = 0.5) -> list[Answer]:
    """The tagger's answers; behaviours at ``threshold``."""
    return [_answer(tagged, threshold) for tagged in tagger.tag_many(as_conversation(e) for e in examples)]


def _answer(tagged: TaggedConversation, threshold: float) -> Answer:
    behaviours: dict[int, set[str]] = {}
    for tag in tagged.behaviours:
        if tag.confidence >= threshold:
            behaviours.setdefault(tag.turn, set()).add(tag.code)
    return Answer(
        tagged.primary,
        tagged.primary_confidence,
        frozenset(reason.code for reason in tagged.reasons),
        tagged.sentiment.overall if tagged.sentiment else None,
        {turn: frozenset(codes) for turn, codes in behaviours.items()},
    )


def baseline_answers(train: Sequence[Example], test: Sequence[Example], codes: Sequence[str]) -> list[Answer]:
    """TF-IDF with logistic regression, trained on the same examples as the model."""
    reasons = [e for e in train if e.primary and e.reasons]
    felt = [e for e in train if e.sentiment]
    turns = [(text, wanted) for e in train for text, wanted in _agent_turns(e)]
    primary = single_label([e.text for e in reasons], [str(e.primary) for e in reasons])
    sentiment = single_label([e.text for e in felt], [str(e.sentiment) for e in felt])
    leaves = ManyLabels([e.text for e in reasons], [e.reasons or frozenset() for e in reasons], codes)
    seen = sorted({code for _, wanted in turns for code in wanted})
    acts = ManyLabels([text for text, _ in turns], [wanted for _, wanted in turns], seen)
    return [_baseline_answer(e, primary, sentiment, leaves, acts) for e in test]


def _baseline_answer(
    example: Example, primary: Any, sentiment: Any, leaves: ManyLabels, acts: ManyLabels
) -> Answer:
    if example.document.side == "agent":
        found = dict(zip(example.document.turns, acts(example.document.texts), strict=True))
        return Answer(None, 0.0, frozenset(), None, found)
    scores = primary.predict_proba([example.text])[0]
    best = str(primary.classes_[scores.argmax()])
    reasons = leaves([example.text])[0] | {best}
    return Answer(best, float(scores.max()), reasons, str(sentiment.predict([example.text])[0]), {})


def _agent_turns(example: Example) -> Iterable[tuple[str, frozenset[str]]]:
    texts = dict(zip(example.document.turns, example.document.texts, strict=True))
    return [(texts[turn], codes) for turn, codes in example.behaviours.items()]


def figures(examples: Sequence[Example], answers: Sequence[Answer], codes: Sequence[str]) -> dict[str, Any]:
    """All figures for one tagger on one set of examples."""
    both = list(zip(examples, answers, strict=True))
    table: dict[str, Any] = {}
    named = [(e, a) for e, a in both if e.primary and e.reasons]
    if named:
        table["reasons"] = _reason_figures(named)
    felt: list[Pair] = [(str(e.sentiment), a.sentiment or "none") for e, a in both if e.sentiment]
    if felt:
        table["sentiment"] = _headline(felt)
    acts: Sets = [(w, a.behaviours.get(t, frozenset())) for e, a in both for t, w in e.behaviours.items()]
    if acts:
        per_code = mean_code_f1(acts, codes)
        mean = sum(row["f1"] for row in per_code.values()) / len(per_code)
        table["behaviours"] = {"turns": len(acts), "mean_f1": round(mean, 3), "codes": per_code}
    return table


def _reason_figures(named: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    pairs: list[Pair] = [(str(e.primary), a.primary or "none") for e, a in named]
    groups: list[Pair] = [(w.split(".")[0], g.split(".")[0]) for w, g in pairs]
    sets: Sets = [(e.reasons or frozenset(), a.reasons) for e, a in named]
    sure = [a.primary_confidence for _, a in named]
    right = [w == g for w, g in pairs]
    return {
        **_headline(pairs),
        "unanswered": sum(g == "none" for _, g in pairs),
        "group_accuracy": round(accuracy(groups), 3),
        "all_reasons_micro_f1": round(micro_f1(sets), 3),
        "calibration_error": round(calibration_error(sure, right), 3),
        "error": round(1 - accuracy(pairs), 3),
        "error_at_80_coverage": round(error_at_coverage(sure, right, 0.8), 3),
    }


def _headline(pairs: Sequence[Pair]) -> dict[str, Any]:
    return {
        "n": len(pairs),
        "accuracy": round(accuracy(pairs), 3),
        "interval": interval(pairs, accuracy),
        "macro_f1": round(macro_f1(pairs), 3),
        "kappa": round(kappa(pairs), 3),
    }


def evaluate(
    folder: Path, tagger: Tagger, split: str = "test", say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Model and baseline on the ``split`` of the examples in ``folder``, whole and by text quality."""
    parts = by_split(read_folder(folder), read_splits(folder))
    test = parts[split]
    reasons, behaviours = tagger.artefact.reasons, tagger.artefact.behaviours
    say(f"Model {tagger.version} na {len(test)} przykładach")
    report: dict[str, Any] = {"split": split, "model": tagger.version}
    report["tagger"] = figures(test, model_answers(tagger, test), behaviours)
    say("Punkt odniesienia: TF-IDF z regresją logistyczną")
    report["baseline"] = figures(test, baseline_answers(parts["train"], test, reasons), behaviours)
    folded = [e.with_texts(without_diacritics(text) for text in e.document.texts) for e in test]
    report["without_diacritics"] = figures(folded, model_answers(tagger, folded), behaviours)
    report["by_quality"] = {}
    for quality in sorted({e.quality for e in test}):
        some = [e for e in test if e.quality == quality]
        report["by_quality"][quality] = figures(some, model_answers(tagger, some), behaviours)
    return report
