"""CSV and XLSX exports of helpdesks, chats, marketplaces and reviews, read through a column map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transcripts.conversation import CHANNELS, DIRECTIONS, SPEAKERS
from transcripts.readers.chat_log import parse_messages, turns_of
from transcripts.readers.column_map import FIELDS, ColumnMap, checked_map, find_map, missing_map
from transcripts.readers.dates import parse_moment
from transcripts.readers.identity import digest, opaque
from transcripts.readers.roles import fold, read_label
from transcripts.readers.rows import Cell, header_key, table_rows
from transcripts.reading import Fault, ReadingError, ReadOptions, Record, Seen, record_fault
from transcripts.serialise import RecordError, conversation_from_dict, local_moment

_NOTHING = frozenset({"", "-", "–", "n/d", "nd", "brak", "null", "none", "nan", "#n/a"})
_RATING = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*(?:/|z)\s*(\d+))?")
_STARS = re.compile(r"[★⭐]\ufe0f?")
_CHANNEL_WORDS = {
    **dict.fromkeys(("telefon", "polaczenie", "rozmowa telefoniczna", "call", "voice"), "phone"),
    **dict.fromkeys(("czat", "livechat", "live chat", "whatsapp", "messenger"), "chat"),
    **dict.fromkeys(("e-mail", "mail", "poczta"), "email"),
    **dict.fromkeys(("facebook", "instagram", "social media", "media spolecznosciowe"), "social"),
    **dict.fromkeys(("allegro", "amazon", "ebay", "zalando", "erli"), "marketplace"),
    **dict.fromkeys(("opinia", "recenzja", "google", "ceneo", "trustpilot"), "review"),
    **dict.fromkeys(("formularz", "formularz kontaktowy", "www"), "form"),
}
_DIRECTION_WORDS = {
    **dict.fromkeys(("przychodzace", "przychodzaca", "przychodzacy", "in"), "inbound"),
    **dict.fromkeys(("wychodzace", "wychodzaca", "wychodzacy", "out"), "outbound"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, Cell]  # by header_key

    def text(self, column: str) -> str:
        value = self.cells.get(header_key(column), "")
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value


class TableReader:
    """One conversation a row, or one message a row grouped by an id column; a group's rows may be apart."""

    name = "tables"
    version = "1"

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in {".csv", ".tsv", ".xlsx", ".xlsm"}

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        rows = table_rows(path, columns := find_map(path, options), options)
        header = _header(next(rows, None), path)
        columns = columns or _own_names(header, path)
        _require_columns(columns, header, path)
        table = _Table(columns, options, str(path))
        found = False
        for item in _parsed(rows, header):
            found = True
            if isinstance(item, Fault):
                yield item
            elif not columns.grouped:
                yield table.conversation([item])
            else:
                table.keep(item)
        yield from table.groups()
        if not found:
            message = f"Tabela `{path.name}` nie ma wierszy pod nagłówkiem."
            raise ReadingError("empty_file", message, "Sprawdź eksport i pobierz go ponownie.")


def _header(first: tuple[int, list[Cell] | Fault] | None, path: Path) -> list[str]:
    if first is None or isinstance(first[1], Fault):
        raise ReadingError(
            "empty_file", f"Tabela `{path.name}` jest pusta.", "Sprawdź eksport i pobierz go ponownie."
        )
    return [header_key(str(cell)) for cell in first[1]]


def _own_names(header: list[str], path: Path) -> ColumnMap:
    """The map of a table whose columns already bear the names of the fields."""
    if not {"channel", "text"} <= set(header):
        raise missing_map(path)
    return checked_map({"columns": {name: name for name in header if name in FIELDS}}, "nagłówek")


def _require_columns(columns: ColumnMap, header: list[str], path: Path) -> None:
    missing = [name for name in columns.named_columns() if header_key(name) not in header]
    if missing:
        message = f"W tabeli `{path.name}` nie ma kolumny `{missing[0]}`, którą podaje mapa ({columns.name})."
        raise ReadingError(
            "missing_column", message, "Popraw nazwę kolumny w mapie albo wyeksportuj kolumnę."
        )


def _parsed(rows: Iterator[tuple[int, list[Cell] | Fault]], header: list[str]) -> Iterator[_Row | Fault]:
    for line, cells in rows:
        yield cells if isinstance(cells, Fault) else _Row(line, dict(zip(header, cells, strict=False)))


class _Table:
    def __init__(self, columns: ColumnMap, options: ReadOptions, source: str) -> None:
        self._map, self._options, self._source = columns, options, source
        self._zone = ZoneInfo(options.timezone)
        self._seen = Seen(source)
        self._groups: dict[str, list[_Row]] = {}
        self._repeats: Counter[str] = Counter()

    def keep(self, row: _Row) -> None:
        self._groups.setdefault(self._value([row], "id"), []).append(row)

    def groups(self) -> Iterator[Record]:
        for rows in self._groups.values():
            yield self.conversation(rows)

    def conversation(self, rows: list[_Row]) -> Record:
        line, record_id = rows[0].line, None
        try:
            record_id = self._id(rows[0])
            record = self._record(rows, record_id)
            return self._seen.admit(conversation_from_dict(record, timezone=self._options.timezone), line)
        except RecordError as error:
            return record_fault(self._source, line, record_id, error)
        except _CellError as error:
            problem = f"Kolumna `{error.column}`: {error.problem}"
            return Fault(self._source, error.line, record_id, error.code, problem, error.remedy)

    def _id(self, row: _Row) -> str:
        if "id" in self._map.columns:
            value = self._value([row], "id")
            if not value:
                raise RecordError(
                    "missing_id", "Pusty identyfikator rozmowy.", "Uzupełnij kolumnę z identyfikatorem."
                )
            return opaque("row", value) if "@" in value or len(value) > 100 else value
        content = digest("row", *(f"{key}={value}" for key, value in sorted(row.cells.items())))
        self._repeats[content] += 1
        # Two equal rows are two contacts; the count keeps ids the same however the rows are ordered.
        return content if self._repeats[content] == 1 else f"{content}-{self._repeats[content]}"

    def _record(self, rows: list[_Row], record_id: str) -> dict[str, Any]:
        turns = self._turns(rows)
        started = self._moment(rows, "started_at") or next(
            (turn["at"] for turn in turns if turn.get("at")), None
        )
        customer = self._value(rows, "customer_id")
        metadata = {name: value for name in self._map.metadata if (value := _first(rows, name))}
        return {
            "id": record_id,
            "channel": self._coded(rows, "channel", self._map.channels, _CHANNEL_WORDS, CHANNELS),
            "direction": self._coded(rows, "direction", self._map.directions, _DIRECTION_WORDS, DIRECTIONS),
            "started_at": started,
            "agent": self._agent(rows),
            "customer": {"id": opaque("cu", customer, numeric=False)} if customer else None,
            "survey": self._survey(rows),
            "turns": turns,
            "metadata": metadata,
            **{key: self._value(rows, key) or None for key in ("queue", "order_id", "case_id")},
        }

    def _turns(self, rows: list[_Row]) -> list[dict[str, Any]]:
        if "transcript" in self._map.columns:
            turns = self._transcript(rows)
        elif self._map.turns:
            turns = self._turn_columns(rows[0])
        else:
            turns = [turn for row in rows if (turn := self._message(row))]
        if all(turn.get("at") for turn in turns):
            turns.sort(key=lambda turn: datetime.fromisoformat(turn["at"]))
        subject = self._value(rows, "subject")
        if subject and turns and not turns[0]["text"].startswith(subject):
            turns[0]["text"] = f"{subject}\n{turns[0]['text']}"
        if not turns:
            raise RecordError("missing_text", "Rozmowa nie ma treści.", "Uzupełnij kolumnę z treścią.")
        return turns

    def _transcript(self, rows: list[_Row]) -> list[dict[str, Any]]:
        lines = self._value(rows, "transcript").splitlines()
        try:
            turns = turns_of(
                parse_messages(lines, self._options), self._options, self._moment(rows, "started_at")
            )
        except ValueError as error:
            if isinstance(error, RecordError):
                raise
            raise _CellError(rows[0].line, self._map.columns["transcript"], "bad_time", *_BAD_TIME) from None
        if not turns and any(lines):
            problem = "nie widać, kto mówi."
            remedy = "Zapisz zapis rozmowy jak `[12:04] Klient: treść`."
            raise _CellError(
                rows[0].line, self._map.columns["transcript"], "missing_speaker", problem, remedy
            )
        return turns

    def _turn_columns(self, row: _Row) -> list[dict[str, Any]]:
        found = ((turn, row.text(turn.column)) for turn in self._map.turns)
        return [
            {
                "speaker": turn.speaker,
                "text": text,
                "at": self._cell_moment(row, turn.at) if turn.at else None,
            }
            for turn, text in found
            if text
        ]

    def _message(self, row: _Row) -> dict[str, Any] | None:
        text = self._value([row], "text")
        if not text:
            return None
        turn = {"speaker": self._speaker(row), "text": text, "at": self._moment([row], "at")}
        return turn | {key: self._number(row, key) for key in ("start", "end")}

    def _speaker(self, row: _Row) -> str:
        column = self._map.columns.get("speaker")
        if column is None:
            return str(self._map.fixed.get("speaker", "customer"))
        value = row.text(column)
        role = self._map.speakers.get(fold(value)) or (value if value in SPEAKERS else None)
        role = (
            role or (read_label(value, self._options).role if value else None) or self._map.speakers.get("*")
        )
        if role is None:
            code, problem = (
                ("unknown_speaker", "nieznany mówiący.") if value else ("missing_speaker", "brak mówiącego.")
            )
            remedy = 'Dopisz wartość w `speakers` mapy, np. {Konsultant: agent, "*": customer}.'
            raise _CellError(row.line, column, code, problem, remedy)
        return role

    def _value(self, rows: list[_Row], key: str) -> str:
        column = self._map.columns.get(key)
        value = _first(rows, column) if column else ""
        fixed = self._map.fixed.get(key)
        return value or ("" if fixed is None else str(fixed))

    def _coded(
        self,
        rows: list[_Row],
        key: str,
        own: Mapping[str, str],
        words: Mapping[str, str],
        allowed: tuple[str, ...],
    ) -> str | None:
        value = fold(self._value(rows, key))
        found = own.get(value) or words.get(value) or (value if value in allowed else None) or own.get("*")
        if found is None and value:
            remedy = f"Dopisz wartość w `{key}s` mapy; dozwolone: {', '.join(allowed)}."
            raise _CellError(
                rows[0].line, self._map.columns.get(key, key), f"unknown_{key}", "nieznana wartość.", remedy
            )
        return found

    def _agent(self, rows: list[_Row]) -> dict[str, str | None] | None:
        stated, name = self._value(rows, "agent_id"), self._value(rows, "agent_name")
        if not stated and not name:
            return None
        known = opaque("a", stated or name)
        name = name or ("" if known == stated else stated)
        return {"id": known, "team": self._value(rows, "agent_team") or None, "name": name or None}

    def _survey(self, rows: list[_Row]) -> dict[str, float | None]:
        found = {key: self._rating(rows, key) for key in ("csat", "csat_max", "nps", "ces")}
        csat, top = found["csat"] or (None, None), found["csat_max"] or (None, None)
        scores = {key: (found[key] or (None, None))[0] for key in ("nps", "ces")}
        return {"csat": csat[0], "csat_max": csat[1] or top[0], **scores}

    def _rating(self, rows: list[_Row], key: str) -> tuple[float, float | None] | None:
        value = self._value(rows, key)
        if stars := _STARS.findall(value):
            return float(len(stars)), 5.0
        if value.casefold() in _NOTHING:
            return None
        match = _RATING.fullmatch(value)
        if not match:
            column = self._map.columns.get(key, key)
            raise _CellError(
                rows[0].line, column, "wrong_type", "to nie jest ocena liczbowa.", "Podaj np. 4 albo 4/5."
            )
        return float(match[1].replace(",", ".")), float(match[2]) if match[2] else None

    def _number(self, row: _Row, key: str) -> float | None:
        column = self._map.columns.get(key)
        value = row.text(column) if column else ""
        try:
            return float(value.replace(",", ".")) if value else None
        except ValueError:
            raise _CellError(
                row.line, column or key, "wrong_type", "to nie są sekundy.", "Podaj liczbę."
            ) from None

    def _moment(self, rows: list[_Row], key: str) -> str | None:
        column = self._map.columns.get(key)
        row = next((row for row in rows if column and row.text(column)), None)
        return self._cell_moment(row, column) if row and column else None

    def _cell_moment(self, row: _Row, column: str) -> str | None:
        value = row.cells.get(header_key(column), "")
        if isinstance(value, str) and value.casefold() in _NOTHING:
            return None
        try:
            if isinstance(value, datetime):
                return local_moment(value, self._zone).isoformat()
            return parse_moment(value, self._zone, self._map.date_format).isoformat()
        except (ValueError, OverflowError):
            raise _CellError(row.line, column, "bad_time", *_BAD_TIME) from None


_BAD_TIME = ("niepoprawna data.", "Podaj daty jak 02.11.2026 09:14 albo `date_format` w mapie.")


class _CellError(Exception):
    def __init__(self, line: int, column: str, code: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.line, self.column, self.code, self.problem, self.remedy = line, column, code, problem, remedy


def _first(rows: list[_Row], column: str) -> str:
    return next((value for row in rows if (value := row.text(column))), "")
