"""Names of people: customers, agents, third parties; inflected, without capitals, spelled out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from nlp.redaction.detectors.person_words import (
    BUSINESS,
    COMPANY_BEFORE,
    INTRODUCTION_ENDS,
    INTRODUCTIONS,
    LETTERS_AS_WORDS,
    MIDDLE_NAMES,
    PRODUCTS,
    QUOTES,
    RANKS,
    STREET_BEFORE,
    TIGHT,
    TITLES,
)
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.names import NameForm, agree, has_grammar, name_form
from nlp.redaction.spans import Finding, producer
from nlp.redaction.word_features import may_be_name
from nlp.redaction.word_model import likelihood
from nlp.redaction.words import Line, Word
from nlp.text import fold, phrases

_COMPANY_AFTER = re.compile(r"\s*(?:sp\.|s\.a\.|spółka|i synowie|i wspólnicy|&|gmbh|ltd)", re.IGNORECASE)
LEARNED = "learned from its context"
SURE = 0.75  # likelihood from which a learned name is looked for in the rest of the conversation
LIKELY_SURNAME = 0.1  # from this likelihood on a possible surname after a first name is one: "jowita sęk"
LIKELY_WORD = 0.5  # the same for an everyday word, where a capital says nothing
LIKELY = 0.25  # from this likelihood on the learned part makes a word a name
_BY_LOOKS = frozenset(
    [
        "frequent first name",
        "first name with a capital",
        "surname with a capital",
        "surname by its ending",
        "first name before another capital",
    ]
)
LONGEST_SYLLABLE = 4  # Thu Trang: a longer unknown word before a name may be the company's
_SPELLED = re.compile(
    r"(?<!\w)(?:[A-ZŻŹĆŃÓŁĘĄŚa-zżźćńółęąś][-–. ,]{1,2}){3,}[A-ZŻŹĆŃÓŁĘĄŚa-zżźćńółęąś](?!\w)"
)
_AS_IN = re.compile(r"(?<!\w)\w{1,4},? jak \w+(?:[ ,.…i]+\w{1,4},? jak \w+)+", re.IGNORECASE)


class PersonDetector:
    """Names by the dictionary, by introductions, by titles, by a request for them, and those already known."""

    name = "person"
    version = "3"

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        sign = producer(self)
        seeds = {line.turn: _seeds(dialogue, line) for line in dialogue.lines}
        if self._learned:
            for line in dialogue.lines:
                seeds[line.turn] = {
                    **_doubted(dialogue, line, seeds[line.turn]),
                    **dict(_learned(dialogue, line, seeds[line.turn])),
                }
        chains: dict[int, list[tuple[int, int, float, str]]] = {}
        for line in dialogue.lines:
            chains[line.turn] = _chains(dialogue, line, seeds[line.turn])
        known = _known(dialogue, chains)
        for line in dialogue.lines:
            for first, last, confidence, reason in chains[line.turn]:
                start = _stammer(line, first)
                yield Finding(line.turn, start, line.words[last - 1].end, "PERSON", confidence, sign, reason)
            yield from _repeats(dialogue, line, known, sign)
            yield from _spelled(dialogue, line, sign)


def _seeds(dialogue: Dialogue, line: Line) -> dict[int, tuple[float, str]]:
    """Words that are a name for sure, with the reason; neighbours join later."""
    seeds: dict[int, tuple[float, str]] = {}
    for index, word in enumerate(line.words):
        if word.is_sign or word.is_mark:
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


def _learned(
    dialogue: Dialogue, line: Line, known: dict[int, tuple[float, str]]
) -> Iterator[tuple[int, tuple[float, str]]]:
    """Further words that the learned part takes for a name where they stand; nobody says what
    the system writes, and labels are no sentences."""
    if line.speaker == "system":
        return
    greets = line.speaker != "customer" and not any(
        other.speaker == line.speaker for other in dialogue.lines[: line.turn]
    )
    for index, word in enumerate(line.words):
        form = name_form(word)
        if greets and known and not {index - 1, index + 1} & known.keys():
            continue  # who opens gives the company's name too: only what joins a name that is certain
        if index in known or not may_be_name(word, form, capital=_capital(dialogue, word)):
            continue
        if line.folded(index - 1) in COMPANY_BEFORE:
            continue
        bar = LIKELY_WORD if form.word and (word.after_stop or not dialogue.cased) else LIKELY
        if form.surname and _after_given(line, index):
            bar = LIKELY_SURNAME
        if (likely := likelihood("PERSON", dialogue, line, index)) >= bar:
            yield index, (min(0.9, likely), LEARNED)


def _after_given(line: Line, index: int) -> bool:
    before = line.at(index - 1) if index else None
    return before is not None and not before.is_sign and not before.is_mark and name_form(before).given


def _doubted(
    dialogue: Dialogue, line: Line, known: dict[int, tuple[float, str]]
) -> dict[int, tuple[float, str]]:
    """``known`` without words that only look like a person's name."""
    return {
        index: found
        for index, found in known.items()
        if found[1] not in _BY_LOOKS or not (_is_product(line, index) or _is_title(line, index))
    }


def _is_product(line: Line, index: int) -> bool:
    """A single name right after what it is the name of: "sofa Klara", "kolekcja „Zofia”"."""
    before = index - 1
    while line.folded(before) in QUOTES:
        before -= 1
    after = line.at(index + 1)
    surname = after is not None and not after.is_sign and name_form(after).shaped
    return line.folded(before) in _products() and not surname


def _is_title(line: Line, index: int) -> bool:
    """„Pan Tadeusz”: a title of a person and of a book."""
    return line.folded(index - 1) in TITLES and line.folded(index - 2) in QUOTES


@functools.cache
def _products() -> frozenset[str]:
    """All forms of words for things that are sold under names."""
    return frozenset(row[0] for row in phrases(f"{noun}*" for noun in PRODUCTS.split()))


def _capital(dialogue: Dialogue, word: Word) -> bool:
    return dialogue.cased and word.capital and not (len(word.text) > 3 and word.text.isupper())


def _alone(dialogue: Dialogue, line: Line, index: int, word: Word, form: NameForm) -> str:
    """Names that need no context: frequent first names, capitalised surnames that are nothing else."""
    if line.folded(index - 1) in COMPANY_BEFORE:
        return ""
    if line.folded(index - 1) in STREET_BEFORE or line.folded(index - 2) in STREET_BEFORE:
        return ""
    if _COMPANY_AFTER.match(line.text[word.end : word.end + 12]):
        return ""
    capital = _capital(dialogue, word)
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
        or not _capital(dialogue, word)
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
            _capital(dialogue, word) or (form.given or form.shaped) or (title in TITLES and form.known_word)
        )
    cases = TITLES.get(before)
    if cases is None or line.folded(index - 2) in QUOTES:  # „Pan Tadeusz”
        return False
    if dialogue.cased:
        return (
            _capital(dialogue, word)
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
                _capital(dialogue, word) and (form.any_name or form.unknown) and not word.after_stop
            ) or form.given
        if _capital(dialogue, word):
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
    if _capital(dialogue, word) and not word.after_stop:
        return form.any_name or form.unknown
    if _capital(dialogue, word):
        return (form.any_name or form.unknown) and line.spoken <= 4
    if dialogue.cased:
        return form.unknown and line.spoken <= 3 and len(word.text) > 3
    return (
        form.given
        or form.shaped
        or ((form.surname or form.rare_given) and line.spoken <= 3 and (not form.word or form.known_word))
    )


def _chains(
    dialogue: Dialogue, line: Line, seeds: dict[int, tuple[float, str]]
) -> list[tuple[int, int, float, str]]:
    """Seeds with the parts of the name around them."""
    chains: list[tuple[int, int, float, str]] = []
    for index in sorted(seeds):
        if chains and index < chains[-1][1]:
            continue
        floor = chains[-1][1] if chains else 0
        first, last = _leftwards(dialogue, line, index, floor), _rightwards(dialogue, line, index, seeds)
        confidence, reason = seeds[index]
        chains.append((first, last, min(0.95, confidence + 0.05 * (last - first - 1)), reason))
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
        capital = _capital(dialogue, word)
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


def _rightwards(dialogue: Dialogue, line: Line, index: int, seeds: dict[int, tuple[float, str]]) -> int:
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
    dialogue: Dialogue, line: Line, before: int, word: Word, seeds: dict[int, tuple[float, str]], index: int
) -> bool:
    form, previous = name_form(word), name_form(line.words[before])
    after_given = previous.given or previous.rare_given
    as_surname = dialogue.cased and word.capital and after_given and bool(word.form.surname)
    if (
        (form.never and not as_surname)
        or word.fold in TITLES
        or _COMPANY_AFTER.match(line.text[word.end : word.end + 12])
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


def _stammer(line: Line, first: int) -> int:
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


def _known(dialogue: Dialogue, chains: dict[int, list[tuple[int, int, float, str]]]) -> dict[str, bool]:
    """Folded stems of the names found and hinted; True where the name is no everyday word."""
    known: dict[str, bool] = {}
    for hint in dialogue.hints:
        known.update({_stem(part): True for part in re.findall(r"[^\W\d_]{3,}", fold(hint))})
    for turn, rows in chains.items():
        for first, last, confidence, reason in rows:
            if reason == LEARNED and confidence < SURE:
                continue
            for word in dialogue.lines[turn].words[first:last]:
                if not word.is_sign and len(word.text) > 2:
                    form = name_form(word)
                    known.setdefault(_stem(word.fold), not form.word and not has_grammar(word))
    return known


def _stem(folded: str) -> str:
    """A name without its case ending, roughly: forms of one name share it."""
    cut = re.sub(r"(?:iego|iemu|ego|emu|iej|ami|owi|iem|ej|em|im|ym|ie|ia|ii|iu|a|e|i|o|u|y)$", "", folded)
    return cut if len(cut) >= 3 else folded


def _repeats(dialogue: Dialogue, line: Line, known: dict[str, bool], sign: str) -> Iterator[Finding]:
    """Names known from elsewhere in the conversation."""
    for word in line.words:
        if word.is_sign or word.is_mark or len(word.text) < 3:
            continue
        sure = known.get(_stem(word.fold))
        if sure is None or name_form(word).never:
            continue
        capital = dialogue.cased and word.capital
        if (capital and (sure or not word.after_stop)) or (
            not dialogue.cased and sure and not name_form(word).word
        ):
            yield Finding(
                line.turn, word.start, word.end, "PERSON", 0.7, sign, "name known from this conversation"
            )


def _spelled(dialogue: Dialogue, line: Line, sign: str) -> Iterator[Finding]:
    """ "K jak Karol, O jak Olga", "K-O-W-A-L"."""
    for match in _AS_IN.finditer(line.text):
        yield Finding(line.turn, match.start(), match.end(), "PERSON", 0.6, sign, "spelled with words")
    if any(dialogue.asks.during("PERSON", line.first + i) for i in (0, len(line.words))):
        for match in _SPELLED.finditer(line.text):
            yield Finding(line.turn, match.start(), match.end(), "PERSON", 0.6, sign, "spelled, name awaited")
