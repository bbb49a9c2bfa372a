"""Misspelled words as they were meant: missing diacritics, slips of the hand, words written as they sound.

Only words that the dictionary does not know are touched, and only where a common word of customer service is near; names
in the middle of a sentence are left alone. So text that is spelled as it should be stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from nlp.text import analyse, fold
from transcripts.tags import Respelling

VERSION = "spelling@1"
SHORTEST = 3
SHORTEST_BY_SOUND = 4
SHORTEST_SLIP = 5
SHORTEST_EXCHANGE = 6
COMMON = 3000  # a letter may be exchanged only for one of so many words, the commonest
_WORD = re.compile(r"(?<![\[\w@./-])[^\W\d_]+(?![\w\]@_/-])")
_BEGINS = re.compile(r"(?:^|[.!?…:\n„\"]\s*)$")
_LETTERS = "abcdefghijklmnoprstuwyz"
# what sounds alike is written alike, in this order; nasal vowels lose what writers put for their second half
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ó", "u"), ("ą", "on"), ("ę", "en"), ("ń", "nj"), ("ć|cz", "c"), ("ś|sz", "s"), ("ź|ż|rz", "z"), ("ł", "l"), ("ch", "h"),
        ("i(?=[aeou])|j(?![aeou])", ""), ("y", "i"), ("[ao][nm](?=[^aeiou]|$)", "o"), ("e[nm](?=[^aeiou]|$)", "e"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip


class Vocabulary(NamedTuple):
    """Common words: their rank, and the commonest of each folded spelling and of each sound."""

    ranks: dict[str, int]
    by_fold: dict[str, str]
    by_sound: dict[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The words of the training texts that the dictionary knows and that occur more than once, commonest first."""
    words = resources.files("nlp").joinpath("vocabulary.txt").read_text(encoding="utf-8").split()
    by_fold: dict[str, str] = {}
    by_sound: dict[str, str] = {}
    for word in words:
        by_fold.setdefault(fold(word), word)
        if len(word) >= SHORTEST_BY_SOUND:
            by_sound.setdefault(_sound(word), word)
    return Vocabulary({word: rank for rank, word in enumerate(words)}, by_fold, by_sound)


def respellings(text: str, turn: int = 0) -> Iterator[Respelling]:
    """The misspelled words of a text with what was meant, in order."""
    for match in _WORD.finditer(text):
        word = match.group()
        if word[0].isupper() and not word.isupper() and not _BEGINS.search(text, 0, match.start()):
            continue  # a name
        meant = meant_by(word.lower())
        if meant is not None:
            yield Respelling(turn, match.start(), match.end(), meant)


def respelled(text: str) -> str:
    """The text with every misspelled word as it was meant."""
    out, last = [], 0
    for one in respellings(text):
        word = one.word.capitalize() if text[one.start].isupper() else one.word
        out += [text[last : one.start], word]
        last = one.end
    return "".join([*out, text[last:]])


@lru_cache(maxsize=50_000)
def meant_by(word: str) -> str | None:
    """What a lower-case word was meant to be; None where it is right, or nobody knows."""
    known, form = vocabulary(), analyse(word)
    if len(word) < SHORTEST or word in known.ranks or form.common:
        return None
    folded = fold(word)
    alike = known.by_fold.get(folded)
    if alike is None and len(word) >= SHORTEST_BY_SOUND:
        alike = known.by_sound.get(_sound(word))
    if not form.unknown:  # a name only, but here without a capital: "jesce" is a form of Jeska
        return alike if alike and known.ranks[alike] < COMMON and analyse(alike).common else None
    if alike:
        return alike
    if len(word) < SHORTEST_SLIP:
        return None
    near = [known.by_fold[f] for f in set(_slips(folded)) if f in known.by_fold]
    if not near and len(word) >= SHORTEST_EXCHANGE:
        exchanged = (known.by_fold[f] for f in _exchanges(folded) if f in known.by_fold)
        near = [other for other in exchanged if known.ranks[other] < COMMON]
    return min(near, key=known.ranks.__getitem__, default=None)


def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _slips(folded: str) -> Iterator[str]:
    """One letter left out, put in, or swapped with the next; the first letter is trusted."""
    for at in range(1, len(folded)):
        yield folded[:at] + folded[at + 1 :]
        if at + 1 < len(folded):
            yield folded[:at] + folded[at + 1] + folded[at] + folded[at + 2 :]
    for at in range(1, len(folded) + 1):
        for letter in _LETTERS:
            yield folded[:at] + letter + folded[at:]


def _exchanges(folded: str) -> Iterator[str]:
    for at in range(1, len(folded)):
        for letter in _LETTERS:
            yield folded[:at] + letter + folded[at + 1 :]
