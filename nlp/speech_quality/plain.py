"""The baseline: faster-whisper as its page shows it, each channel on its own, beam 5 and its own VAD."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.audio import Audio, signal
from transcripts.conversation import Conversation, Speaker, Turn

if TYPE_CHECKING:
    from faster_whisper import WhisperModel


class PlainWhisper:
    """``WhisperModel.transcribe`` with ``vad_filter`` and without text carried over, int8."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads

    @cached_property
    def model(self) -> WhisperModel:
        """The same weights as ours."""
        from faster_whisper import WhisperModel

        return WhisperModel(str(self._folder), device="cpu", compute_type="int8", cpu_threads=self._threads)

    def transcribe(self, audio: Audio, conversation: Conversation) -> Conversation:
        """Segments as turns; the left channel is the agent, a single one unknown."""
        sides: tuple[Speaker, ...] = ("agent", "customer") if len(audio.channels) == 2 else ("unknown",)
        turns = []
        for side, channel in zip(sides, audio.channels, strict=True):
            segments, _info = self.model.transcribe(
                signal(channel),
                language="pl",
                beam_size=5,
                vad_filter=True,
                condition_on_previous_text=False,
            )
            turns += [Turn(side, s.text.strip(), round(s.start, 2), round(s.end, 2)) for s in segments]
        return conversation.with_turns(tuple(sorted(turns, key=lambda t: t.start or 0.0)))
