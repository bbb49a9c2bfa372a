"""1:1s from the draft to the acknowledgement, with what is agreed in them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.coaching import meetings as coaching
from qa.services.coaching.meetings import acknowledge, agree_action, draft, hold, view
from qa.services.coaching.progress import proportion
from qa.services.judging.trust import Share
from qa.storage.people import ActionRow, CoachingRow
from qa.storage.tables import AuditRow
from tests.unit.qa.coaching_rows import TODAY, actor, day, talks
from tests.unit.qa.services.coaching.conftest import (
    ANNA,
    BASIA,
    COACH,
    CONTENT,
    FREE,
    LEAD,
    held,
)

# Drafting


def test_a_draft_is_continued_by_whoever_saw_its_latest_version(session: Session) -> None:
    first = draft(session, COACH, "a", CONTENT)
    assert (first.status_name, first.version, first.agent_name, first.coach) == (
        "szkic",
        1,
        "Anna Agent",
        "Celina Coach",
    )
    second = draft(session, LEAD, "a", {**CONTENT, "notes": "Nowe"}, first.version)
    assert (second.id, second.version, second.notes) == (first.id, 2, "Nowe")
    for stale in (1, None, 3):
        with pytest.raises(Conflict):
            draft(session, COACH, "a", CONTENT, stale)
    assert view(session, COACH, first.id).notes == "Nowe"


def test_saving_the_same_again_changes_nothing_and_is_not_logged(session: Session) -> None:
    first = draft(session, COACH, "a", CONTENT)
    assert draft(session, COACH, "a", CONTENT, first.version) == first
    logged = session.scalars(select(AuditRow.action)).all()
    assert logged == ["coaching_draft"]


def test_a_draft_that_was_held_meanwhile_is_a_conflict_and_not_a_second_one(session: Session) -> None:
    first = draft(session, COACH, "a", CONTENT)
    hold(session, COACH, first.id, first.version)
    with pytest.raises(Conflict, match="przeprowadzona"):
        draft(session, COACH, "a", CONTENT, first.version)
    again = draft(session, COACH, "a", CONTENT)
    assert again.id != first.id


@pytest.mark.parametrize(
    "content",
    [
        {"strengths": "Wita się"},
        {"strengths": ["x"] * 6},
        {"strengths": ["x" * 301]},
        {"strengths": [3]},
        {"point": "x" * 1001},
        {"point": None},
        {"notes": "x" * 4001},
        {"notes": "a\0b"},
        {"notes": "\ud800"},
        {"mood": "x"},
        {"answer": "za konsultanta"},
        {"moments": {}},
        {"moments": ["a1"]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 0, "end": 1}] * 7},
        {"moments": [{"conversation_id": "a1", "turn": -1, "start": 0, "end": 1}]},
        {"moments": [{"conversation_id": "a1", "turn": True, "start": 0, "end": 1}]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 5, "end": 1}]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 0, "end": 10**9}]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 0}]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 0, "end": 1, "rank": 1}]},
        {"moments": [{"conversation_id": "a1", "turn": 0, "start": 0, "end": 1, "comment": "x" * 301}]},
        {"moments": [{"conversation_id": "z1", "turn": 0, "start": 0, "end": 1}]},  # another agent's
        {"moments": [{"conversation_id": "nie ma", "turn": 0, "start": 0, "end": 1}]},
        {"moments": [{"conversation_id": "a\0", "turn": 0, "start": 0, "end": 1}]},
        {"moments": [{"conversation_id": ["a1"], "turn": 0, "start": 0, "end": 1}]},
    ],
)
def test_content_that_cannot_be_kept_is_refused_and_nothing_is_begun(
    session: Session, content: dict[str, Any]
) -> None:
    with pytest.raises(UsageProblem) as caught:
        draft(session, COACH, "a", content)
    assert str(caught.value).endswith(".")
    assert session.scalars(select(CoachingRow)).all() == []


def test_the_longest_content_that_fits_comes_back_as_it_was(session: Session) -> None:
    moment = {"conversation_id": "a1", "turn": 0, "start": 0, "end": 0, "comment": "ż" * 300}
    content = {
        "strengths": ["ą" * 300] * 5,
        "point": "🙂" * 1000,
        "moments": [moment] * 6,
        "notes": "ę" * 4000,
    }
    found = draft(session, COACH, "a", content)
    assert (found.strengths, found.point, found.notes) == (("ą" * 300,) * 5, "🙂" * 1000, "ę" * 4000)
    assert found.moments[0].comment == "ż" * 300
    assert draft(session, COACH, "a", {"strengths": [" ", "x"]}, 1).strengths == ("x",)


# Holding, acknowledging


def test_holding_needs_what_was_seen_and_something_written(session: Session) -> None:
    begun = draft(session, COACH, "a", {})
    with pytest.raises(UsageProblem, match="zanim zamkniesz"):
        hold(session, COACH, begun.id, begun.version)
    full = draft(session, COACH, "a", CONTENT, begun.version)
    with pytest.raises(Conflict, match="zmienił"):
        hold(session, COACH, begun.id, begun.version)
    done = hold(session, FREE, full.id, full.version)
    assert (done.status, done.coach) == ("held", "konto usunięte")  # who holds it, not who drafted it
    assert done.held_on is not None
    with pytest.raises(Conflict, match="już zamknięta"):
        hold(session, COACH, full.id, done.version)


def test_only_the_person_acknowledges_and_only_once(session: Session) -> None:
    done = held(session)
    for other in (BASIA, actor("agent", login="nobody")):
        with pytest.raises(Missing):
            acknowledge(session, other, done.id, "")
    for other in (COACH, LEAD):
        with pytest.raises(Refused):
            acknowledge(session, other, done.id, "")
    with pytest.raises(UsageProblem):
        acknowledge(session, ANNA, done.id, "x" * 1001)
    found = acknowledge(session, ANNA, done.id, " Zgoda. ")
    assert (found.status_name, found.answer, found.point) == ("potwierdzona", "Zgoda.", "Podsumowanie")
    with pytest.raises(Conflict):
        acknowledge(session, ANNA, done.id, "Jeszcze")
    assert view(session, COACH, done.id).answer == "Zgoda."


def test_the_audit_log_holds_no_word_of_a_1_to_1(session: Session) -> None:
    done = held(session)
    agree_action(session, COACH, done.id, "Tajne ustalenie", "recap", day(-7), TODAY)
    acknowledge(session, ANNA, done.id, "Tajny komentarz")
    rows = session.scalars(select(AuditRow)).all()
    assert [row.action for row in rows] == [
        "coaching_draft",
        "coaching_hold",
        "coaching_agree",
        "coaching_acknowledge",
    ]
    for row in rows:
        assert row.subject == done.id
        for word in ("Tajn", "Podsumowanie", "Zawsze", "Próbujemy"):
            assert word not in str(row.details)


# Actions


def test_an_action_keeps_the_figures_of_the_moment(session: Session) -> None:
    talks(session, "a", 20, 10, "recap", 4, 7)
    done = held(session)
    found = agree_action(session, COACH, done.id, " Podsumuję. ", "recap", day(-14), TODAY)
    assert (found.text, found.criterion_name, found.due_on) == ("Podsumuję.", "Podsumowanie", day(-14))
    assert found.before == proportion(Share(4, 12))
    talks(session, "a", 9, 1, "recap", 9, 0)
    assert view(session, ANNA, done.id).actions == (found,)
    (effect,) = coaching.effects(session, ANNA, done.id, TODAY)
    assert effect.before == found.before


@pytest.mark.parametrize(
    ("text", "criterion", "due"),
    [
        ("", None, day(-1)),
        ("   ", None, day(-1)),
        ("x" * 501, None, day(-1)),
        ("x\0", None, day(-1)),
        ("x", "nie ma", day(-1)),
        ("x", "", day(-1)),
        ("x", "a\0", day(-1)),
        ("x", None, day(1)),
        ("x", None, day(-367)),
        ("x", None, "jutro"),
        ("x", None, ""),
    ],
)
def test_an_action_that_cannot_be_kept_is_refused(
    session: Session, text: str, criterion: str | None, due: str
) -> None:
    done = held(session)
    with pytest.raises(UsageProblem):
        agree_action(session, COACH, done.id, text, criterion, due, TODAY)
    assert session.scalars(select(ActionRow)).all() == []


def test_there_are_few_actions_and_none_behind_the_back_of_the_person(session: Session) -> None:
    done = held(session)
    for number in range(5):
        agree_action(session, COACH, done.id, f"x{number}", None, day(0), TODAY)
    with pytest.raises(UsageProblem, match="najwyżej 5"):
        agree_action(session, COACH, done.id, "x", None, day(0), TODAY)
    other = held(session, "z")
    row = session.get(CoachingRow, other.id)
    assert row is not None
    row.status = "acknowledged"
    with pytest.raises(Refused, match="następnej"):
        agree_action(session, FREE, other.id, "x", None, day(0), TODAY)
