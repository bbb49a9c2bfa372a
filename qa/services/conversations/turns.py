"""Who said what on the page of a conversation: turns with their times, their tags and the words that carry evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from nlp.taxonomy import Taxonomy
from qa.services.conversations.course import Course
from transcripts.conversation import Conversation, Turn

Place = tuple[int, int, int]  # turn, start, end
SURE = 0.5  # taggers tell of behaviours from 0.05 on, for the checks; people see what is likelier than not
LONG_WAIT = 120.0  # seconds between two messages from which the page says how long it took


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn's text with the reasons and criteria whose evidence it is."""

    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownBehaviour:
    """What an agent's turn does, with its Polish name."""

    code: str
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn.

    ``start`` and ``end`` are seconds of the recording, ``at`` the moment of a message (ISO). ``silence`` is the
    counted one before a turn of a call, ``wait`` the time since the message before where it is long, ``overlap`` the
    seconds that the turn talks into another one; None where there is nothing of the kind.
    """

    index: int
    speaker: str
    pieces: tuple[Piece, ...]
    start: float | None
    end: float | None
    at: str | None
    silence: float | None
    wait: float | None
    overlap: float | None
    sentiment: str | None
    sentiment_score: float | None
    behaviours: tuple[ShownBehaviour, ...]

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def marks(self) -> tuple[str, ...]:
        """The reasons and criteria whose evidence is in this turn, in the order in which they come up."""
        return tuple(dict.fromkeys(chain.from_iterable(piece.marks for piece in self.pieces)))


def shown_turns(
    conversation: Conversation,
    tags: Mapping[str, Any],
    evidence: Mapping[str, Sequence[Place]],
    course: Course,
    behaviours: Taxonomy | None,
) -> tuple[ShownTurn, ...]:
    """The turns with their tags.

    Args:
        evidence: places by the name of the mark that they get.
        behaviours: names of the agent's behaviours; None hides them, since they tell how criteria came out.
    """
    marks = _marks(evidence)
    feelings = {one["turn"]: one for one in (tags.get("sentiment") or {}).get("turns", [])}
    does = _behaviours(tags, behaviours) if behaviours else {}
    silences = {round(stretch.end, 3): stretch.seconds for stretch in course.silences}
    overtalk = {round(stretch.start, 3): stretch.seconds for stretch in course.overtalk}
    waits = _waits(conversation.turns)
    return tuple(
        ShownTurn(
            index=index,
            speaker=turn.speaker,
            pieces=tuple(_pieces(turn.text, marks.get(index, ()))),
            start=turn.start,
            end=turn.end,
            at=turn.at.isoformat() if turn.at else None,
            silence=None if turn.start is None else silences.pop(round(turn.start, 3), None),
            wait=waits.get(index),
            overlap=None if turn.start is None else overtalk.pop(round(turn.start, 3), None),
            sentiment=feelings.get(index, {}).get("label"),
            sentiment_score=feelings.get(index, {}).get("score"),
            behaviours=tuple(does.get(index, ())),
        )
        for index, turn in enumerate(conversation.turns)
    )


def _marks(evidence: Mapping[str, Sequence[Place]]) -> dict[int, list[tuple[int, int, str]]]:
    found: dict[int, list[tuple[int, int, str]]] = {}
    for name, places in evidence.items():
        for turn, start, end in places:
            found.setdefault(turn, []).append((start, end, name))
    return found


def _behaviours(tags: Mapping[str, Any], names: Taxonomy) -> dict[int, list[ShownBehaviour]]:
    found: dict[int, list[ShownBehaviour]] = {}
    for one in tags.get("behaviours", []):
        if one["confidence"] < SURE:
            continue
        shown = ShownBehaviour(one["code"], names.name(one["code"]), one["confidence"])
        found.setdefault(one["turn"], []).append(shown)
    return found


def _waits(turns: Sequence[Turn]) -> dict[int, float]:
    """How long a message let wait for it, by its number, where that is long."""
    found = {}
    for index, (before, after) in enumerate(pairwise(turns), 1):
        if before.at is not None and after.at is not None:
            found[index] = (after.at - before.at).total_seconds()
    return {index: seconds for index, seconds in found.items() if seconds >= LONG_WAIT}


def _pieces(text: str, marks: Sequence[tuple[int, int, str]]) -> Iterable[Piece]:
    """The text cut at the ends of its marks; what two marks share carries both."""
    cuts = sorted({0, len(text), *(p for start, end, _ in marks for p in (start, end) if 0 < p < len(text))})
    for first, last in pairwise(cuts):
        names_here = tuple(name for start, end, name in marks if start <= first and last <= end)
        yield Piece(text[first:last], names_here)
