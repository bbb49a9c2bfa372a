"""What a detector says, and how contradictions between detectors end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from transcripts.conversation import Conversation

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

PersonalType = Literal[
    "PERSON",
    "PHONE",
    "PESEL",
    "ID_NUMBER",
    "ACCOUNT_OR_CARD",
    "CUSTOMER_NUMBER",
    "SECRET",
    "EMAIL",
    "ADDRESS",
    "DATE_OF_BIRTH",
]
NUMERIC = frozenset({"PHONE", "PESEL", "ID_NUMBER", "ACCOUNT_OR_CARD", "CUSTOMER_NUMBER", "SECRET"})
_CUT_WORD = re.compile(r"[ ,]*\w{1,8}(?:\.\.\.|…)[ ,]*")  # "dziewięć, osi... trzy": the speaker began anew
TYPES: tuple[PersonalType, ...] = get_args(PersonalType)


@dataclass(frozen=True, slots=True)
class Finding:
    """A detector's claim about the characters ``start`` to ``end`` of turn ``turn``.

    ``explanation`` says which rule spoke, never what the text is.
    """

    turn: int
    start: int
    end: int
    type: PersonalType
    confidence: float
    producer: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A redacted place; offsets in the original text. ``explanation`` says which rule spoke, never what the text is."""

    turn: int
    start: int
    end: int
    type: PersonalType
    confidence: float
    producer: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A conversation without personal data and the places where it was."""

    conversation: Conversation
    redactions: tuple[Redaction, ...]


class Detector(Protocol):
    """Finds one type of personal data; ``name`` and ``version`` make up the producer."""

    name: str
    version: str

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """All places of the type, in any order, overlapping or not."""
        ...


def producer(detector: Detector) -> str:
    """How a detector signs, such as ``pesel@1``."""
    return f"{detector.name}@{detector.version}"


def resolve(findings: Iterable[Finding]) -> list[Finding]:
    """Disjoint findings in reading order that cover every character any detector claimed.

    The more confident finding keeps its place (then the longer, then the earlier), the others keep what
    is left of theirs: a disagreement about the type must not uncover a character.
    """
    kept: list[Finding] = []
    order = sorted(findings, key=lambda f: (-f.confidence, f.start - f.end, f.turn, f.start, f.type))
    taken: dict[int, list[Finding]] = {}
    for finding in order:
        rows = taken.setdefault(finding.turn, [])
        for start, end in _free(finding, rows):
            part = replace(finding, start=start, end=end)
            kept.append(part)
            rows.append(part)
    return sorted(kept, key=lambda f: (f.turn, f.start))


def _free(finding: Finding, taken: list[Finding]) -> list[tuple[int, int]]:
    """The parts of a finding that no other one holds."""
    parts = [(finding.start, finding.end)]
    for other in taken:
        remaining = []
        for start, end in parts:
            remaining += [
                (a, b) for a, b in ((start, min(end, other.start)), (max(start, other.end), end)) if a < b
            ]
        parts = remaining
    return parts


def tidy(findings: Iterable[Finding], texts: list[str]) -> list[Finding]:
    """Join neighbours of one type that only signs part; drop pieces without a letter or digit."""
    joined: list[Finding] = []
    for finding in findings:
        last = joined[-1] if joined else None
        text = texts[finding.turn]
        if (
            last
            and last.turn == finding.turn
            and last.type == finding.type
            and _only_signs(text, last, finding)
        ):
            joined[-1] = replace(last, end=finding.end, confidence=max(last.confidence, finding.confidence))
        elif any(character.isalnum() for character in text[finding.start : finding.end]):
            joined.append(finding)
    return [_trimmed(finding, texts[finding.turn]) for finding in joined]


def _only_signs(text: str, last: Finding, finding: Finding) -> bool:
    gap = text[last.end : finding.start]
    if last.type in NUMERIC and _CUT_WORD.fullmatch(gap):
        return True
    return (
        len(gap) <= 3 and all(c in " ,-/\u00a0." for c in gap) and (last.type != "PERSON" or "." not in gap)
    )


def _trimmed(finding: Finding, text: str) -> Finding:
    """Without white space at the rims, with the plus sign of a country code."""
    start, end = finding.start, finding.end
    if finding.type == "PHONE" and text[max(start - 1, 0) : start] == "+":
        start -= 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return replace(finding, start=start, end=end)
