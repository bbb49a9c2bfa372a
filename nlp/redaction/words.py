"""The words of one turn, with offsets and dictionary forms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from nlp.redaction.diacritics import is_bare, meant
from nlp.text import Form, pipeline

_PLAIN_SIGNS = str.maketrans(
    dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u2060\u3000\ufeff",
        " ",
    )
    | dict.fromkeys("\u2010\u2011\u2012\u2212", "-")
)
_DASHED_NUMBER = re.compile(r"\d+(?:[–—]\d+){2,}")  # of two parts it is a range: "strony 120–140"
_SENTENCE_END = frozenset(".?!…\n")


def plain_signs(text: str) -> str:
    """The text, character for character, with the spaces and dashes of Word, Excel and web pages as people type them."""
    plain = text.translate(_PLAIN_SIGNS)
    return _DASHED_NUMBER.sub(lambda match: re.sub("[–—]", "-", match[0]), plain)


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign; ``after_stop`` when a sentence or the turn begins with it."""

    text: str
    fold: str
    start: int
    end: int
    form: Form
    after_stop: bool
    token: int

    @property
    def is_sign(self) -> bool:
        """Neither letter nor digit."""
        return not self.text[0].isalnum() and not self.is_mark

    @property
    def is_mark(self) -> bool:
        """A redaction mark such as ``[PESEL]``."""
        return self.text[0] == "[" and len(self.text) > 1

    @property
    def capital(self) -> bool:
        """Begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Line:
    """One turn: its text, its words (white space left out), its place in the conversation.

    ``first`` counts the words of all turns before, so that ``first + i`` orders words of a conversation.
    """

    turn: int
    speaker: str
    text: str
    words: tuple[Word, ...]
    first: int
    doc: Doc

    def at(self, index: int) -> Word | None:
        """The word at an index, or None outside of the turn."""
        return self.words[index] if 0 <= index < len(self.words) else None

    def folded(self, index: int) -> str:
        """The folded word at an index, or nothing outside of the turn."""
        return self.words[index].fold if 0 <= index < len(self.words) else ""

    @property
    def spoken(self) -> int:
        """How many words, signs left out."""
        return sum(not word.is_sign for word in self.words)


def line_of(turn: int, speaker: str, text: str, first: int) -> Line:
    """Tokenise and analyse one turn."""
    doc = pipeline()(text)
    words: list[Word] = []
    after_stop = True
    bare = is_bare(text)
    for token, form in zip(doc, doc._.forms, strict=True):
        shape = token.text
        if shape.isspace():
            after_stop = after_stop or "\n" in shape
            continue
        form = meant(token.lower_, form, bare=bare)  # noqa: PLW2901
        words.append(Word(shape, token.norm_, token.idx, token.idx + len(shape), form, after_stop, token.i))
        if shape[0].isalnum():
            after_stop = False
        elif shape in _SENTENCE_END:
            after_stop = True
    return Line(turn, speaker, text, tuple(words), first, doc)
