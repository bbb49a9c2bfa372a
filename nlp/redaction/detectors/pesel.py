"""PESEL: eleven digits with a date of birth and a checksum, mostly said in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum.pl import pesel

from nlp.redaction.detectors.numbers import asked_runs, digits_of, shaped
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.spans import Finding, producer

_WRITTEN = re.compile(r"(?<![\d+])\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{5}(?!\d)")


class PeselDetector:
    """Asked for, or eleven digits with a right checksum, or with a plausible date of birth."""

    name = "pesel"
    version = "1"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        yield from asked_runs(self, "PESEL", dialogue, lambda digits: bool(pesel.is_valid(digits)))
        yield from shaped(self, "PESEL", dialogue, _WRITTEN, confidence)
        for run in dialogue.runs:
            if not run.written and not run.plain and len(run.digits) == 11 and confidence(run.digits):
                yield Finding(
                    run.turn,
                    run.start,
                    run.end,
                    "PESEL",
                    confidence(run.digits),
                    producer(self),
                    "said in full",
                )


def confidence(text: str) -> float:
    """How surely eleven digits are a PESEL."""
    digits = digits_of(text)
    if pesel.is_valid(digits):
        return 0.97
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    return 0.75 if 1 <= month <= 12 and 1 <= day <= 31 else 0.0
