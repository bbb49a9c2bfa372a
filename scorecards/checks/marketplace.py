"""Zasady platformy sprzedażowej: nothing to deal beside it."""

from __future__ import annotations

from collections.abc import Iterator

from scorecards.checks.registry import check
from scorecards.contacts import contacts, links
from scorecards.evaluation import Finding
from scorecards.view import View
from transcripts.conversation import Span


@check("stays_on_platform", asks_for_act=False)
def stays_on_platform(view: View) -> Finding:
    """The agent does not lead the customer beside the platform, in words or by a phone, e-mail or page.

    A contact for a parcel, a guarantee or an instruction is no deal; any other contact is for a person to judge.
    """
    leads_away = view.said("agent", "deals_outside")
    if leads_away:
        return Finding("fail", 0.88, leads_away[0], "Konsultant proponuje załatwienie sprawy poza platformą.")
    given = list(_contacts(view))
    unexplained = [
        span for span in given if not view.said("agent", "contact_for_service", _around(view, span.turn))
    ]
    if unexplained:
        reason = "Konsultant podaje kontakt poza platformą bez wyraźnej potrzeby."
        return Finding("fail", 0.65, tuple(unexplained[:2]), reason)
    if given:
        return Finding(
            "pass", 0.78, tuple(given[:1]), "Podany kontakt służy dostawie, gwarancji lub instrukcji."
        )
    searched = tuple(view.whole(turn) for turn in view.agent_turns[:1])
    return Finding("pass", 0.88, searched, "Konsultant załatwia sprawę na platformie.")


def _contacts(view: View) -> Iterator[Span]:
    """Phones, e-mails and pages that the agent gives and the customer has not given before."""
    known: set[str] = set()
    for turn, one in enumerate(view.turns):
        found = [c.span for c in contacts(view, turn) if c.kind in ("phone", "email")] + list(
            links(view, turn)
        )
        texts = {span.text(view.conversation): span for span in found}
        if one.speaker == "agent":
            yield from (span for text, span in texts.items() if text not in known)
        known |= texts.keys()


def _around(view: View, turn: int) -> list[int]:
    """The turn and the agent's one before: what a contact is for is said with it."""
    at = view.agent_turns.index(turn)
    return list(view.agent_turns[max(0, at - 1) : at + 1])
