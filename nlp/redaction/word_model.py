"""The learned part of redaction: how likely a word is of somebody's name, address or password, and a number somebody's."""

from __future__ import annotations

import functools
import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nlp.redaction.number_features import number_features
from nlp.redaction.secret_features import secret_features
from nlp.redaction.word_features import features
from nlp.redaction.words import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nlp.redaction.dialogue import Dialogue
    from nlp.redaction.runs import Run

Target = Literal["PERSON", "ADDRESS", "SECRET", "NUMBER", "BIRTH", "HOUSE"]
OF_WORDS: tuple[Target, ...] = ("PERSON", "ADDRESS")
OF_NUMBERS: tuple[Target, ...] = ("NUMBER", "BIRTH", "HOUSE")
TARGETS: tuple[Target, ...] = (*OF_WORDS, "SECRET", *OF_NUMBERS)
WEIGHTS = Path(__file__).with_name("words.safetensors")
"""For each target ``TARGET.weights``, one for each bucket of the features, and ``TARGET.bias``; float32."""


@functools.cache
def _weights(target: Target) -> tuple[list[float], float]:
    from safetensors.numpy import load_file

    stored = load_file(WEIGHTS)
    return stored[f"{target}.weights"].tolist(), float(stored[f"{target}.bias"][0])


@functools.cache
def weights_version() -> str:
    """Eight hexadecimal digits that change with the weights."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:8]


def forget_weights() -> None:
    """Read the weights anew at the next question (after training)."""
    _weights.cache_clear()


def likelihood(target: Target, dialogue: Dialogue, line: Line, index: int) -> float:
    """Between 0 and 1 for word ``index`` of a turn."""
    place = (line.turn, index)
    if place not in dialogue.features:
        dialogue.features[place] = features(dialogue, line, index)
    return _likelihood(target, dialogue.features[place])


def secret_likelihood(dialogue: Dialogue, line: Line, index: int) -> float:
    """Between 0 and 1 for word ``index`` of a turn: that it is (part of) a password or code."""
    return _likelihood("SECRET", secret_features(dialogue, line, index))


def number_likelihood(target: Target, dialogue: Dialogue, run: Run) -> float:
    """Between 0 and 1 for a number: that it leads to somebody (``NUMBER``), or is of a date of birth (``BIRTH``) or of
    an address (``HOUSE``)."""
    place = (-1, run.position)
    if place not in dialogue.features:
        dialogue.features[place] = number_features(dialogue, run)
    return _likelihood(target, dialogue.features[place])


def _likelihood(target: Target, buckets: Sequence[int]) -> float:
    weights, total = _weights(target)
    for bucket in buckets:
        total += weights[bucket]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
