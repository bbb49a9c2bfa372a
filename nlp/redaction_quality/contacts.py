"""Contacts with their personal data marked in the text.

``# phone`` begins a contact, ``A:``, ``K:`` and ``B:`` a turn of agent, customer and bot, a line that begins
with a space goes on; ``{P|Anna Kos}`` marks a person, other letters the other types (:data:`MARKS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

from transcripts.conversation import CHANNELS, Channel, Conversation, Span, Speaker, Turn

TRAINING = Path(__file__).with_name("contacts_train.txt")
"""Contacts that teach, and on which the rules were mended."""
TEST = Path(__file__).with_name("contacts_test.txt")
"""Contacts by other hands that are only measured on."""
MARKS: Mapping[str, str] = MappingProxyType(
    {
        "P": "PERSON",
        "T": "PHONE",
        "S": "PESEL",
        "I": "ID_NUMBER",
        "A": "ACCOUNT_OR_CARD",
        "N": "CUSTOMER_NUMBER",
        "X": "SECRET",
        "E": "EMAIL",
        "D": "ADDRESS",
        "U": "DATE_OF_BIRTH",
    }
)
SPEAKERS: Mapping[str, Speaker] = MappingProxyType({"A": "agent", "K": "customer", "B": "bot"})
_MARK = re.compile(r"\{([A-Z])\|([^{}]+)\}")
_TURN = re.compile(r"([AKB]): (.+)")


class MarkingError(ValueError):
    """A line that does not keep the format; the message names file, line and remedy, in Polish."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A contact and the places of its personal data, each with its type."""

    conversation: Conversation
    spans: tuple[tuple[Span, str], ...]


def read_contacts(path: Path) -> list[Marked]:
    """All contacts of a file.

    Raises:
        MarkingError: a line cannot be read, or the file is empty.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    found = [_contact(i, block, path) for i, block in enumerate(_blocks(path), 1)]
    if not found:
        raise MarkingError(f"Plik {path} nie ma ani jednej rozmowy: zacznij ją wierszem `# phone`.")
    return found


def _blocks(path: Path) -> Iterator[list[tuple[int, str]]]:
    """The numbered lines of each contact, its heading first."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# ") and block:
            yield block
            block = []
        if line.strip():
            block.append((number, line))
    if block:
        yield block


def _contact(number: int, block: Iterable[tuple[int, str]], path: Path) -> Marked:
    (at, heading), *lines = block
    channel = heading.removeprefix("# ").strip()
    if not heading.startswith("# ") or channel not in CHANNELS:
        raise MarkingError(
            f"{path}, wiersz {at}: rozmowę zaczyna `# kanał`, a kanałem jest: {', '.join(CHANNELS)}."
        )
    said: list[tuple[Speaker, str]] = []
    for place, line in lines:
        turn = _TURN.fullmatch(line)
        if turn:
            said.append((SPEAKERS[turn[1]], turn[2]))
        elif line.startswith(" ") and said:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{line.strip()}")
        else:
            raise MarkingError(f"{path}, wiersz {place}: wypowiedź zaczyna `A:`, `K:` albo `B:` i odstęp.")
    turns, spans = [], []
    for i, (speaker, text) in enumerate(said):
        plain, places = _plain(text, f"{path}, po wierszu {at}")
        turns.append(Turn(speaker, plain))
        spans += [(Span(i, start, end), kind) for start, end, kind in places]
    name = f"contact-{number:03d}"
    return Marked(Conversation(name, cast(Channel, channel), tuple(turns)), tuple(spans))


def _plain(text: str, where: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without marks, and what they marked."""
    out, places, last = "", [], 0
    for mark in _MARK.finditer(text):
        if mark[1] not in MARKS:
            raise MarkingError(f"{where}: nieznany znacznik {{{mark[1]}|...}}; znane: {', '.join(MARKS)}.")
        out += text[last : mark.start()]
        places.append((len(out), len(out) + len(mark[2]), MARKS[mark[1]]))
        out += mark[2]
        last = mark.end()
    out += text[last:]
    if "{" in out or "}" in out:
        raise MarkingError(f"{where}: niedomknięty znacznik; poprawnie: {{P|Anna Kos}}.")
    return out, places
