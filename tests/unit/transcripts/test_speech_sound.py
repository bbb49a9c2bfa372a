"""Crosstalk gate, windows and voices on sound that the test makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.audio import RATE
from transcripts.conversation import Turn, Word
from transcripts.crosstalk import gate, own_speech
from transcripts.hold_sounds import hold_sounds
from transcripts.recognition import Window, batches, packed, split
from transcripts.voice_activity import Region, merged, speech_regions, with_pitch_band
from transcripts.voices import Voices, assign, confidence

Samples = npt.NDArray[np.int16]


def talk(begin: float, end: float, *, seconds: float, level: float, seed: int) -> Samples:
    """Noise bursts of 200 ms with line noise around."""
    random = np.random.default_rng(seed)
    out = random.normal(0, 8, int(seconds * RATE))
    for start in np.arange(begin, end, 0.25):
        part = slice(int(start * RATE), int(min(start + 0.2, end) * RATE))
        out[part] += random.normal(0, level, part.stop - part.start)
    return out.clip(-32000, 32000).astype(np.int16)


def power(samples: Samples, begin: float, end: float) -> float:
    return float(np.sqrt(np.mean(np.square(samples[int(begin * RATE) : int(end * RATE)].astype(float)))))


def test_crosstalk_goes_and_own_quiet_speech_stays() -> None:
    left = talk(0, 4, seconds=12, level=6000, seed=1)
    right = talk(6, 10, seconds=12, level=900, seed=2)
    delay = RATE // 22
    leaked = np.concatenate([np.zeros(delay), left[:-delay]]) / 100
    got_left, got_right = gate(left, (right + leaked).astype(np.int16))
    assert power(got_right, 0.5, 3.5) < 2 * power(right, 4.5, 5.5)
    assert power(got_right, 6, 10) == pytest.approx(power(right, 6, 10), rel=0.02)
    assert power(got_left, 0, 4) == pytest.approx(power(left, 0, 4), rel=0.02)


def test_talk_over_each_other_is_kept() -> None:
    left, right = (talk(1, 4, seconds=5, level=v, seed=s) for v, s in ((6000, 3), (1200, 4)))
    _left, got = gate(left, right)
    assert power(got, 1, 4) == pytest.approx(power(right, 1, 4), rel=0.05)


@pytest.mark.parametrize("times", [100, 32, 18])
def test_a_channel_that_holds_only_crosstalk_is_emptied(times: int) -> None:
    left = talk(0, 5, seconds=6, level=8000, seed=5)
    noise = np.random.default_rng(6).normal(0, 8, len(left))
    _left, got = gate(left, (left / times + noise).astype(np.int16))
    assert power(got, 0, 5) < 20


def test_speech_that_hardly_rises_over_its_noise_stays() -> None:
    left = talk(0, 4, seconds=12, level=6000, seed=11)
    noise = np.random.default_rng(12).normal(0, 400, len(left))
    right = (talk(6, 10, seconds=12, level=1200, seed=13) + noise).astype(np.int16)
    own = power(right, 6, 10)
    _left, got = gate(left, right)
    assert power(got, 6, 10) == pytest.approx(own, rel=0.02)


def test_gate_on_almost_nothing() -> None:
    short = np.zeros(100, np.int16)
    assert len(gate(short, short)[0]) == 100


@pytest.mark.parametrize("sound", [np.zeros(RATE * 3), np.random.default_rng(0).normal(0, 40, RATE * 3)])
def test_no_speech_in_silence_and_line_noise(sound: npt.NDArray[np.float64]) -> None:
    assert speech_regions(sound.astype(np.int16)) == []


def test_the_pitch_band_is_put_back() -> None:
    time = np.arange(RATE) / RATE
    harmonics = sum(np.sin(2 * np.pi * 120 * n * time) for n in range(3, 20)).astype(np.float32) * 0.02
    before, after = (np.abs(np.fft.rfft(s))[120] for s in (harmonics, with_pitch_band(harmonics)))
    assert after > 50 * before


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300)), max_size=20))
def test_windows_hold_every_region_once_and_none_is_too_long(parts: list[tuple[int, int]]) -> None:
    sound = np.ones(RATE * 2, np.int16)
    regions = merged((Region(s * 20, (s + n) * 20) for s, n in parts), 0)
    windows = packed(0, regions, sound, longest=2000)
    pieces = [r for w in windows for r in w.regions]
    assert sum(p.length for p in pieces) == sum(r.length for r in regions)
    assert pieces == sorted(pieces)
    assert all(w.length <= 2000 for w in windows)


def test_a_long_region_is_cut_where_it_is_quiet() -> None:
    sound = np.full(RATE * 10, 5000, np.int16)
    sound[int(6.9 * RATE) : int(7.3 * RATE)] = 0
    first, second = split(Region(0, RATE * 10), sound, longest=RATE * 8)
    assert 6.9 < first.end / RATE < 7.3
    assert (second.start, second.end) == (first.end, RATE * 10)


def test_a_word_returns_to_its_place_in_the_recording() -> None:
    window = Window(1, (Region(RATE * 10, RATE * 12), Region(RATE * 50, RATE * 53)))
    assert window.place(0.5, 1.0) == (10.5, 11.0)
    assert window.place(2.5, 3.0) == (50.5, 51.0)
    assert window.place(1.8, 2.6) == (50.0, 50.6)  # most of it lies after the cut-out pause


def test_words_go_to_voices_and_a_stray_window_changes_nothing() -> None:
    centres = np.arange(0.0, 12.0, 0.4)
    scores = np.where(centres < 6, -1.0, 1.0)
    scores[5] = 0.4
    words = [Word(f" s{i}", i * 0.5, i * 0.5 + 0.4) for i in range(24)]
    voices = Voices(centres, np.stack([-scores, scores], axis=1), 0.2)
    labels = assign(words, voices)
    assert labels == [0] * 12 + [1] * 12
    assert confidence(words, labels, voices) == 1
    assert confidence(words, [0] * 24, voices) == pytest.approx(0.5, abs=0.05)


def test_three_voices() -> None:
    centres = np.arange(0.0, 18.0, 0.4)
    own = (centres // 6).astype(int)
    scores = np.where(np.arange(3) == own[:, None], 1.0, -1.0)
    words = [Word(f" s{i}", i * 0.5, i * 0.5 + 0.4) for i in range(36)]
    assert assign(words, Voices(centres, scores, 0.2)) == [0] * 12 + [1] * 12 + [2] * 12


@given(st.lists(st.integers(1, 28), max_size=60), st.integers(28, 480), st.integers(1, 4))
def test_batches_hold_every_window_once_and_keep_workers_busy(
    lengths: list[int], seconds: int, workers: int
) -> None:
    windows = [Window(0, (Region(0, n * RATE),)) for n in lengths]
    found = batches(windows, seconds, workers)
    assert [w.length // RATE for b in found for w in b] == sorted(lengths, reverse=True)
    assert all(len(b) * b[0].length <= seconds * RATE for b in found)
    assert all(len(b) <= -(-len(lengths) // workers) for b in found)


def test_what_the_gate_left_of_the_other_side_is_no_speech() -> None:
    sound = talk(2, 6, seconds=8, level=4000, seed=7)
    sound[:RATE] = np.random.default_rng(8).normal(0, 100, RATE).astype(np.int16)
    rest, own = Region(0, RATE), Region(2 * RATE, 6 * RATE)
    assert own_speech([rest, own], sound) == [own]


def test_music_in_a_gap_is_found_and_line_noise_is_not() -> None:
    sound = talk(0, 4, seconds=30, level=4000, seed=9)
    time = np.arange(RATE * 10) / RATE
    sound[10 * RATE : 20 * RATE] += (900 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
    sound[24 * RATE : 25 * RATE] += 900  # a click is no music
    turns = (Turn("agent", "Proszę chwilę poczekać.", 0.0, 4.0), Turn("agent", "Już jestem.", 26.0, 29.0))
    assert hold_sounds([sound], turns) == [(pytest.approx(10, abs=0.05), pytest.approx(20, abs=0.05))]
    assert hold_sounds([talk(0, 4, seconds=30, level=4000, seed=9)], turns) == []
