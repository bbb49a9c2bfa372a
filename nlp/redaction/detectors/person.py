"""Names of people: customers, agents, third parties; inflected, without capitals, spelled out.

Rules name words that may be a name (:mod:`person_seeds`), the learned part judges them and finds more, the parts of a
name around them join (:mod:`person_chains`), and names known from elsewhere are found again (:mod:`person_known`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nlp.redaction.detectors.person_chains import Chain, chains_of, start_of
from nlp.redaction.detectors.person_known import known_names, repeats, spelled
from nlp.redaction.detectors.person_seeds import Seed, is_capital, things_of
from nlp.redaction.detectors.person_words import COMPANY_BEFORE
from nlp.redaction.dialogue import Dialogue
from nlp.redaction.names import name_form
from nlp.redaction.spans import Finding, producer
from nlp.redaction.word_features import may_be_name
from nlp.redaction.word_model import likelihood
from nlp.redaction.words import Line

LEARNED = "learned from its context"
SURE = 0.75  # likelihood from which a learned name is looked for in the rest of the conversation
UNLIKELY = 0.2  # a word that a rule takes for a name stays one from this likelihood on
LIKELY = 0.3  # from this likelihood on the learned part makes a word a name
LIKELY_SURNAME = 0.1  # the same for a possible surname after a first name: "jowita sęk"
LIKELY_WORD = 0.5  # the same for an everyday word, where a capital says nothing


class PersonDetector:
    """Names by the dictionary, by introductions, by titles, by a request for them, and those already known."""

    name = "person"
    version = "4"

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def find(self, dialogue: Dialogue) -> Iterator[Finding]:
        """See ``Detector.find``."""
        sign = producer(self)
        chains: dict[int, list[Chain]] = {}
        for line in dialogue.lines:
            seeds: Mapping[int, Seed] = dialogue.name_seeds.get(line.turn, {})
            if (
                self._learned and line.speaker != "system"
            ):  # nobody says what the system writes; labels are no sentences
                seeds = dict(_judged(dialogue, line, seeds))
            chains[line.turn] = chains_of(dialogue, line, seeds)
        sure = {
            turn: [c for c in rows if c.reason != LEARNED or c.confidence >= SURE]
            for turn, rows in chains.items()
        }
        known = known_names(dialogue, sure)
        for line in dialogue.lines:
            for chain in chains[line.turn]:
                start, end = start_of(line, chain.first), line.words[chain.last - 1].end
                yield Finding(line.turn, start, end, "PERSON", chain.confidence, sign, chain.reason)
            yield from repeats(dialogue, line, known, sign)
            yield from spelled(dialogue, line, sign)


def _judged(dialogue: Dialogue, line: Line, ruled: Mapping[int, Seed]) -> Iterator[tuple[int, Seed]]:
    """The words that a rule takes for a name and that are likely to be one, and further ones that are likely to be."""
    greets = _greets(dialogue, line)
    things = things_of(line)
    for index, word in enumerate(line.words):
        seed = ruled.get(index)
        if seed is None and not may_be_name(word, name_form(word), capital=is_capital(dialogue, word)):
            continue
        if seed is None and (index in things or line.folded(index - 1) in COMPANY_BEFORE):
            continue
        if seed is None and greets and ruled and not {index - 1, index + 1} & ruled.keys():
            continue  # who opens gives the company's name too: only what joins a name that is certain
        likely = likelihood("PERSON", dialogue, line, index)
        if likely >= (UNLIKELY if seed else _bar(dialogue, line, index)):
            yield index, seed or (min(0.9, likely), LEARNED)


def _greets(dialogue: Dialogue, line: Line) -> bool:
    """Whether somebody of the shop speaks for the first time."""
    before = dialogue.lines[: line.turn]
    return line.speaker != "customer" and all(other.speaker != line.speaker for other in before)


def _bar(dialogue: Dialogue, line: Line, index: int) -> float:
    """The likelihood that a word without a rule must reach."""
    word = line.words[index]
    form = name_form(word)
    before = line.at(index - 1) if index else None
    if form.surname and before and not before.is_sign and not before.is_mark and name_form(before).given:
        return LIKELY_SURNAME
    return LIKELY_WORD if form.word and (word.after_stop or not dialogue.cased) else LIKELY
