"""The audit log: every opening, export, deletion and change of keys, each entry chained to the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from qa.storage.digests import canonical, digest_of
from qa.storage.tables import AuditRow, now

BEGINNING = "0" * 32


def mark_of(conversation_id: str) -> str:
    """How the log names a conversation: it cannot be erased from the log, so the log never has its id."""
    return "rozmowa-" + digest_of("audit", conversation_id)[:16]


def record(
    session: Session, actor: str, action: str, subject: str | None, details: Mapping[str, Any]
) -> None:
    """Append an entry. ``subject`` and ``details`` hold pseudonyms and counts, never personal data."""
    if session.get_bind().dialect.name == "postgresql":
        # the chain has one end: who appends waits for the one before (on SQLite every writer does)
        session.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).first()
    row = AuditRow(
        at=now().isoformat(timespec="seconds"),
        actor=actor,
        action=action,
        subject=subject,
        details=dict(details),
        previous=last.digest if last else BEGINNING,
    )
    row.digest = _digest(row)
    session.add(row)
    session.flush()


def _digest(row: AuditRow) -> str:
    content = [row.at, row.actor, row.action, row.subject, row.details]
    return digest_of(row.previous, canonical(content))


def entries(session: Session) -> Iterator[AuditRow]:
    """All entries, oldest first."""
    yield from session.scalars(select(AuditRow).order_by(AuditRow.id))


def broken_at(session: Session) -> int | None:
    """The number of the first entry that does not fit the one before it, or None where the chain is whole.

    Entries cut off at the end are not noticed: compare the count with an earlier export of the log.
    """
    previous = BEGINNING
    for row in entries(session):
        if row.previous != previous or row.digest != _digest(row):
            return row.id
        previous = row.digest
    return None
