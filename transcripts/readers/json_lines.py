"""Conversation JSON lines (contract 1), read in constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from transcripts.readers.content import require_text
from transcripts.reading import Fault, ReadingError, ReadOptions, Record, Seen, record_fault
from transcripts.serialise import MAX_ID, RecordError, conversation_from_dict

_BOM = b"\xef\xbb\xbf"
_DRAIN = 1 << 16


class JsonLinesReader:
    """One conversation a line; ``.json`` files may also hold one object or one list over several lines."""

    name = "json-lines"
    version = "1"

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in {".jsonl", ".ndjson", ".json"}

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        head = require_text(path)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            message, remedy = f"Plik `{path.name}` jest w UTF-16.", "Zapisz JSON lines jako UTF-8."
            raise ReadingError("bad_encoding", message, remedy)
        seen, found = Seen(str(path)), False
        for line, record in _records(path, options):
            found = True
            yield _conversation(record, line, str(path), options, seen)
        if not found:
            remedy = "Sprawdź eksport i pobierz go ponownie."
            raise ReadingError("empty_file", f"Plik `{path.name}` nie zawiera żadnej rozmowy.", remedy)


def _records(path: Path, options: ReadOptions) -> Iterator[tuple[int | None, dict[str, Any] | Fault]]:
    if path.suffix.lower() == ".json" and path.stat().st_size <= options.max_line_bytes:
        document = _document(path)
        if document is not None:
            yield from document
            return
    with path.open("rb") as stream:
        yield from iter_records(stream, str(path), options)


def _document(path: Path) -> list[tuple[int | None, dict[str, Any] | Fault]] | None:
    try:
        content = _decode(path.read_bytes())
    except (ValueError, RecursionError):
        return None  # perhaps JSON lines under another suffix
    items = content if isinstance(content, list) else [content]
    return [(None, item if isinstance(item, dict) else _not_object(str(path), None)) for item in items]


def iter_records(
    stream: BinaryIO, source: str, options: ReadOptions | None = None
) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Line numbers with the decoded objects, or with faults where a line cannot be decoded.

    The filters use it for standard input too. Blank lines are left out; a line over ``max_line_bytes``
    is skipped without being held in memory.
    """
    limit = (options or ReadOptions()).max_line_bytes
    for line, raw in _lines(stream, limit):
        if raw is None:
            message = f"Wiersz jest dłuższy niż {limit / 1_000_000:g} MB."
            remedy = "Podziel rozmowę albo zwiększ limit długości wiersza."
            yield line, Fault(source, line, None, "line_too_long", message, remedy)
        elif raw.strip():
            yield line, _line_record(raw, line, source)


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    line = 0
    while raw := stream.readline(limit + 1):
        line += 1
        if len(raw) <= limit or raw.endswith(b"\n"):
            yield line, raw.removeprefix(_BOM) if line == 1 else raw
            continue
        del raw
        while (rest := stream.readline(_DRAIN)) and not rest.endswith(b"\n"):
            pass
        yield line, None


def _line_record(raw: bytes, line: int, source: str) -> dict[str, Any] | Fault:
    try:
        record = _decode(raw)
    except UnicodeDecodeError:
        remedy = "Zapisz plik jako UTF-8, np. `iconv -f windows-1250 -t utf-8`."
        return Fault(source, line, None, "bad_encoding", "Wiersz nie jest w UTF-8.", remedy)
    except json.JSONDecodeError as error:
        message = f"Niepoprawny JSON (znak {error.pos + 1})."
        return Fault(
            source, line, None, "invalid_json", message, "Zapisz w wierszu dokładnie jeden obiekt JSON."
        )
    except (ValueError, RecursionError):
        remedy = "Usuń NaN, zbyt długie liczby i bardzo głębokie zagnieżdżenia."
        return Fault(source, line, None, "invalid_json", "Niepoprawny JSON.", remedy)
    return record if isinstance(record, dict) else _not_object(source, line)


def _decode(raw: bytes) -> Any:
    return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _not_object(source: str, line: int | None) -> Fault:
    message = "Rekord nie jest obiektem JSON."
    return Fault(source, line, None, "wrong_type", message, "Zapisz rozmowę jako obiekt `{...}`.")


def _conversation(
    record: dict[str, Any] | Fault, line: int | None, source: str, options: ReadOptions, seen: Seen
) -> Record:
    if isinstance(record, Fault):
        return record
    try:
        return seen.admit(conversation_from_dict(record, timezone=options.timezone), line)
    except RecordError as error:
        return record_fault(source, line, record_id(record), error)


def record_id(record: dict[str, Any]) -> str | None:
    """The id of a record that may be wrong in every respect; None where it has no usable one."""
    value = record.get("id")
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isprintable() else None
