"""Regions of speech to words: packed into windows, run through Whisper in batches, timed by word.

A Whisper window always costs the encoder 30 s, so short regions share one: the pauses between them are
cut out and each word is put back to its place in the recording afterwards. Windows of both channels
run in the same batches, sorted by length. No text is carried from window to window, so that an error
stays where it was made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from transcripts.audio import RATE, Samples, Signal, signal
from transcripts.conversation import Word
from transcripts.voice_activity import Region

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

WINDOW = 28 * RATE
BATCH = 8
LOOP_RATIO = 2.4  # text that compresses better than this repeats itself
UNSURE = -1.0  # average log probability below which a window is heard again
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Window:
    """Regions of one channel that share a pass of the model."""

    channel: int
    regions: tuple[Region, ...]

    @property
    def length(self) -> int:
        """Number of samples without the pauses between regions."""
        return sum(r.length for r in self.regions)

    def sound(self, channels: Sequence[Samples]) -> Signal:
        """The regions, joined."""
        return signal(np.concatenate([channels[self.channel][r.start : r.end] for r in self.regions]))

    def place(self, start: float, end: float) -> tuple[float, float]:
        """Seconds within the window to seconds of the recording; a word lies in one region."""
        begins = np.cumsum([0, *(r.length for r in self.regions)])
        at = int(np.searchsorted(begins, (start + end) / 2 * RATE, side="right")) - 1
        at = min(max(at, 0), len(self.regions) - 1)
        region, shift = self.regions[at], self.regions[at].start - int(begins[at])
        low, high = region.start / RATE, region.end / RATE
        begin, finish = float(start) + shift / RATE, float(end) + shift / RATE
        return min(max(begin, low), high), min(max(finish, low), high)


@dataclass(frozen=True, slots=True)
class Passage:
    """What the model heard in one window.

    ``log_probability`` is the average over tokens, ``no_speech`` the model's own doubt (0..1) and
    ``compression`` the ratio by which the text compresses.
    """

    channel: int
    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    compression: float


def split(region: Region, samples: Samples, longest: int = WINDOW) -> list[Region]:
    """A region no longer than ``longest``, or its parts, cut where it is quietest."""
    if region.length <= longest:
        return [region]
    low, high = region.start + longest // 2, region.start + longest
    step = min(RATE // 10, longest // 2)
    frames = np.abs(samples[low:high].astype(np.int32))[: (high - low) // step * step].reshape(-1, step)
    cut = low + (int(frames.sum(axis=1).argmin())) * step + step // 2
    return [Region(region.start, cut), *split(Region(cut, region.end), samples, longest)]


def packed(channel: int, regions: Iterable[Region], samples: Samples, longest: int = WINDOW) -> list[Window]:
    """Windows of at most ``longest`` samples that hold all regions in order."""
    windows: list[Window] = []
    current: list[Region] = []
    for region in (part for r in regions for part in split(r, samples, longest)):
        if current and sum(r.length for r in current) + region.length > longest:
            windows.append(Window(channel, tuple(current)))
            current = []
        current.append(region)
    if current:
        windows.append(Window(channel, tuple(current)))
    return windows


def recognise(
    model: WhisperModel,
    channels: Sequence[Samples],
    windows: Sequence[Window],
    *,
    beam_size: int,
    progress: Progress | None = None,
) -> list[Passage]:
    """Words of all windows. ``progress`` hears the seconds of speech done so far."""
    passages: list[Passage] = []
    done = 0.0
    queue = sorted(windows, key=lambda w: w.length)
    for first in range(0, len(queue), BATCH):
        batch = queue[first : first + BATCH]
        for window, passage in zip(batch, _run(model, channels, batch, beam_size), strict=True):
            passages += _again(model, channels, window, beam_size) if _failed(passage) else [passage]
        done += sum(w.length for w in batch) / RATE
        if progress is not None:
            progress(done)
    return passages


def _failed(passage: Passage) -> bool:
    return passage.compression > LOOP_RATIO or passage.log_probability < UNSURE


def _again(model: WhisperModel, channels: Sequence[Samples], window: Window, beam_size: int) -> list[Passage]:
    """A window that came out looped or garbled, heard region by region."""
    alone = [Window(window.channel, (region,)) for region in window.regions]
    return list(_run(model, channels, alone, beam_size))


def _run(
    model: WhisperModel, channels: Sequence[Samples], windows: Sequence[Window], beam_size: int
) -> Iterator[Passage]:
    from faster_whisper import BatchedInferencePipeline

    sounds = [w.sound(channels) for w in windows]
    ends = np.cumsum([len(s) for s in sounds])
    begins = [0.0, *(ends[:-1] / RATE)]
    clips = [{"start": b, "end": e / RATE} for b, e in zip(begins, ends, strict=True)]
    segments, _info = BatchedInferencePipeline(model).transcribe(
        np.concatenate(sounds),
        language="pl",
        beam_size=beam_size,
        batch_size=BATCH,
        clip_timestamps=clips,
        word_timestamps=True,
        without_timestamps=True,
    )
    heard: list[list[Any]] = [[] for _ in windows]
    for segment in segments:  # ``seek`` is the begin of its clip in hundredths, rounded down
        heard[bisect_right(begins, segment.seek / 100 + 0.0101) - 1].append(segment)
    for window, begin, parts in zip(windows, begins, heard, strict=True):
        yield _passage(window, begin, parts)


def _passage(window: Window, begin: float, segments: Sequence[Any]) -> Passage:
    words = []
    for word in (w for s in segments for w in s.words or ()):
        start, end = window.place(word.start - begin, word.end - begin)
        words.append(Word(word.word, round(start, 3), round(end, 3), round(float(word.probability), 4)))
    if not segments:
        return Passage(window.channel, (), 0.0, 1.0, 0.0)
    return Passage(
        window.channel,
        tuple(words),
        float(np.mean([s.avg_logprob for s in segments])),
        float(max(s.no_speech_prob for s in segments)),
        float(max(s.compression_ratio for s in segments)),
    )
