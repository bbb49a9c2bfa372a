"""What belongs to a name beside the word that is one for sure: first names, initials, surnames, hyphens, stammers."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.redaction.detectors.person_seeds import COMPANY_AFTER, Seed, is_capital
from nlp.redaction.detectors.person_words import BUSINESS, LETTERS_AS_WORDS, MIDDLE_NAMES, TITLES
from nlp.redaction.names import agree, has_grammar, name_form
from nlp.redaction.words import Line, Word

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

LONGEST_SYLLABLE = 4  # Thu Trang: a longer unknown word before a name may be the company's


@dataclass(frozen=True, slots=True)
class Chain:
    """Words ``first`` to ``last`` (exclusive) of a turn that are one name, and what says so."""

    first: int
    last: int
    confidence: float
    reason: str


def chains_of(dialogue: Dialogue, line: Line, seeds: Mapping[int, Seed]) -> list[Chain]:
    """Seeds with the parts of the name around them."""
    chains: list[Chain] = []
    for index in sorted(seeds):
        if chains and index < chains[-1].last:
            continue
        floor = chains[-1].last if chains else 0
        first, last = _leftwards(dialogue, line, index, floor), _rightwards(dialogue, line, index, seeds)
        confidence, reason = seeds[index]
        chains.append(Chain(first, last, min(0.95, confidence + 0.05 * (last - first - 1)), reason))
    return chains


def _leftwards(dialogue: Dialogue, line: Line, index: int, floor: int) -> int:
    """A first name or initial before: "jan" of "jan kowalski", "Anna Maria"."""
    first = index
    given = name_form(
        line.words[index]
    ).given  # before a surname the unknown word is its first name: "Switłana Szewczenko"
    while first > floor and index - first < 2:
        word = line.words[first - 1]
        if first - 2 >= floor and word.text == "." and _is_letter(line.words[first - 2]):
            return _initials(line, first - 2, floor)
        if _is_letter(word) and first == index and not dialogue.cased and word.fold not in LETTERS_AS_WORDS:
            return first - 1
        if word.is_sign or word.is_mark:
            break
        form = name_form(word)
        capital = is_capital(dialogue, word)
        plausible = form.given or (form.rare_given and (capital or (not form.word and not dialogue.cased)))
        plausible = plausible or word.fold in MIDDLE_NAMES
        if line.words[first].after_stop:
            break
        trade = "adj" in word.form.parts and not form.surname  # "Zakład Fryzjerski Bogna Musiał"
        if first == index and capital and not (word.after_stop or trade) and word.fold not in BUSINESS:
            plausible = plausible or not form.never or bool(word.form.given)
        plausible = plausible or (
            capital and ((form.surname and (not form.word or form.known_word)) or form.unknown)
        )
        if (
            (form.never and not (capital and word.form.given))
            or not plausible
            or word.fold in TITLES
            or (
                word.after_stop
                and form.unknown
                and not form.shaped
                and given
                and len(word.text) > LONGEST_SYLLABLE
            )
        ):
            break
        first -= 1
    return first


def _is_letter(word: Word) -> bool:
    return len(word.text) == 1 and word.text.isalpha()


def _initials(line: Line, first: int, floor: int) -> int:
    """Where the initials begin of which one stands at ``first``: "K.-D. Hoffmann"."""
    while first - 2 >= floor:
        back = 3 if line.words[first - 1].text == "-" else 2
        if first - back < floor or line.words[first - back + 1].text != ".":
            break
        if not _is_letter(line.words[first - back]):
            break
        first -= back
    return first


def _rightwards(dialogue: Dialogue, line: Line, index: int, seeds: Container[int]) -> int:
    """Second names and surnames after, with hyphens: "Anna Nowak-Zając"."""
    last = index + 1
    while last - index < 5 and (word := line.at(last)):
        if (
            word.text == "-"
            and (second := line.at(last + 1))
            and not second.is_sign
            and _adjacent(line, last)
        ):
            if _follows(dialogue, line, last, second, seeds, last + 1):
                last += 2
                continue
            break
        if _initial(line, last, word):
            last += 1 + (line.folded(last + 1) == ".")
            break
        if word.is_sign or word.is_mark or word.after_stop:
            break
        if not _follows(dialogue, line, last - 1, word, seeds, last):
            break
        last += 1
    return last


def _initial(line: Line, index: int, word: Word) -> bool:
    """ "Lena W.": a capital letter with its full stop, or at the end of what is said."""
    after = line.folded(index + 1)
    return len(word.text) == 1 and word.text.isupper() and not word.after_stop and after in (".", "", ",")


def _adjacent(line: Line, index: int) -> bool:
    return (
        line.words[index - 1].end == line.words[index].start
        and line.words[index].end == line.words[index + 1].start
    )


def _follows(
    dialogue: Dialogue, line: Line, before: int, word: Word, seeds: Container[int], index: int
) -> bool:
    form, previous = name_form(word), name_form(line.words[before])
    after_given = previous.given or previous.rare_given
    as_surname = dialogue.cased and word.capital and after_given and bool(word.form.surname)
    if (
        (form.never and not as_surname)
        or word.fold in TITLES
        or COMPANY_AFTER.match(line.text[word.end : word.end + 12])
    ):
        return False
    if dialogue.cased:
        company = word.text.isupper() or any(c.isupper() for c in word.text[1:])
        if not word.capital:
            return index in seeds
        # after a first name a capital is a surname, even one that is a word of another gender: "Dobrogost Pchełka"
        fits = (after_given and word.fold not in BUSINESS) or agree(previous, form)
        return not company and (as_surname or form.any_name or form.unknown or (not form.place and fits))
    if index in seeds or (word.fold in MIDDLE_NAMES and line.words[before].form.unknown):
        return True
    if form.shaped or (form.surname and not form.word):
        return agree(previous, form)
    if previous.given and form.known_word and form.surname and not has_grammar(word):
        return agree(previous, form)
    return previous.given and form.unknown and len(word.text) > 2


def start_of(line: Line, first: int) -> int:
    """Start of the name with a broken-off beginning: "Karo... Karolina"."""
    start, name = line.words[first].start, line.words[first].fold
    if line.turn == 0 and first == 1 and len(line.words[0].text) <= 3 and line.words[0].text[0].islower():
        return line.words[0].start
    probe = first - 1
    while (word := line.at(probe)) and word.text in ".…,-" and first - probe <= 4:
        probe -= 1
    word = line.at(probe)
    if word and 2 <= len(word.fold) < len(name) and name.startswith(word.fold) and not name_form(word).never:
        return word.start
    return start
