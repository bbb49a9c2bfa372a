"""What the services need from the other packages; ``qa.bootstrap`` supplies it, tests supply fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from transcripts.conversation import Conversation
from transcripts.tags import TaggedConversation

if TYPE_CHECKING:
    from transcripts.audio import AudioError
from transcripts.reading import Record, Recording


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that decide whether a result exists already. Cheap to know: no model is loaded.

    ``scorecards`` maps a channel to scorecard key and digest, such as ``phone@1+8c1f...``.
    """

    tagging: str
    scorecards: Mapping[str, str] = field(default_factory=dict)


class Transcribing(Protocol):
    """Speech to a conversation with turns; raises ``transcripts.audio.AudioError`` on bad audio."""

    version: str

    def transcribe(
        self, recording: Recording, progress: Callable[[float], None] | None = None
    ) -> Conversation: ...

    def transcribe_many(
        self, recordings: Iterable[Recording], progress: Callable[[float], None] | None = None
    ) -> Iterator[Conversation | AudioError]:
        """Several recordings in common batches; an answer for each, in order."""


class RedactedConversation(Protocol):
    """A conversation without personal data."""

    @property
    def conversation(self) -> Conversation: ...

    @property
    def redactions(self) -> Sequence[Any]: ...


class Redacting(Protocol):
    """Replaces personal data by ``[TYPE]``."""

    version: str

    def redact(self, conversation: Conversation) -> RedactedConversation: ...

    def redact_text(self, s: str, hints: Sequence[str] = ()) -> str: ...

    def redact_name(self, s: str) -> str:
        """A name on its own, such as that of a file."""


class Tagging(Protocol):
    """Adds reasons, sentiment and behaviours, in the order of its input."""

    def tag_many(
        self, conversations: Iterable[Conversation], *, redacted: bool = False
    ) -> Iterator[TaggedConversation]:
        """``redacted``: names were taken out before, so that there are none to hide."""
        ...


class Components(Protocol):
    """The parts of one process, each made at first use and then kept."""

    def versions(self) -> Versions: ...

    def intake_version(self, path: Path) -> str:
        """Covers reading, transcribing (of audio) and redacting this file, with their settings."""

    def named_versions(self) -> Mapping[str, str]: ...

    def find_sources(self, paths: Sequence[Path]) -> list[Path]: ...

    def companions(self, path: Path) -> Sequence[Path]: ...

    def read_source(self, path: Path) -> Iterator[Record]: ...

    def transcriber(self) -> Transcribing: ...

    def redactor(self) -> Redacting: ...

    def tagger(self) -> Tagging: ...

    def evaluate(self, tagged: TaggedConversation, channel: str) -> dict[str, Any]: ...
