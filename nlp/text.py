"""Polish text as the analysers see it: words with offsets, folded spelling, dictionary forms.

Offsets count Unicode code points of the text as given; nothing here changes the length of a text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

_STROKED = {"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ß": "s"}
# A redaction mark is one word; letters and digits part, so that "tel600700800" and "Jan_Kowalski" open up.
_PIECE = re.compile(r"\[[A-Z_]{3,}\d{0,3}\]|[^\W\d_]+|\d+|[^\w\s]|_|\s+")
_STALE = frozenset({"daw.", "arch.", "przest.", "rzad."})
_NAME_LABELS = frozenset({"imię", "nazwisko", "nazwa_geograficzna", "patronimicum"})


@functools.lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    low = character.lower()
    base = unicodedata.normalize("NFKD", _STROKED.get(low, low))[:1]
    return base if len(base) == 1 else character


def fold(text: str) -> str:
    """Lower case without diacritics, character for character: ``len(fold(s)) == len(s)``."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


@dataclass(frozen=True, slots=True)
class Form:
    """What the dictionary says of one written form, whatever its capitals.

    Attributes:
        given: forms of first names: pairs (gender ``m`` or ``f``, case), empty when it is none.
        surname: the same for surnames.
        lemmas: lower-case dictionary forms of the name readings.
        place: may be a geographical name.
        common: has a current reading that is no name.
        parts: grammatical classes of the common readings (``subst``, ``adj``, ``fin`` ...).
        nouns: genders of its common nouns (``m1`` for people, ``m3``, ``f``, ``n`` ...).
        unknown: not in the dictionary.
    """

    given: frozenset[tuple[str, str]]
    surname: frozenset[tuple[str, str]]
    lemmas: frozenset[str]
    place: bool
    common: bool
    parts: frozenset[str]
    nouns: frozenset[str]
    unknown: bool


@functools.cache
def _morfeusz() -> Any:
    import morfeusz2

    return morfeusz2.Morfeusz(generate=True, case_handling=morfeusz2.IGNORE_CASE)


def morphology() -> Any:
    """The shared Morfeusz, which analyses and generates forms; slow to make, so it is made once."""
    return _morfeusz()


def _slots(tag: list[str]) -> set[tuple[str, str]]:
    """Gender and case pairs of a noun or adjective tag; plural readings of names are left out."""
    if len(tag) < 3 or "sg" not in tag[1]:
        return set()
    genders = (
        {"f" if g == "f" else "m" for g in tag[3].split(".") if g in ("f", "m1")} if len(tag) > 3 else set()
    )
    return {(gender, case) for gender in genders for case in tag[2].split(".")}


@functools.lru_cache(maxsize=200_000)
def analyse(word: str) -> Form:
    """Morfeusz readings of a lower-case word, summed up; cached, since speech repeats itself."""
    given: set[tuple[str, str]] = set()
    surname: set[tuple[str, str]] = set()
    lemmas: set[str] = set()
    parts: set[str] = set()
    nouns: set[str] = set()
    place = unknown = False
    for _, _, (_, lemma, tag, labels, qualifiers) in _morfeusz().analyse(word):
        fields = tag.split(":")
        if fields[0] == "ign":
            unknown = True
        elif _NAME_LABELS.isdisjoint(labels):
            if fields[0] != "brev" and _STALE.isdisjoint(",".join(qualifiers).split(",")):
                parts.add(fields[0])
                if fields[0] == "subst" and len(fields) > 3:
                    nouns.update(fields[3].split("."))
        else:
            place = place or "nazwa_geograficzna" in labels
            if "imię" in labels or "nazwisko" in labels:
                lemmas.add(lemma.split(":")[0].lower())
            if "imię" in labels:
                given |= _slots(fields)
            if "nazwisko" in labels:
                surname |= _slots(fields)
    return Form(
        frozenset(given),
        frozenset(surname),
        frozenset(lemmas),
        place,
        bool(parts),
        frozenset(parts),
        frozenset(nouns),
        unknown,
    )


@functools.lru_cache(maxsize=4096)
def inflections(lemma: str) -> frozenset[str]:
    """Every folded form of a dictionary word, the word itself among them."""
    forms = {fold(form[0]) for form in _morfeusz().generate(lemma) if not form[0].startswith("nie")}
    return frozenset(forms | {fold(lemma)})


class WordTokenizer:
    """Splits at every change between letters, digits and signs; keeps redaction marks whole."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for piece in _PIECE.findall(text):
            if piece[0] == " " and words and not spaces[-1]:
                spaces[-1] = True
                piece = piece[1:]  # noqa: PLW2901  (what is left of a longer gap is a word of its own)
                if not piece:
                    continue
            words.append(piece)
            spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)


@Language.factory("polish_forms")
def polish_forms(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """spaCy component: folded spelling as ``token.norm_``, Morfeusz readings as ``doc._.forms``."""
    if not Doc.has_extension("forms"):
        Doc.set_extension("forms", default=())

    def annotate(doc: Doc) -> Doc:
        forms = []
        for token in doc:
            lower = token.lower_
            token.norm_ = fold(lower)
            forms.append(analyse(lower))
        doc._.forms = forms
        return doc

    return annotate


@functools.cache
def pipeline() -> Language:
    """The shared Polish pipeline: words with offsets, folded, with their dictionary forms."""
    nlp = spacy.blank("pl")
    nlp.tokenizer = WordTokenizer(nlp.vocab)
    nlp.add_pipe("polish_forms")
    return nlp


def phrases(patterns: Iterable[str]) -> list[tuple[str, ...]]:
    """Expand phrases whose starred words stand for all their forms: ``numer* umowy``."""
    expanded: list[tuple[str, ...]] = []
    for pattern in patterns:
        rows: list[tuple[str, ...]] = [()]
        for word in pattern.split():
            forms = inflections(word[:-1]) if word.endswith("*") else (fold(word),)
            # "rocznik*" would bring its abbreviation "r" along
            rows = [
                (*row, form)
                for row in rows
                for form in forms
                if " " not in form and (len(form) > 1 or form == word)
            ]
        expanded.extend(rows)
    return expanded
