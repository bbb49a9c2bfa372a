"""Numbers in a turn: pieces joined to runs, and whether a run is only an amount, a time or a model.

A run is everything of one turn that could be one number read out piece by piece, signs and fillers
between the pieces included ("sześćset siedem, yyy, osiem cztery pięć").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.redaction.number_words import (
    ABBREVIATED,
    BEFORE,
    JOINERS,
    LABELS,
    MONTHS,
    OF_PRICES,
    PREPOSITIONS,
    UNITS,
)
from nlp.redaction.spoken_numbers import NUMERALS, Piece, read
from nlp.redaction.words import Line, Word

_FROM_TO = re.compile(r"(\d{1,2}) ?[-–] ?(\d{1,2})")
_FEW_WORDS = 3
_TWO, _HOUR = 2, 60  # digits of the minutes of an hour
_BEFORE_HOURS = frozenset(["o", "od", "do", "po", "przed", "kolo", "okolo", "godzina", "godzinie", "godziny"])
_PUBLIC = re.compile(r"80[0-4]\d{6}")  # lines that anybody may call
_ALARMS = frozenset(["112", "997", "998", "999", "986", "991", "992", "993", "994"])
_CALLING = ("dzwon", "zadzwon", "pogotow", "alarm")
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])(?:\.(?:(?:19|20)?\d{2})?)?|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-\d{2}"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Words ``first`` to ``last`` (exclusive) of turn ``turn``; ``position`` orders runs of a conversation.

    Attributes:
        digits: all pieces as one string of digits.
        plain: only an amount, time, date, model or count by what stands around it.
        ordinal: every piece is an ordinal ("piętnasty").
    """

    turn: int
    first: int
    last: int
    start: int
    end: int
    position: int
    digits: str
    pieces: tuple[Piece, ...]
    plain: bool
    ordinal: bool

    @property
    def written(self) -> bool:
        """Said in figures, not in words."""
        return all(piece.written for piece in self.pieces)


def find_runs(line: Line) -> Iterator[Run]:
    """The runs of one turn, left to right."""
    pieces = read([word.fold for word in line.words])
    group: list[Piece] = []
    for piece in pieces:
        if group and not _joined(line, group, piece):
            yield _run(line, group)
            group = []
        group.append(piece)
    if group:
        yield _run(line, group)


def _joined(line: Line, group: list[Piece], piece: Piece) -> bool:
    """Whether only fillers or single letters stand between, and neither side is an amount of its own."""
    last = group[-1]
    if "\n" in line.text[line.words[last.last - 1].end : line.words[piece.first].start]:
        return False
    between = line.words[last.last : piece.first]
    if len(between) > 3 or any(not _filler(word, last, piece) for word in between if word.fold != "na"):
        return False
    if any(word.fold == "na" for word in between) and not _slash_said(between):
        return False
    if last.ordinal != piece.ordinal:
        return False
    folds = [word.fold for word in between]
    both = last.written and piece.written
    if folds == ["."] and both and len(last.digits) < 3 and len(piece.digits) == 2:
        return True
    if folds == [","] and both and len(piece.digits) == 2 and _amount_after(line, piece):
        return True  # 189,99 zł: one amount
    return not _amount_after(line, piece) or len(group) > 1


def _slash_said(between: Sequence[Word]) -> bool:
    """ "łamane na": how a slash is read."""
    return any(a.fold.startswith("laman") and b.fold == "na" for a, b in itertools.pairwise(between))


def _filler(word: Word, last: Piece, piece: Piece) -> bool:
    if word.fold in JOINERS:
        return True
    letter = word.text.isalpha() and (len(word.text) == 1 or (word.text.isupper() and len(word.text) <= 3))
    return (
        letter
        and (last.written or piece.written or word.text.isupper())
        and word.fold not in ("w", "z", "o", "u")
    )


def _amount_after(line: Line, piece: Piece) -> bool:
    """A unit, or a thing counted, right after the piece."""
    after = line.at(piece.last)
    if after is None or after.after_stop:
        return False
    if after.fold in UNITS:
        return piece.written or len(after.fold) > 1
    return not piece.written and _counted(after, piece)


def _counted(word: Word, piece: Piece) -> bool:
    """A common noun that a short number counts: "dwie książki"."""
    if piece.multiplied or len(piece.digits) > 3 or word.is_sign or word.fold in NUMERALS or word.capital:
        return False
    parts = word.form.parts
    return "subst" in parts and not parts & {"conj", "part", "prep", "adv", "comp", "interj", "pred"}


def _run(line: Line, group: list[Piece]) -> Run:
    first, last = group[0].first, group[-1].last
    digits = "".join(piece.digits for piece in group)
    return Run(
        line.turn,
        first,
        last,
        line.words[first].start,
        line.words[last - 1].end,
        line.first + first,
        digits,
        tuple(group),
        _plain(line, group, digits),
        all(piece.ordinal for piece in group),
    )


def _plain(line: Line, group: list[Piece], digits: str) -> bool:
    first, last = group[0].first, group[-1].last
    before = "" if line.words[first].after_stop else line.folded(first - 1)
    following = line.at(last)
    after = following.fold if following and not following.after_stop else ""
    if len(group) <= 2 and _amount_after(line, group[-1]) and len(digits) <= 6:
        return True
    if (
        len(after) > 1
        and after in UNITS
        and (len(digits) <= 7 or after in ("zl", "zlotych", "pln", "procent"))
    ):
        return True
    if after in MONTHS or before in MONTHS or (group[-1].ordinal and before == "godzina"):
        return True
    if _clock(line, group) or (len(digits) <= 4 and before in BEFORE - PREPOSITIONS):
        return True
    if len(digits) <= 3 and len(group) == 1 and before in PREPOSITIONS:
        return True
    if len(digits) <= 5 and before in OF_PRICES:
        return True
    return (
        bool(_PUBLIC.fullmatch(digits))
        or _alarm(line, first, digits)
        or _decimal(line, group)
        or _model(line, first, digits)
        or _date(line, group)
        or _numbered_thing(line, first, digits)
        or _minutes(line, first, digits)
        or _range(line, group)
    )


def _alarm(line: Line, first: int, digits: str) -> bool:
    """ "dzwonić na 994"."""
    return digits in _ALARMS and any(line.folded(i).startswith(_CALLING) for i in range(first - 4, first))


def _range(line: Line, group: list[Piece]) -> bool:
    """ "jutro 8-14": hours or sizes from and to, in a sentence of more words."""
    text = line.text[line.words[group[0].first].start : line.words[group[-1].last - 1].end]
    return bool(_FROM_TO.fullmatch(text)) and line.spoken > _FEW_WORDS


def _date(line: Line, group: list[Piece]) -> bool:
    """12.11 or 12.11.2026 or 2026-11-12 in figures: a date of birth is found by what asks for it."""
    text = line.text[line.words[group[0].first].start : line.words[group[-1].last - 1].end]
    return all(piece.written for piece in group) and bool(_DATE.fullmatch(text))


def _numbered_thing(line: Line, first: int, digits: str) -> bool:
    """ "art. 17", "ok. 15": an abbreviation that counts or measures, with its full stop."""
    return len(digits) <= 4 and line.folded(first - 1) == "." and line.folded(first - 2) in ABBREVIATED


def _clock(line: Line, group: list[Piece]) -> bool:
    """16:30, "szesnasta trzydzieści"."""
    if len(group) != 2 or not all(len(piece.digits) <= 2 for piece in group):
        return False
    between = "".join(word.text for word in line.words[group[0].last : group[1].first])
    return between == ":" and int(group[1].digits) < 60 and len(group[1].digits) == 2


def _minutes(line: Line, first: int, digits: str) -> bool:
    """ "o czternastej trzydzieści": minutes after an hour."""
    hour = NUMERALS.get(line.folded(first - 1))
    asked = line.folded(first - 2) in _BEFORE_HOURS
    return len(digits) == _TWO and int(digits) < _HOUR and asked and hour is not None and hour.ordinal


def _decimal(line: Line, group: list[Piece]) -> bool:
    """1 299,00 or 19.99 in figures: thousands by threes, then two decimals."""
    if not all(piece.written for piece in group) or len(group) < 2 or len(group[-1].digits) != 2:
        return False
    between = line.text[line.words[group[-1].first - 1].start : line.words[group[-1].first].start]
    whole = group[:-1]
    return between.strip() == "," and len(whole[0].digits) <= 3 and all(len(p.digits) == 3 for p in whole[1:])


def _model(line: Line, first: int, digits: str) -> bool:
    """A product name before a short number: "iPhone 15", "RTX 4070"."""
    word = line.at(first - 1)
    if word is None or len(digits) > 4 or word.is_sign or not word.text.isalpha() or word.fold in LABELS:
        return False
    inner_capital = any(character.isupper() for character in word.text[1:])
    return inner_capital or (
        word.form.unknown and len(word.text) > 3 and word.capital and not word.after_stop
    )
