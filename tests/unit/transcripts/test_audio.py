"""Decoding: every supported format, and one clear refusal for everything else."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from transcripts.audio import RATE, AudioError, decode, signal

Samples = npt.NDArray[np.int16]
SECONDS = 3.0


def tone(hertz: float, *, seconds: float = SECONDS, rate: int = 8000, level: float = 0.3) -> Samples:
    time = np.arange(int(seconds * rate)) / rate
    return np.asarray(np.sin(2 * np.pi * hertz * time) * level * 32767, np.int16)


def write(
    path: Path, channels: list[Samples], codec: str, *, rate: int = 8000, container: str | None = None
) -> Path:
    """Encode channels with PyAV."""
    layout = "stereo" if len(channels) == 2 else "mono"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.stack(channels, 1).reshape(1, -1).copy(), format="s16", layout=layout
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            stream.codec_context.format, layout, rate, stream.codec_context.frame_size or None
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("pcm.wav", "pcm_s16le", 8000),
        ("alaw.wav", "pcm_alaw", 8000),
        ("mulaw.wav", "pcm_mulaw", 8000),
        ("rozmowa.mp3", "libmp3lame", 16000),
        ("rozmowa.opus", "libopus", 48000),
        ("rozmowa.ogg", "libopus", 16000),
        ("rozmowa.flac", "flac", 8000),
        ("rozmowa.m4a", "aac", 44100),
    ],
)
def test_two_channels_stay_apart_in_every_format(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = write(tmp_path / name, [tone(500, rate=rate), tone(1500, rate=rate)], codec, rate=rate)
    audio = decode(path)
    assert audio.layout == "two_channel"
    assert audio.duration == pytest.approx(SECONDS, abs=0.15)
    for channel, hertz in zip(audio.channels, (500, 1500), strict=True):
        middle = channel[RATE : 2 * RATE].astype(float)
        assert np.abs(np.fft.rfft(middle)).argmax() == pytest.approx(hertz, abs=2)


def test_layouts(tmp_path: Path) -> None:
    voice, dead = tone(440), np.zeros(24000, np.int16)
    assert decode(write(tmp_path / "1.wav", [voice], "pcm_s16le")).layout == "mono"
    assert decode(write(tmp_path / "2.wav", [voice, voice], "pcm_s16le")).layout == "dual_mono"
    sided = decode(write(tmp_path / "3.wav", [dead, voice], "pcm_s16le"))
    assert sided.layout == "one_sided"
    assert np.abs(sided.channels[0]).max() > 1000
    assert len(decode(write(tmp_path / "4.wav", [dead, dead], "pcm_s16le")).channels) == 1


def _code(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        decode(path)
    assert path.name in caught.value.message
    assert caught.value.remedy.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".ogg", ".flac", ".m4a"])
def test_text_and_rubbish_under_an_audio_name(tmp_path: Path, suffix: str) -> None:
    text, rubbish, empty = (tmp_path / f"{n}{suffix}" for n in ("żółw", "śmieci", "pusty"))
    text.write_text("Dzień dobry, w czym mogę pomóc?\n" * 200, encoding="utf-8")
    rubbish.write_bytes(np.random.default_rng(1).bytes(20_000))
    empty.touch()
    assert _code(text) in {"not_audio", "empty_audio"}
    assert _code(rubbish) in {"not_audio", "empty_audio"}
    assert _code(empty) == "empty_file"


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.opus", "libopus"), ("a.mp3", "libmp3lame")],
)
def test_what_comes_before_the_damage_is_read(tmp_path: Path, name: str, codec: str) -> None:
    rate = 48000
    noise = np.random.default_rng(2).integers(-9000, 9000, rate * 12, dtype=np.int16)
    path = write(tmp_path / name, [noise], codec, rate=rate)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    audio = decode(path)
    assert audio.duration == pytest.approx(6, abs=1.5)
    if name != "a.mp3":  # an mp3 does not say how long it is
        assert audio.damage is not None
        assert audio.damage.code == "truncated_audio"
        assert "Odczytano 0:0" in audio.damage.message


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [("a.wav", "pcm_s16le", 0.1), ("a.opus", "libopus", 0.1), ("a.m4a", "aac", 0.5)],
)
def test_a_file_cut_near_its_beginning_is_refused(tmp_path: Path, name: str, codec: str, kept: float) -> None:
    noise = np.random.default_rng(2).integers(-9000, 9000, 48000 * 12, dtype=np.int16)
    path = write(tmp_path / name, [noise], codec, rate=48000)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert _code(path) in {"truncated_audio", "not_audio"}  # an m4a keeps its index at the end


def test_g729_is_refused_with_a_remedy(tmp_path: Path) -> None:
    fmt = struct.pack("<HHIIHHHI", 0x83, 1, 8000, 1000, 10, 0, 2, 0)
    data = bytes(1000)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data)) + data
    path = tmp_path / "g729.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with pytest.raises(AudioError, match=r"G\.729") as caught:
        decode(path)
    assert caught.value.code == "unsupported_codec"
    assert "A-law" in caught.value.remedy


def test_clipping_is_measured_and_an_offset_is_taken_out(tmp_path: Path) -> None:
    loud = (tone(440, level=1.0).astype(np.int32) * 3).clip(-32767, 32767).astype(np.int16)
    assert decode(write(tmp_path / "1.wav", [loud], "pcm_s16le", rate=8000)).clipped > 0.2
    shifted = (tone(440) + 6000).astype(np.int16)
    audio = decode(write(tmp_path / "2.wav", [shifted], "pcm_s16le"))
    assert audio.clipped == 0
    assert abs(float(signal(audio.channels[0]).mean())) < 1e-4


def test_a_wave_header_without_samples(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "nic.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
    assert _code(tmp_path / "nic.wav") in {"empty_audio", "not_audio"}


def test_an_open_ended_wave_header_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "strumień.wav", [tone(440)], "pcm_s16le")
    content = path.read_bytes()
    at = content.index(b"data") + 4
    path.write_bytes(content[:at] + struct.pack("<I", 0xFFFFFFFF) + content[at + 4 :])
    assert decode(path).duration == pytest.approx(SECONDS, abs=0.1)


def test_a_missing_file(tmp_path: Path) -> None:
    assert _code(tmp_path / "brak.wav") == "unreadable_file"


def test_video_without_sound_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "nagranie.wav"
    folder.mkdir()
    assert _code(folder) == "unreadable_file"
