"""Zobowiązania: whoever promises something says by when."""

from __future__ import annotations

from scorecards.checks.registry import check
from scorecards.commitments import Commitment, commitments
from scorecards.evaluation import Finding
from scorecards.view import View
from transcripts.conversation import Span

DATED, BESIDE, VAGUE, UNDATED, NOTHING = 0.88, 0.76, 0.84, 0.72, 0.85


@check("commitments_dated", behaviours=("later_action",))
def commitments_dated(view: View) -> Finding:
    """Each promise of something later comes with its own time; one time in a sentence is enough for all of it."""
    promised = commitments(view)
    if not promised:
        suspected = view.best("later_action")
        confidence = min(NOTHING, view.absence("later_action", suspected))
        return Finding("na", confidence, (), "Konsultant niczego nie obiecuje na później.")
    undated = [one for one in promised if one.by is None]
    if undated:
        worst = next((one for one in undated if one.vague), undated[0])
        evidence = worst.what if worst.vague is None else (*worst.what, worst.vague)
        if worst.vague:
            return Finding("fail", VAGUE, evidence, "Konsultant obiecuje coś i podaje tylko mglisty termin.")
        return Finding("fail", UNDATED, evidence, "Konsultant obiecuje coś i nie podaje terminu.")
    confidence = min(BESIDE if one.beside else DATED for one in promised)
    return Finding("pass", confidence, _places(promised), "Każda obietnica ma swój termin.")


def _places(promised: list[Commitment]) -> tuple[Span, ...]:
    """Where each promise and its time are said, each place once."""
    said = (span for one in promised for span in (*one.what, one.by) if span is not None)
    return tuple(dict.fromkeys(said))
