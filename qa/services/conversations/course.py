"""The course of a conversation, to draw over its time: who speaks when, silence, talking at once, sentiment, evidence.

A call is measured in seconds of its recording, any other conversation in turns: turn number 3 lies from 3 to 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from transcripts.call_metrics import SIDES, SILENCE, Interval, common, length, spans
from transcripts.conversation import Conversation, Turn

LEAST_OVERTALK = 0.2  # seconds: recognised words begin and end no more exactly than that


@dataclass(frozen=True, slots=True)
class Stretch:
    """From where to where."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return round(self.end - self.start, 3)


@dataclass(frozen=True, slots=True)
class Spoken:
    """When one turn is said."""

    turn: int
    speaker: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Felt:
    """The customer's sentiment in one turn, -1 to 1, in the middle of it."""

    turn: int
    at: float
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the evidence of a reason or criterion lies: ``name`` is that of its mark in the transcript.

    Within a turn the place is reckoned from the letters, as if they were spoken evenly.
    """

    name: str
    turn: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Course:
    """The whole course over ``length`` seconds or turns.

    ``silences`` are those of more than ``silence_from`` seconds; ``shares`` are those of speech of agent and customer.
    """

    unit: Literal["seconds", "turns"]
    length: float
    spoken: tuple[Spoken, ...]
    silence_from: float
    silences: tuple[Stretch, ...]
    overtalk: tuple[Stretch, ...]
    moods: tuple[Felt, ...]
    carried: tuple[Carried, ...]
    shares: Mapping[str, float]

    @property
    def silent(self) -> float:
        """Seconds of all counted silences."""
        return sum(one.seconds for one in self.silences)

    @property
    def at_once(self) -> float:
        """Seconds in which both talk."""
        return sum(one.seconds for one in self.overtalk)


def course_of(
    conversation: Conversation,
    tags: Mapping[str, Any],
    evidence: Mapping[str, Sequence[tuple[int, int, int]]],
) -> Course:
    """The course of a conversation.

    Args:
        evidence: places (turn, first and last letter) by the name of their mark.
    """
    turns = conversation.turns
    figures = _figures(conversation)
    seconds = max((t.end for t in turns if t.end is not None and t.start is not None), default=0.0)
    where = _seconds_of(turns) if seconds else {i: (float(i), i + 1.0) for i in range(len(turns))}
    heard = turns if seconds else ()
    silence = figures.get("silence")
    least = _number(silence.get("threshold") if isinstance(silence, Mapping) else None, SILENCE)
    return Course(
        unit="seconds" if seconds else "turns",
        length=max(seconds, _number(figures.get("duration"), 0.0)) if seconds else float(len(turns)),
        spoken=tuple(Spoken(i, turns[i].speaker, *place) for i, place in where.items()),
        silence_from=least,
        silences=tuple(_silences(heard, least)),
        overtalk=tuple(_overtalk(heard)),
        moods=tuple(_moods(tags, where)),
        carried=tuple(_carried(turns, evidence, where)),
        shares=_shares(heard),
    )


def _seconds_of(turns: Sequence[Turn]) -> dict[int, Interval]:
    return {
        index: (turn.start, max(turn.start, turn.end))
        for index, turn in enumerate(turns)
        if turn.start is not None and turn.end is not None
    }


def _figures(conversation: Conversation) -> Mapping[str, Any]:
    """What the transcriber measured of the call; nothing where it did not."""
    figures = conversation.metadata.get("call_metrics")
    return figures if isinstance(figures, Mapping) else {}


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise


def _silences(turns: Sequence[Turn], least: float) -> Iterable[Stretch]:
    return (Stretch(a[1], b[0]) for a, b in pairwise(spans(turns)) if b[0] - a[1] > least)


def _overtalk(turns: Sequence[Turn]) -> Iterable[Stretch]:
    sides = [spans(turns, side) for side in SIDES]
    return (Stretch(a, b) for a, b in common(*sides) if b - a >= LEAST_OVERTALK)


def _moods(tags: Mapping[str, Any], where: Mapping[int, Interval]) -> Iterable[Felt]:
    for one in (tags.get("sentiment") or {}).get("turns", []):
        if one["turn"] in where:
            yield Felt(one["turn"], sum(where[one["turn"]]) / 2, one["label"], one["score"])


def _carried(
    turns: Sequence[Turn],
    evidence: Mapping[str, Sequence[tuple[int, int, int]]],
    where: Mapping[int, Interval],
) -> Iterable[Carried]:
    for name, places in evidence.items():
        for turn, first, last in places:
            if turn in where:
                start, end = where[turn]
                each = (end - start) / max(1, len(turns[turn].text))
                yield Carried(name, turn, start + first * each, start + last * each)


def _shares(turns: Sequence[Turn]) -> dict[str, float]:
    held = {side: length(spans(turns, side)) for side in SIDES}
    both = sum(held.values())
    return {side: round(seconds / both, 4) for side, seconds in held.items()} if both else {}
