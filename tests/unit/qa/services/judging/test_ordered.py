"""Agreement on levels, against published figures and another library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qa.services.judging.agreement import Mean
from qa.services.judging.ordered import ordered_agreement, ordinal_alpha
from qa.services.judging.weighted import gwet_ac2, quadratic_kappa

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)


@given(PAIRS)
def test_quadratic_kappa_is_that_of_another_library(pairs: list[tuple[int, int]]) -> None:
    ours = quadratic_kappa(pairs)
    if len({level for pair in pairs for level in pair}) < 2:
        assert ours is None
        return
    theirs = cohen_kappa_score(*zip(*pairs, strict=True), weights="quadratic", labels=[0, 1, 2, 3])
    assert ours == pytest.approx(theirs)


@given(PAIRS)
def test_both_measures_are_one_for_the_same_and_never_more(pairs: list[tuple[int, int]]) -> None:
    same = [(one, one) for one, _ in pairs]
    assert gwet_ac2(same, 3) == pytest.approx(1)
    if len({one for one, _ in pairs}) > 1:
        assert quadratic_kappa(same) == pytest.approx(1)
    for measured in (gwet_ac2(pairs, 3), quadratic_kappa(pairs)):
        assert measured is None or measured <= 1 + 1e-9


def test_ac2_by_hand() -> None:
    # two of four agree, one is one apart, one is three apart; shares of levels 0..3: 3/8, 2/8, 1/8, 2/8
    pairs = [(0, 0), (1, 1), (2, 3), (0, 3)]
    observed = (1 + 1 + (1 - 1 / 9) + 0) / 4
    weights = 4 + 6 * (1 - 1 / 9) + 4 * (1 - 4 / 9) + 2 * 0
    shares = [3 / 8, 2 / 8, 1 / 8, 2 / 8]
    chance = weights / 12 * sum(one * (1 - one) for one in shares)
    assert gwet_ac2(pairs, 3) == pytest.approx((observed - chance) / (1 - chance))


def test_one_level_apart_is_not_as_bad_as_three() -> None:
    near = [(0, 0), (1, 1), (2, 2), (3, 2)]
    far = [(0, 0), (1, 1), (2, 2), (3, 0)]
    for measure in (quadratic_kappa, lambda pairs: gwet_ac2(pairs, 3)):
        good, bad = measure(near), measure(far)
        assert good is not None
        assert bad is not None
        assert good > bad


def test_of_nothing_there_is_no_measure() -> None:
    assert (quadratic_kappa([]), gwet_ac2([], 3)) == (None, None)
    assert quadratic_kappa([(2, 2), (2, 2)]) is None  # nobody used another level
    assert gwet_ac2([(2, 2), (2, 2)], 3) == 1


KRIPPENDORFF = {  # Krippendorff (2011), four observers, twelve units; ordinal alpha 0.815
    "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "c": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}


def test_alpha_is_the_published_one() -> None:
    ratings = {
        rater: {str(unit): level for unit, level in enumerate(levels) if level is not None}
        for rater, levels in KRIPPENDORFF.items()
    }
    assert ordinal_alpha(ratings, 5) == pytest.approx(0.815, abs=5e-4)


def test_agreement_of_several_raters() -> None:
    found = ordered_agreement(
        {
            "a": {"c-1": 0, "c-2": 3, "c-3": 2, "c-4": 1},
            "b": {"c-1": 0, "c-2": 3, "c-3": 1},
            "c": {"c-1": 0, "c-2": 0},
        },
        3,
    )
    assert (found.unanimous.part, found.unanimous.whole) == (1, 3)  # c-4 has one level only
    assert (found.near.part, found.near.whole) == (2, 3)
    assert found.levels == 8
    assert (found.kappa.n, found.ac2.n) == (3, 3)  # pairs of raters
    assert found.alpha is not None


def test_nobody_judged_anything() -> None:
    found = ordered_agreement({"a": {}, "b": {}}, 3)
    assert (found.unanimous.whole, found.levels, found.alpha) == (0, 0, None)
    assert found.kappa == found.ac2 == Mean(None, 0)
