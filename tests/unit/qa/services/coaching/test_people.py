"""The list of people: whom to talk with next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.coaching.meetings import agree_action, draft
from qa.services.coaching.people import PAGE, people
from qa.services.coaching.preparation import (
    preparation,
)
from tests.unit.qa.coaching_rows import TODAY, actor, day, talk, talks
from tests.unit.qa.services.coaching.conftest import (
    COACH,
    CONTENT,
    LEAD,
    held,
)


def test_people_are_ordered_by_how_long_ago_the_last_one_was(session: Session) -> None:
    for agent, ago in (("b", 5), ("c", 50), ("d", 20)):
        talks(session, agent, 9, 1, "recap", 9 if agent == "c" else 0, 0 if agent == "c" else 9)
        held(session, agent, ago)
    talk(session, "old", "o", day(60), {})  # too long ago
    talk(session, "edge", "e", day(59), {})
    found = people(session, COACH, TODAY)
    assert [one.agent_id for one in found.rows] == ["a", "e", "c", "d", "b"]
    assert [one.last_one_on for one in found.rows] == [None, None, day(50), day(20), day(5)]
    assert [one.conversations for one in found.rows] == [1, 1, 9, 9, 9]
    assert found.rows[0].name == "Anna Agent"
    assert (found.total, found.page, found.pages) == (5, 1, 1)
    assert [one.agent_id for one in people(session, LEAD, TODAY).rows] == ["a", "e", "z", "c", "d", "b"]


def test_open_actions_are_those_not_talked_about_since_they_fell_due(session: Session) -> None:
    first = held(session, ago=40)
    for due in (day(30), day(20), day(10), day(-5)):
        agree_action(session, COACH, first.id, "x", None, due, TODAY - timedelta(days=40))
    assert people(session, COACH, TODAY).rows[0].open_actions == 4
    second = held(session, ago=20)  # what fell due on that very day was talked about
    assert people(session, COACH, TODAY).rows[0].open_actions == 2
    begun = draft(session, COACH, "a", CONTENT)
    agree_action(session, COACH, begun.id, "x", None, day(-5), TODAY)
    (row,) = people(session, COACH, TODAY).rows
    assert (row.open_actions, row.has_draft) == (2, True)
    shown = preparation(session, COACH, "a", TODAY)
    assert [one.due_on for one in shown.agreed] == [day(10), day(-5)]
    agree_action(session, COACH, second.id, "Nowe", None, day(15), TODAY - timedelta(days=20))
    assert [one.due_on for one in preparation(session, COACH, "a", TODAY).agreed] == [
        day(15),
        day(10),
        day(-5),
    ]


def test_pages_of_people_meet_without_gap_or_overlap(session: Session) -> None:
    for number in range(PAGE + 7):
        talk(session, f"c{number}", f"x{number:03}", day(1), {})
    one, two, three = (people(session, COACH, TODAY, page) for page in (1, 2, 3))
    assert (one.total, one.pages, len(one.rows), len(two.rows), three.rows) == (PAGE + 8, 2, PAGE, 8, ())
    assert len({row.agent_id for row in (*one.rows, *two.rows)}) == PAGE + 8
    for page in (0, -1, 10**9):
        with pytest.raises(UsageProblem):
            people(session, COACH, TODAY, page)


def test_without_anybody_the_list_is_one_empty_page(session: Session) -> None:
    found = people(session, actor("coach", team="nie ma", login="x"), TODAY)
    assert (found.rows, found.total, found.pages) == ((), 0, 1)
