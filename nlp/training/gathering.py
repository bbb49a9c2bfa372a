"""All examples of a training run, shared out, with everything said or refused that can be before it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from nlp.taxonomy import load_contact_reasons
from nlp.training.calibrate import SIGMOID_HEADS, SOFTMAX_HEADS
from nlp.training.examples import (
    Example,
    ExampleError,
    Say,
    by_split,
    is_contact,
    read_folder,
    read_own,
    read_review_reasons,
    read_sentiment_reviews,
    shared_out,
)
from nlp.training.shares import LEAST_CONTACTS, read_splits

Parts = dict[str, list[Example]]
HEADS = (*SOFTMAX_HEADS, *SIGMOID_HEADS)
ASKED = {
    "primary": "powody główne",
    "leaf": "powody",
    "sentiment": "nastawienie klienta w całej rozmowie",
    "turn_sentiment": "nastawienie klienta w wypowiedziach",
    "behaviour": "zachowania konsultanta",
}


def gather(
    folder: Path, own: Sequence[Path], reviews: Sequence[Path], say: Say, *, start: bool = False
) -> tuple[Parts, list[Example]]:
    """Examples by split and the reviews; says what they are and what they do not teach.

    Args:
        own: a user's labelled exports, added to the examples of the folder.
        start: whether there is a tagger to go on from, so that what nothing teaches is not unknown.

    Raises:
        ExampleError: texts or labels that cannot be used, or too few.
    """
    splits = read_splits(folder)
    given = _apart(read_folder(folder, say))
    known = load_contact_reasons().codes
    more = [example for path in own for example in read_own(path, known, say)]
    added = _apart([*given, *more])[len(given) :]
    parts = by_split([*given, *added] if splits else given, splits)
    if not splits:
        parts["train"] += added
    rated = read_review_reasons(folder)
    extra = [e for path in reviews for e in read_sentiment_reviews(path, path.stem, rated)]
    _check_enough(parts, listed=bool(splits))
    if not splits:
        say(_how_split(given, parts))
    say(
        f"Przykłady: {len(parts['train'])} uczących, {len(parts['dev'])} do kalibracji, {len(extra)} opinii PolEmo."
    )
    _say_gaps(taught([*parts["train"], *extra]), taught(parts["dev"]), say, start=start)
    return parts, extra


def _apart(examples: Iterable[Example]) -> list[Example]:
    """The examples with ids of their own, since redacted forms go by them: a repeated id gets its count."""
    met: Counter[str] = Counter()
    found = []
    for example in examples:
        met[example.id] += 1
        again = met[example.id]
        found.append(replace(example, id=f"{example.id}#{again}") if again > 1 else example)
    return found


def _check_enough(parts: Parts, *, listed: bool) -> None:
    for part, what in (("train", "uczenia"), ("dev", "kalibracji")):
        count = sum(map(is_contact, parts[part]))
        if count < LEAST_CONTACTS:
            remedy = (
                f"przypisz więcej piszących do `{part}` w splits.json"
                if listed
                else f"dołóż przykładów (najlepiej razem co najmniej {10 * LEAST_CONTACTS}) albo podaj splits.json"
            )
            raise ExampleError(
                f"Za mało kontaktów z powodem do {what} (część `{part}`): jest {count}, potrzeba co najmniej "
                f"{LEAST_CONTACTS}; {remedy}."
            )


def _how_split(given: Sequence[Example], parts: Parts) -> str:
    sizes = f"{len(parts['train'])} do uczenia, {len(parts['dev'])} do kalibracji, {len(parts['test'])} do pomiaru"
    if shared_out(given)[0] == "writer":
        return f"Nie ma splits.json, więc piszących rozdzielono według skrótu; przykładów: {sizes}."
    return (
        f"Nie ma splits.json ani co najmniej 3 piszących z wystarczającą liczbą kontaktów, więc przykłady rozdzielono "
        f"według skrótu tekstu ({sizes}); ta sama osoba może być po obu stronach i zawyżyć pomiar."
    )


def _say_gaps(learnt: set[str], calibrated: set[str], say: Say, *, start: bool) -> None:
    never = [ASKED[head] for head in HEADS if head not in learnt]
    raw = [ASKED[head] for head in HEADS if head in learnt - calibrated]
    if never:
        kept = "zostaje z taggera początkowego, bez kalibracji" if start else "tagger tego nie rozpozna"
        say(f"Nie ma przykładów, które uczą: {', '.join(never)}; {kept}.")
    if raw:
        say(
            f"Nie ma przykładów do kalibracji: {', '.join(raw)}; pewność tych odpowiedzi będzie nieskalibrowana."
        )


def taught(examples: Iterable[Example]) -> set[str]:
    """The heads that the examples have labels for."""
    found: set[str] = set()
    for example in examples:
        labels: dict[str, object] = {
            "primary": example.primary,
            "leaf": example.reasons is not None,
            "sentiment": example.sentiment or any(example.halves or ()),
            "turn_sentiment": example.turn_sentiment,
            "behaviour": example.behaviours,
        }
        found |= {head for head, label in labels.items() if label}
    return found


def only(example: Example, heads: set[str]) -> Example:
    """The example with the labels of these heads alone."""
    return replace(
        example,
        primary=example.primary if "primary" in heads else None,
        reasons=example.reasons if "leaf" in heads else None,
        sentiment=example.sentiment if "sentiment" in heads else None,
        halves=example.halves if "sentiment" in heads else None,
        turn_sentiment=example.turn_sentiment if "turn_sentiment" in heads else {},
        behaviours=example.behaviours if "behaviour" in heads else {},
    )
