"""Places in the text as places in the sound, and copies in which these are silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcripts.audio import RATE, decode
from transcripts.conversation import Conversation, Span, Word
from transcripts.muting import muted, write_recording
from transcripts.speech_turns import spoken_turns
from transcripts.word_times import WORDS, stretches, without_words, word_times


def heard(*words: Word) -> Conversation:
    spoken = spoken_turns([("customer", words)])
    turns = tuple(s.turn for s in spoken)
    return Conversation("c", "phone", turns, metadata={WORDS: word_times(spoken), "speech": {}})


def said(text: str, start: float, step: float = 0.4) -> list[Word]:
    """One word every ``step`` seconds, each a little shorter than that."""
    return [
        Word(f" {w}", start + i * step, start + (i + 1) * step - 0.05) for i, w in enumerate(text.split())
    ]


CALL = heard(*said("Mój pesel to osiem osiem zero", 1.0), *said("Dziękuję bardzo", 6.0))


def test_each_word_has_its_place_and_its_time() -> None:
    assert [t.text for t in CALL.turns] == ["Mój pesel to osiem osiem zero", "Dziękuję bardzo"]
    first, last = CALL.metadata[WORDS][0][0], CALL.metadata[WORDS][0][4]
    assert first == [0, 3, 1.0, 1.35]
    assert CALL.turns[0].text[last[0] : last[1]] == "osiem"
    assert last[2:] == [2.6, 2.95]
    assert without_words(CALL.metadata) == {"speech": {}}


def test_a_place_sounds_with_a_margin_on_both_sides() -> None:
    assert stretches(CALL, [Span(0, 13, 29)], 0.25) == [(pytest.approx(1.95), pytest.approx(3.6))]


def test_part_of_a_word_is_all_of_it_and_neighbours_join() -> None:
    found = stretches(CALL, [Span(0, 14, 15), Span(0, 20, 21)], 0.25)
    assert found == [(pytest.approx(1.95), pytest.approx(3.2))]
    assert len(stretches(CALL, [Span(0, 0, 3), Span(1, 0, 4)], 0.25)) == 2


@pytest.mark.parametrize(("start", "end"), [(1.8, 1.81), (1.8, 5.9), (0.2, 0.6)])
def test_a_word_without_a_time_to_rely_on_takes_its_turn(start: float, end: float) -> None:
    call = heard(*said("Mój pesel to", 1.0))
    call.metadata[WORDS][0][1][2:] = [start, end]
    assert stretches(call, [Span(0, 4, 9)], 0.0) == [(1.0, 2.15)]


def test_a_place_between_words_takes_its_turn() -> None:
    assert stretches(CALL, [Span(1, 8, 9)], 0.0) == [(6.0, 6.75)]


def tone(seconds: float) -> np.ndarray:
    return np.asarray(8000 * np.sin(np.arange(int(seconds * RATE)) * 0.2), np.int16)


@pytest.mark.parametrize("suffix", [".ogg", ".wav"])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_copy_is_silent_there_and_as_it_was_elsewhere(tmp_path: Path, suffix: str, channels: int) -> None:
    sounds = [tone(3.0), np.roll(tone(3.0), 7)[::-1].copy()][:channels]
    before = [s.copy() for s in sounds]
    path = tmp_path / f"kopia{suffix}"
    write_recording(muted(sounds, [(0.5, 1.0), (2.9, 9.0)]), path)
    copy = decode(path)
    assert copy.duration == pytest.approx(3.0, abs=0.05)
    assert all((a == b).all() for a, b in zip(sounds, before, strict=True))
    for channel in copy.channels:
        loud = np.abs(channel.astype(int))
        assert loud[int(0.55 * RATE) : int(0.95 * RATE)].max() < 50
        assert loud[int(2.95 * RATE) : int(2.99 * RATE)].max() < 50
        assert loud[int(1.2 * RATE) : int(2.8 * RATE)].max() > 6000


def test_a_beep_is_heard_in_place_of_words() -> None:
    (copy,) = muted([np.zeros(RATE, np.int16)], [(0.2, 0.6)], beep=True)
    assert np.abs(copy[int(0.2 * RATE) : int(0.6 * RATE)]).max() > 1000
    assert not copy[: int(0.2 * RATE)].any()
    assert not copy[int(0.6 * RATE) + 1 :].any()
