"""Where somebody speaks: Silero VAD made robust to the narrow band of telephone recordings.

An exchange cuts everything below 300 Hz, the band of the voice's pitch, and Silero then starts turns
late or misses them. Before detection the pitch band is rebuilt (rectifying speech brings its pitch
back, see :func:`with_pitch_band`); Whisper still hears the untouched signal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from transcripts.audio import RATE, Samples, Signal, signal

STRETCH = 120 * RATE  # two minutes at a time, so that memory does not grow with the recording
THRESHOLD = 0.25
PAD = 0.4  # s of sound kept on each side
MIN_SILENCE = 0.3  # s; a shorter pause does not end a region
MIN_SPEECH = 0.15  # s
_PITCH_BAND = (80, 300)  # Hz
_NOTHING = 1e-4  # samples below this do not count for the level
_LEVEL = 0.08  # RMS that detection works at
_PITCH_GAIN = 0.7


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A stretch of speech, in samples."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of samples."""
        return self.end - self.start


def with_pitch_band(sound: Signal) -> Signal:
    """The signal at an even level with the band of the pitch put back."""
    from scipy.signal import butter, sosfilt

    loud = sound[np.abs(sound) > _NOTHING]
    rms = float(np.sqrt(np.mean(np.square(loud)))) if len(loud) else 0.0
    if not rms:
        return sound
    level = sound * (_LEVEL / rms)
    pitch = sosfilt(butter(4, _PITCH_BAND, "bandpass", fs=RATE, output="sos"), np.abs(level))
    return np.asarray(level + _PITCH_GAIN * pitch, np.float32).clip(-1, 1)


def speech_regions(samples: Samples) -> list[Region]:
    """Regions of speech in one channel, in order, not overlapping, padded."""
    found: list[Region] = []
    for first in range(0, len(samples), STRETCH):
        piece = with_pitch_band(signal(samples[first : first + STRETCH]))
        found += [Region(first + r["start"], first + r["end"]) for r in _silero(piece)]
    return merged(found, 0)


def _silero(sound: Signal) -> list[dict[str, int]]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=THRESHOLD,
        min_speech_duration_ms=int(MIN_SPEECH * 1000),
        min_silence_duration_ms=int(MIN_SILENCE * 1000),
        speech_pad_ms=int(PAD * 1000),
    )
    return list(get_speech_timestamps(sound, options))


def merged(regions: Iterable[Region], gap: int) -> list[Region]:
    """Sorted regions; those at most ``gap`` samples apart are joined."""
    out: list[Region] = []
    for region in sorted(regions):
        if out and region.start - out[-1].end <= gap:
            out[-1] = Region(out[-1].start, max(out[-1].end, region.end))
        else:
            out.append(region)
    return out
