"""The page for preparing a 1:1: its period, strengths and points to work on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.coaching.meetings import agree_action, draft
from qa.services.coaching.preparation import (
    CHANNELS_CHANGED,
    CriterionProgress,
    preparation,
    remarks,
)
from qa.services.coaching.progress import BETTER, SAME, WORSE, Period, difference, proportion
from qa.services.judging.trust import Share
from qa.storage.people import TrustRow
from tests.unit.qa.coaching_rows import TODAY, account, day, talks
from tests.unit.qa.services.coaching.conftest import (
    COACH,
    CONTENT,
    FREE,
    filled,
    held,
)


def test_the_period_runs_since_the_last_1_to_1_and_is_compared_with_as_many_days(session: Session) -> None:
    usual = preparation(session, COACH, "a", TODAY)
    assert (usual.now, usual.before) == (Period(day(27), day(0), 28), Period(day(55), day(28), 28))
    assert (usual.since_last, usual.last_one_on) == (False, None)
    held(session, ago=10)
    since = preparation(session, COACH, "a", TODAY)
    assert (since.now, since.before) == (Period(day(9), day(0), 10), Period(day(19), day(10), 10))
    assert (since.since_last, since.last_one_on) == (True, day(10))
    held(session, ago=0)
    today = preparation(session, COACH, "a", TODAY)
    assert (today.now, today.since_last) == (Period(day(0), day(0), 1), False)


def test_a_1_to_1_of_long_ago_is_not_compared_with_years(session: Session) -> None:
    held(session, ago=900)
    found = preparation(session, COACH, "a", TODAY)
    assert (found.now.days, found.since_last, found.last_one_on) == (182, False, day(900))


def test_the_page_for_preparing(session: Session) -> None:
    filled(session)
    found = preparation(session, COACH, "a", TODAY)
    shown = {one.criterion: one for one in found.criteria}
    assert [one.criterion for one in found.criteria] == ["greeting", "probing", "recap", "farewell"]
    assert (shown["recap"].now.part, shown["recap"].now.n, shown["recap"].before.n) == (34, 41, 40)
    assert {name: one.change.verdict for name, one in shown.items() if one.change} == {
        "greeting": SAME,
        "probing": SAME,
        "recap": BETTER,
        "farewell": WORSE,
    }
    greeting = shown["greeting"].against_team
    assert greeting is not None
    assert greeting.verdict == BETTER
    assert shown["greeting"].team == proportion(Share(60, 120))
    assert [(one.criterion, one.why) for one in found.strengths] == [
        ("recap", "wyraźna poprawa"),
        ("greeting", "wyraźnie częściej niż w reszcie zespołu"),
    ]
    assert [(one.name, one.why) for one in found.points] == [
        ("Pożegnanie", "wyraźnie rzadziej niż poprzednio")
    ]
    assert [one.outcome for one in found.moments] == ["fail", "fail", "pass"]
    assert (found.shown_criterion, found.colleagues) == ("farewell", 3)
    assert (found.conversations, found.conversations_before) == (161, 160)
    assert found.by_chance == pytest.approx(0.05 * 6)
    assert found.caution == ""


def test_two_colleagues_are_no_team(session: Session) -> None:
    for one in "abc":
        talks(session, one, 27, 0, "greeting", 20, 20)
    two = preparation(session, COACH, "a", TODAY)
    assert (two.colleagues, two.criteria[0].team, two.criteria[0].against_team) == (2, None, None)
    talks(session, "d", 27, 0, "greeting", 20, 20)
    three = preparation(session, COACH, "a", TODAY)
    assert (three.colleagues, three.criteria[0].team) == (3, proportion(Share(60, 120)))


def test_a_person_without_a_conversation_has_an_empty_page(session: Session) -> None:
    account(session, "new", agent_id="n", roles=["agent"])
    found = preparation(session, FREE, "n", TODAY)
    assert (found.criteria, found.strengths, found.points, found.moments) == ((), (), (), ())
    assert (found.conversations, found.by_chance, found.draft) == (0, 0.0, None)


def test_other_channels_than_before_are_a_caution(session: Session) -> None:
    talks(session, "a", 55, 28, "greeting", 30, 10)
    talks(session, "a", 27, 0, "greeting", 30, 10, channel="chat")
    found = preparation(session, COACH, "a", TODAY)
    assert found.caution == CHANNELS_CHANGED
    assert [(one.channel, one.now.part, one.before.part) for one in found.channels] == [
        ("chat", 40, 0),
        ("phone", 1, 40),
    ]


def test_the_draft_and_what_was_agreed_last_are_on_the_page(session: Session) -> None:
    done = held(session, ago=10)
    agree_action(session, COACH, done.id, "Podsumuję", "recap", day(-4), TODAY - timedelta(days=10))
    begun = draft(session, COACH, "a", CONTENT)
    found = preparation(session, COACH, "a", TODAY)
    assert found.draft == begun
    assert [(one.text, one.criterion_name, one.verdict) for one in found.agreed] == [
        ("Podsumuję", "Podsumowanie", SAME)
    ]


def criterion(
    name: str,
    now: tuple[int, int],
    before: tuple[int, int] = (0, 0),
    team: tuple[int, int] = (0, 0),
    *,
    critical: bool = False,
    trust: str = "assisted",
) -> CriterionProgress:
    one, past, others = Share(*now), Share(*before), Share(*team)
    return CriterionProgress(
        name,
        name,
        critical,
        trust,
        proportion(one),
        proportion(past),
        proportion(others),
        difference(one, past),
        difference(one, others),
    )


def names(found: tuple[Any, ...]) -> list[str]:
    return [one.criterion for one in found]


def test_the_own_past_comes_before_the_team() -> None:
    improved_yet_below = criterion("up", (50, 100), (20, 100), (90, 100))
    fallen_yet_above = criterion("down", (60, 100), (90, 100), (20, 100))
    strengths, points = remarks([improved_yet_below, fallen_yet_above])
    assert (names(strengths), names(points)) == (["up"], ["down"])


def test_there_are_at_most_two_points_and_critical_ones_come_first() -> None:
    below = [criterion(name, (40, 100), (80, 100)) for name in ("one", "two")]
    grave = criterion("grave", (60, 100), (85, 100), critical=True)
    assert names(remarks([*below, grave])[1]) == ["grave", "one"]


def test_where_nothing_is_clear_the_highest_are_strengths_and_the_lowest_with_room_is_the_point() -> None:
    rows = [criterion("few", (2, 2)), criterion("high", (39, 40)), criterion("low", (12, 40))]
    strengths, points = remarks(rows)
    assert (names(strengths), names(points)) == (["high"], ["low"])
    assert points[0].why == "najniższy udział, bez uchwytnej różnicy"
    strengths, points = remarks([criterion("one", (400, 405)), criterion("two", (400, 410))])
    assert (names(strengths), names(points)) == (["one", "two"], [])  # no room for a point
    assert remarks([criterion("low", (2, 40))])[0] == ()  # nobody is praised for one in twenty


def test_what_the_machine_judges_badly_is_neither_strength_nor_point(session: Session) -> None:
    assert remarks([criterion("x", (40, 100), (80, 100), trust="manual")]) == ((), ())
    filled(session)
    report = {"farewell": {"state": "manual"}, "recap": {"state": "automatic"}}
    session.add(TrustRow(scorecard="phone@1", source="reviews", content=report, bar={}))
    session.flush()
    found = preparation(session, COACH, "a", TODAY)
    assert {one.criterion: one.trust for one in found.criteria} == {
        "greeting": "unmeasured",
        "probing": "unmeasured",
        "recap": "automatic",
        "farewell": "manual",
    }
    assert "farewell" not in names(found.points)
