"""How far a transcript can be trusted, for the call and for each turn, in the recogniser's own figures.

The bounds were set on calls with white noise added (``docs/speech.md``): of 32 channels beyond them, 28 had
more than half of the words wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from transcripts.conversation import Word
from transcripts.fillers import fillers
from transcripts.recognition import Passage
from transcripts.speech_turns import SpokenTurn
from transcripts.whisper import POLISH

LOW_LOG_PROBABILITY = -0.55  # average over the call's tokens
LOW_SHARE = 0.25  # of words that the model gives less than even odds
REMOVED_SHARE = 0.2  # of words taken out as invented
FOREIGN_SHARE = 0.2  # of words in another language than Polish
LOW_TURN = -0.9  # average log probability of a turn's words
_LEAST = 1e-4  # probability that counts for a word of none
_UNSURE = 0.5


def call_trust(
    passages: Sequence[Passage], words: Sequence[Word], removed: Mapping[str, int]
) -> dict[str, Any]:
    """Figures of a whole call.

    ``trust`` is ``low`` when one of ``trust_reasons`` holds: ``low_probability``, ``removed_text``,
    ``other_language``. ``languages`` counts words.
    """
    weights = [len(p.words) for p in passages]
    mean = float(np.average([p.log_probability for p in passages], weights=weights)) if sum(weights) else None
    unsure = low_share(words)
    gone = sum(removed.values())
    languages = Counter(w.language for w in words)
    foreign = 1 - languages[POLISH] / len(words) if words else 0.0
    reasons = {
        "low_probability": unsure > LOW_SHARE or (mean is not None and mean < LOW_LOG_PROBABILITY),
        "removed_text": gone > REMOVED_SHARE * (gone + len(words)),
        "other_language": foreign > FOREIGN_SHARE,
    }
    return {
        "average_log_probability": None if mean is None else round(mean, 4),
        "low_probability_share": round(unsure, 4),
        "removed_words": dict(removed),
        "languages": dict(languages.most_common()),
        "trust": "low" if any(reasons.values()) else "ok",
        "trust_reasons": [name for name, holds in reasons.items() if holds],
    }


def turn_trust(turns: Sequence[SpokenTurn]) -> list[dict[str, Any]]:
    """Figures of each turn, in the turns' order.

    ``average_log_probability`` is over the turn's words, ``no_speech_probability`` the highest of the
    windows that they come from. ``low``, ``language`` and ``fillers`` stand only where there is something
    to say.
    """
    return [_turn(number, spoken) for number, spoken in enumerate(turns)]


def _turn(number: int, spoken: SpokenTurn) -> dict[str, Any]:
    logs = [float(np.log(max(w.probability, _LEAST))) for w in spoken.words]
    mean = float(np.mean(logs))
    out: dict[str, Any] = {
        "turn": number,
        "average_log_probability": round(mean, 3),
        "no_speech_probability": round(max(w.no_speech for w in spoken.words), 3),
    }
    language = Counter(w.language for w in spoken.words).most_common(1)[0][0]
    if mean < LOW_TURN:
        out["low"] = True
    if language != POLISH:
        out["language"] = language
    if found := fillers(spoken.turn.text):
        out["fillers"] = len(found)
    return out


def low_share(words: Sequence[Word], below: float = _UNSURE) -> float:
    """Share of words that the model itself gives less than even odds."""
    return float(np.mean([w.probability < below for w in words])) if words else 0.0
