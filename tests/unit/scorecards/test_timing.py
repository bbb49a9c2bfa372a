"""Response times: the clock, working hours and holidays, automatic answers, missing times."""

import dataclasses
from datetime import datetime

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.service_hours import ServiceHours
from scorecards.view import View
from transcripts.conversation import Channel

DAY = "2026-11-03T"  # a Tuesday
OFFICE = {"days_a_week": 5, "opens": 8.0, "closes": 16.0}


def at(text: str) -> datetime:
    """``09:00`` on the day of the tests, or a whole moment; summer and winter time by the zone of the text."""
    return datetime.fromisoformat(text if "T" in text else f"{DAY}{text}:00+01:00")


def found(
    name: str, *lines: str, channel: Channel = "social", started: str = "", **parameters: float
) -> Finding:
    """Lines like ``09:00 c: tekst``; ``-`` stands for no time."""
    times, said = zip(*(line.split(" ", 1) for line in lines), strict=True)
    tagged = talk(*said, channel=channel)
    turns = tuple(
        dataclasses.replace(turn, at=None if time == "-" else at(time))
        for turn, time in zip(tagged.conversation.turns, times, strict=True)
    )
    conversation = dataclasses.replace(
        tagged.conversation, turns=turns, started_at=at(started) if started else None
    )
    return registered()[name].run(View(dataclasses.replace(tagged, conversation=conversation)), **parameters)


ANSWER = "a: Paczka jest w sortowni w Łodzi."


@pytest.mark.parametrize(
    "lines",
    [
        ("09:00 c: gdzie paczka", f"09:40 {ANSWER}"),
        ("09:00 c: gdzie paczka", f"11:00 {ANSWER}"),
        ("09:00 c: halo", "09:01 c: jest tam kto", "09:50 c: ???", f"10:59 {ANSWER}"),
        ("08:00 s: Nowy komentarz", "09:00 c: hej", f"09:05 {ANSWER}"),
        ("09:00 c: hej", "09:00 b: Dziękujemy za komentarz!", f"10:30 {ANSWER}"),
        ("09:00 c: hej", "09:01 a: To wiadomość automatyczna, nie odpowiadaj.", f"10:30 {ANSWER}"),
        ("2026-11-02T23:30:00+01:00 c: hej", f"2026-11-03T01:00:00+01:00 {ANSWER}"),
        ("2026-10-25T01:30:00+02:00 c: hej", f"2026-10-25T02:20:00+01:00 {ANSWER}"),
        ("2026-11-03T09:00:00 c: hej", f"2026-11-03T09:30:00 {ANSWER}"),
        ("2026-11-03T09:00:00 c: hej", f"2026-11-03T10:00:00+01:00 {ANSWER}"),
        ("09:00 c: hej", f"09:00 {ANSWER}"),
        ("08:00 a: Zapraszamy na wyprzedaż!", "09:00 c: do kiedy", f"09:30 {ANSWER}"),
    ],
)
def test_first_answer_in_time(lines: tuple[str, ...]) -> None:
    assert found("response_time", *lines, hours=2.0).outcome == "pass"


@pytest.mark.parametrize(
    "lines",
    [
        ("09:00 c: gdzie paczka", f"11:01 {ANSWER}"),
        ("09:00 c: gdzie paczka", f"2026-11-04T09:00:00+01:00 {ANSWER}"),
        ("09:00 c: hej", "09:01 b: Cześć, zaraz ktoś odpisze", f"12:30 {ANSWER}"),
        ("09:00 c: hej", "09:01 a: Wiadomość wygenerowana automatycznie.", f"14:00 {ANSWER}"),
        (
            "09:00 c: hej",
            "09:01 a: Dziękujemy za wiadomość. Odpowiemy najszybciej, jak się da.",
            f"15:10 {ANSWER}",
        ),
        ("09:00 c: hej", "09:02 a: jesteśmy offline, wrócimy jutro", f"19:00 {ANSWER}"),
        ("09:00 c: raz", "10:59 c: dwa", f"11:30 {ANSWER}"),
        ("2026-10-25T00:30:00+02:00 c: hej", f"2026-10-25T02:00:00+01:00 {ANSWER}"),
        ("2026-11-03T09:00:00 c: hej", f"2026-11-03T12:00:00+01:00 {ANSWER}"),
        ("2026-11-07T20:00:00+01:00 c: sobota", f"2026-11-09T08:00:00+01:00 {ANSWER}"),
        ("07:00 c: hej", "08:30 s: Przypisano do zespołu", f"09:30 {ANSWER}"),
        ("09:00 c: hej", "09:10 a: odpowiedź automatyczna: biuro poza godzinami pracy"),
    ],
)
def test_first_answer_too_late(lines: tuple[str, ...]) -> None:
    assert found("response_time", *lines, hours=2.0).outcome == "fail"


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (("- c: hej", f"- {ANSWER}"), "review"),
        (("- c: hej", f"10:00 {ANSWER}"), "review"),
        (("09:00 c: hej", f"- {ANSWER}"), "review"),
        (("09:00 c: hej", f"08:00 {ANSWER}"), "review"),
        (("- a: Zapraszamy na promocję",), "na"),
    ],
)
def test_without_times_nobody_guesses(lines: tuple[str, ...], outcome: str) -> None:
    result = found("response_time", *lines)
    assert result.outcome == outcome
    assert outcome != "review" or result.confidence == 0


def test_a_call_has_no_response_time() -> None:
    for name in ("response_time", "later_response_time"):
        assert found(name, "09:00 c: halo", f"19:00 {ANSWER}", channel="phone").outcome == "na"


def test_the_start_of_the_conversation_times_its_first_message() -> None:
    assert found("response_time", "- c: hej", f"09:30 {ANSWER}", started="09:00").outcome == "pass"
    assert found("response_time", "- c: hej", f"15:00 {ANSWER}", started="09:00").outcome == "fail"


def test_impossible_hours_of_work_are_left_to_a_person() -> None:
    said = ("09:00 c: hej", f"09:30 {ANSWER}")
    for wrong in ({"opens": 16.0, "closes": 8.0}, {"closes": 30.0}, {"days_a_week": 9}):
        assert found("response_time", *said, **wrong).outcome == "review"
        assert found("later_response_time", *said, **wrong).outcome == "review"


FIRST = ("09:00 c: gdzie paczka", f"09:10 {ANSWER}")


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ((), "na"),
        (("09:20 c: i co?", "10:00 a: Jedzie."), "pass"),
        (("09:20 c: i co?", "15:00 a: Jedzie."), "fail"),
        (("09:20 c: i co?", "09:30 a: Jedzie.", "09:40 c: a kiedy?", "18:00 a: Jutro."), "fail"),
        (("09:20 c: dzięki!", "18:00 a: Miłego dnia!"), "na"),
        (("09:20 c: dzieki pozdrawiam",), "na"),
        (("09:20 c: super, ale kiedy będzie?", "18:00 a: Jutro."), "fail"),
        (("09:20 c: dziękuję, a co ze zwrotem za tę drugą parę butów", "18:00 a: Jutro."), "fail"),
        (("09:20 c: i co?",), "review"),
        (("- c: i co?", "10:00 a: Jedzie."), "review"),
        (("09:20 c: i co?", "- a: Jedzie."), "review"),
        (("- c: i co?", "- a: Jedzie.", "10:00 c: kiedy", "20:00 a: Jutro."), "fail"),
        (("09:20 c: ok", "09:25 c: a faktura?", "09:40 a: Wysłana."), "pass"),
    ],
)
def test_later_answers(lines: tuple[str, ...], outcome: str) -> None:
    assert found("later_response_time", *FIRST, *lines, hours=2.0).outcome == outcome


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-03T09:00+01:00", "2026-11-03T11:00+01:00", 2),
        ("2026-11-03T06:00+01:00", "2026-11-03T09:00+01:00", 1),
        ("2026-11-03T15:00+01:00", "2026-11-04T09:00+01:00", 2),
        ("2026-11-06T15:30+01:00", "2026-11-09T08:30+01:00", 1),
        ("2026-11-07T10:00+01:00", "2026-11-08T20:00+01:00", 0),
        ("2026-11-10T15:00+01:00", "2026-11-12T09:00+01:00", 2),  # 11 November
        ("2026-12-23T15:00+01:00", "2026-12-28T09:00+01:00", 2),  # Christmas Eve is free since 2025
        ("2024-12-23T15:00+01:00", "2024-12-24T09:00+01:00", 2),
        ("2026-06-03T15:00+02:00", "2026-06-05T08:30+02:00", 1.5),  # Corpus Christi
        ("2026-04-03T15:00+02:00", "2026-04-07T09:00+02:00", 2),  # Easter
        ("2026-05-01T10:00+02:00", "2026-05-04T09:00+02:00", 1),
        ("2026-11-03T20:00+01:00", "2026-11-03T23:00+01:00", 0),
        ("2026-11-03T12:00+01:00", "2026-11-03T11:00+01:00", 0),
        ("2026-11-03T07:00+00:00", "2026-11-03T09:00+00:00", 2),
    ],
)
def test_working_hours(start: str, end: str, hours: float) -> None:
    service = ServiceHours(5, 8.0, 16.0)
    counted = service.between(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert counted == pytest.approx(hours)


def test_a_working_day_until_midnight_and_a_night_of_changed_clocks() -> None:
    service = ServiceHours(6, 8.0, 24.0)
    saturday = datetime.fromisoformat("2026-11-07T22:00+01:00")
    assert service.between(saturday, datetime.fromisoformat("2026-11-09T09:00+01:00")) == pytest.approx(3)
    spring = ServiceHours(6, 0.0, 24.0)
    start = datetime.fromisoformat("2026-03-28T23:00+01:00")
    assert spring.between(start, datetime.fromisoformat("2026-03-30T01:00+02:00")) == pytest.approx(2)


def test_years_between_two_messages_are_counted_at_once() -> None:
    start, end = (
        datetime.fromisoformat("1990-01-01T00:00+01:00"),
        datetime.fromisoformat("2026-01-01T00:00+01:00"),
    )
    assert ServiceHours(5, 8.0, 16.0).between(start, end) > 300_000


def test_working_hours_decide_the_outcome() -> None:
    said = ("2026-11-10T15:30:00+01:00 c: hej", f"2026-11-12T09:00:00+01:00 {ANSWER}")
    assert found("response_time", *said, hours=2.0).outcome == "fail"
    assert found("response_time", *said, hours=2.0, **OFFICE).outcome == "pass"
