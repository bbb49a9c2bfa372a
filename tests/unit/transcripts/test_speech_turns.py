"""From words to turns: invented text goes, what was said stays, turns come in true order."""

from __future__ import annotations

import numpy as np
import pytest

from transcripts.conversation import Conversation, Speaker, Word
from transcripts.crosstalk import levels
from transcripts.fillers import fillers
from transcripts.recognition import Passage
from transcripts.roles import roles
from transcripts.speakers import by_channel
from transcripts.speech_turns import (
    fitted,
    interleaved,
    phrases,
    trusted,
    without_credits,
    without_loops,
)


def said(text: str, start: float = 0.0, pace: float = 0.3) -> list[Word]:
    return [Word(f" {w}", start + i * pace, start + (i + 1) * pace) for i, w in enumerate(text.split())]


def text(words: list[Word]) -> str:
    return "".join(w.text for w in words).strip()


@pytest.mark.parametrize(
    "invented",
    [
        "Napisy stworzone przez społeczność Amara.org",
        "Napisy wykonane przez społeczność Amara.org.",
        "Dziękuję za oglądanie!",
        "Zapraszam do subskrybcji kanału.",
    ],
)
def test_film_credits_go_and_the_sentence_before_stays(invented: str) -> None:
    words = said(f"Do widzenia. {invented}")
    assert text(without_credits(words)) == "Do widzenia."


@pytest.mark.parametrize(
    "real", ["Dziękuję za telefon, do widzenia.", "Napisy na opakowaniu są starte.", "Dziękuję za zdjęcia."]
)
def test_service_talk_is_no_credit(real: str) -> None:
    assert text(without_credits(said(real))) == real


def test_loops_are_said_once_but_people_repeat_themselves() -> None:
    assert text(without_loops(said("proszę czekać " * 9 + "dobrze"))) == "proszę czekać dobrze"
    assert text(without_loops(said("nie, nie, nie, tak"))) == "nie, nie, nie, tak"
    assert text(without_loops(said("kod 0 0 0 0 0"))) == "kod 0 0 0 0 0"


def test_text_in_silence_is_removed_and_counted() -> None:
    sound = np.zeros(16000 * 4, np.int16)
    sound[: 16000 * 2] = np.random.default_rng(0).normal(0, 3000, 32000).astype(np.int16)
    passage = Passage(0, (*said("dzień dobry", 0.5), *said("tu nic nie ma", 2.8, 0.2)), -0.2, 0.1, 1.0)
    words, removed = trusted([passage], levels(sound))
    assert (text(words), removed) == ("dzień dobry", {"silence": 4, "loops": 0, "credits": 0})


def test_a_passage_that_the_model_itself_doubts_is_removed() -> None:
    sound = np.full(16000, 3000, np.int16) * np.tile([1, -1], 8000).astype(np.int16)
    passage = Passage(0, tuple(said("halo")), -1.5, 0.9, 1.0)
    assert trusted([passage], levels(sound)) == ([], {"silence": 1, "loops": 0, "credits": 0})


def test_what_is_removed_is_counted_by_its_reason() -> None:
    sound = np.random.default_rng(0).normal(0, 3000, 16000 * 12).astype(np.int16)
    words = said("tak " * 9 + "Do widzenia. Napisy stworzone przez społeczność Amara.org", 0.2)
    kept, removed = trusted([Passage(0, tuple(words), -0.2, 0.1, 3.0)], levels(sound))
    assert text(kept) == "tak Do widzenia."
    assert removed == {"silence": 0, "loops": 8, "credits": 5}


def test_a_word_is_where_it_sounds() -> None:
    sound = np.random.default_rng(0).normal(0, 3, 16000 * 4).astype(np.int16)
    sound[16000:24000] = np.random.default_rng(1).normal(0, 3000, 8000).astype(np.int16)
    early, cut = fitted([Word(" halo", 0.5, 1.2), Word(" tak", 1.3, 1.4)], levels(sound))
    assert (early.start, early.end) == (pytest.approx(1.0, abs=0.03), pytest.approx(1.3, abs=0.03))
    assert cut.end == pytest.approx(1.5, abs=0.03)
    assert fitted([Word(" nic", 2.5, 3.0)], levels(sound)) == [Word(" nic", 2.5, 3.0)]


def test_punctuation_inside_a_number_is_kept_together() -> None:
    words = [Word(" 4", 0, 0.2), Word(",401", 0.2, 0.5), Word(" zł.", 0.5, 0.8)]
    assert phrases(words)[0].text == "4,401 zł."


def test_turns_are_interleaved_and_overlap_is_kept() -> None:
    agent = [*said("Już sprawdzam tę paczkę", 0.0), *said("jest w Łodzi", 2.0)]
    customer = said("Nic nie przyszło", 1.0, 0.5)
    turns = interleaved([("agent", agent), ("customer", customer)])
    assert [(t.speaker, t.text) for t in turns] == [
        ("agent", "Już sprawdzam tę paczkę"),
        ("customer", "Nic nie przyszło"),
        ("agent", "jest w Łodzi"),
    ]
    assert turns[1].end is not None
    assert turns[2].start is not None
    assert turns[1].end > turns[2].start


def test_a_listeners_mhm_does_not_cut_the_turn() -> None:
    agent = [*said("Paczka jest w sortowni i", 0.0), *said("jutro ją dowiozą.", 2.4)]
    turns = interleaved([("agent", agent), ("customer", said("mhm", 1.7))])
    assert [(t.speaker, t.text) for t in turns] == [
        ("agent", "Paczka jest w sortowni i jutro ją dowiozą."),
        ("customer", "mhm"),
    ]


@pytest.mark.parametrize(
    ("asked", "answer", "resumes"),
    [
        ("Czy to pani zamówienie?", "tak", 2.4),  # an answer
        ("Paczka jest w sortowni i", "tak", 4.0),  # the agent had stopped
        ("Paczka jest w sortowni i", "nie zgadzam się", 2.4),  # an objection
    ],
)
def test_an_answer_takes_the_floor(asked: str, answer: str, resumes: float) -> None:
    agent = [*said(asked, 0.0), *said("Dobrze.", resumes)]
    turns = interleaved([("agent", agent), ("customer", said(answer, 1.6))])
    assert [t.speaker for t in turns] == ["agent", "customer", "agent"]


def test_fillers_are_found_and_words_are_not() -> None:
    found = fillers("Yyy no eee chciałem, mmm, em, zwrócić ten temat")
    assert ["Yyy no eee chciałem, mmm, em, zwrócić ten temat"[a:b] for a, b in found] == [
        "Yyy",
        "eee",
        "mmm",
        "em",
    ]


def test_a_pause_alone_does_not_cut_a_turn_but_a_long_one_does() -> None:
    words = [*said("Chwileczkę", 0.0), *said("proszę", 1.5), *said("Dziękuję", 9.0)]
    assert [t.text for t in interleaved([("agent", words)])] == ["Chwileczkę proszę", "Dziękuję"]


def test_two_unknown_voices_stay_apart() -> None:
    turns = interleaved([("unknown", said("tak", 0.0)), ("unknown", said("nie", 0.4))])
    assert [t.text for t in turns] == ["tak", "nie"]


AGENT = "Dzień dobry, Zielona Półka, Żaneta Gżegżółka, w czym mogę pomóc? Poproszę numer zamówienia."
CUSTOMER = "No dzień dobry, dzwonię, bo zamówiłam kosiarkę i nie dostałam."


def test_the_agent_is_known_by_the_opening_whoever_speaks_first() -> None:
    assert roles([CUSTOMER, AGENT], 0, inbound=False, agent_name=None)[0] == ["customer", "agent"]
    assert roles([AGENT, CUSTOMER], 0, inbound=True, agent_name="Żaneta Gżegżółka")[0] == [
        "agent",
        "customer",
    ]


def test_nobody_is_named_when_nothing_tells() -> None:
    names, lead = roles(["tak tak", "no nie wiem"], 0, inbound=False, agent_name=None)
    assert names == ["unknown", "unknown"]
    assert lead == 0


def test_of_three_voices_two_are_named() -> None:
    names, lead = roles(["Halo, to ja, mąż.", AGENT, CUSTOMER], 1, inbound=True, agent_name=None)
    assert names == ["unknown", "agent", "customer"]
    assert lead > 2


def test_swapped_channels_are_turned_round_only_without_doubt() -> None:
    sides: tuple[Speaker, Speaker] = ("agent", "customer")
    conversation = Conversation("c", "phone", ())
    got, sure = by_channel(sides, [said(CUSTOMER, 6.0), said(AGENT, 0.0)], conversation)
    assert [side for side, _ in got] == ["customer", "agent"]
    assert sure["channels_swapped"]
    for left, right in ((said(AGENT), said(CUSTOMER, 6.0)), (said("nie wiem", 6.0), said("słucham", 0.0))):
        got, sure = by_channel(sides, [left, right], conversation)
        assert [side for side, _ in got] == ["agent", "customer"]
        assert "channels_swapped" not in sure
