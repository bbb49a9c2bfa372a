"""Words written without Polish letters, read as if they had them: "koncu", "Lukasz", "zajac"."""

from __future__ import annotations

import functools
import itertools
import re

from nlp.text import Form, analyse

_MEANT = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "żź"}
_SHORTEST = 3
_MOST = 160  # spellings tried for a word
_TELLING = 40  # letters after which a text in Polish has one of its own
_POLISH = re.compile(r"[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")


def is_bare(text: str) -> bool:
    """Whether a text is long enough to say that its writer does without Polish letters."""
    return not _POLISH.search(text) and sum(character.isalpha() for character in text) >= _TELLING


def meant(lower: str, form: Form, *, bare: bool) -> Form:
    """The readings ``form`` of a lower-case word, or those of the word that was meant.

    A word that the dictionary does not know takes the readings of the same word with Polish letters; where the
    writer uses none (``bare``), so does a word that the dictionary knows as a name only ("zelka" for "żelka").
    """
    if not (form.unknown or (bare and not form.common)) or len(lower) < _SHORTEST or not lower.isascii():
        return form
    return _restored(lower, form.unknown)


@functools.lru_cache(maxsize=100_000)
def _restored(lower: str, unknown: bool) -> Form:
    found = [form for spelling in _spellings(lower) if not (form := analyse(spelling)).unknown]
    if not unknown:
        found = [analyse(lower), *(form for form in found if form.common)]
    return _together(found) if found else analyse(lower)


def _spellings(lower: str) -> list[str]:
    """Up to ``_MOST`` spellings, those with few changes first."""
    places = [i for i, letter in enumerate(lower) if letter in _MEANT]
    spellings: list[str] = []
    for count in range(1, len(places) + 1):
        for chosen in itertools.combinations(places, count):
            for letters in itertools.product(*(_MEANT[lower[i]] for i in chosen)):
                if len(spellings) == _MOST:
                    return spellings
                word = list(lower)
                for i, letter in zip(chosen, letters, strict=True):
                    word[i] = letter
                spellings.append("".join(word))
    return spellings


def _together(forms: list[Form]) -> Form:
    """All readings of several spellings."""
    return Form(
        frozenset().union(*(form.given for form in forms)),
        frozenset().union(*(form.surname for form in forms)),
        frozenset().union(*(form.lemmas for form in forms)),
        any(form.place for form in forms),
        any(form.common for form in forms),
        frozenset().union(*(form.parts for form in forms)),
        frozenset().union(*(form.nouns for form in forms)),
        unknown=False,
    )
