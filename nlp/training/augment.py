"""Ugliness that real Polish text shows: no diacritics, typos, no punctuation, odd casing."""

from __future__ import annotations

import random
import re

from nlp.training.examples import Example

_FOLD = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")
_FILLERS = ("yyy", "no", "eee", "znaczy", "tak", "yhy", "no i")
_NEIGHBOURS = dict(
    zip(
        "abcdefghijklmnoprstuwyz",
        [
            "sq",
            "vn",
            "xv",
            "sf",
            "wr",
            "dg",
            "fh",
            "gj",
            "uo",
            "hk",
            "jl",
            "ko",
            "nk",
            "bm",
            "ip",
            "ol",
            "et",
            "ad",
            "ry",
            "yi",
            "es",
            "tu",
            "xs",
        ],
        strict=True,
    )
)


def without_diacritics(text: str) -> str:
    """As typed on a foreign keyboard."""
    return text.translate(_FOLD)


def as_recognised(text: str, rng: random.Random) -> str:
    """The look of recognised speech: lower case, no punctuation, a filler here and there.

    No word is misheard, dropped or joined to another, so that figures on such texts say nothing of recognition errors.
    """
    words = re.sub(r"[^\w\s\[\]@%-]", " ", text.lower()).split()
    spoken = []
    for word in words:
        if rng.random() < 0.03:
            spoken.append(rng.choice(_FILLERS))
        spoken.append(word)
    return " ".join(spoken) or text


def with_typos(text: str, rng: random.Random, rate: float = 0.04) -> str:
    """Swapped, doubled, dropped and neighbouring letters, at ``rate`` a letter."""
    letters = list(text)
    for i in range(len(letters) - 1):
        if not letters[i].isalpha() or rng.random() > rate:
            continue
        kind = rng.randrange(4)
        if kind == 0 and letters[i + 1].isalpha():
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        elif kind == 1:
            letters[i] *= 2
        elif kind == 2:
            letters[i] = ""
        else:
            letters[i] = rng.choice(_NEIGHBOURS.get(letters[i].lower(), letters[i]))
    return "".join(letters) or text


def roughen(example: Example, rng: random.Random) -> Example:
    """One random kind of ugliness for all turns of an example; half stay as they are."""
    draw = rng.random()
    if draw < 0.5:
        return example
    texts = example.document.texts
    if draw < 0.65:
        return example.with_texts(without_diacritics(text) for text in texts)
    if draw < 0.8:
        return example.with_texts(as_recognised(text, rng) for text in texts)
    if draw < 0.9:
        return example.with_texts(with_typos(text, rng) for text in texts)
    if draw < 0.95:
        return example.with_texts(with_typos(without_diacritics(text.lower()), rng, 0.03) for text in texts)
    return example.with_texts(text.upper() if rng.random() < 0.2 else text.lower() for text in texts)
