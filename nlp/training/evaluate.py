"""``odsluch models evaluate``: the shipped tagger and its baseline on writers that nobody trained on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nlp.tagging import Tagger
from nlp.taxonomy import load_contact_reasons
from nlp.training.augment import as_recognised, without_diacritics
from nlp.training.baseline import Baseline
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
    share,
)
from nlp.training.probes import Answer, Ask, evidence_check, remembering
from nlp.training.probes import model_answers as model_answers
from nlp.training.train import read_splits
from nlp.training.zero_shot import SENTIMENT_TEXTS, NearestLabel, descriptions

COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.5)
Sets = list[tuple[frozenset[str], frozenset[str]]]


def figures(examples: Sequence[Example], answers: Sequence[Answer], codes: Sequence[str]) -> dict[str, Any]:
    """All figures for one tagger on one set of examples."""
    both = list(zip(examples, answers, strict=True))
    table: dict[str, Any] = {}
    named = [(e, a) for e, a in both if e.primary and e.reasons]
    if named:
        table["reasons"] = _reason_figures(named)
        table["further"] = _further_figures(named)
        table |= {"coverage": rates} if (rates := _coverage(named)) else {}
    felt = [(e, a) for e, a in both if e.sentiment]
    if any(a.sentiment for _, a in felt):
        table["sentiment"] = _sentiment_figures(felt)
    table |= {"turn_sentiment": turns} if (turns := _turn_figures(both)) else {}
    table |= {"behaviours": acts} if (acts := _behaviour_figures(both, codes)) else {}
    return table


def _behaviour_figures(both: Sequence[tuple[Example, Answer]], codes: Sequence[str]) -> dict[str, Any]:
    acts: Sets = [
        (wanted, a.behaviours.get(turn, frozenset()) - e.unsure.get(turn, frozenset()))
        for e, a in both
        for turn, wanted in e.behaviours.items()
    ]
    per_code = mean_code_f1(acts, codes)
    if not per_code:
        return {}
    mean = sum(row["f1"] for row in per_code.values()) / len(per_code)
    return {"turns": len(acts), "mean_f1": round(mean, 3), "codes": per_code}


def _reason_figures(named: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    pairs: list[Pair] = [(str(e.primary), a.primary or "none") for e, a in named]
    groups: list[Pair] = [(w.split(".")[0], g.split(".")[0]) for w, g in pairs]
    sets: Sets = [(e.reasons or frozenset(), a.reasons) for e, a in named]
    unanswered = sum(g == "none" for _, g in pairs)
    return {
        **_headline(pairs),
        "unanswered": unanswered,
        "open": share(unanswered, len(pairs)),
        "group_accuracy": round(accuracy(groups), 3),
        "all_reasons_micro_f1": round(micro_f1(sets), 3),
        "error": round(1 - accuracy(pairs), 3),
        **_sureness([a.primary_confidence for _, a in named], [w == g for w, g in pairs]),
    }


def _sureness(sure: Sequence[float], right: Sequence[bool]) -> dict[str, float]:
    """What confidences are worth; nothing where none are given."""
    if not any(sure):
        return {}
    return {
        "calibration_error": round(calibration_error(sure, right), 3),
        "error_at_80_coverage": round(error_at_coverage(sure, right, 0.8), 3),
    }


def _further_figures(named: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    """Reasons beside the primary: given ones that are true of the contact, and true ones that were given."""
    wanted = [(e.reasons or frozenset()) - {e.primary} for e, _ in named]
    given = [a.reasons - {a.primary} for _, a in named]
    found = sum(len(some & a.reasons) for some, (_, a) in zip(wanted, named, strict=True))
    true = sum(len(some & (e.reasons or frozenset())) for some, (e, _) in zip(given, named, strict=True))
    n, claimed = sum(map(len, wanted)), sum(map(len, given))
    table: dict[str, Any] = {"n": n, "given": claimed}
    if claimed:
        table["precision"] = share(true, claimed)
    if n:
        table["recall"] = share(found, n)
    return table


def _coverage(named: Sequence[tuple[Example, Answer]]) -> dict[str, float]:
    """Error of the primary reason among the most confident shares; nothing where no confidences are given."""
    sure = [a.primary_confidence for _, a in named]
    right = [e.primary == a.primary for e, a in named]
    if not any(sure):
        return {}
    return {"n": len(named), **{str(c): round(error_at_coverage(sure, right, c), 3) for c in COVERAGES}}


def _turn_figures(both: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    """Sentiment of turns, of conversations only: where there is but one turn it is that of the whole."""
    pairs: list[Pair] = [
        (wanted, a.turn_sentiment.get(turn, "none"))
        for e, a in both
        if len(e.document.turns) > 1 and a.turn_sentiment
        for turn, wanted in e.turn_sentiment.items()
    ]
    return _headline(pairs) if pairs else {}


def _sentiment_figures(felt: Sequence[tuple[Example, Answer]]) -> dict[str, Any]:
    pairs: list[Pair] = [(str(e.sentiment), a.sentiment or "none") for e, a in felt]
    table = _headline(pairs) | _sureness(
        [a.sentiment_confidence for _, a in felt], [w == g for w, g in pairs]
    )
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
    ask = remembering(partial(model_answers, tagger))
    answers = ask(test)
    report: dict[str, Any] = {"split": split, "model": tagger.version}
    report["tagger"] = figures(test, answers, behaviours)
    report["classes"] = class_figures(test, answers, reasons)
    report["coverage"] = risk_coverage(test, answers)
    say("Punkt odniesienia: TF-IDF z regresją logistyczną")
    fitted = Baseline(parts["train"], reasons)
    baseline = remembering(fitted)
    report["baseline"] = figures(test, baseline(test), behaviours)
    report["lacks"] = {"test": _lacking(test), "train": fitted.lacks}
    say("Punkt odniesienia: najbliższa etykieta tym samym koderem bez uczenia")
    nearest = zero_shot_answers(tagger.artefact.base, contacts) if contacts else []
    report["zero_shot"] = figures(contacts, nearest, behaviours)
    say("Bez polskich znaków, jak z rozpoznawania mowy, według kanałów i jakości tekstu")
    for prefix, asked in (("", ask), ("baseline_", baseline)):
        report |= {f"{prefix}{name}": table for name, table in _lights(asked, test, behaviours).items()}
    say("Próby: zamienione imiona, płeć i gwara; usunięte dowody")
    asked_of = [e for e in test if e.primary or e.document.side == "agent"]
    report["counterfactual"] = flips(ask, asked_of)
    report["baseline_counterfactual"] = flips(baseline, asked_of)
    report["evidence"] = evidence_check(tagger, contacts)
    if reviews:
        say("Opinie PolEmo odłożone z uczenia")
        report["reviews"] = _reviews(tagger, baseline, folder, reviews)
    return report


def _lacking(test: Sequence[Example]) -> list[str]:
    """In Polish, what the examples hold no labels of, so that it is not measured."""
    held = {
        "powody kontaktu": any(e.primary for e in test),
        "nastawienie klienta": any(e.sentiment for e in test),
        "nastawienie w wypowiedziach": any(len(e.document.turns) > 1 and e.turn_sentiment for e in test),
        "zachowania konsultanta": any(any(e.behaviours.values()) for e in test),
    }
    return [name for name, there in held.items() if not there]


def _lights(ask: Ask, test: Sequence[Example], codes: Sequence[str]) -> dict[str, Any]:
    """Figures on altered texts, and of each channel and quality."""
    rng = random.Random(1)
    answers = ask(test)
    return {
        "without_diacritics": _altered(ask, test, without_diacritics, codes),
        "as_recognised": _altered(ask, test, lambda text: as_recognised(text, rng), codes),
        **{f"by_{name}": _parts(test, answers, codes, name) for name in ("quality", "channel")},
    }


def _altered(
    ask: Ask, test: Sequence[Example], change: Callable[[str], str], codes: Sequence[str]
) -> dict[str, Any]:
    other = [e.with_texts(change(text) for text in e.document.texts) for e in test]
    return figures(other, ask(other), codes)


def _parts(
    test: Sequence[Example], answers: Sequence[Answer], codes: Sequence[str], name: str
) -> dict[str, Any]:
    """Figures for each value of an example's attribute; answers do not depend on the company."""
    found = {}
    for value in sorted({getattr(e, name) for e in test}):
        some = [(e, a) for e, a in zip(test, answers, strict=True) if getattr(e, name) == value]
        found[value] = figures([e for e, _ in some], [a for _, a in some], codes)
    return found


def _reviews(tagger: Tagger, baseline: Ask, folder: Path, paths: Sequence[Path]) -> dict[str, Any]:
    """Sentiment of real reviews, and the reasons of those that our raters read; the baseline learned from no reviews."""
    rated = read_review_reasons(folder)
    examples = [e for path in paths for e in read_sentiment_reviews(path, path.stem, rated)]
    codes = tagger.artefact.behaviours
    return {
        "tagger": figures(examples, model_answers(tagger, examples), codes),
        "baseline": figures(examples, baseline(examples), codes),
        "zero_shot": figures(examples, zero_shot_answers(tagger.artefact.base, examples), codes),
    }
