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
LIKELY = 0.8  # from this likelihood a number is somebody's though nobody was seen to ask
_BY_LENGTH: dict[int, PersonalType] = {11: "PESEL", 9: "PHONE"}


def judged(dialogue: Dialogue) -> Asks:
    """The answers without the written numbers that are hardly anybody's, and with those that surely are.

    What is said in answer to a question stays one: on the 22 real calls the learned part, taught by written contacts, would
    have let 11 of 26 customers' numbers go that are said in pieces.
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
        if likely >= LIKELY or (kind and (likely >= UNLIKELY or not run.written)):
            kept[run.position] = kind or _kind(run)
    return dataclasses.replace(dialogue.asks, typed=kept)


def _kind(run: Run) -> PersonalType:
    return _BY_LENGTH.get(len(run.digits), "CUSTOMER_NUMBER")
