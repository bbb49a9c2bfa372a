"""Quotes: enough around the evidence to understand it, never half a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.quoting import sentence_around

LETTER = "Dzień dobry. We wtorek pobrał mi Pan dwa razy 120 zł! Proszę o zwrot.\nPozdrawiam"
SPEECH = "no dzień dobry ja dzwonię bo mi ściągnęło dwa razy z konta " * 6


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pobrał", "We wtorek pobrał mi Pan dwa razy 120 zł!"),
        ("zwrot", "Proszę o zwrot."),
        ("Pozdrawiam", "Pozdrawiam"),
        ("zł! Proszę", "We wtorek pobrał mi Pan dwa razy 120 zł! Proszę o zwrot."),
    ],
)
def test_the_whole_sentence_is_quoted(words: str, expected: str) -> None:
    start = LETTER.index(words)
    assert sentence_around(LETTER, start, start + len(words)) == expected


def test_speech_without_sentences_is_cut_at_words_on_both_sides() -> None:
    start = SPEECH.index("ściągnęło", 150)
    quote = sentence_around(SPEECH, start, start + 9, most=60)
    assert quote.startswith("… ")
    assert quote.endswith(" …")
    assert "ściągnęło" in quote
    assert len(quote) <= 64
    assert set(quote.strip("… ").split()) <= set(SPEECH.split())


def test_room_not_needed_on_one_side_is_given_to_the_other() -> None:
    assert len(sentence_around(SPEECH, 0, 2, most=100)) > 90


@given(st.text(alphabet="ab .!\n", min_size=1, max_size=80), st.data())
def test_the_evidence_is_always_in_the_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = sentence_around(text, start, end, most=data.draw(st.integers(0, 40)))
    assert "".join(text[start:end].split()) in "".join(quote.replace("…", "").split())
