"""What waits for a person: the figures of the first page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.queue.listing import free_for
from qa.storage.people import (
    AccountRow,
    CalibrationRow,
    CoachingRow,
    DisputeRow,
    OverviewRow,
    PlanRow,
    ReviewRow,
    SampleItemRow,
)
from qa.storage.tables import ProposalRow


@dataclass(frozen=True, slots=True)
class Draft:
    """Where a review that is not finished can be gone on with."""

    conversation_id: str
    item_id: str | None
    calibration_id: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """Counts for the first page; None where the person has nothing to do with it.

    ``draft`` is the latest of the ``drafts``.
    """

    conversations: int | None
    scored: int | None
    plans: int | None
    waiting: int | None
    claimed: int | None
    drafts: int | None
    draft: Draft | None
    reviewed: int | None
    disputes: int | None
    unacknowledged: int | None
    proposals: int | None
    accounts: int | None


def day_of(session: Session, actor: Actor) -> Day:
    """The figures for this person."""
    mine = ReviewRow.account_id == actor.id
    items, sees = actor.may("queue.work"), actor.may("conversation.read")
    reviews = actor.may("review.write")
    drafts = _drafts(session, actor) if reviews else []
    return Day(
        conversations=_count(session, OverviewRow) if sees else None,
        scored=_count(session, OverviewRow, OverviewRow.scorecard.is_not(None)) if sees else None,
        plans=_count(session, PlanRow, PlanRow.active) if actor.may("sample.plan") else None,
        waiting=_count(session, SampleItemRow, free_for(actor.id, actor.agent_id)) if items else None,
        claimed=_count(
            session, SampleItemRow, SampleItemRow.status == "claimed", SampleItemRow.assignee == actor.id
        )
        if items
        else None,
        drafts=len(drafts) if reviews else None,
        draft=drafts[0] if drafts else None,
        reviewed=_count(session, ReviewRow, mine, ReviewRow.status == "finished") if reviews else None,
        disputes=_disputes(session, actor),
        unacknowledged=_count(
            session, CoachingRow, CoachingRow.agent_id == actor.agent_id, CoachingRow.status == "held"
        )
        if actor.agent_id and actor.may("coaching.read_own")
        else None,
        proposals=_count(session, ProposalRow, ProposalRow.status == "new")
        if actor.may("backlog.decide")
        else None,
        accounts=_count(session, AccountRow) if actor.may("account.manage") else None,
    )


def _drafts(session: Session, actor: Actor) -> list[Draft]:
    """What the actor has begun to judge and can still finish, the latest first.

    Not what they have given back to the queue, nor what was missing when a calibration was compared.
    """
    row = ReviewRow
    query = (
        select(row.conversation_id, row.item_id, row.calibration_id)
        .outerjoin(SampleItemRow, SampleItemRow.id == row.item_id)
        .outerjoin(CalibrationRow, CalibrationRow.id == row.calibration_id)
        .where(
            row.account_id == actor.id,
            row.status == "draft",
            or_(row.item_id.is_(None), SampleItemRow.assignee == actor.id),
            or_(row.calibration_id.is_(None), CalibrationRow.status == "open"),
        )
        .order_by(row.updated_at.desc(), row.id)
    )
    return [Draft(*found) for found in session.execute(query).tuples()]


def _disputes(session: Session, actor: Actor) -> int | None:
    if actor.may("dispute.decide"):
        return _count(session, DisputeRow, DisputeRow.status == "open")
    if actor.may("dispute.raise"):
        return _count(session, DisputeRow, DisputeRow.status == "open", DisputeRow.account_id == actor.id)
    return None


def _count(session: Session, table: type, *conditions: object) -> int:
    query = select(func.count()).select_from(table)
    for condition in conditions:
        query = query.where(condition)  # type: ignore[arg-type]
    return session.scalar(query) or 0
