"""Counterfactual twins: the same conversation by, or with, other people. What is judged must not change.

Each kind gives a pair of conversations that differ in one respect only. Pairs of gender are oriented: before is the
woman, after the man; of names: before as written, after with names that are not Polish; of the others: before as
written, after altered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from nlp import gender
from nlp.spelling import leaves_out_diacritics
from nlp.twins import length, spelling
from nlp.twins.people import Person, people, renamed
from nlp.word_forms import Gender
from transcripts.conversation import Conversation, Span

Names = Callable[[Conversation], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A conversation and its twin."""

    before: Conversation
    after: Conversation


Kind = Callable[[Conversation, Names], Pair]


def _names_swapped(conversation: Conversation, names: Names, *, person: Person) -> Pair:
    somebody = people(conversation, names(conversation))[person]
    if somebody.gender is None:
        return Pair(conversation, conversation)
    return Pair(
        conversation, renamed(conversation, somebody, "foreign", somebody.gender, _plain(conversation))
    )


def _gender_swapped(conversation: Conversation, names: Names, *, person: Person) -> Pair:
    woman, man = (_as(conversation, names, person, to) for to in _GENDERS)
    return Pair(woman, man)


_GENDERS: tuple[Gender, Gender] = ("f", "m")


def _as(conversation: Conversation, names: Names, person: Person, to: Gender) -> Conversation:
    """The conversation in which this side is of gender ``to``, by name, own forms, and how the other side speaks."""
    somebody = people(conversation, names(conversation))[person]
    plain = _plain(conversation)
    if somebody.gender not in (None, to):
        conversation = renamed(conversation, somebody, "polish", to, plain)
    turns = []
    for turn in conversation.turns:
        text, leaves_out = turn.text, turn.speaker in plain
        if turn.speaker == person:
            text = gender.first_person(text, to, plain=leaves_out)
        elif turn.speaker in ("agent", "customer"):
            text = gender.addressed(text, to, plain=leaves_out)
        turns.append(dataclasses.replace(turn, text=text))
    return conversation.with_turns(tuple(turns))


def _plain(conversation: Conversation) -> frozenset[str]:
    """The speakers who leave out diacritics."""
    said: dict[str, str] = {}
    for turn in conversation.turns:
        said[turn.speaker] = said.get(turn.speaker, "") + turn.text
    return frozenset(s for s, text in said.items() if leaves_out_diacritics(text))


def _spelled(conversation: Conversation, names: Names, *, change: Callable[[str, str], str]) -> Pair:
    """The agent's turns spelled otherwise."""
    turns = tuple(
        dataclasses.replace(t, text=change(t.text, conversation.id)) if t.speaker == "agent" else t
        for t in conversation.turns
    )
    return Pair(conversation, conversation.with_turns(turns))


def _longer(conversation: Conversation, names: Names) -> Pair:
    return Pair(conversation, length.longer(conversation))


def _shorter(conversation: Conversation, names: Names) -> Pair:
    return Pair(conversation, length.shorter(conversation))


KINDS: Mapping[str, Kind] = {
    "agent_name": partial(_names_swapped, person="agent"),
    "customer_name": partial(_names_swapped, person="customer"),
    "agent_gender": partial(_gender_swapped, person="agent"),
    "customer_gender": partial(_gender_swapped, person="customer"),
    "no_diacritics": partial(_spelled, change=spelling.without_diacritics),
    "slips": partial(_spelled, change=spelling.with_slips),
    "foreign_spelling": partial(_spelled, change=spelling.foreign),
    "regional": partial(_spelled, change=spelling.regional),
    "longer": _longer,
    "shorter": _shorter,
}


def twins(conversation: Conversation, names: Names) -> dict[str, Pair]:
    """The pairs of each kind that changes anything; ``names`` finds where people are named."""
    made = {kind: make(conversation, names) for kind, make in KINDS.items()}
    return {kind: pair for kind, pair in made.items() if pair.before != pair.after}
