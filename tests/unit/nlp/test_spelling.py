"""Misspelled words as they were meant, and words that are right however rare."""

import json
from pathlib import Path

import pytest

from nlp.spelling import meant_by, respelled, respellings, vocabulary
from nlp.text import analyse
from nlp.twins.people import paradigm


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("zamowienie", "zamówienie"),
        ("prosze", "proszę"),
        ("paczkoamt", "paczkomat"),
        ("jescze", "jeszcze"),
        ("jesce", "jeszcze"),
        ("pszychodzi", "przychodzi"),
        ("zamuwienie", "zamówienie"),
        ("dzen", "dzień"),
        ("dzienkuje", "dziękuję"),
        ("bendzie", "będzie"),
        ("pżesyłka", "przesyłka"),
        ("dorby", "dobry"),
        ("pooomoc", None),
        ("prrosze", "proszę"),
        ("potwiedzeniu", "potwierdzeniu"),
    ],
)
def test_what_a_word_was_meant_to_be(written: str, meant: str | None) -> None:
    assert meant_by(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "koc",
        "zawraca",
        "aukcja",
        "maja",
        "rata",
        "oczami",
        "kasia",
        "kowalski",
        "zajac",
        "nguyen",
        "b",
        "ok",
        "pdf",
        "xyzq",
    ],
)
def test_a_word_that_is_right_or_unknown_stays(word: str) -> None:
    assert meant_by(word) is None or not analyse(word).common


def test_names_in_a_sentence_and_marks_and_addresses_are_left_alone() -> None:
    text = "Pan Dzen pisze z jan.prosze@poczta.pl, kod PROSZE-1, [PERSON] [CUSTOMER_NUMBER_2]"
    assert respelled(text) == text
    assert respelled("Dzen dobry, prosze podac numer") == "Dzień dobry, proszę podać numer"
    assert respelled("tak. Prosze") == "tak. Proszę"


def test_places_are_those_of_the_text_as_given() -> None:
    text = "no dzien dobry, moge pomuc?"
    found = list(respellings(text, 3))
    assert [(r.turn, text[r.start : r.end], r.word) for r in found] == [
        (3, "dzien", "dzień"), (3, "moge", "mogę"), (3, "pomuc", "pomóc"),
    ]  # fmt: skip


def test_foreign_names_are_not_made_into_polish_words() -> None:
    for kind in ("given", "surname"):
        for gender in ("f", "m"):
            for seed in map(str, range(40)):
                for form in paradigm(kind, "foreign", gender, seed).values():  # type: ignore[arg-type]
                    meant = meant_by(form.lower())
                    assert meant is None, (form, meant)


def test_the_vocabulary_is_of_words_that_the_dictionary_knows() -> None:
    words = list(vocabulary().ranks)
    assert len(words) > 9000
    assert len(set(words)) == len(words)
    assert not [word for word in words[:500] + words[-500:] if analyse(word).unknown]


TEXTS = Path(__file__).parents[3] / "models" / "training" / "conversations"


@pytest.mark.skipif(not TEXTS.exists(), reason="training texts are in a checkout only")
def test_well_written_text_stays_as_it_is() -> None:
    """Held-out conversations whose writer left nothing out: fewer than one word in two hundred is touched."""
    said = touched = 0
    for line in (TEXTS / "c11.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["labels"]["quality"] == "clean":
            texts = [turn["text"] for turn in record["turns"]]
            said += sum(len(text.split()) for text in texts)
            touched += sum(len(list(respellings(text))) for text in texts)
    assert said > 2000
    assert touched / said < 0.005
