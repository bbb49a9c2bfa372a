"""Figures of a call from the times of its turns. All times are seconds, all shares 0..1.

Speech of a side is the union of its turns. Values that need a side that never spoke are None.
The definitions are stored beside the values, in Polish, so that a report can show both.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from transcripts.conversation import Speaker, Turn

SILENCE = 3.0
SIDES: tuple[Speaker, Speaker] = ("agent", "customer")
Interval = tuple[float, float]

DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "duration": "długość nagrania w sekundach",
        "talk_share": "udział mowy strony w mowie obu stron",
        "silence": "przerwy dłuższe niż threshold między pierwszą a ostatnią wypowiedzią, w których nikt nie "
        "mówi: liczba, sekundy, najdłuższa, udział w nagraniu",
        "hold": "zawieszenia, czyli te z przerw, które są zapowiedziane przez konsultanta (np. „proszę chwilę poczekać”) albo "
        "wypełnione muzyką lub sygnałem; liczba, sekundy, udział w nagraniu",
        "overtalk": "czas, w którym obie strony mówią naraz: liczba odcinków, sekundy, udział w czasie mowy",
        "interruptions": "ile razy strona zaczyna mówić, gdy druga mówi jeszcze co najmniej 0,3 s, i zabiera "
        "jej głos (potakiwania się nie liczą)",
        "answer_latency": "ile czasu mija od końca wypowiedzi jednej strony do odpowiedzi drugiej; mediana "
        "w sekundach, odpowiedzi w trakcie wypowiedzi liczą się jako 0",
        "time_to_first_agent": "ile sekund od początku nagrania mija do pierwszych słów konsultanta",
        "longest_monologue": "najdłuższy czas od pierwszego do ostatniego słowa strony bez wypowiedzi innych",
        "words_per_minute": "słowa strony na minutę jej własnej mowy; liczby zapisane cyframi liczone mniej więcej tak, "
        "jak się je wymawia",
        "handling_time": "części czasu obsługi: rozmowa (ktoś mówi), zawieszenie, cisza (pozostałe przerwy) "
        "oraz czas przed pierwszą i po ostatniej wypowiedzi; razem dają duration",
    }
)

_INTO = 0.3  # s; a shorter overlap is a quick answer, not an interruption
_ANNOUNCED = 5.0  # s before the gap: the customer may have agreed to wait meanwhile
_LAST_WORDS = 120  # characters
_FILLED = 0.5  # share of a gap that music or a tone fills
_HOLD = re.compile(
    r"(?:prosz[ęe]|poprosz[ęe]|mus[zi]|może|czy)[^.?!]{0,40}(?:poczeka|zaczeka|chwil|momen|moment|pozosta|zosta)"
    r"|(?:chwileczk|chwilk|moment|sekund)[a-ząćęłńóśźż]*\b[^.?!]{0,30}[.?!]?\s*$"
    r"|(?:pozwoli|pozwolą)[^.?!]{0,40}(?:sprawdz|zawies|połącz|chwil)"
    r"|(?:zawieszę|zawieszam|wstrzymam|przełączę|przełączam|połączę|zostawię)[^.?!]{0,30}"
    r"(?:rozmow|połączeni|pana|panią|na chwil)"
    r"|(?:już |zaraz )(?:sprawdzam|sprawdzę|sprawdzimy|patrzę|szukam|zaglądam)[^.?!]{0,40}[.?!]?\s*$"
    r"|daj(?:cie)? mi (?:chwil|moment)|za(?:raz|chwil[ęe]) wr[óa]c",
    re.IGNORECASE,
)


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
    """Where both lists hold; each is in order and does not overlap itself, as :func:`union` gives it."""
    found: list[Interval] = []
    one = other = 0
    while one < len(left) and other < len(right):
        start, end = max(left[one][0], right[other][0]), min(left[one][1], right[other][1])
        if start < end:
            found.append((start, end))
        if left[one][1] < right[other][1]:
            one += 1
        else:
            other += 1
    return found


def call_metrics(
    turns: Sequence[Turn],
    duration: float,
    *,
    threshold: float = SILENCE,
    sounds: Sequence[Interval] = (),
) -> dict[str, Any]:
    """The figures as plain values for ``metadata["call_metrics"]``, with ``definitions``.

    duration: length of the recording.
    threshold: shortest silence that counts; shorter ones are pauses of ordinary speech.
    sounds: where something sounds that nobody says, such as music on hold.
    """
    everybody = spans(turns)
    sides = {side: spans(turns, side) for side in SIDES}
    gaps = [(a[1], b[0]) for a, b in itertools.pairwise(everybody) if b[0] - a[1] > threshold]
    held = [gap for gap in gaps if _is_hold(gap, turns, sounds)]
    return {
        "duration": round(duration, 2),
        "talk_share": _talk_share({side: length(own) for side, own in sides.items()}),
        "silence": {"threshold": threshold, **_gaps(gaps, duration, longest=True)},
        "hold": _gaps(held, duration),
        "overtalk": _overtalk(common(sides["agent"], sides["customer"]), length(everybody)),
        "interruptions": {side: _interruptions(turns, side) for side in SIDES},
        "answer_latency": {side: _latency(turns, side) for side in SIDES},
        "time_to_first_agent": round(sides["agent"][0][0], 2) if sides["agent"] else None,
        "longest_monologue": {side: _monologue(turns, side) for side in SIDES},
        "words_per_minute": {side: _pace(turns, side, length(own)) for side, own in sides.items()},
        "handling_time": _parts(everybody, held, duration),
        "definitions": dict(DEFINITIONS),
    }


def _is_hold(gap: Interval, turns: Sequence[Turn], sounds: Sequence[Interval]) -> bool:
    """Whether a gap was announced by the agent in the last words before it, or is filled with sound."""
    if length(common([gap], union(sounds))) > _FILLED * (gap[1] - gap[0]):
        return True
    before = [t for t in turns if t.end is not None and gap[0] - _ANNOUNCED < t.end <= gap[0] + 0.01]
    return any(_HOLD.search(t.text[-_LAST_WORDS:]) for t in before if t.speaker != "customer")


def _gaps(gaps: Sequence[Interval], duration: float, *, longest: bool = False) -> dict[str, float]:
    seconds = length(gaps)
    out = {"count": len(gaps), "seconds": round(seconds, 2)}
    if longest:
        out["longest"] = round(max((b - a for a, b in gaps), default=0.0), 2)
    return {**out, "share": round(seconds / duration, 4) if duration else 0.0}


def _interruptions(turns: Sequence[Turn], side: Speaker) -> int:
    """How often ``side`` begins within the other's turn and the other then gives way."""
    count = 0
    for turn in turns:
        if turn.speaker != side or turn.start is None or turn.end is None:
            continue
        count += any(
            o.start < turn.start and o.end - turn.start >= _INTO and o.end < turn.end
            for o in turns
            if o.speaker != side and o.start is not None and o.end is not None
        )
    return count


def _latency(turns: Sequence[Turn], side: Speaker) -> float | None:
    """Median time in which ``side`` answers the other side."""
    waits = [
        max(0.0, after.start - before.end)
        for before, after in itertools.pairwise(t for t in turns if t.start is not None)
        if after.speaker == side != before.speaker and before.end is not None and after.start is not None
    ]
    return round(statistics.median(waits), 2) if waits else None


def _parts(speech: Sequence[Interval], held: Sequence[Interval], duration: float) -> dict[str, float]:
    if not speech:
        return {"talk": 0.0, "hold": 0.0, "silence": 0.0, "before": round(duration, 2), "after": 0.0}
    talk, hold = length(speech), length(held)
    inside = speech[-1][1] - speech[0][0]
    return {
        "talk": round(talk, 2),
        "hold": round(hold, 2),
        "silence": round(inside - talk - hold, 2),
        "before": round(speech[0][0], 2),
        "after": round(max(0.0, duration - speech[-1][1]), 2),
    }


def _talk_share(seconds: dict[Speaker, float]) -> dict[Speaker, float | None]:
    both = sum(seconds.values())
    return {side: round(held / both, 4) if both else None for side, held in seconds.items()}


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
    words = sum(_spoken_words(t.text) for t in turns if t.speaker == side and t.end is not None)
    return round(words / seconds * 60, 1) if seconds > 0 else None


def _spoken_words(text: str) -> int:
    """Words as they are said: a number in digits is about as many words as it has digits that are not 0.

    "319" is two words or three, "2026" four; longer ones are dictated in digits, pairs or threes.
    """
    count = 0
    for token in text.split():
        digits = [part for part in re.findall(r"\d+", token) if part]
        count += sum(max(1, len(part.replace("0", ""))) for part in digits) if digits else 1
    return count
