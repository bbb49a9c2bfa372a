"""Reklamacja: przyjmij, przeproś, proponuj; and a confirmation that it was received."""

from __future__ import annotations

from scorecards.checks.attitude import blame_after
from scorecards.checks.general import best_of, restated, searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.view import View


@check("complaint_accepted", behaviours=("paraphrase", "deflection"))
def complaint_accepted(view: View) -> Finding:
    """The agent takes in what the customer complains of: thanks for it, restates it, or takes it up.

    A refusal to hear it, before anything was taken in, fails.
    """
    accepted = sorted(
        view.said("agent", "accepts_complaint") + view.said("agent", "confirms_receipt"),
        key=lambda spans: spans[0].turn,
    )
    refused = view.said("agent", "refuses_complaint")
    if refused and not (accepted and accepted[0][0].turn < refused[0][0].turn):
        return Finding("fail", 0.85, refused[0], "Konsultant nie przyjmuje skargi klienta.")
    if accepted:
        return Finding("pass", 0.85, accepted[0], "Konsultant przyjmuje zgłoszenie klienta.")
    told = best_of(view.best("paraphrase"), restated(view, "paraphrase"))
    if told.certainty >= 0.5:
        return Finding(
            "pass", min(told.certainty, 0.8), told.evidence, "Konsultant powtarza, na co skarży się klient."
        )
    pushed = view.best("deflection")
    if pushed.certainty >= 0.5:
        return Finding("fail", pushed.certainty, pushed.evidence, "Konsultant zbywa skargę klienta.")
    confidence = 0.82 if view.is_tagged and told.certainty < 0.15 else 0.65
    return Finding(
        "fail", confidence, searched(view, view.agent_turns), "Konsultant nie odnosi się do skargi."
    )


@check("apology")
def apology(view: View) -> Finding:
    """The agent says sorry for what happened; an apology that blames the customer is none."""
    said = view.said("agent", "apology")
    if not said:
        return Finding("fail", 0.85, searched(view, view.agent_turns), "Konsultant nie przeprasza.")
    for spans in said:
        blamed = blame_after(view, spans[0].turn)
        if not blamed:
            return Finding("pass", 0.9, spans, "Konsultant przeprasza.")
    return Finding("fail", 0.75, (*said[0], *blamed), "Przeprosiny łączą się z obwinianiem klienta.")


@check("receipt_confirmed")
def receipt_confirmed(view: View) -> Finding:
    """The agent says that the complaint is registered, or that a confirmation was sent."""
    said = view.said("agent", "confirms_receipt")
    if said:
        return Finding("pass", 0.88, said[0], "Konsultant potwierdza przyjęcie reklamacji.")
    told = view.said("agent", "own_filing")
    if told:
        return Finding(
            "fail", 0.7, told[0], "Klient ma złożyć reklamację sam, przyjęcia nikt nie potwierdza."
        )
    return Finding(
        "fail", 0.82, searched(view, view.agent_turns[-2:]), "Nikt nie potwierdza przyjęcia reklamacji."
    )
