"""Looking for what an erasure left behind: ids in the database's texts and in the files of the data folder."""

from __future__ import annotations

import json
import mmap
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import String, Text, cast, select
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from qa.services.privacy.forgetting import without
from qa.services.workspace import Workspace
from qa.storage.batches import in_batches
from qa.storage.people import CalibrationRow, CoachingRow, SampleRow
from qa.storage.tables import Base, ProposalRow, TrendRow
from qa.storage.vault import DERIVED, FOLDER, SUFFIX

SHORTEST = 4  # characters; shorter ids stand everywhere by chance, and are looked for only where ids are kept
AT_ONCE = 500
SQLITE_HEAD = b"SQLite format 3\0"
HOLDING: tuple[tuple[Any, str], ...] = (
    (TrendRow, "examples"),
    (ProposalRow, "evidence"),
    (CalibrationRow, "conversations"),
    (CalibrationRow, "decisions"),
    (CoachingRow, "content"),
    (SampleRow, "details"),
)
_WORD = re.compile(r"[\w-]")
_ESCAPED = re.compile(r"\\(?:[bfnrt]|u([0-9a-fA-F]{4}))\Z")
_CONTEXT = 6  # bytes before an id: the longest escape of JSON
Content = bytes | mmap.mmap


def forms_of(identifier: str) -> frozenset[str]:
    """How an id stands in files: as it is, and as the two ways of writing JSON have it."""
    escaped = (json.dumps(identifier, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    return frozenset((identifier, *escaped))


def is_short(identifier: str) -> bool:
    """Whether it would be found everywhere by chance."""
    return len(identifier) < SHORTEST


@dataclass(frozen=True)
class Sought:
    """What is looked for: ids, and of those that are known no more keyed digests by their length in bytes."""

    ids: tuple[str, ...]
    digest: Callable[[str], str]
    hidden: Mapping[int, Collection[str]] = field(default_factory=dict)

    @property
    def short(self) -> tuple[str, ...]:
        """Ids that are looked for only where ids are kept."""
        return tuple(one for one in self.ids if is_short(one))

    @cached_property
    def plain(self) -> tuple[bytes, ...]:
        """What is looked for byte by byte."""
        forms = (form for one in self.ids if not is_short(one) for form in sorted(forms_of(one)))
        return tuple(form.encode("utf-8", "surrogatepass") for form in forms)

    @property
    def in_bytes(self) -> bool:
        """Whether anything is looked for byte by byte."""
        return bool(self.plain or self.hidden)

    def stands_in(self, content: Content) -> bool:
        """Whether one of them stands there by itself, not as a part of something longer."""
        return any(
            is_alone(content, start, start + len(form))
            for form in self.plain
            for start in _places(content, form)
        ) or any(self._is_hidden_in(content, length) for length in self.hidden)

    def _is_hidden_in(self, content: Content, length: int) -> bool:
        window = re.compile(rb"(?:(?<![\w-])|(?<=\\[bfnrt]))(?=(.{%d})(?![\w-]))" % length, re.DOTALL)
        wanted = self.hidden[length]
        return any(
            self.digest(found[1].decode("utf-8", "replace")) in wanted for found in window.finditer(content)
        )


def _places(content: Content, form: bytes) -> Iterator[int]:
    place = content.find(form)
    while place >= 0:
        yield place
        place = content.find(form, place + 1)


def is_alone(content: Content, start: int, stop: int) -> bool:
    """Whether neither a letter, a digit, ``-`` nor ``_`` goes on from there in UTF-8; an escape of JSON is one character."""
    before = content[max(0, start - _CONTEXT) : start].decode("utf-8", "replace")
    after = content[stop : stop + 4].decode("utf-8", "replace")
    escaped = _ESCAPED.search(before)
    if escaped:
        before = chr(int(escaped[1], 16)) if escaped[1] else ""
    return not (_WORD.match(before[-1:]) or _WORD.match(after))


def traces(workspace: Workspace, sought: Sought) -> tuple[str, ...]:
    """Places that still hold one of the ids: columns of the database, and files below the data folder.

    Sealed files are left out: what is encrypted holds an id by chance only.
    """
    if not sought.ids and not sought.hidden:
        return ()
    with workspace.storage.reading() as session:
        columns = sorted({*_columns_with(session, sought), *_columns_with_short(session, sought.short)})
    places = [f"baza danych ({column})" for column in columns]
    return (*places, *_files_with(workspace, sought))


def _columns_with(session: Session, sought: Sought) -> Iterator[str]:
    for table in Base.metadata.sorted_tables if sought.in_bytes else ():
        columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
        query = select(*(cast(column, Text) for column in columns)).execution_options(yield_per=AT_ONCE)
        for row in session.execute(query):
            yield from (
                f"{table.name}.{column.name}"
                for column, value in zip(columns, row, strict=True)
                if value and sought.stands_in(value.encode("utf-8", "surrogatepass"))
            )


def _columns_with_short(session: Session, ids: Sequence[str]) -> Iterator[str]:
    if not ids:
        return
    for table in Base.metadata.sorted_tables:
        column = table.columns.get("conversation_id")
        if column is not None and any(_is_in(session, column, part) for part in in_batches(ids)):
            yield f"{table.name}.conversation_id"
    for row, name in HOLDING:
        values = session.scalars(select(getattr(row, name)).execution_options(yield_per=AT_ONCE))
        if any(without(value, set(ids)) != value for value in values):
            yield f"{row.__tablename__}.{name}"


def _is_in(session: Session, column: Any, ids: Sequence[str]) -> bool:
    return session.execute(select(column).where(column.in_(ids)).limit(1)).first() is not None


def _files_with(workspace: Workspace, sought: Sought) -> Iterator[str]:
    folder = workspace.settings.data_dir
    own = _own_files(workspace)
    for path in sorted(folder.rglob("*")) if sought.in_bytes else ():
        if path.absolute() in own or not path.is_file() or _is_sealed(path.relative_to(folder)):
            continue
        place = str(path.relative_to(folder))
        try:
            if sought.stands_in(place.encode("utf-8", "surrogateescape")) or _is_in_file(path, sought):
                yield place
        except FileNotFoundError:  # gone meanwhile
            continue
        except OSError:
            yield f"{place} (nie można odczytać)"
    for path in own if _is_unsettled(own) else ():
        if path.is_file() and _has_bytes(path, sought.plain):
            yield str(path)


def _own_files(workspace: Workspace) -> tuple[Path, ...]:
    """The files of our own SQLite database and its log. Values stand in them without anything between, so that only
    the database can tell where one begins."""
    url = workspace.storage.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return ()
    return tuple(Path(url.database + ending).absolute() for ending in ("", "-wal"))


def must_settle_again(workspace: Workspace, sought: Sought, found: Collection[str]) -> bool:
    """Whether somebody kept the database from being written anew, and its files hold an id or may hold a hidden one."""
    own = _own_files(workspace)
    return _is_unsettled(own) and bool(sought.hidden or not set(found).isdisjoint(map(str, own)))


def _is_unsettled(own: Sequence[Path]) -> bool:
    """Whether the files may hold old pages."""
    return any(path.name.endswith("-wal") and path.is_file() and path.stat().st_size for path in own)


def _has_bytes(path: Path, forms: Iterable[bytes]) -> bool:
    with _opened(path) as content:
        return any(content.find(form) >= 0 for form in forms)


def _is_sealed(place: Path) -> bool:
    return place.parts[0] == FOLDER and place.suffix in (SUFFIX, DERIVED)


def _is_in_file(path: Path, sought: Sought) -> bool:
    with _opened(path) as content:
        if sought.stands_in(content):
            return True
        is_database = content[: len(SQLITE_HEAD)] == SQLITE_HEAD
    return is_database and any(map(sought.stands_in, _values_in(path)))


def _values_in(path: Path) -> Iterator[bytes]:
    """Texts of a SQLite database that is not ours; of a damaged one, those that can be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            names = [
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for name in names:
                quoted = name.decode().replace('"', '""')
                for row in connection.execute(f'SELECT * FROM "{quoted}"'):
                    yield from (value for value in row if isinstance(value, bytes))
    except sqlite3.Error:
        return


class _opened:
    """A file's content without reading it into memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: Content = b""

    def __enter__(self) -> Content:
        with self._path.open("rb") as stream:
            if self._path.stat().st_size:
                self._content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return self._content

    def __exit__(self, *_: object) -> None:
        if isinstance(self._content, mmap.mmap):
            self._content.close()
