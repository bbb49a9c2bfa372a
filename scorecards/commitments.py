"""What the agent promises, and by when: each promise with the time that is said for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scorecards.durations import durations
from scorecards.matching import Token
from scorecards.sentences import split_sentences
from scorecards.view import View
from transcripts.conversation import Span

SURE = 0.6
_DATE = re.compile(r"\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[:.]\d{2}\b")


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise: ``what`` is where it is said, ``by`` where its time is said (None: nowhere near).

    ``vague`` marks words that sound like a time and are none, ``beside`` that the time stands in another sentence.
    """

    what: tuple[Span, ...]
    by: Span | None
    vague: Span | None
    beside: bool = False


def commitments(view: View) -> list[Commitment]:
    """The promises of the agent in order; several in one sentence share its time."""
    return [one for turn in view.agent_turns for one in _in_turn(view, turn)]


def _in_turn(view: View, turn: int) -> Iterator[Commitment]:
    sentences = list(split_sentences(view.turns[turn].text, view.words[turn]))
    if not view.said("agent", "promises", (turn,)):
        yield from _seen_by_the_tagger(view, turn)
        return
    promised = [_starting_in(view, "promises", turn, sentence) for sentence in sentences]
    times = [_time(view, turn, sentence) for sentence in sentences]
    vague = [_vague(view, turn, sentence) for sentence in sentences]
    for place, found in enumerate(promised):
        if not found:
            continue
        what = tuple(dict.fromkeys(span for spans in found for span in spans))
        if times[place] is not None:
            yield Commitment(what, times[place], vague[place])
            continue
        near = [at for at in (place + 1, place - 1) if 0 <= at < len(sentences) and not promised[at]]
        beside = next((times[at] for at in near if times[at] is not None), None)
        yield Commitment(
            what,
            beside,
            vague[place] or next((vague[at] for at in near if vague[at]), None),
            beside is not None,
        )


def _seen_by_the_tagger(view: View, turn: int) -> Iterator[Commitment]:
    """A promise in other words: the tagger knows the turn and not the place, so any time in it is taken for its own."""
    if view.model("later_action", turn) >= SURE and not view.said("agent", "no_promise", (turn,)):
        words = view.words[turn]
        yield Commitment((view.whole(turn),), _time(view, turn, words), _vague(view, turn, words), True)


def _starting_in(view: View, group: str, turn: int, sentence: list[Token]) -> list[tuple[Span, ...]]:
    return [
        spans
        for spans in view.said("agent", group, (turn,))
        if sentence[0].start <= spans[0].start <= sentence[-1].start
    ]


def _time(view: View, turn: int, sentence: list[Token]) -> Span | None:
    """A length of time, a day, a date or an hour."""
    first, last = sentence[0].start, sentence[-1].end
    period = next(durations(sentence), None)
    if period is not None:
        return Span(turn, sentence[period.first].start, sentence[period.last].end)
    said = _starting_in(view, "due", turn, sentence)
    if said:
        return said[0][0]
    match = _DATE.search(view.turns[turn].text, first, last)
    return Span(turn, match.start(), match.end()) if match else None


def _vague(view: View, turn: int, sentence: list[Token]) -> Span | None:
    said = _starting_in(view, "vague_due", turn, sentence)
    return said[0][0] if said else None
