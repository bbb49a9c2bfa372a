"""How a letter is built, whatever its words: the first line, the short lines at its end, the name under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scorecards.matching import normalise
from scorecards.view import View
from transcripts.conversation import Span

LONGEST = 6  # words of a line that is a formula or a name and no sentence
LINES = 4  # at the end of a letter
NAME_WORDS = 3
# beginnings of words that sign for many or say where they are: neither a person's name nor a formula
_MANY = (
    "zespol", "dzial", "biuro", "obslug", "sklep", "bok", "ekipa", "serwis", "team", "redakcj", "centrum", "infolini",
    "tel", "ul", "nip",
)  # fmt: skip
_NO_NAME = (*_MANY, "pozdr", "serdecz", "dziek", "mil", "dobr", "szacun", "powazan")
_WORD = re.compile(r"\[[A-Z_]+\d*\]|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its words, blanks around it left out."""

    span: Span
    text: str
    words: tuple[str, ...]


def lines_of(view: View, turn: int) -> list[Line]:
    """The lines of a message that are not blank."""
    found = []
    for match in _LINE.finditer(view.turns[turn].text):
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text)
            span = Span(turn, start, start + len(text))
            found.append(Line(span, text, tuple(_WORD.findall(text))))
    return found


def ending(view: View, turn: int) -> list[Line]:
    """The short lines at the end that are no sentences, first to last; none in a message of one line."""
    lines = lines_of(view, turn)
    found: list[Line] = []
    for line in reversed(lines[1:]):
        if not line.words or len(line.words) > LONGEST or line.text.endswith(("?", ":", ";")):
            break
        if line.text.endswith(".") and len(line.words) > NAME_WORDS:
            break
        found.insert(0, line)
        if len(found) == LINES:
            break
    return found


def is_name(line: Line) -> bool:
    """One to three words with capitals, or redacted ones, none of which signs for a department."""
    words = line.words
    if not 1 <= len(words) <= NAME_WORDS or any(letter.isdigit() for letter in line.text):
        return False
    if any(normalise(word).startswith(_NO_NAME) for word in words):
        return False
    return all(word.startswith("[PERSON") or (word[0].isupper() and not word.isupper()) for word in words)


def signature_line(view: View, turn: int) -> Span | None:
    """Where the letter is signed with a person's name, by its place alone: under what is written or a formula."""
    return next((line.span for line in reversed(ending(view, turn)) if is_name(line)), None)


def formula_line(view: View, turn: int) -> Span | None:
    """Where the letter takes leave before its end: a short line of more than names, above the last one or alone."""
    end = ending(view, turn)
    if len(end) > 1 and is_name(end[-1]) and len(end[-2].words) == 1 and is_name(end[-2]):
        return end[-2].span  # "Ukłony" above the name
    for line in end[-3:]:
        small = [word for word in line.words if not word[0].isupper()]
        if len(line.words) > 1 and small and not normalise(line.words[0]).startswith(_MANY):
            return line.span
    return None
