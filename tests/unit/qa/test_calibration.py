"""Calibration sessions on a real database: blind while open, side by side afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem, UserError
from qa.services.access.accounts import actor_of, change, create
from qa.services.access.blindness import still_blind
from qa.services.access.permissions import Actor
from qa.services.calibration.choice import able, draw
from qa.services.calibration.comparison import Comparison, comparison
from qa.services.calibration.sessions import close, compare, decide, judge, open_session
from qa.services.calibration.views import calibration, calibrations, judgement
from qa.services.judging.agreement import Mean
from qa.services.judging.trust import Share
from qa.storage import audit
from qa.storage.database import open_storage
from qa.storage.people import CalibrationRow, OutcomeRow, OverviewRow, ReviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from scorecards import load_scorecard

CARD = load_scorecard("phone@1")
NAMES = [criterion.id for criterion in CARD.criteria]
PASSED = {name: {"outcome": "pass", "comment": ""} for name in NAMES}
TEXT = "Rozumiem, że to denerwujące. Już sprawdzam."
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))


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


def person(session: Session, login: str, role: str = "qa_specialist") -> Actor:
    agent = login if role == "agent" else None
    return actor_of(create(session, login, f"Osoba {login}", (role,), None, agent_id=agent, by=BOSS))


def conversations(session: Session, number: int, card: str = CARD.key) -> list[str]:
    """Conversations with overview, texts, and an evaluation that finds empathy in the first turn."""
    ids = [f"c-{i:02}" for i in range(number)]
    for name in ids:
        session.add(
            OverviewRow(
                conversation_id=name,
                versions="1",
                channel="phone",
                started_at="2026-11-02T10:00:00+01:00",
                day="2026-11-02",
                agent_id="a-1",
                opening="",
                scorecard=card,
            )
        )
        for criterion, outcome in (("empathy", "pass"), ("greeting", "review")):
            session.add(
                OutcomeRow(
                    conversation_id=name,
                    criterion=criterion,
                    scorecard=card,
                    outcome=outcome,
                    confidence=0.9,
                    day="2026-11-02",
                )
            )
        stored(session, name, card)
    session.flush()
    return ids


def stored(session: Session, name: str, card: str) -> None:
    results = [
        {
            "id": "empathy",
            "outcome": "pass",
            "evidence": [{"turn": 0, "start": 0, "end": 8}],
            "reason": "Jest.",
        },
        {"id": "greeting", "outcome": "review", "evidence": [], "reason": "Nie wiadomo."},
    ]
    common: dict[str, Any] = {"version": "1", "current": True}
    session.add_all(
        [
            ConversationRow(
                key=f"k-{name}",
                conversation_id=name,
                source_digest="s",
                raw_digest="r",
                digest=f"d-{name}",
                channel="phone",
                content={"turns": [{"speaker": "agent", "text": TEXT}]},
                **common,
            ),
            TaggingRow(key=f"t-{name}", input_digest=f"d-{name}", digest=f"td-{name}", content={}, **common),
            EvaluationRow(
                key=f"e-{name}",
                input_digest=f"td-{name}",
                scorecard=card,
                content={"criteria": results},
                **common,
            ),
        ]
    )


class Table:
    """A session with a lead, who takes part, two specialists and an onlooker."""

    def __init__(self, session: Session, number: int = 2) -> None:
        self.session = session
        self.lead = person(session, "ola", "qa_lead")
        self.jan, self.ewa = person(session, "jan"), person(session, "ewa")
        self.outsider = person(session, "obcy")
        self.ids = conversations(session, number)
        self.people = (self.lead, self.jan, self.ewa)
        found = open_session(
            session, self.lead, "Listopad", CARD.key, self.ids, [one.id for one in self.people]
        )
        self.id = found.line.id

    def says(self, who: Actor, name: str, comment: str = "", finish: bool = True, **outcomes: str) -> int:
        """Everything passes but what is said; gives the version."""
        version = judgement(self.session, who, self.id, name).version
        said = {
            **PASSED,
            **{one: {"outcome": value, "comment": f"{one}: {value}"} for one, value in outcomes.items()},
        }
        return judge(self.session, who, self.id, name, said, comment, version, finish=finish).version

    def everybody(self, **outcomes: str) -> None:
        for who in self.people:
            for name in self.ids:
                self.says(who, name, **outcomes)


@pytest.fixture
def table(session: Session) -> Table:
    return Table(session)


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
        ({"conversation_ids": ["c-00", "nie ma", "\0"]}, "przetworzonych: 2"),
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


# Blind while open


def everything(table: Table, who: Actor) -> list[str]:
    """All that the functions tell this person about the open session, refusals too."""
    session = table.session
    asked: list[Callable[[], object]] = [
        lambda: calibrations(session, who),
        lambda: calibrations(session, who, "open"),
        lambda: calibration(session, who, table.id),
        lambda: comparison(session, who, table.id),
        *(lambda name=name: judgement(session, who, table.id, name) for name in table.ids),
        *(
            lambda name=name: judge(session, who, table.id, name, PASSED, "", 7)  # a version nobody has
            for name in table.ids
        ),
        lambda: decide(session, who, table.id, "c-00", "empathy", "pass", "Podejrzenie"),
        lambda: close(session, who, table.id),
        lambda: compare(session, who, table.id),
    ]
    found = []
    for one in asked:
        try:
            found.append(repr(one()))
        except UserError as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


@pytest.mark.parametrize("who", ["lead", "ewa", "outsider"])
def test_while_open_nothing_depends_on_what_another_said(
    tmp_path: Path, empty: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for outcome in ("pass", "fail"):
        numbers = iter(range(1000))
        for module in ("access.accounts", "calibration.sessions"):
            monkeypatch.setattr(f"qa.services.{module}.new_id", lambda n=numbers: f"{next(n):032x}")
        storage = open_storage(f"sqlite:///{copy(empty, tmp_path / f'{outcome}.db')}")
        with storage.writing() as session:
            table = Table(session)
            session.get_one(CalibrationRow, table.id).created_at = datetime(2026, 11, 2, tzinfo=UTC)
            for name in table.ids:
                table.says(table.jan, name, f"tajne {outcome}", **dict.fromkeys(NAMES, outcome))
            seen = everything(table, getattr(table, who))
            told.append((seen, [(one.action, one.subject, one.details) for one in audit.entries(session)]))
        storage.close()
    assert told[0] == told[1]
    assert "tajne" not in repr(told)


def test_progress_is_counts_only(table: Table) -> None:
    table.says(table.jan, "c-00", empathy="fail")
    table.says(table.jan, "c-01", finish=False)
    found = calibration(table.session, table.lead, table.id)
    assert [(one.name, one.finished) for one in found.progress] == [
        ("Osoba ola", 0),
        ("Osoba jan", 1),
        ("Osoba ewa", 0),
    ]
    assert (found.line.finished, found.line.expected, found.line.mine) == (1, 6, 0)
    assert [one.status for one in found.mine] == ["waiting", "waiting"]


# The list


def test_the_list_has_ones_own_sessions_and_a_lead_sees_all(table: Table) -> None:
    session = table.session
    open_session(session, table.lead, "Druga", CARD.key, ["c-01"], [table.lead.id, table.outsider.id])
    assert [one.name for one in calibrations(session, table.lead).rows] == ["Druga", "Listopad"]
    assert [one.name for one in calibrations(session, table.jan).rows] == ["Listopad"]
    assert [one.name for one in calibrations(session, table.outsider).rows] == ["Druga"]
    everybodys = calibrations(session, person(session, "lea", "qa_lead"))
    assert (everybodys.total, everybodys.rows[0].mine) == (2, None)
    assert calibrations(session, table.lead, "closed").total == 0
    second = calibrations(session, table.lead, page=2, size=1)
    assert ([one.name for one in second.rows], second.total) == (["Listopad"], 2)
    assert calibrations(session, table.lead, page=3, size=1).rows == ()
    with pytest.raises(UsageProblem, match="status"):
        calibrations(session, table.lead, "otwarte")
    for page, size in ((0, 10), (1, 0), (1, 201), (10**30, 10)):
        with pytest.raises(UsageProblem, match="Strony"):
            calibrations(session, table.lead, page=page, size=size)
    with pytest.raises(Refused):
        calibrations(session, person(session, "kon", "agent"))


def test_an_account_whose_id_is_part_of_anothers_sees_nothing_of_theirs(table: Table) -> None:
    for identifier in (table.jan.id[:-1], "%", "_" * 32):
        stranger = Actor(identifier, "x", "X", frozenset({"coach"}))
        assert calibrations(table.session, stranger).total == 0


def test_others_judgements_of_the_conversation_count_nowhere(table: Table) -> None:
    session = table.session
    other = open_session(session, table.lead, "Druga", CARD.key, table.ids, [table.lead.id, table.jan.id])
    table.says(table.jan, "c-00")
    session.add(
        ReviewRow(
            id="r",
            conversation_id="c-00",
            account_id=table.jan.id,
            status="finished",
            scorecard=CARD.key,
            criteria={},
        )
    )
    session.flush()
    assert calibration(session, table.jan, other.line.id).line.finished == 0
    assert calibration(session, table.jan, table.id).line.finished == 1
    assert judgement(session, table.jan, other.line.id, "c-00").version == 0


# Comparing


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


def by_id(found: Comparison) -> dict[str, Any]:
    return {one.id: one for one in found.criteria}


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


def test_what_is_judged_blind_in_one_session_is_not_shown_by_another(table: Table) -> None:
    session = table.session
    table.everybody()
    compare(session, table.lead, table.id)
    second = open_session(session, table.lead, "Druga", CARD.key, ["c-01"], [table.jan.id, table.outsider.id])
    assert still_blind(session, table.jan) == {"c-01": second.line.id}
    assert still_blind(session, table.ewa) == {}
    with pytest.raises(Refused, match="w innej, otwartej kalibracji"):
        comparison(session, table.jan, table.id)
    assert comparison(session, table.ewa, table.id).status == "compared"
    judge(session, table.jan, second.line.id, "c-01", PASSED, "", 0)
    assert "c-01" in still_blind(session, table.jan)  # a draft is no word yet
    judge(session, table.jan, second.line.id, "c-01", PASSED, "", 1, finish=True)
    assert still_blind(session, table.jan) == {}
    assert comparison(session, table.jan, table.id).status == "compared"


# Choosing


def test_able_are_active_people_who_may_judge(table: Table) -> None:
    session = table.session
    person(session, "kon", "agent")
    person(session, "adm", "administrator")
    change(session, table.ewa.id, BOSS, active=False)
    assert [one.login for one in able(session, table.lead)] == ["jan", "obcy", "ola"]
    assert able(session, table.lead)[2].roles == ("Kierownik jakości",)
    with pytest.raises(Refused):
        able(session, table.jan)


def test_a_drawing_is_repeated_by_its_seed_and_takes_nothing_twice(session: Session) -> None:
    lead, jan = person(session, "ola", "qa_lead"), person(session, "jan")
    ids = conversations(session, 30)
    drawn = draw(session, lead, CARD.key, 10, 7)
    assert len(set(drawn)) == 10
    assert drawn == draw(session, lead, CARD.key, 10, 7)
    assert drawn != draw(session, lead, CARD.key, 10, 8)
    open_session(session, lead, "Pierwsza", CARD.key, drawn, [lead.id, jan.id])
    assert set(draw(session, lead, CARD.key, 20, 7)) == set(ids) - set(drawn)
    entry = list(audit.entries(session))[-1]
    assert (entry.action, entry.details["seed"], entry.details["frame"]) == ("calibration_draw", 7, 20)


def test_each_conversation_is_as_likely_as_any_other(session: Session) -> None:
    lead = person(session, "ola", "qa_lead")
    ids = conversations(session, 5)
    counts = Counter(one for seed in range(400) for one in draw(session, lead, CARD.key, 2, seed))
    assert set(counts) == set(ids)
    assert all(120 <= counts[one] <= 200 for one in ids)  # 160 expected, over 4 standard deviations


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (("phone@99", 1, 1), "karty"),
        ((CARD.key, 0, 1), "od 1 do 50"),
        ((CARD.key, 51, 1), "od 1 do 50"),
        ((CARD.key, 4, 1), "kalibracji: 3"),
        ((CARD.key, 1, 1, date(2026, 11, 3)), "kalibracji: 0"),
        ((CARD.key, 1, 1, None, date(2026, 11, 1)), "kalibracji: 0"),
        ((CARD.key, 1, 1, date(2026, 11, 3), date(2026, 11, 2)), "zamień daty"),
    ],
)
def test_what_cannot_be_drawn(session: Session, values: tuple[Any, ...], match: str) -> None:
    lead = person(session, "ola", "qa_lead")
    conversations(session, 3)
    with pytest.raises(UsageProblem, match=match):
        draw(session, lead, *values)
    assert len(draw(session, lead, CARD.key, 3, 1, date(2026, 11, 2), date(2026, 11, 2))) == 3
    with pytest.raises(Refused):
        draw(session, person(session, "jan"), CARD.key, 1, 1)
