"""Names by ear: what sounds the same is put right, what merely looks alike is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.conversation import Word
from transcripts.glossary import Glossary

NAMES = ["Zielona Półka", "Roomba", "InPost", "Philips", "Dom i Ogród", "Allegro"]


def heard(text: str, probability: float = 0.9) -> list[Word]:
    return [Word(f" {w}", i, i + 1.0, probability) for i, w in enumerate(text.split())]


def written(text: str, probability: float = 0.9) -> str:
    return "".join(w.text for w in Glossary(NAMES).corrected(heard(text, probability))[0]).strip()


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("dzwonię do zielonej pułki.", "dzwonię do Zielonej Półki."),
        ("kupiłam rumbę, ale", "kupiłam Roombę, ale"),
        ("in post nie dowiózł", "InPost nie dowiózł"),
        ("wysłali inpostem", "wysłali InPostem"),
        ("odkurzacz filipsa", "odkurzacz Philipsa"),
        ("kupione na alegro", "kupione na Allegro"),
    ],
)
def test_what_sounds_the_same_is_put_right_with_its_ending(said: str, right: str) -> None:
    assert written(said) == right


def test_what_sounds_nearly_the_same_only_where_the_recogniser_was_unsure() -> None:
    assert written("paczka z impostu", 0.4) == "paczka z InPostu"
    assert written("to zwykły impost", 0.9) == "to zwykły impost"
    assert written("do mi ogród mówi Piotr", 0.4) == "Dom i Ogród mówi Piotr"


@pytest.mark.parametrize(
    "plain", ["na półce zielonej stoi", "romby i kwadraty", "post w sieci", "rum bez lodu"]
)
def test_other_words_stay(plain: str) -> None:
    assert written(plain) == plain


def test_a_name_that_is_right_is_not_counted() -> None:
    words = heard("w Zielonej Półce")
    assert Glossary(NAMES).corrected(words) == (words, 0)
    assert Glossary([]).corrected(words) == (words, 0)


def test_times_stay_within_what_was_heard() -> None:
    words, count = Glossary(NAMES).corrected(heard("no in post, nie"))
    assert count == 1
    assert [(w.text, w.start, w.end) for w in words] == [(" no", 0, 1), (" InPost,", 1, 3), (" nie", 3, 4)]


@given(st.text(max_size=60), st.floats(0, 1))
def test_any_text(text: str, probability: float) -> None:
    words = heard(text, probability)
    got, _count = Glossary(NAMES).corrected(words)
    assert [w.start for w in got] == sorted(w.start for w in got)
    assert bool(got) == bool(words)
