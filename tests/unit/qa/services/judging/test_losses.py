"""What critical criteria take at a stroke, told apart by criterion."""

from __future__ import annotations

import dataclasses

from qa.services.judging.losses import Losses, losses
from scorecards import load_scorecard, total

CARD = load_scorecard("phone@1")


def with_critical_section() -> tuple[object, str, list[str]]:
    section = CARD.sections[0]
    first, *rest = section.criteria
    changed = dataclasses.replace(section, criteria=(dataclasses.replace(first, fails_section=True), *rest))
    return (
        dataclasses.replace(CARD, sections=(changed, *CARD.sections[1:])),
        section.id,
        [c.id for c in section.criteria],
    )


def test_nothing_is_lost_without_a_fail() -> None:
    assert losses(CARD, {c.id: "pass" for c in CARD.criteria}) == Losses((), {})
    assert losses(None, {"greeting": "fail"}) == Losses((), {})
    assert losses(CARD, {"unknown": "fail", "greeting": None}) == Losses((), {})


def test_a_critical_fail_takes_the_whole_and_says_which_it_was() -> None:
    critical = next(c.id for c in CARD.criteria if c.critical)
    assert losses(CARD, {critical: "fail", "greeting": "fail"}).whole == (critical,)


def test_a_fail_of_a_section_takes_that_section_as_the_arithmetic_does() -> None:
    card, section, (first, second, *_) = with_critical_section()
    outcomes = {first: "fail", second: "pass"}
    found = losses(card, outcomes)  # type: ignore[arg-type]
    assert (found.whole, found.sections) == ((), {section: (first,)})
    assert tuple(found.sections) == total(card, outcomes).sections_failed  # type: ignore[arg-type]
    assert losses(card, {second: "fail"}).sections == {}  # type: ignore[arg-type]
