"""Decoding of recordings: every file becomes 16 kHz samples by channel, or one clear refusal.

Samples stay 16-bit integers: a two-hour call on two channels takes 460 MB, and only the piece that is
being worked on is turned into floats. Recordings over four hours are refused.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av.container import InputContainer

Samples = npt.NDArray[np.int16]
Signal = npt.NDArray[np.float32]
Layout = Literal["two_channel", "mono", "dual_mono", "one_sided"]

RATE = 16_000
MAX_HOURS = 4
LEAST_SECONDS = 3  # of a recording that is cut off
REFUSED = {"g729": "G.729", "g723_1": "G.723.1"}
AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".mp4", ".aac"})
_STEREO = 2
_FULL_SCALE = 32700
_SAME = 0.995  # correlation of channels that hold the same signal
_SILENT = 33  # peak of a dead channel: -60 dBFS
_OPEN_ENDED = (0, 0xFFFFFFFF)  # sizes that a program writes when it does not know the length yet
_WAVE_HEADER = 12
_OGG_HEADER = 27


class AudioError(ValueError):
    """A recording that cannot be transcribed.

    Attributes:
        code: short stable identifier, such as ``truncated_audio``.
        message: one sentence in Polish: what is wrong with which file.
        remedy: one sentence in Polish: what to do about it.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording: one or two channels of equal length at 16 kHz.

    ``layout`` tells what was found: ``two_channel`` (two different signals), ``mono``, ``dual_mono``
    (the same signal twice) or ``one_sided`` (the other channel dead); only the first keeps two channels.
    ``damage`` says why the recording ends before its time; what comes before it is whole.
    ``clipped`` (0..1) is the share of samples at full scale, of the worse channel.
    """

    channels: tuple[Samples, ...]
    layout: Layout
    damage: AudioError | None = None
    clipped: float = 0.0

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.channels[0]) / RATE


def signal(samples: Samples) -> Signal:
    """Samples as floats between -1 and 1, without constant offset."""
    if not len(samples):
        return np.zeros(0, np.float32)
    floats = samples.astype(np.float32) / 32768
    return np.asarray(floats - floats.mean(), np.float32)


def decode(path: Path) -> Audio:
    """Read wav (PCM, A-law, mu-law), mp3, ogg/opus, flac or m4a.

    A recording whose end is missing is read up to there when that is at least ``LEAST_SECONDS``.

    Raises:
        AudioError: empty, cut off near its beginning, in a codec that is refused, too long, unreadable or no
            recording at all.
    """
    cut = _is_cut(path)
    channels, whole = _read_channels(path)
    if not channels or not len(channels[0]):
        if cut:
            raise _truncated(path)
        raise AudioError(
            "empty_audio",
            f"Nagranie {path.name} nie zawiera ani jednej próbki dźwięku.",
            "Wyeksportuj je ponownie z centrali.",
        )
    damage = _truncated(path, len(channels[0]) / RATE) if cut or not whole else None
    if damage and len(channels[0]) < LEAST_SECONDS * RATE:
        raise damage
    clipped = max(_clipped(channel) for channel in channels)
    return dataclasses.replace(_arrange(channels), damage=damage, clipped=round(clipped, 5))


def _is_cut(path: Path) -> bool:
    """Whether the file is shorter than its headers say."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_OGG_HEADER)
    except OSError as error:
        raise AudioError(
            "unreadable_file",
            f"Nie można odczytać nagrania {path.name}: {error.strerror}.",
            "Sprawdź ścieżkę i prawa dostępu.",
        ) from error
    if not size:
        raise AudioError(
            "empty_file", f"Plik {path.name} jest pusty (0 bajtów).", "Pobierz nagranie ponownie."
        )
    return (head[:4] == b"RIFF" and _wave_cut(path, size)) or (head[:4] == b"OggS" and _ogg_cut(path, size))


def _clipped(samples: Samples) -> float:
    """Share of samples at full scale."""
    step = 60 * RATE  # a minute at a time keeps memory flat
    parts = (samples[first : first + step] for first in range(0, len(samples), step))
    count = sum(int(np.count_nonzero((p >= _FULL_SCALE) | (p <= -_FULL_SCALE))) for p in parts)
    return count / len(samples) if len(samples) else 0.0


def _truncated(path: Path, seconds: float | None = None) -> AudioError:
    until = "" if seconds is None else f" Odczytano {int(seconds) // 60}:{int(seconds) % 60:02d} min."
    return AudioError(
        "truncated_audio",
        f"Nagranie {path.name} jest ucięte: plik jest krótszy, niż zapowiada jego nagłówek.{until}",
        "Skopiuj je ponownie ze źródła.",
    )


def _wave_cut(path: Path, size: int) -> bool:
    """Whether the data chunk of a WAV file ends after the file."""
    with path.open("rb") as file:
        file.seek(_WAVE_HEADER)
        while len(chunk := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", chunk)
            if name == b"data":
                return length not in _OPEN_ENDED and file.tell() + length > size + 1
            file.seek(length + length % 2, 1)
    return True


def _ogg_cut(path: Path, size: int) -> bool:
    """Whether the last page of an Ogg file is incomplete."""
    tail = min(size, 1 << 17)  # a page has at most 65 kB
    with path.open("rb") as file:
        file.seek(size - tail)
        block = file.read()
    at = block.rfind(b"OggS")
    if at < 0 or len(block) < at + _OGG_HEADER:
        return True
    segments = block[at + 26]
    lacing = block[at + _OGG_HEADER : at + _OGG_HEADER + segments]
    return len(lacing) < segments or len(block) < at + _OGG_HEADER + segments + sum(lacing)


def _read_channels(path: Path) -> tuple[tuple[Samples, ...], bool]:
    """The channels, and whether they are as long as the container says."""
    import av

    try:
        with av.open(str(path), mode="r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise _not_audio(path)
            _refuse_codec(path, container.streams.audio[0].codec_context.name)
            channels = _collected(_resampled(path, container))
            declared = _declared_seconds(container)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, AudioError):
            raise
        raise _not_audio(path) from error
    if not channels:
        return (), True
    whole = declared is None or len(channels[0]) / RATE >= min(declared - 1, declared * 0.98)
    return channels, whole


def _collected(parts: Iterable[Samples]) -> tuple[Samples, ...]:
    """The channels of all parts; grown in place, since a long call twice would be too much memory."""
    buffers: list[bytearray] = []
    for part in parts:
        buffers = buffers or [bytearray() for _ in part]
        for buffer, channel in zip(buffers, part, strict=True):
            buffer.extend(channel.tobytes())
    return tuple(np.frombuffer(buffer, np.int16) for buffer in buffers)


def _refuse_codec(path: Path, codec: str) -> None:
    """Codecs at 8 kbit/s and below leave too little of the voice for recognition to be trusted."""
    if codec in REFUSED:
        raise AudioError(
            "unsupported_codec",
            f"Nagranie {path.name} jest w kodeku {REFUSED[codec]}, który traci za dużo mowy, "
            "by zapis był wiarygodny.",
            "Ustaw w centrali zapis jako wav (PCM, A-law, mu-law) albo ogg/opus.",
        )


def _declared_seconds(container: InputContainer) -> float | None:
    """Length by the header; formats that only estimate it from the bit rate give None."""
    stream = container.streams.audio[0]
    if container.format.name in {"mp3", "aac"} or stream.duration is None or stream.time_base is None:
        return None
    return float(stream.duration * stream.time_base)


def _not_audio(path: Path) -> AudioError:
    return AudioError(
        "not_audio",
        f"Plik {path.name} nie jest nagraniem, które da się odczytać, albo jest uszkodzony.",
        "Wyeksportuj je jako wav (PCM, A-law, mu-law), mp3, ogg/opus, flac albo m4a.",
    )


def _resampled(path: Path, container: InputContainer) -> Iterator[Samples]:
    """Pieces of shape (channels, samples); one channel unless the file has exactly two."""
    import av

    stereo = container.streams.audio[0].codec_context.channels == _STEREO
    resampler = av.AudioResampler(format="s16p", layout="stereo" if stereo else "mono", rate=RATE)
    total = 0
    for frame in _frames(container):
        for part in resampler.resample(frame):
            total += part.samples
            if total > MAX_HOURS * 3600 * RATE:
                raise AudioError(
                    "too_long",
                    f"Nagranie {path.name} trwa ponad {MAX_HOURS} godziny.",
                    "Podziel je na krótsze części.",
                )
            yield part.to_ndarray()


def _frames(container: InputContainer) -> Iterator[Any]:
    """Decoded frames without those that cannot be decoded, then None to flush the resampler."""
    import av

    for packet in container.demux(audio=0):
        with suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                frame.pts = None  # wrong time stamps are common and of no use here
                yield frame
    yield None


def _arrange(channels: tuple[Samples, ...]) -> Audio:
    """Tell real two-channel recordings from one signal written to two channels."""
    if len(channels) < _STEREO:
        return Audio(channels, "mono")
    left, right = channels
    alive = [c for c in channels if _peak(c) > _SILENT]
    if len(alive) == 1:
        return Audio((alive[0],), "one_sided")
    if _correlation(left, right) > _SAME:
        return Audio((left,), "dual_mono")
    return Audio(channels, "two_channel")


def _peak(samples: Samples) -> int:
    return max(int(samples.max()), -int(samples.min()))


def _correlation(left: Samples, right: Samples) -> float:
    """Correlation of the channels over at most 8 million samples spread over the recording."""
    step = len(left) // 8_000_000 + 1
    a, b = signal(left[::step]), signal(right[::step])
    scale = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / scale if scale else 1.0
