"""How loud a recording is over time."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from transcripts.audio import RATE, AudioError
from transcripts.muting import write_recording
from transcripts.waveform import waveform


def tone(seconds: float, level: int) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def recording(tmp_path: Path, suffix: str, *channels: np.ndarray) -> io.BytesIO:
    target = tmp_path / f"x{suffix}"
    write_recording(channels, target)
    return io.BytesIO(target.read_bytes())


@pytest.mark.parametrize("suffix", [".wav", ".ogg"])
def test_levels_follow_the_sound_of_each_channel(tmp_path: Path, suffix: str) -> None:
    quiet = np.zeros(2 * RATE, np.int16)
    left = np.concatenate([tone(2, 20_000), quiet])
    right = np.concatenate([quiet, tone(2, 5_000)])
    found = waveform(recording(tmp_path, suffix, left, right))
    assert found.seconds == pytest.approx(4, abs=0.1)
    for levels, loud in zip(found.channels, (slice(0, 35), slice(45, 80)), strict=True):
        assert max(levels) == 100  # each channel on its own scale
        assert min(levels[loud]) > 60
    assert max(found.channels[0][45:75]) < 10
    assert max(found.channels[1][5:35]) < 10


def test_one_channel_stays_one(tmp_path: Path) -> None:
    assert len(waveform(recording(tmp_path, ".ogg", tone(1, 9_000))).channels) == 1


def test_a_long_recording_has_no_more_levels_than_asked_for(tmp_path: Path) -> None:
    sound = tone(30, 9_000)
    sound[10 * RATE : 10 * RATE + 200] = 30_000  # a crack is not lost among 100 peaks
    found = waveform(recording(tmp_path, ".wav", sound), most=6)
    assert len(found.channels[0]) == 6
    assert found.channels[0][2] == 100
    assert max(found.channels[0][i] for i in (0, 1, 3, 4, 5)) < 40


def test_noise_of_an_empty_channel_does_not_look_like_speech(tmp_path: Path) -> None:
    found = waveform(recording(tmp_path, ".wav", np.full(RATE, 30, np.int16)))
    assert max(found.channels[0]) <= 5


@pytest.mark.parametrize("content", [b"", b"no sound at all" * 100])
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    with pytest.raises(AudioError):
        waveform(io.BytesIO(content))


def test_a_recording_that_is_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    whole = recording(tmp_path, ".ogg", tone(20, 9_000)).getvalue()
    found = waveform(io.BytesIO(whole[: len(whole) // 2]))
    assert 2 < found.seconds < 18
