"""Answers within the times that a policy promises, counted in its calendar."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.calendar import ALWAYS, Calendar
from scorecards.checks import registered
from scorecards.policy import Policy, Response
from scorecards.service_hours import ServiceHours
from scorecards.view import View
from transcripts.conversation import Channel

OFFICE = ((8.0, 16.0),)
WEEK = Calendar((OFFICE,) * 5 + ((), ()), holidays=True)
LUNCH = Calendar((((8.0, 12.0), (13.0, 16.0)),) * 5 + ((), ()))
CHRISTMAS = Calendar(
    (OFFICE,) * 5 + ((), ()), True, {date(2026, 12, 13): ((10.0, 16.0),), date(2026, 12, 31): ()}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+01:00")


@pytest.mark.parametrize(
    ("calendar", "start", "end", "hours"),
    [
        (WEEK, "2026-11-03T15:00", "2026-11-04T09:00", 2.0),  # over a night
        (WEEK, "2026-11-06T15:30", "2026-11-09T08:30", 1.0),  # over a weekend
        (WEEK, "2026-11-10T15:00", "2026-11-12T09:00", 2.0),  # Independence Day
        (WEEK, "2026-11-07T10:00", "2026-11-08T20:00", 0.0),  # closed all the time
        (WEEK, "2026-11-03T07:00", "2026-11-03T08:15", 0.25),
        (LUNCH, "2026-11-03T11:30", "2026-11-03T13:30", 1.0),
        (CHRISTMAS, "2026-12-11T15:00", "2026-12-13T11:00", 2.0),  # a Sunday before Christmas
        (CHRISTMAS, "2026-12-30T15:00", "2027-01-04T09:00", 2.0),  # New Year's Eve, New Year, a weekend
        (CHRISTMAS, "2026-12-23T15:00", "2026-12-28T09:00", 2.0),  # Christmas Eve is a holiday since 2025
        (Calendar(), "2026-12-25T15:00", "2026-12-25T17:30", 2.5),
        (WEEK, "2026-11-04T09:00", "2026-11-03T09:00", 0.0),
    ],
)
def test_only_open_hours_count(calendar: Calendar, start: str, end: str, hours: float) -> None:
    assert calendar.between(at(start), at(end)) == pytest.approx(hours)


def test_the_night_when_clocks_change_has_its_own_length() -> None:
    start, end = (
        datetime.fromisoformat("2026-10-24T20:00:00+02:00"),
        datetime.fromisoformat("2026-10-25T08:00:00+01:00"),
    )
    assert Calendar().between(start, end) == pytest.approx(13.0)
    night = Calendar((ALWAYS,) * 7, True)
    assert night.between(start, end) == pytest.approx(13.0)


def test_an_old_cards_hours_and_a_calendar_of_the_same_count_alike() -> None:
    for day in range(1, 28):
        start, end = at(f"2026-11-{day:02d}T13:20"), at("2026-12-01T10:45")
        assert WEEK.between(start, end) == pytest.approx(ServiceHours(5, 8.0, 16.0).between(start, end))


def found(
    name: str, asked: str, answered: str, channel: Channel = "email", policy: Policy | None = None
) -> Finding:
    tagged = talk("c: gdzie paczka", "a: Już sprawdzam.", channel=channel)
    turns = tuple(
        dataclasses.replace(turn, at=at(time))
        for turn, time in zip(tagged.conversation.turns, (asked, answered), strict=True)
    )
    conversation = dataclasses.replace(tagged.conversation, turns=turns)
    return registered()[name].run(View(dataclasses.replace(tagged, conversation=conversation)), policy=policy)


SHOP = Policy("s", 1, "S", WEEK, {"email": Response(4.0, 8.0), "chat": Response(60 / 3600)})


@pytest.mark.parametrize(
    ("asked", "answered", "channel", "outcome"),
    [
        ("2026-11-06T15:00", "2026-11-09T10:00", "email", "pass"),  # 3 h over a weekend
        ("2026-11-06T15:00", "2026-11-09T11:30", "email", "fail"),
        ("2026-11-10T14:00", "2026-11-12T09:30", "email", "pass"),
        ("2026-11-03T09:00", "2026-11-03T09:01", "chat", "pass"),
        ("2026-11-03T09:00", "2026-11-03T09:03", "chat", "fail"),
        ("2026-11-03T09:00", "2026-11-05T09:03", "social", "na"),  # nothing is promised there
        ("2026-11-03T09:00", "2026-11-03T19:03", "phone", "na"),
    ],
)
def test_the_first_answer_against_the_policy(
    asked: str, answered: str, channel: Channel, outcome: str
) -> None:
    assert found("first_answer_in_time", asked, answered, channel, SHOP).outcome == outcome


def test_without_a_policy_the_standard_one_counts() -> None:
    assert found("first_answer_in_time", "2026-11-06T15:00", "2026-11-07T14:00").outcome == "pass"
    assert found("first_answer_in_time", "2026-11-06T15:00", "2026-11-07T16:00").outcome == "fail"


def test_later_answers_have_a_time_of_their_own() -> None:
    tagged = talk("c: gdzie paczka", "a: Sprawdzam.", "c: i co?", "a: Jutro dojdzie.", channel="email")
    times = ("2026-11-03T09:00", "2026-11-03T10:00", "2026-11-03T10:30", "2026-11-04T13:00")
    turns = tuple(
        dataclasses.replace(t, at=at(time)) for t, time in zip(tagged.conversation.turns, times, strict=True)
    )
    view = View(
        dataclasses.replace(tagged, conversation=dataclasses.replace(tagged.conversation, turns=turns))
    )
    run = registered()["later_answers_in_time"].run
    assert run(view, policy=SHOP).outcome == "fail"  # 10.5 open hours
    assert (
        run(view, policy=dataclasses.replace(SHOP, response={"email": Response(4.0, 11.0)})).outcome == "pass"
    )
    assert run(view, policy=dataclasses.replace(SHOP, response={"email": Response(4.0)})).outcome == "na"
