"""Drawing by itself: the plans that want it, each once for the latest period that has ended, beside ``odsluch serve``.

Two servers, a restart and a lead who draws at the same moment come to one drawing: a plan and a period are unique in
the database, and whoever comes second is refused and leaves it be. Why a plan is not drawn is not kept but found anew
wherever it is asked, so that it cannot outlive its cause.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import UserError
from qa.services.access.accounts import actor_of
from qa.services.background import EVERY, again_and_again
from qa.services.sampling.drawing import SampleView, draw
from qa.services.sampling.frame import frame_conditions
from qa.services.sampling.plan_content import PlanContent, period_of, plan_content
from qa.services.workspace import Workspace
from qa.storage.analysis import LOCAL
from qa.storage.people import AccountRow, OverviewRow, PlanRow, SampleRow
from qa.storage.tables import now

HOUR = 6  # in Poland: conversations of the last evening are to be processed before
_LOG = logging.getLogger(__name__)
NO_ACCOUNT = "konto osoby, która go ułożyła, jest nieczynne. Losuj ręcznie albo ułóż plan od nowa."
NO_PERMISSION = "osoba, która go ułożyła, nie może już układać planów. Losuj ręcznie albo ułóż plan od nowa."


def why_not(session: Session, plan_id: str) -> str:
    """Why a plan that should cannot draw by itself, in Polish; empty where nothing is in its way."""
    row = session.get(PlanRow, plan_id)
    if row is None or not row.active or not plan_content(row.content).automatic:
        return ""
    return _problem(session.get(AccountRow, row.created_by))


def _problem(owner: AccountRow | None) -> str:
    if owner is None or not owner.active:
        return NO_ACCOUNT
    return "" if actor_of(owner).may("sample.plan") else NO_PERMISSION


def due(session: Session, today: date) -> tuple[tuple[str, date], ...]:
    """The plans to draw, each with the last day of the latest period that has ended since they were made."""
    found = []
    for row in session.scalars(select(PlanRow).where(PlanRow.active).order_by(PlanRow.id)):
        if not row.content.get("automatic") or _problem(session.get(AccountRow, row.created_by)):
            continue
        content = plan_content(row.content)
        last = period_of(content.cycle, today)[0] - timedelta(days=1)
        if (
            last < row.created_at.astimezone(LOCAL).date()
        ):  # over before the plan: its lead may be about to draw it
            continue
        if _is_open(session, row.id, content, period_of(content.cycle, last)):
            found.append((row.id, last))
    return tuple(found)


def _is_open(session: Session, plan_id: str, content: PlanContent, period: tuple[date, date]) -> bool:
    """Whether none of these days is drawn and there is something to draw."""
    first, last = (day.isoformat() for day in period)
    drawn = select(SampleRow.id).where(
        SampleRow.plan_id == plan_id, SampleRow.period_start <= last, SampleRow.period_end >= first
    )
    if session.scalar(drawn.limit(1)) is not None:
        return False
    there = select(OverviewRow.conversation_id).where(*frame_conditions(content, period)).limit(1)
    return session.scalar(there) is not None


def draw_due(workspace: Workspace, at: datetime) -> tuple[SampleView, ...]:
    """Draw every plan that is due, each in its own transaction: one that cannot be drawn stops no other."""
    moment = at.astimezone(LOCAL)
    if moment.hour < HOUR:
        return ()
    today = moment.date()
    with workspace.storage.reading() as session:
        wanted = due(session, today)
    found = []
    for plan_id, last in wanted:
        try:
            with workspace.storage.writing() as session:
                found.append(draw_one(session, plan_id, last, today))
        except UserError as error:  # drawn, changed or switched off meanwhile: no harm
            _LOG.info("plan %s: %s", plan_id, type(error).__name__)
        except Exception as error:  # a message may quote a record
            _LOG.error("plan %s: %s", plan_id, type(error).__name__)
    return tuple(found)


def draw_one(session: Session, plan_id: str, last: date, today: date) -> SampleView:
    """Draw a plan in the name of whoever made it, whose permission is asked as if they drew."""
    row = session.get_one(PlanRow, plan_id)
    owner = actor_of(session.get_one(AccountRow, row.created_by))
    return draw(session, owner, plan_id, last, today=today, by_system=True)


def drawing_in_background(workspace: Workspace, every: float = EVERY) -> AbstractContextManager[None]:
    """Look every minute whether a plan is due, and draw it, until the block ends."""
    return again_and_again(lambda: draw_due(workspace, now()), "plans", every)
