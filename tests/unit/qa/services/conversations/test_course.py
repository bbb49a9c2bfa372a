"""The course of a conversation: times of calls, turns of everything else."""

from __future__ import annotations

from typing import Any

import pytest

from qa.services.conversations.course import course_of
from transcripts.serialise import conversation_from_dict


def call(*turns: tuple[str, str, float, float], **metadata: Any) -> Any:
    said = [{"speaker": who, "text": text, "start": a, "end": b} for who, text, a, b in turns]
    return conversation_from_dict({"id": "c", "channel": "phone", "turns": said, "metadata": metadata})


TALK = call(
    ("agent", "Dzień dobry.", 1.0, 3.0),
    ("customer", "Dzień dobry, czekam na paczkę.", 2.5, 6.0),
    ("agent", "Sprawdzam.", 13.0, 14.0),
)


def test_silence_and_talking_at_once_have_their_places_and_seconds() -> None:
    course = course_of(TALK, {}, {})
    assert [(one.start, one.end, one.seconds) for one in course.silences] == [(6.0, 13.0, 7.0)]
    assert [(one.start, one.seconds) for one in course.overtalk] == [(2.5, 0.5)]
    assert (course.unit, course.length, course.silent, course.at_once) == ("seconds", 14.0, 7.0, 0.5)
    assert course.shares == pytest.approx({"agent": 3 / 6.5, "customer": 3.5 / 6.5}, abs=1e-3)


@pytest.mark.parametrize("end", [2.6, 2.5, 2.0])
def test_what_no_ear_tells_apart_is_no_talking_at_once(end: float) -> None:
    course = course_of(call(("agent", "Tak.", 1.0, end), ("customer", "No.", 2.5, 4.0)), {}, {})
    assert course.overtalk == ()


def test_the_measures_of_the_call_say_how_long_it_is_and_what_counts_as_silence() -> None:
    figures = {"duration": 20.0, "silence": {"threshold": 7.5}}
    course = course_of(call(("agent", "a", 0.0, 1.0), ("agent", "b", 8.0, 9.0), call_metrics=figures), {}, {})
    assert (course.length, course.silence_from, course.silences) == (20.0, 7.5, ())


@pytest.mark.parametrize(
    "figures", [None, "7", {"duration": "x", "silence": 3}, {"silence": {"threshold": None}}]
)
def test_measures_that_are_none_are_passed_over(figures: Any) -> None:
    course = course_of(call(("agent", "a", 0.0, 1.0), call_metrics=figures), {}, {})
    assert (course.length, course.silence_from) == (1.0, 3.0)


def test_evidence_lies_within_its_turn_by_its_letters() -> None:
    text = TALK.turns[1].text
    course = course_of(TALK, {}, {"r-0": [(1, text.index("czekam"), len(text))], "c-x": [(0, 0, 12)]})
    reason, criterion = course.carried
    assert (reason.name, reason.turn, reason.end) == ("r-0", 1, 6.0)
    assert 2.5 < reason.start < 6.0
    assert (criterion.name, criterion.start, criterion.end) == ("c-x", 1.0, 3.0)


def test_sentiment_stands_in_the_middle_of_its_turn() -> None:
    tags = {"sentiment": {"turns": [{"turn": 1, "label": "negative", "score": -0.8}]}}
    (felt,) = course_of(TALK, tags, {}).moods
    assert (felt.turn, felt.at, felt.label, felt.score) == (1, 4.25, "negative", -0.8)


def test_a_chat_is_measured_in_turns_and_has_no_silence() -> None:
    turns = [{"speaker": who, "text": "Halo"} for who in ("customer", "agent", "customer")]
    chat = conversation_from_dict({"id": "c", "channel": "chat", "turns": turns})
    tags = {"sentiment": {"turns": [{"turn": 2, "label": "positive", "score": 0.5}]}}
    course = course_of(chat, tags, {"r-0": [(1, 0, 2)]})
    assert (course.unit, course.length, course.silences, course.shares) == ("turns", 3.0, (), {})
    assert [one.at for one in course.moods] == [2.5]
    assert [(one.start, one.end) for one in course.carried] == [(1.0, 1.5)]


def test_turns_without_times_in_a_call_are_left_out() -> None:
    turns = [{"speaker": "agent", "text": "a", "start": 0, "end": 2}, {"speaker": "system", "text": "koniec"}]
    found = course_of(
        conversation_from_dict({"id": "c", "channel": "phone", "turns": turns}), {}, {"r-0": [(1, 0, 3)]}
    )
    assert [one.turn for one in found.spoken] == [0]
    assert found.carried == ()


def test_nothing_at_all_has_a_course_too() -> None:
    empty = conversation_from_dict(
        {"id": "c", "channel": "review", "turns": [{"speaker": "customer", "text": ""}]}
    )
    course = course_of(empty, {}, {"r-0": [(0, 0, 0)]})
    assert (course.length, course.moods) == (1.0, ())
