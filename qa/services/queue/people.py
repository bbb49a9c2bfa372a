"""Who works with the queue, and what one of them has done of it today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import PERMISSIONS, Actor
from qa.services.queue.listing import free_for
from qa.storage.analysis import midnight
from qa.storage.people import AccountRow, OverviewRow, SampleItemRow


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody to whom items can be assigned."""

    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class QueueDay:
    """What the actor closed today, has claimed, and may still take.

    ``last_id`` is the conversation that they closed last today, ``last_opening`` how it begins; None of nothing.
    """

    done: int
    skipped: int
    claimed: int
    waiting: int
    last_id: str | None
    last_opening: str | None


def workers(session: Session, actor: Actor) -> tuple[Worker, ...]:
    """Active people who work with the queue, by name.

    Raises:
        Refused: the actor does not lead.
    """
    actor.must("sample.plan")
    query = select(AccountRow).where(AccountRow.active).order_by(AccountRow.name, AccountRow.id)
    able = PERMISSIONS["queue.work"]
    return tuple(Worker(row.id, row.name) for row in session.scalars(query) if able & set(row.roles))


def queue_day(session: Session, actor: Actor, today: date) -> QueueDay:
    """What the actor has done of the queue on this Polish day, and how much is left for them.

    Raises:
        Refused: the actor does not work with the queue.
    """
    actor.must("queue.work")
    row = SampleItemRow
    # by assignee, which stays when an item is closed and begins an index
    today_closed = (
        row.assignee == actor.id,
        row.closed_by == actor.id,
        row.closed_at >= midnight(today),
        row.closed_at < midnight(today + timedelta(days=1)),
    )
    done, skipped = session.execute(
        select(_count(row.status == "done"), _count(row.status != "done")).where(*today_closed)
    ).one()
    claimed, waiting = (
        session.scalar(select(func.count()).select_from(row).where(*where)) or 0
        for where in (
            (row.status == "claimed", row.assignee == actor.id),
            (free_for(actor.id, actor.agent_id),),
        )
    )
    last = session.execute(
        select(row.conversation_id, OverviewRow.opening)
        .join(OverviewRow, OverviewRow.conversation_id == row.conversation_id)
        .where(*today_closed, row.status == "done")
        .order_by(row.closed_at.desc(), row.id)
        .limit(1)
    ).first()
    return QueueDay(done, skipped, claimed, waiting, *(last or (None, None)))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
