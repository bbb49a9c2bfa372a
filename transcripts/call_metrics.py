"""Figures of a call from the times of its turns. All times are seconds, all shares 0..1.

Speech of a side is the union of its turns. Values that need a side that never spoke are None.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from transcripts.conversation import Speaker, Turn

SILENCE = 3.0
SIDES: tuple[Speaker, Speaker] = ("agent", "customer")
Interval = tuple[float, float]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals joined where they touch or overlap, in order."""
    out: list[Interval] = []
    for start, end in sorted(intervals):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def spans(turns: Iterable[Turn], speaker: Speaker | None = None) -> list[Interval]:
    """When a speaker (or anybody) speaks; turns without times are left out."""
    timed = [t for t in turns if t.start is not None and t.end is not None and speaker in (None, t.speaker)]
    return union((t.start or 0.0, max(t.start or 0.0, t.end or 0.0)) for t in timed)


def length(intervals: Iterable[Interval]) -> float:
    """Seconds covered by intervals that do not overlap."""
    return sum(end - start for start, end in intervals)


def common(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Where both lists hold."""
    found = [(max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d)]
    return sorted(found)


def call_metrics(turns: Sequence[Turn], duration: float, *, threshold: float = SILENCE) -> dict[str, Any]:
    """The figures as plain values for ``metadata["call_metrics"]``.

    duration: length of the recording.
    talk_share: a side's speech as a share of both sides' speech.
    silence: stretches of more than ``threshold`` between the first and the last speech in which nobody
        speaks: ``count``, ``seconds`` in them, ``longest``, and ``share`` of the duration.
    overtalk: time when both sides speak at once: ``count`` of stretches, ``seconds``, ``share`` of the
        time in which anybody speaks.
    longest_monologue: the longest time from a side's first word to its last without a turn of another.
    words_per_minute: words of a side by minute of its own speech.
    """
    everybody = spans(turns)
    sides = {side: spans(turns, side) for side in SIDES}
    return {
        "duration": round(duration, 2),
        "talk_share": _talk_share({side: length(held) for side, held in sides.items()}),
        "silence": _silence(everybody, duration, threshold),
        "overtalk": _overtalk(common(sides["agent"], sides["customer"]), length(everybody)),
        "longest_monologue": {side: _monologue(turns, side) for side in SIDES},
        "words_per_minute": {side: _pace(turns, side, length(held)) for side, held in sides.items()},
    }


def _talk_share(seconds: dict[Speaker, float]) -> dict[Speaker, float | None]:
    both = sum(seconds.values())
    return {side: round(held / both, 4) if both else None for side, held in seconds.items()}


def _silence(speech: Sequence[Interval], duration: float, threshold: float) -> dict[str, float]:
    gaps = [b[0] - a[1] for a, b in itertools.pairwise(speech)]
    gaps = [g for g in gaps if g > threshold]
    return {
        "threshold": threshold,
        "count": len(gaps),
        "seconds": round(sum(gaps), 2),
        "longest": round(max(gaps, default=0.0), 2),
        "share": round(sum(gaps) / duration, 4) if duration else 0.0,
    }


def _overtalk(both: Sequence[Interval], speech: float) -> dict[str, float]:
    seconds = length(both)
    return {
        "count": len(both),
        "seconds": round(seconds, 2),
        "share": round(seconds / speech, 4) if speech else 0.0,
    }


def _monologue(turns: Sequence[Turn], side: Speaker) -> float | None:
    longest, begin = None, None
    for turn in turns:
        if turn.start is None or turn.end is None:
            continue
        if turn.speaker != side:
            begin = None
            continue
        begin = turn.start if begin is None else begin
        longest = max(longest or 0.0, turn.end - begin)
    return None if longest is None else round(longest, 2)


def _pace(turns: Sequence[Turn], side: Speaker, seconds: float) -> float | None:
    words = sum(len(t.text.split()) for t in turns if t.speaker == side and t.end is not None)
    return round(words / seconds * 60, 1) if seconds > 0 else None
