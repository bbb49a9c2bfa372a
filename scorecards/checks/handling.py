"""Rozwiązanie: solution, timeframe, hold etiquette."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.view import Sighting, View

NEAR = 3
SHORT_ANSWER = 0.7
FAR = 0.85  # a time said far from the promise may belong to something else


@check("solution", behaviours=("solution", "later_action"), version=2)
def solution(view: View, *, few_words: int = 25) -> Finding:
    """The agent gives a solution, an answer or a next step; a fail needs one who hardly speaks."""
    best = max(view.best("solution"), view.best("later_action"), key=lambda s: s.certainty)
    pushed = view.best("deflection")
    if best.certainty >= 0.5:
        # in writing, who pushes the customer away may only sound as if they gave a step; on calls a step that follows is one
        doubt = pushed.certainty / 2 if view.conversation.channel != "phone" else 0.0
        confidence = best.certainty * (1 - doubt)
        return Finding("pass", confidence, best.evidence, "Konsultant podaje rozwiązanie lub kolejny krok.")
    if pushed.certainty >= 0.5:
        return Finding(
            "fail",
            pushed.certainty * (1 - best.certainty),
            pushed.evidence,
            "Konsultant nie podaje rozwiązania.",
        )
    said = sum(len(view.words[turn]) for turn in view.agent_turns)
    confidence = view.absence("solution", best) if said < few_words else 0.5
    if view.conversation.channel != "phone":
        confidence = min(confidence, SHORT_ANSWER)  # "pracuje 10-16" is an answer, however few its words
    return Finding(
        "fail",
        confidence,
        searched(view, view.agent_turns),
        "Nie znaleziono rozwiązania ani kolejnego kroku.",
    )


@check("timeframe", behaviours=("later_action", "timeframe", "vague_timeframe"), version=2)
def timeframe(view: View) -> Finding:
    """A promise of something later comes with a date or a number of days or hours; vague words fail."""
    promised = view.sightings("later_action")
    if not promised:
        best = view.best("later_action")
        vague, when = view.best("vague_timeframe"), view.best("timeframe")
        if vague.certainty >= 0.5 and vague.certainty > when.certainty:
            return Finding("fail", vague.certainty, vague.evidence, "Podano tylko mglisty termin.")
        confidence = min(view.absence("later_action", best), 1 - max(vague.certainty, when.certainty) / 2)
        return Finding("na", confidence, (), "Po rozmowie nic nie ma się już wydarzyć.")
    certainty = max(s.certainty for s in promised)
    near = sorted({t for s in promised for t in _around(view, s.turn)})
    when = view.best("timeframe", near)
    if when.certainty >= 0.5:
        spans = tuple(dict.fromkeys(_closest(promised, when).evidence + when.evidence))
        return Finding("pass", when.certainty, spans, "Konsultant mówi, kiedy to nastąpi.")
    later = view.best("timeframe", [t for t in view.agent_turns if t > promised[0].turn])
    if later.certainty * FAR >= 0.5:
        spans = promised[0].evidence + later.evidence
        return Finding(
            "pass", later.certainty * FAR, spans, "Konsultant podaje termin w dalszej części rozmowy."
        )
    vague = view.best("vague_timeframe", near)
    if vague.certainty >= 0.5:
        spans = tuple(dict.fromkeys(promised[0].evidence + vague.evidence))
        return Finding(
            "fail",
            max(vague.certainty, 1 - when.certainty) * certainty,
            spans,
            "Podano tylko mglisty termin.",
        )
    confidence = certainty * view.absence("timeframe", when)
    return Finding("fail", confidence, promised[0].evidence, "Konsultant nie mówi, kiedy to nastąpi.")


def _around(view: View, turn: int) -> list[int]:
    """Agent turns within three of the agent's own turns from this one."""
    at = view.agent_turns.index(turn)
    return list(view.agent_turns[max(0, at - NEAR) : at + NEAR + 1])


def _closest(promised: list[Sighting], when: Sighting) -> Sighting:
    return min(promised, key=lambda s: abs(s.turn - when.turn))


@dataclass(frozen=True, slots=True)
class _Silence:
    before: int
    seconds: float


@check("hold_etiquette", behaviours=("hold_announced",))
def hold_etiquette(view: View, *, silence_seconds: float = 5.0, long_seconds: float = 10.0) -> Finding:
    """Where the customer waits, the agent announces it or thanks for waiting.

    A wait is announced in words, or a silence of ``silence_seconds`` before the agent speaks. An announced wait
    passes less surely when another silence of ``long_seconds`` is not announced.
    """
    announced = view.sightings("hold_announced")
    silences = list(_silences(view, silence_seconds))
    unannounced = [s for s in silences if s.seconds >= long_seconds and not _covered(view, s, announced)]
    if announced:
        best = max(announced, key=lambda s: s.certainty)
        confidence = best.certainty * (0.75 if unannounced else 1.0)
        return Finding(
            "pass", confidence, best.evidence, "Konsultant zapowiada oczekiwanie lub za nie dziękuje."
        )
    if silences:
        longest = max(silences, key=lambda s: s.seconds)
        confidence = 0.65 if longest.seconds < long_seconds else 0.85
        evidence = (view.whole(longest.before),)
        return Finding("fail", confidence, evidence, "Klient czeka w ciszy bez uprzedzenia.")
    best = view.best("hold_announced")
    absence = view.absence("hold_announced", best)
    timed = any(turn.start is not None for turn in view.turns)
    return Finding("na", absence if timed else min(absence, 0.75), (), "Klient nie musiał czekać.")


def _silences(view: View, seconds: float) -> Iterator[_Silence]:
    """Gaps between turns after which the agent speaks; a gap before the customer is the customer's own."""
    end: float | None = None
    for index, turn in enumerate(view.turns):
        if turn.start is None or turn.end is None:
            continue
        if end is not None and turn.speaker == "agent" and turn.start - end >= seconds and turn.text.strip():
            yield _Silence(index, turn.start - end)
        end = turn.end if end is None else max(end, turn.end)


def _covered(view: View, silence: _Silence, announced: list[Sighting]) -> bool:
    """Announced shortly before the silence or acknowledged when the agent is back."""
    return any(silence.before - 2 * NEAR <= s.turn <= silence.before + 1 for s in announced)
