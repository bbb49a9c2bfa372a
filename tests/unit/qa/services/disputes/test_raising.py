"""Who may object to what, for how long, and how it is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.disputes.deciding import decide, raise_dispute, withdraw
from qa.services.disputes.window import DAYS, dispute_window
from qa.storage.people import DisputeRow, ReviewRow
from tests.unit.qa.services.disputes.conftest import (
    TODAY,
    WHY,
    World,
)

# Raising


def test_an_agent_disputes_an_outcome_of_an_own_conversation(world: World) -> None:
    row = world.row(world.objects())
    assert (row.conversation_id, row.review_id, row.criterion) == ("c-1", "r-1", "identity_check")
    assert (row.was, row.becomes, row.status, row.comment) == ("fail", None, "open", WHY)
    machine = world.row(world.objects(name="c-2"))
    assert (machine.review_id, machine.was) == (None, "fail")


@pytest.mark.parametrize("name", ["c-3", "c-99", "", "\0", "\ud800"])
def test_nobody_elses_conversation(world: World, name: str) -> None:
    with pytest.raises(Missing):
        raise_dispute(world.session, world.ala, name, "empathy", WHY, None, TODAY)
    with pytest.raises(Missing):
        dispute_window(world.session, world.ala, name, TODAY)


def test_a_conversation_of_nobody_is_not_the_own_one_of_an_agent_without_an_id(world: World) -> None:
    world.conversation("c-4", None)
    nobody = Actor("n", "n", "N", frozenset({"agent"}), agent_id=None)
    with pytest.raises(Missing):
        raise_dispute(world.session, nobody, "c-4", "identity_check", WHY, None, TODAY)


def test_only_agents_dispute(world: World) -> None:
    for who in (world.jan, world.coach):
        with pytest.raises(Refused, match="Brak uprawnienia"):
            raise_dispute(world.session, who, "c-1", "empathy", WHY, "r-1", TODAY)


@pytest.mark.parametrize("key", ["r-99", "other", "draft", "calibration", "\0"])
def test_only_finished_reviews_of_that_conversation(world: World, key: str) -> None:
    world.review("other", "c-3", world.jan, empathy="fail")
    draft = world.review("draft", "c-1", world.ewa, empathy="fail")
    draft.status, draft.finished_at = "draft", None
    world.review("calibration", "c-1", world.ewa, "calibration", empathy="fail")
    with pytest.raises(Missing, match="zakończonej oceny"):
        world.objects("empathy", review_id=key)


@pytest.mark.parametrize(
    ("criterion", "comment", "match"),
    [
        ("nie_ma", WHY, "nie ma wyniku"),
        ("\0", WHY, "nie ma wyniku"),
        ("identity_check", "  ", "od 3 do 4000"),
        ("identity_check", "x" * 4001, "od 3 do 4000"),
        ("identity_check", "abc\0", "znaki"),
    ],
)
def test_what_cannot_be_disputed(world: World, criterion: str, comment: str, match: str) -> None:
    with pytest.raises(UsageProblem, match=match):
        raise_dispute(world.session, world.ala, "c-1", criterion, comment, "r-1", TODAY)
    assert world.session.scalar(select(func.count()).select_from(DisputeRow)) == 0


def test_what_the_machine_left_to_people_is_no_outcome_yet(world: World) -> None:
    with pytest.raises(UsageProblem, match="nie ma wyniku"):
        world.objects("recap", "c-2")


@pytest.mark.parametrize(("name", "begins"), [("c-1", date(2026, 11, 5)), ("c-2", date(2026, 11, 2))])
def test_the_window(world: World, name: str, begins: date) -> None:
    last = begins + timedelta(days=DAYS)
    found = dispute_window(world.session, world.ala, name, last)
    assert (found.last_day, found.open) == (last.isoformat(), True)
    assert found.review_id == ("r-1" if name == "c-1" else None)
    assert not dispute_window(world.session, world.ala, name, last + timedelta(days=1)).open
    short = dispute_window(world.session, world.ala, name, begins + timedelta(days=4), days=3)
    assert (short.last_day, short.open) == ((begins + timedelta(days=3)).isoformat(), False)
    with pytest.raises(Refused, match=last.isoformat()):
        world.objects(name=name, today=last + timedelta(days=1))
    with pytest.raises(Refused):
        world.objects(name=name, today=begins + timedelta(days=4), days=3)
    assert world.objects(name=name, today=last)


def test_the_window_counts_from_the_polish_day(world: World) -> None:
    row = world.session.get_one(ReviewRow, "r-1")
    row.finished_at = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)  # half past midnight in Poland
    assert dispute_window(world.session, world.ala, "c-1", TODAY).last_day == "2026-11-20"


def test_a_conversation_without_a_day_has_no_window(world: World) -> None:
    world.conversation("c-4", "ala", day="")
    found = dispute_window(world.session, world.ala, "c-4", date(2030, 1, 1))
    assert (found.last_day, found.open) == (None, True)
    assert world.objects(name="c-4", today=date(2030, 1, 1))


def test_what_a_person_has_reviewed_is_disputed_with_that_person(world: World) -> None:
    with pytest.raises(Refused, match="ocenił już człowiek"):
        world.objects(review_id=None)
    world.review("cal", "c-2", world.jan, "calibration")
    assert world.objects(name="c-2")  # a calibration is no review of the agent


@pytest.mark.parametrize("ended", ["open", "rejected", "accepted", "wrong_person"])
def test_not_twice(world: World, ended: str) -> None:
    first = world.objects()
    if ended != "open":
        decide(world.session, world.ewa, first, ended, "Dlatego", "pass" if ended == "accepted" else None)
    with pytest.raises(Conflict, match="już się odwołano"):
        world.objects()
    assert world.objects("empathy")
    world.review("r-2", "c-1", world.ewa, "second", identity_check="fail")
    assert world.objects(review_id="r-2")


def test_the_machine_is_not_disputed_twice_either(world: World) -> None:
    world.objects(name="c-2")
    with pytest.raises(Conflict):
        world.objects(name="c-2")


def test_only_decided_outcomes_stand_in_the_window(world: World) -> None:
    machine = dispute_window(world.session, world.ala, "c-2", TODAY)
    assert "recap" not in machine.outcomes  # left to people
    assert machine.outcomes["identity_check"] == "fail"
    assert world.objects("identity_check", "c-2")
    assert machine == dispute_window(world.session, world.ala, "c-2", TODAY)  # a dispute changes no window


def test_a_first_review_goes_before_a_newer_second_and_a_decision_stands_for_what_it_decided(
    world: World,
) -> None:
    world.review("r-2", "c-1", world.ewa, "second", identity_check="pass")
    assert dispute_window(world.session, world.ala, "c-1", TODAY).review_id == "r-1"
    decide(world.session, world.ewa, world.objects(), "accepted", "Dlatego", "pass")
    found = dispute_window(world.session, world.ala, "c-1", TODAY)
    assert (found.review_id, found.outcomes["identity_check"]) == ("r-1", "fail")
    named = dispute_window(world.session, world.ala, "c-1", TODAY, review_id="r-2")
    assert (named.review_id, named.outcomes["identity_check"]) == ("r-2", "pass")


def test_where_only_a_second_review_is_finished_it_is_disputed(world: World) -> None:
    world.session.get_one(ReviewRow, "r-1").kind = "second"
    assert dispute_window(world.session, world.ala, "c-1", TODAY).review_id == "r-1"


@pytest.mark.parametrize("who", ["jan", "coach", "ben"])
def test_a_window_is_for_the_agent_of_the_conversation(world: World, who: str) -> None:
    with pytest.raises((Refused, Missing)):
        dispute_window(world.session, getattr(world, who), "c-1", TODAY)


# Withdrawing


def test_an_own_open_dispute_is_withdrawn_and_may_be_raised_again(world: World) -> None:
    first = world.objects()
    for who, error in ((world.ben, Missing), (world.jan, Refused)):
        with pytest.raises(error):
            withdraw(world.session, who, first)
    withdraw(world.session, world.ala, first)
    assert world.row(first).status == "withdrawn"
    for attempt in (
        lambda: withdraw(world.session, world.ala, first),
        lambda: decide(world.session, world.ewa, first, "rejected", "Za późno"),
    ):
        with pytest.raises(Conflict):
            attempt()
    second = world.objects()
    decide(world.session, world.ewa, second, "rejected", "Nie było jej")
    with pytest.raises(Conflict):
        withdraw(world.session, world.ala, second)
    with pytest.raises(Missing):
        withdraw(world.session, world.ala, "nie ma")
