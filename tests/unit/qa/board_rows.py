"""Hand-made conversations, outcomes and reviews for the tests of boards and exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from qa.storage.people import (
    DisputeRow,
    OutcomeRow,
    OverviewRow,
    PlanRow,
    ReviewRow,
    SampleItemRow,
    SampleRow,
)
from tests.unit.qa.sampling_rows import empty_storage, person

__all__ = ["AUDITOR", "COACH", "LEAD", "PRODUCT", "SPECIALIST", "empty_storage", "person"]

DAY = date(2026, 11, 4)  # a Wednesday
LEAD, SPECIALIST, PRODUCT, AUDITOR = (
    person("lead", "qa_lead"),
    person("anna", "qa_specialist"),
    person("produkt", "product"),
    person("audyt", "auditor"),
)
COACH = person("coach", "coach")


def add(session: Session, identifier: str, outcomes: Mapping[str, str] | None = None, **values: Any) -> None:
    """A conversation with its automatic outcomes, a call of agent a-1 of team T1 on DAY unless told otherwise."""
    day = str(values.pop("day", DAY))
    row = OverviewRow(
        **{
            "conversation_id": identifier,
            "versions": f"v-{identifier}",
            "channel": "phone",
            "started_at": f"{day}T09:00:00+01:00",
            "day": day,
            "agent_id": "a-1",
            "team": "T1",
            "opening": "Dzień dobry",
            "primary_reason": "delivery.delayed",
            "sentiment": "neutral",
            "scorecard": "phone@1" if outcomes else None,
            "score": None,
            "critical": False,
            "undecided": 0,
            **values,
        }
    )
    session.add(row)
    for criterion, outcome in (outcomes or {}).items():
        session.add(
            OutcomeRow(
                conversation_id=identifier,
                criterion=criterion,
                scorecard=row.scorecard,
                outcome=outcome,
                confidence=0.9,
                agent_id=row.agent_id,
                team=row.team,
                day=row.day,
            )
        )
    session.flush()


def judge(
    session: Session,
    conversation_id: str,
    outcomes: Mapping[str, str],
    item_id: str | None = None,
    **values: Any,
) -> str:
    """A finished review; gives its id."""
    identifier = values.pop("id", f"r{session.query(ReviewRow).count()}")
    session.add(
        ReviewRow(
            **{
                "id": identifier,
                "conversation_id": conversation_id,
                "account_id": "anna",
                "kind": "review",
                "status": "finished",
                "scorecard": "phone@1",
                "agent_id": "a-1",
                "item_id": item_id,
                "criteria": {
                    name: {"outcome": outcome, "comment": "Dla Anny", "automatic": "pass", "confidence": 0.9}
                    for name, outcome in outcomes.items()
                },
                "finished_at": datetime(2026, 11, 5, 12, tzinfo=UTC),
                **values,
            }
        )
    )
    session.flush()
    return str(identifier)


def overturn(
    session: Session, conversation_id: str, review_id: str | None, criterion: str, becomes: str
) -> None:
    """A decided dispute: its row and the review that it made, a copy of the disputed one but for the criterion."""
    base = session.get(ReviewRow, review_id).criteria if review_id else {}  # type: ignore[union-attr]
    was = base.get(criterion, {}).get("outcome", "fail")
    identifier = f"d{session.query(DisputeRow).count()}"
    session.add(
        DisputeRow(
            id=identifier,
            conversation_id=conversation_id,
            review_id=review_id,
            criterion=criterion,
            account_id="agent",
            was=was,
            becomes=becomes,
            comment="Było powitanie",
            status="accepted",
            decided_by="basia",
        )
    )
    outcomes = {**{name: one["outcome"] for name, one in base.items()}, criterion: becomes}
    later = datetime(2026, 11, 6, 12, tzinfo=UTC)
    judge(
        session,
        conversation_id,
        outcomes,
        id=identifier,
        kind="dispute",
        account_id="basia",
        finished_at=later,
    )


def plan(session: Session, name: str, population: int) -> str:
    """A plan with one sample of these days; gives the sample's id."""
    session.add(PlanRow(id=f"p-{name}", name=name, content={}, created_by="lead"))
    session.add(
        SampleRow(
            id=f"s-{name}",
            plan_id=f"p-{name}",
            period_start="2026-11-01",
            period_end="2026-11-30",
            seed=1,
            population=population,
            details={},
            created_by="lead",
        )
    )
    session.flush()
    return f"s-{name}"


def draw(session: Session, sample: str, conversation_id: str, probability: float, **values: Any) -> str:
    """An item of a sample; gives its id."""
    identifier = f"{sample}-{conversation_id}"
    session.add(
        SampleItemRow(
            **{
                "id": identifier,
                "sample_id": sample,
                "conversation_id": conversation_id,
                "agent_id": "a-1",
                "probability": probability,
                "status": "done",
                **values,
            }
        )
    )
    session.flush()
    return identifier
