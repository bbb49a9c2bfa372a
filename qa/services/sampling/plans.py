"""Sampling plans: made, changed, put out of use, listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qa.errors import Missing, Term
from qa.services.access.accounts import new_id
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, rows_of, text_of
from qa.services.sampling.frame import check_codes
from qa.services.sampling.plan_content import PlanContent, plan_content
from qa.storage import audit
from qa.storage.people import AccountRow, PlanRow, SampleRow

PAGE = 25


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan; ``drawn_until`` is the last day of the latest period that was drawn, or None."""

    id: str
    name: str
    active: bool
    content: PlanContent
    created_by: str
    created_at: str
    drawn_until: str | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of plans, active ones first."""

    rows: tuple[PlanView, ...]
    total: int
    page: int


def create(session: Session, actor: Actor, name: str, content: Mapping[str, Any]) -> PlanView:
    """A new, active plan.

    Raises:
        Refused: the actor may not plan.
        UsageProblem: name or content cannot be used; see :func:`qa.services.sampling.plan_content.plan_content`.
    """
    actor.must("sample.plan")
    checked = checked_content(session, content)
    row = PlanRow(id=new_id(), name=_name(name), content=checked.as_dict(), active=True, created_by=actor.id)
    session.add(row)
    session.flush()
    audit.record(
        session, actor.login, "plan_create", row.id, {"method": checked.method, "cycle": checked.cycle}
    )
    return plan(session, actor, row.id)


def change(
    session: Session,
    actor: Actor,
    plan_id: str,
    *,
    name: str | None = None,
    content: Mapping[str, Any] | None = None,
) -> PlanView:
    """Change a plan's name or content; what was drawn stays as it was drawn.

    Raises:
        Missing: there is no such plan.
        UsageProblem: name or content cannot be used.
    """
    actor.must("sample.plan")
    row = plan_row(session, plan_id)
    if name is not None:
        row.name = _name(name)
    if content is not None:
        row.content = checked_content(session, content).as_dict()
    session.flush()
    told = {"name": name is not None, "content": content is not None}
    audit.record(session, actor.login, "plan_change", row.id, told)
    return plan(session, actor, row.id)


def set_active(session: Session, actor: Actor, plan_id: str, *, active: bool) -> PlanView:
    """Put a plan out of use, or back into it. Its open items stay in the queue.

    Raises:
        Missing: there is no such plan.
    """
    actor.must("sample.plan")
    row = plan_row(session, plan_id)
    row.active = active
    session.flush()
    audit.record(session, actor.login, "plan_active", row.id, {"active": active})
    return plan(session, actor, row.id)


def plan(session: Session, actor: Actor, plan_id: str) -> PlanView:
    """One plan.

    Raises:
        Missing: there is no such plan.
    """
    actor.must("sample.plan", "review.read")
    plan_row(session, plan_id)
    return _plan_views(session, PlanRow.id == plan_id)[0]


def plans(session: Session, actor: Actor, *, active: bool | None = None, page: int = 1) -> PlanPage:
    """A page of plans, active ones first, then by name."""
    actor.must("sample.plan", "review.read")
    where = [] if active is None else [PlanRow.active.is_(active)]
    total = session.scalar(select(func.count()).select_from(PlanRow).where(*where)) or 0
    return PlanPage(tuple(_plan_views(session, *where, page=page)), total, page)


def plan_row(session: Session, plan_id: str) -> PlanRow:
    """The plan.

    Raises:
        Missing: there is none.
    """
    row = session.get(PlanRow, plan_id) if is_storable(plan_id) else None
    if row is None:
        raise Missing("Nie ma takiego planu próby.")
    return row


def checked_content(session: Session, content: Mapping[str, Any]) -> PlanContent:
    """The content, of which every code is known.

    Raises:
        UsageProblem: it cannot be used; the sentence says why.
    """
    checked = plan_content(content)
    check_codes(session, checked)
    return checked


def _plan_views(session: Session, *where: Any, page: int = 1) -> list[PlanView]:
    offset, limit = rows_of(page, PAGE)
    until = select(func.max(SampleRow.period_end)).where(SampleRow.plan_id == PlanRow.id).scalar_subquery()
    query = (
        select(PlanRow, AccountRow.name, until)
        .outerjoin(AccountRow, AccountRow.id == PlanRow.created_by)
        .where(*where)
        .order_by(PlanRow.active.desc(), PlanRow.name, PlanRow.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        PlanView(
            row.id,
            row.name,
            row.active,
            plan_content(row.content),
            author or "",
            row.created_at.isoformat(),
            drawn_until,
        )
        for row, author, drawn_until in session.execute(query)
    ]


def _name(text: str) -> str:
    return " ".join(text_of(text, Term("Nazwa planu"), 2, 120).split())


def plan_names(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Key and name of every plan that has drawn something, for the queue's filter."""
    actor.must("sample.plan", "queue.work")
    drawn = exists().where(SampleRow.plan_id == PlanRow.id)
    rows = session.execute(select(PlanRow.id, PlanRow.name).where(drawn).order_by(PlanRow.name, PlanRow.id))
    return [(key, name) for key, name in rows.tuples()]
