"""Doradztwo: needs before an offer, comparison, price and availability, cross-selling that takes a no."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scorecards.checks.complaints import affirmed
from scorecards.checks.general import searched
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.prices import prices
from scorecards.questions import content, questions
from scorecards.view import View
from transcripts.conversation import Span

TOLD_NEEDS = 12
FIRST_WORDS = 4
BARE = 3  # words: "już dodałem"
_BARE_NO = re.compile(r"\W*nie(?:\s+nie)*(?:\s*$|\s*[!.,;])", re.I)
_SCRAP = re.compile(r"(?:a|i|to|a może|może)(?: \w+){1,3}\s*\?", re.I)


@check("needs_before_offer", behaviours=("probing",), version=2)
def needs_before_offer(view: View, *, told_words: int = TOLD_NEEDS) -> Finding:
    """The agent asks about needs before naming a product; not asked where the customer told them at length."""
    offers = view.said("agent", "offers_product")
    asked = _need_question(view, offers[0][0] if offers else None)
    if asked:
        confidence = 0.85 if offers else 0.75
        return Finding("pass", confidence, (asked,), "Konsultant pyta o potrzeby, zanim coś zaproponuje.")
    if not offers:
        return Finding("na", 0.6, (), "Konsultant niczego nie proponuje.")
    told = told_needs(view, offers[0][0].turn, told_words)
    if told:
        return Finding("na", 0.72, (told,), "Klient sam dokładnie powiedział, czego szuka.")
    late = _need_question(view, None)
    reason = (
        "Konsultant pyta o potrzeby dopiero po propozycji." if late else "Konsultant proponuje bez pytania."
    )
    return Finding("fail", 0.84, (*offers[0], *((late,) if late else ())), reason)


def told_needs(view: View, before: int, words: int) -> Span | None:
    """Where the customer says at length what they look for, and does not say that they need advice."""
    turns = [turn for turn in view.customer_turns if turn < before]
    told = [turn for turn in turns if view.said("customer", "tells_need", (turn,))]
    if not told or sum(len(view.words[turn]) for turn in told) < words:
        return None
    return None if view.said("customer", "needs_advice", turns) else view.whole(told[0])


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
    return any(s.overlaps(span) for spans in places for s in spans)


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
        return Finding("pass", 0.85, said[0], "Konsultant podaje, czy produkt jest dostępny.")
    return _unless_the_customer_knows(
        view, "availability_known", "asks_have", "Konsultant nie podaje, czy produkt jest dostępny."
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
    refusal: int | None


@check("cross_sell", version=2)
def cross_sell(view: View) -> Finding:
    """Something more is offered once, after the main need is settled, and neither again nor unasked after a no."""
    extras = _extras(view)
    if not extras:
        return Finding("na", 0.85, (), "Konsultant niczego dodatkowego nie proponuje.")
    refused = next((extra for extra in extras if extra.refusal is not None), None)
    pressed = _pressed(view, refused) if refused else None
    if pressed:
        return pressed
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
    """The agent's turns that offer more, each with the customer's turn that declines it."""
    found: dict[int, tuple[Span, ...]] = {}
    for spans in view.said("agent", "adds"):
        found.setdefault(spans[0].turn, spans)
    return [_Extra(turn, spans, _refusal(view, turn)) for turn, spans in sorted(found.items())]


def _refusal(view: View, turn: int) -> int | None:
    """The customer's next turn where it declines; the one after it where the next only asks."""
    for after in [t for t in view.customer_turns if t > turn][:2]:
        if refuses(view, after):
            return after
        if not any(True for _ in questions(view, after)):
            return None
    return None


def refuses(view: View, turn: int) -> bool:
    """Words that decline, or a "nie" that stands alone: "nie wiem" is no refusal."""
    return bool(view.said("customer", "declines", (turn,))) or bool(_BARE_NO.match(view.turns[turn].text))


def _pressed(view: View, refused: _Extra) -> Finding | None:
    """What the agent offers or adds after the no: a fail, or a person's to judge where the customer may want it."""
    wanted = False
    for turn in range(refused.refusal or 0, len(view.turns)):
        if view.turns[turn].speaker == "customer":
            wanted = _wants(view, turn)
        if view.turns[turn].speaker != "agent":
            continue
        again = _again(view, turn)
        if again and not wanted:
            reason = "Konsultant ponawia propozycję po odmowie."
            return Finding("fail", 0.86, (*refused.spans, *again), reason)
        unsure = again or (() if wanted else _perhaps_again(view, turn, refused.turn))
        if unsure:
            reason = "Po odmowie pada coś, co może być kolejną propozycją, więc sprawdza człowiek."
            return Finding("review", 0.0, (*refused.spans, *unsure), reason)
    return None


def _wants(view: View, turn: int) -> bool:
    """The customer asks for something or agrees; a no with a question mark ("ile razy mam mówić nie?") does neither."""
    agreed = view.said("customer", "decides", (turn,)) or view.said("customer", "agrees", (turn,))
    asked = any(True for _ in questions(view, turn))
    return (bool(agreed) and not refuses(view, turn)) or (
        asked and not view.said("customer", "loses_patience", (turn,))
    )


def _again(view: View, turn: int) -> tuple[Span, ...]:
    """An offer of more, words that press, or a bare "dodałem" in answer to the no."""
    for group in ("adds", "presses"):
        said = affirmed(view, "agent", group, (turn,))
        if said:
            return said[0]
    added = affirmed(view, "agent", "adds_it", (turn,))
    before = [t for t in view.customer_turns if t < turn][-1:]
    answers_no = bool(before) and refuses(view, before[0])
    bare = len(view.words[turn]) <= BARE or any(view.said("agent", "adds_of_itself", (turn,)))
    return added[0] if added and answers_no and bare else ()


def _perhaps_again(view: View, turn: int, offered: int) -> tuple[Span, ...]:
    """Something that the customer has not spoken of is added, or praised, or a scrap ("a filtr?") may offer more."""
    asked_for = content([w for t in view.customer_turns if t < offered for w in view.words[t]])
    added = affirmed(view, "agent", "adds_it", (turn,))
    if added and not content(view.words[turn]) & asked_for:
        return added[0]
    praised = affirmed(view, "agent", "perhaps_presses", (turn,))
    if praised:
        return praised[0]
    return (view.whole(turn),) if _SCRAP.fullmatch(view.turns[turn].text.strip()) else ()


def _settled(view: View, extra: _Extra) -> bool:
    """Before it the customer decided, or the agent answered with a product or a price."""
    if view.said("customer", "decides", [t for t in view.customer_turns if t < extra.turn]):
        return True
    first = extra.spans[0]
    groups = ("offers_product", "availability", "compares")
    answered = [*_prices(view), *(s[0] for group in groups for s in view.said("agent", group))]
    return any((s.turn, s.end) <= (first.turn, first.start) for s in answered)
