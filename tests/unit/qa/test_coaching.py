"""1:1s from the list of people to the acknowledgement, and who may read what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.permissions import ROLES, Actor
from qa.services.coaching import content as coaching_content
from qa.services.coaching import effects, progress
from qa.services.coaching import meetings as coaching
from qa.services.coaching import moments as coaching_moments
from qa.services.coaching import people as coaching_people
from qa.services.coaching import preparation as coaching_preparation
from qa.services.coaching.meetings import Meeting, acknowledge, agree_action, draft, history, hold, view
from qa.services.coaching.moments import moments
from qa.services.coaching.people import PAGE, people
from qa.services.coaching.preparation import (
    CHANNELS_CHANGED,
    CriterionProgress,
    preparation,
    remarks,
)
from qa.services.coaching.progress import BETTER, SAME, WORSE, Period, difference, proportion
from qa.services.judging.trust import Share
from qa.storage.database import open_storage
from qa.storage.people import ActionRow, CoachingRow, TrustRow
from qa.storage.tables import AuditRow
from tests.unit.qa.coaching_rows import TODAY, account, actor, day, review, talk, talks

COACH = actor("coach", team="T1")
FREE = actor("coach", login="free")
LEAD = actor("qa_lead", team="T2", login="lead")
ANNA = actor("agent", agent="a", login="anna")
BASIA = actor("agent", agent="b", login="basia")
CONTENT = {"strengths": ["Zawsze się wita"], "point": "Podsumowanie", "moments": [], "notes": "Próbujemy."}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, made once."""
    path = tmp_path_factory.mktemp("empty") / "t.db"
    open_storage(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def session(empty: Path, tmp_path: Path) -> Iterator[Session]:
    shutil.copy(empty, tmp_path / "t.db")
    storage = open_storage(f"sqlite:///{tmp_path}/t.db")
    with storage.writing() as session:
        talk(session, "a1", "a", day(3), {"recap": "fail"})
        talk(session, "z1", "z", day(3), {"recap": "fail"}, team="T2")
        account(session, "coach", name="Celina Coach")
        account(session, "anna", name="Anna Agent", agent_id="a", roles=["agent"])
        session.flush()
        yield session
    storage.close()


def held(session: Session, agent: str = "a", ago: int = 0, **content: Any) -> Meeting:
    """A 1:1 that was held so many days ago."""
    begun = draft(session, FREE, agent, {**CONTENT, **content})
    done = hold(session, FREE, begun.id, begun.version)
    row = session.get(CoachingRow, done.id)
    assert row is not None
    row.held_at = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(days=ago)
    row.created_at = row.held_at
    session.flush()
    return done


# --- drafting -------------------------------------------------------------------------------------------------------


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


# --- holding, acknowledging -----------------------------------------------------------------------------------------


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


# --- who may read and write -----------------------------------------------------------------------------------------


def test_an_agent_reads_only_own_1_to_1s_and_never_a_draft(session: Session) -> None:
    begun = draft(session, COACH, "a", CONTENT)
    with pytest.raises(Missing):
        view(session, ANNA, begun.id)
    with pytest.raises(Missing):
        acknowledge(session, ANNA, begun.id, "")
    with pytest.raises(Missing):
        coaching.effects(session, ANNA, begun.id, TODAY)
    assert history(session, ANNA, "a") == ()
    hold(session, COACH, begun.id, begun.version)
    assert view(session, ANNA, begun.id).notes == "Próbujemy."
    assert [one.id for one in history(session, ANNA, "a")] == [begun.id]
    with pytest.raises(Missing):
        view(session, BASIA, begun.id)
    with pytest.raises(Missing):
        history(session, BASIA, "a")
    with pytest.raises(Missing):
        view(session, ANNA, "nie ma")


def test_a_coach_with_a_team_does_not_learn_of_agents_of_another(session: Session) -> None:
    theirs = held(session, "z")
    unknown = []
    for agent, meeting in (("z", theirs.id), ("nie ma", "nie ma"), ("a\0", "\0")):
        calls = (
            lambda agent=agent: preparation(session, COACH, agent, TODAY),
            lambda agent=agent: draft(session, COACH, agent, CONTENT),
            lambda agent=agent: history(session, COACH, agent),
            lambda meeting=meeting: view(session, COACH, meeting),
            lambda meeting=meeting: coaching.effects(session, COACH, meeting, TODAY),
            lambda meeting=meeting: hold(session, COACH, meeting, 2),
            lambda meeting=meeting: agree_action(session, COACH, meeting, "x", None, day(-3), TODAY),
        )
        said = []
        for call in calls:
            with pytest.raises(Missing) as caught:
                call()
            said.append(str(caught.value))
        unknown.append(said)
    assert unknown[0] == unknown[1] == unknown[2]  # the same words whether or not there is one
    assert view(session, FREE, theirs.id).id == view(session, LEAD, theirs.id).id == theirs.id


def test_the_team_is_that_of_the_latest_conversation_or_else_of_the_account(session: Session) -> None:
    talk(session, "a2", "a", day(1), {}, team="T2")
    talk(session, "a3", "a", day(0), {}, team=None)
    with pytest.raises(Missing):
        preparation(session, COACH, "a", TODAY)
    account(session, "new", agent_id="n", team="T1", roles=["agent"])
    assert preparation(session, COACH, "n", TODAY).team == "T1"  # no conversation yet


def test_nobody_leads_a_1_to_1_with_themselves(session: Session) -> None:
    both = actor("coach", "agent", agent="a", login="anna")
    for call in (
        lambda: preparation(session, both, "a", TODAY),
        lambda: draft(session, both, "a", CONTENT),
    ):
        with pytest.raises(Refused, match="własnej pracy"):
            call()
    begun = draft(session, COACH, "a", CONTENT)
    with pytest.raises(Missing):
        view(session, both, begun.id)  # a draft about them stays closed
    assert history(session, both, "a") == ()
    assert "a" not in [one.agent_id for one in people(session, both, TODAY).rows]


@pytest.mark.parametrize("role", ROLES)
def test_every_other_role_is_refused(session: Session, role: str) -> None:
    done = held(session)
    somebody = actor(role, login="x")
    writes = somebody.may("coaching.write")
    for call in (
        lambda: people(session, somebody, TODAY),
        lambda: preparation(session, somebody, "a", TODAY),
        lambda: agree_action(session, somebody, done.id, "x", None, day(-1), TODAY),
        lambda: history(session, somebody, "a"),
        lambda: view(session, somebody, done.id),
        lambda: coaching.effects(session, somebody, done.id, TODAY),
        lambda: draft(session, somebody, "a", CONTENT),
    ):
        if writes:
            call()
        else:
            with pytest.raises((Refused, Missing)):
                call()
    assert writes == (role in ("coach", "qa_lead"))


# --- actions --------------------------------------------------------------------------------------------------------


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


# --- people ---------------------------------------------------------------------------------------------------------


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


# --- preparation ----------------------------------------------------------------------------------------------------


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


def filled(session: Session) -> None:
    """Anna gets better at the recap and worse at the farewell; the team greets less than she does."""
    for criterion, before, now in (
        ("recap", (10, 30), (34, 6)),
        ("farewell", (38, 2), (20, 20)),
        ("greeting", (38, 2), (38, 2)),
        ("probing", (25, 15), (26, 14)),
    ):
        talks(session, "a", 55, 28, criterion, *before)
        talks(session, "a", 27, 0, criterion, *now, evaluated=True)
    for one in "bcd":
        talks(session, one, 27, 0, "greeting", 20, 20)
        talks(session, one, 27, 0, "probing", 26, 14)


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


# --- moments --------------------------------------------------------------------------------------------------------

NOW = Period(day(27), day(0), 28)


def shown(session: Session, *, only_good: bool = False) -> list[tuple[str, str, bool]]:
    session.flush()
    return [
        (one.conversation_id, one.outcome, one.confirmed)
        for one in moments(session, "m", NOW, "recap", only_good=only_good)
    ]


def recap(session: Session, name: str, outcome: str, confidence: float = 0.9, **fields: Any) -> None:
    talk(session, name, "m", day(3), {"recap": outcome}, confidence=confidence, evaluated=True, **fields)


def test_moments_are_the_clearest_with_a_good_example_among_them(session: Session) -> None:
    for number in range(5):
        recap(session, f"f{number}", "fail", 0.5 + number / 10)
        recap(session, f"p{number}", "pass", 0.5 + number / 10)
    assert shown(session) == [("f4", "fail", False), ("f3", "fail", False), ("p4", "pass", False)]
    assert [one for one, *_ in shown(session, only_good=True)] == ["p4", "p3", "p2"]
    review(session, "f0", {"recap": "fail"}, comment="Bez podsumowania.")
    review(session, "f4", {"recap": "pass"}, comment="Jest w turze 4.")
    session.flush()
    found = moments(session, "m", NOW, "recap")
    assert [(one.conversation_id, one.outcome, one.confirmed) for one in found] == [
        ("f0", "fail", True),
        ("f3", "fail", False),
        ("f4", "pass", True),
    ]
    assert [one.reason for one in found] == ["Bez podsumowania.", "Zdanie maszyny: fail.", "Jest w turze 4."]
    assert [one.confidence for one in found] == [0.5, 0.8, None]  # the machine's is in its own outcome
    assert (found[0].turn, found[0].start, found[0].end, len(found[0].evidence)) == (2, 0, 9, 2)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("", []),
        ("f", ["fail"]),
        ("ffff", ["fail"] * 3),
        ("fp", ["fail", "pass"]),
        ("fpppp", ["fail", "pass", "pass"]),
        ("pppp", ["pass"] * 3),
    ],
)
def test_moments_of_few_conversations(session: Session, outcomes: str, expected: list[str]) -> None:
    for number, letter in enumerate(outcomes):
        recap(session, f"m{number}", {"f": "fail", "p": "pass"}[letter])
    assert [outcome for _, outcome, _ in shown(session)] == expected


def test_without_evidence_there_is_no_moment(session: Session) -> None:
    talk(session, "bare", "m", day(3), {"recap": "fail"})  # no evaluation is kept of it
    talk(session, "late", "m", day(28), {"recap": "fail"}, evaluated=True)
    talk(session, "whose", "a", day(3), {"recap": "fail"}, evaluated=True)
    recap(session, "unsure", "review")
    assert shown(session) == []
    review(session, "unsure", {"recap": "fail"})
    assert shown(session) == [("unsure", "fail", True)]


# --- what is never shown --------------------------------------------------------------------------------------------

FEELINGS = (
    "emocj",
    "emotion",
    "mood",
    "nastr",
    "sentiment",
    "ang",
    "złoś",
    "stres",
    "frustr",
    "feel",
    "uczuc",
)
RANKS = (
    "rank",
    "place",
    "miejsce",
    "pozycja",
    "position",
    "percentile",
    "best",
    "worst",
    "top",
    "najleps",
    "najgors",
)
MODULES = (
    coaching,
    coaching_content,
    coaching_moments,
    coaching_people,
    coaching_preparation,
    effects,
    progress,
)


def words_of_views() -> Iterator[str]:
    """The names of all views of these modules and of their fields."""
    for module in MODULES:
        for one in vars(module).values():
            if isinstance(one, type) and is_dataclass(one) and one is not Actor:
                yield one.__name__.lower()
                yield from (word for field in fields(one) for word in field.name.lower().split("_"))


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a view."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_in(one)
    else:
        assert value is None or isinstance(value, int | float), type(value)


def test_no_view_names_an_emotion_or_a_rank(session: Session) -> None:
    found = set(words_of_views())
    assert {"strengths", "verdict", "meeting", "moment"} <= found  # the walk finds something
    assert not [word for word in found for part in (*FEELINGS, *RANKS) if word.startswith(part)]
    filled(session)
    first = preparation(session, COACH, "a", TODAY)
    done = held(session, ago=10)
    agree_action(session, COACH, done.id, "Podsumuję", "recap", day(-4), TODAY - timedelta(days=10))
    draft(session, COACH, "a", CONTENT)
    views = (
        first,
        preparation(session, COACH, "a", TODAY),
        people(session, COACH, TODAY),
        view(session, COACH, done.id),
    )
    texts = [text.lower() for one in views for text in texts_in(one)]
    assert "wyraźna poprawa" in texts
    words = {word for text in texts for word in text.split()}
    assert not [word for word in words for part in (*FEELINGS, *RANKS) if word.startswith(part)]
