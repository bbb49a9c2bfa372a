"""Two agents, their conversations and who reviewed them, on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.access.accounts import actor_of, create
from qa.services.access.permissions import Actor
from qa.services.disputes.deciding import raise_dispute
from qa.storage.people import DisputeRow, OutcomeRow, OverviewRow, ReviewRow
from scorecards import load_scorecard

NAMES = [criterion.id for criterion in load_scorecard("phone@1").criteria]
TODAY = date(2026, 11, 10)
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))
WHY = "Weryfikacja była w drugiej minucie."


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


def aged(world: World, identifier: str, days: int) -> str:
    world.row(identifier).created_at = datetime(2026, 11, 10, tzinfo=UTC) - timedelta(days=days)
    world.session.flush()
    return identifier
