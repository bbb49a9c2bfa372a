"""Recordings to conversations: who said what and when, with figures that say how far to trust it.

Two-channel calls: crosstalk is gated out, each channel's speech is found and recognised on its own, and
the speaker is the channel. One-channel calls: the speaker comes from the voice when a speaker encoder is
given, and is ``unknown`` where that or the decision who is the agent is not sure.
Memory: 16-bit samples of the whole recording (230 MB an hour of two channels), twice while they are decoded
or gated, 250 MB for the speech detector and the model (about 300 MB for Whisper base).
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from transcripts import crosstalk, voices
from transcripts.audio import RATE, Audio, AudioError, Samples, decode
from transcripts.call_metrics import call_metrics
from transcripts.conversation import Conversation, Speaker, Word
from transcripts.reading import Recording
from transcripts.recognition import Passage, packed, recognise
from transcripts.roles import roles
from transcripts.speech_turns import interleaved, low_share, trusted
from transcripts.voice_activity import Region, speech_regions

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

__all__ = ["AudioError", "Transcriber"]

Progress = Callable[[float], None]
VoicedWords = list[tuple[Speaker, Sequence[Word]]]

_REVISION = 1  # raise it whenever the same recording would give other turns
SAME_VOICE = 0.1  # two groups nearer than this are one voice (measured: one voice 0.04-0.09, two 0.12-0.26)


class Transcriber:
    """Speech recognition with one Whisper model, loaded at the first recording.

    Args:
        model: folder of a faster-whisper model.
        threads: CPU threads; 0 takes all cores.
        beam_size: 5 is the measured best; 1 is faster and hears less.
        voices: folder of the model ``voice-encoder``; without it one-channel calls have no speakers.
        left: who speaks on the left channel.
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int = 0,
        beam_size: int = 5,
        voices: Path | None = None,
        left: Speaker = "agent",
    ) -> None:
        self._folder = model
        self._threads = threads or os.cpu_count() or 1
        self._beam_size = beam_size
        self._voices = voices
        self._sides: tuple[Speaker, Speaker] = (
            ("agent", "customer") if left == "agent" else ("customer", "agent")
        )
        diarization = "voices" if voices else "no-voices"
        self.model_name = _model_name(model)
        self.version = f"speech-{_REVISION}/{self.model_name}/beam{beam_size}/{diarization}/left-{left}"

    @cached_property
    def _model(self) -> WhisperModel:
        from faster_whisper import WhisperModel

        return WhisperModel(str(self._folder), device="cpu", compute_type="int8", cpu_threads=self._threads)

    def transcribe(self, recording: Recording, progress: Progress | None = None) -> Conversation:
        """The recording's conversation with turns, ``metadata["speech"]`` and ``metadata["call_metrics"]``.

        ``progress`` hears how many seconds of the recording are done.

        Raises:
            AudioError: the file is no recording that can be transcribed.
        """
        audio = decode(recording.path)
        channels = audio.channels
        if audio.layout == "two_channel":
            channels = crosstalk.gate(*channels)
        regions = [speech_regions(channel) for channel in channels]
        passages = self._recognised(channels, regions, audio.duration, progress)
        words, removed = _by_channel(channels, passages)
        spoken, speakers = self._spoken(audio, words, regions, recording.conversation)
        turns = interleaved(spoken)
        facts = {
            "model": self.model_name,
            "version": self.version,
            "layout": audio.layout,
            "duration": round(audio.duration, 2),
            "speech_seconds": round(sum(r.length for found in regions for r in found) / RATE, 2),
            **_confidence(passages, words),
            "removed_words": removed,
            **speakers,
        }
        metadata = {**recording.conversation.metadata, "speech": facts}
        metadata["call_metrics"] = call_metrics(turns, audio.duration)
        return dataclasses.replace(recording.conversation, turns=turns, metadata=metadata)

    def _recognised(
        self,
        channels: Sequence[Samples],
        regions: Sequence[Sequence[Region]],
        duration: float,
        progress: Progress | None,
    ) -> list[Passage]:
        windows = [w for i, found in enumerate(regions) for w in packed(i, found, channels[i])]
        total = sum(w.length for w in windows) / RATE

        def tell(done: float) -> None:
            if progress is not None:
                progress(duration * min(1.0, done / total))

        passages = (
            recognise(self._model, channels, windows, beam_size=self._beam_size, progress=tell)
            if windows
            else []
        )
        if progress is not None and not windows:
            progress(duration)
        return passages

    def _spoken(
        self,
        audio: Audio,
        words: Sequence[Sequence[Word]],
        regions: Sequence[Sequence[Region]],
        conversation: Conversation,
    ) -> tuple[VoicedWords, dict[str, Any]]:
        """Words by speaker, and what is known about how sure the speakers are."""
        if audio.layout == "two_channel":
            return list(zip(self._sides, words, strict=True)), {"speakers_by": "channel"}
        if self._voices is None or not words[0]:
            return [("unknown", words[0])], {"speakers_by": "none"}
        found = voices.find_voices(audio.channels[0], regions[0], self._voices)
        ordered = sorted(words[0], key=lambda w: w.start)
        if found is None or found.distance < SAME_VOICE:
            groups = [ordered]
        else:
            labels = voices.assign(ordered, found)
            groups = [[w for w, own in zip(ordered, labels, strict=True) if own == voice] for voice in (0, 1)]
            groups = [g for g in groups if g]
        names, lead = _named(groups, conversation)
        sure = {"speakers_by": "voice", "voices": len(groups), "agent_lead": round(lead, 1)}
        if found is not None:
            sure["voice_distance"] = round(found.distance, 3)
        return list(zip(names, groups, strict=True)), sure


def _model_name(folder: Path) -> str:
    """Folder name and, where a manifest tells it, the revision."""
    try:
        revision = json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("revision")
    except (OSError, ValueError, AttributeError):
        revision = None
    return f"{folder.name}@{revision}" if revision else folder.name


def _by_channel(channels: Sequence[Samples], passages: Sequence[Passage]) -> tuple[list[list[Word]], int]:
    kept, removed = [], 0
    for i, samples in enumerate(channels):
        words, dropped = trusted([p for p in passages if p.channel == i], crosstalk.levels(samples))
        kept.append(words)
        removed += dropped
    return kept, removed


def _confidence(passages: Sequence[Passage], words: Sequence[Sequence[Word]]) -> Mapping[str, float | None]:
    """Average log probability of the tokens (weighted by words) and the share of words that are unsure."""
    weights = [len(p.words) for p in passages]
    mean = float(np.average([p.log_probability for p in passages], weights=weights)) if sum(weights) else None
    return {
        "average_log_probability": None if mean is None else round(mean, 4),
        "low_probability_share": round(low_share([w for channel in words for w in channel]), 4),
    }


def _named(groups: Sequence[Sequence[Word]], conversation: Conversation) -> tuple[list[Speaker], float]:
    texts = [" ".join(w.text.strip() for w in group) for group in groups]
    first = min(range(len(groups)), key=lambda i: groups[i][0].start)
    name = conversation.agent.name if conversation.agent else None
    return roles(texts, first, inbound=conversation.direction != "outbound", agent_name=name)
