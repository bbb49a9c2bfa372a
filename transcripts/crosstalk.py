"""Gate against crosstalk: what leaks from the other side of a two-channel call is silenced.

Leaked speech is the same words at a far lower level and up to 100 ms late. Whisper transcribes it at
-40 dB without trouble, which would put every sentence into both speakers' mouths. A frame is closed
when the other channel is louder by about as much as its leak was measured to be, and its own speaker,
at the level usual for them, does not talk nearby; a quiet speaker therefore stays open, and talk over
each other is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from transcripts.audio import RATE, Samples
from transcripts.voice_activity import Region

Levels = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

FRAME = RATE // 50  # 20 ms
LEAK_DB = 24.0
BELOW_OWN_DB = 18.0
NEVER_QUIETER_DB = 30.0  # a channel this far below the other holds no speaker of its own
OWN_SPEECH_DB = 24.0
_TALKING_DB = 12.0  # frames this close to a side's level are speech
_LEAK_SPREAD_DB = 8.0
_LEAST_LEAK_DB = 15.0
_OVER_NOISE_DB = 15.0
_LEAST_FRAMES = 15  # 0.3 s of own speech
_DELAY_FRAMES = 6  # leaked speech comes up to 120 ms late, or early on a skewed recording
_HANGOVER_FRAMES = 8  # the gate stays open 160 ms around own speech
_FLOOR_DB = -90.0
_NOISE_FRAMES = 500  # ten seconds of noise, repeated


def levels(samples: Samples) -> Levels:
    """RMS level of each 20 ms frame in dB relative to full scale."""
    count = len(samples) // FRAME
    out = np.empty(count, np.float32)
    step = 3000  # one minute at a time keeps memory flat
    for first in range(0, count, step):
        last = min(first + step, count)
        frames = samples[first * FRAME : last * FRAME].reshape(-1, FRAME).astype(np.float32) / 32768
        frames -= frames.mean(axis=1, keepdims=True)
        power = np.square(frames).mean(axis=1)
        out[first:last] = 10 * np.log10(power + 10 ** (_FLOOR_DB / 10))
    return out


def speech_level(level: Levels) -> float:
    """The level at which this channel's own speaker talks: near the loudest frames, clicks left out."""
    return float(np.percentile(level, 97)) if len(level) else _FLOOR_DB


def closed_frames(own: Levels, other: Levels) -> Mask:
    """Frames of ``own`` that hold nothing but crosstalk from ``other``."""
    from scipy.ndimage import maximum_filter1d

    if not len(own):
        return np.zeros(0, np.bool_)
    loudest = maximum_filter1d(other, 2 * _DELAY_FRAMES + 1)
    overpowered = own < loudest - leak_distance(own, other, loudest)
    if speech_level(own) < speech_level(other) - NEVER_QUIETER_DB:
        return np.asarray(overpowered, np.bool_)
    said = own[~overpowered & (own > np.percentile(own, 10) + _OVER_NOISE_DB)]
    if len(said) < _LEAST_FRAMES:  # nobody speaks here, or hardly over the noise: only what leaks is closed
        return np.asarray(overpowered, np.bool_)
    voiced = own >= np.percentile(said, 92) - BELOW_OWN_DB
    near_speech = maximum_filter1d(voiced.astype(np.uint8), 2 * _HANGOVER_FRAMES + 1) > 0
    return np.asarray(overpowered & ~near_speech, np.bool_)


def leak_distance(own: Levels, other: Levels, loudest: Levels) -> float:
    """How many dB below the other side its leak still counts as a leak.

    The leak itself is measured where the other side talks: there its own side is mostly silent.
    """
    talking = other >= speech_level(other) - _TALKING_DB
    if not talking.any():
        return LEAK_DB
    leak = float(np.median((loudest - own)[talking]))
    return float(np.clip(leak - _LEAK_SPREAD_DB, _LEAST_LEAK_DB, LEAK_DB))


def gated(samples: Samples, level: Levels, closed: Mask) -> Samples:
    """The samples, whose closed frames now hold noise at the floor of the line.

    Written in place: a copy of a long call would take too much memory. Digital silence would upset the
    speech detector: after it, Silero misses the next words.
    """
    if closed.any():
        amplitude = 32768 * 10 ** (float(np.percentile(level, 10)) / 20)
        frames = samples[: len(closed) * FRAME].reshape(-1, FRAME)
        noise = np.random.default_rng(0).normal(0, max(amplitude, 1), (_NOISE_FRAMES, FRAME))
        noise = noise.round().astype(np.int16)
        places = np.flatnonzero(closed)
        for first in range(0, len(places), _NOISE_FRAMES):
            part = places[first : first + _NOISE_FRAMES]
            frames[part] = noise[: len(part)]
    return samples


def gate(left: Samples, right: Samples) -> tuple[Samples, Samples]:
    """Both channels, which are changed in place, without each other's crosstalk."""
    a, b = levels(left), levels(right)
    return gated(left, a, closed_frames(a, b)), gated(right, b, closed_frames(b, a))


def own_speech(regions: Iterable[Region], samples: Samples) -> list[Region]:
    """Regions as loud as the channel's own speaker can be; what the gate left of the other side goes.

    Measured on 22 channels: own speech is at most 19 dB below the channel's level, a rest at least 28 dB.
    """
    level = levels(samples)
    least = speech_level(level) - OWN_SPEECH_DB
    return [r for r in regions if _loud_part(level[r.start // FRAME : r.end // FRAME]) >= least]


def _loud_part(level: Levels) -> float:
    return float(np.percentile(level, 90)) if len(level) else _FLOOR_DB
