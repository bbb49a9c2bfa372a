"""What the taggers say about a conversation, as plain values that scorecards and storage may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from transcripts.conversation import Conversation, Span

Sentiment = Literal["negative", "neutral", "mixed", "positive"]
SENTIMENTS: tuple[str, ...] = get_args(Sentiment)
# where nobody is known as the customer, unknown speakers stand in
MAY_FEEL = ("customer", "unknown")


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
class Respelling:
    """A misspelled word at characters ``start`` to ``end`` of a turn, and the lower-case ``word`` that was meant."""

    turn: int
    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class TaggedConversation:
    """A redacted conversation with its tags.

    ``reasons`` holds those above threshold, best first; ``primary`` is None where the tagger abstains.
    ``behaviours`` holds every (agent turn, code) with confidence of at least 0.05, so that a
    scorecard check can tell "surely absent" from "unsure". ``sentiment`` is None where no customer speaks.
    ``spelling`` says which words are misspelled, so that nobody is judged by how they spell.
    """

    conversation: Conversation
    reasons: tuple[ReasonTag, ...] = ()
    primary: str | None = None
    primary_confidence: float = 0.0
    sentiment: SentimentTag | None = None
    behaviours: tuple[BehaviourTag, ...] = field(default=())
    producer: str = ""
    spelling: tuple[Respelling, ...] = ()

    def __post_init__(self) -> None:
        """Nobody may infer an agent's emotions (AI Act, art. 5(1)(f)): such a value cannot be made.

        Raises:
            ValueError: a turn that has a sentiment is not the customer's.
        """
        turns = self.conversation.turns
        for felt in self.sentiment.turns if self.sentiment else ():
            if not 0 <= felt.turn < len(turns) or turns[felt.turn].speaker not in MAY_FEEL:
                raise ValueError(f"turn {felt.turn} has a sentiment and is not the customer's")
