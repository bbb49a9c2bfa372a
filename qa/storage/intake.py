"""Keeping sources and redacted conversations, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa.storage.digests import digest_of
from qa.storage.tables import ConversationRow, SourceRow


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """What is kept of a conversation; all of it is redacted or pseudonymous."""

    conversation_id: str
    source_digest: str
    raw_digest: str
    version: str
    digest: str
    channel: str
    started_at: str | None
    agent_id: str | None
    team: str | None
    customer_key: str | None
    order_key: str | None
    case_key: str | None
    content: dict[str, Any]

    @property
    def key(self) -> str:
        """Its primary key."""
        return digest_of(self.conversation_id, self.raw_digest, self.version)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch: how many were new, how many known, which clash with another of the same id."""

    new: int
    known: int
    clashes: tuple[KeptConversation, ...]


def source_key(digest: str, version: str) -> str:
    """The primary key of a source."""
    return digest_of(digest, version)


def known_sources(session: Session, version: str, digests: Sequence[str]) -> set[str]:
    """Which of ``digests`` this intake version has read to the end."""
    found: set[str] = set()
    for start in range(0, len(digests), 500):
        part = digests[start : start + 500]
        query = select(SourceRow.digest).where(SourceRow.version == version, SourceRow.digest.in_(part))
        found.update(session.scalars(query))
    return found


def finish_source(
    session: Session, *, digest: str, version: str, kind: str, name: str, status: str, conversations: int
) -> None:
    """Mark a source as read to its end; a source that was read before keeps its first name."""
    row = session.get(SourceRow, source_key(digest, version))
    if row is None:
        row = SourceRow(key=source_key(digest, version), digest=digest, version=version, kind=kind, name=name)
        session.add(row)
    row.status = status
    row.conversations = conversations


def keep_conversations(session: Session, batch: Sequence[KeptConversation]) -> Kept:
    """Keep a batch in its order. The first content under an id stays; another under the same id clashes.

    The same content under a new version is a new row, which becomes the current one.
    """
    rows = _rows_by_id(session, {item.conversation_id for item in batch})
    new = known = 0
    clashes: list[KeptConversation] = []
    for item in batch:
        others = rows.setdefault(item.conversation_id, [])
        if _clashes(item, others):
            clashes.append(item)
            continue
        same = next((row for row in others if row.key == item.key), None)
        if same is None:
            same = ConversationRow(key=item.key, current=True, **asdict(item))
            session.add(same)
            others.append(same)
            new += 1
        else:
            known += 1
        _make_current(same, others)
    session.flush()
    return Kept(new, known, tuple(clashes))


def _rows_by_id(session: Session, ids: Iterable[str]) -> dict[str, list[ConversationRow]]:
    rows: dict[str, list[ConversationRow]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(ConversationRow).where(
            ConversationRow.conversation_id.in_(wanted[start : start + 500])
        )
        for row in session.scalars(query):
            rows.setdefault(row.conversation_id, []).append(row)
    return rows


def _clashes(item: KeptConversation, others: Sequence[ConversationRow]) -> bool:
    """Another content under the same id; a newer reader may well read the same source differently."""
    return any(
        row.raw_digest != item.raw_digest
        and (row.version == item.version or row.source_digest != item.source_digest)
        for row in others
    )


def _make_current(chosen: ConversationRow, others: Sequence[ConversationRow]) -> None:
    for row in others:
        current = row is chosen
        if row.current != current:
            row.current = current


def activate(session: Session, table: Any, version: str) -> None:
    """Where ``version`` has a row, make it the current one (as after going back to an older version)."""
    inputs = select(table.input_digest).where(table.version == version)
    session.execute(
        update(table)
        .where(table.version != version, table.current, table.input_digest.in_(inputs))
        .values(current=False)
    )
    session.execute(update(table).where(table.version == version, ~table.current).values(current=True))
