"""Names are hidden from the tagger: who somebody is must not change what a conversation is found to be about.

Of 400 contacts whose names were swapped for names of another origin, 3.8 % got another primary reason before and
0.5 % after; of 400 agents' turns 24 % and 3 % other behaviours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlp.redaction import Redactor
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
        hints = (conversation.agent.name,) if conversation.agent and conversation.agent.name else ()
        places: dict[int, list[tuple[int, int]]] = {}
        for finding in self._redactor.find(conversation.turns, hints):
            if finding.type == PERSON:
                places.setdefault(finding.turn, []).append((finding.start, finding.end))
        if not places:
            return Unnamed(conversation)
        turns = tuple(
            replace(turn, text=_without(turn.text, places[i])) if i in places else turn
            for i, turn in enumerate(conversation.turns)
        )
        return Unnamed(replace(conversation, turns=turns), places)


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(places):
        text = text[:start] + MARK + text[end:]
    return text


def _as_given(places: Sequence[tuple[int, int]], position: int, *, end: bool) -> int:
    for start, stop in places:
        if position <= start:
            break
        if position < start + len(MARK):
            return stop if end else start
        position += stop - start - len(MARK)
    return position
