"""What reading a source gives, which files are sources, and the way from a file to records.

A reader knows one file format. Problems with one record become a :class:`Fault` and the rest goes on;
problems with the whole file are raised as :class:`ReadingError` and become one fault in :func:`read_source`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from transcripts.conversation import Channel, Conversation
from transcripts.serialise import WARSAW, RecordError, conversation_to_dict

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read; the defaults suit a Polish shop.

    Attributes:
        max_line_bytes: longest JSON line, table cell or e-mail header block that is read.
        max_file_bytes: largest file of the formats that are held in memory whole (tables, subtitles,
            chat logs, one e-mail); JSON lines, mbox and audio may be larger.
        timezone: the zone of times that name none.
        columns: column map for tables that have none beside them (see ``readers/column_map.py``).
        shop_addresses: addresses (``bok@sklep.example``) or domains (``sklep.example``) of the shop; mail
            from them is the agent's. Empty: the domain whose role mailbox, such as ``kontakt@``, the thread
            was first sent to (or from) is the shop's.
        agent_names, bot_names, customer_names: labels in chat logs, subtitles and tables, beside the
            usual words such as "konsultant" or "klient".
        channel: channel of formats that do not tell it; None: chat for logs, phone for subtitles and audio.
    """

    max_line_bytes: int = 10_000_000
    max_file_bytes: int = 200_000_000
    timezone: str = WARSAW
    columns: Mapping[str, Any] | None = None
    shop_addresses: tuple[str, ...] = ()
    agent_names: tuple[str, ...] = ()
    bot_names: tuple[str, ...] = ()
    customer_names: tuple[str, ...] = ()
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be read: where, why (Polish, without text of the record), what to do."""

    source: str
    line: int | None
    id: str | None
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file to be transcribed; ``conversation`` has no turns, only what the sidecar tells."""

    path: Path
    conversation: Conversation


Record = Conversation | Recording | Fault


class Reader(Protocol):
    """One file format. ``version`` changes whenever the same file would give other records."""

    name: str
    version: str

    def accepts(self, path: Path) -> bool:
        """Whether the file claims to be of this format."""

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        """Records in the order of the file.

        Raises:
            ReadingError: the file as a whole cannot be read.
            OSError: the file cannot be opened or read.
        """


class ReadingError(Exception):
    """A file that cannot be read, or not from here on; the parts are those of :class:`Fault`."""

    def __init__(
        self, code: str, message: str, remedy: str, *, line: int | None = None, record: str | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.line, self.record = code, message, remedy, line, record

    def fault(self, source: str) -> Fault:
        """The same as a value."""
        return Fault(source, self.line, self.record, self.code, self.message, self.remedy)


class Seen:
    """Remembers the ids of one source, to tell a repeated record from another one under the same id.

    Keeps two 8-byte digests for each conversation.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._contents: dict[bytes, bytes] = {}

    def admit(self, conversation: Conversation, line: int | None) -> Record:
        """The conversation, or a fault where its id stood for another content before."""
        content = json.dumps(conversation_to_dict(conversation), sort_keys=True).encode()
        digest = hashlib.blake2b(content, digest_size=8).digest()
        key = hashlib.blake2b(conversation.id.encode(), digest_size=8).digest()
        if self._contents.setdefault(key, digest) == digest:
            return conversation
        message = "Ten sam identyfikator ma już inna rozmowa w tym pliku."
        remedy = "Nadaj rozmowom różne identyfikatory albo usuń nieaktualną."
        return Fault(self._source, line, conversation.id, "duplicate_id", message, remedy)


def record_fault(source: str, line: int | None, record: str | None, error: RecordError) -> Fault:
    """The fault for a record that does not keep contract 1."""
    return Fault(source, line, record, error.code, error.problem, error.remedy)


def fault_to_dict(fault: Fault) -> dict[str, Any]:
    """The error line of contract 2."""
    error = {"code": fault.code, "message": f"{fault.message} {fault.remedy}"}
    return {"id": fault.id, "line": fault.line, "error": error}


def find_sources(paths: Sequence[Path]) -> list[Path]:
    """Files to read, each once: those named, and those in named folders in sorted order.

    In folders, sidecars, column maps, READMEs and hidden files are left out. Paths that do not exist and
    folders that cannot be listed are returned as they are, so that reading them gives a fault.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for source in _walk(path) if path.is_dir() else [path]:
            found.setdefault(source.absolute(), source)
    return list(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    from transcripts.readers.companions import is_companion

    unlisted: list[Path] = []

    def note(error: OSError) -> None:
        unlisted.append(Path(error.filename))

    for root, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = frozenset(files)
        for name in sorted(files):
            if not is_companion(Path(root, name), names):
                yield Path(root, name)
    yield from sorted(unlisted)


def read_source(path: Path, options: ReadOptions | None = None) -> Iterator[Record]:
    """Everything that ``path`` holds; never raises for bad content, yields a :class:`Fault` instead."""
    source = str(path)
    try:
        _check(path)
        yield from _reader_of(path).read(path, options or ReadOptions())
    except ReadingError as error:
        yield error.fault(source)
    except OSError as error:
        yield _unreadable(path, error)
    except Exception as error:
        # Parsers of foreign formats fail in ways that they do not document. One file must not stop the
        # rest, so this is the one place that takes any of them; the message could quote the record.
        _LOG.error("reader failed on a source: %s at %s", type(error).__name__, _place(error))
        message = (
            f"Pliku `{path.name}` nie da się odczytać: jego budowa jest uszkodzona ({type(error).__name__})."
        )
        yield Fault(
            source, None, None, "damaged_file", message, "Wyeksportuj go ponownie z systemu źródłowego."
        )


def _check(path: Path) -> None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        next(path.iterdir(), None)  # raises where it may not be listed
        raise ReadingError("not_a_file", f"`{path.name}` jest folderem.", "Podaj plik albo przejrzyj folder.")
    if not stat.S_ISREG(status.st_mode):
        raise ReadingError("not_a_file", f"`{path.name}` nie jest zwykłym plikiem.", "Podaj zwykły plik.")
    if status.st_size == 0:
        raise ReadingError(
            "empty_file", f"Plik `{path.name}` jest pusty.", "Sprawdź eksport i pobierz go ponownie."
        )


def _reader_of(path: Path) -> Reader:
    from transcripts.readers import READERS

    for reader in READERS:
        if reader.accepts(path):
            return reader
    remedy = (
        "Obsługiwane: .jsonl, .csv, .xlsx, .eml, .mbox, .vtt, .srt, .txt, .log, "
        ".wav, .mp3, .ogg, .opus, .flac, .m4a."
    )
    raise ReadingError("unknown_format", f"Format pliku `{path.name}` nie jest znany.", remedy)


def _unreadable(path: Path, error: OSError) -> Fault:
    if isinstance(error, FileNotFoundError):
        code, message, remedy = "not_found", f"Nie ma pliku `{path.name}`.", "Sprawdź ścieżkę."
    elif isinstance(error, PermissionError):
        code, message = "unreadable", f"Brak uprawnień do odczytu `{path.name}`."
        remedy = "Nadaj prawo odczytu, np. `chmod u+r`, i ponów."
    else:
        code, message = "read_error", f"Błąd odczytu `{path.name}` ({os.strerror(error.errno or 0)})."
        remedy = "Sprawdź dysk lub udział sieciowy i ponów."
    return Fault(str(path), None, None, code, message, remedy)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
