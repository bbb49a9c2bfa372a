"""Hand-made rows for the tests of 1:1s."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.storage.people import AccountRow, OutcomeRow, OverviewRow, ReviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow

TODAY = date(2026, 11, 20)
EVIDENCE = [{"turn": 2, "start": 0, "end": 9}, {"turn": 4, "start": 3, "end": 8}]

Outcomes = Mapping[str, str]


def day(ago: int) -> str:
    """The ISO day so many days before today."""
    return (TODAY - timedelta(days=ago)).isoformat()


def actor(*roles: str, agent: str | None = None, team: str | None = None, login: str = "coach") -> Actor:
    """Somebody who is signed in."""
    return Actor(f"id-{login}", login, login.title(), frozenset(roles), agent, team)


def account(session: Session, login: str, **fields: Any) -> None:
    """The account of :func:`actor`."""
    values: dict[str, Any] = {"roles": ["coach"], "name": login.title(), **fields}
    session.add(AccountRow(id=f"id-{login}", login=login, **values))
    session.flush()


def talk(
    session: Session,
    identifier: str,
    agent: str | None,
    on: str,
    outcomes: Outcomes,
    *,
    team: str | None = "T1",
    channel: str = "phone",
    confidence: float = 0.9,
    evaluated: bool = False,
) -> None:
    """A conversation in the overview with the machine's outcomes; with its results too where ``evaluated``."""
    card = {"phone": "phone@1", "chat": "chat@1"}[channel]
    session.add(
        OverviewRow(
            conversation_id=identifier,
            versions="v",
            channel=channel,
            started_at=f"{on}T10:00:00+01:00",
            day=on,
            agent_id=agent,
            team=team,
            opening="",
            scorecard=card,
        )
    )
    for name, outcome in outcomes.items():
        session.add(
            OutcomeRow(
                conversation_id=identifier,
                criterion=name,
                scorecard=card,
                outcome=outcome,
                confidence=confidence,
                agent_id=agent,
                team=team,
                day=on,
            )
        )
    if evaluated:
        _evaluated(session, identifier, outcomes, card, confidence)


def _evaluated(session: Session, identifier: str, outcomes: Outcomes, card: str, confidence: float) -> None:
    results = [
        {
            "id": name,
            "outcome": outcome,
            "confidence": confidence,
            "evidence": EVIDENCE,
            "reason": f"Zdanie maszyny: {outcome}.",
        }
        for name, outcome in outcomes.items()
    ]
    session.add_all(
        [
            ConversationRow(
                key=f"k{identifier}",
                conversation_id=identifier,
                source_digest="s",
                raw_digest="r",
                version="1",
                digest=f"c{identifier}",
                channel="phone",
                content={"id": identifier},
            ),
            TaggingRow(
                key=f"t{identifier}",
                input_digest=f"c{identifier}",
                version="1",
                digest=f"g{identifier}",
                content={},
            ),
            EvaluationRow(
                key=f"e{identifier}",
                input_digest=f"g{identifier}",
                version="1",
                scorecard=card,
                content={"scorecard": card, "criteria": results},
            ),
        ]
    )


def talks(
    session: Session,
    agent: str,
    first_ago: int,
    last_ago: int,
    criterion: str,
    passed: int,
    failed: int,
    **fields: Any,
) -> None:
    """Conversations spread over days, from ``first_ago`` days ago to ``last_ago``."""
    outcomes = ["pass"] * passed + ["fail"] * failed
    length = first_ago - last_ago + 1
    for number, outcome in enumerate(outcomes):
        ago = first_ago - number % length
        talk(
            session,
            f"{agent}-{criterion}-{first_ago}-{number}",
            agent,
            day(ago),
            {criterion: outcome},
            **fields,
        )


def review(
    session: Session,
    identifier: str,
    outcomes: Mapping[str, str | None],
    *,
    kind: str = "review",
    status: str = "finished",
    hour: int = 8,
    comment: str = "",
) -> None:
    """A person's review; ``hour`` orders those of one conversation."""
    at = datetime(2026, 11, 20, hour, tzinfo=UTC)
    session.add(
        ReviewRow(
            id=f"{identifier[:20]}-{kind[:4]}-{hour}",
            conversation_id=identifier,
            account_id="id-reviewer",
            kind=kind,
            status=status,
            scorecard="phone@1",
            criteria={
                name: {"outcome": outcome, "comment": comment, "automatic": None, "confidence": None}
                for name, outcome in outcomes.items()
            },
            finished_at=at if status == "finished" else None,
        )
    )
