"""Analiza potrzeb: how many different things the agent asks before an offer, and whether the offer answers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scorecards.checks.advice import TOLD_NEEDS, other_question
from scorecards.checks.general import best_of, restated
from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.matching import Token
from scorecards.prices import prices
from scorecards.questions import content, sentences
from scorecards.view import View
from transcripts.conversation import Span

ASKS = ("which", "how_much", "where", "who", "when", "how", "why")
NEEDS = ("asks_need", "asks_need_too")
JOINS = ("i", "a", "oraz")
OR = "czy"


@check("needs_asked", behaviours=("probing",))
def needs_asked(view: View, *, questions: int = 1, told_words: int = TOLD_NEEDS) -> Finding:
    """Before an offer the agent asks for so many different things; not asked where the customer told them at length."""
    offer = _first_offer(view)
    asked = _asked(view, offer)
    if len(asked) >= questions:
        confidence = 0.85 if offer else 0.65
        return Finding("pass", confidence, tuple(asked), "Konsultant pyta o potrzeby przed propozycją.")
    if asked:
        confidence = 0.75 if offer else 0.65
        return Finding("fail", confidence, tuple(asked), "Konsultant pyta o potrzeby, ale krótko.")
    told = offer and _told(view, offer, told_words)
    if told:
        return Finding("na", 0.72, (told,), "Klient sam dokładnie powiedział, czego szuka.")
    if offer is None or not _proposals(view):  # a price alone may answer somebody who knows what they want
        return Finding("na", 0.6, (), "Konsultant niczego nie proponuje.")
    return Finding("fail", 0.84, (offer,), "Konsultant proponuje bez pytania.")


@check("needs_matched", behaviours=("probing", "paraphrase"))
def needs_matched(view: View, *, questions: int = 2, told_words: int = TOLD_NEEDS) -> Finding:
    """The agent asks, and then says the needs again or ties the offer to what the customer said."""
    asked = needs_asked(view, questions=questions, told_words=told_words)
    if asked.outcome != "pass":
        return asked
    first, sure = asked.evidence[0].turn, asked.confidence
    last = _last_offer_turn(view, first)
    between = [turn for turn in view.agent_turns if first < turn <= last]
    told_back = best_of(view.best("paraphrase", between), restated(view, "paraphrase", between))
    tied = view.said("agent", "ties_to_need", between)
    if told_back.certainty >= 0.5 or tied:
        spans = tied[0] if tied else told_back.evidence
        reason = "Konsultant pyta i odnosi propozycję do potrzeb klienta."
        return Finding("pass", min(0.8, sure), (*asked.evidence, *spans), reason)
    echo = _echo(view, first, between)
    if echo:
        reason = "Konsultant pyta, a w propozycji wraca do słów klienta."
        return Finding("pass", min(0.73, sure), (*asked.evidence, echo), reason)
    reason = "Konsultant pyta, ale nie odnosi propozycji do odpowiedzi."
    return Finding("fail", min(0.73, sure), asked.evidence, reason)


def _proposals(view: View) -> list[Span]:
    """Where the agent proposes a product; not where a question only mentions that somebody did."""
    said = [s[0] for group in ("offers_product", "offers_product_too") for s in view.said("agent", group)]
    return [span for span in said if not _in_question(view, span)]


def _in_question(view: View, place: Span) -> bool:
    for sentence, _ in sentences(view, place.turn):
        if sentence.start <= place.start < sentence.end:
            asked = (s[0] for kind in ASKS for s in view.said("agent", f"asks_{kind}", (place.turn,)))
            marked = view.turns[place.turn].text[: sentence.end].endswith("?")
            return marked and any(sentence.start <= s.start < sentence.end for s in asked)
    return False


def _offers(view: View) -> list[Span]:
    """Where the agent proposes a product or says a price, in order."""
    priced = [span for turn in view.agent_turns for span in prices(view, turn)]
    return sorted(_proposals(view) + priced, key=lambda span: (span.turn, span.start))


def _first_offer(view: View) -> Span | None:
    return next(iter(_offers(view)), None)


def _last_offer_turn(view: View, first: int) -> int:
    """The turn of the first offer after the questions, or the next of the agent's where none is known."""
    offers = [span.turn for span in _offers(view) if span.turn > first]
    later = [turn for turn in view.agent_turns if turn > first]
    return offers[0] if offers else max(later[:2], default=first)


def _told(view: View, offer: Span, words: int) -> Span | None:
    turns = [t for t in view.customer_turns if t < offer.turn]
    told = [t for t in turns if view.said("customer", "tells_need", (t,))]
    return view.whole(told[0]) if told and sum(len(view.words[t]) for t in told) >= words else None


def _asked(view: View, offer: Span | None) -> list[Span]:
    """A place for each thing that the agent asks for before the offer."""
    found: list[Span] = []
    for turn in view.agent_turns:
        if offer is not None and turn > offer.turn:
            break
        for span, words in sentences(view, turn):
            if not other_question(view, span) and (
                offer is None or turn < offer.turn or span.start < offer.start
            ):
                found += _things(view, span, words)
    return found


def _things(view: View, sentence: Span, words: Sequence[Token]) -> list[Span]:
    """What one sentence asks for: each question word or need is one thing, "this or that" is one."""
    groups = (*(f"asks_{kind}" for kind in ASKS), *NEEDS)
    cues = [s[0] for group in groups for s in view.said("agent", group, (sentence.turn,))]
    cues += [
        Span(word.turn, word.start, word.end)
        for index, word in enumerate(words)
        if word.norm == OR and index and words[index - 1].norm in JOINS
    ]
    inside = sorted({s for s in cues if sentence.start <= s.start < sentence.end}, key=lambda s: s.start)
    apart = list(_apart(inside))
    marked = view.turns[sentence.turn].text[: sentence.end].endswith("?")
    if apart or not (marked or any(word.norm == OR for word in words)):
        return apart
    return [sentence]


def _apart(spans: Iterable[Span]) -> Iterable[Span]:
    """The spans that do not overlap the one before."""
    end = -1
    for span in spans:
        if span.start >= end:
            yield span
        end = max(end, span.end)


def _echo(view: View, first: int, turns: Sequence[int]) -> Span | None:
    """The first of the turns that takes up a word which the customer brought in with the answers."""
    before = _content(view, [t for t in view.customer_turns if t < first])
    for turn in turns:
        heard = _content(view, [t for t in view.customer_turns if first < t < turn])
        if (heard - before) & content(view.words[turn]):
            return view.whole(turn)
    return None


def _content(view: View, turns: Iterable[int]) -> frozenset[str]:
    return frozenset(word for turn in turns for word in content(view.words[turn]))
