"""Sentences of a message, for phrases that must not go over their end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scorecards.matching import Token

# a full stop ends a sentence only before a capital or the end, and not after a short form
_END = re.compile(
    r"[!?…\n]+|(?<!\bul)(?<!\bal)(?<!\bnr)(?<!\bnp)(?<!\btel)(?<!\bos)\.(?=\s+[A-ZĄĆĘŁŃÓŚŹŻ„\[]|\s*$)"
)


def split_sentences(text: str, words: Sequence[Token]) -> Iterator[list[Token]]:
    """The words of each sentence, none of them empty."""
    ends = [match.start() for match in _END.finditer(text)]
    sentence: list[Token] = []
    for word in words:
        if sentence and any(sentence[-1].end <= end <= word.start for end in ends):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence
