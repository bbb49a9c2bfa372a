"""Call metrics against figures worked out by hand."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.call_metrics import call_metrics, common, length, union
from transcripts.conversation import Turn

TURNS = (
    Turn("agent", "Dzień dobry, w czym mogę pomóc?", 1.0, 4.0),
    Turn("customer", "No więc paczka nie doszła.", 3.5, 6.5),
    Turn("agent", "Już sprawdzam.", 7.0, 8.0),
    Turn("agent", "Jest w sortowni w Łodzi.", 12.0, 14.0),
    Turn("customer", "Aha.", 14.5, 15.5),
)


def test_by_hand() -> None:
    got = call_metrics(TURNS, 20.0)
    assert got["duration"] == 20.0
    assert got["talk_share"] == {"agent": 0.6, "customer": 0.4}
    assert got["silence"] == {"threshold": 3.0, "count": 1, "seconds": 4.0, "longest": 4.0, "share": 0.2}
    assert got["overtalk"] == {"count": 1, "seconds": 0.5, "share": pytest.approx(0.5 / 9.5, abs=1e-4)}
    assert got["longest_monologue"] == {"agent": 7.0, "customer": 3.0}
    assert got["words_per_minute"] == {"agent": 130.0, "customer": 90.0}
    assert got["hold"] == {"count": 1, "seconds": 4.0, "share": 0.2}  # "Już sprawdzam."
    assert got["interruptions"] == {"agent": 0, "customer": 1}
    assert got["answer_latency"] == {"agent": 0.5, "customer": 0.25}
    assert got["time_to_first_agent"] == 1.0
    assert got["handling_time"] == {"talk": 9.5, "hold": 4.0, "silence": 1.0, "before": 1.0, "after": 4.5}
    assert set(got) - {"definitions"} == set(got["definitions"])
    assert json.loads(json.dumps(got)) == got


@pytest.mark.parametrize(
    ("said", "hold"),
    [
        ("Proszę chwilę poczekać, sprawdzę to w magazynie.", True),
        ("Chwileczkę.", True),
        ("Czy może pani zaczekać na linii?", True),
        ("Zawieszę na moment rozmowę, dobrze?", True),
        ("Paczka przyjdzie za chwilę do punktu, tak wynika z systemu.", False),
        ("Rozumiem, to bardzo nieprzyjemne.", False),
    ],
)
def test_a_wait_is_a_hold_when_it_is_announced(said: str, hold: bool) -> None:
    turns = [Turn("agent", said, 0.0, 3.0), Turn("customer", "Dobrze.", 3.2, 3.8)]
    turns.append(Turn("agent", "Dziękuję za cierpliwość.", 15.0, 17.0))
    assert call_metrics(turns, 20.0)["hold"]["count"] == int(hold)
    assert call_metrics(turns, 20.0)["silence"]["count"] == 1


def test_music_makes_a_silence_a_hold() -> None:
    turns = [Turn("agent", "Rozumiem.", 0.0, 3.0), Turn("agent", "Mam to.", 15.0, 17.0)]
    assert call_metrics(turns, 20.0, sounds=[(4.0, 14.0)])["hold"]["seconds"] == 12.0
    assert call_metrics(turns, 20.0, sounds=[(4.0, 6.0)])["hold"]["count"] == 0


def test_a_quick_answer_is_no_interruption_and_a_mhm_neither() -> None:
    agent = Turn("agent", "A więc tak.", 0.0, 5.0)
    for turn, count in [
        (Turn("customer", "Proszę pana!", 3.0, 7.0), 1),
        (Turn("customer", "Tak, dobrze.", 4.7, 7.0), 0),
        (Turn("customer", "Mhm.", 3.0, 3.4), 0),
    ]:
        assert call_metrics([agent, turn], 9.0)["interruptions"]["customer"] == count


def test_a_number_counts_as_the_words_it_is_read_in() -> None:
    turns = [Turn("customer", "Numer to 830-615, kwota 319 zł.", 0.0, 60.0)]
    assert call_metrics(turns, 60.0)["words_per_minute"]["customer"] == 12.0


def test_nobody_and_no_times() -> None:
    for turns in ((), (Turn("agent", "Halo?"),)):
        got = call_metrics(turns, 0.0)
        assert got["talk_share"] == {"agent": None, "customer": None}
        assert got["words_per_minute"] == {"agent": None, "customer": None}
        assert got["silence"]["count"] == 0


def test_the_threshold_of_silence_is_configurable() -> None:
    assert call_metrics(TURNS, 20.0, threshold=4.5)["silence"]["count"] == 0


_INTERVALS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda p: (float(p[0]), float(p[0] + p[1]))),
    max_size=12,
)


@given(_INTERVALS, _INTERVALS)
def test_inclusion_and_exclusion(left: list[tuple[float, float]], right: list[tuple[float, float]]) -> None:
    a, b = union(left), union(right)
    assert length(union([*left, *right])) == pytest.approx(length(a) + length(b) - length(common(a, b)))


@given(_INTERVALS, _INTERVALS)
def test_what_is_common_is_what_each_pair_has_in_common(
    left: list[tuple[float, float]], right: list[tuple[float, float]]
) -> None:
    a, b = union(left), union(right)
    pairs = ((max(x, c), min(y, d)) for x, y in a for c, d in b)
    assert common(a, b) == sorted((start, end) for start, end in pairs if start < end)


def test_very_long_calls_are_compared_at_once() -> None:
    agent, customer = ([(4.0 * n + shift, 4.0 * n + shift + 2.5) for n in range(30_000)] for shift in (0, 2))
    begun = time.perf_counter()
    assert len(common(agent, customer)) == 59_999
    assert time.perf_counter() - begun < 5  # pair by pair it took minutes
