"""The linter on scales: what levels mean, and whether anybody can give them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from scorecards.lint import lint, lint_text
from scorecards.lint.reach import level_reach
from scorecards.loader import parse_scorecard
from scorecards.view import CEILING

MEANINGS = {"0": "Nic.", "1": "Jedno.", "2": "Dwa.", "3": "Trzy."}
COUNTED: dict[str, Any] = {
    "id": "recap",
    "name": "Podsumowanie",
    "question": "Jak pełne jest podsumowanie?",
    "weight": 40,
    "scale": "0-3",
    "pass_from": 2,
    "levels": MEANINGS,
    "check": "acts_counted",
    "parameters": {"behaviours": ["recap", "later_action", "timeframe"]},
}
OTHERS = [
    {
        "id": "greeting",
        "name": "Powitanie",
        "question": "Czy konsultant wita?",
        "weight": 35,
        "check": "greeting",
    },
    {
        "id": "farewell",
        "name": "Pożegnanie",
        "question": "Czy konsultant żegna się?",
        "weight": 25,
        "not_applicable": "nagranie urwane",
        "check": "farewell",
    },
]
OWN = {
    "0": "Nic.",
    "1": {"description": "Jedno.", "check": "recap", "parameters": {"turns": 6}},
    "2": {"description": "Dwa.", "check": "paraphrase"},
    "3": {"description": "Trzy.", "check": "further_help"},
}
LADDER = {name: value for name, value in COUNTED.items() if name not in ("check", "parameters")} | {
    "levels": OWN
}


def text(first: dict[str, Any], **changes: Any) -> str:
    fields = {name: value for name, value in {**first, **changes}.items() if value is not None}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [fields, *OTHERS]}
    content = {"format": 1, "id": "moja", "version": 1, "name": "Moja", "sections": [section]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize("first", [COUNTED, LADDER])
def test_a_good_scale_has_no_remarks(first: dict[str, Any]) -> None:
    assert lint_text(text(first), "moja.yaml").remarks == ()


@pytest.mark.parametrize("key", ["sales@2", "complaint@2"])
def test_the_shipped_cards_with_scales_have_no_remarks(key: str) -> None:
    assert lint(key).remarks == ()


def changed(**levels: Any) -> dict[str, Any]:
    """The levels of the ladder, some of them otherwise; None takes one away."""
    found = {**OWN, **{name.removeprefix("l"): value for name, value in levels.items()}}
    return {name: value for name, value in found.items() if value is not None}


SAME_AS_TOP = {"description": "Dwa.", "check": "further_help"}


@pytest.mark.parametrize(
    ("first", "changes", "level", "rule", "words"),
    [
        (COUNTED, {"levels": None}, "error", "levels", "żaden z poziomów 0, 1, 2 i 3 nie ma opisu"),
        (COUNTED, {"levels": {**MEANINGS, "1": {}}}, "error", "levels", "poziom 1 nie ma opisu"),
        (LADDER, {"levels": changed(l0=None)}, "error", "levels", "poziom 0 nie ma opisu"),
        (
            COUNTED,
            {"levels": {**MEANINGS, "2": "jedno"}},
            "warning",
            "levels",
            "poziom 2 ma ten sam opis co poziom 1",
        ),
        (COUNTED, {"pass_from": 4}, "error", "refused", "„pass_from” musi być liczbą całkowitą od 1 do 3"),
        (COUNTED, {"pass_from": 0}, "error", "refused", "od 1 do 3"),
        (
            COUNTED,
            {"parameters": {"behaviours": ["recap", "timeframe"]}},
            "error",
            "unreachable",
            "daje z tymi parametrami najwyżej poziom 2, a skala sięga 3",
        ),
        (
            COUNTED,
            {"parameters": {"behaviours": ["recap", "timeframe", "greeting", "empathy"]}},
            "warning",
            "levels",
            "liczy z tymi parametrami do 4, a skala kończy się na 3",
        ),
        (
            LADDER,
            {"levels": changed(l3="Trzy.")},
            "error",
            "unreachable",
            "poziom 3 nie ma sprawdzenia, więc automat nigdy nie da wszystkich punktów",
        ),
        (
            LADDER,
            {"levels": changed(l2="Dwa.")},
            "warning",
            "unreachable",
            "poziom 2 nie ma sprawdzenia, więc da go tylko człowiek",
        ),
        (
            LADDER,
            {"levels": changed(l2=SAME_AS_TOP)},
            "error",
            "unreachable",
            "poziom 2 ma to samo sprawdzenie i parametry co poziom 3, więc nigdy nie zostanie dany",
        ),
        (
            COUNTED,
            {"levels": {**MEANINGS, "3": "Konsultant jest zdenerwowany."}},
            "error",
            "feelings",
            "ocenia emocje konsultanta",
        ),
        (
            LADDER,
            {
                "levels": changed(
                    l1={"description": "Jedno.", "check": "farewell", "parameters": {"turns": 3}}
                )
            },
            "warning",
            "not_applicable",
            "sprawdzenie farewell albo paraphrase albo further_help może odpowiedzieć „nie dotyczy”",
        ),
        (
            LADDER,
            {
                "levels": changed(
                    l1={"description": "Jedno.", "check": "phrase_said", "parameters": {"phrases": ["kup*"]}}
                )
            },
            "warning",
            "never_fails",
            "wzorzec „kup*” pasuje prawie do każdej rozmowy",
        ),
        (
            COUNTED,
            {"parameters": {"behaviours": ["recap", "later_action", "timeframe"], "turns": 3}},
            "warning",
            "unused",
            "parametr „turns” nic nie zmienia",
        ),
        (COUNTED, {"question": "Podsumowanie"}, "warning", "question", "nie jest pytaniem"),
    ],
)
def test_one_thing_wrong_is_one_remark(
    first: dict[str, Any], changes: dict[str, Any], level: str, rule: str, words: str
) -> None:
    (one,) = lint_text(text(first, **changes), "moja.yaml").remarks
    assert (one.level, one.rule) == (level, rule)
    assert words in one.message
    assert one.message.startswith("moja.yaml, wiersz ")
    assert rule == "refused" or one.criterion == "recap"


def test_thresholds_beyond_what_the_checks_reach() -> None:
    remarks = lint_text(text(COUNTED, thresholds={"pass": 0.95, "fail": 0.9}), "moja.yaml").remarks
    said = [(one.level, one.rule, one.message) for one in remarks]
    assert [row[:2] for row in said] == [
        ("warning", "unreachable")
    ] * 3  # the outcome, and both of its levels
    assert any("poziom 2 nigdy nie zapadnie automatycznie (próg 0,95" in row[2] for row in said)
    worst = lint_text(text(COUNTED, thresholds={"pass": 0.95, "fail": 0.95}), "moja.yaml").remarks
    assert [one.level for one in worst if "zawsze trafi do człowieka" in one.message] == ["error"]


def test_two_criteria_with_the_same_checks_of_levels_are_one() -> None:
    content = yaml.safe_load(text(LADDER, weight=20))
    twin = {
        **content["sections"][0]["criteria"][0],
        "id": "twin",
        "name": "Drugie",
        "question": "Na ile wita?",
    }
    content["sections"][0]["criteria"].append(twin)
    (one,) = lint_text(yaml.safe_dump(content, sort_keys=False), "moja.yaml").remarks
    assert (one.rule, one.criterion) == ("duplicate", "twin")


def test_the_greatest_confidence_of_a_level() -> None:
    counted = next(parse_scorecard(text(COUNTED), "m").criteria)
    most = level_reach(counted)
    assert list(most) == [0, 1, 2, 3]
    assert most[0] == pytest.approx(CEILING**3)
    assert most[1] > CEILING**3  # one of the others may be the one that was meant
    own = next(parse_scorecard(text(LADDER), "m").criteria)
    assert level_reach(own) == dict.fromkeys(range(4), CEILING)
