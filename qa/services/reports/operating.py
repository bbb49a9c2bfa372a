"""What the operator does with reports at the command line, where nobody signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Missing
from qa.services.access.accounts import account, actor_of
from qa.services.reports.content import Content
from qa.services.reports.outcomes import Outcome, login_of
from qa.services.reports.schedule import days_of
from qa.services.reports.sending import Letters, tried, written
from qa.services.reports.subscriptions import order_of
from qa.services.workspace import Workspace
from qa.storage import audit
from qa.storage.analysis import LOCAL
from qa.storage.reports import SubscriptionRow


@dataclass(frozen=True, slots=True)
class Ordered:
    """A subscription as the operator sees it."""

    id: str
    login: str
    report: str
    period: str
    cycle: str
    next_at: datetime | None
    stopped: str


def ordered(session: Session) -> tuple[Ordered, ...]:
    """Every subscription, the next one to go out first."""
    query = select(SubscriptionRow).order_by(SubscriptionRow.due_at, SubscriptionRow.id)
    return tuple(
        Ordered(
            row.id,
            login_of(session, row.account_id),
            row.board,
            row.period,
            row.cycle,
            row.due_at if row.active else None,
            row.stopped,
        )
        for row in session.scalars(query)
    )


def one_of(session: Session, beginning: str) -> SubscriptionRow:
    """The subscription whose id begins so.

    Raises:
        Missing: there is none, or more than one.
    """
    like = SubscriptionRow.id.startswith(beginning, autoescape=True)
    rows = list(session.scalars(select(SubscriptionRow).where(like).limit(2))) if beginning else []
    if len(rows) != 1:
        raise Missing("Nie ma dokładnie jednego raportu o takim początku ID: sprawdź odsluch reports list.")
    return rows[0]


def try_one(workspace: Workspace, letters: Letters, operator: str, beginning: str) -> Outcome:
    """Send one report to its reader now, as a trial.

    Raises:
        Missing: there is no such subscription, or more than one.
        UsageProblem: no mail server is configured, or its password is missing.
        Busy: it was tried out a moment ago.
    """
    return tried(workspace, letters, operator, lambda session: one_of(session, beginning))


def write_one(workspace: Workspace, operator: str, beginning: str, at: datetime) -> tuple[Content, str]:
    """The report of a subscription as its reader would get it now, and their language; noted in the audit log.

    Raises:
        Missing: there is no such subscription, or more than one.
        Refused: its reader may not see it any more.
    """
    day = at.astimezone(LOCAL).date()
    with workspace.storage.writing() as session:
        row = one_of(session, beginning)
        person = account(session, row.account_id)
        reader, wanted = actor_of(person), order_of(row).wanted
        days = [one.isoformat() for one in days_of(wanted.period, day)]
        told = {"account": person.login, "report": row.board, "days": days}
        audit.record(session, operator, "report_file", row.id, told)
    return written(workspace, reader, wanted, day), reader.language
