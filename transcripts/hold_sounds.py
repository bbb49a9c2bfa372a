"""Music and tones in the gaps of a call: something sounds for long that nobody says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transcripts.audio import RATE, Samples
from transcripts.call_metrics import Interval, spans, union
from transcripts.conversation import Turn
from transcripts.crosstalk import FRAME, levels, speech_level

BELOW_SPEECH_DB = 30.0  # music on hold is quieter than speech, but not much
ABOVE_FLOOR_DB = 12.0  # than the quietest tenth of the channel
LEAST = 2.0  # s of sound in a gap; shorter ones are a cough or a knock
_BREAK = 1.5  # s of quiet within music, or between two tones


def hold_sounds(channels: Sequence[Samples], turns: Sequence[Turn]) -> list[Interval]:
    """Where a channel sounds at length outside all turns, in seconds."""
    speech = spans(turns)
    found = [interval for channel in channels for interval in _sounding(channel)]
    return [part for interval in union(found) for part in _outside(interval, speech) if _long(part)]


def _sounding(samples: Samples) -> list[Interval]:
    level = levels(samples)
    if not len(level):
        return []
    floor = float(np.percentile(level, 10))
    loud = level > max(speech_level(level) - BELOW_SPEECH_DB, floor + ABOVE_FLOOR_DB)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
    second = FRAME / RATE
    out: list[Interval] = []
    for start, end in zip(edges[::2] * second, edges[1::2] * second, strict=True):
        if out and start - out[-1][1] <= _BREAK:
            out[-1] = (out[-1][0], float(end))
        else:
            out.append((float(start), float(end)))
    return out


def _outside(interval: Interval, speech: Sequence[Interval]) -> list[Interval]:
    """The parts of an interval in which nobody speaks."""
    parts, begin = [], interval[0]
    for start, end in speech:
        if end <= begin or start >= interval[1]:
            continue
        parts.append((begin, start))
        begin = end
    return [(a, b) for a, b in [*parts, (begin, interval[1])] if b > a]


def _long(interval: Interval) -> bool:
    return interval[1] - interval[0] >= LEAST
