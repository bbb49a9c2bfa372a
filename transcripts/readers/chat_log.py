"""Plain chat logs, such as ``[12:04] Anna (konsultant): Dzień dobry`` under a header for each chat."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transcripts.readers.content import read_text
from transcripts.readers.dates import parse_moment
from transcripts.readers.identity import digest, opaque
from transcripts.readers.roles import assign_roles, fold, read_label
from transcripts.reading import Fault, ReadingError, ReadOptions, Record, Seen, record_fault
from transcripts.serialise import RecordError, conversation_from_dict

_DATE = r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_STAMP = rf"(?:(?P<date>{_DATE})[,T ]*\s*)?(?P<clock>{_CLOCK})(?:[.,]\d+)?(?P<offset>Z|[+-]\d\d:\d\d)?"
_LABEL = r"(?P<label>[^\W\d_][^:\n\[\]]{0,59}?)"
_BEFORE = re.compile(rf"[\[(]?{_STAMP}[\])]?\s*(?:[-–|]\s*)?{_LABEL}\s*:(?:\s+|$)(?P<text>.*)")
_AFTER = re.compile(rf"{_LABEL}\s*[\[(]{_STAMP}[\])]\s*:?(?:\s+|$)(?P<text>.*)")
_BARE = re.compile(rf"{_LABEL}\s*:(?:\s+|$)(?P<text>.*)")
_EVENT = re.compile(rf"(?:[\[(]?{_STAMP}[\])]?\s*)?\*+\s*(?P<text>[^*=].*?)\s*\**")
_RULE = re.compile(r"[=\-_*#~]{3,}")
_HEADER = re.compile(
    r"(?P<rule>[=\-_*#~]{2,})?\s*(?:rozmowa|czat|chat|konwersacja|conversation|sesja)\b\s*(?:id|nr|numer)?[.:#\s]*"
    rf"(?!{_DATE})(?P<id>[\w./-]*\d[\w./-]*)?(?P<rest>.{{0,120}})",
    re.IGNORECASE,
)
_WHEN = re.compile(rf"(?:{_DATE})(?:[,T ]+(?:godz\.? )?{_CLOCK})?")
_HEADER_REST = re.compile(
    r"[\s,;|()\[\]–—=\-_*#~]*(?:(?:z dnia|dnia|data|od|z|rozpoczęt\w+)[\s:]*)?[\s,;|()\[\]=\-_*#~]*"
)
_KEYS = {
    **dict.fromkeys(("data", "date", "rozpoczeto", "poczatek", "start", "started", "czas"), "started_at"),
    **dict.fromkeys(("id", "nr", "numer", "id rozmowy", "id czatu", "chat id", "nr rozmowy"), "id"),
    **dict.fromkeys(("kolejka", "queue", "dzial"), "queue"),
    **dict.fromkeys(("zamowienie", "nr zamowienia", "order", "order id"), "order_id"),
    **dict.fromkeys(("sprawa", "zgloszenie", "ticket", "case"), "case_id"),
    **dict.fromkeys(("zespol", "team"), "team"),
    **dict.fromkeys(("konsultant", "konsultantka", "agent", "doradca", "operator"), "agent"),
    **dict.fromkeys(("klient", "klientka", "customer"), "customer"),
}
_PERSONS = frozenset({"agent", "customer"})
_MAX_OPEN_LABELS = 4


@dataclass(slots=True)
class Message:
    """One line of a log with its continuation; ``label`` is None for an event of the system."""

    label: str | None
    text: str
    date: str | None = None
    clock: str | None = None
    offset: str = ""


@dataclass(slots=True)
class _Chat:
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)


class ChatLogReader:
    """Logs of one or several chats, parted by headers, rules or blank lines."""

    name = "chat-log"
    version = "1"

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in {".txt", ".log"}

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        seen, found = Seen(str(path)), False
        for chat in _chats(read_text(path, options).split("\n"), options):
            found = True
            yield _record(chat, str(path), options, seen)
        if not found:
            message = f"W pliku `{path.name}` nie ma wypowiedzi czatu."
            raise ReadingError("no_turns", message, "Zapisz wiersze jak `[12:04] Klient: treść`.")


def _record(chat: _Chat, source: str, options: ReadOptions, seen: Seen) -> Record:
    record = {"id": _chat_id(chat), "channel": options.channel or "chat"}
    try:
        record |= _described(chat, options)
        return seen.admit(conversation_from_dict(record, timezone=options.timezone), chat.line)
    except RecordError as error:
        return record_fault(source, chat.line, str(record["id"]), error)
    except ValueError:
        message, remedy = "Niepoprawna data w czacie.", "Podaj daty jak 02.11.2026 09:14."
        return Fault(source, chat.line, str(record["id"]), "bad_time", message, remedy)


def _chat_id(chat: _Chat) -> str:
    if chat.fields.get("id"):
        return opaque("chat", chat.fields["id"], numeric=False)
    return digest("chat", *chat.raw)


def _described(chat: _Chat, options: ReadOptions) -> dict[str, Any]:
    zone = ZoneInfo(options.timezone)
    turns = turns_of(chat.messages, options, chat.fields.get("started_at"))
    started = chat.fields.get("started_at")
    moment = turns[0].get("at") or (parse_moment(started, zone).isoformat() if started else None)
    labels = [message.label for message in chat.messages if message.label]
    customer = chat.fields.get("customer", "")
    return {
        "turns": turns,
        "started_at": moment,
        "agent": _agent(chat.fields, labels, options),
        "customer": {"id": opaque("cu", customer, numeric=False)} if customer else None,
        **{key: chat.fields.get(key) for key in ("queue", "order_id", "case_id")},
    }


def _agent(fields: Mapping[str, str], labels: list[str], options: ReadOptions) -> dict[str, Any] | None:
    names = {label: read_label(label, options).name for label in labels}
    agents = {
        names[label] for label, role in assign_roles(set(labels), options).items() if role == "agent"
    } - {""}
    stated = fields.get("agent", "")
    name = stated or (agents.pop() if len(agents) == 1 else "")
    if not name:
        return None
    known = opaque("a", name, numeric=False)
    return {"id": known, "team": fields.get("team"), "name": None if known == name else name}


def turns_of(
    messages: list[Message], options: ReadOptions, started: str | None = None
) -> list[dict[str, Any]]:
    """Turns of contract 1: ``at`` where the day is known, else ``start`` in seconds from the first message.

    Raises:
        RecordError: more names than people in a chat, none of them with a known role.
        ValueError: an impossible date.
    """
    labels = {message.label for message in messages if message.label}
    roles = assign_roles(labels, options)
    if len(labels) > _MAX_OPEN_LABELS and set(roles.values()) == {"unknown"}:
        problem = "Nie da się ustalić, kto jest konsultantem, a kto klientem."
        raise RecordError("unknown_speaker", problem, "Podaj nazwy konsultantów i botów w opcjach odczytu.")
    times = _times(messages, ZoneInfo(options.timezone), started)
    return [
        {"speaker": roles[m.label] if m.label else "system", "text": m.text.strip(), **when}
        for m, when in zip(messages, times, strict=True)
    ]


def _times(messages: list[Message], zone: ZoneInfo, started: str | None) -> Iterator[dict[str, Any]]:
    day = parse_moment(started, zone).date() if started else None
    origin: datetime | None = None
    last: datetime | None = None
    for message in messages:
        if not message.clock:
            yield {}
            continue
        if message.date:
            day, last = parse_moment(message.date, zone).date(), None
        clock = time.fromisoformat(message.clock.zfill(8 if message.clock.count(":") == 2 else 5))
        moment = datetime.combine(day or datetime(2000, 1, 1).date(), clock)
        if last and last - moment > timedelta(hours=12):  # past midnight
            moment += timedelta(days=(last - moment).days + 1)
        last, origin = moment, origin or moment
        if day is None:
            yield {"start": max(0.0, (moment - origin).total_seconds())}
        elif message.offset:
            yield {"at": moment.isoformat() + message.offset}
        else:
            yield {"at": moment.replace(tzinfo=zone).isoformat()}


def parse_messages(lines: Iterable[str], options: ReadOptions) -> list[Message]:
    """Messages of one chat; a line that begins none continues the one before."""
    messages: list[Message] = []
    seen_labels: set[str] = set()
    for line in lines:
        message = _message(line.strip(), seen_labels, options)
        if message:
            messages.append(message)
            seen_labels.add(message.label or "")
        elif messages and line.strip():
            messages[-1].text += "\n" + line.strip()
    return messages


def _message(line: str, labels: set[str], options: ReadOptions) -> Message | None:
    match = _BEFORE.fullmatch(line) or _AFTER.fullmatch(line)
    if match:
        found = match.groupdict()
        return Message(found["label"], found["text"], found["date"], found["clock"], found["offset"] or "")
    match = _EVENT.fullmatch(line)
    if match and not _RULE.fullmatch(line):
        found = match.groupdict()
        return Message(None, found["text"], found["date"], found["clock"], found["offset"] or "")
    match = _BARE.fullmatch(line)
    if match and (match["label"] in labels or read_label(match["label"], options).role):
        return Message(match["label"], match["text"])
    return None


def _chats(lines: list[str], options: ReadOptions) -> Iterator[_Chat]:
    for start, block in _blocks(lines, options):
        chat = _Chat(start, raw=block)
        body = _read_header(chat, block)
        chat.messages = parse_messages(block[body:], options)
        if chat.messages:
            yield chat


def _header_fields(line: str) -> dict[str, str]:
    """What a header such as ``=== Czat #12, 02.11.2026 12:04 ===`` tells; empty where the line is none."""
    match = _HEADER.fullmatch(line.strip())
    if not match or _message_like(line):
        return {}
    when = _WHEN.search(match["rest"])
    if not match["rule"] and not _HEADER_REST.fullmatch(_WHEN.sub("", match["rest"])):
        return {}
    found = {"id": match["id"], "started_at": when and when[0]}
    return {key: value for key, value in found.items() if value}


def _message_like(line: str) -> bool:
    return bool(_BEFORE.fullmatch(line.strip()) or _AFTER.fullmatch(line.strip()))


def _blocks(lines: list[str], options: ReadOptions) -> list[tuple[int, list[str]]]:
    """Line number and lines of each chat: parted by headers, without these by rules, else by blank lines."""
    headers = [n for n, line in enumerate(lines) if _header_fields(line)]
    if headers:
        return _cut(lines, headers)
    rules = [n for n, line in enumerate(lines) if _RULE.fullmatch(line.strip())]
    if rules:
        return _cut(lines, rules)
    blanks = [n for n, line in enumerate(lines) if not line.strip() and _starts_chat(lines, n + 1)]
    blocks = _cut(lines, blanks)
    sizes = sorted(len(parse_messages(block, options)) for _, block in blocks)
    # Blank lines between all messages part messages, not chats.
    return blocks if len(blocks) < 2 or sizes[len(sizes) // 2] > 1 else [(1, lines)]


def _starts_chat(lines: list[str], number: int) -> bool:
    return number < len(lines) and (
        _message_like(lines[number]) or bool(_BARE.fullmatch(lines[number].strip()))
    )


def _cut(lines: list[str], places: list[int]) -> list[tuple[int, list[str]]]:
    edges = [0, *(n for n in places if n), len(lines)]
    return [(a + 1, lines[a:b]) for a, b in itertools.pairwise(edges) if any(map(str.strip, lines[a:b]))]


def _read_header(chat: _Chat, block: list[str]) -> int:
    """Put the header's fields into ``chat``; the index of the first line after it."""
    stamped = any(_message_like(line) for line in block)
    for number, line in enumerate(block):
        text = line.strip()
        if found := _header_fields(line):
            chat.fields |= found
            continue
        key, colon, value = text.partition(":")
        name = _KEYS.get(fold(key))
        is_field = colon and name and (stamped or name not in _PERSONS) and not _message_like(line)
        if is_field and name and value.strip():
            chat.fields[name] = value.strip()
        elif text and not _RULE.fullmatch(text):
            return number
    return len(block)
