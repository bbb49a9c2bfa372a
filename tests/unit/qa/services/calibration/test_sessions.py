"""Calibration sessions: opening, judging, deciding and closing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.accounts import change
from qa.services.calibration.comparison import comparison
from qa.services.calibration.sessions import close, compare, decide, judge, open_session
from qa.services.calibration.views import calibration, judgement
from qa.storage import audit
from qa.storage.people import CalibrationRow, ReviewRow
from tests.unit.qa.services.calibration.conftest import (
    BOSS,
    CARD,
    NAMES,
    PASSED,
    Table,
    by_id,
    conversations,
    person,
)

# Opening


@pytest.mark.parametrize(
    ("change_it", "said"),
    [
        ({"name": " x "}, "Nazwa kalibracji"),
        ({"name": "x" * 121}, "Nazwa kalibracji"),
        ({"name": "Kalibracja\0"}, "znaki"),
        ({"name": "Kalibracja\ud800"}, "znaki"),
        ({"scorecard": "phone@99"}, "karty"),
        ({"scorecard": "/etc/passwd"}, "karty"),  # never a path
        ({"scorecard": "phone"}, "karty"),
        ({"conversation_ids": []}, "od 1 do 50"),
        ({"conversation_ids": [f"x-{i}" for i in range(51)]}, "od 1 do 50"),
        ({"conversation_ids": ["c-00", "nie ma", "\0"]}, "przetworzonych: nie ma"),
        ({"participants": ["jan", "jan"]}, "od 2 do 20"),
        ({"participants": [str(i) for i in range(21)]}, "od 2 do 20"),
        ({"participants": ["jan", "nikt"]}, "kalibracji: 1"),
        ({"participants": ["jan", "agent"]}, "kalibracji: 1"),
        ({"participants": ["jan", "gone"]}, "kalibracji: 1"),
    ],
)
def test_what_a_session_cannot_be_made_of(session: Session, change_it: dict[str, Any], said: str) -> None:
    lead = person(session, "ola", "qa_lead")
    known = {"jan": person(session, "jan").id, "agent": person(session, "agent", "agent").id}
    known["gone"] = person(session, "gone").id
    person(session, "adm", "administrator")  # without one nobody can be made inactive
    change(session, known["gone"], BOSS, active=False)
    values: dict[str, Any] = {
        "name": "Listopad",
        "scorecard": CARD.key,
        "conversation_ids": conversations(session, 2),
        "participants": ["jan", lead.id],
        **change_it,
    }
    values["participants"] = [known.get(one, one) for one in values["participants"]]
    with pytest.raises(UsageProblem, match=said):
        open_session(session, lead, **values)
    assert session.scalar(select(func.count()).select_from(CalibrationRow)) == 0


def test_only_a_lead_opens_compares_decides_and_closes(table: Table) -> None:
    table.everybody()
    session = table.session
    for attempt in (
        lambda: open_session(session, table.jan, "X y", CARD.key, table.ids, [table.jan.id, table.ewa.id]),
        lambda: compare(session, table.jan, table.id),
        lambda: decide(session, table.jan, table.id, "c-00", "empathy", "pass", "Bo tak"),
        lambda: close(session, table.jan, table.id),
    ):
        with pytest.raises(Refused, match="Brak uprawnienia"):
            attempt()


def test_the_same_conversation_or_person_counts_once(session: Session) -> None:
    lead, jan = person(session, "ola", "qa_lead"), person(session, "jan")
    ids = conversations(session, 2)
    found = open_session(session, lead, "  Dwa razy ", CARD.key, [*ids, ids[0]], [jan.id, lead.id, jan.id])
    assert (found.line.name, found.line.conversations, found.line.participants) == ("Dwa razy", 2, 2)
    assert (found.line.finished, found.line.expected, found.line.mine) == (0, 4, 0)


# Judging


def test_a_draft_keeps_what_is_there_and_only_a_whole_judgement_is_finished(table: Table) -> None:
    session, jan = table.session, table.jan
    empty = judgement(session, jan, table.id, "c-00")
    assert (empty.status, empty.version) == ("waiting", 0)
    assert [one.criterion for one in empty.criteria] == NAMES
    part = {"empathy": {"outcome": None, "comment": " jeszcze nie wiem "}}
    first = judge(session, jan, table.id, "c-00", part, " uwaga ", 0)
    assert (first.status, first.version, first.comment) == ("draft", 1, " uwaga ")
    with pytest.raises(UsageProblem, match=r"Oceń jeszcze: Powitanie, .*Empatia"):
        judge(session, jan, table.id, "c-00", part, "", 1, finish=True)
    again = judgement(session, jan, table.id, "c-00")
    assert again == first
    assert {one.criterion: one.comment for one in again.criteria}["empathy"] == " jeszcze nie wiem "
    assert calibration(session, jan, table.id).mine[0].status == "draft"
    assert calibration(session, jan, table.id).line.mine == 0
    assert table.says(jan, "c-00", empathy="fail") == 2
    assert calibration(session, jan, table.id).line.mine == 1


def test_a_finished_judgement_is_a_review_of_its_own_kind_that_belongs_to_no_agent(table: Table) -> None:
    table.says(table.jan, "c-00", empathy="fail")
    row = table.session.scalars(select(ReviewRow)).one()
    assert (row.kind, row.status, row.calibration_id) == ("calibration", "finished", table.id)
    assert row.agent_id is None
    assert row.score == 90
    assert row.finished_at is not None
    assert row.criteria["empathy"] == {
        "outcome": "fail",
        "comment": "empathy: fail",
        "automatic": "pass",
        "confidence": 0.9,
    }
    assert row.criteria["greeting"]["automatic"] == "review"
    assert row.criteria["solution"]["automatic"] is None


@pytest.mark.parametrize("finish", [True, False])
def test_a_finished_judgement_is_final_because_the_machine_is_no_longer_hidden(
    table: Table, finish: bool
) -> None:
    table.says(table.jan, "c-00", empathy="fail")
    with pytest.raises(Refused, match="zakończona"):
        table.says(table.jan, "c-00", finish=finish)
    row = table.session.scalars(select(ReviewRow)).one()
    assert (row.status, row.version, row.criteria["empathy"]["outcome"]) == ("finished", 1, "fail")
    assert table.session.scalar(select(func.count()).select_from(ReviewRow)) == 1


@pytest.mark.parametrize("version", [0, 2, -1])
def test_nobody_overwrites_what_they_have_not_seen(table: Table, version: int) -> None:
    table.says(table.jan, "c-00", "pierwsza")
    with pytest.raises(Conflict, match="innym oknie"):
        judge(table.session, table.jan, table.id, "c-00", PASSED, "druga", version)
    assert judgement(table.session, table.jan, table.id, "c-00").comment == "pierwsza"


def test_a_first_judgement_cannot_build_on_another(table: Table) -> None:
    with pytest.raises(Conflict):
        judge(table.session, table.jan, table.id, "c-00", PASSED, "", 1)
    assert table.session.scalar(select(func.count()).select_from(ReviewRow)) == 0


@pytest.mark.parametrize(
    ("said", "comment", "match"),
    [
        ({"nie_ma": {"outcome": "pass", "comment": ""}}, "", "nie ma takiego kryterium"),
        ({"empathy": {"outcome": "review", "comment": ""}}, "", "pass, fail albo na"),
        ({"empathy": {"outcome": "PASS", "comment": ""}}, "", "pass, fail albo na"),
        ({"empathy": {"outcome": "pass", "comment": "x" * 4001}}, "", "do 4000"),
        ({"empathy": {"outcome": "pass", "comment": "\0"}}, "", "znaki"),
        ({}, "x" * 4001, "do 4000"),
    ],
)
def test_what_cannot_be_judged(table: Table, said: dict[str, Any], comment: str, match: str) -> None:
    with pytest.raises(UsageProblem, match=match):
        judge(table.session, table.jan, table.id, "c-00", said, comment, 0)
    assert judgement(table.session, table.jan, table.id, "c-00").version == 0


def test_only_participants_judge_and_only_what_is_in_the_session(table: Table) -> None:
    session = table.session
    other_lead, auditor = person(session, "lea", "qa_lead"), person(session, "aud", "auditor")
    for who, name, error in (
        (table.outsider, "c-00", Missing),
        (other_lead, "c-00", Missing),
        (auditor, "c-00", Refused),
        (table.jan, "c-99", Missing),
        (table.jan, "\0", Missing),
    ):
        with pytest.raises(error):
            judge(session, who, table.id, name, PASSED, "", 0)
        with pytest.raises(error):
            judgement(session, who, table.id, name)
    with pytest.raises(Missing):
        judge(session, table.jan, "nie ma", "c-00", PASSED, "", 0)
    with pytest.raises(Missing):
        judgement(session, table.jan, "\0", "c-00")


# Deciding and closing


def test_a_decision_is_kept_with_its_wording_and_can_be_replaced(table: Table) -> None:
    session = table.session
    table.everybody()
    with pytest.raises(Refused, match="po porównaniu"):
        decide(session, table.lead, table.id, "c-00", "empathy", "fail", "Za wcześnie")
    compare(session, table.lead, table.id)
    decide(session, table.lead, table.id, "c-00", "empathy", "na", "Pomyłka")
    decide(session, table.lead, table.id, "c-00", "empathy", "fail", " Brak odniesienia ", "Nazwij kłopot.")
    decide(session, table.lead, table.id, "c-01", "empathy", "pass", "Jest")
    close(session, table.lead, table.id)
    first, second = by_id(comparison(session, table.jan, table.id))["empathy"].conversations
    assert first.decision is not None
    assert (first.decision.outcome, first.decision.why) == ("fail", "Brak odniesienia")
    assert (first.decision.wording, first.decision.by) == ("Nazwij kłopot.", "Osoba ola")
    assert second.decision is not None
    assert second.decision.wording == ""
    assert by_id(comparison(session, table.jan, table.id))["greeting"].conversations[0].decision is None
    with pytest.raises(Refused, match="przed zamknięciem"):
        decide(session, table.lead, table.id, "c-00", "empathy", "pass", "Za późno")
    with pytest.raises(Conflict):
        close(session, table.lead, table.id)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("c-99", "empathy", "pass", "Bo tak", ""), Missing),
        (("c-00", "nie_ma", "pass", "Bo tak", ""), UsageProblem),
        (("c-00", "empathy", "review", "Bo tak", ""), UsageProblem),
        (("c-00", "empathy", "pass", "  ", ""), UsageProblem),
        (("c-00", "empathy", "pass", "x" * 4001, ""), UsageProblem),
        (("c-00", "empathy", "pass", "Bo tak", "x" * 1001), UsageProblem),
    ],
)
def test_what_cannot_be_decided(
    table: Table, values: tuple[str, str, str, str, str], error: type[Exception]
) -> None:
    table.everybody()
    compare(table.session, table.lead, table.id)
    with pytest.raises(error):
        decide(table.session, table.lead, table.id, *values)
    assert table.session.get_one(CalibrationRow, table.id).decisions == {}


def test_the_log_tells_who_did_what_but_not_what_was_written(table: Table) -> None:
    session = table.session
    table.says(table.jan, "c-00", "Jan Kowalski dzwonił", finish=False)
    table.says(table.jan, "c-00", "Jan Kowalski dzwonił", finish=False)
    table.everybody()
    compare(session, table.lead, table.id)
    decide(session, table.lead, table.id, "c-00", "empathy", "fail", "Jan Kowalski", "Nowe brzmienie")
    close(session, table.lead, table.id)
    entries = [one for one in audit.entries(session) if one.action.startswith("calibration")]
    assert [one.action for one in entries] == [
        "calibration_open",
        "calibration_judge",  # begun; the second saving of the draft is no event
        *["calibration_judge"] * 6,
        "calibration_compare",
        "calibration_decide",
        "calibration_close",
    ]
    assert {one.subject for one in entries} == {table.id}
    assert "Kowalski" not in repr([one.details for one in entries])
    assert audit.broken_at(session) is None
