"""The same contacts otherwise: as recognition writes them, and with people of other origins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from zlib import crc32

from nlp.redaction_quality.contacts import Marked
from nlp.text import analyse
from transcripts.conversation import Span, Turn

_MARKS_OF_RECOGNITION = re.compile(r"[^\w\s]")

# Surnames and first names that people of these origins bear in Poland, invented combinations.
ORIGINS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = MappingProxyType(
    {
        "ukrainian": (
            (
                "Oleksandr",
                "Switłana",
                "Mykola",
                "Ołena",
                "Bohdan",
                "Iryna",
                "Taras",
                "Natalija",
                "Witalij",
                "Daryna",
            ),
            (
                "Kowałenko",
                "Szewczuk",
                "Bojko",
                "Tkaczenko",
                "Melnyk",
                "Lysenko",
                "Hryhorenko",
                "Petrenko",
                "Sawczuk",
            ),
        ),
        "vietnamese": (
            (
                "Thi Hoa",
                "Van Minh",
                "Thuy Linh",
                "Duc Anh",
                "Hoang",
                "Ngoc Lan",
                "Quang",
                "Thanh",
                "Huong",
                "Tuan",
            ),
            ("Nguyen", "Tran", "Pham", "Hoang", "Vu", "Dang", "Bui", "Do", "Le", "Phan"),
        ),
        "rare_polish": (
            (
                "Żegota",
                "Dobrosława",
                "Gniewomir",
                "Świętopełk",
                "Bożymira",
                "Wszebor",
                "Kasjana",
                "Hermenegilda",
            ),
            ("Przychocki", "Wytrykowska", "Krzątała", "Szczerbowska", "Pęcherzewska", "Brzdąkała", "Źrebiec"),
        ),
    }
)
_NAME = re.compile(r"[^\W\d_]{3,}")


def rewritten(contact: Marked, change: Callable[[str, str | None], str]) -> Marked:
    """The contact with each piece of text changed; ``change`` hears the piece and its type, if it is marked."""
    turns: list[Turn] = []
    spans: list[tuple[Span, str]] = []
    for i, turn in enumerate(contact.conversation.turns):
        text = ""
        for piece, kind in _pieces(contact, i, turn.text):
            new = change(piece, kind)
            if kind:
                spans.append((Span(i, len(text), len(text) + len(new)), kind))
            text += new
        turns.append(Turn(turn.speaker, text))
    return Marked(contact.conversation.with_turns(tuple(turns)), tuple(spans))


def _pieces(contact: Marked, turn: int, text: str) -> Iterator[tuple[str, str | None]]:
    last = 0
    for span, kind in contact.spans:
        if span.turn == turn:
            yield text[last : span.start], None
            yield text[span.start : span.end], kind
            last = span.end
    yield text[last:], None


def as_recognised(contact: Marked) -> Marked | None:
    """A call in lower case without signs, as raw recognition writes; None for written channels."""
    if contact.conversation.channel != "phone":
        return None
    return rewritten(contact, lambda text, _: _MARKS_OF_RECOGNITION.sub("", text.lower()))


def people_from(origin: str) -> Callable[[Marked], Marked]:
    """Contacts whose people bear names of this origin: a name becomes the same other one all through."""

    def swapped(contact: Marked) -> Marked:
        return rewritten(
            contact,
            lambda text, kind: _swapped(text, origin, contact.conversation.id) if kind == "PERSON" else text,
        )

    return swapped


def _swapped(text: str, origin: str, seed: str) -> str:
    words = _NAME.findall(text)
    surname = [_is_surname(words, i) for i in range(len(words))]
    order = iter(range(len(words)))

    def one(match: re.Match[str]) -> str:
        chosen = _other(match[0], ORIGINS[origin][surname[next(order)]], seed)
        return chosen.lower() if match[0].islower() else chosen

    return _NAME.sub(one, text)


def _is_surname(words: Sequence[str], at: int) -> bool:
    """A word that is a first name is one; else the last of several, or a single one, is a surname."""
    form = analyse(words[at].lower())
    if form.given and not form.surname:
        return False
    return at > 0 or (len(words) == 1 and not form.given)


def _other(word: str, names: Sequence[str], seed: str) -> str:
    """Chosen by the beginning of the word, which inflection leaves alone."""
    return names[crc32(f"{seed}:{word[:3].lower()}".encode()) % len(names)]


VARIANTS: Mapping[str, Callable[[Marked], Marked | None]] = MappingProxyType(
    {
        "as_written": lambda contact: contact,
        "calls_as_written": lambda contact: contact if contact.conversation.channel == "phone" else None,
        "calls_as_recognised": as_recognised,
        **{f"names_{origin}": people_from(origin) for origin in ORIGINS},
    }
)
"""What the contacts are changed to; a variant that gives None leaves the contact out."""
