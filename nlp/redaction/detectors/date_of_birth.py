"""Dates of birth; every other date stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.answers import nothing_else
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.number_words import MONTHS
from nlp.redaction.spans import Finding, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.word_model import number_likelihood
from nlp.redaction.words import Line, Word

_YEAR = frozenset(["rok", "roku", "r"])
_BETWEEN = frozenset([",", ".", "-", "/", "dnia", "przez", "kropka"])
_NOT_AFTER = frozenset(
    "godzin godziny lat lata minut dni zlotych zl rat raty procent punktow punkty sztuk sztuki osob osoby".split()  # noqa: SIM905
)
_OTHER_DATES = frozenset(
    ["zakupu", "dostawy", "zamowienia", "wizyty", "umowy", "platnosci", "faktury", "wystawienia"]
)
_YEAR_FIGURES = re.compile(r"(?:19|20)\d{2}")
_SHORT_ANSWER = 4  # words
UNLIKELY = 0.02  # a date that answers by its place goes on being a date of birth from here


class DateOfBirthDetector:
    """Dates said while a date of birth is awaited."""

    name = "date_of_birth"
    version = "3"

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        for ask in dialogue.asks.of("DATE_OF_BIRTH"):
            for line in dialogue.lines[ask.turn :]:
                if line.first > ask.end:
                    break
                low, high = (
                    max(0, ask.start - line.first - (8 if line.turn == ask.turn else 0)),
                    ask.end - line.first,
                )
                for first, last in _dates(line, low, min(high, len(line.words))):
                    if self._learned and _unlikely(dialogue, line, first, last):
                        continue
                    start, end = line.words[first].start, line.words[last - 1].end
                    yield Finding(line.turn, start, end, "DATE_OF_BIRTH", 0.9, producer(self), "asked for")


def _unlikely(dialogue: Dialogue, line: Line, first: int, last: int) -> bool:
    """Whether none of the numbers is likely to be of a date of birth."""
    runs = [run for run in dialogue.runs_of(line.turn) if run.first < last and run.last > first]
    if not runs or nothing_else(line):
        return False
    return all(number_likelihood("BIRTH", dialogue, run) < UNLIKELY for run in runs)


def _dates(line: Line, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Groups of numbers, months and years."""
    index = low
    while index < high:
        if not _is_part(line.words[index]) or line.words[index].fold in _YEAR:
            index += 1
            continue
        last = index + 1
        ahead = last
        while ahead < len(line.words) and ahead - last <= 2:
            if _is_part(line.words[ahead]):
                last = ahead + 1
            elif line.words[ahead].fold not in _BETWEEN:
                break
            ahead += 1
        if _is_date(line, index, last):
            yield index, last
        index = last


def _is_part(word: Word) -> bool:
    return word.fold in MONTHS or word.fold in NUMERALS or word.text.isdigit() or word.fold in _YEAR


def _is_date(line: Line, first: int, last: int) -> bool:
    """A month or a year, or figures that could be one; not an age, not another date."""
    folds = [word.fold for word in line.words[first:last]]
    if line.folded(last) in _NOT_AFTER or any(
        line.folded(i) in _OTHER_DATES for i in range(first - 4, first)
    ):
        return False
    numerals = [NUMERALS[f] for f in folds if f in NUMERALS]
    if any(f in MONTHS or f in _YEAR for f in folds) or any(n.ordinal for n in numerals):
        return True
    figures = [f for f in folds if f.isdigit()]
    if figures:
        return len(figures) > 1 or bool(_YEAR_FIGURES.fullmatch(figures[0])) or line.spoken <= _SHORT_ANSWER
    return len(numerals) >= 2 or (any(n.value >= 10 for n in numerals) and line.spoken <= _SHORT_ANSWER)
