"""Names that are known from elsewhere in the conversation, and names that are spelled."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from nlp.redaction.detectors.person_chains import Chain
from nlp.redaction.detectors.person_words import QUOTES, things_sold
from nlp.redaction.names import has_grammar, name_form
from nlp.redaction.spans import Finding
from nlp.redaction.words import Line
from nlp.text import fold

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

_SPELLED = re.compile(
    r"(?<!\w)(?:[A-ZŻŹĆŃÓŁĘĄŚa-zżźćńółęąś][-–. ,]{1,2}){3,}[A-ZŻŹĆŃÓŁĘĄŚa-zżźćńółęąś](?!\w)"
)
_KINDS = frozenset(
    [
        "model",
        "modelu",
        "modelem",
        "seria",
        "serii",
        "kolekcja",
        "kolekcji",
        "typu",
        "marki",
        "marka",
        "odmiana",
        "wersja",
        "kolor",
    ]
)
_LINKS = frozenset(["czy", "i", "oraz", "albo", "lub", "ani", ",", "a", "/"])
_FURTHEST_LISTED = 3
_TITLE = 3  # words to a quotation mark
_ENDING = re.compile(r"(?:iego|iemu|ego|emu|iej|ami|owi|iem|ej|em|im|ym|ie|ia|ii|iu|a|e|i|o|u|y)$")
_AS_IN = re.compile(r"(?<!\w)\w{1,4},? jak \w+(?:[ ,.…i]+\w{1,4},? jak \w+)+", re.IGNORECASE)


def things_named(lines: Iterable[Line]) -> frozenset[str]:
    """Stems of names that a thing bears somewhere in the conversation: "lampa Kleopatra", "model Ewa", "„Zosia”"."""
    found = set()
    for line in lines:
        last = -_FURTHEST_LISTED - 1  # where the last thing's name stands
        for index, word in enumerate(line.words[1:], 1):
            if word.is_sign or word.is_mark or not name_form(word).any_name:
                continue
            before = line.folded(index - 1)
            named = before in things_sold() or before in _KINDS or _quoted(line, index)
            if named or (index - last <= _FURTHEST_LISTED and _listed(line, last, index)):
                found.add(stem_of(word.fold))
                last = index
    return frozenset(found)


def _quoted(line: Line, index: int) -> bool:
    """Whether a word stands in a short quotation: a title, not what somebody says."""
    opened = any(line.folded(i) in QUOTES for i in range(max(0, index - _TITLE), index))
    return opened and any(line.folded(i) in QUOTES for i in range(index + 1, index + _TITLE + 1))


def _listed(line: Line, last: int, index: int) -> bool:
    """Whether a name stands in a row with a thing's name: "lampa Edyta czy Kaja"."""
    return all(line.folded(i) in _LINKS for i in range(last + 1, index))


def known_names(dialogue: Dialogue, chains: Mapping[int, Iterable[Chain]]) -> dict[str, bool]:
    """Folded stems of the names found and hinted; True where the name is no everyday word."""
    known: dict[str, bool] = {}
    for hint in dialogue.hints:
        known.update({stem_of(part): True for part in re.findall(r"[^\W\d_]{3,}", fold(hint))})
    for turn, rows in chains.items():
        for chain in rows:
            for word in dialogue.lines[turn].words[chain.first : chain.last]:
                if not word.is_sign and len(word.text) > 2:
                    form = name_form(word)
                    known.setdefault(stem_of(word.fold), not form.word and not has_grammar(word))
    return known


@functools.lru_cache(maxsize=20_000)
def stem_of(folded: str) -> str:
    """A name without its case ending, roughly: forms of one name share it."""
    cut = _ENDING.sub("", folded)
    return cut if len(cut) >= 3 else folded


def repeats(dialogue: Dialogue, line: Line, known: Mapping[str, bool], sign: str) -> Iterator[Finding]:
    """Names known from elsewhere in the conversation."""
    for word in line.words:
        if word.is_sign or word.is_mark or len(word.text) < 3:
            continue
        stem = stem_of(word.fold)
        sure = known.get(stem)
        if sure is None or stem in dialogue.thing_stems or name_form(word).never:
            continue
        capital = dialogue.cased and word.capital
        if (capital and (sure or not word.after_stop)) or (
            not dialogue.cased and sure and not name_form(word).word
        ):
            yield Finding(
                line.turn, word.start, word.end, "PERSON", 0.7, sign, "name known from this conversation"
            )


def spelled(dialogue: Dialogue, line: Line, sign: str) -> Iterator[Finding]:
    """ "K jak Karol, O jak Olga", "K-O-W-A-L"."""
    for match in _AS_IN.finditer(line.text):
        yield Finding(line.turn, match.start(), match.end(), "PERSON", 0.6, sign, "spelled with words")
    if any(dialogue.asks.during("PERSON", line.first + i) for i in (0, len(line.words))):
        for match in _SPELLED.finditer(line.text):
            yield Finding(line.turn, match.start(), match.end(), "PERSON", 0.6, sign, "spelled, name awaited")
