"""Misspelled words as they were meant: missing diacritics, slips of the hand, words written as they sound.

Only words are touched that the dictionary does not know, or that lack nothing but the diacritics of a far commoner one;
names in the middle of a sentence are left alone. So text that is spelled as it should be stays as it is. Whoever uses
no diacritics at all is read by the commonest word of each spelling.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from nlp.text import analyse, fold
from transcripts.tags import Respelling

ENOUGH_TO_TELL = 60  # characters in which a writer who uses diacritics would have used one
VOCABULARY = Path(__file__).with_name("vocabulary.txt")  # written by nlp.training.vocabulary
SHORTEST = 3
SHORTEST_BY_SOUND = 4
SHORTEST_SLIP = 5
SHORTEST_MEANT = 4
SHORTEST_EXCHANGE = 6
COMMON = 3000  # a letter may be exchanged only for one of so many words, the commonest
FREQUENT = 1000  # for one of these a rarer word that lacks diacritics only is taken, although the dictionary knows it
EVERYWHERE = 300  # only for one of these words a short one is taken that nobody knows
_WORD = re.compile(r"(?<![\[\w@./-])[^\W\d_]+(?![\w\]@_/-])")
_BEGINS = re.compile(r"(?:^|[.!?…:\n„\"]\s*)$")
MOST_SPELLINGS = 512  # of one word that are tried
_PIECES = re.compile("rz|ch|[oe][nm](?![aeiouyąęó])|.")
_MARKED = {"a": "aą", "c": "cć", "e": "eę", "l": "lł", "n": "nń", "o": "oó", "s": "sś", "z": "zźż"}
_SAME_SOUND: dict[str, tuple[str, ...]] = {
    **{letter: tuple(marked) for letter, marked in _MARKED.items()},
    "ż": ("ż", "rz"), "rz": ("rz", "ż"), "h": ("h", "ch"), "ch": ("ch", "h"), "u": ("u", "ó"), "ó": ("ó", "u"),
    "on": ("on", "ą"), "om": ("om", "ą"), "en": ("en", "ę"), "em": ("em", "ę"),
}  # fmt: skip
_LETTERS = "abcdefghijklmnoprstuwyz"
# what sounds alike is written alike, in this order; nasal vowels lose what writers put for their second half
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ó", "u"), ("ą", "on"), ("ę", "en"), ("ń", "nj"), ("ć|cz", "c"), ("ś|sz", "s"), ("ź|ż|rz", "z"), ("ł", "l"), ("ch", "h"),
        ("i(?=[aeou])|j(?![aeou])", ""), ("y", "i"), ("[ao][nm](?=[^aeiou]|$)", "o"), ("e[nm](?=[^aeiou]|$)", "e"),
        ("d$", "t"), ("b$", "p"), ("g$", "k"), ("w$", "f"), ("z(?=[ptkfc]|$)", "s"), (r"(.)\1", r"\1"),
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
    words = VOCABULARY.read_text(encoding="utf-8").split()
    by_fold: dict[str, str] = {}
    by_sound: dict[str, str] = {}
    for rank, word in enumerate(words):
        by_fold.setdefault(fold(word), word)
        if len(word) >= SHORTEST_BY_SOUND or rank < EVERYWHERE:
            by_sound.setdefault(_sound(word), word)
    return Vocabulary({word: rank for rank, word in enumerate(words)}, by_fold, by_sound)


def leaves_out_diacritics(text: str) -> bool:
    """Whether so much without any diacritics was written by somebody who uses none."""
    return text.isascii() and len(text) >= ENOUGH_TO_TELL


def respellings(text: str, turn: int = 0, *, plain: bool = False) -> Iterator[Respelling]:
    """The misspelled words of a text with what was meant, in order."""
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isupper() and len(word) <= SHORTEST:
            continue  # an abbreviation
        if word[0].isupper() and not word.isupper() and not _BEGINS.search(text, 0, match.start()):
            continue  # a name
        meant = meant_by(word.lower(), plain=plain)
        if meant is not None:
            yield Respelling(turn, match.start(), match.end(), meant)


def respelled(text: str, *, plain: bool = False) -> str:
    """The text with every misspelled word as it was meant; ``plain`` where the writer leaves out diacritics."""
    out, last = [], 0
    for one in respellings(text, plain=plain):
        word = one.word.capitalize() if text[one.start].isupper() else one.word
        out += [text[last : one.start], word]
        last = one.end
    return "".join([*out, text[last:]])


@lru_cache(maxsize=50_000)
def meant_by(word: str, *, plain: bool = False) -> str | None:
    """What a lower-case word was meant to be; None where it is right, or nobody knows.

    ``plain`` where the writer leaves out diacritics: then the commonest word of this spelling is meant.
    """
    known, folded = vocabulary(), fold(word)
    alike = known.by_fold.get(folded)
    if alike is not None and plain and word == folded:
        return alike if alike != word else None
    if word in known.ranks:
        return None
    form = analyse(word)
    if form.common:
        return alike if alike and lacks_marks_of(word, alike) and known.ranks[alike] < FREQUENT else None
    if len(word) < SHORTEST:
        return alike if alike and known.ranks[alike] < EVERYWHERE else None
    alike = alike or _by_sound(word)
    if not form.unknown:  # a name only, but here without a capital: "jesce" is a form of Jeska
        return alike if alike and known.ranks[alike] < COMMON and analyse(alike).common else None
    return alike or _respelled_by_ear(word) or _by_slip(folded)


def lacks_marks_of(word: str, other: str) -> bool:
    """Whether ``word`` is ``other`` without some or all of its diacritics."""
    return len(word) == len(other) and all(a in (b, fold(b)) for a, b in zip(word, other, strict=True))


def _respelled_by_ear(word: str) -> str | None:
    """The only word of the dictionary that differs in missing diacritics, or else in letters of the same sound."""
    if len(word) < SHORTEST_SLIP:
        return None
    letters = [_MARKED.get(letter, letter) for letter in word]
    return _only_word(letters) or _only_word([_SAME_SOUND.get(p, (p,)) for p in _PIECES.findall(word)])


def _only_word(choices: Sequence[Sequence[str]]) -> str | None:
    """What the dictionary knows among these spellings, if there is just one."""
    if math.prod(map(len, choices)) > MOST_SPELLINGS:
        return None
    uncached = analyse.__wrapped__  # most of these are no words, and would push words out of the cache
    found = [spelled for spelled in map("".join, itertools.product(*choices)) if uncached(spelled).common]
    return found[0] if len(found) == 1 else None


def _by_sound(word: str) -> str | None:
    known = vocabulary()
    alike = known.by_sound.get(_sound(word))
    if alike is None or (len(word) < SHORTEST_BY_SOUND and known.ranks[alike] >= EVERYWHERE):
        return None
    return alike


def _by_slip(folded: str) -> str | None:
    """The commonest word that is one slip away; the shorter what is written, the commoner it has to be."""
    known = vocabulary()
    near = [known.by_fold[f] for f in set(_slips(folded)) if f in known.by_fold]
    if len(folded) < SHORTEST_SLIP:
        near = [word for word in near if known.ranks[word] < EVERYWHERE and len(word) >= SHORTEST_MEANT]
    elif not near and len(folded) >= SHORTEST_EXCHANGE:
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
