"""Agreement of several raters with gaps, against tables computed by hand and published ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.services.judging.agreement import (
    Mean,
    against_majority,
    agreement,
    krippendorff_alpha,
    majority,
    mean,
    standing,
)
from qa.services.judging.trust import Share, cohen_kappa, gwet_ac1

OUTCOMES = st.sampled_from(["pass", "fail", "na"])
RATINGS = st.dictionaries(
    st.sampled_from("abcde"),
    st.dictionaries(st.sampled_from([f"c{i}" for i in range(8)]), OUTCOMES, max_size=8),
    max_size=5,
)
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example C: alpha nominal 0.743
PUBLISHED = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}


def rated(rows: dict[str, str]) -> dict[str, dict[str, str]]:
    """Ratings from rows such as ``p f .``, where a point was not judged."""
    return {
        rater: {f"c{i:02}": value for i, value in enumerate(row.split()) if value != "."}
        for rater, row in rows.items()
    }


def test_alpha_is_the_published_one_with_missing_values() -> None:
    assert krippendorff_alpha(rated(PUBLISHED)) == pytest.approx(0.743, abs=0.0005)


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"A": "p f p"},
        {"A": "p .", "B": ". f"},  # nothing in common
        {"A": "p p", "B": "p p"},  # only one outcome
        {"A": "p p f", "B": "p p ."},  # the other outcome has nobody to be compared with
    ],
)
def test_alpha_of_what_cannot_be_compared_is_none(rows: dict[str, str]) -> None:
    assert krippendorff_alpha(rated(rows)) is None


def test_nobody_agrees_on_anything() -> None:
    found = agreement(rated({"A": "p f p f", "B": "f p f p"}))
    assert found.unanimous == Share(0, 4)
    assert found.kappa == Mean(-1.0, 1)
    # 8 outcomes, 4 of each: expected disagreement 2 * 4 * 4 / (8 * 7) = 4/7
    assert found.alpha == pytest.approx(1 - 7 / 4)
    assert found.outcomes == 8


def test_kappa_and_ac1_are_means_over_pairs_of_raters_that_share_conversations() -> None:
    ratings = rated({"A": "p p f f", "B": "p f f f", "C": "p p f .", "D": ". . . ."})
    pairs = {
        "AB": [("p", "p"), ("p", "f"), ("f", "f"), ("f", "f")],
        "AC": [("p", "p"), ("p", "p"), ("f", "f")],
        "BC": [("p", "p"), ("f", "p"), ("f", "f")],
    }
    found = agreement(ratings)
    for measured, measure in ((found.kappa, cohen_kappa), (found.ac1, gwet_ac1)):
        values = [measure(one) for one in pairs.values()]
        assert measured.n == 3
        assert measured.value == pytest.approx(sum(v for v in values if v is not None) / 3)
    assert found.unanimous == Share(3, 4)
    assert found.outcomes == 11


def test_a_pair_without_a_kappa_is_left_out_and_said_so() -> None:
    found = agreement(rated({"A": "p p p", "B": "p p p", "C": "p f p"}))
    # A and B always say the same one thing: their kappa is not defined, their AC1 is 1
    assert found.kappa.n == 2
    assert found.ac1.n == 3
    assert agreement({}).kappa == Mean(None, 0)
    assert agreement({}).unanimous == Share(0, 0)


@given(RATINGS)
def test_figures_are_in_range_and_no_order_matters(ratings: dict[str, dict[str, str]]) -> None:
    found = agreement(ratings)
    turned = {rater: dict(reversed(said.items())) for rater, said in reversed(ratings.items())}
    again = agreement(turned)
    assert again.unanimous == found.unanimous
    assert again.kappa.n == found.kappa.n
    assert again.kappa.value == pytest.approx(found.kappa.value)
    assert (again.alpha is None) == (found.alpha is None)
    for value in (found.kappa.value, found.ac1.value, found.alpha):
        assert value is None or -1.0001 <= value <= 1.0001
    assert found.outcomes >= 2 * found.unanimous.whole


@given(RATINGS)
def test_alpha_is_one_only_where_all_are_unanimous(ratings: dict[str, dict[str, str]]) -> None:
    found = agreement(ratings)
    if found.alpha is not None:
        assert (found.alpha == pytest.approx(1)) == (found.unanimous.part == found.unanimous.whole)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], None),
        (["pass"], "pass"),
        (["pass", "fail"], None),
        (["pass", "pass", "fail", "na"], None),  # most votes, but not more than half
        (["pass", "fail", "pass"], "pass"),
    ],
)
def test_a_majority_is_more_than_half(outcomes: list[str], expected: str | None) -> None:
    assert majority(outcomes) == expected


def test_ones_own_vote_is_no_majority_against_oneself() -> None:
    # with A's own vote there would be a majority for A in the first and none in the second
    ratings = rated({"A": "p f", "B": "p p", "C": "f p"})
    found = standing(ratings, "A")
    assert found.agreement == Share(0, 1)
    assert found.kappa == pytest.approx(0)


def test_of_two_people_each_is_the_others_majority() -> None:
    ratings = rated({"A": "p p f f", "B": "p f f f"})
    assert standing(ratings, "A").agreement == standing(ratings, "B").agreement == Share(3, 4)
    assert standing(ratings, "A").kappa == cohen_kappa([("p", "p"), ("f", "p"), ("f", "f"), ("f", "f")])


def test_the_machine_stands_against_all_people_where_it_has_decided() -> None:
    ratings = rated({"A": "p p f", "B": "p f f", "C": "p p f"})
    found = against_majority({"c00": "p", "c02": "p"}, ratings)
    assert found.agreement == Share(1, 2)
    assert against_majority({}, ratings).kappa is None
    assert standing(ratings, "somebody else").agreement == Share(0, 0)


def test_a_mean_says_of_how_many() -> None:
    assert mean([0.5, None, 1.0]) == Mean(0.75, 2)
    assert mean([None]) == Mean(None, 0)
