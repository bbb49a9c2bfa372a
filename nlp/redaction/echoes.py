"""Values said again: read-backs, corrections, the last digits of a number known from this conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.redaction.detectors.numbers import digits_of, widened
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.runs import Run
from nlp.redaction.spans import Finding, PersonalType

_NUMERIC = ("SECRET", "PESEL", "ACCOUNT_OR_CARD", "PHONE", "ID_NUMBER", "CUSTOMER_NUMBER")
_SHORTEST = 4
PRODUCER = "echoes@1"


def find_echoes(dialogue: Dialogue, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Numbers of at least four digits that repeat a found value or a part of it, in whatever grouping."""
    known = _values(dialogue, findings)
    if not known:
        return
    for run in dialogue.runs:
        kind = None if run.plain else _echoed(run, known)
        if kind:
            start, end = widened(dialogue.lines[run.turn], run)
            yield Finding(run.turn, start, end, kind, 0.65, PRODUCER, "repeats a value found elsewhere")


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
