"""Why a check decided: every sentence of the checks has its English, and is found again with its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import scorecards
from qa.web.check_reasons import check_reason
from qa.web.language import Words, catalogue, english
from qa.web.pages import _environment
from scorecards.checks.identity import POLISH

FOLDER = Path(scorecards.__file__).parent
SOURCES = [
    *sorted((FOLDER / "checks").glob("*.py")),
    *(FOLDER / f"{name}.py" for name in ("engine", "hearing", "levelling")),
]
ENGLISH, POLISH_WORDS = Words("en"), Words("pl")


def sentences(source: str) -> Iterator[str]:
    """Polish sentences of a module, with a hole for each value; docstrings and what is raised are none."""
    tree = ast.parse(source)
    passed = {
        node
        for raised in ast.walk(tree)
        if isinstance(raised, ast.Raise | ast.Expr)
        for node in ast.walk(raised)
        if not isinstance(raised, ast.Expr) or isinstance(raised.value, ast.Constant)
    }
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if node in passed or node in inner:
            continue
        if isinstance(node, ast.JoinedStr):
            pieces = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            text = "".join("{}" if piece is None else str(piece) for piece in pieces)
        else:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if " " in text and re.fullmatch(r"[A-ZĄĆĘŁŃÓŚŹŻ{].*(\.|: (\{\})?)", text):
            yield text


def form(text: str) -> re.Pattern[str]:
    """A sentence with holes as a pattern for what the catalogue has: with values, or already filled in."""
    ended = text + "{}" if text.endswith(": ") else text
    return re.compile(".+".join(re.escape(part) for part in re.split(r"\{\}", ended)))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_sentence_of_the_checks_is_in_the_catalogue(path: Path) -> None:
    known = catalogue("checks")
    found = set(sentences(path.read_text(encoding="utf-8")))
    missing = {one for one in found if not any(form(one).fullmatch(polish) for polish in known)}
    assert not missing


def test_the_catalogue_holds_no_sentence_that_no_check_says() -> None:
    forms = [form(one) for path in SOURCES for one in sentences(path.read_text(encoding="utf-8"))]
    told = [one for one in catalogue("checks") if one.endswith((".", "}"))]
    assert len(told) > 100
    assert not [one for one in told if not any(some.fullmatch(one) for some in forms)]


def test_the_scan_sees_sentences_and_nothing_else() -> None:
    source = '''"""A module of checks."""
WHY = "Nagranie rozpoznano słabo: "
def check(view):
    """The agent greets. And more."""
    if view:
        raise ValueError("No such thing here.")
    return Finding("na", f"Termin {what} jest inny.", "na odwrót", ", ")
'''
    assert set(sentences(source)) == {"Nagranie rozpoznano słabo: ", "Termin {} jest inny."}


@pytest.mark.parametrize(
    ("polish", "said"),
    [
        ("Konsultant nie przeprasza.", "The agent does not apologise."),
        (
            "Klient zweryfikowany przed ujawnieniem danych: imię i nazwisko, PESEL, telefon.",
            "The customer was verified before data were disclosed: full name, PESEL, phone.",
        ),
        ("Liczba czynności, które padły: 2 z 5.", "Acts that were found: 2 of 5."),
        (
            "Do sprawdzenia przez człowieka: poziom 2 z 3: liczba czynności, które padły: 2 z 3.",
            "For a person to check: level 2 of 3: acts that were found: 2 of 3.",
        ),
        (
            "Do sprawdzenia przez człowieka: konsultant nie przeprasza.",
            "For a person to check: the agent does not apologise.",
        ),
        (
            "Nagranie rozpoznano słabo, więc sprawdza człowiek: klient zweryfikowany przed ujawnieniem danych: adres.",
            "The recording was recognised poorly, so a person checks: the customer was verified before data were "
            "disclosed: address.",
        ),
        (
            "Podany termin (zwrot {own} za (14)) jest inny niż w zasadach, gdzie wynosi co najmniej 1,5 dni roboczych.",
            "The stated period (zwrot {own} za (14)) is not the policy's, which has at least 1.5 working days.",
        ),
        ("Liczba czynności, które padły: kilka z 5.", None),
        ("Konsultant śpiewa.", None),
        ("Do sprawdzenia przez człowieka: konsultant śpiewa.", None),
        ("Klient zweryfikowany przed ujawnieniem danych: odcisk palca.", None),
        ("", None),
        ("{why}", None),
    ],
)
def test_a_kept_sentence_is_told_in_english_or_left_as_it_is(polish: str, said: str | None) -> None:
    assert check_reason(ENGLISH, polish) == said
    assert check_reason(POLISH_WORDS, polish) == polish


def test_what_is_not_known_is_marked_as_polish() -> None:
    template = _environment().from_string('{% import "macros.html" as m with context %}{{ m.why(t, why) }}')
    assert template.render(t=ENGLISH, why="Konsultant przeprasza.") == "The agent apologises."
    assert template.render(t=ENGLISH, why="<b>śpiew.") == '<span lang="pl">&lt;b&gt;śpiew.</span>'
    assert template.render(t=POLISH_WORDS, why="Konsultant przeprasza.") == "Konsultant przeprasza."


def test_kinds_of_data_have_their_names() -> None:
    assert not {*POLISH.values(), "potwierdzenie"} - set(english())
