"""Every text of a page has its English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import qa.web
from qa.services.access.accounts import GONE
from qa.services.access.permissions import ROLES
from qa.services.workspace import Workspace
from qa.web import pages
from qa.web.language import Words, catalogue, english
from tests.unit.qa.web.conftest import SignIn

FOLDER = Path(qa.web.__file__).parent / "templates"
TEXT = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
COUNTED = re.compile(r"""\b(?:n|t\.noun)\([^()"']*(?:\([^()]*\)[^()"']*)*,\s*(?:"([^"]*)"|'([^']*)')\s*\)""")


def used(template: str) -> set[str]:
    found = [match for pattern in (TEXT, COUNTED) for match in pattern.findall(template)]
    return {first or second for first, second in found}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_every_text_of_a_template_is_in_the_catalogue(path: Path) -> None:
    missing = used(path.read_text(encoding="utf-8")) - set(english())
    assert not missing, f"{path.name}: {sorted(missing)}"


def test_names_from_the_code_are_in_the_catalogue() -> None:
    tables = (pages.CHANNELS, pages.SENTIMENTS, pages.OUTCOMES, pages.SPEAKERS, pages.TRUST, ROLES)
    names = {name for table in tables for name in table.values()} | {name for _, name, _ in pages.NAVIGATION}
    assert not names - set(english())


def test_the_scan_sees_what_it_should() -> None:
    template = """{{ t("Raz") }} {{ t('Dwa "trzy"') }} {{ n(found.total, "rozmowa|rozmowy|rozmów") }} {{ n(x|length, 'a|b|c') }} {{ t.noun(x.y, "d|e|f") }}"""
    assert used(template) == {"Raz", 'Dwa "trzy"', "rozmowa|rozmowy|rozmów", "a|b|c", "d|e|f"}


@pytest.mark.parametrize(
    ("number", "polish"),
    [
        (0, "0 rozmów"),
        (1, "1 rozmowa"),
        (3, "3 rozmowy"),
        (12, "12 rozmów"),
        (22, "22 rozmowy"),
        (100000, "100 000 rozmów"),
    ],
)
def test_polish_nouns_follow_their_number(number: int, polish: str) -> None:
    assert Words("pl").count(number, "rozmowa|rozmowy|rozmów").replace("\u00a0", " ") == polish


def test_english_has_two_forms() -> None:
    words = Words("en")
    assert words.count(1, "rozmowa|rozmowy|rozmów").endswith("conversation")
    assert words.count(1200, "rozmowa|rozmowy|rozmów").replace("\u00a0", " ") == "1,200 conversations"


def test_a_term_in_place_of_a_name_is_said_as_the_page_speaks_and_a_name_is_not() -> None:
    template = pages._environment().from_string("{{ who }} {{ '<b>' }}{% if who %}!{% endif %}")
    assert template.render(t=Words("en"), who=GONE) == "deleted account &lt;b&gt;!"
    assert template.render(t=Words("pl"), who=GONE) == "konto usunięte &lt;b&gt;!"
    assert template.render(t=Words("en"), who="konto usunięte") == "konto usunięte &lt;b&gt;!"
    assert template.render(who=GONE).startswith("konto usunięte")


def test_no_text_has_two_translations() -> None:
    seen: dict[str, str] = {}
    for path in sorted((FOLDER.parent / "locales" / "en").glob("*.yaml")):
        for polish, text in catalogue(path.stem).items():
            assert seen.setdefault(polish, text) == text, f"{path.name}: {polish}"


def test_tiles_of_the_first_page_follow_their_numbers(stocked: Workspace, sign_in_as: SignIn) -> None:
    boss = sign_in_as("administrator", "qa_lead")
    home = boss.get("/").text
    assert "<b>1</b> konto</a>" in home
    assert "<b>48</b> rozmów w systemie</a>" in home
    sign_in_as("coach")
    assert boss.call("PUT", "/api/v1/me/language", {"language": "en"}).status_code == 200
    assert "<b>2</b> accounts</a>" in boss.get("/").text
