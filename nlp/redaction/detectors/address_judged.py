"""What was learned of addresses, asked about places and numbers that the rules take for one."""

from __future__ import annotations

from nlp.redaction.answers import nothing_else
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.names import name_form
from nlp.redaction.runs import Run
from nlp.redaction.spans import Finding
from nlp.redaction.word_features import may_be_address
from nlp.redaction.word_model import likelihood, number_likelihood

UNLIKELY = 0.02  # a place that a rule takes for an address stays one from here
LIKELY_HOUSE = 0.2  # a number that keeps such a place one
UNLIKELY_HOUSE = 0.02  # a number that answers by its place goes on being of an address from here


def unlikely(dialogue: Dialogue, finding: Finding) -> bool:
    """Whether neither words nor numbers of a place are likely to be of an address where somebody lives: a shop's street."""
    line = dialogue.lines[finding.turn]
    asked = [
        likelihood("ADDRESS", dialogue, line, index)
        for index, word in enumerate(line.words)
        if finding.start <= word.start < finding.end
        and may_be_address(word, name_form(word), capital=dialogue.cased and word.capital)
    ]
    if line.speaker == "system" or not asked or max(asked) >= UNLIKELY:
        return False
    inside = [r for r in dialogue.runs_of(line.turn) if r.start < finding.end and r.end > finding.start]
    return all(number_likelihood("HOUSE", dialogue, run) < LIKELY_HOUSE for run in inside)


def no_house(dialogue: Dialogue, run: Run) -> bool:
    """Whether a number said among other words is hardly of an address."""
    said_alone = nothing_else(dialogue.lines[run.turn])
    return not said_alone and number_likelihood("HOUSE", dialogue, run) < UNLIKELY_HOUSE
