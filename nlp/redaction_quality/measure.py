"""Spans fully covered, characters covered, and clean characters redacted by mistake.

A span is covered when all its letters and digits are redacted, under whatever type: what matters is that it
is gone. The same rules as the project's ``check/measure.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nlp.redaction_quality.contacts import Marked
from transcripts.conversation import Conversation


class Place(Protocol):
    """Characters ``start`` to ``end`` of a turn."""

    @property
    def turn(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Places(Protocol):
    """A redacted conversation."""

    @property
    def redactions(self) -> Sequence[Place]: ...


class Redacts(Protocol):
    """The redactor."""

    def redact(self, c: Conversation) -> Places: ...


@dataclass(frozen=True, slots=True)
class Miss:
    """A span that is not fully covered, or clean text that was redacted (``kind`` is then None)."""

    conversation_id: str
    kind: str | None
    text: str


@dataclass(slots=True)
class Figures:
    """Counts; ``spans`` and ``covered`` by type, characters are letters and digits."""

    spans: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    characters_covered: int = 0
    clean: int = 0
    clean_redacted: int = 0
    misses: list[Miss] = field(default_factory=list)

    def share(self, kinds: Iterable[str] | None = None) -> tuple[int, int]:
        """Spans covered, and all, of these types."""
        chosen = list(kinds) if kinds is not None else list(self.spans)
        return sum(self.covered[k] for k in chosen), sum(self.spans[k] for k in chosen)

    def as_dict(self) -> Mapping[str, object]:
        """For JSON."""
        return {
            "spans": {k: [self.covered[k], self.spans[k]] for k in sorted(self.spans)},
            "all_spans": list(self.share()),
            "characters": [self.characters_covered, self.characters],
            "clean_characters_redacted": [self.clean_redacted, self.clean],
        }


def measured(redactor: Redacts, contacts: Iterable[Marked]) -> Figures:
    """What the redactor covers of the marked contacts."""
    figures = Figures()
    for contact in contacts:
        _add(figures, contact, redactor.redact(contact.conversation).redactions)
    return figures


def _add(figures: Figures, contact: Marked, found: Sequence[Place]) -> None:
    texts = [turn.text for turn in contact.conversation.turns]
    gone = [bytearray(len(text)) for text in texts]
    wanted = [bytearray(len(text)) for text in texts]
    for place in found:
        gone[place.turn][place.start : place.end] = b"\1" * (place.end - place.start)
    for span, kind in contact.spans:
        wanted[span.turn][span.start : span.end] = b"\1" * (span.end - span.start)
        body = [k for k in range(span.start, span.end) if texts[span.turn][k].isalnum()]
        covered = sum(gone[span.turn][k] for k in body)
        figures.spans[kind] += 1
        figures.covered[kind] += covered == len(body)
        figures.characters += len(body)
        figures.characters_covered += covered
        if covered < len(body):
            figures.misses.append(
                Miss(contact.conversation.id, kind, texts[span.turn][span.start : span.end])
            )
    for i, text in enumerate(texts):
        clean = [k for k, c in enumerate(text) if c.isalnum() and not wanted[i][k]]
        figures.clean += len(clean)
        figures.clean_redacted += sum(gone[i][k] for k in clean)
    for place in found:
        text = texts[place.turn][place.start : place.end]
        if not any(wanted[place.turn][place.start : place.end]) and any(c.isalnum() for c in text):
            figures.misses.append(Miss(contact.conversation.id, None, text))
