"""Postal addresses: streets with numbers, postal codes with towns, answers to "jaki adres?"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.runs import MONTHS, Run
from nlp.redaction.spans import Finding, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line, Word

_STREET = frozenset(
    [
        "ul",
        "ulica",
        "ulicy",
        "ulice",
        "ulica",
        "al",
        "aleja",
        "alei",
        "aleje",
        "alej",
        "os",
        "osiedle",
        "osiedlu",
        "osiedla",
        "pl",
        "plac",
        "placu",
        "skwer",
        "rondo",
        "rondzie",
        "bulwar",
    ]
)
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
_WORDLY = frozenset(
    {"fin", "praet", "inf", "prep", "conj", "comp", "ppron12", "ppron3", "impt", "pred", "part", "adv"}
)
_NOT_PLACES = frozenset(["pan", "pani", "rynek", "media", "expert", "poczta", "polska", "bank", "allegro"])


class AddressDetector:
    """Where somebody lives or wants the parcel."""

    name = "address"
    version = "2"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        sign = producer(self)
        for line in dialogue.lines:
            runs = dialogue.runs_of(line.turn) if any(ch.isalnum() for ch in line.text) else []
            yield from _streets(line, runs, sign)
            yield from _codes(line, sign)
        yield from _answers(dialogue, sign)


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
            yield _finding(line, index, end, 0.9 if end > last else 0.75, sign, "street")


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
        if _town(word) and (found > last or word.form.place) and word.capital:
            probe = found = probe + 1
            continue
        if word.fold not in _FLAT and word.fold not in ("w", "mieszkania"):
            break
        probe += 1
    return found


def _glued(line: Line, index: int) -> bool:
    letter = line.words[index]
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


def _answers(dialogue: Dialogue, sign: str) -> Iterator[Finding]:
    """Numbers with the names before them, and towns, while an address is awaited."""
    for ask in dialogue.asks.of("ADDRESS"):
        for line in dialogue.lines[ask.turn :]:
            if line.first > ask.end:
                break
            low, high = max(0, ask.start - line.first), ask.end - line.first
            for run in dialogue.runs_of(line.turn):
                if low <= run.first <= high:
                    free = run.position not in dialogue.asks.typed
                    yield from _numbered(line, run, low, free, sign)
            yield from _towns(dialogue, line, low, high, sign)


def _numbered(line: Line, run: Run, low: int, free: bool, sign: str) -> Iterator[Finding]:
    first = run.first
    while (
        first > low
        and run.first - first < 3
        and _name_like(line.at(first - 1))
        and not _label(line.words[first - 1])
    ):
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
