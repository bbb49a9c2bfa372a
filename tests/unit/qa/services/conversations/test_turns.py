"""Turns of the page: times, waiting, tags, and words that carry evidence."""

from __future__ import annotations

from typing import Any

from nlp.taxonomy import load_behaviours
from qa.services.conversations.course import course_of
from qa.services.conversations.turns import ShownTurn, shown_turns
from transcripts.serialise import conversation_from_dict


def turns_of(
    record: dict[str, Any], tags: dict[str, Any], evidence: Any, *, blind: bool = False
) -> tuple[ShownTurn, ...]:
    conversation = conversation_from_dict({"id": "c", **record})
    course = course_of(conversation, tags, evidence)
    return shown_turns(conversation, tags, evidence, course, None if blind else load_behaviours())


CALL: dict[str, Any] = {
    "channel": "phone",
    "turns": [
        {"speaker": "agent", "text": "Dzień dobry, słucham.", "start": 0.0, "end": 2.0},
        {"speaker": "customer", "text": "Gdzie moja paczka?", "start": 1.5, "end": 4.0},
        {"speaker": "agent", "text": "Już sprawdzam.", "start": 9.0, "end": 10.0},
    ],
}


def test_words_that_two_marks_share_carry_both() -> None:
    found = turns_of(CALL, {}, {"r-0": [(0, 0, 11)], "c-greeting": [(0, 6, 21)]})
    assert [(piece.text, piece.marks) for piece in found[0].pieces] == [
        ("Dzień ", ("r-0",)),
        ("dobry", ("r-0", "c-greeting")),
        (", słucham.", ("c-greeting",)),
    ]
    assert found[0].marks == ("r-0", "c-greeting")
    assert found[0].text == "Dzień dobry, słucham."
    assert found[1].marks == ()


def test_silence_stands_before_its_turn_and_overtalk_at_who_begins_it() -> None:
    found = turns_of(CALL, {}, {})
    assert [turn.silence for turn in found] == [None, None, 5.0]
    assert [turn.overlap for turn in found] == [None, 0.5, None]


def test_tags_stand_at_their_turns() -> None:
    tags = {
        "behaviours": [
            {"turn": 0, "code": "greeting", "confidence": 0.9},
            {"turn": 0, "code": "empathy", "confidence": 0.06},
        ],
        "sentiment": {"turns": [{"turn": 1, "label": "negative", "score": -0.7}]},
    }
    found = turns_of(CALL, tags, {})
    assert [(one.code, one.name, one.confidence) for one in found[0].behaviours] == [
        ("greeting", "Powitanie", 0.9)
    ]
    assert (found[1].sentiment, found[1].sentiment_score) == ("negative", -0.7)
    assert turns_of(CALL, tags, {}, blind=True)[0].behaviours == ()


def test_a_long_wait_for_a_message_is_told() -> None:
    times = ("10:00:00", "10:01:30", "12:01:30")
    turns = [{"speaker": "customer", "text": "Halo", "at": f"2026-11-02T{time}+01:00"} for time in times]
    found = turns_of({"channel": "chat", "turns": turns}, {}, {})
    assert [turn.wait for turn in found] == [None, None, 7200.0]
    assert found[1].at == "2026-11-02T10:01:30+01:00"


def test_evidence_past_the_end_of_a_text_breaks_nothing() -> None:
    found = turns_of(CALL, {}, {"r-0": [(2, 4, 400), (2, 400, 500)]})
    assert found[2].text == "Już sprawdzam."
