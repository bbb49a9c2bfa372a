"""The learned part of the detector of names: how likely a word is somebody's name where it stands."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.redaction.name_features import features
from nlp.redaction.words import Line

if TYPE_CHECKING:
    from nlp.redaction.dialogue import Dialogue

WEIGHTS = Path(__file__).with_name("names.safetensors")
"""``weights`` of :data:`nlp.redaction.name_features.BUCKETS` features and ``bias``, float32."""


@functools.cache
def _weights() -> tuple[list[float], float]:
    from safetensors.numpy import load_file

    stored = load_file(WEIGHTS)
    return stored["weights"].tolist(), float(stored["bias"][0])


def likelihood(dialogue: Dialogue, line: Line, index: int) -> float:
    """Between 0 and 1 for word ``index`` of a turn."""
    weights, total = _weights()
    for bucket in features(dialogue, line, index):
        total += weights[bucket]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
