"""Every sentence that refuses something has its English, with the same values."""

from __future__ import annotations

import ast
from importlib import resources

import pytest
import yaml

from qa.errors import Missing, Term, UsageProblem
from qa.web.language import Words, english
from tests.unit.qa.web.raised import Said, fields_of, reachable, said, tree_of

# read before there is an application, so that only the command line tells of it
BEFORE = {"qa.settings"}
# what a scorecard's reader says, in whichever words; the application is not even started
QUOTED = {"qa.services.judging.cards": "UsageProblem(str(error))"}
MODULES = [name for name in reachable() if name not in BEFORE]


def problems(one: Said) -> list[str]:
    found = []
    if one.fixed and one.values != fields_of(one.text):
        found.append(f"{one.where}: values {sorted(one.values)} for {one.text}")
    if not fields_of(one.text) <= one.values:
        found.append(f"{one.where}: {one.text} wants values that are not given")
    if one.text not in english():
        found.append(f"{one.where}: not in the catalogue: {one.text}")
    return found


def test_web_reaches_the_services() -> None:
    assert {"qa.services.disputes.deciding", "qa.services.access.accounts", "qa.web.app"} <= set(MODULES)
    assert "qa.services.pipeline.ingest" not in MODULES


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_raises_is_in_the_catalogue(module: str) -> None:
    found = said(tree_of(module), module)
    unclear = [one for one in found.unclear if QUOTED.get(module) != one.partition(" ")[2]]
    assert not unclear, "write the sentence as it is, its values beside it"
    assert not [text for one in (*found.sentences, *found.terms) for text in problems(one)]


def test_the_catalogue_of_errors_holds_nothing_else() -> None:
    used = {
        one.text
        for module in MODULES
        for found in [said(tree_of(module), module)]
        for one in (*found.sentences, *found.terms)
    }
    text = resources.files("qa.web").joinpath("locales", "en", "errors.yaml").read_text(encoding="utf-8")
    assert not set(yaml.safe_load(text)) - used


@pytest.mark.parametrize("polish", [one for one in english() if "{" in one])
def test_both_languages_have_the_same_values(polish: str) -> None:
    assert fields_of(polish) == fields_of(english()[polish])


def test_no_english_text_has_values_of_its_own() -> None:
    assert not [one for one in english() if fields_of(english()[one]) != fields_of(one)]


@pytest.mark.parametrize(
    "line",
    [
        'Missing(f"Nie ma {x}.")',
        'Missing("Nie ma %s." % x)',
        'Missing("Nie ma {x}.".format(x=x))',
        "Missing(x)",
        "Term(x)",
        "Missing()",
    ],
)
def test_a_sentence_that_is_put_together_is_found(line: str) -> None:
    assert said(ast.parse(f"def f(x):\n    raise {line}"), "m").unclear


def test_the_scan_reads_constants_tables_and_values() -> None:
    source = """
GONE = "Nie ma."
NAMES: dict[str, str] = Proxy({"a": "raz", "b": "dwa"})
def f(x):
    raise errors.Missing(GONE) if x else Busy("{a} i {b}", a=1, b=Term(NAMES[x]))
    raise SignInTrouble("Kod {cause}", x)
"""
    found = said(ast.parse(source), "m")
    assert {(one.text, one.values) for one in found.sentences} == {
        ("Nie ma.", frozenset()),
        ("{a} i {b}", frozenset({"a", "b"})),
        ("Kod {cause}", frozenset({"cause"})),
    }
    assert {one.text for one in found.terms} == {"raz", "dwa"}
    assert not found.unclear


def test_values_that_do_not_fit_are_found() -> None:
    source = 'Missing("Nie ma {a}.", b=1)'
    assert len(problems(said(ast.parse(source), "m").sentences[0])) == 3


def test_an_error_speaks_both_languages() -> None:
    error = UsageProblem(
        "{what}: podaj od {least} do {most} znaków.", what=Term("Komentarz"), least=3, most=9
    )
    assert str(error) == "Komentarz: podaj od 3 do 9 znaków."
    assert error.told(Words("pl")) == str(error)
    assert error.told(Words("en")) == "Comment: give 3 to 9 characters."


def test_lists_are_told_word_by_word() -> None:
    error = UsageProblem(
        "Ze stanu „{status}” można przejść tylko do: {known}.",
        status=Term("nowe"),
        known=[Term("przyjęte"), "x"],
    )
    assert str(error) == "Ze stanu „nowe” można przejść tylko do: przyjęte, x."
    assert error.told(Words("en")) == "From “new” it can only become: accepted, x."


@pytest.mark.parametrize("hostile", ["{known}", "{0.__class__}", "{", "%s", "}{", "Komentarz"])
def test_what_people_type_is_neither_filled_in_nor_translated(hostile: str) -> None:
    error = UsageProblem("Nieznany kanał {value}: do wyboru {known}.", value=hostile, known=("sms",))
    assert str(error) == f"Nieznany kanał {hostile}: do wyboru sms."
    assert error.told(Words("en")) == f"Unknown channel {hostile}: choose sms."


def test_a_sentence_without_values_may_hold_anything() -> None:
    assert str(Missing("Nie ma {tego}.")) == "Nie ma {tego}."
