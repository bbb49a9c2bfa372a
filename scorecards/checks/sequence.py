"""Kolejność: one act before another."""

from __future__ import annotations

from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.phrases import BEHAVIOURS
from scorecards.view import View
from transcripts.conversation import Span

SURE = 0.5


@check("order_of_acts")
def order_of_acts(view: View, *, behaviour: str = "empathy", then: str = "solution") -> Finding:
    """The act ``behaviour`` comes before (or in the same turn and earlier than) the act ``then``."""
    if then not in BEHAVIOURS:
        return Finding("review", 0.0, (), "Karta nazywa zachowanie, którego nikt nie rozpoznaje.")
    before, after = view.sightings(behaviour, floor=SURE), view.sightings(then, floor=SURE)
    if not after:
        absence = view.absence(then, view.best(then))
        return Finding("na", absence, (), "Nie ma czynności, którą druga miałaby poprzedzać.")
    if not before:
        confidence = min(after[0].certainty, view.absence(behaviour, view.best(behaviour)))
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


def _place(evidence: tuple[Span, ...]) -> int:
    return min((span.start for span in evidence), default=0)
