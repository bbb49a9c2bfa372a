"""Analiza potrzeb: how many things are asked before an offer, and whether the offer answers them."""

from __future__ import annotations

import pytest
from scorecard_conversations import behaviours, talk

from scorecards.checks import registered
from scorecards.evaluation import Finding
from scorecards.view import View
from transcripts.conversation import Channel


def asked(*lines: str, questions: int = 1, channel: Channel = "chat") -> Finding:
    return registered()["needs_asked"].run(View(talk(*lines, channel=channel)), questions=questions)


def matched(*lines: str, channel: Channel = "chat") -> Finding:
    return registered()["needs_matched"].run(View(talk(*lines, channel=channel)))


def things(*lines: str, channel: Channel = "chat") -> int:
    """How many different things are asked."""
    return max(n for n in range(9) if n == 0 or asked(*lines, questions=n, channel=channel).outcome == "pass")


OFFER = "a: Polecam model Sosna, 399 zł."


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Do czego będzie służyć?", 1),
        ("Jaki metraż i jaki kolor?", 2),
        ("Ile osób mieszka w domu i czy są zwierzęta?", 2),
        ("Woli Pani biały czy szary?", 1),  # this or that is one thing
        ("Czy to na co dzień, czy od święta?", 1),
        ("Z gałką?", 1),
        ("Jaki jest budżet?", 1),
        ("W czym mogę pomóc?", 0),
        ("Mogę prosić o numer telefonu?", 0),
        ("Czy zamawiamy?", 0),
        ("Dzień dobry, miło mi.", 0),
    ],
)
def test_how_many_things_a_question_asks_for(question: str, number: int) -> None:
    assert things("c: szukam lampy", f"a: {question}", "c: no", OFFER) == number


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("a na rzekę czy na stawy pan jeździ", 1),
        ("a jaki duży pokój i ile tam jest gniazdek", 2),
        ("a zbiornik ile litrów ma", 1),
        ("a wzrost mogę prosić", 1),
        ("dobrze zaraz sprawdzę", 0),
    ],
)
def test_spoken_questions_have_no_marks(question: str, number: int) -> None:
    lines = ("c: szukam lampy", f"a: {question}", "c: no", "a: to polecam sosnę za trzysta złotych")
    assert things(*lines, channel="phone") == number


def test_what_is_asked_after_the_offer_comes_too_late() -> None:
    late = asked("c: szukam lampy", OFFER, "c: a większa?", "a: Do jakiego pokoju?")
    assert (late.outcome, late.reason) == ("fail", "Konsultant proponuje bez pytania.")
    same_turn = asked("c: szukam lampy", "a: Polecam Sosnę. Do jakiego pokoju to będzie?")
    assert same_turn.outcome == "fail"


def test_an_offer_that_a_question_only_mentions_is_none() -> None:
    lines = (
        "c: kupuję laptopa",
        "a: Jaki model proponowali w sklepie?",
        "c: Fala",
        "a: Do czego będzie?",
        "c: gry",
    )
    assert things(*lines, OFFER) == 1  # with an offer in the first question nothing would be asked before it


def test_who_said_it_all_need_not_be_asked() -> None:
    told = "c: Szukam lampy do salonu, trzydzieści metrów, ciepłe światło, do pięciuset złotych, na suficie."
    beside = asked(told, OFFER)
    assert (beside.outcome, beside.confidence) == ("na", 0.72)
    assert beside.evidence
    assert asked(told, "a: A jaki kolor?", "c: biały", OFFER).outcome == "pass"


def test_without_an_offer_nobody_is_sure() -> None:
    nothing = asked("c: gdzie moja paczka", "a: W drodze.")
    assert (nothing.outcome, nothing.confidence) == ("na", 0.6)
    assert asked("c: halo", "a: Do czego to będzie?").confidence == 0.65
    # a price alone may answer somebody who knows what they want
    assert asked("c: ile kosztuje Sosna?", "a: Sosna kosztuje 399 zł.").outcome == "na"


QUESTIONS = (
    "c: szukam lampy",
    "a: Do jakiego pokoju?",
    "c: salon z kominkiem",
    "a: A jaki budżet?",
    "c: pięćset",
)


@pytest.mark.parametrize(
    ("offer", "outcome"),
    [
        ("a: Przy takim budżecie polecam Sosnę za 399 zł.", "pass"),
        ("a: Skoro to salon, polecam Sosnę za 399 zł.", "pass"),
        ("a: Polecam Sosnę, nad kominkiem wygląda dobrze, 399 zł.", "pass"),  # the customer's own word
        ("a: Czyli szuka Pani czegoś do salonu. Polecam Sosnę za 399 zł.", "pass"),
        ("a: Polecam Sosnę za 399 zł.", "fail"),
        ("a: Polecam lampę Sosna za 399 zł.", "fail"),  # what was sought from the beginning is no answer
    ],
)
def test_an_offer_that_takes_up_the_answers(offer: str, outcome: str) -> None:
    found = matched(*QUESTIONS, offer)
    assert found.outcome == outcome
    assert found.evidence
    assert found.confidence <= 0.85


def test_one_question_is_not_enough_to_match() -> None:
    found = matched(
        "c: szukam lampy", "a: Do jakiego pokoju?", "c: salon", "a: Skoro salon, polecam Sosnę, 399 zł."
    )
    assert (found.outcome, found.reason) == ("fail", "Konsultant pyta o potrzeby, ale krótko.")


def test_a_tagged_paraphrase_matches_too() -> None:
    lines = (*QUESTIONS, "a: Rozumiem, o co chodzi. Polecam Sosnę za 399 zł.")
    view = View(talk(*lines, channel="chat", behaviours=behaviours((5, "paraphrase", 0.95))))
    assert registered()["needs_matched"].run(view).outcome == "pass"
