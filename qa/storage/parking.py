"""Parked items: what could not be processed, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from qa.storage.database import pseudonyms_of
from qa.storage.digests import digest_of
from qa.storage.tables import ErasedRow, ParkedRow, now

Stage = Literal["intake", "tag", "score"]
SHOWN_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Parked:
    """One parked item. ``source`` and ``conversation_id`` are names without personal data."""

    stage: Stage
    source: str
    code: str
    message: str
    remedy: str
    version: str = ""
    root: str | None = None
    path_key: str | None = None
    input_digest: str | None = None
    line: int | None = None
    conversation_id: str | None = None

    @property
    def key(self) -> str:
        """The same cause at the same place is the same item."""
        place = self.path_key or self.input_digest or self.source
        return digest_of(self.stage, place, str(self.line), self.code, self.conversation_id or "")


def park(session: Session, items: Iterable[Parked]) -> None:
    """Keep ``items``, except those of erased conversations; one that is there already counts one attempt more."""
    for item in items:
        if _is_erased(session, item):
            continue
        row = session.get(ParkedRow, item.key)
        if row is None:
            session.add(ParkedRow(key=item.key, **asdict(item)))
            session.flush()
            continue
        for name, value in asdict(item).items():
            setattr(row, name, value)
        row.attempts += 1
        row.last_seen = now()


def _is_erased(session: Session, item: Parked) -> bool:
    if item.conversation_id is None:
        return False
    return session.get(ErasedRow, pseudonyms_of(session).digest(item.conversation_id)) is not None


def settle_path(session: Session, path_key: str, still: Collection[str]) -> None:
    """Forget what was parked for a file that has now been read to its end, except ``still``."""
    rows = session.scalars(
        select(ParkedRow.key).where(ParkedRow.stage == "intake", ParkedRow.path_key == path_key)
    )
    forget(session, [key for key in rows if key not in still])


def settle_inputs(session: Session, stage: Stage, inputs: Sequence[str]) -> None:
    """Forget what was parked for inputs that a stage has now processed."""
    session.execute(delete(ParkedRow).where(ParkedRow.stage == stage, ParkedRow.input_digest.in_(inputs)))


def forget(session: Session, keys: Sequence[str]) -> None:
    """Delete parked items."""
    if keys:
        session.execute(delete(ParkedRow).where(ParkedRow.key.in_(keys)))


def parked(session: Session, prefixes: Sequence[str] = ()) -> list[ParkedRow]:
    """Parked items, all or those whose key begins with one of ``prefixes``, in a stable order."""
    query = select(ParkedRow).order_by(ParkedRow.stage, ParkedRow.source, ParkedRow.line, ParkedRow.key)
    if prefixes:
        query = query.where(or_(*(ParkedRow.key.startswith(prefix, autoescape=True) for prefix in prefixes)))
    return list(session.scalars(query))


def parked_count(session: Session) -> int:
    """How many items are parked now."""
    return session.scalar(select(func.count()).select_from(ParkedRow)) or 0
