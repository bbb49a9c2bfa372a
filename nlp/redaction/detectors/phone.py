"""Telephone numbers: asked for, or nine digits in a known Polish numbering range."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detectors.numbers import asked_runs, digits_of, shaped
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.spans import Finding, producer

_WRITTEN = re.compile(
    r"(?<![\d/.,-])(?:(?:\+|00)\d{2}[ -]?)?(?:\(?0?\d{2}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}|\d{3}[ .-]?\d{3}[ .-]?\d{3})(?![\d/]|[.,]\d)"
)
_GROUPED = re.compile(r"(?<![\d/.,-])(?:(?:\+|00)?48[ -]?|0[ -]?)?\d(?:[ .-]?\d){8}(?![\d/-]|[.,]\d)")
_ABROAD = re.compile(r"(?<![\d/])\+(?!48)\d{1,3}[ -]?(?:\d[ -]?){6,12}\d(?!\d)")
_MOBILE = frozenset(["45", "50", "51", "53", "57", "60", "66", "69", "72", "73", "78", "79", "88"])
_AREA = frozenset(
    [
        "12",
        "13",
        "14",
        "15",
        "16",
        "17",
        "18",
        "22",
        "23",
        "24",
        "25",
        "29",
        "32",
        "33",
        "34",
        "41",
        "42",
        "43",
        "44",
        "46",
        "48",
        "52",
        "54",
        "55",
        "56",
        "58",
        "59",
        "61",
        "62",
        "63",
        "65",
        "67",
        "68",
        "71",
        "74",
        "75",
        "76",
        "77",
        "81",
        "82",
        "83",
        "84",
        "85",
        "86",
        "87",
        "89",
        "91",
        "94",
        "95",
    ]
)


class PhoneDetector:
    """Polish subscriber numbers and written foreign ones."""

    name = "phone"
    version = "2"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        yield from asked_runs(self, "PHONE", dialogue, lambda digits: confidence(digits) > 0)
        yield from self._pluses(dialogue)
        yield from shaped(self, "PHONE", dialogue, _WRITTEN, confidence)
        yield from shaped(self, "PHONE", dialogue, _GROUPED, _grouped)
        yield from shaped(self, "PHONE", dialogue, _ABROAD, lambda _: 0.85)
        for run in dialogue.runs:
            if not run.written and not run.plain and len(run.pieces) > 2 and confidence(run.digits):
                yield Finding(run.turn, run.start, run.end, "PHONE", 0.8, producer(self), "said in full")

    def _pluses(self, dialogue: Dialogue) -> Iterator[Finding]:
        """The word "plus" of a country code."""
        for run in dialogue.runs:
            line = dialogue.lines[run.turn]
            if line.folded(run.first - 1) == "plus" and run.digits.startswith("48") and len(run.digits) > 9:
                start = line.words[run.first - 1].start
                yield Finding(run.turn, start, run.end, "PHONE", 0.9, producer(self), "country code said")


def _grouped(text: str) -> float:
    """Any grouping by twos and threes, such as 530 88 12 19; one figure alone is no group of a number."""
    groups = re.split(r"[ .-]", text.removeprefix("0").lstrip(" -"))
    return confidence(text) if len(groups) <= 5 and all(len(group) > 1 for group in groups) else 0.0


def confidence(text: str) -> float:
    """How surely a text is a Polish telephone number, by its country code and numbering range."""
    digits = digits_of(text)
    national = digits[-9:]
    prefix = digits[:-9]
    if len(national) < 9 or prefix not in ("", "48", "0048", "0"):
        return 0.85 if text.lstrip().startswith(("+", "00")) and len(national) == 9 else 0.0
    if prefix in ("48", "0048") and text.startswith(("+", "00")):
        return 0.95
    if national[:2] in _MOBILE:
        return 0.85
    return 0.7 if national[:2] in _AREA else 0.0
