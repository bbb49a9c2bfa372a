"""Which numbers are somebody's, by what was asked for and by the learned part together."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nlp.redaction.cues import of_a_thing
from nlp.redaction.function_words import FUNCTION_WORDS
from nlp.redaction.requests import Asks
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.word_model import number_likelihood

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue
    from nlp.redaction.runs import Run
    from nlp.redaction.spans import PersonalType
    from nlp.redaction.words import Line

UNLIKELY = 0.1  # a written number that answers a request by its place goes on being an answer from here
UNLIKELY_SAID = 0.05  # the same for one that is said in a sentence
UNLIKELY_ALONE = (
    0.005  # the same for one that is all that is said: at 0.03 pieces of the 22 real calls were lost
)
LIKELY = 0.8  # from this likelihood a number is somebody's though nobody was seen to ask
_STRAY = 1  # words
_BY_LENGTH: dict[int, PersonalType] = {11: "PESEL", 9: "PHONE"}


def judged(dialogue: Dialogue) -> Asks:
    """The answers without the written numbers that are hardly anybody's, and with those that surely are.

    What is said in answer to a question hardly ever goes: numbers said in pieces look like any small number.
    """
    typed = dialogue.asks.typed
    kept: dict[int, PersonalType] = {}
    for run in dialogue.runs:
        kind = typed.get(run.position)
        if dialogue.lines[run.turn].speaker == "system":  # labels are no sentences
            if kind:
                kept[run.position] = kind
            continue
        likely = number_likelihood("NUMBER", dialogue, run)
        line = dialogue.lines[run.turn]
        added = likely >= LIKELY and not of_a_thing(line, dialogue.cues, run.start)
        if likely >= _bar(dialogue, run) if kind else added:
            kept[run.position] = kind or _kind(run)
    return dataclasses.replace(dialogue.asks, typed=kept)


def _bar(dialogue: Dialogue, run: Run) -> float:
    """The likelihood from which a number that answers by its place goes on being an answer."""
    if run.written:
        return UNLIKELY
    return UNLIKELY_ALONE if nothing_else(dialogue.lines[run.turn]) else UNLIKELY_SAID


def nothing_else(line: Line) -> bool:
    """Whether a turn holds hardly a word beside its numbers: a piece of a number looks like any small number."""
    beside = [w for w in line.words if not w.is_sign and w.fold not in NUMERALS and not w.text.isdigit()]
    return sum(word.fold not in FUNCTION_WORDS for word in beside) <= _STRAY


def _kind(run: Run) -> PersonalType:
    return _BY_LENGTH.get(len(run.digits), "CUSTOMER_NUMBER")
