"""E-mail: ``.eml`` files, one conversation each, and mbox files, one conversation for each thread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transcripts.readers.content import head_of, kind_of, require_size
from transcripts.readers.identity import digest, opaque
from transcripts.readers.mail_message import Message, parse_message
from transcripts.readers.mail_text import latest_text
from transcripts.reading import Fault, ReadingError, ReadOptions, Record, Seen, record_fault
from transcripts.serialise import RecordError, conversation_from_dict, local_moment

_ROLE_MAILBOX = re.compile(
    r"(?:kontakt|biuro|bok|cok|obsluga(?:[._-]?klienta)?|sklep|pomoc|reklamacj[ea]|zwroty?|zamowieni[ea]|faktury?|"
    r"platnosci|sprzedaz|info|support|help(?:desk)?|contact|service|care|customer[._-]?(?:service|care)|shop|sales|"
    r"orders?|returns?|no-?reply|noreply|nie-?odpowiadaj|do-?not-?reply|powiadomienia|newsletter)\d*(?:\+.*)?"
)
_FREE_MAIL = frozenset(
    [
        "gmail.com",
        "wp.pl",
        "o2.pl",
        "onet.pl",
        "interia.pl",
        "poczta.fm",
        "op.pl",
        "outlook.com",
        "hotmail.com",
    ]
)
_AUTOMATIC = re.compile(r"no-?reply|nie-?odpowiadaj|do-?not-?reply|powiadomienia|mailer-daemon")
_REPLY_MARK = re.compile(r"^\s*(?:(?:re|odp|fw|fwd|pd|aw|wg)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_FROM_LINE = re.compile(rb"From \S+.*\d{4}\s*$|From \S+@\S+|From - ")
_AGENT_HEADERS = ("x-agent-id", "x-agent", "x-konsultant")
_TEAM_HEADERS = ("x-agent-team", "x-team", "x-zespol")
_QUEUE_HEADERS = ("x-queue", "x-kolejka", "x-otrs-queue", "x-zammad-group")
_CASE_HEADERS = ("x-ticket-id", "x-case-id", "x-zgloszenie")
_ORDER_HEADERS = ("x-order-id", "x-zamowienie")
_SURVEY_HEADERS = {"x-csat": "csat", "x-csat-max": "csat_max", "x-nps": "nps", "x-ces": "ces"}


class MailReader:
    """Ids come from Message-IDs by hashing, so no address is seen in them."""

    name = "mail"
    version = "1"

    def accepts(self, path: Path) -> bool:
        suffix = path.suffix.lower()
        return suffix in {".eml", ".mbox", ".mbx"} or (suffix == "" and head_of(path).startswith(b"From "))

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        _require_mail(path)
        if path.suffix.lower() == ".eml":
            require_size(path, options)
            yield _single(path, options)
        else:
            yield from _threads(path, options)


def _require_mail(path: Path) -> None:
    head = head_of(path)
    if kind_of(head) or b"\0" in head:
        message = f"Plik `{path.name}` nie jest wiadomością e-mail: zawiera dane binarne."
        raise ReadingError("not_mail", message, "Zapisz wiadomość jako .eml (nie .msg) albo .mbox.")
    if path.suffix.lower() != ".eml" and not head.lstrip().startswith(b"From "):
        message = f"Plik `{path.name}` nie jest skrzynką mbox."
        raise ReadingError("not_mail", message, "Skrzynka mbox zaczyna się od wiersza `From ...`.")


def _single(path: Path, options: ReadOptions) -> Record:
    raw = path.read_bytes()
    if not raw.strip():
        raise ReadingError("empty_file", f"Plik `{path.name}` jest pusty.", "Wyeksportuj wiadomość ponownie.")
    message = parse_message(raw)
    if not message.is_mail:
        text = f"Plik `{path.name}` nie ma nagłówków wiadomości e-mail."
        raise ReadingError("not_mail", text, "Wyeksportuj wiadomość razem z nagłówkami.")
    return _conversation([message], message.key, str(path), None, options, Seen(str(path)))


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    offset: int
    length: int


def _threads(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Two passes: where the messages are and which belong together, then thread by thread."""
    source, seen = str(path), Seen(str(path))
    threads: dict[str, dict[str, _Place]] = {}
    roots: dict[str, str] = {}
    with path.open("rb") as stream:
        for place in _places(path):
            stream.seek(place.offset)
            if place.length > options.max_file_bytes:
                yield _too_large(source, place)
                continue
            message = parse_message(stream.read(place.length))
            if not message.is_mail:
                yield _no_headers(source, place)
                continue
            root = _root(message, roots, threads)
            threads.setdefault(root, {}).setdefault(message.key, place)
        for root, places in sorted(threads.items(), key=lambda thread: _first_line(thread[1])):
            messages = [_at(stream, place) for place in places.values()]
            yield _conversation(messages, root, source, _first_line(places), options, seen)


def _first_line(places: dict[str, _Place]) -> int:
    return min(place.line for place in places.values())


def _at(stream: Any, place: _Place) -> Message:
    stream.seek(place.offset)
    return parse_message(stream.read(place.length))


def _root(message: Message, roots: dict[str, str], threads: dict[str, dict[str, _Place]]) -> str:
    """The first Message-ID of the thread; threads that this message ties together become one."""
    chain = [*message.references, message.key]
    known = list(dict.fromkeys(roots[key] for key in chain if key in roots))
    root = known[0] if known else chain[0]
    for other in known[1:]:
        threads.setdefault(root, {}).update(threads.pop(other, {}))
        roots.update({key: root for key, value in roots.items() if value == other})
    roots.update(dict.fromkeys(chain, root))
    return root


def _places(path: Path) -> Iterator[_Place]:
    """Messages of an mbox: each begins with a ``From `` line after a blank one."""
    offset, line, blank = 0, 0, True
    start: tuple[int, int] | None = None
    with path.open("rb") as stream:
        while raw := stream.readline(1 << 20):
            line += 1
            if blank and _FROM_LINE.match(raw):
                if start:
                    yield _Place(start[1], start[0], offset - start[0])
                start = (offset + len(raw), line)
            offset += len(raw)
            blank = not raw.strip()
    if start:
        yield _Place(start[1], start[0], offset - start[0])


def _too_large(source: str, place: _Place) -> Fault:
    message = "Wiadomość jest za duża."
    return Fault(source, place.line, None, "too_large", message, "Usuń z niej załączniki.")


def _no_headers(source: str, place: _Place) -> Fault:
    message = "Wiadomość nie ma nagłówków."
    return Fault(source, place.line, None, "not_mail", message, "Wyeksportuj skrzynkę ponownie.")


def _conversation(
    messages: list[Message], root: str, source: str, line: int | None, options: ReadOptions, seen: Seen
) -> Record:
    record_id = digest("em", root)
    undecoded = any(message.text is None for message in messages)
    if undecoded:
        problem = "Kodowania znaków w wiadomości nie da się pewnie rozpoznać."
        remedy = "Wyeksportuj wiadomość ponownie w UTF-8."
        return Fault(source, line, record_id, "bad_encoding", problem, remedy)
    try:
        record = _record(messages, record_id, options)
        return seen.admit(conversation_from_dict(record, timezone=options.timezone), line)
    except RecordError as error:
        return record_fault(source, line, record_id, error)


def _record(messages: list[Message], record_id: str, options: ReadOptions) -> dict[str, Any]:
    zone = ZoneInfo(options.timezone)
    dated = [(_local(message.date, zone), message) for message in messages]
    if all(date for date, _ in dated):
        dated.sort(key=lambda pair: pair[0] or datetime.min.replace(tzinfo=zone))
    shop = options.shop_addresses or _likely_shop(dated[0][1])
    turns = [_turn(message, date, shop) for date, message in dated]
    _put_subject(turns[0], dated[0][1])
    if not any(turn["text"] for turn in turns):
        raise RecordError(
            "missing_text", "Wiadomość nie ma treści.", "Sprawdź, czy treść nie jest w załączniku."
        )
    ordered = [message for _, message in dated]
    customer = next(
        (m.sender for m, t in zip(ordered, turns, strict=True) if t["speaker"] == "customer"), None
    )
    return {
        "id": record_id,
        "channel": options.channel or "email",
        "started_at": turns[0]["at"],
        "direction": "outbound" if turns[0]["speaker"] in ("agent", "bot") else "inbound",
        "queue": _header(ordered, _QUEUE_HEADERS),
        "agent": _agent(ordered, turns),
        "customer": {"id": digest("cu", customer)} if customer else None,
        "order_id": _header(ordered, _ORDER_HEADERS),
        "case_id": _case_id(ordered),
        "survey": _survey(ordered),
        "turns": turns,
    }


def _case_id(messages: list[Message]) -> str:
    """The stated ticket; else the thread, so that replies in files of their own meet under one case."""
    stated = _header(messages, _CASE_HEADERS)
    chain = (*messages[0].references, messages[0].key)
    return opaque("th", stated, numeric=False) if stated else digest("th", chain[0])


def _local(date: datetime | None, zone: ZoneInfo) -> datetime | None:
    try:
        return local_moment(date, zone) if date else None
    except ValueError:
        return None


def _turn(message: Message, date: datetime | None, shop: tuple[str, ...]) -> dict[str, Any]:
    speaker = _speaker(message, shop)
    text = latest_text(message.text or "", keep_closing=speaker == "agent")
    return {"speaker": speaker, "text": text, "at": date and date.isoformat()}


def _speaker(message: Message, shop: tuple[str, ...]) -> str:
    ours = _is_of(message.sender, shop) or any(message.header(name) for name in _AGENT_HEADERS)
    answers = message.header("auto-submitted").lower() not in ("", "no")
    automatic = answers or bool(message.header("x-autoreply")) or bool(_AUTOMATIC.search(message.sender))
    if automatic:
        return "bot" if ours else "system"
    return "agent" if ours else "customer"


def _is_of(address: str, shop: tuple[str, ...]) -> bool:
    domain = address.partition("@")[2]
    entries = {entry.strip().lower().removeprefix("@") for entry in shop}
    return address in entries or any(domain == entry or domain.endswith(f".{entry}") for entry in entries)


def _likely_shop(first: Message) -> tuple[str, ...]:
    """Whose support mailbox the thread began with, where no shop addresses are configured.

    Companies write from role mailboxes too: in a first message the recipient decides, in a reply the sender.
    """
    received = [address for address in first.recipients if _is_role(address)]
    if received and not (first.references and _is_role(first.sender)):
        found = received
    else:
        found = [first.sender] if _is_role(first.sender) else []
    domains = [address.partition("@")[2] for address in found]
    return tuple(a if domain in _FREE_MAIL else domain for a, domain in zip(found, domains, strict=True))


def _is_role(address: str) -> bool:
    return bool(_ROLE_MAILBOX.fullmatch(address.partition("@")[0]))


def _put_subject(turn: dict[str, Any], message: Message) -> None:
    subject = _REPLY_MARK.sub("", message.subject).strip()
    if subject:
        turn["text"] = f"{subject}\n{turn['text']}".strip()


def _agent(messages: list[Message], turns: list[dict[str, Any]]) -> dict[str, str | None] | None:
    """Who answered: the stated agent, else the person behind an address that is no shared mailbox."""
    team = _header(messages, _TEAM_HEADERS)
    stated = _header(messages, _AGENT_HEADERS)
    answers = [m for m, turn in zip(messages, turns, strict=True) if turn["speaker"] == "agent"]
    names = {m.sender_name for m in answers if m.sender_name}
    name = names.pop() if len(names) == 1 else None
    if stated:
        known = opaque("a", stated, numeric=False)
        return {"id": known, "team": team, "name": name or (None if known == stated else stated)}
    persons = {m.sender for m in answers if not _is_role(m.sender)}
    return {"id": digest("a", persons.pop()), "team": team, "name": name} if len(persons) == 1 else None


def _survey(messages: list[Message]) -> dict[str, float] | None:
    found = {key: value for name, key in _SURVEY_HEADERS.items() if (value := _header(messages, (name,)))}
    try:
        return {key: float(value.replace(",", ".")) for key, value in found.items()}
    except ValueError:
        raise RecordError(
            "wrong_type", "Ocena w nagłówku nie jest liczbą.", "Popraw X-CSAT, X-NPS, X-CES."
        ) from None


def _header(messages: list[Message], names: tuple[str, ...]) -> str | None:
    return next((value for m in messages for name in names if (value := m.header(name))), None)
