"""The vocabulary of the spelling: what the training texts give, and that the file holds just that."""

from __future__ import annotations

import pytest

from nlp.spelling import VOCABULARY, lacks_marks_of
from nlp.training.examples import Example
from nlp.training.vocabulary import TEXTS, common_words, from_texts
from nlp.windows import Document


def written(*texts: str, quality: str = "clean") -> list[Example]:
    return [
        Example(f"e-{i}", "w", "chat", quality, Document("agent", (0,), (text,)))
        for i, text in enumerate(texts)
    ]


def test_the_commonest_words_that_the_dictionary_knows_come_first() -> None:
    texts = written("Paczka, paczka i paczka", "zwrot Zwrot", "raz", "qwxzy qwxzy", "i i", "buty buty")
    assert common_words(texts) == ["paczka", "buty", "zwrot"]


def test_carelessly_spelled_texts_teach_nothing() -> None:
    assert common_words(written("sukienka sukienka", quality="typos")) == []
    assert common_words(written("sukienka sukienka", quality="nodia")) == []
    assert common_words(written("sukienka sukienka", quality="asr")) == ["sukienka"]


def test_what_careful_writers_let_slip_is_left_out() -> None:
    texts = written("się " * 100 + "sie sie", "za " * 100, "że " * 40 + "ze " * 30)
    assert common_words(texts) == ["się", "za", "że", "ze"]


@pytest.mark.parametrize(
    ("word", "other", "lacks"),
    [
        ("dziekuje", "dziękuję", True),
        ("dziękuje", "dziękuję", True),
        ("dziękuję", "dziękuje", False),
        ("dziękują", "dziękuję", False),
        ("sie", "się", True),
        ("si", "się", False),
    ],
)
def test_which_word_lacks_the_diacritics_of_another(word: str, other: str, lacks: bool) -> None:
    assert lacks_marks_of(word, other) == lacks


@pytest.mark.skipif(not TEXTS.exists(), reason="training texts are in a checkout only")
def test_the_file_holds_what_the_command_writes() -> None:
    """After a change of the training texts: python -m nlp.training.vocabulary."""
    assert VOCABULARY.read_text(encoding="utf-8") == from_texts()
