"""Encrypted originals and muted recordings: files in ``data_dir/vault``, a row in the database for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from qa.errors import UserError
from qa.storage.cipher import Cipher
from qa.storage.digests import digest_of
from qa.storage.tables import SealedRow

FOLDER = "vault"
SUFFIX = ".sealed"
DERIVED = ".derived"  # what was worked out from the item, such as its waveform; can be made again at any time


@dataclass(frozen=True, slots=True)
class Sealed:
    """An item of the vault. ``kind`` is ``raw_text``, ``raw_audio`` or ``redacted_audio``.

    ``suffix`` is the file ending of what is inside, ``dated`` the moment from which retention counts.
    """

    kind: str
    conversation_id: str
    suffix: str
    dated: str
    raw_digest: str
    size: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same original is the same item."""
        return digest_of(self.kind, self.conversation_id, self.raw_digest)


class Vault:
    """The folder with sealed files."""

    def __init__(self, data_dir: Path, cipher: Cipher) -> None:
        self.folder = data_dir / FOLDER
        self.cipher = cipher

    def put(self, item: Sealed, blocks: Iterable[bytes]) -> int:
        """Seal ``blocks`` as ``item``; returns the bytes of content. The row is the caller's to keep."""
        return self.cipher.seal(item.key, blocks, path_of(self.folder, item.key))

    def read(self, key: str) -> Iterator[bytes]:
        """The content of an item, in blocks.

        Raises:
            UserError: with another key, or where the file is damaged.
            FileNotFoundError: the file is gone.
        """
        return self.cipher.open(key, path_of(self.folder, key))

    def part(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """The content of a sealed file from byte ``start`` up to ``stop``, in blocks; raises as :meth:`read`."""
        return self.cipher.part(key, path_of(self.folder, key), start, stop)

    def holds(self, key: str) -> bool:
        """Whether an item's file is there."""
        return path_of(self.folder, key).is_file()

    def derive(self, key: str, content: bytes) -> None:
        """Keep what was worked out from an item, sealed too, beside it; it goes when the item goes."""
        self.cipher.seal(key + DERIVED, [content], path_of(self.folder, key, DERIVED))

    def derived(self, key: str) -> bytes | None:
        """What was worked out from an item before, or None where it has to be worked out again."""
        try:
            return b"".join(self.cipher.open(key + DERIVED, path_of(self.folder, key, DERIVED)))
        except (FileNotFoundError, UserError):  # never there, or sealed with a key that has gone since
            return None

    def reseal(self, key: str, cipher: Cipher) -> None:
        """Seal an item again with another key."""
        cipher.seal(key, self.read(key), path_of(self.folder, key))


def path_of(folder: Path, key: str, ending: str = SUFFIX) -> Path:
    """Where an item's file lies, or with another ``ending`` what belongs to it."""
    return folder / key[:2] / f"{key}{ending}"


def keep_sealed(session: Session, items: Iterable[Sealed]) -> None:
    """Keep the rows of items whose files are written."""
    for item in items:
        session.merge(
            SealedRow(
                key=item.key,
                kind=item.kind,
                conversation_id=item.conversation_id,
                suffix=item.suffix,
                size=item.size,
                dated=item.dated,
                details=item.details,
            )
        )


def sealed_of(session: Session, conversation_ids: Sequence[str]) -> list[SealedRow]:
    """Items of these conversations, in a stable order."""
    query = select(SealedRow).where(SealedRow.conversation_id.in_(conversation_ids))
    return list(session.scalars(query.order_by(SealedRow.conversation_id, SealedRow.kind, SealedRow.key)))


def sealed_where(session: Session, *conditions: ColumnElement[bool]) -> list[SealedRow]:
    """Items for which the conditions hold."""
    return list(session.scalars(select(SealedRow).where(*conditions).order_by(SealedRow.key)))


def drop(session: Session, folder: Path, keys: Sequence[str]) -> None:
    """Delete items: the files first, so that a crash leaves a row that the next attempt deletes."""
    for key in keys:
        for ending in (DERIVED, SUFFIX):
            path_of(folder, key, ending).unlink(missing_ok=True)
    session.execute(delete(SealedRow).where(SealedRow.key.in_(keys)))


def strays(session: Session, folder: Path) -> list[Path]:
    """Files without a row, as a crash between the two leaves them."""
    known = set(session.scalars(select(SealedRow.key)))
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name.split(".")[0] not in known]
