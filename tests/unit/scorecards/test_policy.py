"""The policy file: what it says, what is refused with file, line and place, and how cards come under it."""

from __future__ import annotations

import datetime
import hashlib
import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml
from scorecard_conversations import talk

from scorecards import (
    POLICY_SCHEMA,
    ScorecardError,
    load_policy,
    load_scorecard,
    parse_policy,
    parse_scorecard,
    score,
    standard_policy,
)
from scorecards.policy import Response
from scorecards.policy_use import under, uses_policy

GOOD = """\
format: 1
id: sklep
version: 3
name: Zasady sklepu
hours:
  mon-fri: "8:00-18:00"
  sat: "9:00-12:30, 13:00-15:00"
holidays: polish
days:
  2026-12-13: "10:00-16:00"
  2026-12-31: closed
response:
  email: {first: 4 h, later: 24 h}
  chat: {first: 60 s}
terms:
  - id: withdrawal
    name: Zwrot towaru
    days: 30
  - id: delivery
    name: Dostawa
    days: 2
    working: true
    rule: at_most
    about: ["dostaw*|wysylk*", "paczk* ~3 dojdzie|dotrze"]
style:
  address: formal
  avoid: ["nie ma opcji"]
  longest_sentence: 25
"""
CARD = """\
format: 1
id: moja
version: 1
name: Moja
sections:
  - id: a
    name: A
    weight: 100
    criteria:
      - {id: t, name: T, question: "Czy terminy są dobre?", weight: 50, check: stated_terms_right, not_applicable: nie ma}
      - {id: g, name: G, question: "Czy wita?", weight: 50, check: greeting}
"""


def test_a_policy_is_read_as_written() -> None:
    policy = parse_policy(GOOD, "zasady.yaml")
    assert policy.key == "sklep@3"
    calendar = policy.calendar
    assert calendar.week[0] == ((8.0, 18.0),)
    assert calendar.week[5] == ((9.0, 12.5), (13.0, 15.0))
    assert calendar.week[6] == ()
    assert calendar.open_on(datetime.date(2026, 12, 13)) == ((10.0, 16.0),)
    assert calendar.open_on(datetime.date(2026, 12, 31)) == ()
    assert calendar.open_on(datetime.date(2026, 11, 11)) == ()
    assert policy.response == {"email": Response(4.0, 24.0), "chat": Response(60 / 3600, None)}
    assert [(t.id, t.days, t.rule, t.working) for t in policy.terms] == [
        ("withdrawal", 30, "exactly", False),
        ("delivery", 2, "at_most", True),
    ]
    assert policy.style.address == "formal"


def test_the_standard_policy_has_the_terms_of_the_law_and_is_always_open() -> None:
    policy = standard_policy()
    assert policy.key == "standard@1"
    assert {t.id: (t.days, t.rule) for t in policy.terms} == {
        "withdrawal": (14, "exactly"), "complaint_answer": (14, "at_most"), "refund": (14, "at_most"),
    }  # fmt: skip
    assert policy.calendar.open_on(datetime.date(2026, 12, 25)) == ((0.0, 24.0),)


def test_the_standard_policy_never_changes_under_its_version() -> None:
    """Evaluations name a card and not the policy that came with the program: what changes is a new version."""
    text = resources.files("scorecards").joinpath("policies/standard@1.yaml").read_bytes()
    assert (
        hashlib.sha256(text).hexdigest() == "18e396e63b5aa80d27d60d4c0094d317bdcd5383b05c3e40c14cbe927bc043f5"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("format: 1", "format: 2", 1, "nieznana wersja formatu"),
        ("id: sklep", "id: Mój Sklep", 2, "małe litery"),
        ("version: 3", "version: 0", 3, "liczbą całkowitą od 1"),
        ("name: Zasady sklepu", "nazwa: X", 4, "nieznane pole „nazwa”"),
        ("mon-fri:", "pon-pt:", 6, "godziny: „pon-pt” nie jest dniem tygodnia"),
        ("mon-fri:", "fri-mon:", 6, "zakres jest odwrócony"),
        ("  sat:", "  fri:", 7, "podano dwa razy"),
        ('"8:00-18:00"', '"8-18"', 6, "„8-18” to nie godziny"),
        ('"8:00-18:00"', '"18:00-8:00"', 6, "to nie godziny"),
        ('"8:00-18:00"', '"8:00-25:00"', 6, "to nie godziny"),
        ('"8:00-18:00"', '"8:70-18:00"', 6, "to nie godziny"),
        ("9:00-12:30, 13:00-15:00", "9:00-12:30, 12:00-15:00", 7, "„12:00-15:00” to nie godziny"),
        ("holidays: polish", "holidays: tak", 8, "jedną z wartości: polish, none"),
        ("2026-12-31:", "31.12.2026:", 11, "dni: „31.12.2026” nie jest dniem"),
        ("2026-12-31: closed", "2026-12-31: zamknięte", 11, "to nie godziny"),
        ("  email:", "  phone:", 13, "kanał „phone” nie ma czasu odpowiedzi"),
        ("first: 60 s", "first: szybko", 14, "„szybko” to nie czas"),
        ("first: 60 s", "first: 0 s", 14, "to nie czas"),
        ("{first: 60 s}", "{pierwsza: 60 s}", 14, "nieznane pole „pierwsza”"),
        ("{first: 60 s}", "{}", 14, "podaj „first”, „later” albo oba"),
        ("days: 30", "days: dużo", 18, "termin withdrawal: pole „days” musi być liczbą"),
        ("rule: at_most", "rule: mniej", 23, "exactly, at_most, at_least"),
        ("working: true", "working: tak", 22, "true albo false"),
        (
            "  - id: delivery",
            "  - id: withdrawal",
            19,
            "terminy withdrawal, complaint_answer, refund program rozpoznaje sam",
        ),
        (
            '    about: ["dostaw*|wysylk*", "paczk* ~3 dojdzie|dotrze"]\n',
            "",
            19,
            "pole „about” ma termin o własnej nazwie",
        ),
        ("dostaw*|wysylk*", "Dostawa!", 24, "znak spoza"),
        ("address: formal", "address: pan", 26, "any, formal, informal"),
        ("longest_sentence: 25", "longest_sentence: 3", 28, "od 8 do 200"),
        ("nie ma opcji", "Nie ma opcji", 27, "znak spoza"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ScorecardError) as refused:
        parse_policy(GOOD.replace(old, new, 1), "zasady.yaml")
    assert f"zasady.yaml, wiersz {line}," in str(refused.value)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "- lista", "format: 1", "format: 1\nid: a\nversion: 1\nname: A\nhours: {}", "hours: [1"]
)
def test_what_is_no_policy_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ScorecardError) as refused:
        parse_policy(text, "zasady.yaml")
    assert "zasady.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScorecardError, match="nie ma takiego pliku"):
        load_policy(tmp_path / "brak.yaml")


def test_the_json_schema_accepts_what_the_loader_does() -> None:
    def plain(text: str) -> object:
        return json.loads(json.dumps(yaml.load(text, Loader=yaml.BaseLoader), default=str))

    def numbers(content: dict) -> dict:
        for name in ("format", "version"):
            content[name] = int(content[name])
        for term in content.get("terms", ()):
            term["days"] = float(term["days"])
            if "working" in term:
                term["working"] = term["working"] == "true"
        if "style" in content:
            content["style"]["longest_sentence"] = int(content["style"]["longest_sentence"])
        return content

    jsonschema.Draft202012Validator.check_schema(POLICY_SCHEMA)
    standard = resources.files("scorecards").joinpath("policies/standard@1.yaml").read_text(encoding="utf-8")
    for text in (GOOD, standard):
        jsonschema.validate(numbers(plain(text)), POLICY_SCHEMA)  # type: ignore[arg-type]
    wrong = numbers(plain(GOOD.replace("holidays: polish", "holidays: tak")))  # type: ignore[arg-type]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, POLICY_SCHEMA)


def test_a_card_comes_under_a_policy_and_its_version_with_it() -> None:
    card = parse_scorecard(CARD, "moja.yaml")
    shop = parse_policy(GOOD, "zasady.yaml")
    mine = under(card, shop)
    assert uses_policy(card)
    assert not uses_policy(load_scorecard("phone@1"))
    assert under(load_scorecard("phone@1"), shop) == load_scorecard("phone@1")
    assert repr(mine) != repr(card)
    tagged = talk("c: ile mam na zwrot", "a: Na odstąpienie od umowy ma Pani 30 dni.", channel="email")
    assert score(card, tagged).criteria[0].outcome == "fail"
    assert score(mine, tagged).criteria[0].outcome == "pass"


def test_a_card_cannot_set_its_own_policy() -> None:
    with pytest.raises(ScorecardError, match="nieznane pole „policy”"):
        parse_scorecard(
            CARD.replace("check: stated_terms_right", "check: stated_terms_right, parameters: {policy: x}"),
            "moja.yaml",
        )
