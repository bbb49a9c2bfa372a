"""Who may decide a dispute, and what an overturned outcome becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.disputes.deciding import decide, withdraw
from qa.services.disputes.views import dispute
from qa.storage import audit
from qa.storage.people import OutcomeRow, OverviewRow, ReviewRow
from tests.unit.qa.services.disputes.conftest import (
    WHY,
    World,
)


def test_the_author_of_the_review_never_decides(world: World) -> None:
    identifier = world.objects()
    for status, becomes in (
        ("accepted", "pass"),
        ("partly", "na"),
        ("rejected", None),
        ("wrong_person", None),
    ):
        with pytest.raises(Refused, match="To Twoja ocena"):
            decide(world.session, world.jan, identifier, status, "Dlatego", becomes)
    assert world.row(identifier).status == "open"
    assert decide(world.session, world.ewa, identifier, "accepted", "Jest w 2:10", "pass")


def test_a_lead_who_wrote_the_review_is_its_author_too(world: World) -> None:
    lead = world.person("lea", "qa_lead")
    world.review("r-2", "c-1", lead, "second", identity_check="fail")
    with pytest.raises(Refused, match="To Twoja ocena"):
        decide(world.session, lead, world.objects(review_id="r-2"), "rejected", "Dlatego")
    assert decide(world.session, lead, world.objects(), "rejected", "Dlatego") is None


def test_nobody_decides_about_themselves(world: World) -> None:
    identifier = world.objects()
    both = Actor(world.ala.id, "ala", "Ala", frozenset({"agent", "qa_specialist"}), "ala")
    other_account = Actor("x", "x", "X", frozenset({"qa_specialist"}), "ala")
    for who in (both, other_account):
        with pytest.raises(Refused, match="dotyczy Ciebie"):
            decide(world.session, who, identifier, "accepted", "Bo tak", "pass")


def test_who_may_not_decide_at_all(world: World) -> None:
    identifier = world.objects()
    for who in (world.ala, world.coach, world.person("aud", "auditor")):
        with pytest.raises(Refused, match="Brak uprawnienia"):
            decide(world.session, who, identifier, "rejected", "Dlatego")
    for missing in ("nie ma", "\0"):
        with pytest.raises(Missing):
            decide(world.session, world.ewa, missing, "rejected", "Dlatego")


@pytest.mark.parametrize(
    ("status", "becomes", "comment", "match"),
    [
        ("open", None, "Dlatego", "Decyzja to"),
        ("withdrawn", None, "Dlatego", "Decyzja to"),
        ("accepted", None, "Dlatego", "zmienia wynik"),
        ("accepted", "fail", "Dlatego", "inny niż dotąd"),
        ("partly", "review", "Dlatego", "pass, fail albo na"),
        ("rejected", "pass", "Dlatego", "nie zmienia wyniku"),
        ("wrong_person", "na", "Dlatego", "nie zmienia wyniku"),
        ("rejected", None, " ", "od 3 do 4000"),
        ("accepted", "pass", "x" * 4001, "od 3 do 4000"),
    ],
)
def test_what_is_no_decision(
    world: World, status: str, becomes: str | None, comment: str, match: str
) -> None:
    identifier = world.objects()
    with pytest.raises(UsageProblem, match=match):
        decide(world.session, world.ewa, identifier, status, comment, becomes)
    row = world.row(identifier)
    assert (row.status, row.becomes, row.decided_by, row.decided_at) == ("open", None, None, None)
    assert world.session.scalar(select(func.count()).select_from(ReviewRow)) == 1


def test_an_overturned_outcome_is_a_new_review_and_the_old_one_stays(world: World) -> None:
    before = dict(world.session.get_one(ReviewRow, "r-1").criteria)
    identifier = world.objects()
    assert decide(world.session, world.ewa, identifier, "accepted", "Jest w 2:10", "pass") == identifier
    made = world.session.get_one(ReviewRow, identifier)
    assert (made.kind, made.status, made.account_id, made.agent_id) == (
        "dispute",
        "finished",
        world.ewa.id,
        "ala",
    )
    assert (made.conversation_id, made.scorecard, made.item_id) == ("c-1", "phone@1", None)
    assert made.finished_at is not None
    assert made.criteria["identity_check"] == {
        "outcome": "pass",
        "comment": "Jest w 2:10",
        "automatic": "pass",
        "confidence": 0.8,
    }
    assert {n: one for n, one in made.criteria.items() if n != "identity_check"} == {
        n: one for n, one in before.items() if n != "identity_check"
    }
    assert made.score == 90  # the critical fail is gone, empathy still fails
    old = world.session.get_one(ReviewRow, "r-1")
    assert (old.criteria, old.score, old.version) == (before, 0, 1)
    row = world.row(identifier)
    assert (row.status, row.becomes, row.decided_by) == ("accepted", "pass", world.ewa.id)
    with pytest.raises(Conflict):
        decide(world.session, world.ewa, identifier, "rejected", "Jednak nie")


@pytest.mark.parametrize("status", ["rejected", "wrong_person"])
def test_other_decisions_make_no_review(world: World, status: str) -> None:
    identifier = world.objects()
    assert decide(world.session, world.ewa, identifier, status, "Dlatego") is None
    row = world.row(identifier)
    assert (row.status, row.becomes, row.decision) == (status, None, "Dlatego")
    assert world.session.scalar(select(func.count()).select_from(ReviewRow)) == 1


def test_a_second_overturned_outcome_keeps_the_first(world: World) -> None:
    first, second = world.objects(), world.objects("empathy")
    decide(world.session, world.ewa, first, "accepted", "Jest", "pass")
    decide(world.session, world.ewa, second, "partly", "Nie było czego", "na")
    made = world.session.get_one(ReviewRow, second)
    assert made.criteria["identity_check"]["outcome"] == "pass"
    assert made.criteria["empathy"]["outcome"] == "na"
    assert made.score == 100


def test_a_dispute_about_what_a_dispute_made_is_about_the_review_it_rests_on(world: World) -> None:
    first = world.objects()
    decide(world.session, world.ewa, first, "accepted", "Jest", "pass")
    with pytest.raises(Conflict):
        world.objects(review_id=first)  # decided once is decided
    second = world.objects("empathy", review_id=first)
    assert world.row(second).review_id == "r-1"
    with pytest.raises(Refused, match="To Twoja ocena"):
        decide(world.session, world.jan, second, "rejected", "Nie")
    with pytest.raises(Missing):
        world.objects("empathy", name="c-2", review_id=first)


def test_an_overturned_outcome_of_the_machine(world: World) -> None:
    identifier = world.objects(name="c-2")
    decide(world.session, world.jan, identifier, "accepted", "Jest w 2:10", "pass")
    made = world.session.get_one(ReviewRow, identifier)
    assert "recap" not in made.criteria  # nobody has decided it
    assert made.criteria["identity_check"]["automatic"] == "fail"
    assert made.criteria["empathy"] == {
        "outcome": "pass",
        "comment": "",
        "automatic": "pass",
        "confidence": 0.9,
    }
    assert made.score == 100
    assert world.session.get_one(OutcomeRow, ("c-2", "identity_check")).outcome == "fail"
    again = world.objects("greeting", "c-2", review_id=identifier)
    assert world.row(again).review_id is None


def test_a_late_decision_about_the_machine_keeps_what_a_person_said_since(world: World) -> None:
    identifier = world.objects(name="c-2")
    world.review("r-2", "c-2", world.jan, empathy="fail", identity_check="fail")
    world.review("r-3", "c-2", world.jan, "calibration", greeting="fail").finished_at = datetime.now(UTC)
    decide(world.session, world.ewa, identifier, "accepted", "Jest", "pass")
    made = world.session.get_one(ReviewRow, identifier)
    assert made.criteria["empathy"]["outcome"] == "fail"
    assert made.criteria["greeting"]["outcome"] == "pass"
    assert made.score == 90


def test_a_deleted_conversation_leaves_nothing_to_overturn(world: World) -> None:
    identifier = world.objects(name="c-2")
    world.session.delete(world.session.get_one(OverviewRow, "c-2"))
    for row in world.session.scalars(select(OutcomeRow).where(OutcomeRow.conversation_id == "c-2")):
        world.session.delete(row)
    world.session.flush()
    with pytest.raises(Conflict, match="tylko oddalić"):
        decide(world.session, world.jan, identifier, "accepted", "Jest", "pass")
    assert world.row(identifier).status == "open"
    decide(world.session, world.jan, identifier, "rejected", "Nie ma już rozmowy")


def test_an_unknown_scorecard_leaves_the_score_open(world: World) -> None:
    world.session.get_one(ReviewRow, "r-1").scorecard = "wlasna@3"
    identifier = world.objects()
    decide(world.session, world.ewa, identifier, "accepted", "Jest", "pass")
    assert world.session.get_one(ReviewRow, identifier).score is None
    assert dispute(world.session, world.ewa, identifier).criterion_name == "identity_check"


def test_the_log_tells_who_did_what_but_not_what_was_written(world: World) -> None:
    first, second = world.objects(), world.objects("empathy")
    decide(world.session, world.ewa, first, "accepted", "Jan Kowalski potwierdził dane", "pass")
    withdraw(world.session, world.ala, second)
    entries = [one for one in audit.entries(world.session) if one.action.startswith("dispute")]
    assert [(one.actor, one.action, one.subject) for one in entries] == [
        ("ala", "dispute_raise", first),
        ("ala", "dispute_raise", second),
        ("ewa", "dispute_decide", first),
        ("ala", "dispute_withdraw", second),
    ]
    logged = repr([one.details for one in entries])
    assert "Kowalski" not in logged
    assert WHY not in logged
    assert entries[2].details["status"] == "accepted"
    assert audit.broken_at(world.session) is None
