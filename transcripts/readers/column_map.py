"""Column maps: what the columns of a table mean.

A map is YAML or JSON, looked for as ``NAME.map.yaml`` beside ``NAME.csv``, then as ``columns.yaml`` in the
folder, then in ``ReadOptions.columns``: the more specific one wins. All keys are optional but ``columns``::

    columns: {id: Nr zgłoszenia, text: Treść, speaker: Autor, at: Data}   # field: column
    fixed: {channel: chat, csat_max: 5}            # field: the same value for all
    turns: [{column: Opinia, speaker: customer}, {column: Odpowiedź sklepu, speaker: agent, at: Data odp.}]
    rows: message            # or conversation; default: message where id, text and speaker are columns
    speakers: {Dział Obsługi: agent, "*": customer}   # "*": everything else
    channels: {Allegro: marketplace}
    directions: {wychodzące: outbound}
    metadata: [Województwo]  # columns kept as they are
    date_format: "%d.%m.%y %H:%M"
    delimiter: ";"
    encoding: windows-1250
    sheet: Eksport
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from transcripts.conversation import CHANNELS, DIRECTIONS, SPEAKERS
from transcripts.readers.roles import fold
from transcripts.reading import ReadingError, ReadOptions

FIELDS = frozenset(
    [
        "id",
        "channel",
        "direction",
        "queue",
        "text",
        "speaker",
        "at",
        "start",
        "end",
        "subject",
        "transcript",
        "agent_id",
        "agent_name",
        "agent_team",
        "customer_id",
        "order_id",
        "case_id",
        "csat",
        "csat_max",
        "nps",
        "ces",
        "started_at",
    ]
)
_SETTINGS = ("rows", "date_format", "delimiter", "encoding", "sheet")
_KEYS = frozenset({"columns", "fixed", "turns", "speakers", "channels", "directions", "metadata", *_SETTINGS})
_MAX_MAP = 1_000_000
_HOW = (
    "Zapisz obok niego mapę `{stem}.map.yaml`, np.: "
    "columns: {{id: Nr, text: Treść, speaker: Autor, at: Data}}, fixed: {{channel: chat}}."
)


@dataclass(frozen=True, slots=True)
class TurnColumn:
    """A column that holds one turn of each conversation."""

    column: str
    speaker: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A checked map; ``name`` is the file or option that it came from. Keys of value maps are folded."""

    name: str
    columns: Mapping[str, str]
    fixed: Mapping[str, Any]
    turns: tuple[TurnColumn, ...]
    grouped: bool
    speakers: Mapping[str, str]
    channels: Mapping[str, str]
    directions: Mapping[str, str]
    metadata: tuple[str, ...]
    date_format: str | None
    delimiter: str | None
    encoding: str | None
    sheet: str | None

    def named_columns(self) -> list[str]:
        """Every column that the map names."""
        of_turns = [name for turn in self.turns for name in (turn.column, turn.at) if name]
        return [*self.columns.values(), *of_turns, *self.metadata]


def find_map(path: Path, options: ReadOptions) -> ColumnMap | None:
    """The map for a table, None where there is none.

    Raises:
        ReadingError: the map that is found is wrong; the message names its file and place.
    """
    beside = [f"{stem}.map.{end}" for stem in (path.stem, path.name) for end in ("yaml", "yml", "json")]
    for name in (*beside, "columns.yaml", "columns.yml", "columns.json"):
        candidate = path.with_name(name)
        if candidate.is_file():
            return checked_map(_load(candidate), name)
    return None if options.columns is None else checked_map(options.columns, "opcje odczytu")


def missing_map(path: Path) -> ReadingError:
    """The error for a table without map, with an example of one."""
    message = f"Plik `{path.name}` nie ma mapy kolumn."
    return ReadingError("missing_map", message, _HOW.format(stem=path.stem))


def _load(path: Path) -> Any:
    try:
        if path.stat().st_size > _MAX_MAP:
            raise _bad(path.name, "plik jest za duży")
        text = path.read_bytes().decode("utf-8-sig")
        return json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        place = f", wiersz {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _bad(path.name, f"niepoprawny YAML{place}") from None
    except json.JSONDecodeError as error:
        raise _bad(path.name, f"niepoprawny JSON, wiersz {error.lineno}") from None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        raise _bad(path.name, "to nie jest YAML ani JSON w UTF-8") from None


def checked_map(content: object, name: str) -> ColumnMap:
    """Make a value of a map's content.

    Raises:
        ReadingError: it has unknown keys, unknown fields or values of a wrong kind.
    """
    if not isinstance(content, Mapping):
        raise _bad(name, "brak kluczy")
    _known(content, _KEYS, name, "klucz")
    columns = _texts(content, "columns", name)
    fixed = dict(_mapping(content, "fixed", name))
    turns = tuple(_turn(item, n, name) for n, item in enumerate(_items(content, "turns", name), 1))
    _known(columns, FIELDS, name, "pole w `columns`")
    _known(fixed, FIELDS - {"id", "text", "transcript"}, name, "pole w `fixed`")
    _allowed({"fixed.channel": fixed.get("channel", CHANNELS[0])}, CHANNELS, name)
    _allowed({"fixed.speaker": fixed.get("speaker", SPEAKERS[0])}, SPEAKERS, name)
    _allowed({"fixed.direction": fixed.get("direction", DIRECTIONS[0])}, DIRECTIONS, name)
    if not turns and not {"text", "transcript"} & set(columns):
        raise _bad(name, "brak kolumny z treścią: podaj `columns.text`, `columns.transcript` albo `turns`")
    if not {"channel"} & (set(columns) | set(fixed)):
        raise _bad(name, f"brak kanału: podaj `fixed: {{channel: ...}}`, jeden z: {', '.join(CHANNELS)}")
    settings = {key: _setting(content, key, name) for key in _SETTINGS}
    return ColumnMap(
        name=name,
        columns=columns,
        fixed=fixed,
        turns=turns,
        grouped=_grouped(settings.pop("rows"), columns, name),
        speakers=_values(content, "speakers", SPEAKERS, name),
        channels=_values(content, "channels", CHANNELS, name),
        directions=_values(content, "directions", DIRECTIONS, name),
        metadata=tuple(str(item) for item in _items(content, "metadata", name)),
        date_format=settings["date_format"],
        delimiter=settings["delimiter"],
        encoding=settings["encoding"],
        sheet=settings["sheet"],
    )


def _grouped(rows: str | None, columns: Mapping[str, str], name: str) -> bool:
    if rows not in (None, "message", "conversation"):
        raise _bad(name, "`rows` musi być `message` albo `conversation`")
    if rows == "message" and not {"id", "text"} <= set(columns):
        raise _bad(name, "`rows: message` wymaga `columns.id` i `columns.text`")
    return rows == "message" if rows else {"id", "text", "speaker"} <= set(columns)


def _turn(item: object, number: int, name: str) -> TurnColumn:
    if not isinstance(item, Mapping) or not isinstance(item.get("column"), str):
        raise _bad(name, f"`turns[{number}]` musi mieć `column` i `speaker`")
    _known(item, frozenset({"column", "speaker", "at"}), name, f"klucz w `turns[{number}]`")
    _allowed({f"turns[{number}].speaker": item.get("speaker")}, SPEAKERS, name)
    return TurnColumn(item["column"], item["speaker"], item.get("at"))


def _mapping(content: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, Mapping):
        raise _bad(name, f"`{key}` musi być obiektem")
    return value


def _texts(content: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    return {str(k): str(v) for k, v in _mapping(content, key, name).items() if v is not None}


def _items(content: Mapping[str, Any], key: str, name: str) -> list[Any]:
    value = content.get(key) or []
    if not isinstance(value, list | tuple):
        raise _bad(name, f"`{key}` musi być listą")
    return list(value)


def _values(content: Mapping[str, Any], key: str, allowed: tuple[str, ...], name: str) -> dict[str, str]:
    values = _texts(content, key, name)
    _allowed({f"{key}.{label}": value for label, value in values.items()}, allowed, name)
    return {fold(label): value for label, value in values.items()}


def _setting(content: Mapping[str, Any], key: str, name: str) -> str | None:
    value = content.get(key)
    if value is not None and (not isinstance(value, str) or (key == "delimiter" and len(value) != 1)):
        raise _bad(name, f"`{key}` musi być napisem" + (" o jednym znaku" if key == "delimiter" else ""))
    return value


def _known(found: Mapping[str, Any], allowed: frozenset[str], name: str, what: str) -> None:
    unknown = sorted(set(map(str, found)) - allowed)
    if unknown:
        raise _bad(name, f"nieznany {what}: {unknown[0]}; dozwolone: {', '.join(sorted(allowed))}")


def _allowed(values: Mapping[str, Any], allowed: tuple[str, ...], name: str) -> None:
    for place, value in values.items():
        if value not in allowed:
            raise _bad(name, f"`{place}` musi być jedną z wartości: {', '.join(allowed)}")


def _bad(name: str, problem: str) -> ReadingError:
    return ReadingError("bad_map", f"Błąd w mapie kolumn `{name}`: {problem}.", "Popraw mapę i ponów.")
