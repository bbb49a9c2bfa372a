"""Doradztwo: needs before an offer, comparison, price and availability, cross-selling that takes a no."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.prices import prices
from scorecards.questions import questions
from scorecards.view import View
from transcripts.conversation import Span

TOLD_NEEDS = 12
FIRST_WORDS = 4


@check("needs_before_offer", behaviours=("probing",))
def needs_before_offer(view: View, *, told_words: int = TOLD_NEEDS) -> Finding:
    """The agent asks about needs before naming a product; not asked where the customer told them at length."""
    offers = view.said("agent", "offers_product")
    asked = _need_question(view, offers[0][0] if offers else None)
    if asked:
        confidence = 0.85 if offers else 0.75
        return Finding("pass", confidence, (asked,), "Konsultant pyta o potrzeby, zanim coś zaproponuje.")
    if not offers:
        return Finding("na", 0.6, (), "Konsultant niczego nie proponuje.")
    told = [
        t for t in view.customer_turns if t < offers[0][0].turn and view.said("customer", "tells_need", (t,))
    ]
    if told and sum(len(view.words[t]) for t in told) >= told_words:
        return Finding("na", 0.72, (view.whole(told[0]),), "Klient sam dokładnie powiedział, czego szuka.")
    late = _need_question(view, None)
    reason = (
        "Konsultant pyta o potrzeby dopiero po propozycji." if late else "Konsultant proponuje bez pytania."
    )
    return Finding("fail", 0.84, (*offers[0], *((late,) if late else ())), reason)


def _need_question(view: View, offer: Span | None) -> Span | None:
    """The first question about needs, before the place of the offer where there is one."""
    for turn in view.agent_turns:
        if offer is not None and turn > offer.turn:
            return None
        spans = [s[0] for s in view.said("agent", "asks_need", (turn,))]
        spans += [q.span for q in questions(view, turn, "agent") if not other_question(view, q.span)]
        before = [s for s in spans if offer is None or turn < offer.turn or s.start < offer.start]
        if before:
            return min(before, key=lambda s: s.start)
    return None


def other_question(view: View, span: Span) -> bool:
    """An offer of help, of more, of a product, or for somebody's data: no question about needs."""
    places = [
        *(
            s
            for group in ("offer_of_help", "further_help", "identity_request")
            for s in view.said_by_agent(group)
        ),
        *(
            s
            for group in ("adds", "offers_product", "asks_data", "closes_sale")
            for s in view.said("agent", group)
        ),
    ]
    return any(
        s.turn == span.turn and s.start < span.end and span.start < s.end for spans in places for s in spans
    )


@check("comparison")
def comparison(view: View) -> Finding:
    """The agent sets products side by side; not asked where the customer wants one certain product."""
    said = view.said("agent", "compares")
    if said:
        return Finding("pass", 0.85, said[0], "Konsultant porównuje produkty.")
    side_by_side = view.said("agent", "comparative")
    if side_by_side and len({span.text(view.conversation) for span in _prices(view)}) > 1:
        return Finding("pass", 0.75, side_by_side[0], "Konsultant przedstawia kilka produktów i różnicę.")
    choice = view.said("customer", "wants_choice")
    if choice:
        return Finding(
            "fail", 0.83, choice[0], "Klient nie wie, co wybrać, a konsultant nie porównuje produktów."
        )
    offers = {spans[0].turn for spans in view.said("agent", "offers_product")} | {
        s.turn for s in _prices(view)
    }
    if len(offers) > 1:
        return Finding("fail", 0.6, searched(view, view.agent_turns), "Konsultant nie porównuje propozycji.")
    return Finding("na", 0.7, (), "Klient pyta o jeden produkt, nie ma czego porównywać.")


@check("price_said")
def price_said(view: View) -> Finding:
    """The agent says what the product costs; the price of delivery or a discount alone is not it."""
    said = _prices(view)
    if said:
        return Finding("pass", 0.85, said[:1], "Konsultant podaje cenę.")
    return _unless_the_customer_knows(view, "price_known", "asks_how_much", "Konsultant nie podaje ceny.")


def _prices(view: View) -> tuple[Span, ...]:
    return tuple(span for turn in view.agent_turns for span in prices(view, turn))


@check("availability_said")
def availability_said(view: View) -> Finding:
    """The agent says whether the product can be had and where."""
    said = view.said("agent", "availability") or _has_what_was_asked_for(view)
    if said:
        return Finding("pass", 0.85, said[0], "Konsultant mówi, czy produkt jest dostępny.")
    return _unless_the_customer_knows(
        view, "availability_known", "asks_have", "Konsultant nie mówi o dostępności."
    )


def _has_what_was_asked_for(view: View) -> list[tuple[Span, ...]]:
    """ "Mamy" or "jest" at the beginning of the reply to "macie ...?"."""
    for asked in view.said("customer", "asks_have"):
        reply = next((t for t in view.agent_turns if t > asked[0].turn), None)
        if reply is None:
            continue
        first = {word.start for word in view.words[reply][:FIRST_WORDS]}
        said = [s for s in view.said("agent", "has_it", (reply,)) if s[0].start in first]
        if said:
            return said
    return []


def _unless_the_customer_knows(view: View, known_group: str, asked_group: str, reason: str) -> Finding:
    known = view.said("customer", known_group)
    if known:
        return Finding("na", 0.7, known[0], "Klient już to wie.")
    offered = view.said("agent", "offers_product")
    asked = view.said("customer", asked_group)
    evidence = (*(asked[0] if asked else ()), *(offered[0] if offered else ()))
    return Finding("fail", 0.83 if evidence else 0.75, evidence, reason)


@dataclass(frozen=True, slots=True)
class _Extra:
    turn: int
    spans: tuple[Span, ...]
    refused: bool


@check("cross_sell")
def cross_sell(view: View) -> Finding:
    """Something more is offered once, after the main need is settled, and not again after a no."""
    extras = _extras(view)
    if not extras:
        return Finding("na", 0.85, (), "Konsultant niczego dodatkowego nie proponuje.")
    for place, extra in enumerate(extras[:-1]):
        if extra.refused:
            again = extras[place + 1]
            return Finding(
                "fail", 0.86, (*extra.spans, *again.spans), "Konsultant ponawia propozycję po odmowie."
            )
    if not _settled(view, extras[0]):
        return Finding(
            "fail", 0.81, extras[0].spans, "Konsultant dokłada produkty, zanim załatwi główną potrzebę."
        )
    if len(extras) > 1:
        spans = (*extras[0].spans, *extras[1].spans)
        return Finding("pass", 0.6, spans, "Konsultant proponuje dodatki więcej niż raz, ale nie po odmowie.")
    return Finding(
        "pass", 0.84, extras[0].spans, "Konsultant proponuje dodatek raz, po załatwieniu głównej potrzeby."
    )


def _extras(view: View) -> list[_Extra]:
    """The agent's turns that offer more, each with whether the customer's next words decline it."""
    found: dict[int, tuple[Span, ...]] = {}
    for spans in view.said("agent", "adds"):
        found.setdefault(spans[0].turn, spans)
    return [_Extra(turn, spans, _refused(view, turn)) for turn, spans in sorted(found.items())]


def _refused(view: View, turn: int) -> bool:
    after = [t for t in view.customer_turns if t > turn][:1]
    return bool(view.said("customer", "declines", after)) or any(_bare_no(view, t) for t in after)


def _bare_no(view: View, turn: int) -> bool:
    """ "Nie." and "nie nie": "nie wiem" is no refusal."""
    return len(view.words[turn]) <= 2 and all(word.norm == "nie" for word in view.words[turn])


def _settled(view: View, extra: _Extra) -> bool:
    """Before it the customer decided, or the agent answered with a product or a price."""
    if view.said("customer", "decides", [t for t in view.customer_turns if t < extra.turn]):
        return True
    first = extra.spans[0]
    groups = ("offers_product", "availability", "compares")
    answered = [*_prices(view), *(s[0] for group in groups for s in view.said("agent", group))]
    return any((s.turn, s.end) <= (first.turn, first.start) for s in answered)
