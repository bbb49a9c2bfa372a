"""What differs between two cards."""

import dataclasses

import pytest

from scorecards import Condition, Criterion, Scorecard, Section, Thresholds, available, load_scorecard
from scorecards.differences import FIELDS, NOTHING, as_text, differences

PHONE = load_scorecard("phone@1")


def edited(criterion: str, **changes: object) -> Scorecard:
    """phone@1 with one criterion changed."""
    sections = tuple(
        dataclasses.replace(
            s,
            criteria=tuple(dataclasses.replace(c, **changes) if c.id == criterion else c for c in s.criteria),  # type: ignore[arg-type]
        )
        for s in PHONE.sections
    )
    return dataclasses.replace(PHONE, version=2, sections=sections)


@pytest.mark.parametrize("key", available())
def test_a_card_does_not_differ_from_itself(key: str) -> None:
    card = load_scorecard(key)
    assert differences(card, card) == []
    assert as_text(card, card) == f"{key} → {key}: bez zmian."


@pytest.mark.parametrize(
    ("changes", "field", "before", "after"),
    [
        ({"weight": 4.5}, "weight", "4 pkt", "4,5 pkt"),
        ({"name": "Dzień dobry"}, "name", "Powitanie", "Dzień dobry"),
        ({"not_applicable": "nagranie urwane"}, "not_applicable", NOTHING, "nagranie urwane"),
        ({"guide": ""}, "guide", next(PHONE.criteria).guide, NOTHING),
        (
            {"check": "further_help", "parameters": {"share": 0.5, "turns": 4}},
            "check",
            "greeting",
            "further_help",
        ),
        ({"parameters": {"turns": 6, "words": 30}}, "parameters", "turns 4", "turns 6"),
        ({"thresholds": Thresholds(0.7, 0.9, 0.65)}, "thresholds", "fail 0.8", "fail 0.9"),
        ({"critical": True}, "critical", "zabiera swoje punkty", "zeruje wynik"),
        ({"fails_section": True}, "critical", "zabiera swoje punkty", "zabiera punkty sekcji"),
        (
            {"only": Condition(("complaint.*",), ("phone",))},
            "only",
            "zawsze",
            "kanał: telefon; powód: complaint.*",
        ),
    ],
)
def test_each_change_of_a_criterion_is_named(
    changes: dict[str, object], field: str, before: str, after: str
) -> None:
    found = [one for one in differences(PHONE, edited("greeting", **changes)) if one.field == field]
    assert [(one.kind, one.subject, one.before, one.after) for one in found] == [
        ("changed", "greeting", before, after)
    ]
    assert "Zmienione kryteria\n  greeting\n" in as_text(PHONE, edited("greeting", **changes))


def test_a_default_written_down_is_no_change() -> None:
    assert differences(PHONE, edited("greeting", parameters={})) == []


def test_a_reworded_question_marks_its_words() -> None:
    text = as_text(PHONE, edited("further_help", question="Czy konsultant pyta, czy w czymś jeszcze pomóc?"))
    assert "      - Czy konsultant pyta, czy [może jeszcze] w czymś pomóc?" in text
    assert "      + Czy konsultant pyta, czy w czymś [jeszcze] pomóc?" in text


def test_added_removed_and_moved_criteria() -> None:
    first, *others = PHONE.sections
    greeting, introduction, offer = first.criteria
    fresh = Criterion("recording", "Nagrywanie", "Czy mówi o nagrywaniu?", 4, "phrase_said")
    section = dataclasses.replace(first, criteria=(offer, introduction, fresh))
    card = dataclasses.replace(PHONE, sections=(section, *others))
    found = [(one.kind, one.subject, one.before, one.after) for one in differences(PHONE, card)]
    assert found == [
        ("removed", "greeting", f"Powitanie (4 pkt): {greeting.question}", NOTHING),
        ("added", "recording", NOTHING, "Nagrywanie (4 pkt): Czy mówi o nagrywaniu?"),
        ("order", "opening", "introduction, offer_of_help", "offer_of_help, introduction"),
    ]
    text = as_text(PHONE, card)
    assert "Usunięte kryteria\n  greeting: Powitanie" in text
    assert "kolejność: introduction, offer_of_help → offer_of_help, introduction" in text


def test_sections_and_the_card_itself() -> None:
    first, second, *others = PHONE.sections
    renamed = dataclasses.replace(first, name="Początek")
    moved = dataclasses.replace(second, criteria=(*second.criteria, renamed.criteria[0]))
    renamed = dataclasses.replace(renamed, criteria=renamed.criteria[1:])
    card = dataclasses.replace(
        PHONE, name="Telefon", least_coverage=0.625, sections=(moved, renamed, *others)
    )
    found = {(one.kind, one.subject, one.field): (one.before, one.after) for one in differences(PHONE, card)}
    assert found[("card", "", "name")] == ("Rozmowa telefoniczna", "Telefon")
    assert found[("card", "", "least_coverage")] == ("50 %", "62,5 %")
    assert found[("section", "opening", "name")] == ("Otwarcie", "Początek")
    assert found[("changed", "greeting", "section")] == ("opening", "discovery")
    assert found[("order", "", "sections")][1].startswith("discovery, opening, attitude")
    assert "Kolejność\n  sekcje:\n    - opening, [discovery,] attitude" in as_text(PHONE, card)


def test_a_new_section() -> None:
    extra = Section("extra", "Dodatkowe", 10, (Criterion("x", "X", "Czy x?", 10, "greeting"),))
    found = differences(PHONE, dataclasses.replace(PHONE, sections=(*PHONE.sections, extra)))
    assert [(one.kind, one.subject, one.after) for one in found] == [
        ("section", "extra", "Dodatkowe"),
        ("section", "extra", "10 pkt"),
        ("added", "x", "X (10 pkt): Czy x?"),
    ]


@pytest.mark.parametrize(("a", "b"), [("phone@1", "chat@1"), ("chat@1", "email@1"), ("email@1", "phone@1")])
def test_there_and_back_is_the_same(a: str, b: str) -> None:
    there = differences(load_scorecard(a), load_scorecard(b))
    back = differences(load_scorecard(b), load_scorecard(a))
    turned = {"added": "removed", "removed": "added"}
    assert {(turned.get(d.kind, d.kind), d.subject, d.field, d.after, d.before) for d in there} == {
        (d.kind, d.subject, d.field, d.before, d.after) for d in back
    }
    assert {d.field for d in there} <= set(FIELDS)
