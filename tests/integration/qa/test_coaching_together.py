"""1:1s on both databases: two coaches at once, and the page for preparing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict
from qa.services.coaching.meetings import acknowledge, agree_action, draft, hold
from qa.services.coaching.people import people
from qa.services.coaching.preparation import preparation
from qa.storage.database import Storage, open_storage
from qa.storage.people import CoachingRow
from tests.unit.qa.coaching_rows import TODAY, account, actor, day, review, talk, talks

COACH = actor("coach", team="T1")
OTHER = actor("coach", team="T1", login="other")
CONTENT = {"strengths": ["Zawsze się wita"], "point": "Podsumowanie", "moments": [], "notes": ""}
WHILE_WAITING = 0.3


@pytest.fixture
def storage(fresh_url: str) -> Iterator[Storage]:
    storage = open_storage(fresh_url)
    with storage.writing() as session:
        talk(session, "a1", "a", day(3), {"recap": "fail"}, evaluated=True)
    yield storage
    storage.close()


def meanwhile(
    storage: Storage, first: Callable[[Session], object], second: Callable[[Session], object]
) -> list[object]:
    """What the second gives or raises that began before the first was committed."""
    found: list[object] = []

    def other() -> None:
        try:
            with storage.writing() as session:
                found.append(second(session))
        except Conflict as error:
            found.append(error)

    thread = threading.Thread(target=other)
    with storage.writing() as session:
        first(session)
        session.flush()
        thread.start()
        time.sleep(WHILE_WAITING)
    thread.join(timeout=20)
    return found


def test_of_two_who_begin_a_draft_at_once_one_is_told(storage: Storage) -> None:
    (told,) = meanwhile(
        storage,
        lambda session: draft(session, COACH, "a", CONTENT),
        lambda session: draft(session, OTHER, "a", {**CONTENT, "notes": "Moje"}),
    )
    assert isinstance(told, Conflict)
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(CoachingRow)) == 1


def test_of_two_who_change_a_draft_at_once_one_is_told(storage: Storage) -> None:
    with storage.writing() as session:
        begun = draft(session, COACH, "a", CONTENT)
    (told,) = meanwhile(
        storage,
        lambda session: draft(session, COACH, "a", {**CONTENT, "notes": "Jej"}, begun.version),
        lambda session: draft(session, OTHER, "a", {**CONTENT, "notes": "Jego"}, begun.version),
    )
    assert isinstance(told, Conflict)
    with storage.writing() as session:
        (told,) = [session.scalars(select(CoachingRow)).one().content["notes"]]
    assert told == "Jej"


def test_a_1_to_1_is_held_once(storage: Storage) -> None:
    with storage.writing() as session:
        begun = draft(session, COACH, "a", CONTENT)
    (told,) = meanwhile(
        storage,
        lambda session: hold(session, COACH, begun.id, begun.version),
        lambda session: hold(session, OTHER, begun.id, begun.version),
    )
    assert isinstance(told, Conflict)


def test_the_way_of_a_1_to_1(storage: Storage) -> None:
    with storage.writing() as session:
        account(session, "anna", agent_id="a", roles=["agent"])
        talks(session, "a", 55, 28, "recap", 10, 30)
        talks(session, "a", 27, 0, "recap", 34, 6, evaluated=True)
        for one in "bcd":
            talks(session, one, 55, 0, "recap", 20, 20)
        review(session, "a1", {"recap": "fail"}, comment="Bez podsumowania.")
        begun = draft(session, COACH, "a", CONTENT)
        agree_action(session, COACH, begun.id, "Podsumuję", "recap", day(-14), TODAY)
        hold(session, COACH, begun.id, begun.version)
        acknowledge(session, actor("agent", agent="a", login="anna"), begun.id, "Zgoda.")
        draft(session, COACH, "b", CONTENT)
    with storage.reading() as session:
        listed = people(session, COACH, TODAY)
        found = preparation(session, OTHER, "b", TODAY)
        hers = preparation(session, OTHER, "a", TODAY)
    assert [one.agent_id for one in listed.rows] == ["b", "c", "d", "a"]
    assert [(one.open_actions, one.has_draft) for one in listed.rows] == [
        (0, True),
        (0, False),
        (0, False),
        (1, False),
    ]
    assert found.colleagues == 3
    (of_b,) = found.criteria
    assert of_b.team is not None
    assert (of_b.now.n, of_b.team.n) == (12, 2 * 12 + 41)
    assert hers.last_one_on is not None
    assert [one.text for one in hers.agreed] == ["Podsumuję"]
