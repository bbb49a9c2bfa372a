"""Parts of one address that stand apart: "polną osiemnaście w Zblewie", "Zastawna 31, hala B", "stoi pod piątką"."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from nlp.redaction.runs import Run
from nlp.redaction.spans import Finding
from nlp.redaction.words import Line

_LINKS = frozenset(
    "na przy w we pod ul ulica ulicy os osiedle osiedlu kod kodem pocztowy poczta miejscowosc m nr numer domu "  # noqa: SIM905
    "mieszkania mieszkanie lokal lokalu lok klatka blok przez lamane gmina pietro pierwsze drugie trzecie czwarte".split()
)
_UNITS = frozenset(
    "klatka klatce blok bloku hala hali mieszkanie mieszkania m lokal lokalu lok nr numer pod box".split()  # noqa: SIM905
)
_FURTHEST = 3  # words between two parts of one address
_HOUSE_DIGITS = 4
_BY_NUMBER = frozenset(["pod", "spod"])


def whole_addresses(line: Line, runs: Sequence[Run], found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one turn, those of one address as one, each with the flat or entrance said after it."""
    place = {word.start: index for index, word in enumerate(line.words)}
    current: Finding | None = None
    for finding in sorted(found, key=lambda f: (f.start, -f.end)):
        grown = dataclasses.replace(finding, end=_with_units(line, runs, finding.end))
        if current and grown.start in place and _together(line, current.end, grown.start):
            end = max(current.end, grown.end)
            current = dataclasses.replace(
                current, end=end, confidence=min(current.confidence, grown.confidence)
            )
            continue
        if current:
            yield current
        current = grown
    if current:
        yield current


def flats(line: Line, runs: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """Words (first, last) of doors named by their number alone: "mieszkam pod dwunastką"."""
    for run in runs:
        noun = line.folded(run.first).endswith(("tka", "jka", "rka", "mka", "nka"))
        if noun and line.folded(run.first - 1) in _BY_NUMBER and run.last == run.first + 1:
            yield run.first, run.last


def _together(line: Line, end: int, start: int) -> bool:
    if start <= end:
        return True
    between = [word for word in line.words if word.start >= end and word.end <= start]
    linked = all(word.fold in _LINKS or word.text in ",." for word in between)
    return linked and sum(not word.is_sign for word in between) <= _FURTHEST


def _with_units(line: Line, runs: Sequence[Run], end: int) -> int:
    """Where the address ends with the entrance, block or flat that follows it."""
    probe = next((i for i, word in enumerate(line.words) if word.start >= end), len(line.words))
    while True:
        first = probe + (line.folded(probe) == ",")
        if line.folded(first) not in _UNITS:
            return end
        value = first + 1 + (line.folded(first + 1) in (".", "numer", "nr"))
        run = next((run for run in runs if run.first == value), None)
        word = line.at(value)
        letter = word is not None and len(word.text) == 1 and word.text.isalpha()
        if run and not run.plain and len(run.digits) <= _HOUSE_DIGITS:
            probe = run.last
        elif letter and line.folded(first) not in ("pod", "m", "nr", "numer"):
            probe = value + 1
        else:
            return end
        end = line.words[probe - 1].end
