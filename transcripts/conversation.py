"""The core values: who said what, when, through which channel.

Everything that is read from a file or recording becomes a :class:`Conversation`; every later stage
takes and returns frozen values. Standard library only, so that each package may import it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

Speaker = Literal["agent", "customer", "bot", "system", "unknown"]
Channel = Literal["phone", "chat", "email", "social", "marketplace", "review", "form", "sms"]
Direction = Literal["inbound", "outbound"]

SPEAKERS: tuple[str, ...] = get_args(Speaker)
CHANNELS: tuple[str, ...] = get_args(Channel)
DIRECTIONS: tuple[str, ...] = get_args(Direction)


class ConversationError(ValueError):
    """A record that does not keep contract 1.

    Attributes:
        code: short stable identifier, such as ``unknown_channel``.
        message: one sentence in Polish: what is wrong and what to do about it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; ``start`` and ``end`` in seconds, ``probability`` and ``no_speech`` 0..1.

    ``no_speech`` is the model's doubt that anybody speaks in the window that the word comes from.
    """

    text: str
    start: float
    end: float
    probability: float = 1.0
    no_speech: float = 0.0
    language: str = "pl"


@dataclass(frozen=True, slots=True)
class Turn:
    """One uninterrupted contribution. ``start``/``end`` in seconds of the recording, ``at`` a timestamp."""

    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """Who served the customer. ``name`` only helps redaction and is dropped with it."""

    id: str
    team: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What the customer answered after the contact, each on its own scale."""

    csat: float | None = None
    csat_max: float | None = None
    nps: float | None = None
    ces: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One contact of a customer, whole. Turns are in the order in which they began."""

    id: str
    channel: Channel
    turns: tuple[Turn, ...]
    started_at: datetime | None = None
    direction: Direction | None = None
    queue: str | None = None
    agent: Agent | None = None
    customer_id: str | None = None
    order_id: str | None = None
    case_id: str | None = None
    survey: Survey | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def with_turns(self, turns: tuple[Turn, ...]) -> Conversation:
        """The same conversation with other turns."""
        return dataclasses.replace(self, turns=turns)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a conversation: characters ``start`` to ``end`` (Unicode code points) of turn ``turn``."""

    turn: int
    start: int
    end: int

    def text(self, conversation: Conversation) -> str:
        """The words at this place."""
        return conversation.turns[self.turn].text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two places share a character."""
        return self.turn == other.turn and self.start < other.end and other.start < self.end
