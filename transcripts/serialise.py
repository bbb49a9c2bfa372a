"""Conversations as plain dictionaries in the form of contract 1, both ways, and the schema of that form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from transcripts.conversation import (
    CHANNELS,
    DIRECTIONS,
    SPEAKERS,
    Agent,
    Channel,
    Conversation,
    ConversationError,
    Direction,
    Speaker,
    Survey,
    Turn,
)

WARSAW = "Europe/Warsaw"
MAX_ID = 200
_MAX_DEPTH = 50
_YEARS = range(1990, 2101)
_STORABLE = re.compile(r"[\x00\ud800-\udfff]")
_KNOWN = frozenset(
    [
        "id",
        "channel",
        "started_at",
        "direction",
        "queue",
        "agent",
        "customer",
        "order_id",
        "case_id",
        "survey",
        "turns",
        "metadata",
    ]
)

_OPTIONAL_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_OPTIONAL_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_OPTIONAL_SECONDS: dict[str, Any] = {"type": ["number", "null"], "minimum": 0}
_OPTIONAL_SCORE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0}
_ID: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_ID, "pattern": r"\S"}

CONVERSATION_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Odsłuch: rozmowa (jeden wiersz JSON lines)",
    "description": "Nieznane klucze najwyższego poziomu trafiają do `metadata`. "
    "Daty bez strefy są czytane jako czas w Europe/Warsaw.",
    "type": "object",
    "required": ["id", "channel", "turns"],
    "properties": {
        "id": _ID,
        "channel": {"enum": list(CHANNELS)},
        "started_at": _OPTIONAL_TIME,
        "direction": {"enum": [*DIRECTIONS, None]},
        "queue": _OPTIONAL_TEXT,
        "agent": {
            "type": ["object", "null"],
            "required": ["id"],
            "properties": {"id": _ID, "team": _OPTIONAL_TEXT, "name": _OPTIONAL_TEXT},
        },
        "customer": {"type": ["object", "null"], "properties": {"id": _OPTIONAL_TEXT}},
        "order_id": _OPTIONAL_TEXT,
        "case_id": _OPTIONAL_TEXT,
        "survey": {
            "type": ["object", "null"],
            "properties": {
                "csat": _OPTIONAL_SCORE,
                "csat_max": _OPTIONAL_SCORE,
                "nps": {"type": ["number", "null"], "minimum": 0, "maximum": 10},
                "ces": _OPTIONAL_SCORE,
            },
        },
        "turns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["speaker", "text"],
                "properties": {
                    "speaker": {"enum": list(SPEAKERS)},
                    "text": {"type": "string"},
                    "written": {
                        "type": "string",
                        "description": "Liczby zapisane cyframi; tylko w wyniku transcribe i redact, liczone z `text`.",
                    },
                    "fillers": {
                        "type": "array",
                        "description": "Dźwięki bez treści (yyy); miejsca w `text`, tylko w wyniku transcribe i redact.",
                    },
                    "start": _OPTIONAL_SECONDS,
                    "end": _OPTIONAL_SECONDS,
                    "at": _OPTIONAL_TIME,
                },
            },
        },
        "metadata": {"type": ["object", "null"]},
    },
}


class RecordError(ConversationError):
    """A :class:`ConversationError` whose message also comes apart into ``problem`` and ``remedy``."""

    def __init__(self, code: str, problem: str, remedy: str, where: str = "") -> None:
        super().__init__(code, f"{where}: {problem} {remedy}" if where else f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


def conversation_from_dict(
    record: Mapping[str, Any], *, where: str = "", timezone: str = WARSAW
) -> Conversation:
    """Check one record of contract 1 and make it a value.

    Args:
        record: the decoded JSON object. Unknown top-level keys go to ``metadata``; unknown keys inside
            ``agent``, ``customer``, ``survey`` and turns are dropped, since they often are personal data.
        where: names the place in the message, such as ``"plik.jsonl, wiersz 7"``.
        timezone: the zone of times that name none.

    Raises:
        ConversationError: always a :class:`RecordError`; its message never holds a value of the record.
    """
    try:
        return _conversation(record, ZoneInfo(timezone))
    except RecordError as error:
        if not where:
            raise
        raise RecordError(error.code, error.problem, error.remedy, where) from error


def _conversation(record: Mapping[str, Any], zone: ZoneInfo) -> Conversation:
    if not isinstance(record, Mapping):
        raise RecordError(
            "wrong_type", "Rekord nie jest obiektem JSON.", "Zapisz rozmowę jako obiekt `{...}`."
        )
    turns = record.get("turns")
    if not isinstance(turns, list | tuple):
        code = "missing_turns" if turns is None else "wrong_type"
        raise RecordError(code, "Brak listy wypowiedzi `turns`.", "Podaj `turns` jako listę obiektów.")
    metadata = _metadata(record)
    return Conversation(
        id=_identifier(record.get("id"), "id"),
        channel=cast(Channel, _one_of(record.get("channel"), CHANNELS, "channel")),
        turns=tuple(_turn(turn, f"turns[{number}]", zone) for number, turn in enumerate(turns)),
        started_at=_moment(record.get("started_at"), "started_at", zone),
        direction=_direction(record.get("direction")),
        queue=_text(record.get("queue"), "queue"),
        agent=_agent(record.get("agent")),
        customer_id=_text(_object(record.get("customer"), "customer").get("id"), "customer.id"),
        order_id=_text(record.get("order_id"), "order_id"),
        case_id=_text(record.get("case_id"), "case_id"),
        survey=_survey(_object(record.get("survey"), "survey")),
        **({"metadata": metadata} if metadata else {}),
    )


def _turn(value: object, name: str, zone: ZoneInfo) -> Turn:
    if not isinstance(value, Mapping):
        raise _wrong_type(name, "obiektem")
    text = value.get("text")
    if text is None:
        raise RecordError("missing_text", f"Brak pola `{name}.text`.", "Podaj treść każdej wypowiedzi.")
    if not isinstance(text, str):
        raise _wrong_type(f"{name}.text", "napisem")
    start, end = _seconds(value.get("start"), f"{name}.start"), _seconds(value.get("end"), f"{name}.end")
    if start is not None and end is not None and end < start:
        remedy = "Podaj czasy w sekundach od początku nagrania."
        raise RecordError("end_before_start", f"W `{name}` koniec jest przed początkiem.", remedy)
    speaker = cast(Speaker, _one_of(value.get("speaker"), SPEAKERS, f"{name}.speaker"))
    return Turn(speaker, storable(text), start, end, _moment(value.get("at"), f"{name}.at", zone))


def storable(text: str) -> str:
    """Replace NUL and lone surrogates, which UTF-8 files or databases refuse; offsets stay."""
    return _STORABLE.sub("\ufffd", text)


def _identifier(value: object, name: str) -> str:
    if value is None or value == "":
        raise RecordError(
            "missing_id", f"Brak pola `{name}`.", "Nadaj niepusty, niepowtarzalny identyfikator."
        )
    if not isinstance(value, str):
        raise _wrong_type(name, "napisem")
    if not value.strip() or len(value) > MAX_ID:
        raise RecordError(
            "bad_id", f"Pole `{name}` jest puste lub za długie.", f"Podaj od 1 do {MAX_ID} znaków."
        )
    return storable(value)


def _one_of(value: object, allowed: Sequence[str], name: str) -> str:
    key = name.rpartition(".")[2]
    remedy = f"Podaj jedną z wartości: {', '.join(allowed)}."
    if value is None:
        raise RecordError(f"missing_{key}", f"Brak pola `{name}`.", remedy)
    if not isinstance(value, str):
        raise _wrong_type(name, "napisem")
    if value not in allowed:
        raise RecordError(f"unknown_{key}", f"Pole `{name}` ma nieznaną wartość.", remedy)
    return value


def _direction(value: object) -> Direction | None:
    return None if value is None else cast(Direction, _one_of(value, DIRECTIONS, "direction"))


def _text(value: object, name: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _wrong_type(name, "napisem")
    return storable(value)


def _object(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong_type(name, "obiektem")
    return value


def _agent(value: object) -> Agent | None:
    fields = _object(value, "agent")
    if value is None:
        return None
    team, name = _text(fields.get("team"), "agent.team"), _text(fields.get("name"), "agent.name")
    return Agent(_identifier(fields.get("id"), "agent.id"), team, name)


def _number(value: object, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(name, "liczbą")
    try:
        number = float(value)
    except OverflowError:
        raise _wrong_type(name, "skończoną liczbą") from None
    if not math.isfinite(number):
        raise _wrong_type(name, "skończoną liczbą")
    return number


def _seconds(value: object, name: str) -> float | None:
    seconds = _number(value, name)
    if seconds is not None and seconds < 0:
        remedy = "Podaj czasy w sekundach od początku nagrania."
        raise RecordError("negative_time", f"Pole `{name}` jest ujemne.", remedy)
    return seconds


def _survey(fields: Mapping[str, Any]) -> Survey | None:
    csat, top, nps, ces = (
        _number(fields.get(key), f"survey.{key}") for key in ("csat", "csat_max", "nps", "ces")
    )
    if csat is None and nps is None and ces is None:
        return None
    beyond = csat is not None and top is not None and csat > top
    if (
        beyond
        or (nps is not None and nps > 10)
        or min(v for v in (csat, top, nps, ces, 0) if v is not None) < 0
    ):
        remedy = "CSAT podaj od 0 do `csat_max`, NPS od 0 do 10, CES od 0."
        raise RecordError("bad_survey", "Odpowiedź w `survey` wykracza poza skalę.", remedy)
    return Survey(csat, top, nps, ces)


def local_moment(value: datetime, zone: ZoneInfo) -> datetime:
    """Give a time without zone the local one; refuse years that no contact centre has seen.

    Raises:
        ValueError: the year is not plausible.
    """
    if value.year not in _YEARS:
        raise ValueError("implausible year")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _moment(value: object, name: str, zone: ZoneInfo) -> datetime | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _wrong_type(name, "napisem z datą")
    try:
        return local_moment(datetime.fromisoformat(value.strip()), zone)
    except ValueError:
        remedy = "Podaj datę ISO 8601, np. 2026-11-02T09:14:00+01:00."
        raise RecordError("bad_time", f"Pole `{name}` nie jest poprawną datą.", remedy) from None


def _metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's own metadata plus its unknown keys; a key that both have is kept as ``record.KEY``."""
    metadata = dict(_object(record.get("metadata"), "metadata"))
    for key, value in record.items():
        if key not in _KNOWN:
            metadata[key if key not in metadata else f"record.{key}"] = value
    return {str(key): _plain(value, 0) for key, value in metadata.items()}


def _plain(value: object, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise RecordError(
            "too_deep", "Metadane są zbyt głęboko zagnieżdżone.", "Spłaszcz je przed wczytaniem."
        )
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _wrong_type(name: str, expected: str) -> RecordError:
    return RecordError("wrong_type", f"Pole `{name}` ma zły typ.", f"Musi być {expected}.")


def conversation_to_dict(conversation: Conversation) -> dict[str, Any]:
    """The record of contract 1: always the same order of keys, keys without a value left out."""
    agent, survey, customer = conversation.agent, conversation.survey, conversation.customer_id
    record = {
        "id": conversation.id,
        "channel": conversation.channel,
        "started_at": conversation.started_at and conversation.started_at.isoformat(),
        "direction": conversation.direction,
        "queue": conversation.queue,
        "agent": agent and _filled({"id": agent.id, "team": agent.team, "name": agent.name}),
        "customer": customer and {"id": customer},
        "order_id": conversation.order_id,
        "case_id": conversation.case_id,
        "survey": survey
        and _filled({key: getattr(survey, key) for key in ("csat", "csat_max", "nps", "ces")}),
        "turns": [_turn_to_dict(turn) for turn in conversation.turns],
        "metadata": dict(conversation.metadata) or None,
    }
    return _filled(record)


def _turn_to_dict(turn: Turn) -> dict[str, Any]:
    at = turn.at and turn.at.isoformat()
    return _filled(
        {"speaker": turn.speaker, "text": turn.text, "start": turn.start, "end": turn.end, "at": at}
    )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}
