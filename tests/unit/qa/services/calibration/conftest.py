"""A calibration session on a real database, with people who judge in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.access.accounts import actor_of, create
from qa.services.access.permissions import Actor
from qa.services.calibration.comparison import Comparison
from qa.services.calibration.sessions import judge, open_session
from qa.services.calibration.views import judgement
from qa.storage.people import OutcomeRow, OverviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from scorecards import load_scorecard

CARD = load_scorecard("phone@1")
NAMES = [criterion.id for criterion in CARD.criteria]
PASSED = {name: {"outcome": "pass", "comment": ""} for name in NAMES}
TEXT = "Rozumiem, że to denerwujące. Już sprawdzam."
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))


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


def by_id(found: Comparison) -> dict[str, Any]:
    return {one.id: one for one in found.criteria}
