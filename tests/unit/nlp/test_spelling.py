"""Misspelled words as they were meant, and words that are right however rare."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.spelling import leaves_out_diacritics, meant_by, respelled, respellings, vocabulary
from nlp.text import analyse
from nlp.twins.people import paradigm
from nlp.twins.spelling import foreign, regional, with_slips, without_diacritics


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
        ("sie", "się"),
        ("musze", "muszę"),
        ("pnai", "pani"),
        ("jets", "jest"),
        ("juz", "już"),
        ("jusz", "już"),
        ("jezd", "jest"),
        ("sien", "się"),
        ("zglosic", "zgłosić"),
        ("zatrzeslo", "zatrzęsło"),
        ("wlacznik", "włącznik"),
        ("pżesuwa", "przesuwa"),
        ("wjehac", "wjechać"),
        ("bżuhu", "brzuchu"),
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
        "dpd",
        "olx",
        "ze",
        "pomoc",
        "jedna",
    ],
)
def test_a_word_that_is_right_or_unknown_stays(word: str) -> None:
    assert meant_by(word) is None or not analyse(word).common


def test_names_in_a_sentence_and_marks_and_addresses_are_left_alone() -> None:
    text = "Pan Dzen pisze z jan.prosze@poczta.pl, kod PROSZE-1, [PERSON] [CUSTOMER_NUMBER_2]"
    assert respelled(text) == text
    assert respelled("Dzen dobry, prosze podac numer") == "Dzień dobry, proszę podać numer"
    assert respelled("tak. Prosze") == "tak. Proszę"


def test_an_abbreviation_in_capitals_stays() -> None:
    assert respelled("Firma Lampka SA, numer DZE, prosze") == "Firma Lampka SA, numer DZE, proszę"
    assert respelled("PROSZE czekac") == "Proszę czekać"


def test_who_leaves_out_diacritics_means_the_commonest_word_of_that_spelling() -> None:
    text = "Prosze podac, ze paczka i sa trzy, a ja widze to tez"
    assert respelled(text, plain=True) == "Proszę podać, że paczka i są trzy, a ja widzę to też"
    assert "że" not in respelled(text)
    assert leaves_out_diacritics(text * 2)
    assert not leaves_out_diacritics("dzien dobry")
    assert not leaves_out_diacritics(text * 2 + "ż")


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


@pytest.mark.skipif(not TEXTS.exists(), reason="training texts are in a checkout only")
@pytest.mark.parametrize(
    ("change", "least"), [(without_diacritics, 0.88), (with_slips, 0.76), (foreign, 0.88), (regional, 0.54)]
)
def test_most_misspelled_words_are_read_as_they_were_meant(
    change: Callable[[str, str], str], least: float
) -> None:
    """The figures of docs/scorecards.md, on the conversations that the spelling was mended on."""
    misspelled = left = 0
    for name in ("c1", "c4", "c5", "c7", "c8"):
        for line in (TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["labels"]["quality"] not in ("clean", "asr"):
                continue
            texts = [turn["text"] for turn in record["turns"] if turn["speaker"] == "agent"]
            changed = [change(text, record["id"]) for text in texts]
            plain = [leaves_out_diacritics("".join(some)) for some in (texts, changed)]
            for text, twin in zip(texts, changed, strict=True):
                said, written, meant, read = (
                    one.lower().split()
                    for one in (text, twin, respelled(text, plain=plain[0]), respelled(twin, plain=plain[1]))
                )
                if len(said) == len(written) == len(meant) == len(read):
                    misspelled += sum(a != b for a, b in zip(said, written, strict=True))
                    left += sum(a != b for a, b in zip(meant, read, strict=True))
    assert misspelled > 1000
    assert 1 - left / misspelled > least
