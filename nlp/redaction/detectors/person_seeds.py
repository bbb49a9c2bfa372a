"""Rules that make a word somebody's name: by itself, after a title, an introduction, a request for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlp.redaction.brands import branded
from nlp.redaction.detectors.person_words import (
    BUSINESS,
    COMPANY_BEFORE,
    INTRODUCTION_ENDS,
    INTRODUCTIONS,
    QUOTES,
    RANKS,
    STREET_BEFORE,
    TIGHT,
    TITLES,
)
from nlp.redaction.names import NameForm, agree, has_grammar, name_form
from nlp.redaction.words import Line, Word

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

Seed = tuple[float, str]  # how sure, and which rule
COMPANY_AFTER = re.compile(r"\s*(?:sp\.|s\.a\.|spółka|i synowie|i wspólnicy|&|gmbh|ltd)", re.IGNORECASE)


def things_of(line: Line) -> set[int]:
    """Words that are part of a brand, title or character of several words."""
    places = branded([word.fold for word in line.words])
    return {index for first, last in places for index in range(first, last)}


def seeds_of(dialogue: Dialogue, line: Line) -> dict[int, Seed]:
    """Words that are a name for sure, with the reason; neighbours join later."""
    seeds: dict[int, Seed] = {}
    things = things_of(line)
    for index, word in enumerate(line.words):
        if word.is_sign or word.is_mark or index in things:
            continue
        form = name_form(word)
        if form.never:
            continue
        if reason := _alone(dialogue, line, index, word, form):
            seeds[index] = (0.85, reason)
        elif _titled(dialogue, line, index, word, form):
            seeds[index] = (0.85, "after a title")
        elif _introduced(dialogue, line, index, word, form):
            seeds[index] = (0.85, "after an introduction")
        elif _announced(line, index, word, form):
            seeds[index] = (0.8, "before the words that follow one's own name")
        elif _asked(dialogue, line, index, word, form):
            seeds[index] = (0.75, "answer to a request for a name")
    return seeds


def is_capital(dialogue: Dialogue, word: Word) -> bool:
    """Whether a word begins with a capital that means something: not in a text of capitals, or without any."""
    return dialogue.cased and word.capital and not (len(word.text) > 3 and word.text.isupper())


def _alone(dialogue: Dialogue, line: Line, index: int, word: Word, form: NameForm) -> str:
    """Names that need no context: frequent first names, capitalised surnames that are nothing else."""
    if line.folded(index - 1) in COMPANY_BEFORE:
        return ""
    if line.folded(index - 1) in STREET_BEFORE or line.folded(index - 2) in STREET_BEFORE:
        return ""
    if COMPANY_AFTER.match(line.text[word.end : word.end + 12]):
        return ""
    capital = is_capital(dialogue, word)
    if form.given and (not dialogue.cased or capital) and not (form.place and form.surname and not capital):
        return "frequent first name"
    if (
        capital
        and not word.after_stop
        and form.rare_given
        and not form.place
        and not form.unknown
        and not has_grammar(word)
    ):
        return "first name with a capital"
    if capital and form.surname and not form.word and (not form.place or form.shaped) and not form.unknown:
        return "surname with a capital"
    if capital and form.shaped and not form.place and line.folded(index + 1) not in ("ul", "ulica"):
        return "surname by its ending"
    following = line.at(index + 1)
    if capital and form.rare_given and not form.word and _may_be_surname(dialogue, following):
        return "first name before another capital"
    if following and not following.is_sign and form.rare_given and not form.word and not dialogue.cased:
        second = name_form(following)
        if (second.shaped or (second.surname and not second.word)) and agree(form, second):
            return "first name and surname"
    return ""


def _may_be_surname(dialogue: Dialogue, word: Word | None) -> bool:
    if (
        word is None
        or word.is_sign
        or word.after_stop
        or not is_capital(dialogue, word)
        or word.fold in BUSINESS
    ):
        return False
    form = name_form(word)
    return not form.never and (form.surname or form.shaped or form.unknown)


def _titled(dialogue: Dialogue, line: Line, index: int, word: Word, form: NameForm) -> bool:
    """ "pan Lis", "panią Zając", "doktor Maj": the case must fit, so that "widziała pani zająca" does not."""
    before = line.folded(index - 1)
    if before in (".",) and line.folded(index - 2) in ("p", "dr", "mgr", "inz", "prof"):
        return word.capital and dialogue.cased
    if before in RANKS:
        title = line.folded(index - 2)
        return (
            is_capital(dialogue, word) or (form.given or form.shaped) or (title in TITLES and form.known_word)
        )
    cases = TITLES.get(before)
    if cases is None or line.folded(index - 2) in QUOTES:  # „Pan Tadeusz”
        return False
    if dialogue.cased:
        return (
            is_capital(dialogue, word)
            and not word.after_stop
            and (form.any_name or form.unknown or form.known_word)
        )
    fits = not cases or not form.cases or bool(cases & form.cases)
    if not fits:
        return False
    if form.given or form.shaped or ((form.surname or form.rare_given) and not form.word):
        return True
    return form.known_word and form.surname and not has_grammar(word)


def _introduced(dialogue: Dialogue, line: Line, index: int, word: Word, form: NameForm) -> bool:
    """ "nazywam się Zając", "z tej strony Maj", "mówi oksana"."""
    probe = index
    while (
        probe > 0
        and index - probe < 3
        and line.folded(probe - 1) in (",", ":", "-", "to", "jest", "…", "pan", "pani")
    ):
        probe -= 1
    if line.folded(probe - 1) not in INTRODUCTION_ENDS:
        return False
    for phrase in INTRODUCTIONS:
        size = len(phrase)
        if probe < size or tuple(line.folded(probe - size + i) for i in range(size)) != phrase:
            continue
        if phrase[-1] in TIGHT and size == 1:
            return (
                is_capital(dialogue, word) and (form.any_name or form.unknown) and not word.after_stop
            ) or form.given
        if is_capital(dialogue, word):
            return True
        if dialogue.cased and size == 1:
            return False
        return (form.any_name and not has_grammar(word)) or (form.unknown and len(word.text) > 2)
    return False


def _announced(line: Line, index: int, word: Word, form: NameForm) -> bool:
    """ "tomek adamczyk z tej strony", "kwiatkowska w czym mogę pomóc", whatever its capitals."""
    if not (form.given or form.surname or form.shaped or form.rare_given) or has_grammar(word):
        return False
    after = [w.fold for w in line.words[index + 1 : index + 9] if not w.is_sign]
    for skip in (0, 1):
        if tuple(after[skip : skip + 3]) == ("z", "tej", "strony"):
            return True
        if index <= 2 and tuple(after[skip : skip + 4]) == ("w", "czym", "moge", "pomoc"):
            return True
    return False


def _asked(dialogue: Dialogue, line: Line, index: int, word: Word, form: NameForm) -> bool:
    """The short answer to "proszę o imię i nazwisko"."""
    position = line.first + index
    if line.spoken > 8 or not dialogue.asks.during("PERSON", position) or has_grammar(word):
        return False
    if any(
        ask.turn == line.turn and not ask.answered and line.spoken > 5 for ask in dialogue.asks.of("PERSON")
    ):
        return False
    if is_capital(dialogue, word) and not word.after_stop:
        return form.any_name or form.unknown
    if is_capital(dialogue, word):
        return (form.any_name or form.unknown) and line.spoken <= 4
    if dialogue.cased:
        return form.unknown and line.spoken <= 3 and len(word.text) > 3
    return (
        form.given
        or form.shaped
        or ((form.surname or form.rare_given) and line.spoken <= 3 and (not form.word or form.known_word))
    )
