"""Names of the shop, its carriers and products, put right where the recogniser wrote them by ear.

A name that sounds the same is always corrected ("rumba" for Roomba, "in post" for InPost); one that sounds
nearly the same only where the recogniser itself was unsure. Polish endings are kept ("w Zielonej pułce"
becomes "w Zielonej Półce"). The decoder is never prompted with the names: it would leave out sentences.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from transcripts.conversation import Word

NEAR = 0.25  # distance by letters of sound, as a share of the longer name
UNSURE = 0.6  # probability of the least sure word below which a near name is believed
_SHORTEST, _SHORTEST_NEAR = 4, 5  # letters of sound in the whole name
_ENDINGS = frozenset(
    [
        "",
        "a",
        "ą",
        "e",
        "ę",
        "i",
        "y",
        "o",
        "u",
        "ie",
        "om",
        "ami",
        "ach",
        "ów",
        "em",
        "iem",
        "owi",
        "owie",
        "ej",
        "ego",
        "emu",
        "ym",
        "im",
        "ich",
        "ych",
        "ymi",
        "imi",
    ]
)
_EDGES = re.compile(r"^(\s*\W*)(.*?)(\W*)$", re.DOTALL)
_VOWELS = "aąeęioóuy"
_SOUNDS = (
    ("sch", "S"), ("sh", "S"), ("sz", "S"), ("cz", "C"), ("tch", "C"), ("rz", "Z"), ("ż", "Z"), ("dż", "Z"),
    ("ch", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "kw"), ("oo", "u"), ("ee", "i"), ("ea", "i"),
    ("ä", "e"), ("ö", "e"), ("ü", "i"), ("x", "ks"), ("q", "k"), ("v", "w"), ("ó", "u"), ("ł", "l"), ("ą", "o"), ("ę", "e"), ("ś", "s"),
    ("ć", "c"), ("ź", "z"), ("ń", "n"), ("j", "i"), ("y", "i"),
)  # fmt: skip
_VOICELESS = str.maketrans("bdgwzZ", "ptkfsS")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def sound(text: str) -> str:
    """How a Polish ear writes it down: one letter for a sound, no doubles, voiceless at the end."""
    letters = "".join(c for c in text.lower() if c.isalnum())
    for written, heard in _SOUNDS:
        letters = letters.replace(written, heard)
    letters = _TWICE.sub(r"\1", letters)
    return letters[:-1] + letters[-1:].translate(_VOICELESS)


@dataclass(frozen=True, slots=True)
class _Match:
    distance: float
    words: tuple[str, ...]


class Glossary:
    """Names to listen for, each in the form a dictionary has."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [tuple(name.split()) for name in names if name.strip()]

    def corrected(self, words: Sequence[Word]) -> tuple[list[Word], int]:
        """Words with names put right, and how many names were."""
        out: list[Word] = []
        at = count = 0
        while at < len(words):
            found = self._best(words, at) if self._names else None
            if found is None:
                out.append(words[at])
                at += 1
                continue
            size, written = found
            heard = words[at : at + size]
            new = _joined(heard, written)
            count += new != list(heard)
            out += new
            at += size
        return out, count

    def _best(self, words: Sequence[Word], at: int) -> tuple[int, tuple[str, ...]] | None:
        """(number of words heard, words of the name) of the best name that begins here."""
        best: tuple[float, int, tuple[str, ...]] | None = None
        for name in self._names:
            for size in range(max(1, len(name) - 1), len(name) + 2):
                heard = words[at : at + size]
                if len(heard) < size or any(_ends(w) for w in heard[:-1]):
                    continue
                match = _match(name, [_plain(w) for w in heard])
                if match is None or not _believed(match, heard, name):
                    continue
                key = (match.distance, -size, match.words)
                best = min(best, key) if best else key
        return (-best[1], best[2]) if best else None


def _believed(match: _Match, heard: Sequence[Word], name: Sequence[str]) -> bool:
    letters = len(sound("".join(name)))
    if match.distance == 0:
        return letters >= _SHORTEST
    return letters >= _SHORTEST_NEAR and min(w.probability for w in heard) < UNSURE


def _match(name: Sequence[str], heard: Sequence[str]) -> _Match | None:
    """The name in the form that was heard, when it is near enough."""
    if len(heard) == len(name):
        parts = [_form(own, word) for own, word in zip(name, heard, strict=True)]
        total = sum(d * len(own) for (d, _), own in zip(parts, name, strict=True)) / len("".join(name))
        if total <= NEAR:
            return _Match(round(total, 3), tuple(word for _, word in parts))
    distance, last = _form("".join(name), "".join(heard))
    if distance > NEAR:
        return None
    stem = len("".join(name[:-1]))
    return _Match(round(distance, 3), (*name[:-1], last[stem:]))


def _form(name: str, heard: str) -> tuple[float, str]:
    """(distance, the name with the ending that was heard)."""
    stem = name[:-1] if name[-1:].lower() in _VOWELS and len(name) > 3 else name
    best = (_distance(name, heard), name)
    for size in range(1, 5):
        ending = heard[-size:].lower()
        if len(heard) - size >= 3 and ending in _ENDINGS:
            best = min(best, (_distance(stem, heard[:-size]), stem + ending), key=lambda pair: pair[0])
    if len(stem) < len(name) and len(heard) >= 3:
        best = min(best, (_distance(stem, heard), stem), key=lambda pair: pair[0])
    return best


def _distance(name: str, heard: str) -> float:
    return float(Levenshtein.normalized_distance(sound(name), sound(heard)))


def _plain(word: Word) -> str:
    found = _EDGES.match(word.text)
    return found.group(2) if found else word.text


def _ends(word: Word) -> bool:
    return word.text.rstrip().endswith((".", ",", "?", "!", ";", ":"))


def _joined(heard: Sequence[Word], written: Sequence[str]) -> list[Word]:
    """``written`` in the place of ``heard``: marks at the edges stay, times and doubts are shared out."""
    if tuple(_plain(w) for w in heard) == tuple(written):
        return list(heard)
    first, last = _EDGES.match(heard[0].text), _EDGES.match(heard[-1].text)
    before, after = (first.group(1) if first else " "), (last.group(3) if last else "")
    return list(_shared(heard, [f"{before}{written[0]}", *(f" {w}" for w in written[1:])], after))


def _shared(heard: Sequence[Word], texts: Sequence[str], after: str) -> Iterator[Word]:
    start, end = heard[0].start, heard[-1].end
    least = min(heard, key=lambda w: w.probability)
    step = (end - start) / len(texts)
    for i, text in enumerate(texts):
        mark = after if i == len(texts) - 1 else ""
        times = round(start + i * step, 3), round(start + (i + 1) * step, 3)
        yield dataclasses.replace(least, text=text + mark, start=times[0], end=times[1])
