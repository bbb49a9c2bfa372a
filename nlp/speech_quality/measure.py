"""Figures of one way to transcribe, from reference and transcript of each recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from nlp.speech_quality.normal import NAME, Number, normal, numbers
from transcripts.call_metrics import SIDES, call_metrics
from transcripts.conversation import Conversation, Turn

NEAR = 1.0  # s within which a turn start counts as found
AWAY = 1.0  # s from any reference turn beyond which a word is invented
_SAMPLES = 1000
_METRICS = ("talk_share", "silence", "longest_monologue", "words_per_minute")
Errors = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A reference and what was made of its recording."""

    reference: Conversation
    heard: Conversation


def figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Word and character errors, speakers, turn starts, numbers, invented words, call metrics.

    ``wer`` and ``cer`` compare each side's words in order, everybody's where the transcript names nobody; intervals (95 %) draw reference turns with
    replacement. ``speaker_words`` is the share of words heard right that stand with the right speaker.
    """
    rows = [row for pair in pairs for row in _turn_errors(pair)]
    by_side = {side: [counts for own, counts in rows if own == side] for side in SIDES}
    return {
        "normaliser": NAME,
        "recordings": len(pairs),
        "wer": rate([counts for _, counts in rows]),
        "wer_by_speaker": {side: rate(counts) for side, counts in by_side.items() if counts},
        "cer": _characters(pairs),
        "speaker_words": _share([_speaker_words(pair) for pair in pairs]),
        "turn_starts": _share([_turn_starts(pair) for pair in pairs]),
        "numbers": _numbers(pairs),
        "invented_words": sum(_invented(pair) for pair in pairs),
        "call_metrics": _metric_errors(pairs),
    }


def _words(turns: Iterable[Turn]) -> list[str]:
    return [word for turn in turns for word in normal(turn.text)]


def _aligned(wanted: Sequence[str], heard: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """What happens to words ``a`` to ``b`` of one and ``c`` to ``d`` of the other, in the best alignment."""
    return [
        (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Levenshtein.opcodes(wanted, heard)
    ]


@dataclass(frozen=True, slots=True)
class _Stream:
    """Turns that are compared in order: one side's, or everybody's where the transcript names nobody."""

    wanted: list[Turn]
    heard: list[Turn]


def _streams(pair: Pair) -> list[_Stream]:
    heard = list(pair.heard.turns)
    if heard and all(t.speaker == "unknown" for t in heard):
        return [_Stream(sorted(pair.reference.turns, key=lambda t: t.start or 0.0), heard)]
    return [
        _Stream(
            [t for t in pair.reference.turns if t.speaker == side], [t for t in heard if t.speaker == side]
        )
        for side in SIDES
    ]


def _turn_errors(pair: Pair) -> list[tuple[str, tuple[int, int]]]:
    """(speaker, (errors, words)) of each reference turn; inserted words count to the turn before them."""
    out: list[tuple[str, tuple[int, int]]] = []
    for stream in _streams(pair):
        wanted = [normal(t.text) for t in stream.wanted]
        owner = [i for i, words in enumerate(wanted) for _ in words]
        if not owner:
            continue
        errors = Counter[int]()
        flat = [word for words in wanted for word in words]
        for tag, a, b, c, d in _aligned(flat, _words(stream.heard)):
            if tag == "insert":
                errors[owner[max(0, min(a, len(owner)) - 1)]] += d - c
            elif tag != "equal":
                errors.update(owner[a:b])
        out += [(t.speaker, (errors[i], len(wanted[i]))) for i, t in enumerate(stream.wanted)]
    return out


def rate(counts: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Errors by word with a 95 % interval over turns; ``counts`` are (errors, words) of each turn."""
    table: Errors = np.asarray(counts or [(0, 0)], np.int64)
    total = table.sum(axis=0)
    if not total[1]:
        return {"rate": None, "n": 0}
    drawn = np.random.default_rng(0).integers(0, len(table), (_SAMPLES, len(table)))
    sums = table[drawn].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / np.maximum(sums[:, 1], 1), [2.5, 97.5])
    return {
        "rate": round(float(total[0] / total[1]), 4),
        "n": int(total[1]),
        "interval": [round(float(low), 4), round(float(high), 4)],
    }


def _characters(pairs: Sequence[Pair]) -> float | None:
    import jiwer

    wanted, heard = [], []
    for pair in pairs:
        for stream in _streams(pair):
            if words := _words(stream.wanted):
                wanted.append(" ".join(words))
                heard.append(" ".join(_words(stream.heard)))
    return round(float(jiwer.cer(wanted, heard)), 4) if wanted else None


def _speaker_words(pair: Pair) -> tuple[int, int]:
    """(words with the right speaker, words heard right), all speakers aligned as one text."""
    reference = sorted(pair.reference.turns, key=lambda t: t.start or 0.0)
    wanted = [(word, t.speaker) for t in reference for word in normal(t.text)]
    heard = [(word, t.speaker) for t in pair.heard.turns for word in normal(t.text)]
    right = total = 0
    for tag, a, b, c, d in _aligned([w for w, _ in wanted], [w for w, _ in heard]):
        if tag == "equal":
            total += b - a
            right += sum(x[1] == y[1] for x, y in zip(wanted[a:b], heard[c:d], strict=True))
    return right, total


def _turn_starts(pair: Pair) -> tuple[int, int]:
    timed = [t for t in pair.reference.turns if t.start is not None]
    found = sum(
        any(
            h.speaker == t.speaker and h.start is not None and abs(h.start - (t.start or 0.0)) <= NEAR
            for h in pair.heard.turns
        )
        for t in timed
    )
    return found, len(timed)


def _share(parts: Sequence[tuple[int, int]]) -> dict[str, Any]:
    right, total = sum(p[0] for p in parts), sum(p[1] for p in parts)
    return {"share": round(right / total, 4) if total else None, "n": total}


def _numbers(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """How many numbers of each kind came out exactly, among those of the same speaker."""
    right, total = Counter[str](), Counter[str]()
    for pair in pairs:
        for stream in _streams(pair):
            wanted = [n for t in stream.wanted for n in numbers(normal(t.text))]
            heard = Counter(_key(n) for n in numbers(_words(stream.heard)))
            for number in wanted:
                total.update([number.kind, "all"])
                if heard[_key(number)]:
                    heard[_key(number)] -= 1
                    right.update([number.kind, "all"])
    return {kind: {"right": right[kind], "n": n} for kind, n in sorted(total.items())}


def _key(number: Number) -> str:
    return f"{number.digits} zł" if number.money else number.digits


def _invented(pair: Pair) -> int:
    """Words of turns that lie away from everything that was said."""
    said = [(t.start, t.end) for t in pair.reference.turns if t.start is not None and t.end is not None]
    if not said:
        return sum(len(normal(t.text)) for t in pair.heard.turns) if not pair.reference.turns else 0
    return sum(
        len(normal(t.text))
        for t in pair.heard.turns
        if t.start is not None
        and t.end is not None
        and all(t.end < start - AWAY or t.start > end + AWAY for start, end in said)
    )


def _metric_errors(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Mean and largest relative difference to the figures of the reference times, for each metric."""
    found: dict[str, list[float]] = {}
    for pair in pairs:
        mine = pair.heard.metadata.get("call_metrics")
        if not mine or any(t.start is None for t in pair.reference.turns):
            continue
        turns = sorted(pair.reference.turns, key=lambda t: t.start or 0.0)
        theirs = call_metrics(turns, mine["duration"], threshold=mine["silence"]["threshold"])
        for metric in _METRICS:
            for part in ("seconds",) if metric == "silence" else SIDES:
                wanted, got = theirs[metric][part], mine[metric][part]
                if wanted and got is not None:
                    found.setdefault(f"{metric}.{part}", []).append(abs(got - wanted) / wanted)
    return {
        name: {"mean": round(float(np.mean(v)), 4), "largest": round(max(v), 4), "n": len(v)}
        for name, v in found.items()
    }
