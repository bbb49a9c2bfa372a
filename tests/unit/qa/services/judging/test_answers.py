"""A person's answer to a criterion: which words there are, and what they become."""

from __future__ import annotations

import pytest

from qa.errors import UsageProblem
from qa.services.judging.answers import (
    LEVELS,
    WORDS,
    Answer,
    as_kept,
    automatic_word,
    choices,
    kept_word,
    levels_of,
    machine_kept,
    outcomes_of,
    read_answer,
    shown_scale,
)
from scorecards import Criterion, Level, Scale
from scorecards.scale import TOPS

PLAIN = Criterion("greeting", "Powitanie", "Czy wita?", 10, "greeting")
SCALED = Criterion("recap", "Podsumowanie", "Jak?", 10, "x", scale=Scale("0-3", 2, (Level("Nic."),) * 4))


def test_the_words_are_outcomes_and_all_levels_that_there_can_be() -> None:
    assert ("pass", "fail", "na", *LEVELS) == WORDS
    assert len(LEVELS) == 1 + max(TOPS.values())
    assert choices(PLAIN) == choices(None) == ("pass", "fail", "na")
    assert choices(SCALED) == ("0", "1", "2", "3", "na")


@pytest.mark.parametrize(
    ("criterion", "word", "answer"),
    [
        (PLAIN, "pass", Answer("pass")),
        (PLAIN, None, Answer(None)),
        (SCALED, "0", Answer("fail", 0)),
        (SCALED, "1", Answer("fail", 1)),
        (SCALED, "2", Answer("pass", 2)),
        (SCALED, "3", Answer("pass", 3)),
        (SCALED, "na", Answer("na")),
        (SCALED, None, Answer(None)),
    ],
)
def test_a_word_is_an_outcome_with_its_level(criterion: Criterion, word: str | None, answer: Answer) -> None:
    assert read_answer(criterion, word) == answer
    assert kept_word(as_kept(criterion, answer)) == word


@pytest.mark.parametrize("word", ["2", "review", "", "PASS", "pass ", "-1"])
def test_what_does_not_answer_is_refused(word: str) -> None:
    with pytest.raises(UsageProblem, match="pass, fail albo na"):
        read_answer(PLAIN, word)


@pytest.mark.parametrize("word", ["4", "5", "pass", "fail", "review", "", "-1", "2.0", "²", "٢", "02", " 2"])
def test_what_is_no_level_is_refused_with_the_scale(word: str) -> None:
    with pytest.raises(UsageProblem, match="„Podsumowanie” ocenia się poziomem od 0 do 3 albo na"):
        read_answer(SCALED, word)


def test_only_a_scale_has_levels_kept() -> None:
    assert as_kept(PLAIN, Answer("pass")) == {"outcome": "pass"}
    assert as_kept(SCALED, Answer("na")) == {"outcome": "na", "level": None}
    assert machine_kept(PLAIN, "pass", None, 0.9) == {"automatic": "pass", "confidence": 0.9}
    machine = machine_kept(SCALED, "fail", 1, 0.8)
    assert machine == {"automatic": "fail", "confidence": 0.8, "automatic_level": 1}
    assert automatic_word(machine) == "1"
    assert automatic_word(machine_kept(SCALED, None, None, None)) is None


def test_a_review_gives_its_outcomes_and_levels() -> None:
    criteria = {
        "a": {"outcome": "pass"},
        "b": {"outcome": "fail", "level": 0},
        "c": {"outcome": "na", "level": None},
        "d": {"outcome": None, "level": None},
    }
    assert outcomes_of(criteria) == {"a": "pass", "b": "fail", "c": "na"}
    assert levels_of(criteria) == {"b": 0}


def test_a_scale_is_shown_with_what_its_levels_mean() -> None:
    shown = shown_scale(SCALED.scale)
    assert shown is not None
    assert (shown.pass_from, shown.top, shown.levels) == (2, 3, ("Nic.",) * 4)
    assert shown_scale(None) is None
