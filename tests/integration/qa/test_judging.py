"""Calibrations and disputes on both databases, where several people press the button at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from qa.errors import Conflict, UsageProblem
from qa.services.access.accounts import actor_of, create
from qa.services.access.permissions import Actor
from qa.services.calibration.comparison import comparison
from qa.services.calibration.sessions import compare, judge, open_session
from qa.services.calibration.views import calibrations
from qa.services.disputes.deciding import decide, raise_dispute
from qa.services.disputes.figures import dispute_figures
from qa.services.disputes.views import disputes
from qa.services.judging.reviews import Change, finish, save
from qa.services.judging.trust import Share
from qa.storage.database import Storage, open_storage
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow, SampleItemRow
from scorecards import load_scorecard
from tests.unit.qa.databases import keyed

NAMES = [criterion.id for criterion in load_scorecard("phone@1").criteria]
FAILED = {name: {"outcome": "fail", "comment": ""} for name in NAMES}
PASSED = {name: {"outcome": "pass", "comment": ""} for name in NAMES}
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))
TODAY = date(2026, 11, 10)


@pytest.fixture
def storage(fresh_url: str) -> Iterator[Storage]:
    found = keyed(open_storage(fresh_url))
    yield found
    found.close()


@pytest.fixture
def people(storage: Storage) -> dict[str, Actor]:
    """A lead, two specialists, and an agent with one conversation that Jan has reviewed."""
    with storage.writing() as session:
        found = {
            login: actor_of(
                create(session, login, f"Osoba {login}", (role,), None, agent_id="a-1", by=BOSS)
                if role == "agent"
                else create(session, login, f"Osoba {login}", (role,), None, by=BOSS)
            )
            for login, role in (
                ("ola", "qa_lead"),
                ("jan", "qa_specialist"),
                ("ewa", "qa_specialist"),
                ("ala", "agent"),
            )
        }
        session.add(
            OverviewRow(
                conversation_id="c-1",
                versions="1",
                channel="phone",
                started_at="2026-11-02T10:00:00+01:00",
                day="2026-11-02",
                agent_id="a-1",
                opening="",
                scorecard="phone@1",
            )
        )
        session.add(
            ReviewRow(
                id="r-1",
                conversation_id="c-1",
                account_id=found["jan"].id,
                status="finished",
                scorecard="phone@1",
                criteria={
                    name: {"outcome": "fail", "comment": "", "automatic": "pass", "confidence": 0.9}
                    for name in NAMES
                },
                finished_at=datetime(2026, 11, 5, tzinfo=UTC),
            )
        )
    return found


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Results of all calls, begun together; a conflict is a result too."""
    barrier = threading.Barrier(len(calls))
    found: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        barrier.wait()
        try:
            found[index] = calls[index]()
        except Conflict as error:
            found[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_the_same_person_in_two_windows_begins_one_judgement(
    storage: Storage, people: dict[str, Actor]
) -> None:
    with storage.writing() as session:
        ids = [people["jan"].id, people["ewa"].id]
        key = open_session(session, people["ola"], "Listopad", "phone@1", ["c-1"], ids).line.id

    def save() -> int:
        with storage.writing() as session:
            return judge(session, people["jan"], key, "c-1", PASSED, "", 0, finish=True).version

    found = at_once(*[save] * 4)
    assert found.count(1) == 1
    assert sum(isinstance(one, Conflict) for one in found) == 3
    with storage.writing() as session:
        made = select(func.count()).select_from(ReviewRow).where(ReviewRow.kind == "calibration")
        assert session.scalar(made) == 1
        judge(session, people["ewa"], key, "c-1", FAILED, "Uwaga", 0, finish=True)
        compare(session, people["ola"], key)
    with storage.reading() as session:
        assert [one.finished for one in calibrations(session, people["jan"]).rows] == [2]
        assert calibrations(session, Actor("x", "x", "X", frozenset({"coach"}))).total == 0
        first = comparison(session, people["ewa"], key).criteria[0]
        assert (first.agreement.unanimous, first.conversations[0].split) == (Share(0, 1), True)


def test_an_outcome_disputed_twice_at_once_is_disputed_once(
    storage: Storage, people: dict[str, Actor]
) -> None:
    def object_to_it() -> str:
        with storage.writing() as session:
            return raise_dispute(session, people["ala"], "c-1", "empathy", "Była", "r-1", TODAY)

    found = at_once(*[object_to_it] * 4)
    assert sum(isinstance(one, Conflict) for one in found) == 3
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(DisputeRow)) == 1


def test_decisions_at_once_lose_none(storage: Storage, people: dict[str, Actor]) -> None:
    with storage.writing() as session:
        raised = [
            raise_dispute(session, people["ala"], "c-1", name, "Było", "r-1", TODAY) for name in NAMES[:4]
        ]

    def accept(identifier: str) -> str | None:
        with storage.writing() as session:
            return decide(session, people["ewa"], identifier, "accepted", "Racja", "pass")

    found = at_once(*(lambda one=one: accept(one) for one in [*raised, raised[0]]))
    assert sum(isinstance(one, Conflict) for one in found) == 1
    with storage.reading() as session:
        newest = session.scalars(
            select(ReviewRow).where(ReviewRow.kind == "dispute").order_by(ReviewRow.finished_at.desc())
        ).first()
        assert newest is not None
        passed = [name for name in NAMES if newest.criteria[name]["outcome"] == "pass"]
        assert passed == NAMES[:4]
        assert disputes(session, people["jan"], "accepted").total == 4
        figures = dispute_figures(session, people["jan"], TODAY.replace(day=1))
        assert figures.overturned == Share(4, 4)


@pytest.mark.parametrize("item_id", [None, "i-1"])
def test_a_review_begun_in_several_windows_at_once_is_begun_once(
    storage: Storage, people: dict[str, Actor], item_id: str | None
) -> None:
    ewa = people["ewa"]
    with storage.writing() as session:
        session.add(
            SampleItemRow(
                id="i-1",
                sample_id="s",
                conversation_id="c-1",
                probability=1.0,
                status="claimed",
                assignee=ewa.id,
            )
        )

    def begin(name: str) -> str:
        with storage.writing() as session:
            change = Change({name: "pass"}, {})
            return save(session, ewa, "c-1", load_scorecard("phone@1"), change, item_id).id

    found = at_once(*(lambda name=name: begin(name) for name in NAMES[:4]))
    with storage.reading() as session:
        made = session.scalars(select(ReviewRow).where(ReviewRow.account_id == ewa.id)).all()
    assert [row.id for row in made] == list({*found})
    answered = {name for name, one in made[0].criteria.items() if one["outcome"] == "pass"}
    assert (made[0].version, answered) == (4, set(NAMES[:4]))  # and what each window said is in it


def test_a_review_is_not_changed_once_it_was_finished_in_another_window(
    storage: Storage, people: dict[str, Actor]
) -> None:
    ewa, card = people["ewa"], load_scorecard("phone@1")
    with storage.writing() as session:
        begun = save(session, ewa, "c-1", card, Change(dict.fromkeys(NAMES, "pass"), {}))
        key, seen = begun.id, begun.version

    def change() -> None:
        with storage.writing() as session:
            save(session, ewa, "c-1", card, Change({NAMES[0]: None}, {}, None, seen))

    def end() -> None:
        # where the other window was first, an answer is missing
        with storage.writing() as session, suppress(UsageProblem):
            finish(session, ewa, key, card)

    at_once(change, end)
    with storage.reading() as session:
        row = session.get_one(ReviewRow, key)
        answered = row.criteria[NAMES[0]]["outcome"] is not None
        assert (row.status == "finished") == answered
