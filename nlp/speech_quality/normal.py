"""The words of a text as they are compared: the normaliser ``odsluch-pl-1``.

Lower case; punctuation left out; every number, in digits or in words, digit by digit ("830-615" and "osiem
trzy zero sześć jeden pięć" are the same six words); "zł", "złote" and the like are "złotych". Diacritics,
endings and fillers count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.redaction.spoken_numbers import read
from nlp.text import fold

NAME = "odsluch-pl-1"
_ONE_FORM = {
    **dict.fromkeys(["zł", "złote", "złoty", "zlotych", "pln"], "złotych"),
    **dict.fromkeys(["gr", "grosze", "grosz"], "groszy"),
    "nr": "numer",
    "ul": "ulica",
    "godz": "godzinie",
}
_DECIMAL = re.compile(r"(\d+)[.,](\d\d)\s*(?:zł\w*|pln)\b", re.IGNORECASE)
_MAIL = re.compile(r"\be[- ]?mail", re.IGNORECASE)
_PERCENT = re.compile(r"%")
_ENDING = re.compile(
    r"(?<=\d)(?:-?(?:go|ego|tego|ej|tej|mu|emu|ym|tym|ty|ta|te|szy|sza|sze|y|a|e))\b", re.IGNORECASE
)
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was said: its digits, the places of its words, and whether it is an amount of money."""

    digits: str
    first: int
    last: int
    money: bool = False

    @property
    def kind(self) -> str:
        """``amount``, ``phone`` (nine digits), ``long`` (five or more: orders, codes) or ``short``."""
        if self.money:
            return "amount"
        if len(self.digits) == 9:
            return "phone"
        return "long" if len(self.digits) >= 5 else "short"


def normal(text: str) -> list[str]:
    """The words of a text, each digit a word of its own."""
    text = unicodedata.normalize("NFC", text).lower()
    text = _PERCENT.sub(" procent", _MAIL.sub("email", _DECIMAL.sub(r"\1 złotych i \2 groszy", text)))
    tokens = [_ONE_FORM.get(t, t) for t in _TOKEN.findall(_ENDING.sub("", text))]
    return list(_digits(tokens))


def _digits(tokens: Sequence[str]) -> Iterator[str]:
    pieces = {p.first: p for p in read([fold(t) for t in tokens])}
    at = 0
    while at < len(tokens):
        piece = pieces.get(at)
        if piece is None:
            yield tokens[at]
            at += 1
        else:
            yield from piece.digits
            at = piece.last


def numbers(words: Sequence[str]) -> list[Number]:
    """The numbers among words by :func:`normal`: digits in a row, a single one only as an amount of money."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        if not words[at].isdigit():
            at += 1
            continue
        end = at
        while end < len(words) and words[end].isdigit():
            end += 1
        money = words[end : end + 1] in (["złotych"], ["groszy"])
        if money or end - at > 1:
            found.append(Number("".join(words[at:end]), at, end, money))
        at = end
    return found
