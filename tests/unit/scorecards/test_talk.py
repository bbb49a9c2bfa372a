"""One thing at a time in writing, shares of speech in calls, answers to upset customers, recaps that are taken back."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from scorecard_conversations import talk

from scorecards.checks import registered
from scorecards.evaluation import Finding
from scorecards.view import View
from transcripts.conversation import Turn
from transcripts.tags import SentimentTag, TaggedConversation, TurnSentiment


def found(check: str, tagged: TaggedConversation, **parameters: Any) -> Finding:
    return registered()[check].run(View(tagged), **parameters)


def outcome(check: str, *lines: str, channel: str = "chat", **parameters: Any) -> str:
    return found(check, talk(*lines, channel=channel), **parameters).outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Kiedy przyszedł ten czajnik? Czy wyciek jest od razu po nalaniu?", "pass"),
        ("Kiedy przyszedł ten czajnik? Czy wyciek jest od razu? Jaka jest woda? Gdzie go stawiasz?", "fail"),
        ("Poproszę imię, nazwisko i numer zamówienia.", "na"),
        ("Zanim zacznę: zapisze się Pani do naszego klubu klienta?", "fail"),
        ("Proszę najpierw wypełnić ankietę o zadowoleniu, link niżej.", "fail"),
    ],
)
def test_one_thing_at_a_time(message: str, expected: str) -> None:
    assert outcome("one_thing_at_a_time", "c: cieknie mi nowy czajnik", f"a: {message}") == expected


def test_what_the_customer_asks_for_is_no_other_topic() -> None:
    lines = ("c: jak się wypisać z newslettera?", "a: Czy chodzi o newsletter dla stałych klientów?")
    assert outcome("one_thing_at_a_time", *lines) == "pass"
    lines = ("c: chcę zniknąć z waszej bazy", "a: Mam usunąć konto, czy tylko wypisać Panią z newslettera?")
    assert outcome("one_thing_at_a_time", *lines) == "pass"


def call(*times: tuple[str, float, float]) -> TaggedConversation:
    tagged = talk(*(f"{speaker}: słowo słowo słowo" for speaker, _, _ in times), channel="phone")
    turns = tuple(
        dataclasses.replace(turn, start=start, end=end)
        for turn, (_, start, end) in zip(tagged.conversation.turns, times, strict=True)
    )
    return dataclasses.replace(tagged, conversation=dataclasses.replace(tagged.conversation, turns=turns))


def test_shares_of_speech_are_measured_from_the_times() -> None:
    even = call(("a", 0, 10), ("c", 10, 20), ("a", 20, 30))
    assert found("talk_share", even).outcome == "pass"
    assert found("talk_share", even, most=0.5).outcome == "fail"
    assert "67 %" in found("talk_share", even).reason
    assert found("talk_share", call(("c", 0, 60), ("a", 60, 62))).outcome == "fail"


def test_speaking_over_the_customer_is_measured_from_the_times() -> None:
    assert found("overtalk", call(("a", 0, 10), ("c", 10, 20))).outcome == "pass"
    assert found("overtalk", call(("c", 0, 10), ("a", 4, 14))).outcome == "fail"


def test_without_times_or_in_writing_nothing_is_measured() -> None:
    for check in ("talk_share", "overtalk"):
        assert outcome(check, "a: dzień dobry", "c: dzień dobry", channel="phone") == "review"
        assert outcome(check, "a: dzień dobry", "c: dzień dobry") == "na"


def upset(tagged: TaggedConversation, *turns: int) -> TaggedConversation:
    labels = tuple(
        TurnSentiment(i, "negative" if i in turns else "neutral", 0.0)
        for i, turn in enumerate(tagged.conversation.turns)
        if turn.speaker == "customer"
    )
    sentiment = SentimentTag("neutral", "neutral", "neutral", 0.0, 0.9, labels)
    return dataclasses.replace(tagged, sentiment=sentiment)


def test_a_behaviour_can_be_asked_for_in_answer_to_an_upset_customer() -> None:
    lines = (
        "a: Dzień dobry.",
        "c: to skandal",
        "a: Bardzo mi przykro.",
        "c: ile jeszcze mam na to czekać",
        "a: Sprawdzam.",
    )
    asked = {"behaviour": "empathy", "where": "after_negative"}
    assert found("behaviour_present", upset(talk(*lines), 1), **asked).outcome == "pass"
    assert found("behaviour_present", upset(talk(*lines), 3), **asked).outcome == "fail"
    assert found("behaviour_present", upset(talk(*lines)), **asked).outcome == "na"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Już sprawdzam, co się stało.", "pass"),
        ("Chętnie pomogę z tym zwrotem.", "pass"),
        ("Zajmę się tym od razu.", "pass"),
        ("Nie możemy nic zrobić.", "fail"),
        ("Regulamin jest na stronie.", "fail"),
    ],
)
def test_positive_formulas(reply: str, expected: str) -> None:
    assert outcome("positive_formulas", "c: zgubiliście paczkę", f"a: {reply}") == expected


RECAP = "a: Czyli podsumowując: paczka zostaje na stary adres, a kurier przyjedzie w piątek."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("tak, dziękuję", "pass"),
        ("nie, na nowy adres i w czwartek", "review"),
        ("źle pan zapisał, miało być na nowy", "review"),
        ("nie, dziękuję, to wszystko", "pass"),
        ("nie tak dawno zmieniałem, ale dobrze", "review"),
    ],
)
def test_a_summary_that_the_customer_takes_back_goes_to_a_person(answer: str, expected: str) -> None:
    lines = ("c: chcę zmienić adres", "a: Już zmieniam.", RECAP, f"c: {answer}", "a: Rozumiem.")
    assert outcome("recap", *lines, channel="phone") == expected


def test_an_answer_that_only_asks_to_wait_is_not_the_last_word() -> None:
    def said(turn: Turn, minute: int) -> Turn:
        from datetime import UTC, datetime

        return dataclasses.replace(turn, at=datetime(2026, 11, 2, 10, minute, tzinfo=UTC))

    tagged = talk("c: gdzie paczka", "a: Chwileczkę, już sprawdzam.", channel="chat")
    turns = tuple(said(turn, i) for i, turn in enumerate(tagged.conversation.turns))
    tagged = dataclasses.replace(tagged, conversation=dataclasses.replace(tagged.conversation, turns=turns))
    assert found("later_response_time", tagged).outcome == "fail"


def test_what_is_expressly_not_promised_is_no_promise() -> None:
    reply = "a: Nie mogę obiecać, że zwrócimy pieniądze do jutra."
    assert outcome("commitments_dated", "c: kiedy zwrot?", reply) == "na"
    assert outcome("commitments_dated", "c: kiedy zwrot?", "a: Zwrócimy pieniądze do jutra.") == "pass"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("To mit, że na odstąpienie od umowy jest 30 dni.", "na"),
        ("Dawniej na odstąpienie od umowy było 30 dni, teraz jest 14 dni.", "pass"),
        ("Na odstąpienie od umowy jest 30 dni.", "fail"),
    ],
)
def test_what_is_denied_or_past_is_no_stated_term(reply: str, expected: str) -> None:
    assert outcome("stated_terms_right", "c: ile mam na zwrot?", f"a: {reply}") == expected
