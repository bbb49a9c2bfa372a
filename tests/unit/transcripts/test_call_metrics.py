"""Call metrics against figures worked out by hand."""

from __future__ import annotations

import json

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
    assert json.loads(json.dumps(got)) == got


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
