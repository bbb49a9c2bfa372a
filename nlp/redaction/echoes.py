"""Values said again: read-backs, corrections, the last digits of a number known from this conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.redaction.detectors.numbers import digits_of, widened
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.runs import Run
from nlp.redaction.spans import Finding, PersonalType
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line

_NUMERIC = ("SECRET", "PESEL", "ACCOUNT_OR_CARD", "PHONE", "ID_NUMBER", "CUSTOMER_NUMBER")
_SHORTEST = 4
_SURE = 0.6  # how surely a single word must be a password to be one wherever it comes again
PRODUCER = "echoes@2"


def find_echoes(dialogue: Dialogue, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Numbers of at least four digits that repeat a found value or a part of it, in whatever grouping, and passwords
    that are words."""
    yield from _passwords_again(dialogue, findings)
    known = _values(dialogue, findings)
    if not known:
        return
    for run in dialogue.runs:
        kind = None if run.plain else _echoed(run, known)
        if kind:
            start, end = widened(dialogue.lines[run.turn], run)
            yield Finding(run.turn, start, end, kind, 0.65, PRODUCER, "repeats a value found elsewhere")


def _passwords_again(dialogue: Dialogue, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Where the words of a found password are said again, by whomever, whatever signs stand between."""
    phrases = {
        phrase for f in findings if f.type == "SECRET" and (phrase := _phrase(dialogue.lines[f.turn], f))
    }
    for line in dialogue.lines if phrases else ():
        words = [word for word in line.words if not word.is_sign]
        folds = [word.fold for word in words]
        for phrase in phrases:
            for first in range(len(words) - len(phrase) + 1):
                if tuple(folds[first : first + len(phrase)]) == phrase:
                    start, end = words[first].start, words[first + len(phrase) - 1].end
                    yield Finding(
                        line.turn, start, end, "SECRET", 0.6, PRODUCER, "repeats a password found elsewhere"
                    )


def _phrase(line: Line, finding: Finding) -> tuple[str, ...]:
    """The words of a password; nothing where they are numbers alone or too small to be told from others."""
    words = [w for w in line.words if w.start >= finding.start and w.end <= finding.end and not w.is_sign]
    telling = [
        w
        for w in words
        if len(w.fold) >= _SHORTEST and w.fold not in FUNCTION_WORDS and w.fold not in NUMERALS
    ]
    if not telling or (len(words) == 1 and finding.confidence < _SURE):
        return ()
    return tuple(w.fold for w in words)


def _values(dialogue: Dialogue, findings: Sequence[Finding]) -> list[tuple[str, PersonalType]]:
    """Digits of the found values; pieces of one type in near turns also as one string."""
    values: list[tuple[str, PersonalType]] = []
    joined: dict[PersonalType, tuple[int, str]] = {}
    covered: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.type in _NUMERIC:
            covered.setdefault(finding.turn, []).append(finding)
    for run in dialogue.runs:
        for finding in covered.get(run.turn, ()):
            if finding.start <= run.start and run.end <= finding.end:
                turn, before = joined.get(finding.type, (run.turn, ""))
                whole = before + run.digits if run.turn - turn <= 4 else run.digits
                joined[finding.type] = (run.turn, whole[-40:])
                values += [(run.digits, finding.type), (whole[-40:], finding.type)]
                break
    return sorted({value for value in values if len(value[0]) >= _SHORTEST})


def _echoed(run: Run, known: list[tuple[str, PersonalType]]) -> PersonalType | None:
    digits = digits_of(run.digits)
    if len(digits) < _SHORTEST or len(set(digits)) == 1:
        return None
    if len(run.pieces) == 1 and len(digits) == _SHORTEST and digits[:2] in ("19", "20"):
        return None
    for value, kind in known:
        if digits in value or (len(value) >= 6 and value in digits):
            return kind
    return None
