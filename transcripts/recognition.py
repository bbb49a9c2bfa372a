"""Regions of speech to words: packed into windows, run through Whisper in batches, timed by word.

Whisper hears best in long windows, so short regions share one: the pauses between them are
cut out and each word is put back to its place in the recording afterwards. Windows of both channels
run in the same batches, sorted by length. No text is carried from window to window, so that an error
stays where it was made.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from transcripts.audio import RATE, Samples, Signal, signal
from transcripts.conversation import Word
from transcripts.voice_activity import Region
from transcripts.whisper import Heard, Whisper

WINDOW = 28 * RATE
LONG = 2 * 3600 * RATE  # samples of all channels above which batches are smaller
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
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
    whisper: Whisper,
    channels: Sequence[Samples],
    windows: Sequence[Window],
    *,
    progress: Progress | None = None,
) -> list[Passage]:
    """Words of all windows. ``progress`` hears the seconds of speech done so far."""
    device = whisper.device
    long = sum(len(channel) for channel in channels) > LONG  # samples fill the memory that batches need
    seconds = device.seconds / 2 if long else device.seconds
    if long:
        _share_freed_memory()
    passages: list[Passage] = []
    done = 0.0
    with ThreadPoolExecutor(device.workers) as pool:
        jobs = {
            pool.submit(_batch, whisper, channels, batch): batch
            for batch in batches(windows, seconds, device.workers)
        }
        try:
            for job in as_completed(jobs):
                passages += job.result()
                done += sum(w.length for w in jobs[job]) / RATE
                if progress is not None:
                    progress(done)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return sorted(passages, key=lambda p: (p.channel, p.words[0].start if p.words else 0.0))


def _share_freed_memory() -> None:
    """Let all threads allocate from one heap: glibc's heap for each thread keeps 200 MB more that are free."""
    with suppress(OSError, AttributeError):  # not every C library has it
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def batches(windows: Sequence[Window], seconds: float, workers: int) -> list[list[Window]]:
    """Windows of like length together, longest first, in batches that keep all workers busy to the end."""
    queue = sorted(windows, key=lambda w: -w.length)
    share = -(-len(queue) // workers)
    out: list[list[Window]] = []
    while queue:
        room = int(seconds * RATE) // max(1, queue[0].length)  # all are padded to the longest
        size = max(1, min(room, share))
        out.append(queue[:size])
        queue = queue[size:]
    return out


def _batch(whisper: Whisper, channels: Sequence[Samples], windows: Sequence[Window]) -> list[Passage]:
    out: list[Passage] = []
    for window, passage in zip(windows, _run(whisper, channels, windows), strict=True):
        if not _failed(passage):
            out.append(passage)
            continue  # what came out looped or garbled is heard again, region by region
        alone = [Window(window.channel, (region,)) for region in window.regions]
        parts = batches(alone, whisper.device.seconds, 1)
        out += [found for part in parts for found in _run(whisper, channels, part)]
    return out


def _failed(passage: Passage) -> bool:
    return passage.compression > LOOP_RATIO or passage.log_probability < UNSURE


def _run(whisper: Whisper, channels: Sequence[Samples], windows: Sequence[Window]) -> list[Passage]:
    heard = whisper.hear([w.sound(channels) for w in windows])
    return [_passage(window, found) for window, found in zip(windows, heard, strict=True)]


def _passage(window: Window, heard: Heard) -> Passage:
    words = []
    for word in heard.words:
        start, end = window.place(word.start, word.end)
        times = round(start, 3), round(end, 3)
        words.append(Word(word.text, *times, round(word.probability, 4), heard.no_speech, heard.language))
    return Passage(
        window.channel,
        tuple(words),
        heard.log_probability,
        heard.no_speech,
        heard.compression,
    )
