"""docs/policies.md, held against the loader, the checks and the cards, so that it says what is so."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from scorecards import available, load_scorecard, parse_policy, standard_policy
from scorecards.calendar import Calendar
from scorecards.checks import registered
from scorecards.policy import KNOWN_TERMS, Policy, Response
from scorecards.policy_reading import POLICY_FIELDS, RESPONSE_FIELDS, STYLE_FIELDS, TERM_FIELDS
from scorecards.policy_use import PARAMETER, uses_policy

PAGE = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


@pytest.fixture(scope="module")
def shown() -> Policy:
    return parse_policy(EXAMPLE, "docs/policies.md")


def test_the_example_is_a_policy_with_everything_in_it(shown: Policy) -> None:
    named = (
        *POLICY_FIELDS[0],
        *POLICY_FIELDS[1],
        *TERM_FIELDS[0],
        *TERM_FIELDS[1],
        *RESPONSE_FIELDS,
        *STYLE_FIELDS,
    )
    assert not [name for name in named if not re.search(rf"\b{name}:", EXAMPLE)]
    assert shown.key == "moj_sklep@3"
    assert shown.calendar.open_on(date(2026, 12, 13)) == ((10.0, 16.0),)
    assert shown.calendar.open_on(date(2026, 12, 31)) == ()
    assert shown.calendar.open_on(date(2026, 11, 11)) == ()
    assert shown.calendar.open_on(date(2026, 11, 14)) == ((9.0, 12.5), (13.0, 15.0))
    assert shown.response["email"] == Response(4.0, 24.0)
    assert {term.id for term in shown.terms} - set(KNOWN_TERMS) == {"delivery"}


def test_what_holds_without_a_field_is_as_the_page_says() -> None:
    bare = parse_policy("format: 1\nid: a\nversion: 1\nname: A\n", "a.yaml")
    assert bare.calendar == Calendar()
    assert (bare.response, bare.terms) == ({}, ())
    assert (bare.style.address, bare.style.longest_sentence) == ("any", 35)
    assert "`standard@1` holds: always open" in " ".join(PAGE.split())
    standard = standard_policy()
    firsts = {channel: response.first for channel, response in standard.response.items()}
    assert firsts == {
        "chat": 1 / 60, "social": 2, "sms": 2, "email": 24, "form": 24, "marketplace": 24,
    }  # fmt: skip
    assert {(t.id, t.days, t.rule) for t in standard.terms} == {
        ("withdrawal", 14, "exactly"), ("complaint_answer", 14, "at_most"), ("refund", 14, "at_most"),
    }  # fmt: skip
    assert standard.style == bare.style
    assert standard.calendar == Calendar()


def test_the_reckoning_of_hours_is_as_the_page_says() -> None:
    shop = parse_policy(
        'format: 1\nid: a\nversion: 1\nname: A\nhours: {mon-fri: "8:00-18:00"}\nresponse: {sms: {first: 1 d}}\n',
        "a.yaml",
    )
    assert shop.calendar.between(datetime(2026, 11, 6, 17), datetime(2026, 11, 9, 9)) == pytest.approx(2)
    assert shop.response["sms"].first == 24
    night = 'format: 1\nid: a\nversion: 1\nname: A\nhours: {mon-sun: "0:00-6:00, 22:00-24:00"}\n'
    assert parse_policy(night, "a.yaml").calendar.week[0] == ((0.0, 6.0), (22.0, 24.0))


def test_the_table_names_the_checks_that_read_a_policy_and_the_criteria_that_use_them() -> None:
    reading = {name for name, check in registered().items() if PARAMETER in check.parameters}
    assert {row[0].strip("`") for row in ROWS} == reading
    told = set()
    for name, _, where in ROWS:
        criterion, *cards = re.findall(r"`([^`]+)`", where)
        told |= {(name.strip("`"), criterion, card) for card in cards}
    cards = [load_scorecard(key) for key in available()]
    used = {
        (check, criterion.id, card.key)
        for card in cards
        for criterion in card.criteria
        for check, _ in criterion.uses
        if check in reading
    }
    assert told == used
    assert {card.key for card in cards if uses_policy(card)} == {card for _, _, card in told}


def test_what_the_table_says_a_check_reads_is_a_field() -> None:
    fields = {*POLICY_FIELDS[1], *(f"style.{name}" for name in STYLE_FIELDS)}
    fields |= {f"response.*.{name}" for name in RESPONSE_FIELDS}
    told = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[1])}
    assert told == fields - {"response", "style"}
