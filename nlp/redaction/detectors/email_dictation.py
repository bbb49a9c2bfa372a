"""The rest of an address that is dictated over several turns: letters, spelling names, cut words, read-backs.

Near a turn where an address was recognised, a run of words counts as dictation when nothing in it can be
ordinary speech: single letters, dots and at signs said as words, hosts, and names beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nlp.redaction.dialogue import Dialogue
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.spans import Finding
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line, Word

NEAR = 4  # turns between a piece and the next recognised one
LONGEST = 8  # a turn of more words is a sentence
_LETTER_NAMES = frozenset(["be", "ce", "de", "ef", "gie", "ha", "jot", "ka", "el", "em", "en", "er", "es", "wu", "iks", "igrek", "zet"])  # fmt: skip
_WORDS_TOO = frozenset("aiouwze")  # letters that are words as well
_BETWEEN = frozenset(["jak", "przez", "czyli", "potem", "dalej", "i"])


def dictated(
    dialogue: Dialogue, known: Sequence[Finding], anchors: frozenset[str], sign: str
) -> Iterator[Finding]:
    """Pieces of an address in the turns around ``known`` pieces of it.

    Args:
        anchors: words that only an address has: at signs, dots said as words, hosts and endings.
    """
    parts = _tokens(dialogue, known)
    reached = {finding.turn for finding in known}
    for line in _around(dialogue, reached):
        covered = [(f.start, f.end) for f in known if f.turn == line.turn]
        for first, last in _segments(line, anchors, parts):
            if _dictation(line, first, last, anchors, parts) and not _inside(line, first, last, covered):
                reached.add(line.turn)
                start, end = line.words[first].start, line.words[last - 1].end
                yield Finding(line.turn, start, end, "EMAIL", 0.6, sign, "piece of a dictated address")


def _around(dialogue: Dialogue, reached: set[int]) -> Iterator[Line]:
    """Lines near a recognised piece, forwards and back, so that a chain of pieces is followed."""
    for step in (1, -1):
        for line in dialogue.lines[::step]:
            if any(abs(line.turn - turn) <= NEAR for turn in reached) and line.spoken <= 3 * LONGEST:
                yield line


def _tokens(dialogue: Dialogue, known: Iterable[Finding]) -> frozenset[str]:
    """Words of the address as far as it is known, long enough to be told from ordinary ones."""
    found = set()
    for finding in known:
        for word in dialogue.lines[finding.turn].words:
            if finding.start <= word.start < finding.end and len(word.fold) > 3 and not word.form.common:
                found.add(word.fold)
    return frozenset(found - FUNCTION_WORDS)


def _segments(line: Line, anchors: frozenset[str], parts: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Longest runs of words that could belong to an address; signs inside belong to them."""
    first: int | None = None
    last = 0
    for index in range(len(line.words) + 1):
        word = line.at(index)
        if word is not None and word.is_sign and word.text not in "?!":
            continue
        if word is not None and _piece(line, index, word, anchors, parts):
            first = index if first is None else first
            last = index + 1
            continue
        if first is not None:
            yield _without_words(line, first, last)
            first = None


def _without_words(line: Line, first: int, last: int) -> tuple[int, int]:
    """Without the letters at the rims that are words as well and that no sign sets apart."""
    while last - first > 1 and line.folded(first) in _WORDS_TOO and not line.words[first + 1].is_sign:
        first += 1
    while last - first > 1 and line.folded(last - 1) in _WORDS_TOO and not line.words[last - 2].is_sign:
        last -= 1
    return first, last


def _piece(line: Line, index: int, word: Word, anchors: frozenset[str], parts: frozenset[str]) -> bool:
    if word.is_mark:
        return False
    if word.fold in anchors or word.fold in parts or _letter(word):
        return True
    if word.fold in FUNCTION_WORDS or word.fold in _BETWEEN:
        return False
    if word.fold in NUMERALS or word.text.isdigit():
        return True
    if line.spoken <= 5 and any(other.fold in anchors for other in line.words):
        return True
    cut = line.folded(index + 1) in ("...", "…") and len(word.text) <= 3
    return cut or word.form.unknown or _name(word)


def _letter(word: Word) -> bool:
    return (len(word.text) == 1 and word.text.isalpha()) or word.fold in _LETTER_NAMES


def _name(word: Word) -> bool:
    return word.capital and bool(word.form.given or word.form.surname)


def _dictation(line: Line, first: int, last: int, anchors: frozenset[str], parts: frozenset[str]) -> bool:
    """An anchor, a letter alone in its turn, two letters, a word of the address, or names as for spelling."""
    words = [word for word in line.words[first:last] if not word.is_sign]
    if any(word.fold in anchors or word.fold in parts for word in words):
        return True
    if len(words) == line.spoken == 1:
        return _letter(words[0])
    if sum(_letter(word) and word.fold not in _WORDS_TOO for word in words) >= 2:
        return all(_letter(word) or not word.form.common for word in words)
    return len(words) >= 2 and len(words) == line.spoken and all(_name(word) for word in words)


def _inside(line: Line, first: int, last: int, covered: Sequence[tuple[int, int]]) -> bool:
    start, end = line.words[first].start, line.words[last - 1].end
    return any(a <= start and end <= b for a, b in covered)
