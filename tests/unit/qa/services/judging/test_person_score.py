"""A person's score follows the engine's rules."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.services.judging.person_score import person_score
from scorecards import Scorecard, available, load_scorecard

CARDS = {key: load_scorecard(key) for key in available()}
PHONE = CARDS["phone@1"]
ALL_PASS = {criterion.id: "pass" for criterion in PHONE.criteria}


def with_section_critical(card: Scorecard, *criteria: str) -> Scorecard:
    sections = tuple(
        dataclasses.replace(
            section,
            criteria=tuple(
                dataclasses.replace(c, fails_section=c.id in criteria, critical=False)
                for c in section.criteria
            ),
        )
        for section in card.sections
    )
    return dataclasses.replace(card, sections=sections)


def by_hand(card: Scorecard, said: dict[str, str]) -> float | None:
    """The rules of the documentation, in exact numbers."""
    if any(c.critical and said[c.id] == "fail" for c in card.criteria):
        return 0.0
    earned = decided = applicable = Fraction(0)
    for section in card.sections:
        lost = any(c.fails_section and said[c.id] == "fail" for c in section.criteria)
        for c in section.criteria:
            weight = Fraction(c.weight)
            applicable += weight if said[c.id] != "na" else 0
            decided += weight if said[c.id] in ("pass", "fail") or (lost and said[c.id] != "na") else 0
            earned += weight if said[c.id] == "pass" and not lost else 0
    if not decided or decided / applicable < Fraction(card.least_coverage):
        return None
    return float(100 * earned / decided)


@given(st.data())
def test_it_follows_the_rules(data: st.DataObject) -> None:
    card = CARDS[data.draw(st.sampled_from(sorted(CARDS)))]
    names = [criterion.id for criterion in card.criteria]
    if data.draw(st.booleans()):
        card = with_section_critical(card, *data.draw(st.lists(st.sampled_from(names), max_size=3)))
    said = {name: data.draw(st.sampled_from(["pass", "fail", "na", "review"])) for name in names}
    expected = by_hand(card, said)
    found = person_score(card, said)
    assert found == (None if expected is None else pytest.approx(expected, abs=0.005001))
    decided = {name: outcome for name, outcome in said.items() if outcome != "review"}
    assert person_score(card, decided) == found


def test_points_of_what_applies() -> None:
    assert person_score(PHONE, ALL_PASS) == 100
    assert person_score(PHONE, {**ALL_PASS, "empathy": "fail"}) == 90
    # without the 10 points of empathy the 12 of the solution are 12 of 90
    assert person_score(PHONE, {**ALL_PASS, "empathy": "na", "solution": "fail"}) == pytest.approx(86.67)


def test_a_failed_critical_criterion_is_zero_also_where_nothing_else_is_judged() -> None:
    assert person_score(PHONE, {**ALL_PASS, "courtesy": "fail"}) == 0
    assert person_score(PHONE, {"courtesy": "fail"}) == 0


def test_too_little_gives_no_score() -> None:
    assert person_score(PHONE, {}) is None
    assert person_score(PHONE, dict.fromkeys(ALL_PASS, "na")) is None
    assert person_score(PHONE, {"solution": "pass"}) is None
    # 10 of 20 applicable points are exactly half, which is enough
    rest = {name: "na" for name in ALL_PASS if name not in ("empathy", "identity_check")}
    assert person_score(PHONE, {**rest, "empathy": "pass"}) == 100


def test_a_criterion_that_fails_its_section_loses_the_points_of_the_section_only() -> None:
    card = with_section_critical(PHONE, "empathy")
    # attitude has 25 of 100 points
    assert person_score(card, {**ALL_PASS, "empathy": "fail"}) == 75
    # what does not apply stays out: 8 of ownership leave 17 of 92 lost
    assert person_score(card, {**ALL_PASS, "empathy": "fail", "ownership": "na"}) == pytest.approx(81.52)
    # what nobody has judged in a lost section is lost as well
    assert person_score(card, {**ALL_PASS, "empathy": "fail", "ownership": "review"}) == 75
    assert person_score(card, {**ALL_PASS, "ownership": "fail"}) == 92
