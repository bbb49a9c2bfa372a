"""Normaliser, figures and the evaluation of recordings, by hand and with a recogniser that knows the answers."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from nlp.speech_quality.evaluate import EvaluationError, evaluate, referenced, silent_sounds
from nlp.speech_quality.measure import Pair, figures, rate
from nlp.speech_quality.normal import normal, numbers
from transcripts.audio import RATE
from transcripts.conversation import Conversation, Turn
from transcripts.reading import Recording


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Numer to 830-615.", "numer to osiem trzy zero sześć jeden pięć"),
        ("kwota 319,99 zł", "kwota trzysta dziewiętnaście złotych i dziewięćdziesiąt dziewięć groszy"),
        ("do 3 października", "do trzeciego października"),
        ("do 3-go października", "do 3 października"),
        ("15% taniej", "piętnaście procent taniej"),
        ("mój e-mail", "mój email"),
        ("2026 r", "dwa tysiące dwadzieścia sześć r"),
        ("601 234 567", "sześćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem"),
    ],
)
def test_the_same_said_and_written(left: str, right: str) -> None:
    assert normal(left) == normal(right)


@pytest.mark.parametrize(
    ("left", "right"), [("sad", "sąd"), ("paczka", "paczki"), ("12", "21"), ("a", "a a")]
)
def test_what_differs(left: str, right: str) -> None:
    assert normal(left) != normal(right)


def test_kinds_of_numbers() -> None:
    text = "Tel. 601 234 567, zamówienie 830615, kwota 45 zł, 12 sztuk, jeden raz"
    assert [(n.digits, n.kind) for n in numbers(normal(text))] == [
        ("601234567", "phone"),
        ("830615", "long"),
        ("45", "amount"),
        ("12", "short"),
    ]


REFERENCE = Conversation(
    "r",
    "phone",
    (
        Turn("agent", "Dzień dobry, w czym mogę pomóc?", 0.5, 3.0),
        Turn("customer", "Zamówienie osiem trzy zero, sześć jeden pięć.", 3.5, 7.0),
        Turn("agent", "Kwota to czterdzieści pięć złotych.", 8.0, 10.0),
    ),
)


def heard(*turns: Turn) -> Conversation:
    return Conversation("r", "phone", turns)


def test_a_perfect_transcript() -> None:
    got = figures([Pair(REFERENCE, REFERENCE)])
    assert got["wer"] == {"rate": 0.0, "n": 18, "interval": [0.0, 0.0]}
    assert got["cer"] == 0
    assert got["speaker_words"] == {"share": 1.0, "n": 18}
    assert got["turn_starts"] == {"share": 1.0, "n": 3}
    assert got["numbers"] == {
        "all": {"right": 2, "n": 2},
        "amount": {"right": 1, "n": 1},
        "long": {"right": 1, "n": 1},
    }
    assert got["invented_words"] == 0


def test_errors_are_counted_where_they_are() -> None:
    got = figures(
        [
            Pair(
                REFERENCE,
                heard(
                    Turn("agent", "Dzień dobry, w czym mogę pomóc?", 2.0, 3.0),
                    Turn("customer", "Zamówienie 830616.", 3.5, 7.0),
                    Turn("customer", "Kwota to 45 zł.", 8.0, 10.0),
                    Turn("agent", "Dziękuję za uwagę", 15.0, 16.0),
                ),
            )
        ]
    )
    # agent: 3 words wrong and 2 missing; customer: 5 too many, the last digit found again in the amount
    assert got["wer_by_speaker"]["agent"]["rate"] == pytest.approx(5 / 11, abs=1e-4)
    assert got["wer_by_speaker"]["customer"]["rate"] == pytest.approx(5 / 7, abs=1e-4)
    assert got["speaker_words"] == {"share": round(12 / 17, 4), "n": 17}
    assert got["turn_starts"] == {"share": round(1 / 3, 4), "n": 3}
    assert got["numbers"]["all"] == {"right": 0, "n": 2}
    assert got["invented_words"] == 3


def test_a_transcript_without_speakers_is_compared_as_one_text() -> None:
    merged = heard(*(Turn("unknown", t.text, t.start, t.end) for t in REFERENCE.turns))
    got = figures([Pair(REFERENCE, merged)])
    assert (got["wer"]["rate"], got["cer"], got["numbers"]["all"]) == (0.0, 0.0, {"right": 2, "n": 2})
    assert got["speaker_words"]["share"] == 0.0


def test_an_interval_grows_with_the_spread() -> None:
    even, uneven = [(1, 10)] * 20, [(0, 10)] * 18 + [(10, 10)] * 2
    assert rate(even)["interval"] == [0.1, 0.1]
    low, high = rate(uneven)["interval"]
    assert rate(uneven)["rate"] == 0.1
    assert low < 0.05
    assert high > 0.15
    assert rate([])["rate"] is None


class Knowing:
    """Says the reference whenever the recording is the known one, and one word too many in noise."""

    def transcribe_many(
        self, recordings: Sequence[Recording], progress: Callable[[float], None] | None = None
    ) -> Iterator[Conversation]:
        for recording in recordings:
            c = recording.conversation
            if c.id == "r":
                yield c.with_turns(REFERENCE.turns)
            else:
                yield c.with_turns((Turn("customer", "aha", 1.0, 2.0),) if c.id == "noise" else ())


def folder_with(tmp_path: Path, reference: str) -> Path:
    sound = np.random.default_rng(0).normal(0, 900, (RATE * 11, 2)).astype(np.int16)
    with wave.open(str(tmp_path / "r.wav"), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    (tmp_path / "r.json").write_text(reference, encoding="utf-8")
    return tmp_path


def test_a_folder_is_evaluated(tmp_path: Path) -> None:
    turns = [{"speaker": t.speaker, "text": t.text, "start": t.start, "end": t.end} for t in REFERENCE.turns]
    folder = folder_with(tmp_path, json.dumps({"id": "r", "channel": "phone", "turns": turns}))
    (folder / "bez-wzorca.wav").write_bytes((folder / "r.wav").read_bytes())
    items = referenced(folder)
    assert [item.path.name for item in items] == ["r.wav"]
    assert items[0].recording().conversation.turns == ()
    report = evaluate(items, Knowing(), None, lambda _text: None)
    assert report["ours"]["wer"]["rate"] == 0
    assert report["ours"]["recordings"] == report["mono"]["recordings"] == 1
    assert report["ours"]["audio_seconds"] == 11
    assert report["without_speech"] == {"silence": 0, "tone": 0, "noise": 1, "crosstalk": 0}
    assert "plain" not in report


@pytest.mark.parametrize("reference", ["", "[]", '{"id": "r", "channel": "phone"}', '{"id": "r"'])
def test_a_bad_reference_is_one_sentence(tmp_path: Path, reference: str) -> None:
    with pytest.raises(EvaluationError, match=r"r\.json"):
        referenced(folder_with(tmp_path, reference))


def test_a_folder_without_references_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"rozmowa\.json"):
        referenced(tmp_path)


def test_crosstalk_is_forty_decibels_down(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, json.dumps({"id": "r", "channel": "phone", "turns": []}))
    left, right = silent_sounds(referenced(folder))["crosstalk"]
    assert len(left) == len(right) == 60 * RATE
    assert float(left.std()) / float(right.std()) > 40
