"""Postawa: empathy, ownership, courtesy. Judged on what the agent says, never on how they may feel."""

from __future__ import annotations

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.view import Sighting, View, either, weigh
from transcripts.conversation import Span

PROBLEM_REASONS = (
    "delivery.delayed", "delivery.lost", "delivery.incomplete", "delivery.wrong_item", "delivery.damaged",
    "order.cannot_place", "returns.refused", "complaint.", "payment.failed", "payment.wrong_charge",
    "account.access",
)  # fmt: skip
BLAME_DISTANCE = 1
SUSPICION = 2.0
DIRECTIONS_WITHIN = 6
FAINT = 0.25


@check("empathy", behaviours=("empathy",), version=2)
def empathy(view: View) -> Finding:
    """Understanding, regret or apology in words where the customer reports a problem or is upset."""
    best = view.best("empathy")
    blamed = blame_after(view, best.turn) if best.certainty >= 0.5 else ()
    if blamed:
        return Finding("fail", 0.75, best.evidence + blamed, "Po przeprosinach konsultant obwinia klienta.")
    if best.certainty >= 0.5:
        return Finding("pass", best.certainty, best.evidence, "Konsultant wyraża zrozumienie lub przeprasza.")
    need, evidence = need_of_empathy(view)
    if need < 0.5:
        # who is perhaps comforted was perhaps in trouble
        doubt = best.certainty if best.certainty >= FAINT else 0.0
        confidence = min(1 - need, 1 - doubt)
        return Finding(
            "na", confidence, (), "Sprawa neutralna, klient nie zgłasza problemu ani zdenerwowania."
        )
    confidence = need * view.absence("empathy", best)
    return Finding(
        "fail", confidence, evidence, "Klient zgłasza problem, a konsultant nie okazuje zrozumienia."
    )


def need_of_empathy(view: View) -> tuple[float, tuple[Span, ...]]:
    """How surely the customer reports a problem or is upset, and where; from sentiment, reasons and words."""
    problems = view.said_by_customer("problem")
    anger = view.said_by_customer("anger")
    distress = view.said_by_customer("distress")
    reason = next((r for r in view.tagged.reasons if r.code.startswith(PROBLEM_REASONS)), None)
    certainty = either(
        _upset(view),
        0.9 * reason.confidence if reason else 0.0,
        0.8 if anger else 0.0,
        0.6 if distress else 0.0,
        (0.0, 0.6, 0.75, 0.85)[min(len(problems), 3)],
    )
    places = (*anger[:1], *distress[:1], *problems[:2]) or (
        (reason.evidence,) if reason and reason.evidence else ()
    )
    return max(certainty, 0.1), tuple(dict.fromkeys(span for spans in places for span in spans))


def _upset(view: View) -> float:
    """How surely the tagged sentiment of the customer is negative somewhere that matters."""
    sentiment = view.tagged.sentiment
    if sentiment is None:
        return 0.0
    labels = (sentiment.overall, sentiment.start)
    share = 1.0 if "negative" in labels else 0.4 if "mixed" in labels else 0.0
    return 0.9 * share * sentiment.confidence


def blame_after(view: View, turn: int) -> tuple[Span, ...]:
    later = [t for t in view.agent_turns if turn <= t <= turn + BLAME_DISTANCE]
    return next(iter(view.said_by_agent("blame", later)), ())


@check("ownership", behaviours=("deflection", "solution", "later_action"), version=3)
def ownership(view: View) -> Finding:
    """The agent takes the matter on; the right place with clear instructions is fine too."""
    pushed = view.best("deflection")
    taken = view.said_by_agent("takes_on") or view.said_by_agent("later_action")
    helped = max(view.best("solution").certainty, view.best("later_action").certainty, 0.6 if taken else 0.0)
    evidence = taken[0] if taken else view.best("solution").evidence
    if pushed.certainty < 0.5:
        confidence = _unsuspected(view, "deflection", pushed) if evidence and helped >= 0.5 else 0.5
        return Finding("pass", confidence, evidence, "Konsultant zajmuje się sprawą klienta.")
    directions = (
        () if _repeated(view) else next(iter(view.said_by_agent("directs", _near(view, pushed.turn))), ())
    )
    if directions:
        reason = "Konsultant wskazuje, gdzie i jak załatwić sprawę."
        return Finding("pass", 1 - pushed.certainty / 3, evidence + directions, reason)
    if helped >= 0.6 and not _repeated(view):
        return Finding(
            "pass", 1 - pushed.certainty / 2, evidence, "Konsultant mimo zastrzeżeń zajmuje się sprawą."
        )
    return Finding("fail", pushed.certainty, pushed.evidence, "Konsultant odsyła klienta bez pomocy.")


def _unsuspected(view: View, behaviour: str, best: Sighting) -> float:
    """How surely something bad did not happen: a suspicion of 0.15 is enough to have a person look."""
    return max(0.5, min(view.absence(behaviour, best), 1 - SUSPICION * best.certainty))


def _near(view: View, turn: int) -> list[int]:
    return [t for t in view.agent_turns if turn - 1 <= t <= turn + DIRECTIONS_WITHIN]


def _repeated(view: View) -> bool:
    return len(view.sightings("deflection", floor=0.6)) > 1


@check("courtesy", behaviours=("rudeness",), asks_for_act=False, version=3)
def courtesy(view: View) -> Finding:
    """No rudeness anywhere. One surely rude turn is enough for a fail."""
    rude = view.best("rudeness")
    blame = view.said_by_agent("blame")
    certainty = rude.certainty
    if blame:
        turn = blame[0][0].turn
        certainty = max(certainty, weigh(max(view.model("rudeness", turn), 0.1), 6.0))
    if certainty >= 0.5:
        evidence = rude.evidence if rude.certainty >= certainty else blame[0]
        return Finding("fail", certainty, evidence, "Konsultant zwraca się do klienta nieuprzejmie.")
    polite = view.said_by_agent("polite")
    evidence = polite[0] if polite else searched(view, view.agent_turns, 1)
    confidence = _unsuspected(view, "rudeness", rude) if view.is_tagged else 0.8 - certainty / 2
    if view.is_tagged:
        confidence = min(confidence, 1 - certainty)
    return Finding("pass", confidence, evidence, "Konsultant jest uprzejmy przez całą rozmowę.")
