"""Drawing: fixed sizes, exact probabilities, the same seed the same sample, no bias."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.services.sampling.selection import (
    MOST_RISK,
    RISKS,
    Candidate,
    Design,
    allocate,
    chance,
    draw,
    probabilities,
    seconds,
)

WEIGHTS = {"critical": 5.0, "falling": 3.0, "repeated": 3.0, "unsure": 2.0, "silence": 1.0}
RISKY = Design(size=12, risk_share=MOST_RISK, weights=WEIGHTS)


def frame(count: int, *, strata: int = 1) -> list[Candidate]:
    """Every tenth conversation shows the two heaviest risks, every third another one."""
    found = []
    for number in range(count):
        risks = ("critical", "falling") if number % 10 == 0 else ("unsure",) if number % 3 == 0 else ()
        stratum = f"a-{number % strata}" if strata > 1 else ""
        found.append(Candidate(f"c-{number:04}", f"a-{number % 7}", stratum, risks))
    return found


@pytest.mark.parametrize("design", [Design(size=5), Design(each=5), RISKY])
def test_nothing_is_drawn_from_nothing(design: Design) -> None:
    drawing = draw([], design, 1)
    assert (drawing.chosen, drawing.reserve, drawing.frame) == ((), {}, {})


def test_a_frame_no_larger_than_the_sample_is_drawn_whole_and_surely() -> None:
    drawing = draw(frame(12), RISKY, 1)
    assert len(drawing.chosen) == 12
    assert {one.probability for one in drawing.chosen} == {1.0}
    assert drawing.reserve == {"": ()}


def test_quotas_take_what_there_is() -> None:
    assert allocate({"a": 3, "b": 100, "": 1}, Design(each=5)) == {"a": 3, "b": 5, "": 1}


def test_a_size_is_split_in_proportion_and_leaves_no_stratum_without_a_chance() -> None:
    assert allocate({"a": 500, "b": 300, "c": 200}, Design(size=10)) == {"a": 5, "b": 3, "c": 2}
    assert allocate({"a": 990, "b": 5, "c": 5}, Design(size=10)) == {"a": 9, "b": 1, "c": 1}
    assert allocate({"a": 2, "b": 1}, Design(size=100)) == {"a": 2, "b": 1}
    many = {f"a-{number}": 10 for number in range(50)}
    assert allocate(many, Design(size=5)) == dict.fromkeys(many, 1)


@given(
    st.dictionaries(st.text(max_size=3), st.integers(1, 400), min_size=1, max_size=12), st.integers(1, 500)
)
def test_a_split_has_the_size_where_it_can(counts: dict[str, int], size: int) -> None:
    planned = allocate(counts, Design(size=size))
    assert all(1 <= planned[name] <= count for name, count in counts.items())
    least = max(size, len(counts))
    assert min(size, sum(counts.values())) <= sum(planned.values()) <= least + len(counts)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from(sorted(RISKS)), max_size=5, unique=True), min_size=2, max_size=80),
    st.integers(1, 79),
    st.floats(0, 1),
)
def test_probabilities_sum_to_the_size_and_none_is_zero(risks: list[list[str]], n: int, share: float) -> None:
    rows = [Candidate(f"c-{i}", None, "", tuple(one)) for i, one in enumerate(risks)]
    found = probabilities(rows, n, Design(size=n, risk_share=share, weights=WEIGHTS))
    assert math.isclose(math.fsum(found), min(n, len(rows)), rel_tol=1e-9)
    floor = (1 - MOST_RISK) * min(n, len(rows)) / len(rows)
    assert all(floor - 1e-12 <= p <= 1 for p in found)


@settings(max_examples=60)
@given(st.integers(1, 120), st.integers(1, 60), st.integers(0, 2**31 - 1), st.floats(0, 1), st.integers(1, 5))
def test_the_size_is_fixed_and_nothing_is_drawn_twice(
    count: int, n: int, seed: int, share: float, strata: int
) -> None:
    design = Design(each=n, risk_share=share, weights=WEIGHTS)
    drawing = draw(frame(count, strata=strata), design, seed)
    ids = [one.conversation_id for one in drawing.chosen]
    assert len(set(ids)) == len(ids) == sum(planned for _, planned in drawing.frame.values())
    by_stratum = Counter(one.stratum for one in drawing.chosen)
    assert {name: planned for name, (_, planned) in drawing.frame.items()} == dict(by_stratum)
    spare = [one.conversation_id for rows in drawing.reserve.values() for one in rows]
    assert not set(spare) & set(ids)
    assert len(set(spare)) == len(spare)


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    rows = frame(200, strata=3)
    mixed = list(rows)
    random.Random(5).shuffle(mixed)
    one, two, other = draw(rows, RISKY, 7), draw(mixed, RISKY, 7), draw(rows, RISKY, 8)
    assert one == two
    assert {c.conversation_id for c in one.chosen} != {c.conversation_id for c in other.chosen}


@pytest.mark.parametrize("share", [0.0, 0.5, MOST_RISK], ids=["random", "mixed", "risk"])
def test_over_many_seeds_each_is_drawn_as_often_as_stated(share: float) -> None:
    rows, n, seeds = frame(30), 6, 1500
    design = Design(size=n, risk_share=share, weights=WEIGHTS)
    stated = dict(zip((one.conversation_id for one in rows), probabilities(rows, n, design), strict=True))
    drawn: Counter[str] = Counter()
    for seed in range(seeds):
        for one in draw(rows, design, seed).chosen:
            assert one.probability == stated[one.conversation_id]
            drawn[one.conversation_id] += 1
    for identifier, p in stated.items():
        assert abs(drawn[identifier] / seeds - p) < 4 * math.sqrt(p * (1 - p) / seeds)


def test_over_many_seeds_the_weighted_total_is_right_and_the_plain_share_is_not() -> None:
    rows, seeds = frame(100), 700
    failing = {one.conversation_id for one in rows if "critical" in one.risks}
    truth = len(failing) / len(rows)
    totals, plain = [], []
    for seed in range(seeds):
        chosen = draw(rows, RISKY, seed).chosen
        totals.append(sum(1 / one.probability for one in chosen if one.conversation_id in failing))
        plain.append(sum(one.conversation_id in failing for one in chosen) / len(chosen))
    mean = sum(totals) / seeds
    error = math.sqrt(sum((total - mean) ** 2 for total in totals) / seeds / seeds)
    assert abs(mean - len(failing)) < 4 * error
    assert abs(mean / len(rows) - truth) < 0.015
    assert sum(plain) / seeds > 3 * truth


def test_any_two_can_be_drawn_together() -> None:
    pairs = {
        frozenset(one.conversation_id for one in draw(frame(6), Design(size=2), seed).chosen)
        for seed in range(300)
    }
    assert len(pairs) == 15


def test_what_takes_the_place_of_a_skipped_one_has_the_chance_of_its_weight() -> None:
    rows, seeds = frame(30), 800
    design = Design(size=3, risk_share=MOST_RISK, weights=WEIGHTS)
    stated = dict(zip((one.conversation_id for one in rows), probabilities(rows, 3, design), strict=True))
    risky = {one.conversation_id for one in rows if "critical" in one.risks}
    expected, found = 0.0, 0
    for seed in range(seeds):
        drawing = draw(rows, design, seed)
        rest = stated.keys() - {one.conversation_id for one in drawing.chosen}
        expected += sum(stated[i] for i in rest & risky) / sum(stated[i] for i in rest) / seeds
        found += drawing.reserve[""][0].conversation_id in risky
    assert expected > 2 * len(risky) / len(rows)
    assert abs(found / seeds - expected) < 4 * math.sqrt(expected * (1 - expected) / seeds)


def test_the_reason_says_what_the_plan_weighed() -> None:
    rows = [Candidate("c-1", None, "", ("falling", "silence")), Candidate("c-2", None, "", ())]
    design = Design(size=2, risk_share=0.5, weights={**WEIGHTS, "silence": 0.0})
    reasons = {one.conversation_id: one.reason for one in draw(rows, design, 1).chosen}
    assert reasons == {"c-1": "Ryzyko: pogorszenie nastroju klienta", "c-2": "Losowo; bez sygnałów ryzyka"}
    assert draw(rows, Design(each=1, by="zespół"), 1).chosen[0].reason == "Losowo, osobno: zespół"
    everything = Candidate("c-3", None, "", tuple(RISKS))
    assert len(draw([everything], Design(size=1, risk_share=0.5, weights=WEIGHTS), 1).chosen[0].reason) <= 200


def test_second_reviews_are_a_fixed_share() -> None:
    chosen = draw(frame(100), Design(size=40), 3).chosen
    assert seconds(chosen, 0.0, 3) == seconds((), 0.5, 3) == frozenset()
    assert len(seconds(chosen, 0.25, 3)) == 10
    assert len(seconds(chosen, 0.001, 3)) == 1
    assert seconds(chosen, 0.25, 3) == seconds(tuple(reversed(chosen)), 0.25, 3)
    assert len(seconds(chosen, 1.0, 3)) == 40


def test_chance_is_even() -> None:
    values = [chance(1, "order", str(number)) for number in range(4000)]
    assert 0 <= min(values) < max(values) < 1
    assert abs(sum(values) / 4000 - 0.5) < 0.02
    assert sum(value < 0.1 for value in values) == pytest.approx(400, abs=80)
