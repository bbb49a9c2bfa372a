"""Inverse text normalisation: numbers said in words, written as a clerk would write them.

``written("numer osiem trzy zero, sześć jeden pięć")`` is "numer 830615"; the spoken text stays beside it.
The written form is always made from the text at hand, after redaction from the redacted one, so that it can
never hold what redaction took out. Amounts, dates, times, percentages, dictated numbers and cardinals from
ten on; small ones ("dwie paczki") and ordinals without a date ("drugi raz") stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.redaction.number_words import MONTHS
from nlp.redaction.spoken_numbers import Piece, read
from nlp.text import fold

_WORD = re.compile(r"\[[A-Z_]{3,}\d{0,3}\]|[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,\-–]*")
_SPACE = re.compile(r"[\s,]*")
_ZLOTY = frozenset(["zloty", "zlote", "zlotych", "zl"])
_GROSZ = frozenset(["grosz", "grosze", "groszy", "gr"])
_BEFORE_TIME = frozenset(["o", "od", "do", "po", "przed", "okolo", "kolo"])
_NUMBER_CUE = re.compile(
    r"^(?:numer|nr|telefon|komork|kod|zamowieni|pesel|nip|regon|kont|kart|faktur|paczk|przesylk|reklamacj|zgloszeni"
    r"|seryjn|identyfikator|sprawa|sprawy)"
)
_REACH = 6  # words before a dictated number in which it is announced
_LEAST_CARDINAL = 10
_SURE_DIGITS = 9  # a row of so many digits is dictated, whatever stands before it


@dataclass(frozen=True, slots=True)
class Change:
    """Characters ``start`` to ``end`` of the spoken text, and what is written for them."""

    start: int
    end: int
    written: str


class _Text:
    """A spoken text with its words and the numbers among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [m.span() for m in _WORD.finditer(text)]
        self.words = [fold(text[a:b]) for a, b in self.spans]
        self.pieces = {piece.first: piece for piece in read(self.words)}

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def joined(self, left: int, right: int, between: re.Pattern[str] = _SPACE) -> bool:
        """Whether nothing but spaces (and signs that are allowed) stands before word ``right``."""
        if right >= len(self.spans):
            return False
        return bool(between.fullmatch(self.text[self.spans[left][1] : self.spans[right][0]]))

    def change(self, first: int, last: int, written: str) -> Change:
        """Words ``first`` to ``last`` (exclusive)."""
        return Change(self.spans[first][0], self.spans[last - 1][1], written)


def written(text: str) -> str:
    """The text as a clerk would write it."""
    out, at = [], 0
    for change in changes(text):
        out += [text[at : change.start], change.written]
        at = change.end
    return "".join([*out, text[at:]])


def changes(text: str) -> list[Change]:
    """What is written otherwise than it was said, in order."""
    spoken = _Text(text)
    return list(_changes(spoken)) if spoken.pieces else []


def _changes(text: _Text) -> Iterator[Change]:
    at = 0
    while at < len(text.words):
        piece = text.pieces.get(at)
        if piece is None:
            at += 1
            continue
        found = _amount(text, piece) or _percent(text, piece) or _date(text, piece) or _time(text, piece)
        found = found or _dictated(text, piece) or _cardinal(text, piece)
        if found is None:
            at = piece.last
            continue
        last, change = found
        if text.text[change.start : change.end] != change.written:
            yield change
        at = last


_Found = tuple[int, Change] | None


def _amount(text: _Text, piece: Piece) -> _Found:
    if piece.ordinal or not text.joined(piece.last - 1, piece.last):
        return None
    if text.word(piece.last) in _GROSZ:
        return piece.last + 1, text.change(piece.first, piece.last + 1, f"{piece.digits} gr")
    if text.word(piece.last) not in _ZLOTY:
        return None
    last = piece.last + 1
    after = last + (text.word(last) == "i")
    small = text.pieces.get(after)
    if small and len(small.digits) <= 2 and text.word(small.last) in _GROSZ:
        amount = f"{piece.digits},{small.digits:0>2} zł"
        return small.last + 1, text.change(piece.first, small.last + 1, amount)
    return last, text.change(piece.first, last, f"{piece.digits} zł")


def _percent(text: _Text, piece: Piece) -> _Found:
    if piece.ordinal or text.word(piece.last) != "procent":
        return None
    return piece.last + 1, text.change(piece.first, piece.last + 1, f"{piece.digits}%")


def _date(text: _Text, piece: Piece) -> _Found:
    if not piece.ordinal or text.word(piece.last) not in MONTHS or not 1 <= int(piece.digits) <= 31:
        return None
    year = text.pieces.get(piece.last + 1)
    month = text.text[slice(*text.spans[piece.last])]
    if (
        year
        and len(year.digits) == 4
        and year.digits[:2] in ("19", "20")
        and text.joined(piece.last, year.first)
    ):
        return year.last, text.change(piece.first, year.last, f"{piece.digits} {month} {year.digits}")
    return piece.last, text.change(piece.first, piece.last, piece.digits)


def _time(text: _Text, piece: Piece) -> _Found:
    """ "o piętnastej trzydzieści", "godzina ósma"; "o drugiej paczce" is none."""
    if not piece.ordinal or int(piece.digits) > 24 or not text.word(piece.last - 1).endswith(("ej", "a")):
        return None
    before = text.word(piece.first - 1)
    hour_said = before.startswith("godzin")
    minutes = text.pieces.get(piece.last)
    if (before in _BEFORE_TIME or hour_said) and minutes and text.joined(piece.last - 1, minutes.first):
        shown, last = _minutes(text, minutes)
        if shown:
            return last, text.change(piece.first, last, f"{piece.digits}:{shown}")
    if hour_said:
        return piece.last, text.change(piece.first, piece.last, f"{piece.digits}:00")
    return None


def _minutes(text: _Text, piece: Piece) -> tuple[str | None, int]:
    """("30" or "05", where it ends); None for what is no number of minutes."""
    following = text.pieces.get(piece.last)
    if piece.digits == "0" and following and len(following.digits) == 1 and not following.ordinal:
        return f"0{following.digits}", following.last
    if piece.ordinal or len(piece.digits) != 2 or int(piece.digits) > 59:
        return None, piece.last
    return piece.digits, piece.last


def _dictated(text: _Text, piece: Piece) -> _Found:
    """A number said in parts: "pięćset jeden, dwieście trzydzieści cztery, sześćset siedemdziesiąt osiem"."""
    parts = [piece]
    while (after := text.pieces.get(parts[-1].last)) and text.joined(
        parts[-1].last - 1, after.first, _BETWEEN
    ):
        if after.ordinal or _has_unit(text, after):
            break
        parts.append(after)
    if piece.ordinal or len(parts) < 2 or all(p.written for p in parts):
        return None
    digits = "".join(p.digits for p in parts)
    if not _is_dictated(text, parts, digits):
        return None
    return parts[-1].last, text.change(piece.first, parts[-1].last, _grouped(text, piece.first, digits))


def _has_unit(text: _Text, piece: Piece) -> bool:
    return text.word(piece.last) in _ZLOTY | _GROSZ | {"procent"}


def _is_dictated(text: _Text, parts: Sequence[Piece], digits: str) -> bool:
    if len(digits) < 4:
        return False
    announced = any(
        _NUMBER_CUE.match(w) for w in text.words[max(0, parts[0].first - _REACH) : parts[0].first]
    )
    if announced or len(digits) >= _SURE_DIGITS:
        return True
    # "dwadzieścia, trzydzieści, czterdzieści osób" counts, "osiem trzy zero sześć" dictates
    return len(parts) > 2 and any(len(p.digits) == 1 or int(p.digits) % 10 for p in parts)


def _grouped(text: _Text, first: int, digits: str) -> str:
    near = text.words[max(0, first - _REACH) : first]
    if len(digits) == 5 and any(w.startswith("pocztow") for w in near):
        return f"{digits[:2]}-{digits[2:]}"
    if len(digits) == 9:
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    return digits


def _cardinal(text: _Text, piece: Piece) -> _Found:
    if piece.ordinal or piece.written or int(piece.digits) < _LEAST_CARDINAL:
        return None
    return piece.last, text.change(piece.first, piece.last, piece.digits)
