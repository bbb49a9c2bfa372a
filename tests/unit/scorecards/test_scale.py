"""Criteria with a scale: how a card says them, how the machine answers them, what they are worth."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scorecard_conversations import behaviours, reasons, talk

from scorecards import (
    SCORECARD_SCHEMA,
    CriterionResult,
    Finding,
    Scorecard,
    ScorecardError,
    available,
    evaluation_to_dict,
    load_scorecard,
    parse_scorecard,
    score,
    total,
)
from scorecards.checks import registered
from scorecards.evaluation import Outcome
from scorecards.scale import TOPS
from transcripts.conversation import Span

DESCRIBED = {"0": "Nic.", "1": "Jedno.", "2": "Dwa.", "3": "Trzy."}
SCALED: dict[str, Any] = {
    "id": "recap",
    "name": "Podsumowanie",
    "question": "Jak pełne jest podsumowanie?",
    "weight": 60,
    "scale": "0-3",
    "pass_from": 2,
    "levels": DESCRIBED,
    "check": "acts_counted",
    "parameters": {"behaviours": ["recap", "later_action", "timeframe"]},
}
PLAIN = {"id": "greeting", "name": "Powitanie", "question": "Czy wita?", "weight": 40, "check": "greeting"}


def said(phrase: str) -> dict[str, Any]:
    """A level with a check of its own: one phrase."""
    return {"description": f"Pada {phrase}.", "check": "phrase_said", "parameters": {"phrases": [phrase]}}


LADDER: dict[str, Any] = {
    **{name: value for name, value in SCALED.items() if name not in ("check", "parameters")},
    "levels": {"0": "Nic.", "1": said("raz"), "2": said("dwa"), "3": said("trzy")},
}


@contextmanager
def replaced(name: str, finding: Finding | None) -> Iterator[None]:
    """A check that says this, for a while."""
    before = registered()[name]
    registered()[name] = dataclasses.replace(before, run=lambda view, **_: finding)  # type: ignore[index]
    try:
        yield
    finally:
        registered()[name] = before  # type: ignore[index]


def text(first: dict[str, Any], **changes: Any) -> str:
    """A card whose first criterion has these fields; None takes one away."""
    fields = {name: value for name, value in {**first, **changes}.items() if value is not None}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [fields, PLAIN]}
    content = {"format": 1, "id": "moja", "version": 1, "name": "Moja", "sections": [section]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def card(first: dict[str, Any] = SCALED, **changes: Any) -> Scorecard:
    return parse_scorecard(text(first, **changes), "moja.yaml")


def first(of: Scorecard, *lines: str, **tags: Any) -> CriterionResult:
    return score(of, talk(*lines, **tags)).criteria[0]


# Reading ------------------------------------------------------------------------------------------------------


def test_a_scale_has_all_its_levels_and_says_which_of_them_pass() -> None:
    scale = next(card().criteria).scale
    assert scale is not None
    assert (scale.name, scale.top, scale.pass_from) == ("0-3", 3, 2)
    assert [level.description for level in scale.levels] == list(DESCRIBED.values())
    assert [scale.outcome(level) for level in range(4)] == ["fail", "fail", "pass", "pass"]
    assert next(card(scale="0-5", levels=None).criteria).scale.top == 5  # type: ignore[union-attr]


def test_numbers_name_levels_as_well_as_texts() -> None:
    written = text(SCALED).replace("'0'", "0").replace("'1'", "1").replace("'2'", "2").replace("'3'", "3")
    assert "'1'" not in written
    assert parse_scorecard(written, "moja.yaml") == card()


def test_pass_or_fail_may_be_written_down() -> None:
    plain = {**PLAIN, "id": "recap", "weight": 60}
    assert card(plain, scale="pass_fail") == card(plain)


@pytest.mark.parametrize(
    ("of", "changes", "words"),
    [
        (SCALED, {"scale": "0-4"}, "pole „scale” musi mieć jedną z wartości: pass_fail, 0-3, 0-5"),
        (SCALED, {"scale": 3}, "pole „scale” musi mieć"),
        (SCALED, {"scale": ["0-3"]}, "pole „scale” musi mieć"),
        (SCALED, {"scale": None}, "pole „pass_from” ma sens tylko ze skalą 0-3 albo 0-5"),
        (SCALED, {"scale": "pass_fail", "pass_from": None}, "pole „levels” ma sens tylko ze skalą"),
        (SCALED, {"pass_from": None}, "brakuje pola „pass_from”"),
        (SCALED, {"pass_from": 0}, "pole „pass_from” musi być liczbą całkowitą od 1 do 3"),
        (SCALED, {"pass_from": 4}, "od 1 do 3"),
        (SCALED, {"pass_from": 4, "scale": "0-5"}, None),
        (SCALED, {"pass_from": True}, "od 1 do 3"),
        (SCALED, {"pass_from": 2.0}, "od 1 do 3"),
        (SCALED, {"levels": {"4": "Za dużo."}}, "nieznane pole „4”; dozwolone pola to: 0, 1, 2, 3"),
        (SCALED, {"levels": ["Nic."]}, "oczekiwano pól: 0, 1, 2, 3"),
        (SCALED, {"levels": {"1": "  "}}, "poziom 1: pole „1” musi być niepustym tekstem"),
        (SCALED, {"levels": {"1": {"opis": "Nic."}}}, "nieznane pole „opis”"),
        (SCALED, {"levels": {"1": {"parameters": {}}}}, "parametry nic nie znaczą bez sprawdzenia"),
        (SCALED, {"check": None, "parameters": None}, "brakuje pola „check”"),
        (SCALED, {"check": "recap", "parameters": None}, "sprawdzenie „recap” nie daje poziomów"),
        (SCALED, {"parameters": None}, "wymaga parametru „behaviours”"),
        (SCALED, {"parameters": {"behaviours": ["recap", "recap"]}}, "stoi na liście „behaviours” dwa razy"),
        (SCALED, {"parameters": {"behaviours": ["taniec"]}}, "nie rozpoznaje zachowania „taniec”"),
        (LADDER, {"check": "recap"}, "poziomy mają własne sprawdzenia, więc pole „check” nic nie znaczy"),
        (LADDER, {"parameters": {"turns": 2}}, "więc pole „parameters” nic nie znaczy"),
        (LADDER, {"levels": {"0": said("raz"), "3": said("dwa")}}, "poziom 0 to brak wyższych"),
        (LADDER, {"levels": {"3": {"check": "brak"}}}, "poziom 3: nieznane sprawdzenie „brak”"),
        (
            LADDER,
            {"levels": {"3": {"check": "acts_counted", "parameters": {"behaviours": ["recap"]}}}},
            "samo daje poziomy",
        ),
        (PLAIN, {"check": "acts_counted", "parameters": {"behaviours": ["recap"]}}, "dodaj pole „scale”"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    of: dict[str, Any], changes: dict[str, Any], words: str | None
) -> None:
    written = text({**of, "id": "recap", "weight": 60}, **changes)
    if words is None:
        parse_scorecard(written, "moja.yaml")
        return
    with pytest.raises(ScorecardError, match=r"moja\.yaml, wiersz \d+, kryterium recap") as refusal:
        parse_scorecard(written, "moja.yaml")
    assert words in refusal.value.message


@pytest.mark.parametrize("of", [SCALED, LADDER])
def test_the_schema_for_editors_takes_scales(of: dict[str, Any]) -> None:
    jsonschema.validate(yaml.safe_load(text(of)), SCORECARD_SCHEMA)
    for wrong in ({"scale": "0-4"}, {"pass_from": 6}, {"levels": {"6": "Za dużo."}}, {"levels": {"1": ""}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(text(of, **wrong)), SCORECARD_SCHEMA)
    if of is SCALED:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(text(PLAIN, check=None)), SCORECARD_SCHEMA)


def test_the_card_of_the_documentation_can_be_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scorecards.md").read_text(encoding="utf-8")
    whole, levels = page.split("**Scales.**")[1].split("```yaml\n")[1:3]
    (shown,) = yaml.safe_load(whole.split("```")[0])
    of = card({**shown, "weight": 60})
    assert next(of.criteria).scale is not None
    own = yaml.safe_load(levels.split("```")[0])
    assert [name for name, _ in next(card(LADDER, **own).criteria).uses] == [
        "needs_asked",
        "needs_asked",
        "needs_matched",
    ]


# Answering by one check ---------------------------------------------------------------------------------------

CLOSING = (
    "c: i co teraz",
    "a: Podsumowując, reklamacja przyjęta.",
    "a: Wyślemy kuriera.",
    "a: Jutro do południa.",
)


def test_the_level_is_how_many_acts_there_are_and_earns_its_share() -> None:
    for acts, level, outcome, points in (
        ((), 0, "fail", 0.0),
        (((1, "recap", 0.97),), 1, "fail", 20.0),
        (((1, "recap", 0.97), (2, "later_action", 0.97)), 2, "pass", 40.0),
        (((1, "recap", 0.97), (2, "later_action", 0.97), (3, "timeframe", 0.97)), 3, "pass", 60.0),
    ):
        tags = behaviours(*acts, (0, "probing", 0.1))
        result = first(card(), "c: i co", "a: tak.", "a: no.", "a: już.", behaviours=tags)
        assert (result.level, result.outcome, result.points) == (level, outcome, points)
        assert result.reason == f"Poziom {level} z 3: liczba czynności, które padły: {level} z 3."
        assert len(result.evidence) == (level or 2)
        assert result.producer == "acts_counted@1"


def test_contract_two_has_level_and_scale_only_where_there_is_a_scale() -> None:
    content = evaluation_to_dict(score(card(), talk(*CLOSING)))
    scaled, plain = content["criteria"]
    assert (scaled["scale"], scaled["level"]) == ("0-3", None)
    assert scaled["outcome"] == "review"  # without a tagger nobody is sure enough
    assert not {"scale", "level"} & plain.keys()
    assert json.loads(json.dumps(content)) == content


def test_what_is_not_sure_enough_has_no_level() -> None:
    tags = behaviours((1, "recap", 0.97), (2, "later_action", 0.6))
    result = first(card(thresholds={"pass": 0.9}), *CLOSING, behaviours=tags)
    assert (result.outcome, result.level, result.points) == ("review", None, 0.0)
    assert result.reason.startswith("Do sprawdzenia przez człowieka: poziom")


def test_a_level_above_nought_has_to_be_shown_even_where_it_fails() -> None:
    with replaced("acts_counted", Finding("fail", 0.9, (), "Bez miejsca.", 1)):
        result = first(card(), *CLOSING)
    assert (result.outcome, result.level) == ("review", None)
    with replaced("acts_counted", Finding("fail", 0.9, (), "Nic.", 0)):
        assert first(card(), *CLOSING).level == 0


def test_a_check_that_counts_further_than_the_scale_gives_the_top() -> None:
    place = (Span(1, 0, 3),)
    with replaced("acts_counted", Finding("pass", 0.9, place, "Wiele.", 9)):
        result = first(card(), *CLOSING)
    assert (result.level, result.points) == (3, 60.0)


@pytest.mark.parametrize("outcome", ["na", "review"])
def test_na_and_review_have_no_level(outcome: Outcome) -> None:
    with replaced("acts_counted", Finding(outcome, 0.9, (), "Nie wiadomo.", None)):
        result = first(card(), *CLOSING)
    assert (result.outcome, result.level, result.reason) == (outcome, None, "Nie wiadomo.")


def test_a_poor_recording_gives_no_level_below_the_top() -> None:
    place = (Span(1, 0, 3),)
    for level, outcome in ((3, "pass"), (2, "review"), (1, "review")):
        tagged = talk(*CLOSING)
        poor = dataclasses.replace(tagged.conversation, metadata={"speech": {"trust": "low"}})
        with replaced("acts_counted", Finding("pass", 0.9, place, "Padło.", level)):
            result = score(card(), dataclasses.replace(tagged, conversation=poor)).criteria[0]
        assert (result.outcome, result.level) == (outcome, level if outcome == "pass" else None)


def test_a_condition_holds_for_scales_too() -> None:
    only = {"reasons": ["complaint.*"]}
    tags = behaviours((1, "recap", 0.97), (2, "later_action", 0.97))
    other = first(card(only=only), *CLOSING, behaviours=tags, reasons=reasons("delivery.delayed"))
    assert (other.outcome, other.level, other.producer) == ("na", None, "only@1")
    same = first(card(only=only), *CLOSING, behaviours=tags, reasons=reasons("complaint.defect", 1.0))
    assert same.level == 2


def test_without_an_agent_a_scale_does_not_apply() -> None:
    assert first(card(), "c: halo").outcome == "na"
    assert first(card(LADDER), "c: halo").producer == "phrase_said@1"


# Answering by levels with checks of their own -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "level", "outcome"),
    [
        ("Mówię raz.", 1, "fail"),
        ("Mówię raz i dwa.", 2, "pass"),
        ("Mówię trzy.", 3, "pass"),  # the highest that holds, whatever the lower ones say
        ("Mówię raz, dwa, trzy.", 3, "pass"),
        ("Milczę.", 0, "fail"),
    ],
)
def test_the_highest_level_that_holds_is_the_answer(line: str, level: int, outcome: str) -> None:
    result = first(card(LADDER), "c: proszę", f"a: {line}")
    assert (result.level, result.outcome) == (level, outcome)
    assert result.points == 20.0 * level
    assert result.producer == "phrase_said@1"


def ladder(*findings: Finding | None) -> CriterionResult:
    """What comes of these answers of the checks of levels 1, 2, 3; None: that level has no check."""
    names = ("greeting", "recap", "farewell")
    levels = {
        str(level): {"description": "Jest.", "check": name} if found else "Jest."
        for level, (name, found) in enumerate(zip(names, findings, strict=True), 1)
    }
    of = card(LADDER, levels={"0": "Nic.", **levels}, thresholds={"pass": 0.0, "fail": 0.0, "na": 0.0})
    with replaced("greeting", findings[0]), replaced("recap", findings[1]), replaced("farewell", findings[2]):
        return first(of, *CLOSING)


def found(outcome: Outcome, confidence: float = 0.9) -> Finding:
    return Finding(outcome, confidence, (Span(1, 0, 3),), f"Wynik {outcome}.")


def test_the_level_is_no_surer_than_what_stands_above_it() -> None:
    assert ladder(found("pass"), found("pass", 0.8), found("fail", 0.7)).confidence == 0.7
    assert ladder(found("pass", 0.6), found("fail", 0.8), found("fail", 0.7)).confidence == 0.6
    assert ladder(found("fail", 0.9), found("fail", 0.8), found("fail", 0.85)).confidence == 0.8
    assert ladder(found("fail", 0.2), found("pass", 0.8), found("fail", 0.85)).confidence == 0.8


def test_who_does_not_know_of_a_higher_level_leaves_it_to_a_person() -> None:
    unsure = ladder(found("pass"), found("review"), found("fail"))
    assert (unsure.outcome, unsure.level, unsure.reason) == ("review", None, "Wynik review.")
    settled = ladder(found("review"), found("pass"), found("fail"))
    assert settled.level == 2


def test_a_level_that_does_not_apply_does_not_hold_and_without_any_other_nothing_applies() -> None:
    assert ladder(found("pass"), found("pass"), found("na")).level == 2
    beside = ladder(found("fail"), found("na", 0.7), found("na", 0.8))
    assert (beside.outcome, beside.level, beside.confidence) == ("na", None, 0.8)


def test_levels_without_a_check_are_passed_over() -> None:
    assert ladder(found("pass"), None, found("fail")).level == 1
    assert ladder(found("fail"), None, found("pass")).level == 3


# Points -------------------------------------------------------------------------------------------------------


@given(
    top=st.sampled_from(sorted(TOPS.items())),
    pass_from=st.integers(1, 3),
    other=st.sampled_from(["pass", "fail", "na", "review"]),
    weight=st.floats(0.5, 99.5),
)
def test_more_is_never_worth_less(top: tuple[str, int], pass_from: int, other: str, weight: float) -> None:
    name, highest = top
    scaled = {**SCALED, "weight": weight, "scale": name, "pass_from": pass_from, "levels": None}
    plain = {**PLAIN, "weight": 100 - weight}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [scaled, plain]}
    content = {
        "format": 1,
        "id": "moja",
        "version": 1,
        "name": "M",
        "least_coverage": 0,
        "sections": [section],
    }
    section["criteria"] = [{k: v for k, v in one.items() if v is not None} for one in (scaled, plain)]
    of = parse_scorecard(json.dumps(content), "moja.yaml")
    totals = [
        total(
            of,
            {"recap": "pass" if level >= pass_from else "fail", "greeting": other},
            {"recap": level},
        )
        for level in range(highest + 1)
    ]
    earned = [one.earned["recap"] for one in totals]
    scores = [one.score for one in totals]
    assert earned == sorted(set(earned))  # strictly more with every level
    assert (earned[0], earned[-1]) == (0.0, pytest.approx(weight, abs=1e-4))
    assert None not in scores
    assert scores == sorted(scores)  # type: ignore[type-var]
    assert all(0 <= one <= 100 for one in scores if one is not None)


def test_what_a_critical_fail_takes_does_not_come_back_by_a_level() -> None:
    outcomes = {"recap": "fail", "greeting": "pass"}
    assert total(card(), outcomes, {"recap": 1}).score == 60.0
    assert total(card(critical=True), outcomes, {"recap": 1}).score == 0.0
    lost = total(card(critical="section"), outcomes, {"recap": 1})
    assert (lost.score, dict(lost.earned)) == (0.0, {"recap": 0.0, "greeting": 0.0})


def test_an_answer_without_a_level_is_worth_all_or_nothing() -> None:
    assert total(card(), {"recap": "pass", "greeting": "fail"}).earned["recap"] == 60
    assert total(card(), {"recap": "fail", "greeting": "fail"}).earned["recap"] == 0
    assert total(card(), {"recap": "na", "greeting": "fail"}, {"recap": 3}).earned["recap"] == 0


# Cards without scales -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key in available() if key.endswith("@1")])
def test_cards_without_a_scale_are_judged_and_versioned_as_before(key: str) -> None:
    of = load_scorecard(key)
    assert "scale" not in repr(of)
    result = score(of, talk(*CLOSING))
    assert "level" not in repr(result)
    for written in evaluation_to_dict(result)["criteria"]:
        assert list(written) == ["id", "outcome", "confidence", "points", "evidence", "reason", "producer"]


def test_a_scale_is_part_of_what_versions_are_made_of() -> None:
    assert repr(card()) != repr(card(pass_from=1))
    assert repr(card(LADDER)) != repr(card(LADDER, levels={**LADDER["levels"], "3": said("cztery")}))
