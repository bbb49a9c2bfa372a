"""Consistent pseudonyms inside one conversation: the same person or number gets the same mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.redaction.spans import Finding
from nlp.redaction.spoken_numbers import read
from nlp.text import analyse, fold

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[^\W\d_]{2,}")

Part = frozenset[str]


@dataclass(slots=True)
class _Known:
    number: int
    parts: set[Part] = field(default_factory=set)


def numbers_of(findings: Sequence[Finding], texts: Sequence[str]) -> list[int]:
    """A number from 1 for each finding, counted by type in the order of first mention.

    A first name or a surname alone is the one person known so far whose name has it; with several such, a
    new one. Numbers said in words and in figures are the same.
    """
    known: dict[str, list[_Known]] = {}
    out = []
    for finding in findings:
        parts = _parts(finding, texts[finding.turn][finding.start : finding.end])
        rows = known.setdefault(finding.type, [])
        fitting = [row for row in rows if parts and _fit(parts, row.parts)]
        row = fitting[0] if len(fitting) == 1 else _Known(len(rows) + 1)
        if row not in rows:
            rows.append(row)
        row.parts |= parts
        out.append(row.number)
    return out


def _fit(some: set[Part], others: set[Part]) -> bool:
    """Whether all words of the shorter name are words of the longer one."""
    few, many = sorted((some, others), key=len)
    return all(any(part & other for other in many) for part in few)


def _parts(finding: Finding, text: str) -> set[Part]:
    """Dictionary forms of each word of a name; of anything else its digits, or its words as one."""
    if finding.type == "PERSON":
        return {analyse(word).lemmas or frozenset([word]) for word in _NAME.findall(text.lower())}
    words = _WORD.findall(fold(text.lower()))
    digits = "".join(piece.digits for piece in read(words)) or "".join(c for c in text if c.isdigit())
    return {frozenset([digits or " ".join(words)])}
