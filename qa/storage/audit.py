"""The audit log: every opening, export, deletion and change of keys, each entry chained to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, or_, select, text
from sqlalchemy.orm import Session

from qa.storage.database import pseudonyms_of
from qa.storage.digests import canonical, digest_of
from qa.storage.tables import AuditRow, now

BEGINNING = "0" * 32
SYSTEM = "(system)"  # what the system does by itself: no login can be this
ID, MARK = "rozmowa", "rozmowa-log"  # pseudonyms instead of an id are ids: the log must not have those


def mark_of(session: Session, conversation_id: str) -> str:
    """How the log names a conversation: it cannot be erased from the log, so the log never has its id.

    Without the installation's key nobody tells from the log which of the conversations they know it is about.
    """
    return pseudonyms_of(session).of(MARK, conversation_id)


def _old_mark_of(conversation_id: str) -> str:
    """How entries name it that were written before marks had a key; the chain does not let them be changed."""
    return "rozmowa-" + digest_of("audit", conversation_id)[:16]


def marks_of(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """How the log names these conversations, in entries old and new."""
    return frozenset(mark for one in ids for mark in (mark_of(session, one), _old_mark_of(one)))


def entries_about(session: Session, conversation_id: str) -> Iterator[AuditRow]:
    """The entries that name this conversation, old or new, as subject or in their details; oldest first.

    ``conversation_id`` is the id of ours, or as the source writes it.
    """
    yield from session.scalars(select(AuditRow).where(_names(session, conversation_id)).order_by(AuditRow.id))


def _names(session: Session, conversation_id: str) -> ColumnElement[bool]:
    instead = pseudonyms_of(session).of(ID, conversation_id)  # kept in place of an id that names a person
    same = (conversation_id, instead)
    marks = {instead, *marks_of(session, same)}
    # a subject may be several marks; details are JSON, which as text is the same in both databases
    places = (AuditRow.subject, cast(AuditRow.details, Text))
    return or_(*(place.contains(mark, autoescape=True) for place in places for mark in sorted(marks)))


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
