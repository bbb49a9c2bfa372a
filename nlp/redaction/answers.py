"""Which numbers are somebody's, by what was asked for and by the learned part together."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nlp.redaction.requests import Asks
from nlp.redaction.word_model import number_likelihood

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue
    from nlp.redaction.runs import Run
    from nlp.redaction.spans import PersonalType

UNLIKELY = 0.1  # a written number that answers a request by its place goes on being an answer from here
UNLIKELY_SAID = (
    0.005  # the same for one that is said: at 0.01 a number of the 22 real calls, said in pieces, was lost
)
LIKELY = 0.8  # from this likelihood a number is somebody's though nobody was seen to ask
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
        if likely >= LIKELY or (kind and likely >= (UNLIKELY if run.written else UNLIKELY_SAID)):
            kept[run.position] = kind or _kind(run)
    return dataclasses.replace(dialogue.asks, typed=kept)


def _kind(run: Run) -> PersonalType:
    return _BY_LENGTH.get(len(run.digits), "CUSTOMER_NUMBER")
