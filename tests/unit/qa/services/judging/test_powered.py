"""The powered share: it covers the truth where the machine alone does not, and is narrower than people alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.services.judging.powered import LEAST_HUMAN, Audited, Powered, powered_share
from qa.services.judging.trust import Share

RUNS = 400
TRUE_SHARE = 0.75
OUTCOMES = ("pass", "fail", "na", "review")


def _population(rng: np.random.Generator, size: int) -> tuple[list[str], list[str]]:
    """What is true and what a machine says that calls every fifth pass a fail, and never errs the other way."""
    passes = rng.random(size) < TRUE_SHARE
    found = passes & (rng.random(size) >= 0.2)
    return [OUTCOMES[not one] for one in passes], [OUTCOMES[not one] for one in found]


def _covers(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low <= TRUE_SHARE <= high


def test_a_biased_machine_is_corrected_and_still_makes_the_interval_shorter() -> None:
    covered, alone, widths, human_widths, values = 0, 0, [], [], []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        truth, machine = _population(rng, 2000)
        drawn = rng.choice(2000, 150, replace=False)
        found = powered_share(Counter(machine), [Audited(truth[i], machine[i]) for i in drawn])
        automatic = Share(machine.count("pass"), 2000).interval
        human = Share(sum(truth[i] == "pass" for i in drawn), 150).interval
        assert found.low is not None
        assert found.high is not None
        assert automatic is not None
        assert human is not None
        covered += _covers(found.low, found.high)
        alone += _covers(*automatic)
        widths.append(found.high - found.low)
        human_widths.append(human[1] - human[0])
        values.append(found.value)
    assert 0.93 <= covered / RUNS <= 0.97
    assert alone == 0
    assert np.mean(widths) < 0.85 * np.mean(human_widths)
    assert np.mean(values) == pytest.approx(TRUE_SHARE, abs=0.005)


def _mean_of_risky_samples(weight: Callable[[float], float]) -> float:
    """The mean estimate where what failed is drawn four times as often, say by complaints."""
    values = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth, machine = _population(rng, 1000)
        chance = np.array([0.32 if one == "fail" else 0.08 for one in truth])
        drawn = np.flatnonzero(rng.random(1000) < chance)
        audited = [Audited(truth[i], machine[i], weight(float(chance[i]))) for i in drawn]
        found = powered_share(Counter(machine), audited)
        values.append(found.value)
    return float(np.mean(values))


def test_weights_undo_a_sample_that_looks_for_failures() -> None:
    assert _mean_of_risky_samples(lambda chance: 1 / chance) == pytest.approx(TRUE_SHARE, abs=0.01)
    assert _mean_of_risky_samples(lambda chance: 1.0) < TRUE_SHARE - 0.03


def test_with_fewer_than_ten_people_the_figure_is_the_machines_and_says_so() -> None:
    nine = [Audited("fail", "pass")] * (LEAST_HUMAN - 1) + [Audited("na", "pass")] * 50
    found = powered_share({"pass": 80, "fail": 20, "review": 7}, nine)
    assert (found.low, found.high) == Share(80, 100).interval
    assert found == Powered(0.8, found.low, found.high, 100, 9, 1.0, True, found.note)
    assert found.note.startswith("Tylko ocena automatyczna")
    assert "jest 9" in found.note


def test_of_nothing_there_is_no_figure() -> None:
    found = powered_share({}, [])
    assert (found.value, found.low, found.high, found.n_automatic, found.n_human) == (None, None, None, 0, 0)
    assert powered_share({"review": 5, "na": 2}, []).value is None


def test_a_small_sample_that_agrees_throughout_is_not_certain() -> None:
    found = powered_share({"pass": 990, "fail": 10}, [Audited("pass", "pass")] * 30)
    assert found.value is not None
    assert found.value > 0.98
    assert found.high == 1.0
    assert found.low is not None
    assert found.low < 0.95  # the rule of three: 30 without an error still allow 10 % of them


def test_a_machine_that_decides_nothing_leaves_people_alone() -> None:
    audited = [Audited("pass", "review")] * 30 + [Audited("fail", "review")] * 10
    found = powered_share({"review": 1000}, audited)
    assert found.value == pytest.approx(0.75)
    assert (found.n_automatic, found.n_human, found.automatic_only) == (0, 40, False)


def test_a_machine_that_never_errs_gives_the_share_of_everything() -> None:
    audited = [Audited("pass", "pass")] * 150 + [Audited("fail", "fail")] * 150
    found = powered_share({"pass": 9000, "fail": 1000}, audited)
    assert found.power > 0.95
    assert found.value == pytest.approx(0.9, abs=0.02)


def test_what_people_find_not_applicable_leaves_the_share() -> None:
    # the machine sees a pass where nothing applies: of what applies, half passes
    audited = [Audited("na", "pass")] * 100 + [Audited("pass", "pass")] * 50 + [Audited("fail", "fail")] * 50
    found = powered_share({"pass": 1500, "fail": 500}, audited)
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert (found.n_automatic, found.n_human) == (2000, 100)


def test_reviewing_everything_leaves_nothing_to_guess() -> None:
    audited = [Audited("pass", "fail")] * 30 + [Audited("fail", "fail")] * 10
    assert powered_share({"fail": 40}, audited).value == pytest.approx(0.75)


audits = st.builds(
    Audited,
    st.sampled_from(("pass", "fail", "na")),
    st.sampled_from(OUTCOMES),
    st.floats(1, 1000),
)


@given(st.lists(audits, max_size=40), st.dictionaries(st.sampled_from(OUTCOMES), st.integers(0, 500)))
def test_the_interval_holds_the_value_and_stays_a_share(audited: list[Audited], rest: dict[str, int]) -> None:
    counts = Counter(rest) + Counter(one.machine for one in audited)
    found = powered_share(counts, audited)
    if found.value is None:
        assert (found.low, found.high) == (None, None)
        return
    assert found.low is not None
    assert found.high is not None
    rounding = 1e-9
    assert 0 <= found.low <= found.value + rounding
    assert found.value - rounding <= found.high <= 1
    assert 0 <= found.power <= 1
    assert found.automatic_only == (found.n_human < LEAST_HUMAN)
