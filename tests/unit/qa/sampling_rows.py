"""Hand-made conversations, people and reviews for the tests of samples and the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from qa.services.access.accounts import new_id
from qa.services.access.permissions import Actor
from qa.storage.people import AccountRow, OverviewRow, ReviewRow
from qa.storage.tables import now
from tests.unit.qa.databases import empty_storage as empty_storage

DAY = date(2026, 11, 4)  # a Wednesday
NEXT_MONTH = date(2026, 12, 1)


def person(login: str, *roles: str, agent_id: str | None = None) -> Actor:
    """Somebody signed in; the id is the login."""
    return Actor(login, login, login.title(), frozenset(roles or ("qa_specialist",)), agent_id)


LEAD = person("lead", "qa_lead")
ANNA, BASIA = person("anna"), person("basia")
NOBODY = person("nobody", "product")


def add_account(session: Session, actor: Actor, *, active: bool = True) -> None:
    """The account of an actor."""
    session.add(
        AccountRow(
            id=actor.id,
            login=actor.login,
            name=actor.name,
            roles=sorted(actor.roles),
            agent_id=actor.agent_id,
            active=active,
        )
    )


def add_conversation(session: Session, identifier: str, **values: Any) -> OverviewRow:
    """A scored call of agent a-1 on DAY, with whatever is different about it."""
    day = values.pop("day", DAY)
    row = OverviewRow(
        **{
            "conversation_id": identifier,
            "versions": "v",
            "channel": "phone",
            "started_at": f"{day}T09:00:00+00:00",
            "day": str(day),
            "agent_id": "a-1",
            "team": "T1",
            "opening": "Dzień dobry",
            "primary_reason": "delivery.delay",
            "scorecard": "phone@1",
            "score": 80.0,
            "critical": False,
            "undecided": 0,
            "least_confidence": 0.95,
            "seconds": 120.0,
            "silence": 2.0,
            **values,
        }
    )
    session.add(row)
    return row


def add_conversations(session: Session, count: int, **values: Any) -> list[str]:
    """So many conversations, c-0000 and on; a callable value is asked for each with its number."""
    ids = [f"c-{number:04}" for number in range(count)]
    for number, identifier in enumerate(ids):
        given = {
            name: value(number) if isinstance(value, Callable) else value  # type: ignore[arg-type]
            for name, value in values.items()
        }
        add_conversation(session, identifier, **given)
    return ids


def add_review(
    session: Session,
    conversation_id: str,
    by: Actor,
    outcomes: dict[str, str],
    *,
    item_id: str | None = None,
    kind: str = "review",
    status: str = "finished",
    agent_id: str | None = "a-1",
    at: datetime | None = None,
) -> ReviewRow:
    """A person's review."""
    moment = at or now()
    row = ReviewRow(
        id=new_id(),
        conversation_id=conversation_id,
        account_id=by.id,
        kind=kind,
        status=status,
        scorecard="phone@1",
        agent_id=agent_id,
        item_id=item_id,
        criteria={
            name: {"outcome": outcome, "comment": "", "automatic": None, "confidence": None}
            for name, outcome in outcomes.items()
        },
        updated_at=moment,
        finished_at=moment if status == "finished" else None,
    )
    session.add(row)
    session.flush()
    return row


def days_ago(count: float) -> datetime:
    """A moment so long before this one."""
    return now() - timedelta(days=count)
