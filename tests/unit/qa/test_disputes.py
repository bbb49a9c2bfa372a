"""Disputes on a real database: who may object, who may decide, and what an overturned outcome becomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.accounts import actor_of, create
from qa.services.access.permissions import Actor
from qa.services.calibration.sessions import judge, open_session
from qa.services.disputes.case import dispute_case
from qa.services.disputes.deciding import DAYS, decide, last_day, raise_dispute, withdraw
from qa.services.disputes.figures import MACHINE, dispute_figures
from qa.services.disputes.views import conversation_disputes, dispute, disputes, own_disputes
from qa.services.judging.trust import Share
from qa.storage import audit
from qa.storage.database import open_storage
from qa.storage.people import DisputeRow, OutcomeRow, OverviewRow, ReviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from scorecards import load_scorecard

NAMES = [criterion.id for criterion in load_scorecard("phone@1").criteria]
TODAY = date(2026, 11, 10)
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))
WHY = "Weryfikacja była w drugiej minucie."


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without rows: migrating one for each test would take most of the time."""
    path = tmp_path_factory.mktemp("empty") / "t.db"
    open_storage(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def session(tmp_path: Path, empty: Path) -> Iterator[Session]:
    storage = open_storage(f"sqlite:///{copy(empty, tmp_path)}")
    with storage.writing() as one:
        yield one
    storage.close()


class World:
    """Two agents, two specialists, a coach; c-1 was reviewed by Jan, c-2 only by the machine, both are Ala's."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ala, self.ben = self.person("ala", "agent"), self.person("ben", "agent")
        self.jan, self.ewa = self.person("jan"), self.person("ewa")
        self.coach = self.person("coach", "coach")
        for name, agent in (("c-1", "ala"), ("c-2", "ala"), ("c-3", "ben")):
            self.conversation(name, agent)
        self.review("r-1", "c-1", self.jan, identity_check="fail", empathy="fail")

    def person(self, login: str, *roles: str) -> Actor:
        roles = roles or ("qa_specialist",)
        agent = login if "agent" in roles else None
        return actor_of(create(self.session, login, f"Osoba {login}", roles, None, agent_id=agent, by=BOSS))

    def conversation(self, name: str, agent: str | None, day: str = "2026-11-02") -> None:
        self.session.add(
            OverviewRow(
                conversation_id=name,
                versions="1",
                channel="phone",
                started_at=f"{day}T10:00:00+01:00",
                day=day,
                agent_id=agent,
                opening="",
                scorecard="phone@1",
            )
        )
        for criterion in NAMES:
            outcome = {"identity_check": "fail", "recap": "review"}.get(criterion, "pass")
            self.session.add(
                OutcomeRow(
                    conversation_id=name,
                    criterion=criterion,
                    scorecard="phone@1",
                    outcome=outcome,
                    confidence=0.9,
                    day=day,
                )
            )
        self.session.flush()

    def review(self, key: str, name: str, who: Actor, kind: str = "review", **outcomes: str) -> ReviewRow:
        said = {**dict.fromkeys(NAMES, "pass"), **outcomes}
        row = ReviewRow(
            id=key,
            conversation_id=name,
            account_id=who.id,
            kind=kind,
            status="finished",
            scorecard="phone@1",
            agent_id="ala",
            criteria={
                one: {"outcome": value, "comment": f"o {one}", "automatic": "pass", "confidence": 0.8}
                for one, value in said.items()
            },
            score=0.0,
            finished_at=datetime(2026, 11, 5, 12, tzinfo=UTC),
        )
        self.session.add(row)
        self.session.flush()
        return row

    def objects(self, criterion: str = "identity_check", name: str = "c-1", **values: Any) -> str:
        given: dict[str, Any] = {"review_id": "r-1" if name == "c-1" else None, "today": TODAY, **values}
        return raise_dispute(self.session, self.ala, name, criterion, WHY, **given)

    def row(self, identifier: str) -> DisputeRow:
        return self.session.get_one(DisputeRow, identifier)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


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
        last_day(world.session, world.ala, name, None)


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
    key = "r-1" if name == "c-1" else None
    assert last_day(world.session, world.ala, name, key) == last.isoformat()
    assert last_day(world.session, world.ala, name, key, days=3) == (begins + timedelta(days=3)).isoformat()
    with pytest.raises(Refused, match=last.isoformat()):
        world.objects(name=name, today=last + timedelta(days=1))
    with pytest.raises(Refused):
        world.objects(name=name, today=begins + timedelta(days=4), days=3)
    assert world.objects(name=name, today=last)


def test_the_window_counts_from_the_polish_day(world: World) -> None:
    row = world.session.get_one(ReviewRow, "r-1")
    row.finished_at = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)  # half past midnight in Poland
    assert last_day(world.session, world.ala, "c-1", "r-1") == "2026-11-20"


def test_a_conversation_without_a_day_has_no_window(world: World) -> None:
    world.conversation("c-4", "ala", day="")
    assert last_day(world.session, world.ala, "c-4", None) is None
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


# Deciding


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


# Lists


def aged(world: World, identifier: str, days: int) -> str:
    world.row(identifier).created_at = datetime(2026, 11, 10, tzinfo=UTC) - timedelta(days=days)
    world.session.flush()
    return identifier


def test_open_disputes_come_first_by_age_then_the_newest(world: World) -> None:
    old = aged(world, world.objects("greeting"), 9)
    new = aged(world, world.objects("farewell"), 1)
    ended = [aged(world, world.objects(name), days) for name, days in (("recap", 10), ("empathy", 2))]
    for identifier in ended:
        decide(world.session, world.ewa, identifier, "rejected", "Dlatego")
    found = disputes(world.session, world.coach)
    assert [one.id for one in found.rows] == [old, new, ended[1], ended[0]]
    assert found.total == 4
    pages = [disputes(world.session, world.coach, page=page, size=3) for page in (1, 2, 3)]
    assert [[one.id for one in page.rows] for page in pages] == [[old, new, ended[1]], [ended[0]], []]
    assert {page.total for page in pages} == {4}
    assert [one.id for one in disputes(world.session, world.coach, "rejected").rows] == [ended[1], ended[0]]
    assert disputes(world.session, world.coach, "accepted").total == 0
    with pytest.raises(UsageProblem, match="status"):
        disputes(world.session, world.coach, "otwarte")
    with pytest.raises(UsageProblem, match="Strony"):
        disputes(world.session, world.coach, page=0)
    with pytest.raises(Refused):
        disputes(world.session, world.ala)


def test_a_line_says_who_about_what_and_whether_one_may_decide(world: World) -> None:
    identifier = world.objects()
    machine = world.objects(name="c-2")
    for who, expected in (
        (world.jan, [False, True]),
        (world.ewa, [True, True]),
        (world.coach, [False, False]),
    ):
        found = {one.id: one for one in disputes(world.session, who).rows}
        assert [found[identifier].may_decide, found[machine].may_decide] == expected
    one = dispute(world.session, world.ewa, identifier)
    assert (one.criterion_name, one.raised_by, one.author) == (
        "Weryfikacja klienta",
        "Osoba ala",
        "Osoba jan",
    )
    assert (one.was, one.becomes, one.status, one.decided_by, one.new_review_id) == (
        "fail",
        None,
        "open",
        None,
        None,
    )
    assert dispute(world.session, world.ewa, machine).author is None
    decide(world.session, world.ewa, identifier, "partly", "Jedna dana", "na")
    one = dispute(world.session, world.ala, identifier)
    assert (one.decided_by, one.decision, one.new_review_id) == ("Osoba ewa", "Jedna dana", identifier)
    assert one.decided_at is not None
    assert dispute(world.session, world.jan, identifier).may_decide is False


def test_an_agent_sees_own_disputes_only(world: World) -> None:
    mine = world.objects()
    theirs = raise_dispute(world.session, world.ben, "c-3", "identity_check", WHY, None, TODAY)
    assert [one.id for one in own_disputes(world.session, world.ala).rows] == [mine]
    assert own_disputes(world.session, world.ala, page=2).rows == ()
    assert own_disputes(world.session, world.ala).total == 1
    with pytest.raises(Refused):
        own_disputes(world.session, world.jan)
    for missing in (theirs, "nie ma", "\0"):
        with pytest.raises(Missing):
            dispute(world.session, world.ala, missing)
    assert dispute(world.session, world.coach, theirs).raised_by == "Osoba ben"


def test_disputes_of_a_conversation_for_those_who_may_see_it(world: World) -> None:
    second = aged(world, world.objects("empathy"), 1)
    first = aged(world, world.objects(), 2)
    for who in (world.ala, world.jan, world.coach, world.person("aud", "auditor")):
        assert [one.id for one in conversation_disputes(world.session, who, "c-1")] == [first, second]
    for who, name in ((world.ben, "c-1"), (world.jan, "c-99"), (world.jan, "\0")):
        with pytest.raises(Missing):
            conversation_disputes(world.session, who, name)
    with pytest.raises(Refused):
        conversation_disputes(world.session, world.person("pro", "product"), "c-1")
    assert conversation_disputes(world.session, world.ala, "c-2") == ()


def test_what_is_to_be_judged_blind_is_neither_shown_nor_decided(world: World) -> None:
    identifier, other = world.objects(), world.objects(name="c-2")
    session, lead = world.session, world.person("ola", "qa_lead")
    blind = open_session(session, lead, "Listopad", "phone@1", ["c-1"], [world.ewa.id, lead.id]).line.id
    shown = {one.id: one for one in disputes(session, world.ewa).rows}
    assert (shown[identifier].hidden_by, shown[identifier].may_decide) == (blind, False)
    assert shown[other].hidden_by is None
    told = repr((dispute(session, world.ewa, identifier), conversation_disputes(session, world.ewa, "c-1")))
    assert not [secret for secret in ("fail", "Weryfikacja", "identity", WHY, "Osoba jan") if secret in told]
    assert WHY not in repr(dispute_case(session, world.ewa, identifier))
    assert dispute(session, world.coach, identifier).was == "fail"
    with pytest.raises(Refused, match="Najpierw oceń"):
        decide(session, world.ewa, identifier, "rejected", "Nie było jej.")
    said = {name: {"outcome": "pass", "comment": ""} for name in NAMES}
    judge(session, world.ewa, blind, "c-1", said, "", 0, finish=True)
    assert dispute(session, world.ewa, identifier).was == "fail"
    decide(session, world.ewa, identifier, "rejected", "Nie było jej.")


# The case


def test_a_case_has_both_comments_and_the_words_in_question(world: World) -> None:
    identifier = world.objects()
    stored(world, "c-1", outcome="pass")
    found = dispute_case(world.session, world.ewa, identifier)
    assert (found.said, found.dispute.comment, found.scorecard) == ("o identity_check", WHY, "phone@1")
    assert found.question
    assert found.machine is not None
    assert (found.machine.outcome, found.machine.confidence) == ("pass", 0.8)  # when Jan judged
    assert [one.quote for one in found.machine.evidence] == ["Proszę o numer klienta."]
    assert (found.channel, found.agent_id) == ("phone", "ala")
    entry = list(audit.entries(world.session))[-1]
    assert (entry.action, entry.actor, entry.subject) == ("dispute_open", "ewa", identifier)


def test_the_words_go_where_the_machine_now_says_something_else(world: World) -> None:
    identifier = world.objects(name="c-2")
    stored(world, "c-2", outcome="pass")
    found = dispute_case(world.session, world.ewa, identifier).machine
    assert found is not None
    assert (found.outcome, found.confidence, found.reason, found.evidence) == ("fail", None, "", ())


def test_a_case_of_a_deleted_conversation_keeps_what_was_said(world: World) -> None:
    found = dispute_case(world.session, world.ewa, world.objects())
    assert (found.channel, found.said) == (None, "o identity_check")
    for missing in ("nie ma", "\0"):
        with pytest.raises(Missing):
            dispute_case(world.session, world.ewa, missing)
    with pytest.raises(Missing):
        dispute_case(world.session, world.ben, found.dispute.id)


def stored(world: World, name: str, outcome: str) -> None:
    """The conversation with the machine's result for the disputed criterion."""
    result = {
        "id": "identity_check",
        "outcome": outcome,
        "confidence": 0.95,
        "evidence": [{"turn": 0, "start": 13, "end": 19}],
        "reason": "Pyta o numer.",
    }
    common: dict[str, Any] = {"version": "1", "current": True}
    world.session.add_all(
        [
            ConversationRow(
                key=f"k-{name}",
                conversation_id=name,
                source_digest="s",
                raw_digest="r",
                digest=f"d-{name}",
                channel="phone",
                agent_id="ala",
                content={"turns": [{"speaker": "agent", "text": "Dzień dobry. Proszę o numer klienta."}]},
                **common,
            ),
            TaggingRow(key=f"t-{name}", input_digest=f"d-{name}", digest=f"td-{name}", content={}, **common),
            EvaluationRow(
                key=f"e-{name}",
                input_digest=f"td-{name}",
                scorecard="phone@1",
                content={"criteria": [result]},
                **common,
            ),
        ]
    )
    world.session.flush()


# Figures


def decided(world: World, identifier: str, who: Actor, status: str, after: float, on: int = 6) -> None:
    """Decide, as if on that day of November, so many hours after it was raised."""
    row = world.row(identifier)
    decide(
        world.session,
        who,
        identifier,
        status,
        "Dlatego",
        "pass" if status in ("accepted", "partly") else None,
    )
    row.decided_at = datetime(2026, 11, on, 12, tzinfo=UTC)
    row.created_at = row.decided_at - timedelta(hours=after)
    world.session.flush()


def test_figures_of_nothing(world: World) -> None:
    found = dispute_figures(world.session, world.coach)
    assert (found.open, found.oldest_open, found.hours, found.slowest) == (0, None, None, None)
    assert found.overturned.value is None
    assert found.by_criterion == found.by_reviewer == ()


def test_time_to_decision_and_overturn_rates(world: World) -> None:
    world.review("r-2", "c-1", world.ewa, "second", identity_check="fail", empathy="fail")
    decided(world, world.objects(), world.ewa, "accepted", 1)
    decided(world, world.objects("empathy"), world.ewa, "rejected", 100)
    decided(world, world.objects(review_id="r-2"), world.jan, "wrong_person", 3)
    decided(world, world.objects(name="c-2"), world.jan, "partly", 7)
    withdraw(world.session, world.ala, world.objects("recap"))
    waiting = aged(world, world.objects("farewell"), 30)
    aged(world, world.objects("greeting"), 2)
    found = dispute_figures(world.session, world.coach)
    assert (found.open, found.oldest_open) == (2, world.row(waiting).created_at.isoformat())
    assert (found.hours, found.slowest) == (5, 100)
    assert found.overturned == Share(2, 4)
    assert found.overturned.interval is not None
    assert [(one.id, one.name, one.overturned) for one in found.by_criterion] == [
        ("empathy", "Empatia", Share(0, 1)),
        ("identity_check", "Weryfikacja klienta", Share(2, 3)),
    ]
    assert [(one.id, one.name, one.overturned) for one in found.by_reviewer] == [
        (None, MACHINE, Share(1, 1)),
        (world.ewa.id, "Osoba ewa", Share(0, 1)),
        (world.jan.id, "Osoba jan", Share(1, 2)),
    ]


def test_a_period_has_both_its_polish_days(world: World) -> None:
    for criterion, on in (("greeting", 5), ("farewell", 6), ("recap", 7)):
        decided(world, world.objects(criterion), world.ewa, "rejected", 1, on)
    row = world.session.scalars(select(DisputeRow).where(DisputeRow.criterion == "recap")).one()
    row.decided_at = datetime(2026, 11, 6, 23, 30, tzinfo=UTC)  # the 7th in Poland
    world.session.flush()

    def number(first: date | None, last: date | None) -> int:
        return dispute_figures(world.session, world.coach, first, last).overturned.whole

    sixth, seventh = date(2026, 11, 6), date(2026, 11, 7)
    assert [number(None, None), number(sixth, None), number(None, sixth), number(sixth, sixth)] == [
        3,
        2,
        2,
        1,
    ]
    assert number(seventh, seventh) == 1
    with pytest.raises(UsageProblem, match="zamień daty"):
        number(seventh, sixth)
    for first, last in ((date.min, None), (None, date.max)):
        with pytest.raises(UsageProblem, match="2000"):
            number(first, last)
    with pytest.raises(Refused):
        dispute_figures(world.session, world.ala)


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
