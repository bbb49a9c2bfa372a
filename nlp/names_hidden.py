"""Names are hidden from the tagger: who somebody is must not change what a conversation is found to be about.

ADR 13 has the figures with and without names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlp.redaction import Redactor
from nlp.redaction.redactor import known_names, replaced
from transcripts.conversation import Conversation, Span

PERSON = "PERSON"
MARK = f"[{PERSON}]"


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A conversation without names, and by turn where the names were: start and end in the text as given."""

    conversation: Conversation
    places: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def as_given(self, span: Span) -> Span:
        """A place in the text without names, as a place in the text as given; a mark is the whole name."""
        places = self.places.get(span.turn, ())
        return Span(
            span.turn, _as_given(places, span.start, end=False), _as_given(places, span.end, end=True)
        )


class HidesNames:
    """Puts the redactor's ``[PERSON]`` in the place of names; other personal data stay. Holds no state."""

    def __init__(self) -> None:
        self._redactor = Redactor()

    def __call__(self, conversation: Conversation) -> Unnamed:
        """The conversation as the tagger reads it."""
        turns = conversation.turns
        found = [f for f in self._redactor.find(turns, known_names(conversation)) if f.type == PERSON]
        if not found:
            return Unnamed(conversation)
        places: dict[int, list[tuple[int, int]]] = {}
        for finding in found:
            places.setdefault(finding.turn, []).append((finding.start, finding.end))
        return Unnamed(replace(conversation, turns=replaced(turns, found)), places)


def _as_given(places: Sequence[tuple[int, int]], position: int, *, end: bool) -> int:
    for start, stop in places:
        if position <= start:
            break
        if position < start + len(MARK):
            return stop if end else start
        position += stop - start - len(MARK)
    return position
