"""Dictionary forms for twins: the same word in the other gender, the words of a text with their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from nlp.text import fold, morphology

Gender = Literal["f", "m"]
_WORD = re.compile(r"\[[A-Z_]+\d{0,3}\]|\w+")
_ENDS_CLAUSE = re.compile(r"[.,!?;:…\n()]")


class Word(NamedTuple):
    """A word of a text; ``clause`` numbers the stretches between punctuation marks."""

    text: str
    start: int
    end: int
    clause: int

    @property
    def lower(self) -> str:
        """Without capitals."""
        return self.text.lower()


def words(text: str) -> list[Word]:
    """The words of a text in order; marks such as ``[PERSON]`` are words."""
    found: list[Word] = []
    clause = end = 0
    for match in _WORD.finditer(text):
        clause += bool(_ENDS_CLAUSE.search(text, end, match.start()))
        end = match.end()
        found.append(Word(match.group(), match.start(), end, clause))
    return found


def replaced(text: str, changes: dict[int, str], found: list[Word], *, plain: bool = False) -> str:
    """The text with some of its words exchanged, each in the capitals of the one it replaces.

    ``plain`` says that the writer leaves out diacritics.
    """
    out, last = [], 0
    for index, new in sorted(changes.items()):
        word = found[index]
        cased = like(word.text, new)
        out += [text[last : word.start], fold_polish(cased) if plain else cased]
        last = word.end
    return "".join([*out, text[last:]])


def like(model: str, word: str) -> str:
    """``word`` in the capitals of ``model``; a name keeps its own where the model has a capital too."""
    if model.islower():
        return word.lower()
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:]


_PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


def fold_polish(text: str) -> str:
    """Without Polish diacritics, capitals kept."""
    return text.translate(_PLAIN)


class Reading(NamedTuple):
    """One reading of a word: its pieces (a verb and its personal ending) with lemma and tag."""

    pieces: tuple[str, ...]
    lemma: str
    tag: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def own(self) -> bool:
        """Spoken of oneself: the ending of the first person."""
        return "pri" in self.rest


@lru_cache(maxsize=50_000)
def readings(word: str) -> tuple[Reading, ...]:
    """The readings of a lower-case word that begin at its start and reach its end."""
    edges: dict[int, list[tuple[int, Any]]] = {}
    last = 0
    for start, end, form in morphology().analyse(word):
        edges.setdefault(start, []).append((end, form))
        last = max(last, end)
    found = []
    for end, form in edges.get(0, []):
        for pieces, rest in _tails(edges, end, last):
            found.append(Reading((form[0], *pieces), form[1], tuple(form[2].split(":")), rest))
    return tuple(found)


def _tails(
    edges: dict[int, list[tuple[int, Any]]], start: int, last: int
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    if start == last:
        return [((), ())]
    return [
        ((form[0], *pieces), (*form[2].split(":"), *rest))
        for end, form in edges.get(start, [])
        for pieces, rest in _tails(edges, end, last)
    ]


@lru_cache(maxsize=20_000)
def _generated(lemma: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((form[0], tuple(form[2].split(":"))) for form in morphology().generate(lemma))


def gender_of(tag: tuple[str, ...]) -> Gender | None:
    """The gender of a singular tag, where it has one."""
    if "sg" not in tag:
        return None
    genders = {g for part in tag for g in part.split(".")} & {"f", "m1"}
    return "f" if genders == {"f"} else "m" if genders == {"m1"} else None


def past(reading: Reading) -> bool:
    """A past form, "powinien", or their conditional."""
    return reading.tag[0] in ("praet", "winien")


def predicate(reading: Reading) -> bool:
    """An adjective or a passive participle as a predicate has it."""
    return reading.tag[0] in ("adj", "ppas") and any(part.startswith("nom") for part in reading.tag)


@lru_cache(maxsize=20_000)
def other(word: str, to: Gender, kind: Callable[[Reading], bool]) -> str | None:
    """The form in gender ``to`` of a word that ``kind`` accepts; None where it has none or is in it already."""
    for reading in readings(word):
        if kind(reading) and gender_of(reading.tag) not in (None, to):
            form = _form(reading, to)
            if form is not None:
                return form + _ending(form, reading)
    return None


def _form(reading: Reading, to: Gender) -> str | None:
    """The first piece in the other gender; before a personal ending of its own kind ("mogł", not "mógł")."""
    endings = reading.pieces[1:]
    wanted = "agl" if endings and endings[0] != "by" else "nagl"
    unwanted = "nagl" if wanted == "agl" else "agl"
    found = [
        form
        for form, tag in _generated(reading.lemma)
        if tag[0] == reading.tag[0] and gender_of(tag) == to and unwanted not in tag
        if not {"com", "sup", "neg"} & (set(tag) ^ set(reading.tag)) and _same_case(tag, reading.tag)
    ]
    return max(found, key=lambda form: form.endswith(("y", "i")), default=None)  # "gotowy", not "gotów"


def _same_case(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one[0] in ("praet", "winien") or one[2].split(".")[0] == other[2].split(".")[0]


def _ending(form: str, reading: Reading) -> str:
    """The personal ending after the form: "zrobiła" + "m", "zrobił" + "em"."""
    ending = "".join(reading.pieces[1:])
    if reading.pieces[1:2] in (("m",), ("ś",)) and form[-1:] not in "aeiouyąęó":
        return f"e{ending}"
    if reading.pieces[1:2] in (("em",), ("eś",)) and form[-1:] in "aeiouyąęó":
        return ending[1:]
    return ending


_UNMARKED = re.compile(r"(?P<stem>\w{2,}?)(?P<ending>lam|lem|labym|lbym)")
_SWAPPED = {("lam", "m"): "lem", ("lem", "f"): "lam", ("labym", "m"): "lbym", ("lbym", "f"): "labym"}


def other_unmarked(word: str, to: Gender) -> str | None:
    """The same for a first-person form written without diacritics, which the dictionary does not know."""
    match = _UNMARKED.fullmatch(word)
    if match is None or any(reading.tag[0] != "ign" for reading in readings(word)):
        return _IRREGULAR.get((fold(word), to))
    ending = _SWAPPED.get((match["ending"], to))
    return match["stem"] + ending if ending else None


_IRREGULAR = {("bylem", "f"): "bylam", ("bylam", "m"): "bylem"}
