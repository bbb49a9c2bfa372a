"""The check that counts acts."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scorecard_conversations import behaviours, talk

from scorecards.checks import registered
from scorecards.checks.counting import exactly
from scorecards.evaluation import Finding
from scorecards.view import CEILING, View

ACTS = ("recap", "later_action", "timeframe")
CLOSING = (
    "a: Dzień dobry.",
    "c: Co teraz?",
    "a: Podsumowując: reklamacja przyjęta.",
    "a: Wyślemy kuriera.",
    "a: Do widzenia.",
)


def counted(*tags: tuple[int, str, float], **parameters: object) -> Finding:
    view = View(talk(*CLOSING, behaviours=behaviours(*tags, (0, "greeting", 0.97))))
    return registered()["acts_counted"].run(view, **{"behaviours": ACTS, **parameters})


@pytest.mark.parametrize(
    ("tags", "parameters", "level"),
    [
        ((), {"behaviours": ("empathy", "timeframe")}, 0),
        (((2, "recap", 0.97),), {}, 1),
        (((2, "recap", 0.97), (3, "later_action", 0.97)), {}, 2),
        (((2, "recap", 0.97), (3, "later_action", 0.97), (4, "timeframe", 0.97)), {}, 3),
        (((0, "timeframe", 0.97),), {"behaviours": ("timeframe",)}, 1),
        (((0, "timeframe", 0.97),), {"behaviours": ("timeframe",), "where": "closing", "turns": 2}, 0),
        (
            ((0, "timeframe", 0.97), (3, "timeframe", 0.97)),
            {"behaviours": ("timeframe",)},
            1,
        ),  # each act once
    ],
)
def test_each_act_counts_once_where_it_is_looked_for(
    tags: tuple[tuple[int, str, float], ...], parameters: dict[str, object], level: int
) -> None:
    assert counted(*tags, **parameters).level == level


def test_a_sentence_that_begins_with_so_sums_up() -> None:
    view = View(
        talk("c: i co", "a: Czyli wysyłamy nową parę w piątek.", behaviours=behaviours((1, "recap", 0.4)))
    )
    assert registered()["acts_counted"].run(view, behaviours=("recap",)).level == 1


def test_places_of_all_acts_are_shown_and_for_none_where_it_was_looked() -> None:
    both = counted((2, "recap", 0.97), (3, "later_action", 0.97))
    assert {span.turn for span in both.evidence} == {2, 3}
    nothing = counted(behaviours=("empathy",))
    assert {span.turn for span in nothing.evidence} == {3, 4}


def test_the_confidence_is_that_of_exactly_this_level() -> None:
    sure = counted((2, "recap", 0.97), (3, "later_action", 0.97))
    unsure = counted((2, "recap", 0.97), (3, "later_action", 0.97), (3, "timeframe", 0.45))
    assert sure.level == unsure.level == 2
    assert unsure.confidence < sure.confidence <= CEILING**2


@given(st.lists(st.floats(0, 1), max_size=6), st.integers(0, 7))
def test_the_probability_of_a_count_is_that_of_all_ways_to_it(odds: list[float], count: int) -> None:
    ways = 0.0
    for happens in product((True, False), repeat=len(odds)):
        if sum(happens) == count:
            way = 1.0
            for one, is_there in zip(odds, happens, strict=True):
                way *= one if is_there else 1 - one
            ways += way
    assert exactly(count, odds) == pytest.approx(ways)
    assert sum(exactly(n, odds) for n in range(len(odds) + 1)) == pytest.approx(1)
