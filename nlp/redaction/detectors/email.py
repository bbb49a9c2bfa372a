"""E-mail addresses, written ("k@wp.pl") and said ("kowalski małpa wp kropka pl"), also over turns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.redaction.detectors.email_dictation import dictated
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.spans import Finding, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line, Word

_WRITTEN = re.compile(
    r"[\w.+%'-]+(?:@| @ |@ | ?[(\[] ?(?:at|ma[łl]pa) ?[)\]] ?)[\w-]+(?:\.[\w-]+| ?[(\[] ?(?:dot|kropka) ?[)\]] ?[\w-]+| ?\. ?(?-i:[a-z]{2,6})(?!\w))+",
    re.UNICODE | re.IGNORECASE,
)
_AT = frozenset(["malpa", "malpka", "malpe", "malpie", "malpy", "malp", "@", "malapa"])
_DOT = frozenset(["kropka", "kropeczka", "kropke", "."])
_GLUE = frozenset(
    [
        "podkreslnik",
        "podkreslenie",
        "myslnik",
        "kreska",
        "dash",
        "minus",
        "kropka",
        "kropeczka",
        "-",
        "_",
        ".",
        ",",
        "…",
        "razem",
        "pisane",
    ]
)
_TLD = frozenset(
    [
        "pl",
        "com",
        "eu",
        "net",
        "org",
        "edu",
        "gov",
        "info",
        "de",
        "uk",
        "co",
        "biz",
        "pe",
        "el",
        "pe-el",
        "peel",
        "ua",
        "cz",
    ]
)
_HOSTS = frozenset(
    [
        "gmail",
        "gmejl",
        "dzimejl",
        "dzi",
        "wp",
        "onet",
        "o2",
        "o",
        "interia",
        "tlen",
        "gazeta",
        "poczta",
        "op",
        "buziaczek",
        "yahoo",
        "outlook",
        "icloud",
        "hotmail",
        "vp",
        "autograf",
        "proton",
        "protonmail",
        "wu",
        "gmailu",
        "onecie",
    ]
)
_STOP = FUNCTION_WORDS - frozenset(["a", "e", "i", "o", "u", "w", "z", "y", "m"]) | frozenset(
    [
        "mailowy",
        "mailowego",
        "mailem",
        "maila",
        "maile",
        "mejl",
        "skrzynka",
        "skrzynke",
        "elektroniczny",
        "mailu",
        "mailach",
        "konto",
        "zarejestrowane",
        "wyslac",
        "wyslalam",
        "wyslalem",
        "wyslij",
        "wysylam",
        "przeslac",
        "przesylam",
        "zapisane",
        "zapisany",
        "zapisac",
        "wpisany",
        "znakow",
        "polskich",
    ]
)
_REACH = 8
_ANCHORS = frozenset(
    _AT
    | (_DOT - {"."})
    | (_TLD - {"de", "co", "pe", "el"})
    | (_HOSTS - {"o", "dzi", "wu", "poczta", "gazeta"})
)


class EmailDetector:
    """Addresses by their shape, by "małpa", and by "kropka" where an address is awaited."""

    name = "email"
    version = "3"

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        sign = producer(self)
        found = list(self._recognised(dialogue, sign))
        yield from found
        spoken = [f for f in found if f.explanation != "shape"]
        if spoken:
            yield from dictated(dialogue, spoken, _ANCHORS, sign)

    def _recognised(self, dialogue: Dialogue, sign: str) -> Iterator[Finding]:
        for line in dialogue.lines:
            written = [match.span() for match in _WRITTEN.finditer(line.text)]
            for start, end in written:
                yield Finding(line.turn, start, end, "EMAIL", 0.99, sign, "shape")
            for index, word in enumerate(line.words):
                if any(start <= word.start < end for start, end in written):
                    continue
                if word.fold in _AT and _is_at(dialogue, line, index):
                    first, last = _left(line, index), _right(line, index)
                    yield _finding(line, first, last, 0.93, sign, "around the at sign")
                    yield from _across(dialogue, line, first, last, index, sign)
        yield from _awaited(dialogue, sign)


def _finding(line: Line, first: int, last: int, confidence: float, sign: str, reason: str) -> Finding:
    return Finding(
        line.turn, line.words[first].start, line.words[last - 1].end, "EMAIL", confidence, sign, reason
    )


def _is_at(dialogue: Dialogue, line: Line, index: int) -> bool:
    """An ape at the zoo is not an address: a domain follows, or an address is awaited."""
    if line.words[index].fold == "@":
        return not _is_handle(line, index)
    right = {line.folded(i) for i in range(index + 1, index + 7)}
    if right & (_DOT - {"."}) or right & _HOSTS - {"o"}:
        return True
    return dialogue.asks.during("EMAIL", line.first + index)


def _is_handle(line: Line, index: int) -> bool:
    """ "@sklep" after a space or at the beginning names an account, unless an ending of a domain follows: "jan @wp.pl"."""
    at = line.words[index]
    alone = line.text[at.start - 1 : at.start].strip() == "" and line.text[at.end : at.end + 1].isalnum()
    return alone and not any(
        line.folded(i) in _TLD and line.folded(i - 1) == "." for i in range(index + 2, index + 6)
    )


def _local(word: Word | None) -> bool:
    """Could be a piece of what stands before the at sign."""
    if word is None or word.is_mark:
        return False
    if word.is_sign or word.fold in _GLUE:
        return word.fold in _GLUE
    return word.fold not in _STOP or word.fold in NUMERALS


def _left(line: Line, at: int) -> int:
    first = at
    while at - first < _REACH and _local(line.at(first - 1)):
        previous = line.words[first - 1]
        if previous.text == "." and line.words[first].capital and first < at and line.words[first].after_stop:
            break
        first -= 1
    while first < at and line.words[first].is_sign:
        first += 1
    return first


def _right(line: Line, at: int) -> int:
    """To the last "kropka" and what follows it; without one, a host and its ending."""
    last = probe = at + 1
    dots = 0
    while (word := line.at(probe)) and probe - at <= 12 and not word.is_mark and word.text not in "?!":
        if (word.fold in _DOT and word.fold != ".") or (word.text == "." and line.folded(probe + 1) in _TLD):
            after = probe + 1
            while (sign := line.at(after)) and sign.is_sign and sign.text in ",…":
                after += 1
            if line.at(after) is None or line.words[after].is_sign:
                return after if dots or after > at + 1 else last
            last, dots = after + 1, dots + 1
            if line.folded(after) in ("pe", "p") and line.folded(after + 1) in ("el", "l"):
                last += 1
            probe = last
            if line.folded(after) in _TLD and line.folded(last) not in _DOT:
                break
            continue
        if (dots and not word.is_sign) or (word.text == "." and dots):
            break
        probe += 1
    return last if dots else _host(line, at)


def _host(line: Line, at: int) -> int:
    last = at + 1
    for index in range(at + 1, at + 6):
        if (
            line.folded(index) in _HOSTS
            or line.folded(index) in _TLD
            or (line.folded(index) in NUMERALS and index < at + 4)
        ):
            last = index + 1
        elif line.folded(index) not in (",", "", "-"):
            break
    return last


def _across(dialogue: Dialogue, line: Line, first: int, last: int, at: int, sign: str) -> Iterator[Finding]:
    """The piece of an address that stands in the turn before or after."""
    if first == at:
        for before in reversed(dialogue.lines[max(0, line.turn - 2) : line.turn]):
            if 0 < before.spoken <= 6 and dialogue.asks.during("EMAIL", before.first):
                start = _left(before, len(before.words) - _trailing(before))
                end = len(before.words) - _trailing(before)
                if start < end:
                    yield _finding(before, start, end, 0.8, sign, "before the at sign, a turn earlier")
                    break
    if all(word.is_sign for word in line.words[last:]) and not _TLD & {w.fold for w in line.words[at:last]}:
        for after in dialogue.lines[line.turn + 1 : line.turn + 3]:
            if 0 < after.spoken <= 6 and any(w.fold in _DOT - {"."} or w.fold in _TLD for w in after.words):
                yield _finding(after, 0, _right(after, -1), 0.8, sign, "after the at sign, a turn later")
                break


def _trailing(line: Line) -> int:
    """How many signs end a turn."""
    count = 0
    while count < len(line.words) and line.words[-1 - count].is_sign:
        count += 1
    return count


def _awaited(dialogue: Dialogue, sign: str) -> Iterator[Finding]:
    """ "kropka pl" and the like where an address is awaited, without an at sign in the turn."""
    for line in dialogue.lines:
        for index, word in enumerate(line.words):
            if word.fold not in _DOT - {"."} or not dialogue.asks.during("EMAIL", line.first + index):
                continue
            if any(w.fold in _AT for w in line.words):
                break
            after = line.at(index + 1)
            end = index + 2 if after and not after.is_sign and after.fold not in _STOP else index + 1
            yield _finding(line, _left(line, index), end, 0.8, sign, "around a dot, address awaited")
