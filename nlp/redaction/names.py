"""How much a word looks like a person's name, by dictionary, spelling, capitals and neighbours."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from nlp.redaction.brands import is_brand
from nlp.redaction.diacritics import meant
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.given_names import ABROAD, FOREIGN_FORMS, GIVEN, SURNAMES_ABROAD, WORD_SURNAMES
from nlp.redaction.number_words import MONTHS, UNITS
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Word
from nlp.text import Form, analyse, fold

_SURNAME_ENDING = re.compile(
    r"(?:[aeiouyłwńnrlsztdk](?:sk|ck|dzk)(?:i|a|iego|iej|iemu|im|ą|ich|imi|ie)|(?:wicz|czyk|czak|siak|niak|wiak|czuk|szczuk|chuk|enko|jko|szko)"
    r"(?:a|owi|em|iem|u|ów|ami|i)?|[dnwrlt]czenk[oiaęą])$"
)
_ADJECTIVAL = re.compile(r"(?:sk|ck|dzk)(?:i|a|iego|iej|iemu|im|ą|ich|imi|ie)$")
# Readings that say a small word or a verb speaks, not a name.
_GRAMMAR = frozenset(
    {
        "fin",
        "praet",
        "inf",
        "prep",
        "conj",
        "comp",
        "ppron12",
        "ppron3",
        "siebie",
        "part",
        "adv",
        "pred",
        "impt",
        "adja",
        "aglt",
    }
    | {"bedzie", "winien", "pcon", "interj", "num", "imps"}
)


@dataclass(frozen=True, slots=True)
class NameForm:
    """What a written form can be, whatever its capitals.

    Attributes:
        given: a first name that may stand alone; ``rare_given`` one that needs help.
        surname: a surname by dictionary; ``shaped`` by its ending.
        word: also an everyday word.
        never: cannot be a name here (small word, number, month, brand).
        known_word: an everyday word that is a frequent surname.
        cases: genders and cases as a name.
    """

    given: bool
    rare_given: bool
    surname: bool
    shaped: bool
    word: bool
    never: bool
    known_word: bool
    unknown: bool
    place: bool
    cases: frozenset[tuple[str, str]]

    @property
    def any_name(self) -> bool:
        """The dictionary or the spelling admits a name."""
        return self.given or self.rare_given or self.surname or self.shaped


def name_form(word: Word) -> NameForm:
    """The name readings of a word; cached by its lower-case form."""
    return _name_form(word.text.lower(), word.form)


@functools.lru_cache(maxsize=100_000)
def _name_form(lower: str, form: Form) -> NameForm:
    folded = fold(lower)
    foreign = lower in FOREIGN_FORMS and (lower in ABROAD or form.unknown)
    listed = bool(form.given and form.lemmas & GIVEN) or lower in GIVEN
    adjective = form.parts <= {"adj", "adjp"} and bool(form.surname) and bool(_ADJECTIVAL.search(lower))
    ambiguous = form.common and not adjective
    grammar = bool(form.parts & _GRAMMAR)
    never = (
        not lower.isalpha()
        or len(lower) < 2
        or folded in FUNCTION_WORDS
        or folded in NUMERALS
        or folded in UNITS
        or folded in MONTHS - {"maja", "maj", "marca"}
        or is_brand(folded, unknown=form.unknown)
    )
    known = bool(form.lemmas & WORD_SURNAMES)
    shaped = bool(_SURNAME_ENDING.search(lower)) and len(lower) > 5 and (form.unknown or bool(form.surname))
    return NameForm(
        given=((listed and not ambiguous) or (foreign and (form.unknown or not form.common))) and not never,
        rare_given=(bool(form.given) or foreign) and not never,
        surname=(bool(form.surname) or lower in SURNAMES_ABROAD) and not never,
        shaped=shaped and not never,
        word=(form.common and not adjective) or (adjective and form.place),
        never=never or (grammar and folded in MONTHS),
        known_word=known,
        unknown=form.unknown,
        place=form.place,
        cases=form.given | form.surname,
    )


def looks_given(lower: str) -> bool:
    """Whether a piece of a handle is a frequent first name."""
    return _name_form(lower, meant(lower, analyse(lower), bare=False)).given


def has_grammar(word: Word) -> bool:
    """Whether the word is also a verb form, preposition, adverb or the like."""
    return bool(word.form.parts & _GRAMMAR)


def agree(first: NameForm, second: NameForm) -> bool:
    """Whether two forms can be one name in one case; unknown words agree with everything."""
    return not first.cases or not second.cases or bool(first.cases & second.cases)
