"""Kolejność: one act before another."""

from __future__ import annotations

from scorecards.checks.complaints import affirmed, denied
from scorecards.checks.registry import check, registered
from scorecards.evaluation import Finding
from scorecards.phrases import BEHAVIOURS
from scorecards.view import NOWHERE, Sighting, View
from transcripts.conversation import Span

SURE = 0.5
SORRY = 0.9  # as in the check "apology"


@check("order_of_acts", version=2)
def order_of_acts(view: View, *, behaviour: str = "empathy", then: str = "solution") -> Finding:
    """The act ``behaviour`` comes before (or in the same turn and earlier than) the act ``then``.

    ``solution`` is whatever the check of that name takes for one, a next step too, and ``empathy`` an apology too.
    """
    if then not in BEHAVIOURS:
        return Finding("review", 0.0, (), "Karta nazywa zachowanie, którego nikt nie rozpoznaje.")
    before, after = _sightings(view, behaviour), _sightings(view, then)
    if not after:
        absence = min(view.absence(act, view.best(act)) for act in _acts(then))
        return Finding("na", absence, (), "Nie ma czynności, którą druga miałaby poprzedzać.")
    if not before:
        confidence = min(
            after[0].certainty, *(view.absence(act, _best(view, act)) for act in _acts(behaviour))
        )
        return Finding(
            "fail", confidence, after[0].evidence, "Brakuje czynności, która powinna być wcześniej."
        )
    first, second = before[0], after[0]
    evidence = tuple(dict.fromkeys(first.evidence + second.evidence))
    confidence = min(first.certainty, second.certainty)
    if (first.turn, _place(first.evidence)) < (second.turn, _place(second.evidence)):
        return Finding("pass", confidence, evidence, "Czynności następują we właściwej kolejności.")
    if first.turn == second.turn and not (first.spoken and second.spoken):
        # the tagger knows the turn and not the place in it
        return Finding("pass", confidence * 0.7, evidence, "Obie czynności są w tej samej wypowiedzi.")
    return Finding("fail", confidence, evidence, "Czynności następują w odwrotnej kolejności.")


def _acts(name: str) -> tuple[str, ...]:
    """The behaviours that make up an act."""
    return registered()["solution"].behaviours if name == "solution" else (name,)


def _sightings(view: View, name: str) -> list[Sighting]:
    """Where the act is performed, in order; what the agent only denies is left out.

    Where the words are known, the tagger's word for the whole turn adds nothing.
    """
    found = [
        one
        for act in _acts(name)
        for one in view.sightings(act, floor=SURE)
        if not _only_denied(view, act, one)
    ]
    if name == "empathy":
        found += [Sighting(s[0].turn, SORRY, s, True) for s in affirmed(view, "agent", "apology")]
    spoken = {one.turn for one in found if one.spoken}
    kept = [one for one in found if one.spoken or one.turn not in spoken]
    return sorted(kept, key=lambda one: (one.turn, _place(one.evidence)))


def _best(view: View, act: str) -> Sighting:
    """The surest sighting that is not denied."""
    best = view.best(act)
    return NOWHERE if _only_denied(view, act, best) else best


def _only_denied(view: View, act: str, sighting: Sighting) -> bool:
    """Every phrase of the act in this turn is denied: "nie zwrócimy pieniędzy"."""
    said = view.said_by_agent(act, (sighting.turn,)) if sighting.spoken else []
    return bool(said) and all(denied(view, spans, inner=False) for spans in said)


def _place(evidence: tuple[Span, ...]) -> int:
    return min((span.start for span in evidence), default=0)
