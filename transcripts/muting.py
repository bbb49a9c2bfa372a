"""A copy of a recording in which stretches are silent, or a tone."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from transcripts.audio import RATE, Samples
from transcripts.word_times import Stretch

OPUS, WAVE = ".ogg", ".wav"
_TONE_HZ, _TONE_LEVEL = 1000.0, 1600  # -26 dBFS: heard, and not unpleasant
_BITS_A_SECOND = 32_000  # of each channel


def muted(channels: Sequence[Samples], found: Sequence[Stretch], *, beep: bool = False) -> list[Samples]:
    """Copies of the channels, silent in every stretch (on all channels: one hears the other a little)."""
    copies = [channel.copy() for channel in channels]
    for start, end in found:
        first, last = int(start * RATE), min(int(np.ceil(end * RATE)), len(copies[0]))
        for copy in copies:
            copy[first:last] = _tone(last - first) if beep else 0
    return copies


def _tone(length: int) -> Samples:
    angle = 2 * np.pi * _TONE_HZ / RATE * np.arange(max(length, 0))
    return np.asarray(_TONE_LEVEL * np.sin(angle), np.int16)


def write_recording(channels: Sequence[Samples], path: Path) -> None:
    """Write 16 kHz samples as Opus (``.ogg``) or PCM (``.wav``), by the ending of ``path``."""
    if path.suffix == WAVE:
        _write_wave(channels, path)
    else:
        _write_opus(channels, path)


def _write_wave(channels: Sequence[Samples], path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(RATE)
        for first in range(0, len(channels[0]), RATE):
            out.writeframes(np.stack([c[first : first + RATE] for c in channels], 1).tobytes())


def _write_opus(channels: Sequence[Samples], path: Path) -> None:
    import av

    layout = "stereo" if len(channels) > 1 else "mono"
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout=layout)
        stream.bit_rate = _BITS_A_SECOND * len(channels)
        for first in range(0, len(channels[0]), RATE):
            block = np.stack([c[first : first + RATE] for c in channels], 1).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="s16", layout=layout)
            frame.sample_rate, frame.pts = RATE, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
