"""Reading the audit log, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.storage import audit
from qa.storage.digests import canonical
from qa.storage.tables import AuditRow

PAGE = 100


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry; ``details`` is JSON."""

    id: int
    at: str
    actor: str
    action: str
    subject: str | None
    details: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log; ``older`` is where the next one begins."""

    rows: tuple[LogEntry, ...]
    older: int | None
    actions: tuple[str, ...]


def entries(
    session: Session, actor: Actor, before: int | None = None, who: str = "", action: str = ""
) -> LogPage:
    """The entries older than ``before``, of one person or kind where asked.

    Of a conversation that the reader has still to judge blind no entry says more than that it is about it.
    """
    actor.must("audit.read")
    hidden = audit.marks_of(session, hidden_from(session, actor))
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(PAGE + 1)
    if before:
        query = query.where(AuditRow.id < before)
    if who:
        query = query.where(AuditRow.actor == who)
    if action:
        query = query.where(AuditRow.action == action)
    found = [_entry(row, hidden) for row in session.scalars(query)]
    kinds = tuple(session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))
    return LogPage(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None, kinds)


def _entry(row: AuditRow, hidden: frozenset[str]) -> LogEntry:
    told = row.details
    marks = {name: value for name, value in told.items() if isinstance(value, str) and value in hidden}
    if marks or not hidden.isdisjoint((row.subject or "").split()):
        told = marks
    return LogEntry(row.id, row.at, row.actor, row.action, row.subject, canonical(told) if told else "")
