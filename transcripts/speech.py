"""Recordings to conversations: who said what and when, with figures that say how far to trust it.

Two-channel calls: crosstalk is gated out, each channel's speech is found and recognised on its own, and
the speaker is the channel. One-channel calls: the speaker comes from the voice when a speaker encoder is
given, and is ``unknown`` where that or the decision who is the agent is not sure.
Memory: 16-bit samples of the whole recording (230 MB an hour of two channels), kept once; 250 MB for the
speech detector and the libraries, 350 to 700 MB for Whisper base and its batches.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from transcripts import crosstalk
from transcripts.audio import RATE, Audio, AudioError, Samples, decode
from transcripts.call_metrics import SILENCE, call_metrics
from transcripts.conversation import Conversation, Speaker, Word
from transcripts.glossary import Glossary
from transcripts.hold_sounds import hold_sounds
from transcripts.reading import Recording
from transcripts.recognition import Passage, packed, recognise
from transcripts.speakers import VoicedWords, VoiceSeparation, by_channel
from transcripts.speech_turns import spoken_turns, trusted
from transcripts.trust import call_trust, turn_trust
from transcripts.voice_activity import Region, speech_regions
from transcripts.whisper import Whisper
from transcripts.word_times import WORDS, word_times

__all__ = ["AudioError", "Transcriber"]

Progress = Callable[[float], None]
_REVISION = 2  # raise it whenever the same recording would give other turns
_CLIPPED = 0.001  # share of samples at full scale that is worth a word
TOGETHER = 15 * 60 * RATE  # samples of recordings that share batches


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A recording whose speech is found. ``channels`` are gated, ``regions`` belong to them in order."""

    recording: Recording
    audio: Audio
    channels: tuple[Samples, ...]
    regions: tuple[list[Region], ...]

    @property
    def length(self) -> int:
        return len(self.channels[0])


class Transcriber:
    """Speech recognition with one Whisper model, loaded at the first recording.

    Args:
        model: folder of a faster-whisper model.
        threads: CPU threads; 0 takes all cores.
        beam_size: 5 is the measured best; 1 is faster and hears less.
        voices: folder of the model ``voice-encoder``; without it one-channel calls have no speakers.
        voice_count: how many people speak in a one-channel call.
        left: who speaks on the left channel.
        silence: shortest silence in seconds that counts in the call metrics.
        glossary: names that are put right by their sound, see :mod:`transcripts.glossary`.
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int = 0,
        beam_size: int = 5,
        voices: Path | None = None,
        voice_count: int = 2,
        left: Speaker = "agent",
        silence: float = SILENCE,
        glossary: Sequence[str] = (),
    ) -> None:
        self._whisper = Whisper(model, threads=threads, beam_size=beam_size)
        self._voices = VoiceSeparation(voices, voice_count) if voices else None
        self._silence = silence
        self._glossary = Glossary(glossary)
        self._sides: tuple[Speaker, Speaker] = (
            ("agent", "customer") if left == "agent" else ("customer", "agent")
        )
        diarization = f"voices{voice_count}" if voices else "no-voices"
        self.model_name = _model_name(model)
        self.version = (
            f"speech-{_REVISION}/{self.model_name}/beam{beam_size}/{diarization}/left-{left}"
            f"/silence{silence:g}/glossary-{crc32(repr(tuple(glossary)).encode()):x}"
        )

    def transcribe(self, recording: Recording, progress: Progress | None = None) -> Conversation:
        """The recording's conversation with turns and, as metadata, ``speech``, ``call_metrics`` and ``words``.

        ``progress`` hears how many seconds of the recording are done.

        Raises:
            AudioError: the file is no recording that can be transcribed.
        """
        return next(self._recognised([self._prepared(recording)], progress))

    def transcribe_many(
        self, recordings: Iterable[Recording], progress: Progress | None = None
    ) -> Iterator[Conversation | AudioError]:
        """A conversation, or why there is none, for each recording in order.

        Recordings of up to 15 minutes together share batches, which keeps all cores busy to the end.
        ``progress`` hears how many seconds of such a group are done.
        """
        group: list[_Prepared | AudioError] = []
        for recording in recordings:
            try:
                item: _Prepared | AudioError = self._prepared(recording)
            except AudioError as error:
                item = error
            size = sum(p.length for p in [*group, item] if isinstance(p, _Prepared))
            if group and size > TOGETHER:
                yield from self._answers(group, progress)
                group = []
            group.append(item)
        yield from self._answers(group, progress)

    def _answers(
        self, group: Sequence[_Prepared | AudioError], progress: Progress | None
    ) -> Iterator[Conversation | AudioError]:
        done = self._recognised([p for p in group if isinstance(p, _Prepared)], progress)
        for item in group:
            yield item if isinstance(item, AudioError) else next(done)

    def _prepared(self, recording: Recording) -> _Prepared:
        audio = decode(recording.path)
        channels = audio.channels
        if audio.layout == "two_channel":
            channels = crosstalk.gate(*channels)
        regions = tuple(speech_regions(channel) for channel in channels)
        if audio.layout == "two_channel":
            regions = tuple(crosstalk.own_speech(r, c) for r, c in zip(regions, channels, strict=True))
        return _Prepared(recording, audio, channels, regions)

    def _recognised(self, group: Sequence[_Prepared], progress: Progress | None) -> Iterator[Conversation]:
        """All recordings' windows in common batches, then each recording put together."""
        channels = [channel for item in group for channel in item.channels]
        regions = [found for item in group for found in item.regions]
        windows = [w for i, found in enumerate(regions) for w in packed(i, found, channels[i])]
        duration = sum(item.audio.duration for item in group)
        total = sum(w.length for w in windows) / RATE or 1.0

        def tell(done: float) -> None:
            if progress is not None:
                progress(duration * min(1.0, done / total))

        passages = recognise(self._whisper, channels, windows, progress=tell)
        tell(total)
        first = 0
        for item in group:
            last = first + len(item.channels)
            yield self._conversation(item, [_of_channel(passages, i) for i in range(first, last)])
            first = last

    def _conversation(self, item: _Prepared, passages: Sequence[Sequence[Passage]]) -> Conversation:
        """``passages``: what was heard in each channel."""
        audio, conversation = item.audio, item.recording.conversation
        words, removed = _trusted(item.channels, passages)
        corrected = [self._glossary.corrected(sorted(own, key=lambda w: w.start)) for own in words]
        words = [own for own, _count in corrected]
        spoken, speakers = self._spoken(item, words)
        turns = spoken_turns(spoken)
        facts: dict[str, Any] = {
            "model": self.model_name,
            "version": self.version,
            "layout": audio.layout,
            "duration": round(audio.duration, 2),
            **_sound(audio),
            "speech_seconds": round(sum(r.length for found in item.regions for r in found) / RATE, 2),
            **call_trust(
                list(itertools.chain(*passages)), [w for channel in words for w in channel], removed
            ),
            "corrected_names": sum(count for _own, count in corrected),
            **speakers,
            "turns": turn_trust(turns),
        }
        plain = tuple(s.turn for s in turns)
        metadata = {**conversation.metadata, "speech": facts, WORDS: word_times(turns)}
        metadata["call_metrics"] = call_metrics(
            plain, audio.duration, threshold=self._silence, sounds=hold_sounds(item.channels, plain)
        )
        return dataclasses.replace(conversation, turns=plain, metadata=metadata)

    def _spoken(self, item: _Prepared, words: Sequence[Sequence[Word]]) -> tuple[VoicedWords, dict[str, Any]]:
        """Words by speaker, and what is known about how sure the speakers are."""
        if item.audio.layout == "two_channel":
            return by_channel(self._sides, words, item.recording.conversation)
        if self._voices is None or not words[0]:
            return [("unknown", words[0])], {"speakers_by": "none"}
        return self._voices.voiced(item.channels[0], item.regions[0], words[0], item.recording.conversation)


def _sound(audio: Audio) -> dict[str, Any]:
    """What is wrong with the sound, if anything: ``damage`` (the end is missing) and ``clipped`` samples."""
    facts: dict[str, Any] = {}
    if audio.damage:
        facts["damage"] = {"code": audio.damage.code, "until": round(audio.duration, 2)}
    if audio.clipped > _CLIPPED:
        facts["clipped"] = audio.clipped
    return facts


def _of_channel(passages: Iterable[Passage], channel: int) -> list[Passage]:
    return [p for p in passages if p.channel == channel]


def _trusted(
    channels: Sequence[Samples], passages: Sequence[Sequence[Passage]]
) -> tuple[list[list[Word]], Counter[str]]:
    kept, removed = [], Counter[str]()
    for samples, heard in zip(channels, passages, strict=True):
        words, dropped = trusted(heard, crosstalk.levels(samples))
        kept.append(words)
        removed.update(dropped)
    return kept, removed


def _model_name(folder: Path) -> str:
    """Folder name and, where a manifest tells it, the revision."""
    try:
        revision = json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("revision")
    except (OSError, ValueError, AttributeError):
        revision = None
    return f"{folder.name}@{revision}" if revision else folder.name
