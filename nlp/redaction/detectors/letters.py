"""Letters said one by one: a series before its number ("ce a ha"), a password spelled ("es zet a er")."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.redaction.brands import is_brand
from nlp.redaction.detectors.numbers import LETTER_NAMES, WORDS_TOO
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.number_words import LABELS
from nlp.redaction.spans import Detector, Finding, PersonalType, producer
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line

_BETWEEN = frozenset([",", ".", "-", "–", "…", "potem", "dalej", "duze", "male"])
_ENOUGH = 2  # letters that are hardly anything else
_BLOCK = 4  # letters of a series written together


def asked_letters(detector: Detector, kind: PersonalType, dialogue: Dialogue) -> Iterator[Finding]:
    """Rows of letters, with the numbers between them, where an answer of ``kind`` is awaited."""
    for line in dialogue.lines:
        for first, last in spelled_rows(line):
            if dialogue.asks.during(kind, line.first + first):
                start, end = line.words[first].start, line.words[last - 1].end
                yield Finding(line.turn, start, end, kind, 0.72, producer(detector), "letters, awaited")


def spelled_rows(line: Line) -> Iterator[tuple[int, int]]:
    """Words ``first`` to ``last`` (exclusive) of rows of letters said or written one by one."""
    index = 0
    while index < len(line.words):
        last, sure = _row(line, index)
        alone = last - index > 1 and all(word.is_sign for word in (*line.words[:index], *line.words[last:]))
        if sure >= _ENOUGH or (sure and alone):
            yield index, last
        index = max(last, index + 1)


def _row(line: Line, first: int) -> tuple[int, int]:
    """Where the row of letters ends that begins at ``first``, and how many of its letters are hardly anything else."""
    probe = last = first
    sure = 0
    while probe < len(line.words):
        length, weight = _letter(line, probe)
        if length:
            probe = last = probe + length
            sure += weight
        elif last > first and (line.folded(probe) in NUMERALS or line.words[probe].text.isdigit()):
            probe = last = probe + 1
        elif last > first and line.folded(probe) in _BETWEEN:
            probe += 1
        else:
            break
    return last, sure


def _letter(line: Line, index: int) -> tuple[int, int]:
    """How many words a letter takes here, 0 if none stands here, and how many letters surely are said by it."""
    word = line.words[index]
    single = len(word.text) == 1 and word.text.isalpha()
    if not single and word.fold not in LETTER_NAMES:
        return _block(line, index)
    example = line.at(index + 2)
    spelled = example is not None and example.fold[0] in word.fold  # "ka jak Karol", and not "a jak ktoś"
    if line.folded(index + 1) == "jak" and spelled:
        return 3, _ENOUGH
    return 1, int(word.fold not in WORDS_TOO)


def _block(line: Line, index: int) -> tuple[int, int]:
    """The same for a series in capitals that is all that is said or stands before its number."""
    word = line.words[index]
    after = line.at(index + 1)
    if not (word.text.isalpha() and word.text.isupper() and 1 < len(word.text) <= _BLOCK):
        return 0, 0
    alone = after is None or after.is_sign or after.text.isdigit() or after.fold in NUMERALS
    named = word.fold in LABELS or is_brand(word.fold, unknown=word.form.unknown) or not word.form.unknown
    return (1, _ENOUGH) if index == 0 and alone and not named else (0, 0)
