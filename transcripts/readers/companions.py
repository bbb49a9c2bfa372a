"""Files that stand beside sources: sidecars, which tell about them, and what is no source at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transcripts.conversation import Conversation
from transcripts.readers.content import decode_text
from transcripts.readers.dates import parse_moment
from transcripts.reading import ReadingError, ReadOptions
from transcripts.serialise import RecordError, conversation_from_dict

AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".ogg", ".opus", ".oga", ".flac", ".m4a"})
SUBTITLE_SUFFIXES = frozenset({".vtt", ".srt"})
CALL_LIST = "calls.csv"
_MAP_NAMES = frozenset({"columns.yaml", "columns.yml", "columns.json"})
_MAP_ENDS = (".map.yaml", ".map.yml", ".map.json", ".meta.json")
_NO_SOURCES = ("readme", "license", "licence", "changelog", "thumbs.db", "desktop.ini")
_MAX_SIDECAR = 5_000_000
_AGENT = {"agent_id": "id", "agent_team": "team", "agent_name": "name"}
_SURVEY = ("csat", "csat_max", "nps", "ces")
_DIRECT = ("id", "channel", "started_at", "direction", "queue", "order_id", "case_id")


def is_companion(path: Path, siblings: frozenset[str]) -> bool:
    """Whether a file in a folder with these file names is no source of its own."""
    name = path.name.lower()
    if name.startswith((".", "~$", *_NO_SOURCES)) or name.endswith(_MAP_ENDS) or name in _MAP_NAMES:
        return True
    if path.suffix.lower() == ".md":
        return True
    if path.suffix.lower() == ".json":
        return any(path.stem + suffix in siblings for suffix in AUDIO_SUFFIXES | SUBTITLE_SUFFIXES)
    has_audio = any(Path(sibling).suffix.lower() in AUDIO_SUFFIXES for sibling in siblings)
    return name == CALL_LIST and has_audio and _lists_files(path)


def _lists_files(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            header = stream.readline(_MAX_SIDECAR).decode("latin-1")
    except OSError:
        return False
    return "file" in {cell.strip('"\ufeff ï»¿\r\n').lower() for cell in header.replace(";", ",").split(",")}


def with_sidecar(
    path: Path, fallback: Mapping[str, Any], turns: list[Any], options: ReadOptions
) -> Conversation:
    """A conversation from ``fallback`` fields, overridden by the sidecar of ``path``, with these turns.

    Sidecars are, the first one wins: ``NAME.meta.json``, ``NAME.json`` (its ``turns``, if any, are a
    reference and are not read), the row of ``calls.csv`` in the folder whose ``file`` names the file.

    Raises:
        ReadingError: a sidecar is damaged or tells something impossible.
    """
    name, fields = _sidecar(path, options)
    known = {key: value for key, value in fields.items() if value is not None}
    try:
        return conversation_from_dict({**fallback, **known, "turns": turns}, timezone=options.timezone)
    except RecordError as error:
        if name is None:
            raise ReadingError(error.code, error.problem, error.remedy) from error
        raise _bad_sidecar(name, error.problem, error.remedy) from error


def _sidecar(path: Path, options: ReadOptions) -> tuple[str | None, Mapping[str, Any]]:
    for candidate in (path.with_name(path.stem + ".meta.json"), path.with_name(path.stem + ".json")):
        if candidate.is_file():
            return candidate.name, _from_json(candidate)
    calls = path.with_name(CALL_LIST)
    if calls.is_file():
        status = calls.stat()
        rows = _call_rows(calls, status.st_mtime_ns, status.st_size, options.timezone)
        return CALL_LIST, rows.get(path.name, {})
    return None, {}


def _from_json(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _MAX_SIDECAR:
        raise _bad_sidecar(path.name, "Plik jest za duży.", "Zostaw w nim tylko dane o nagraniu.")
    try:
        record = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _bad_sidecar(path.name, "To nie jest poprawny JSON w UTF-8.", "Popraw go albo usuń.") from None
    if not isinstance(record, dict):
        raise _bad_sidecar(path.name, "To nie jest obiekt JSON.", "Zapisz dane jako obiekt `{...}`.")
    record.pop("turns", None)
    return record


@lru_cache(maxsize=8)
def _call_rows(path: Path, changed: int, size: int, timezone: str) -> Mapping[str, Mapping[str, Any]]:
    """Rows of a call list by file name; ``changed`` and ``size`` make a changed file read anew."""
    text = decode_text(path.read_bytes()) if size <= 20 * _MAX_SIDECAR else None
    if text is None:
        raise _bad_sidecar(
            path.name, "Plik jest za duży albo ma nieznane kodowanie.", "Zapisz go jako UTF-8."
        )
    text = text.removeprefix("\ufeff")
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(";,\t", key=header.count))
    found: dict[str, Mapping[str, Any]] = {}
    for line, row in enumerate(rows, 2):
        cells = {(key or "").strip().lower(): (value or "").strip() for key, value in row.items() if key}
        if cells.get("file"):
            found.setdefault(cells["file"], _call(cells, ZoneInfo(timezone), line))
    return found


def _call(cells: Mapping[str, str], zone: ZoneInfo, line: int) -> dict[str, Any]:
    record: dict[str, Any] = {key: cells[key] for key in _DIRECT if cells.get(key)}
    try:
        if "started_at" in record:
            record["started_at"] = parse_moment(record["started_at"], zone).isoformat()
        survey = {key: float(cells[key].replace(",", ".")) for key in _SURVEY if cells.get(key)}
    except ValueError:
        problem = f"W wierszu {line} jest niepoprawna data lub ocena."
        raise _bad_sidecar(CALL_LIST, problem, "Podaj daty np. 2026-11-02 09:14, oceny liczbą.") from None
    agent = {field: cells[key] for key, field in _AGENT.items() if cells.get(key)}
    if agent:
        record["agent"] = agent
    if survey:
        record["survey"] = survey
    if cells.get("customer_id"):
        record["customer"] = {"id": cells["customer_id"]}
    return record


def _bad_sidecar(name: str, problem: str, remedy: str) -> ReadingError:
    return ReadingError("bad_sidecar", f"Błąd w pliku z danymi o nagraniu `{name}`: {problem}", remedy)
