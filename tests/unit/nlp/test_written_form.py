"""Numbers said in words and how they are written; what only looks like a number stays."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.written_form import changes, written


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("kwota trzysta dziewiętnaście złotych i dziewięćdziesiąt dziewięć groszy.", "kwota 319,99 zł."),
        ("To pięć złotych pięć groszy", "To 5,05 zł"),
        ("dopłaci pan czterdzieści groszy", "dopłaci pan 40 gr"),
        ("tysiąc dwieście złotych", "1200 zł"),
        ("zamówienie z trzeciego października", "zamówienie z 3 października"),
        ("do dwudziestego ósmego lutego dwa tysiące dwudziestego szóstego roku", "do 28 lutego 2026 roku"),
        ("kurier o piętnastej trzydzieści", "kurier o 15:30"),
        ("o ósmej zero pięć", "o 8:05"),
        ("do godziny dwudziestej", "do godziny 20:00"),
        ("piętnaście procent taniej", "15% taniej"),
        ("numer to osiem trzy zero, sześć jeden pięć.", "numer to 830615."),
        (
            "pięćset jeden, dwieście trzydzieści cztery, sześćset siedemdziesiąt osiem",
            "501 234 678",
        ),
        ("kod pocztowy zero dwa, siedemset dziewięćdziesiąt siedem", "kod pocztowy 02-797"),
        ("zamówienie osiemset trzydzieści sześćset piętnaście", "zamówienie 830615"),
        ("numer zamowienia osiem trzy 0 sześć", "numer zamowienia 8306"),
        ("termin to trzydzieści dni", "termin to 30 dni"),
        ("nr podwójne zero siedem trzy", "nr 0073"),
        ("[PHONE] i czternaście dni", "[PHONE] i 14 dni"),
    ],
)
def test_said_and_written(said: str, shown: str) -> None:
    assert written(said) == shown
    for change in changes(said):
        assert said[change.start : change.end] != change.written


@pytest.mark.parametrize(
    "text",
    [
        "dwie paczki i jedna koperta",
        "dzwonię drugi raz",
        "mówię o drugiej paczce",
        "jeden z kurierów",
        "dwa, trzy dni",
        "501 234 678",
        "zamówienie 830-615",
        "12.05.2026",
        "za 319,99 zł",
        "",
        "proszę pana",
    ],
)
def test_what_stays(text: str) -> None:
    assert written(text) == text


def test_counting_is_not_dictating() -> None:
    assert written("dwadzieścia, trzydzieści, czterdzieści osób") == "20, 30, 40 osób"
    assert written("sto, dwieście złotych") == "100, 200 zł"


_WORDS = st.sampled_from(
    [
        "sto",
        "dwa",
        "zero",
        "złotych",
        "i",
        "groszy",
        "o",
        "ósmej",
        "trzeciego",
        "maja",
        "numer",
        "[PESEL]",
        "tysiąc",
        "dwadzieścia",
        ",",
        ".",
        "7",
        "12",
        "procent",
    ]
)


@given(st.lists(_WORDS, max_size=14).map(" ".join))
def test_changes_lie_in_order_within_the_text_and_writing_again_changes_nothing_else(text: str) -> None:
    found = changes(text)
    assert all(0 <= c.start < c.end <= len(text) for c in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert written(text).count("[PESEL]") == text.count("[PESEL]")


def test_the_filters_write_the_redacted_text_and_only_of_calls() -> None:
    from qa.filters import with_written

    turns = [{"text": "mój pesel to [PESEL], dwadzieścia złotych", "written": "85071412345"}, {"text": "tak"}]
    got = with_written({"channel": "phone", "turns": turns})["turns"]
    assert got == [{**turns[0], "written": "mój pesel to [PESEL], 20 zł"}, {"text": "tak"}]
    said = with_written({"channel": "phone", "turns": [{"text": "yyy no tak", "fillers": []}]})["turns"]
    assert said == [{"text": "yyy no tak", "fillers": [{"start": 0, "end": 3}]}]
    chat = {"channel": "chat", "turns": [{"text": "dwadzieścia złotych"}]}
    assert with_written(chat) == chat
