"""Builds tagged conversations for the tests of scorecards; texts are invented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transcripts.conversation import Channel, Conversation, Direction, Turn
from transcripts.tags import BehaviourTag, ReasonTag, SentimentTag, TaggedConversation

SPEAKERS = {"a": "agent", "c": "customer", "b": "bot", "s": "system"}


def talk(
    *lines: str,
    channel: Channel = "phone",
    direction: Direction | None = None,
    times: Sequence[tuple[float, float]] = (),
    **tags: Any,
) -> TaggedConversation:
    """Lines like ``a: Dzień dobry`` as a tagged conversation; ``times`` are start and end of each turn."""
    turns = []
    for index, line in enumerate(lines):
        who, _, text = line.partition(":")
        start, end = times[index] if times else (None, None)
        turns.append(Turn(SPEAKERS[who], text.strip(), start, end))  # type: ignore[arg-type]
    return TaggedConversation(Conversation("t-1", channel, tuple(turns), direction=direction), **tags)


def behaviours(*tags: tuple[int, str, float]) -> tuple[BehaviourTag, ...]:
    """Tags of agent turns."""
    return tuple(BehaviourTag(turn, code, confidence) for turn, code, confidence in tags)


def sentiment(label: str, confidence: float = 0.9) -> SentimentTag:
    """The customer's sentiment, the same all through."""
    return SentimentTag(label, label, label, 0.0, confidence)  # type: ignore[arg-type]


def reasons(code: str, confidence: float = 0.9) -> tuple[ReasonTag, ...]:
    """One contact reason."""
    return (ReasonTag(code, confidence),)
