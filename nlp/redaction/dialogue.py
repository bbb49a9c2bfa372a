"""A conversation prepared once for all detectors: words, number runs, requests."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.redaction.answers import judged
from nlp.redaction.cues import Cue, find_cues
from nlp.redaction.detectors.person_chains import chains_of
from nlp.redaction.detectors.person_known import known_names, things_named
from nlp.redaction.detectors.person_seeds import Seed, seeds_of
from nlp.redaction.requests import Asks, follow
from nlp.redaction.runs import Run, find_runs
from nlp.redaction.words import Line, line_of, plain_signs
from transcripts.conversation import Turn


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the detectors see.

    Attributes:
        lines: one for each turn, words with offsets.
        cues: phrases that name a type of personal data, in reading order.
        runs: numbers said or written, in reading order.
        asks: which type of answer is awaited where.
        hints: names known beforehand, such as the agent's.
        cased: whether capitals mean anything here (recognisers often give none).
        name_seeds: by turn, the words that rules take for somebody's name.
        name_stems: stems of the names among them.
        thing_stems: stems of names that things bear.
        features: of words (turn, index) that the learned part was asked about.
    """

    lines: tuple[Line, ...]
    cues: tuple[Cue, ...]
    runs: tuple[Run, ...]
    asks: Asks
    hints: tuple[str, ...] = ()
    cased: bool = True
    name_seeds: dict[int, dict[int, Seed]] = field(default_factory=dict, compare=False)
    name_stems: dict[str, bool] = field(default_factory=dict, compare=False)
    thing_stems: frozenset[str] = frozenset()
    features: dict[tuple[int, int], list[int]] = field(default_factory=dict, compare=False)

    def runs_of(self, turn: int) -> list[Run]:
        """The number runs of one turn."""
        return [run for run in self.runs if run.turn == turn]


def prepare(turns: Sequence[Turn], hints: Sequence[str] = (), *, learned: bool = False) -> Dialogue:
    """Read the turns; nothing is decided yet about what is personal, except, where the learned part is asked
    (``learned``), which numbers are."""
    lines, first = [], 0
    for index, turn in enumerate(turns):
        line = line_of(index, turn.speaker, plain_signs(turn.text), first)
        lines.append(line)
        first += len(line.words) + 1
    cues = [cue for line in lines for cue in find_cues(line)]
    runs = [run for line in lines for run in find_runs(line)]
    dialogue = Dialogue(
        tuple(lines),
        tuple(cues),
        tuple(runs),
        follow(lines, cues, runs),
        tuple(hints),
        _is_cased(turns),
        thing_stems=things_named(lines),
    )
    chains = {}
    for line in lines:
        seeds = dialogue.name_seeds[line.turn] = seeds_of(dialogue, line)
        chains[line.turn] = chains_of(dialogue, line, seeds)
    dialogue.name_stems.update(known_names(dialogue, chains))
    return dataclasses.replace(dialogue, asks=judged(dialogue)) if learned else dialogue


def _is_cased(turns: Sequence[Turn]) -> bool:
    upper = sum(character.isupper() for turn in turns for character in turn.text)
    letters = sum(character.isalpha() for turn in turns for character in turn.text)
    return 0.005 * letters < upper < 0.6 * letters
