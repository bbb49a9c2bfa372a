"""How loud a recording is over time, coarse enough to draw and to keep: no speech can be made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transcripts.audio import AudioError

if TYPE_CHECKING:
    from av.container import InputContainer

Peaks = npt.NDArray[np.float32]

FINEST = 20  # peaks a second, before they are joined to levels
MOST = 1_200  # levels of a channel: more than a screen has room for
TOP = 100
_QUIET = 0.02  # full scale of a channel that holds next to nothing, so that noise does not look like speech
_STEREO = 2


@dataclass(frozen=True, slots=True)
class Waveform:
    """The levels 0..100 of each channel, at even distances over ``seconds``; each channel's loudest is about 100."""

    seconds: float
    channels: tuple[tuple[int, ...], ...]


def waveform(stream: IO[bytes], most: int = MOST) -> Waveform:
    """Read a recording from its beginning to its end, a piece at a time.

    Raises:
        AudioError: it holds no sound that can be decoded.
    """
    seconds, peaks = _peaks(stream)
    if not seconds:
        raise AudioError(
            "not_audio", "Tego nagrania nie da się odczytać.", "Sprawdź, czy plik nie jest uszkodzony."
        )
    return Waveform(round(seconds, 3), tuple(_levels(channel, most) for channel in peaks))


def _levels(peaks: Peaks, most: int) -> tuple[int, ...]:
    """At most so many levels: each the loudest of as many peaks, and they cover the whole evenly."""
    edges = np.linspace(0, len(peaks), min(most, len(peaks)), endpoint=False).astype(int)
    loudest = np.maximum.reduceat(peaks, edges)
    top = max(float(loudest.max()), _QUIET)
    return tuple(int(level) for level in np.rint(TOP * loudest / top))


def _peaks(stream: IO[bytes]) -> tuple[float, Peaks]:
    """The length in seconds, and ``FINEST`` peaks of each second by channel; up to a fault, where there is one."""
    import av

    found: list[Peaks] = []
    seconds = 0.0
    with suppress(av.error.FFmpegError, ValueError), av.open(stream, metadata_errors="ignore") as container:
        rate = container.streams.audio[0].rate if container.streams.audio else 0
        for piece in _joined(_pieces(container), rate):
            seconds += piece.shape[1] / rate
            edges = np.arange(0, piece.shape[1], max(1, rate // FINEST))
            found.append(np.maximum.reduceat(piece, edges, axis=1))
    return seconds, np.concatenate(found, 1) if found else np.zeros((0, 0), np.float32)


def _joined(pieces: Iterable[Peaks], rate: int) -> Iterator[Peaks]:
    """The same in pieces of a second, but for the last: frames are short, and each step costs the same."""
    held: list[Peaks] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += piece.shape[1]
        if size >= rate:
            joined = np.concatenate(held, 1)
            held, size = [joined[:, rate:]], size - rate
            yield joined[:, :rate]
    if size:
        yield np.concatenate(held, 1)


def _pieces(container: InputContainer) -> Iterator[Peaks]:
    """Loudness of decoded frames, of shape (channels, samples); one channel unless there are exactly two."""
    import av

    if not container.streams.audio:
        return
    stereo = container.streams.audio[0].codec_context.channels == _STEREO
    resampler = av.AudioResampler(format="fltp", layout="stereo" if stereo else "mono")
    for packet in container.demux(audio=0):
        with suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                frame.pts = None  # wrong time stamps are common and of no use here
                for part in resampler.resample(frame):
                    yield np.abs(part.to_ndarray())
