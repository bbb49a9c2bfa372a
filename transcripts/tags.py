"""What the taggers say about a conversation, as plain values that scorecards and storage may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from transcripts.conversation import Conversation, Span

Sentiment = Literal["negative", "neutral", "mixed", "positive"]
SENTIMENTS: tuple[str, ...] = get_args(Sentiment)


@dataclass(frozen=True, slots=True)
class ReasonTag:
    """A contact reason ``group.leaf``; ``confidence`` is a calibrated probability."""

    code: str
    confidence: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnSentiment:
    """The customer's sentiment in one turn; ``score`` from -1 (negative) to 1 (positive)."""

    turn: int
    label: Sentiment
    score: float


@dataclass(frozen=True, slots=True)
class SentimentTag:
    """The customer's sentiment, inferred from words only, never from voice."""

    overall: Sentiment
    start: Sentiment
    end: Sentiment
    score: float
    confidence: float
    turns: tuple[TurnSentiment, ...] = ()


@dataclass(frozen=True, slots=True)
class BehaviourTag:
    """What an agent's turn does, such as ``greeting``; ``confidence`` is a calibrated probability."""

    turn: int
    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TaggedConversation:
    """A redacted conversation with its tags.

    ``reasons`` holds those above threshold, best first; ``primary`` is None where the tagger abstains.
    ``behaviours`` holds every (agent turn, code) with confidence of at least 0.05, so that a
    scorecard check can tell "surely absent" from "unsure". ``sentiment`` is None where no customer speaks.
    """

    conversation: Conversation
    reasons: tuple[ReasonTag, ...] = ()
    primary: str | None = None
    primary_confidence: float = 0.0
    sentiment: SentimentTag | None = None
    behaviours: tuple[BehaviourTag, ...] = field(default=())
    producer: str = ""
