"""Scales in words: a card on the command line, and what differs between two."""

from __future__ import annotations

from typing import Any

import yaml

from scorecards import Scorecard, describe, load_scorecard, parse_scorecard
from scorecards.differences import as_text, differences

SCALED: dict[str, Any] = {
    "id": "recap",
    "name": "Podsumowanie",
    "question": "Jak pełne jest podsumowanie?",
    "weight": 100,
    "scale": "0-3",
    "pass_from": 2,
    "levels": {
        "0": "Nic.",
        "1": "Jedno.",
        "2": {"description": "Dwa.", "check": "recap", "parameters": {"turns": 4}},
        "3": {"description": "Trzy.", "check": "paraphrase"},
    },
}


def card(**changes: Any) -> Scorecard:
    fields = {name: value for name, value in {**SCALED, **changes}.items() if value is not None}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [fields]}
    content = {"format": 1, "id": "moja", "version": 1, "name": "Moja", "sections": [section]}
    return parse_scorecard(yaml.safe_dump(content, sort_keys=False), "moja.yaml")


def test_a_card_is_shown_with_its_levels() -> None:
    shown = describe(card(levels={**SCALED["levels"], "1": {}}))
    assert "Skala 0-3, zaliczone od 2:" in shown
    assert "        1: brak opisu\n        2: Dwa.\n" in shown
    assert "Skala" not in describe(load_scorecard("phone@1"))


def told(old: Scorecard, new: Scorecard) -> dict[str, tuple[str, str]]:
    return {one.field: (one.before, one.after) for one in differences(old, new)}


def test_a_card_does_not_differ_from_itself() -> None:
    assert differences(card(), card()) == []
    assert differences(load_scorecard("sales@2"), load_scorecard("sales@2")) == []


def test_where_a_scale_passes_and_what_its_levels_mean() -> None:
    levels = {
        **SCALED["levels"],
        "1": "Jedno z trzech.",
        "2": {**SCALED["levels"]["2"], "parameters": {"turns": 5}},
    }
    assert told(card(), card(pass_from=1, levels=levels)) == {
        "scale": ("0-3, zaliczone od 2", "0-3, zaliczone od 1"),
        "levels": (
            "1 „Jedno.”; 2 „Dwa.” (recap: share 0.35, turns 4)",
            "1 „Jedno z trzech.”; 2 „Dwa.” (recap: share 0.35, turns 5)",
        ),
    }


def test_a_criterion_that_begins_to_ask_for_degrees() -> None:
    plain = card(scale=None, pass_from=None, levels=None, check="recap")
    found = told(plain, card())
    assert found["scale"] == ("zaliczone albo niezaliczone", "0-3, zaliczone od 2")
    assert found["check"] == ("recap", "brak")
    assert found["levels"][0] == "brak"
    text = as_text(plain, card())
    assert "skala: zaliczone albo niezaliczone → 0-3, zaliczone od 2" in text
    assert "poziomy:" in text
