"""Why a check decided as it did, in the language of a page.

The sentence is kept with the result, in Polish and with its values filled in: what it says in English is found by its
form in the catalogue. A result of another version may say what the catalogue does not know.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from qa.web.language import Words, catalogue, english

_NUMBER = re.compile(r"\d+(,\d+)?")
_FIELD = re.compile(r"\\\{(\w+)\\\}")


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with values as patterns, each with its English."""
    found = []
    for polish, text in catalogue("checks").items():
        if any(name for _, name, _, _ in Formatter().parse(polish)):
            found.append((re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(polish))), text))
    return tuple(found)


def check_reason(words: Words, polish: str) -> str | None:
    """The sentence in the language of ``words``; None where it is not known there."""
    if words.language == "pl":
        return polish
    if polish in catalogue("checks"):
        return catalogue("checks")[polish]
    for form, text in _forms():
        if match := form.fullmatch(polish):
            said = {name: _value(words, name, value) for name, value in match.groupdict().items()}
            return None if None in said.values() else text.format(**said)
    return None


def _value(words: Words, name: str, value: str) -> str | None:
    """A number, names with commas, a whole sentence that has lost its capital (``why``), or the shop's words (``own``)."""
    if name == "own":
        return value
    if _NUMBER.fullmatch(value):
        return value.replace(",", ".")
    if name == "why":
        said = check_reason(words, value[:1].upper() + value[1:])
        return said[:1].lower() + said[1:] if said else None
    known = [english().get(part) for part in value.split(", ")]
    return None if None in known else ", ".join(part or "" for part in known)
