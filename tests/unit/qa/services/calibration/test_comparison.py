"""Judgements of a calibration side by side, and the machine's beside them."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused
from qa.services.calibration.comparison import comparison
from qa.services.calibration.sessions import close, compare, judge, open_session
from qa.services.judging.agreement import Mean
from qa.services.judging.trust import Share
from qa.storage.people import OutcomeRow
from qa.storage.tables import EvaluationRow
from tests.unit.qa.services.calibration.conftest import (
    CARD,
    NAMES,
    PASSED,
    Table,
    by_id,
    conversations,
    person,
)


def test_nothing_is_compared_while_somebody_has_not_finished(table: Table) -> None:
    session = table.session
    for who, name in ((who, name) for who in table.people for name in table.ids):
        table.says(who, name, finish=(who, name) != (table.ewa, "c-01"))
    with pytest.raises(Refused, match="zakończonych ocen: 1"):
        compare(session, table.lead, table.id)
    assert compare(session, table.lead, table.id, without_missing=True).line.status == "compared"
    with pytest.raises(Conflict):
        compare(session, table.lead, table.id, without_missing=True)
    with pytest.raises(Refused, match="porównane"):
        table.says(table.ewa, "c-01")
    rows = by_id(comparison(session, table.ewa, table.id))["empathy"].conversations
    assert [one.outcome for one in rows[1].people] == ["pass", "pass", None]  # a draft stays out


def test_side_by_side(session: Session) -> None:
    table = Table(session, 4)
    # empathy: the lead and Jan fail two and pass two; Ewa differs on the last; the machine passes all four
    for name, outcome in zip(table.ids, ("fail", "fail", "pass", "pass"), strict=True):
        table.says(table.lead, name, empathy=outcome)
        table.says(table.jan, name, "Trudna rozmowa" if name == "c-03" else "", empathy=outcome)
        table.says(table.ewa, name, empathy="na" if name == "c-03" else outcome)
    compare(session, table.lead, table.id)
    found = comparison(session, table.jan, table.id)
    assert [one.id for one in found.criteria] == NAMES
    empathy = by_id(found)["empathy"]
    assert empathy.agreement.unanimous == Share(3, 4)
    # pairs with Ewa: observed 3/4, chance (2*2 + 2*1)/16 = 3/8, kappa 0.6; the other pair 1
    assert empathy.agreement.kappa.value == pytest.approx((1 + 0.6 + 0.6) / 3)
    assert empathy.agreement.kappa.n == 3
    assert 0 < empathy.agreement.alpha < 1
    assert empathy.agreement.outcomes == 12
    standings = {one.account_id: one.standing for one in empathy.standings}
    # c-03: against Jan and Ewa, who differ, the lead has no majority to be measured by
    assert standings[table.lead.id].agreement == Share(3, 3)
    assert standings[table.ewa.id].agreement == Share(3, 4)
    assert standings[table.ewa.id].kappa == pytest.approx(0.6)
    assert standings[None].agreement == Share(2, 4)  # the machine
    assert [one.split for one in empathy.conversations] == [False, False, False, True]
    assert [one.machine_differs for one in empathy.conversations] == [True, True, False, False]
    assert [one.majority for one in empathy.conversations] == ["fail", "fail", "pass", "pass"]
    last = empathy.conversations[3]
    assert [(one.outcome, one.comment) for one in last.people] == [
        ("pass", "empathy: pass"),
        ("pass", "empathy: pass"),
        ("na", "empathy: na"),
    ]
    assert last.machine is not None
    assert (last.machine.outcome, last.machine.confidence, last.machine.reason) == ("pass", 0.9, "Jest.")
    (place,) = last.machine.evidence
    assert (place.turn, place.start, place.end) == (0, 0, 8)
    assert place.quote == "Rozumiem, że to denerwujące."
    assert [(one.conversation_id, one.account_id) for one in found.remarks] == [("c-03", table.jan.id)]


def test_what_the_machine_leaves_to_people_is_no_disagreement(table: Table) -> None:
    table.everybody(greeting="fail")
    compare(table.session, table.lead, table.id)
    greeting = by_id(comparison(table.session, table.lead, table.id))["greeting"]
    assert greeting.undecided == 2
    assert greeting.standings[-1].standing.agreement == Share(0, 0)
    assert not any(one.machine_differs or one.split for one in greeting.conversations)
    assert greeting.agreement.alpha is None  # all outcomes are the same: chance leaves nothing to measure
    assert greeting.agreement.ac1 == Mean(1.0, 3)
    solution = by_id(comparison(table.session, table.lead, table.id))["solution"]
    assert (solution.undecided, solution.conversations[0].machine) == (0, None)


def test_a_later_version_of_the_machine_does_not_change_the_past(table: Table) -> None:
    session = table.session
    table.everybody()
    compare(session, table.lead, table.id)
    session.get_one(OutcomeRow, ("c-00", "empathy")).outcome = "fail"
    row = session.get_one(EvaluationRow, "e-c-00")
    results = [{**one, "outcome": "fail", "reason": "Nie ma."} for one in row.content["criteria"]]
    row.content = {"criteria": results}
    session.flush()
    first, second = by_id(comparison(session, table.lead, table.id))["empathy"].conversations
    assert first.machine is not None
    assert (first.machine.outcome, first.machine.reason, first.machine.evidence) == ("pass", "", ())
    assert second.machine is not None
    assert second.machine.evidence


def test_another_scorecards_outcomes_are_not_the_machines_here(session: Session) -> None:
    lead, jan = person(session, "ola", "qa_lead"), person(session, "jan")
    ids = conversations(session, 1, card="chat@1")
    opened = open_session(session, lead, "Inna karta", CARD.key, ids, [lead.id, jan.id])
    for who in (lead, jan):
        judge(session, who, opened.line.id, ids[0], PASSED, "", 0, finish=True)
    compare(session, lead, opened.line.id)
    found = comparison(session, lead, opened.line.id)
    assert all(one.machine is None for c in found.criteria for one in c.conversations)


def test_a_session_in_which_nobody_judged_can_still_be_ended(table: Table) -> None:
    session = table.session
    with pytest.raises(Refused, match="Najpierw porównaj"):
        close(session, table.lead, table.id)
    compare(session, table.lead, table.id, without_missing=True)
    found = comparison(session, table.lead, table.id)
    assert found.criteria[0].agreement.unanimous == Share(0, 0)
    assert found.participants[0].kappa == Mean(None, 0)
    assert close(session, table.lead, table.id).line.closed_at is not None


def test_who_sees_the_comparison(table: Table) -> None:
    table.everybody()
    compare(table.session, table.lead, table.id)
    for who in (*table.people, person(table.session, "lea", "qa_lead")):
        assert comparison(table.session, who, table.id).status == "compared"
    with pytest.raises(Missing):
        comparison(table.session, table.outsider, table.id)
    with pytest.raises(Refused):
        comparison(table.session, person(table.session, "kon", "agent"), table.id)


def test_a_participants_mean_kappa_says_over_how_many_criteria(session: Session) -> None:
    table = Table(session, 4)
    for i, name in enumerate(table.ids):
        for who in table.people:
            table.says(who, name, empathy="fail" if i < 2 else "pass")
    compare(session, table.lead, table.id)
    found = comparison(session, table.lead, table.id).participants
    assert [(one.name, one.finished, one.kappa) for one in found] == [
        (f"Osoba {login}", 4, Mean(1.0, 1)) for login in ("ola", "jan", "ewa")
    ]
