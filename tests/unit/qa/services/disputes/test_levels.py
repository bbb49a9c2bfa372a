"""Disputes about a level: what is asked for, what becomes of it, and what it is worth."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.accounts import actor_of, create
from qa.services.access.permissions import Actor
from qa.services.disputes.case import dispute_case
from qa.services.disputes.deciding import decide, raise_dispute
from qa.services.disputes.views import dispute
from qa.services.disputes.window import dispute_window
from qa.services.judging.label_export import labels
from qa.services.judging.reviews import Change, finish, save
from qa.storage.digests import Pseudonyms
from qa.storage.people import DisputeRow, ReviewRow
from qa.storage.tables import AuditRow
from tests.unit.qa.scale_rows import CARD, SCALED, add, answers
from tests.unit.qa.services.disputes.conftest import BOSS, TODAY, WHY

KEYS = Pseudonyms(b"k" * 32)


class Desk:
    """An agent whose conversation the machine gave level 1, and two who review and decide."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ala = self.person("ala", "agent", "a-1")
        self.jan, self.ewa = self.person("jan", "qa_specialist"), self.person("ewa", "qa_lead")
        add(session, "c-1", 1)

    def person(self, login: str, role: str, agent: str | None = None) -> Actor:
        return actor_of(create(self.session, login, f"Osoba {login}", (role,), None, agent_id=agent, by=BOSS))

    def reviewed(self, level: int | str) -> str:
        row = save(self.session, self.jan, "c-1", CARD, Change(answers(level), {}))
        return finish(self.session, self.jan, row.id, CARD).id

    def objects(self, wanted: str | None = None, criterion: str = SCALED, **values: Any) -> str:
        given: dict[str, Any] = {"review_id": None, "today": TODAY, "wanted": wanted, **values}
        return raise_dispute(self.session, self.ala, "c-1", criterion, WHY, **given)

    def decides(self, key: str, becomes: str | None, status: str = "accepted") -> str | None:
        return decide(self.session, self.ewa, key, status, "Pytał też o termin.", becomes)


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_an_agent_asks_for_a_level(desk: Desk) -> None:
    view = dispute(desk.session, desk.ala, desk.objects("2"))
    assert (view.was, view.was_level, view.wanted_level, view.becomes_level) == ("fail", 1, 2, None)
    case = dispute_case(desk.session, desk.ewa, view.id)
    assert case.scale is not None
    assert (case.choices, case.scale.top) == (("0", "1", "2", "3", "na"), 3)
    assert case.machine is not None
    assert (case.machine.level, bool(case.machine.evidence)) == (1, True)


def test_an_agent_need_not_say_which(desk: Desk) -> None:
    assert dispute(desk.session, desk.ala, desk.objects()).wanted_level is None


@pytest.mark.parametrize(
    ("wanted", "criterion", "words"),
    [
        ("1", SCALED, "To jest obecny poziom"),
        ("4", SCALED, "ocenia się poziomem od 0 do 3"),
        ("na", SCALED, "nie ma poziomów"),
        ("pass", SCALED, "nie ma poziomów"),
        ("²", SCALED, "nie ma poziomów"),
        ("2", "price", "To kryterium nie ma poziomów"),
    ],
)
def test_a_level_that_cannot_be_asked_for_is_refused(
    desk: Desk, wanted: str, criterion: str, words: str
) -> None:
    with pytest.raises(UsageProblem, match=words):
        desk.objects(wanted, criterion)
    assert desk.session.scalars(select(DisputeRow)).first() is None


def test_the_window_says_which_levels_can_be_disputed(desk: Desk) -> None:
    window = dispute_window(desk.session, desk.ala, "c-1", TODAY)
    assert window.levels == {SCALED: 1}
    assert window.outcomes[SCALED] == "fail"


def test_a_decision_gives_a_level_and_its_points(desk: Desk) -> None:
    review = desk.reviewed(1)
    key = desk.objects("3", review_id=review, today=date.today())
    desk.decides(key, "2")
    made, before = desk.session.get_one(ReviewRow, key), desk.session.get_one(ReviewRow, review)
    assert (made.criteria[SCALED]["outcome"], made.criteria[SCALED]["level"]) == ("pass", 2)
    assert made.criteria[SCALED]["automatic_level"] == 1
    assert before.criteria[SCALED]["level"] == 1  # the disputed review stays as it was
    assert (before.score, made.score) == (pytest.approx(80), pytest.approx(90))
    view = dispute(desk.session, desk.ala, key)
    assert (view.was_level, view.wanted_level, view.becomes, view.becomes_level) == (1, 3, "pass", 2)
    details = desk.session.scalars(select(AuditRow.details).where(AuditRow.action == "dispute_decide")).one()
    assert (details["was"], details["becomes"]) == ("1", "2")


def test_a_level_may_change_without_the_outcome(desk: Desk) -> None:
    key = desk.objects("0")
    desk.decides(key, "0")
    row = desk.session.get_one(DisputeRow, key)
    assert (row.was, row.becomes, row.was_level, row.becomes_level) == ("fail", "fail", 1, 0)


def test_what_did_not_apply_loses_its_level(desk: Desk) -> None:
    key = desk.objects()
    desk.decides(key, "na")
    made = desk.session.get_one(ReviewRow, key)
    assert (made.criteria[SCALED]["outcome"], made.criteria[SCALED]["level"]) == ("na", None)


@pytest.mark.parametrize("becomes", ["1", "4", "pass", None])
def test_a_decision_that_changes_nothing_is_refused(desk: Desk, becomes: str | None) -> None:
    key = desk.objects()
    with pytest.raises(UsageProblem, match="Uznane odwołanie zmienia wynik"):
        desk.decides(key, becomes)
    assert desk.session.get_one(DisputeRow, key).status == "open"


def test_the_overturned_level_is_no_label(desk: Desk) -> None:
    import json

    review = desk.reviewed(1)
    desk.decides(desk.objects(review_id=review, today=date.today()), "3")
    (line,) = [json.loads(one) for one in labels(desk.session, desk.ewa, KEYS, CARD.key)]
    first, second = (
        line[KEYS.of("oceniajacy", desk.jan.id)],
        line[f"{KEYS.of('oceniajacy', desk.ewa.id)}-{SCALED}"],
    )
    assert SCALED not in first["criteria"]
    assert "levels" not in first
    assert (first["overturned"], first["overturned_levels"]) == ({SCALED: "fail"}, {SCALED: 1})
    assert (second["criteria"], second["levels"]) == ({SCALED: "pass"}, {SCALED: 3})
