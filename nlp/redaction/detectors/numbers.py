"""What the detectors of numbers share: asked-for runs, written shapes, the code around a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nlp.redaction.cues import of_a_thing
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.number_words import LABELS
from nlp.redaction.runs import Run
from nlp.redaction.spans import Detector, Finding, PersonalType, producer
from nlp.redaction.words import Line, Word

_CODE_LEFT = re.compile(r"[\w/#-]*$")
LETTER_NAMES = frozenset(
    "be ce de ef ge gie ha jot ka el em en pe er es te fau wu iks igrek zet ku".split()  # noqa: SIM905
)
KEYS = frozenset(["krzyzyk", "klucz", "gwiazdka", "kluczyk", "kratka", "hasz"])  # of a keypad at a door
WORDS_TOO = frozenset(["a", "i", "o", "u", "w", "z", "ha", "te", "de"])
_BETWEEN_LETTERS = frozenset(["lamane", "na", "przez", "kreska", "myslnik", "ukosnik", "slash"])
_SURE = 0.9  # a shape with a right checksum: that is somebody's, whatever it is called
_LETTER_REACH = 8  # words before a number in which its letters are looked for
_CODE_RIGHT = re.compile(r"[A-Za-z0-9/-]*")


def asked_runs(
    detector: Detector, kind: PersonalType, dialogue: Dialogue, check: Callable[[str], bool] | None = None
) -> Iterator[Finding]:
    """Runs that answer a request for ``kind``; a right checksum raises the confidence, a wrong one does not
    lower it: people mishear and misspeak numbers that are still theirs."""
    for run in dialogue.runs:
        if dialogue.asks.typed.get(run.position) != kind:
            continue
        line = dialogue.lines[run.turn]
        start, end = widened(line, run)
        sure = check is not None and check(run.digits)
        reason = "asked for, checksum right" if sure else "asked for"
        yield Finding(run.turn, start, end, kind, 0.99 if sure else 0.9, producer(detector), reason)


def shaped(
    detector: Detector,
    kind: PersonalType,
    dialogue: Dialogue,
    pattern: re.Pattern[str],
    accept: Callable[[str], float],
) -> Iterator[Finding]:
    """Written values that show their type by their shape; ``accept`` gives the confidence, 0 to refuse.

    Of a pattern with a group ``value`` only that is the value."""
    for line in dialogue.lines:
        for match in pattern.finditer(line.text):
            confidence = accept(match.group())
            thing = confidence < _SURE and of_a_thing(line, dialogue.cues, match.start())
            if confidence and not thing:
                start, end = match.span("value" if "value" in pattern.groupindex else 0)
                yield Finding(line.turn, start, end, kind, confidence, producer(detector), "shape")


def digits_of(text: str) -> str:
    """Only the digits of a text."""
    return "".join(character for character in text if character.isdigit())


def widened(line: Line, run: Run) -> tuple[int, int]:
    """Characters of a run with the letters and signs of its code: "FV/2024/05/12", "ABC 123456"."""
    start, end = run.start, run.end
    if run.pieces[0].written:
        left = _CODE_LEFT.search(line.text, 0, start)
        code = left.group() if left else ""
        start -= len(code.rpartition("_")[2].lstrip("-/"))
    if run.pieces[-1].written:
        right = _CODE_RIGHT.match(line.text, end)
        end += len(right.group().rstrip("-/")) if right else 0
    before, after = run.first - 1, run.last
    while (word := line.at(before)) and word.start >= start:
        before -= 1
    while (
        word
        and _same_row(line, word.end, start)
        and (_code_letters(word) or (word.fold == "pl" and before == run.first - 1))
    ):
        start, before = word.start, before - 1
        word = line.at(before)
    while (word := line.at(after)) and (
        word.end <= end or (_code_letters(word) and _same_row(line, end, word.start))
    ):
        end, after = max(end, word.end), after + 1
    if run.written:
        return start, end
    return min(start, _letters_before(line, run)), max(end, _letters_after(line, run))


def _same_row(line: Line, end: int, start: int) -> bool:
    return "\n" not in line.text[end:start]


def _letters_before(line: Line, run: Run) -> int:
    """Where the letters begin that are said before a number: "de be em siedemset", "k jak karol siedem"."""
    start, probe, found = run.start, run.first - 1, 0
    while (word := line.at(probe)) and probe >= 0 and run.first - probe <= _LETTER_REACH:
        if line.folded(probe - 1) == "jak" and _is_letter(line.at(probe - 2)):
            probe, found = probe - 2, found + 2
            start = line.words[probe].start
        elif _is_letter(word):
            found += 1
            start = word.start if found > 1 or word.fold not in WORDS_TOO else start
        elif word.text not in ",-–.…" and word.fold not in _BETWEEN_LETTERS:
            break
        probe -= 1
    return start


def _letters_after(line: Line, run: Run) -> int:
    """Where the letters end that are said after a number: "siedem siedem łamane przez a g r"."""
    end, probe, linked = run.end, run.last, False
    while (word := line.at(probe)) and probe - run.last < _LETTER_REACH:
        if _is_letter(word) and (linked or word.fold not in WORDS_TOO):
            end, linked = word.end, True
        elif word.fold in _BETWEEN_LETTERS or word.text in ",-–":
            linked = linked or word.fold in _BETWEEN_LETTERS
        else:
            break
        probe += 1
    return end


def _is_letter(word: Word | None) -> bool:
    return word is not None and (
        word.fold in LETTER_NAMES | KEYS or (len(word.text) == 1 and word.text.isalpha())
    )


def _code_letters(word: Word) -> bool:
    """Capital letters said or written as part of a code."""
    if not word.text.isalpha() or not word.text.isupper() or len(word.text) > 4 or word.fold in LABELS:
        return False
    return len(word.text) > 1 or word.fold not in ("a", "i", "o", "u", "w", "z") or not word.after_stop
