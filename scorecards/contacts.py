"""Personal and contact data in a text: the marks of redaction, and plain forms where nothing was redacted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scorecards.view import View
from transcripts.conversation import Span

_MARKS = {
    "PHONE": "phone",
    "EMAIL": "email",
    "ADDRESS": "address",
    "PESEL": "number",
    "ID_NUMBER": "number",
    "ACCOUNT_OR_CARD": "number",
    "CUSTOMER_NUMBER": "reference",
    "DATE_OF_BIRTH": "number",
    "SECRET": "number",
}
_FORMS = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("number", re.compile(r"(?<![\d-])(?:\d{11}|\d{2}(?: ?\d{4}){6}|\d{4}(?:[ -]?\d{4}){3})(?![\d-])")),
    ("phone", re.compile(r"(?<![\d-])(?:\+?48[ -]?)?\d{3}[ -]?\d{3}[ -]?\d{3}(?![\d-])")),
    (
        "address",
        re.compile(r"\b\d{2}-\d{3}\b|\b(?:[Uu]l|[Aa]l|[Oo]s)\.? [^\W\d_][\w-]+(?: [^\W\d_][\w-]+)? \d+"),
    ),
    ("reference", re.compile(r"\b[A-Z]{2,5}[-/]?\d{4,}\b|(?:\bnr|\bnumer|#) ?\d{5,}\b")),
)
_MARK = re.compile(r"\[([A-Z_]+?)(?:_\d+)?\]")
_LINK = re.compile(
    r"https?://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:pl|com|eu|shop|store|net|org)\b(?:/\S*)?", re.I
)
OWN_MAILBOX = re.compile(
    r"(?:kontakt|sklep|bok|biuro|info|pomoc|reklamacj|zwrot|obslug|hello|help|support|zamowieni|serwis|rodo)\w*@",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A ``phone``, ``email``, ``address``, ``reference`` (to an order or customer) or other ``number``."""

    kind: str
    span: Span


def contacts(view: View, turn: int) -> Iterator[Contact]:
    """What can reach or identify somebody in this turn; each place once."""
    text = view.turns[turn].text
    taken: list[tuple[int, int]] = []
    for match in _MARK.finditer(text):
        if match[1] in _MARKS:
            yield Contact(_MARKS[match[1]], Span(turn, match.start(), match.end()))
    for kind, form in _FORMS:
        for match in form.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                yield Contact(kind, Span(turn, match.start(), match.end()))


def links(view: View, turn: int) -> Iterator[Span]:
    """Addresses of pages in this turn; the domain of an e-mail address is none."""
    text = view.turns[turn].text
    mails = [match.span() for match in _FORMS[0][1].finditer(text)]
    for match in _LINK.finditer(text):
        if not any(start <= match.start() < end for start, end in mails):
            yield Span(turn, match.start(), match.end())
