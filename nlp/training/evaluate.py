"""``odsluch models evaluate``: the shipped tagger and its baseline on writers that nobody trained on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.tagging import Tagger
from nlp.taxonomy import load_contact_reasons
from nlp.training.augment import as_recognised, without_diacritics
from nlp.training.baseline import ManyLabels, single_label
from nlp.training.counterfactual import flips
from nlp.training.examples import Example, by_split, read_folder, read_review_reasons, read_sentiment_reviews
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
    one_class_f1,
)
from nlp.training.probes import evidence_check
from nlp.training.train import read_splits
from nlp.training.zero_shot import SENTIMENT_TEXTS, NearestLabel, descriptions
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
    sentiment_confidence: float = 0.0
    halves: tuple[str, str] | None = None


def model_answers(tagger: Tagger, examples: Sequence[Example]) -> list[Answer]:
    """The tagger's answers, behaviours from the threshold that its manifest names."""
    threshold = tagger.artefact.thresholds.get("behaviour", 0.5)
    return [_answer(tagged, threshold) for tagged in tagger.tag_many(e.conversation for e in examples)]


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
        tagged.sentiment.confidence if tagged.sentiment else 0.0,
        (tagged.sentiment.start, tagged.sentiment.end) if tagged.sentiment else None,
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
    if any(e.sentiment for e, _ in both):
        table["sentiment"] = _sentiment_figures([(e, a) for e, a in both if e.sentiment])
    acts: Sets = [
        (wanted, a.behaviours.get(turn, frozenset()) - e.unsure.get(turn, frozenset()))
        for e, a in both
        for turn, wanted in e.behaviours.items()
    ]
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


def _sentiment_figures(felt: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    pairs: list[Pair] = [(str(e.sentiment), a.sentiment or "none") for e, a in felt]
    table = _headline(pairs)
    sure = [a.sentiment_confidence for _, a in felt]
    if any(sure):
        right = [w == g for w, g in pairs]
        table["calibration_error"] = round(calibration_error(sure, right), 3)
        table["error_at_80_coverage"] = round(error_at_coverage(sure, right, 0.8), 3)
    halves = [(e.halves, a.halves) for e, a in felt if e.halves and a.halves]
    for position, name in enumerate(("start", "end")):
        if halves:
            table[name] = _headline(
                [(want[position] or "", got[position]) for want, got in halves if want[position]]
            )
    return table


def class_figures(
    examples: Sequence[Example], answers: Sequence[Answer], codes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """For each reason: precision, recall and F1 of the tag (primary or not), with a 95 % interval of F1."""
    sets: Sets = [
        (e.reasons or frozenset(), a.reasons) for e, a in zip(examples, answers, strict=True) if e.primary
    ]
    table: dict[str, dict[str, Any]] = {code: dict(row) for code, row in mean_code_f1(sets, codes).items()}
    for code, row in table.items():
        pairs = [("1" if code in w else "0", "1" if code in g else "0") for w, g in sets]
        row["f1_interval"] = interval(pairs, one_class_f1)
        row["kappa"] = round(kappa(pairs), 3)
    return table


def risk_coverage(examples: Sequence[Example], answers: Sequence[Answer]) -> list[dict[str, float]]:
    """Error of the primary reason among the most confident share of the contacts."""
    named = [(e, a) for e, a in zip(examples, answers, strict=True) if e.primary]
    if not named:
        return []
    sure = [a.primary_confidence for _, a in named]
    right = [e.primary == a.primary for e, a in named]
    steps = [round(0.1 * i, 1) for i in range(1, 11)]
    return [{"coverage": c, "error": round(error_at_coverage(sure, right, c), 3)} for c in steps]


def _headline(pairs: Sequence[Pair]) -> dict[str, Any]:
    return {
        "n": len(pairs),
        "accuracy": round(accuracy(pairs), 3),
        "interval": interval(pairs, accuracy),
        "macro_f1": round(macro_f1(pairs), 3),
        "kappa": round(kappa(pairs), 3),
    }


def zero_shot_answers(base: str, examples: Sequence[Example]) -> list[Answer]:
    """The nearest label by the untrained encoder: primary reason and sentiment of customers' texts."""
    nearest = NearestLabel(base)
    taxonomy = load_contact_reasons()
    texts = [e.text for e in examples]
    reasons = nearest(texts, descriptions(taxonomy))
    felt = nearest(texts, list(SENTIMENT_TEXTS.values()))
    names = list(SENTIMENT_TEXTS)
    codes = [taxonomy.codes[i] for i in reasons]
    return [Answer(code, 0.0, frozenset([code]), names[i], {}) for code, i in zip(codes, felt, strict=True)]


def evaluate(
    folder: Path,
    tagger: Tagger,
    split: str = "test",
    say: Callable[[str], None] = lambda _: None,
    reviews: Sequence[Path] = (),
) -> dict[str, Any]:
    """The tagger and both baselines on the ``split`` of the examples in ``folder``, in every light.

    Args:
        reviews: sentiment reviews in PolEmo's form that were kept out of training.
    """
    parts = by_split(read_folder(folder), read_splits(folder))
    test = parts[split]
    reasons, behaviours = tagger.artefact.reasons, tagger.artefact.behaviours
    contacts = [e for e in test if e.primary]
    say(f"Model {tagger.version} na {len(test)} przykładach")
    answers = model_answers(tagger, test)
    report: dict[str, Any] = {"split": split, "model": tagger.version}
    report["tagger"] = figures(test, answers, behaviours)
    report["classes"] = class_figures(test, answers, reasons)
    report["coverage"] = risk_coverage(test, answers)
    say("Punkt odniesienia: TF-IDF z regresją logistyczną")
    report["baseline"] = figures(test, baseline_answers(parts["train"], test, reasons), behaviours)
    say("Punkt odniesienia: najbliższa etykieta tym samym koderem bez uczenia")
    report["zero_shot"] = figures(contacts, zero_shot_answers(tagger.artefact.base, contacts), behaviours)
    say("Bez polskich znaków, jak z rozpoznawania mowy, według kanałów i jakości tekstu")
    report["without_diacritics"] = _altered(tagger, test, without_diacritics)
    rng = random.Random(1)
    report["as_recognised"] = _altered(tagger, test, lambda text: as_recognised(text, rng))
    for name in ("quality", "channel"):
        report[f"by_{name}"] = _parts(test, answers, behaviours, name)
    say("Próby: zamienione imiona, płeć i gwara; usunięte dowody")
    report["counterfactual"] = flips(tagger, contacts)
    report["evidence"] = evidence_check(tagger, contacts)
    if reviews:
        say("Opinie PolEmo odłożone z uczenia")
        report["reviews"] = _reviews(tagger, folder, reviews)
    return report


def _altered(tagger: Tagger, test: Sequence[Example], change: Callable[[str], str]) -> dict[str, Any]:
    other = [e.with_texts(change(text) for text in e.document.texts) for e in test]
    return figures(other, model_answers(tagger, other), tagger.artefact.behaviours)


def _parts(
    test: Sequence[Example], answers: Sequence[Answer], codes: Sequence[str], name: str
) -> dict[str, Any]:
    """Figures for each value of an example's attribute; answers do not depend on the company."""
    found = {}
    for value in sorted({getattr(e, name) for e in test}):
        some = [(e, a) for e, a in zip(test, answers, strict=True) if getattr(e, name) == value]
        found[value] = figures([e for e, _ in some], [a for _, a in some], codes)
    return found


def _reviews(tagger: Tagger, folder: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Sentiment of real reviews, and the reasons of those that our raters read."""
    rated = read_review_reasons(folder)
    examples = [e for path in paths for e in read_sentiment_reviews(path, path.stem, rated)]
    codes = tagger.artefact.behaviours
    return {
        "tagger": figures(examples, model_answers(tagger, examples), codes),
        "zero_shot": figures(examples, zero_shot_answers(tagger.artefact.base, examples), codes),
    }
