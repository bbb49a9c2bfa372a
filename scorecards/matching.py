"""A small phrase matcher over normalised words, for Polish that may lack diacritics and punctuation.

A pattern is written as words: ``word`` (exact), ``pref*`` (any ending), ``#`` (a number),
``a|b*`` (alternatives), ``word?`` (may be missing), ``~3`` (up to three words between). Redaction tokens are words: ``[person]``.
Patterns are found in one side's whole speech, so that an act split over turns is still one act;
a longer contribution of the other side ends a phrase.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from transcripts.conversation import Span

BREAK = "|"
_NUMBERED = re.compile(r"_\d+\]$")
_WORD = re.compile(r"\[[A-Z_]+\d{0,3}\]|[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_PLAIN = str.maketrans("ąćęłńóśźż", "acelnoszz")
_COMBINING = re.compile("[\u0300-\u036f]+")
_PIECE = re.compile(r"[a-z0-9]+\*?|\[[a-z_]+\]|#")


class PatternError(ValueError):
    """A pattern that cannot be read; the message is one Polish sentence."""


class Token(NamedTuple):
    """A word of a turn: its normalised form and its place in the turn's text."""

    norm: str
    turn: int
    start: int
    end: int


class Match(NamedTuple):
    """Pattern group ``name`` found at tokens ``first`` to ``last`` (inclusive) of a speech."""

    name: str
    first: int
    last: int


@lru_cache(maxsize=65536)
def normalise(word: str) -> str:
    """Lower case without Polish (or any combining) diacritics; ``[PERSON_2]`` is ``[person]``."""
    if word.startswith("["):
        return _NUMBERED.sub("]", word.lower())
    return _COMBINING.sub("", word.lower().translate(_PLAIN))


def tokenise(text: str, turn: int) -> list[Token]:
    """The words of one turn."""
    return [Token(normalise(m.group()), turn, m.start(), m.end()) for m in _WORD.finditer(text)]


class Speech:
    """Everything that one side says, as words, with ``BREAK`` where the other side spoke at length."""

    def __init__(self, turns: Iterable[Sequence[Token] | None]) -> None:
        self.tokens: list[Token] = []
        self.by_turn: dict[int, list[Token]] = {}
        for turn in turns:
            if turn is None:
                self.tokens.append(Token(BREAK, -1, 0, 0))
            elif turn:
                self.tokens += turn
                self.by_turn[turn[0].turn] = list(turn)
        self.joined = "".join(f"{token.norm} " for token in self.tokens)

    def spans(self, first: int, last: int) -> tuple[Span, ...]:
        """The places of tokens ``first`` to ``last``, one span for each turn."""
        by_turn: dict[int, list[Token]] = defaultdict(list)
        for token in self.tokens[first : last + 1]:
            if token.turn >= 0:
                by_turn[token.turn].append(token)
        return tuple(Span(turn, group[0].start, group[-1].end) for turn, group in by_turn.items())


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    regex: re.Pattern[str]


class Lexicon:
    """Named groups of patterns, found in one pass.

    A group ``name!`` holds near misses: it removes the matches of ``name`` that it overlaps.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._by_key: dict[str, list[_Pattern]] = defaultdict(list)
        for name, patterns in groups.items():
            for pattern in patterns:
                compiled = _Pattern(name, _compile(pattern))
                for key in sorted(_keys(pattern)):
                    self._by_key[key].append(compiled)

    def find(self, speech: Speech) -> dict[str, list[Match]]:
        """All matches by group, in order of their place, near misses already taken away."""
        found: dict[str, list[Match]] = defaultdict(list)
        offsets = _offsets(speech.tokens)
        index_at = {offset: index for index, offset in enumerate(offsets)}
        for index, token in enumerate(speech.tokens):
            for pattern in self._by_key.get(token.norm[:2], ()):
                match = pattern.regex.match(speech.joined, offsets[index])
                if match:
                    found[pattern.name].append(Match(pattern.name, index, index_at[match.end()] - 1))
        return {name: _kept(found, name) for name in found if not name.endswith("!")}


def _offsets(tokens: Sequence[Token]) -> list[int]:
    """Where each word begins in the joined speech, and where the speech ends."""
    return list(itertools.accumulate((len(token.norm) + 1 for token in tokens), initial=0))


def _kept(found: Mapping[str, list[Match]], name: str) -> list[Match]:
    misses = found.get(f"{name}!", ())
    return [m for m in found[name] if not any(m.first <= n.last and n.first <= m.last for n in misses)]


def _keys(pattern: str) -> set[str]:
    """The first two letters of every word that the pattern can begin with."""
    first = pattern.split()[0]
    return {piece.rstrip("*")[:2] for piece in first.split("|")}


def _compile(pattern: str) -> re.Pattern[str]:
    elements = pattern.split()
    if not elements or elements[0].startswith("~") or elements[0].endswith("?"):
        raise PatternError(f"wzorzec „{pattern}” musi zaczynać się od słowa")
    if any(piece == "#" or (len(piece) < 3 and piece.endswith("*")) for piece in elements[0].split("|")):
        raise PatternError(f"wzorzec „{pattern}” musi zaczynać się od co najmniej dwóch liter przed gwiazdką")
    return re.compile("".join(_element(element, pattern) for element in elements))


def _element(element: str, pattern: str) -> str:
    if element.startswith("~"):
        if not element[1:].isdigit():
            raise PatternError(f"po znaku ~ we wzorcu „{pattern}” musi stać liczba słów")
        return rf"(?:[^ |]+ ){{0,{element[1:]}}}?"
    body, optional = (element[:-1], "?") if element.endswith("?") else (element, "")
    pieces = body.split("|")
    if not all(_PIECE.fullmatch(piece) for piece in pieces):
        raise PatternError(f"wzorzec „{pattern}” ma znak spoza małych liter bez ogonków, cyfr i * | ? ~")
    return f"(?:{'|'.join(map(_piece, pieces))}){optional}"


def _piece(piece: str) -> str:
    if piece == "#":
        return r"[0-9][^ |]* "
    return f"{re.escape(piece[:-1])}[^ |]* " if piece.endswith("*") else f"{re.escape(piece)} "
