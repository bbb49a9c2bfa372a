"""The same words spelled otherwise: without diacritics, with slips of the hand, as foreigners or a region write."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from nlp.word_forms import fold_polish, like

SLIPS = 0.12  # share of longer words with a slip
RULES = 0.5  # share of a foreigner's rules that one writer has
SHORTEST = 4
_WORD = re.compile(r"(?<![\[\w@.])[^\W\d_]+(?![\w\]@_])")


def without_diacritics(text: str, seed: str) -> str:
    """As many write on a telephone."""
    return fold_polish(text)


def with_slips(text: str, seed: str) -> str:
    """Letters swapped, dropped, doubled, or of the same sound, in about every eighth longer word."""
    rng = random.Random(f"{seed}/{text}")
    return _each_word(
        text, lambda word: _slip(word, rng) if len(word) >= SHORTEST and rng.random() < SLIPS else word
    )


def _slip(word: str, rng: random.Random) -> str:
    alike = [
        (a, b)
        for a, b in (("rz", "ż"), ("ż", "rz"), ("ó", "u"), ("ch", "h"), ("ą", "om"), ("ę", "e"))
        if a in word[1:]
    ]
    at = rng.randrange(1, len(word) - 1)
    kind = rng.choice(("swap", "drop", "double", "alike"))
    if kind == "alike" and alike:
        old, new = rng.choice(alike)
        return word[0] + word[1:].replace(old, new, 1)
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def regional(text: str, seed: str) -> str:
    """Words and endings of several regions."""
    table = _tables()["regional"]
    for old, new in table["words"].items():
        if " " in old:
            text = re.sub(rf"\b{old}\b", new, text)
    return _each_word(text, lambda word: _known(word, table["words"]) or _ending(word, table["endings"]))


def foreign(text: str, seed: str) -> str:
    """Words and letters of somebody who learned Polish late: one writer has about half of the habits."""
    table, rng = _tables()["foreign"], random.Random(seed)
    words = {old: new for old, new in table["words"].items() if rng.random() < RULES}
    letters = {old: new for old, new in table["letters"].items() if rng.random() < RULES}

    def other(word: str) -> str:
        spelled = _known(word, words)
        if spelled is None:
            spelled = word
            for old, new in letters.items():
                spelled = spelled[:1] + spelled[1:].replace(old, new)
        return spelled

    return _each_word(text, other)


def _known(word: str, table: Mapping[str, str]) -> str | None:
    new = table.get(word.lower())
    return like(word, new) if new else None


def _ending(word: str, endings: Mapping[str, str]) -> str:
    for old, new in endings.items():
        if len(word) > SHORTEST and word.endswith(old):
            return word.removesuffix(old) + new
    return word


def _each_word(text: str, change: Callable[[str], str]) -> str:
    """Names keep their spelling as other words do; marks, numbers and addresses are left alone."""
    return _WORD.sub(lambda match: change(match.group()), text)


@cache
def _tables() -> dict[str, Any]:
    text = resources.files("nlp.twins").joinpath("spelling.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
