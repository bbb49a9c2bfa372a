"""Postal addresses: streets with numbers, postal codes with towns, answers to "jaki adres?"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detectors.address_judged import no_house, unlikely
from nlp.redaction.detectors.address_parts import flats, whole_addresses
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.names import name_form
from nlp.redaction.number_words import MONTHS
from nlp.redaction.runs import Run
from nlp.redaction.spans import Finding, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.word_features import may_be_address
from nlp.redaction.word_model import likelihood
from nlp.redaction.words import Line, Word

_STREET = frozenset(
    "ul ulica ulicy ulice al aleja alei aleje alej os osiedle osiedlu osiedla pl plac placu skwer rondo rondzie bulwar".split()  # noqa: SIM905
)
_LABEL_OF_STREET = frozenset(["ul", "ulica", "ulicy", "ulice"])  # no part of the name
_ABBREVIATED = frozenset(["ul", "al", "os", "pl"])
_CODE = re.compile(r"(?<![\d/.,-])\d{2} ?[-–] ?\d{3}(?![\d/-])")
_FLAT = frozenset(
    [
        "m",
        "mieszkania",
        "mieszkanie",
        "lok",
        "lokal",
        "lokalu",
        "przez",
        "lamane",
        "/",
        "\\",
        ",",
        "-",
        ".",
        "klatka",
        "numer",
        "nr",
        "prze",
        "kod",
        "pocztowy",
    ]
)
_STREET_ENDINGS = ("ska", "cka", "owa", "skiego", "ckiego", "skiej", "ckiej")
_FLAT_SAID = frozenset(["przez", "mieszkania", "mieszkanie", "lokal", "lokalu", "lok", "lamane"])
_FLAT_WRITTEN = re.compile(
    r"\d{1,4} ?[A-Za-z]?(?: ?[/\\] ?\d{1,4}|,? ?(?:m|lok|mieszk\w*|lokal)\b\.? ?\d{1,4})", re.IGNORECASE
)
_PLACES = frozenset(["na", "przy", "pod", "z"])
LIKELY = 0.2
LIKELY_ASKED = 0.15  # the same where an address is awaited
_HOUSE_DIGITS, _STREET_WORDS = 3, 3
_WORDLY = frozenset(
    {"fin", "praet", "inf", "prep", "conj", "comp", "ppron12", "ppron3", "impt", "pred", "part", "adv"}
)
_NOT_PLACES = frozenset(["pan", "pani", "rynek", "media", "expert", "poczta", "polska", "bank", "allegro"])
_NO_STREET = FUNCTION_WORDS | NUMERALS.keys() | _NOT_PLACES


class AddressDetector:
    """Where somebody lives or wants the parcel."""

    name = "address"
    version = "4"

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        found: dict[int, list[Finding]] = {}
        for finding in self._parts(dialogue):
            if self._learned and unlikely(dialogue, finding):
                continue
            found.setdefault(finding.turn, []).append(finding)
        for turn, parts in found.items():
            yield from whole_addresses(dialogue.lines[turn], dialogue.runs_of(turn), parts)

    def _parts(self, dialogue: Dialogue) -> Iterator[Finding]:
        sign = producer(self)
        for line in dialogue.lines:
            runs = dialogue.runs_of(line.turn) if any(ch.isalnum() for ch in line.text) else []
            yield from _streets(line, runs, sign)
            yield from _codes(line, sign)
            yield from _houses(dialogue, line, runs, sign)
            for first, last in flats(line, runs):
                yield _finding(line, first, last, 0.7, sign, "door named by its number")
        yield from _answers(dialogue, sign, learned=self._learned)
        if self._learned:
            for line in dialogue.lines:
                yield from _likely(dialogue, line, sign)


def _likely(dialogue: Dialogue, line: Line, sign: str) -> Iterator[Finding]:
    """Words that the learned part takes for a street or town where somebody lives, with their numbers; nobody says what
    the system writes, and labels are no sentences."""
    if line.speaker == "system":
        return
    runs = dialogue.runs_of(line.turn)
    index = 0
    while index < len(line.words):
        if not _is_likely(dialogue, line, index):
            index += 1
            continue
        last = index + 1
        while _is_likely(dialogue, line, last):
            last += 1
        end = _with_numbers(line, runs, last)
        yield _finding(line, index, end, 0.7, sign, "learned from its context")
        index = end


def _is_likely(dialogue: Dialogue, line: Line, index: int) -> bool:
    word = line.at(index)
    if word is None or not may_be_address(word, name_form(word), capital=dialogue.cased and word.capital):
        return False
    return likelihood("ADDRESS", dialogue, line, index) >= LIKELY


def _finding(line: Line, first: int, last: int, confidence: float, sign: str, reason: str) -> Finding:
    return Finding(
        line.turn, line.words[first].start, line.words[last - 1].end, "ADDRESS", confidence, sign, reason
    )


def _name_like(word: Word | None) -> bool:
    """Could be a word of a street's name: an adjective, a noun, a name, an unknown word."""
    if (
        word is None
        or word.is_sign
        or word.is_mark
        or word.fold in FUNCTION_WORDS
        or word.fold in MONTHS - {"maja"}
    ):
        return word is not None and word.fold == "maja"
    if word.text.isdigit() or word.fold in NUMERALS:
        return False
    return word.capital or not word.form.parts & _WORDLY


def _streets(line: Line, runs: list[Run], sign: str) -> Iterator[Finding]:
    for index, word in enumerate(line.words):
        if word.fold not in _STREET:
            continue
        first = index + 1
        if line.folded(first) == ".":
            first += 1
        elif word.fold in _ABBREVIATED and not (line.at(first) and line.words[first].capital):
            continue
        last = first
        if (numeral := line.at(last)) and (numeral.text.isdigit() or numeral.fold in NUMERALS):
            last += 1
            last += line.folded(last) == "-"
        while last - first < 4 and _name_like(line.at(last)):
            last += 1
            if last - first > 1 and not line.words[last - 1].capital and line.words[first].capital:
                last -= 1
                break
        if last == first:
            continue
        end = _with_numbers(line, runs, last)
        named = line.words[first].capital or end > last
        if named:
            begin = _town_before(line, index)
            if begin == index and word.fold in _LABEL_OF_STREET:
                begin = index + 1 + (line.folded(index + 1) == ".")
            yield _finding(line, begin, end, 0.9 if end > last else 0.75, sign, "street")


def _with_numbers(line: Line, runs: list[Run], last: int) -> int:
    """The house number, the flat, the postal code and town that follow a street."""
    probe, found = last, last
    while (word := line.at(probe)) and probe - found <= 3:
        run = next((run for run in runs if run.first <= probe < run.last), None)
        if run and not (run.plain and found == last and len(run.digits) > 4):
            probe = found = run.last
            if (
                (letter := line.at(probe))
                and len(letter.text) == 1
                and letter.text.isalpha()
                and _glued(line, probe)
            ):
                probe = found = probe + 1
            continue
        if _begins_anew(word):
            break
        if _town(word) and (found > last or word.form.place) and word.capital:
            probe = found = probe + 1
            continue
        if word.fold not in _FLAT and word.fold not in ("w", "mieszkania"):
            break
        probe += 1
    return found


def _begins_anew(word: Word) -> bool:
    """A new sentence: what stands there is no town of the address before."""
    return word.after_stop and word.capital and not word.form.place


def _glued(line: Line, index: int) -> bool:
    letter = line.words[index]
    if letter.fold == "a":  # "dwadzieścia a w Kutnie", and not "dwadzieścia a potem"
        return letter.start == line.words[index - 1].end or line.folded(index + 1) in (
            "w",
            "przez",
            "/",
            "",
            ".",
        )
    return letter.start == line.words[index - 1].end or letter.capital or letter.fold in ("b", "c", "d")


def _town(word: Word | None) -> bool:
    """A place name, by its capital or because it is nothing else."""
    if word is None or word.is_sign or word.fold in FUNCTION_WORDS or word.fold in _NOT_PLACES:
        return False
    if word.form.place and (word.capital or not word.form.common):
        return True
    return word.capital and word.form.unknown


def _codes(line: Line, sign: str) -> Iterator[Finding]:
    """Written postal codes with the town after or right before them."""
    for match in _CODE.finditer(line.text):
        start, end = match.span()
        after = next((i for i, word in enumerate(line.words) if word.start >= end), len(line.words))
        last = after
        while last - after < 4 and (_town(line.at(last)) or (line.folded(last) == "-" and last > after)):
            last += 1
        while last > after and line.words[last - 1].is_sign:
            last -= 1
        if last > after:
            end = line.words[last - 1].end
        context = last > after or bool(re.search(r"kod|pocztow|adres|ul\b", line.text, re.IGNORECASE))
        if context or line.text[:start].strip().endswith(","):
            yield Finding(line.turn, start, end, "ADDRESS", 0.88, sign, "postal code")


def _houses(dialogue: Dialogue, line: Line, runs: list[Run], sign: str) -> Iterator[Finding]:
    """A street's name and number without "ulica": what follows, a flat, a postal code or a town, shows it."""
    for run in runs:
        first = _street_before(dialogue, line, run.first)
        if first == run.first or run.ordinal or len(run.pieces[0].digits) > _HOUSE_DIGITS:
            continue
        end = _with_numbers(line, runs, run.first)
        town = _town_before(line, first)
        if end <= run.first or not (_shown(line, run, end) or town < first or _placed(line, first, run, end)):
            continue
        yield _finding(line, town, end, 0.8, sign, "street without its kind, with flat, code or town")


def _town_before(line: Line, first: int) -> int:
    """Where a town begins that stands before a street: "Stary Sącz, Węgierska 40"."""
    if line.folded(first - 1) != "," or not _town(line.at(first - 2)):
        return first
    start = first - 2
    before = line.at(start - 1)
    return start - 1 if before and before.capital and not before.is_sign else start


def _placed(line: Line, first: int, run: Run, end: int) -> bool:
    """ "pod słowackiego czterdzieści jeden": after a preposition of place, and nothing counted."""
    return line.folded(first - 1) in _PLACES and not run.plain and end == run.last and not _counts(line, end)


def _counts(line: Line, index: int) -> bool:
    word = line.at(index)
    return word is not None and not word.after_stop and "subst" in word.form.parts


def _street_before(dialogue: Dialogue, line: Line, index: int) -> int:
    """Where the name of a street or village begins that stands right before word ``index``."""
    first = index
    while first > 0 and index - first < _STREET_WORDS and _of_street(dialogue, line.words[first - 1]):
        first -= 1
    return first


def _of_street(dialogue: Dialogue, word: Word) -> bool:
    """An adjective in the feminine, somebody's name in the genitive, or a known word with a capital."""
    if word.is_sign or word.is_mark or word.fold in _NO_STREET or _label(word):
        return False
    if word.text.isupper() and len(word.text) > 1 and not set(word.text) <= set("IVX"):
        return False
    form = word.form
    if dialogue.cased and word.capital:
        return not word.after_stop or "adj" in form.parts or form.place or bool(form.surname)
    if form.unknown and word.fold.endswith(_STREET_ENDINGS):
        return True
    if dialogue.cased:
        return False
    named = any(case == "gen" for _, case in form.given | form.surname) and not form.parts & _WORDLY
    return (
        named or ("adj" in form.parts and word.fold.endswith(("a", "ej"))) or (form.place and not form.common)
    )


def _shown(line: Line, run: Run, end: int) -> bool:
    """Whether words ``run.first`` to ``end`` hold a flat, a postal code or a town."""
    text = line.text[line.words[run.first].start : line.words[end - 1].end]
    if _CODE.search(text) or _FLAT_WRITTEN.match(text):
        return True
    inside = line.words[run.first : end]
    said = any(w.fold in _FLAT_SAID for w in inside) and not run.written
    town = inside[-1]
    named = _town(town) and not town.text.isupper() and (town.form.place or inside[-2].text == ",")
    return said or (len(inside) > 1 and named and not town.form.given)


def _answers(dialogue: Dialogue, sign: str, *, learned: bool) -> Iterator[Finding]:
    """Numbers with the names before them, and towns, while an address is awaited."""
    for ask in dialogue.asks.of("ADDRESS"):
        for line in dialogue.lines[ask.turn :]:
            if line.first > ask.end:
                break
            low, high = max(0, ask.start - line.first), ask.end - line.first
            for run in dialogue.runs_of(line.turn):
                if low <= run.first <= high and not (learned and no_house(dialogue, run)):
                    free = run.position not in dialogue.asks.typed
                    yield from _numbered(dialogue, line, run, low, free, sign)
            yield from _towns(dialogue, line, low, high, sign)


def _named(dialogue: Dialogue, line: Line, index: int) -> bool:
    """Whether a word before a number may be of the name of a street or village."""
    word = line.words[index]
    if not _name_like(word) or _label(word):
        return False
    if _of_street(dialogue, word) or word.form.unknown or not dialogue.cased:
        return True
    may = may_be_address(word, name_form(word), capital=word.capital)
    return may and likelihood("ADDRESS", dialogue, line, index) >= LIKELY_ASKED


def _numbered(dialogue: Dialogue, line: Line, run: Run, low: int, free: bool, sign: str) -> Iterator[Finding]:
    first = run.first
    while first > low and run.first - first < 3 and _named(dialogue, line, first - 1):
        first -= 1
    alone = first == run.first
    if alone and not free:
        return
    if (run.plain and (alone or len(run.digits) > 3)) or (run.ordinal and alone):
        return
    if alone and len(run.digits) < 2 and line.spoken > 4:
        return
    yield _finding(
        line, first, _with_numbers(line, [run], run.last), 0.85, sign, "answer to a request for an address"
    )


def _label(word: Word) -> bool:
    return word.fold.startswith(("adres", "ulic", "kod", "numer", "mieszk", "dom", "lokal"))


def _alone(dialogue: Dialogue, line: Line, index: int) -> bool:
    """An answer that is nothing but this word, or where capitals mean nothing the word after a postal code."""
    word = line.words[index]
    if line.spoken == 1:
        return word.capital or not dialogue.cased
    before = line.at(index - 1)
    numeral = before is not None and (before.text.isdigit() or before.fold in NUMERALS)
    return not dialogue.cased and numeral and line.spoken <= 8 and index == len(line.words) - 1


def _towns(dialogue: Dialogue, line: Line, low: int, high: int, sign: str) -> Iterator[Finding]:
    for index in range(low, min(high + 1, len(line.words))):
        word = line.words[index]
        if not word.form.place or word.fold in _NOT_PLACES or word.fold in FUNCTION_WORDS:
            continue
        sure = _town(word) and not (word.form.common and (word.after_stop or not word.capital))
        if not sure and not _alone(dialogue, line, index):
            continue
        short = (
            line.spoken <= 6
            or line.folded(index - 1) in ("w", "we", "do")
            or line.folded(index - 1).isdigit()
        )
        if short and not (word.form.given and not dialogue.cased):
            yield _finding(line, index, index + 1, 0.6, sign, "town, address awaited")
