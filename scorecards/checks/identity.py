"""Weryfikacja klienta before personal or account data are disclosed or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scorecards.checks.registry import check
from scorecards.contacts import OWN_MAILBOX, contacts
from scorecards.evaluation import Finding
from scorecards.letters import signature_line
from scorecards.phrases import ITEM_KINDS
from scorecards.view import UNTAGGED_PRIOR, Sighting, View, weigh
from transcripts.conversation import Span

REDACTED = {
    "[person]": "name",
    "[pesel]": "pesel",
    "[date_of_birth]": "birth",
    "[address]": "address",
    "[phone]": "phone",
    "[email]": "email",
    "[customer_number]": "reference",
    "[id_number]": "reference",
    "[account_or_card]": "reference",
    "[secret]": "secret",
}
PLAIN = {
    "phone": "phone",
    "email": "email",
    "address": "address",
    "number": "reference",
    "reference": "reference",
}
POLISH = {
    "name": "imię i nazwisko",
    "pesel": "PESEL",
    "birth": "data urodzenia",
    "address": "adres",
    "phone": "telefon",
    "email": "e-mail",
    "reference": "numer sprawy lub klienta",
    "secret": "hasło lub PIN",
    "question": "pytanie kontrolne",
}
_FORMS = (
    ("reference", re.compile(r"\b(?:nr|numer\w*|zam|zam[oó]wieni\w+|kart[aąęy]|klienta)\b[.:]? ?(?=[\w/ -]{0,20}\d{3})[A-Z0-9][A-Z0-9/ -]{2,30}", re.I)),
    ("birth", re.compile(r"\b(?:ur|urodz\w*)\b[.:]? ?\d{1,2}[. ]\S{1,12}[. ]\d{4}", re.I)),
)  # fmt: skip
ANSWER_WITHIN = 6
READ_OUT_LIFT = 20.0
EARLY = 0.55
UNSHOWN = 0.85


@dataclass(frozen=True, slots=True)
class Item:
    """A data item that the customer gave (or confirmed) in ``turn``, perhaps because the agent ``asked``."""

    kind: str
    turn: int
    evidence: tuple[Span, ...]
    asked: bool


@check("identity_check", behaviours=("identity_request", "data_disclosure"), version=2)
def identity_check(view: View, *, items: int = 2) -> Finding:
    """Before disclosure: ``items`` distinct data items, a secret, or one item and the number confirmed.

    The outcome is ``na`` when nothing was disclosed. A fail needs the tagger to be sure of the disclosure.
    """
    given = sorted(_items(view), key=lambda item: item.turn)
    verified_at = _verified_at(view, given, items)
    shown = list(_read_out(view))
    disclosures = sorted([*view.sightings("data_disclosure"), *shown], key=lambda d: d.turn)
    certainty = max((d.certainty for d in disclosures), default=0.0)
    before = [d for d in disclosures if verified_at is None or d.turn < verified_at]
    if verified_at is not None and not _unasked(view, given, certainty):
        return _after_check(view, given, verified_at, max((d.certainty for d in before), default=0.0))
    if disclosures and verified_at is None:
        first = disclosures[0]
        spans = tuple(span for item in given[:1] for span in item.evidence) + first.evidence
        known = len({item.kind for item in given})
        sure = certainty * _nothing_hidden(view, known)
        if view.conversation.channel != "phone" and not shown:
            sure = min(sure, UNSHOWN)  # in writing the tagger takes the state of a parcel for personal data
        return Finding("fail", sure, spans, "Dane klienta ujawniono bez wystarczającej weryfikacji.")
    best = view.best("data_disclosure")
    return Finding(
        "na", view.absence("data_disclosure", best), (), "Nie ujawniono ani nie zmieniono danych klienta."
    )


def _unasked(view: View, given: list[Item], disclosed: float) -> bool:
    """In writing: whoever signs and gives an order number has not been verified while nothing is disclosed."""
    return view.conversation.channel != "phone" and disclosed < EARLY and not any(one.asked for one in given)


def _after_check(view: View, given: list[Item], verified_at: int, early: float) -> Finding:
    """The customer was verified at some turn; ``early`` is how surely something was disclosed before it."""
    kept = [item for item in given if item.turn <= verified_at]
    spans = tuple(dict.fromkeys(span for item in kept for span in item.evidence))
    confirmed = 0.9 if view.said_by_agent("verified") else 0.8
    if early > EARLY:
        return Finding("fail", early * 0.9, spans, "Dane klienta ujawniono przed zakończeniem weryfikacji.")
    kinds = ", ".join(dict.fromkeys(POLISH[item.kind] for item in kept)) or "potwierdzenie"
    # an early disclosure that is only likely takes certainty away
    return Finding(
        "pass", confirmed * (1 - early / 4), spans, f"Klient zweryfikowany przed ujawnieniem danych: {kinds}."
    )


def _verified_at(view: View, given: list[Item], items: int) -> int | None:
    """The turn in which the verification became sufficient; None if it never did."""
    number_confirmed = [spans[0].turn for spans in view.said_by_agent("number_confirmed")]
    kinds: set[str] = set()
    for item in given:
        kinds.add(item.kind)
        asked_number = any(turn <= item.turn + 2 for turn in number_confirmed) and kinds - {"phone"}
        if item.kind == "secret" or len(kinds) >= items or asked_number:
            return item.turn
    return None


def _nothing_hidden(view: View, known: int) -> float:
    """How far to trust that no further item was asked for: an identity request not understood lowers it."""
    asked = len(view.sightings("identity_request", floor=0.6))
    return 0.95 if asked <= known else 0.7


def _items(view: View) -> Iterator[Item]:
    """Items that the customer told or that the agent asked for and the customer answered."""
    yield from _told(view)
    for kind in ITEM_KINDS:
        for spans in view.said_by_agent(f"item.{kind}"):
            turn = spans[0].turn
            answer = _answer(view, turn)
            if answer is not None and _asks(view, turn, kind):
                yield Item(kind, answer, (*spans, view.whole(answer)), asked=True)


def _told(view: View) -> Iterator[Item]:
    """Data in the customer's words; a name said in passing counts only near the start."""
    early = set(view.customer_turns[:4])
    for turn in view.customer_turns:
        asked = _asked_before(view, turn)
        for kind, span in _data(view, turn):
            if kind != "name" or turn in early or asked:
                yield Item(kind, turn, (span,), asked)


def _data(view: View, turn: int) -> Iterator[tuple[str, Span]]:
    """What is redacted in a turn, and in writing what is plainly an e-mail address, a phone, a number or an address."""
    for token in view.words[turn]:
        if kind := REDACTED.get(token.norm):
            yield kind, Span(turn, token.start, token.end)
    if view.conversation.channel == "phone":
        return
    for contact in contacts(view, turn):
        said = view.turns[turn].text[contact.span.start : contact.span.end]
        if not said.startswith("[") and not OWN_MAILBOX.match(said):
            yield PLAIN[contact.kind], contact.span
    if view.turns[turn].speaker == "customer":
        yield from _written(view, turn)


def _written(view: View, turn: int) -> Iterator[tuple[str, Span]]:
    """What a customer's message plainly gives besides: a reference, a date of birth, the name that signs a letter."""
    text = view.turns[turn].text
    for kind, form in _FORMS:
        for match in form.finditer(text):
            yield kind, Span(turn, match.start(), match.end())
    name = signature_line(view, turn)
    if name and len(text[name.start : name.end].split()) > 1:
        yield "name", name


def _read_out(view: View) -> Iterator[Sighting]:
    """Items that the agent says before the customer does, the company's own contacts left out."""
    writing = view.conversation.channel != "phone"
    harmless = ("name", "secret", "reference") if writing else ("name", "secret")
    known: set[str] = set()
    for turn in range(len(view.turns)):
        kinds = dict(_data(view, turn))
        if view.turns[turn].speaker == "customer":
            known |= kinds.keys()
        elif turn in view.agent_turns and not _own_contact(view, turn):
            for kind, span in kinds.items():
                if kind not in known and kind not in harmless:
                    certainty = weigh(max(view.model("data_disclosure", turn), UNTAGGED_PRIOR), READ_OUT_LIFT)
                    yield Sighting(turn, certainty, (span,), True)
                    break


def _own_contact(view: View, turn: int) -> bool:
    """Whether the agent tells where the company is reached, which discloses nothing."""
    own = view.said_by_agent("own_contact", (turn,))
    return bool(own or (view.conversation.channel != "phone" and view.said("agent", "own_place", (turn,))))


def _asked_before(view: View, turn: int) -> bool:
    before = [t for t in view.agent_turns if turn - 3 <= t < turn]
    return any(view.sighting("identity_request", t).certainty >= 0.5 for t in before)


def _asks(view: View, turn: int, kind: str) -> bool:
    """The agent asks in this turn, rather than reading out or promising something."""
    nearby = [t for t in view.agent_turns if turn - 2 <= t <= turn]
    if kind == "question":
        return True
    # one verb of asking covers the items that follow it within a few turns
    asks = any(view.said_by_agent("asks", (t,)) or "?" in view.turns[t].text for t in nearby)
    return asks and view.sighting("identity_request", turn).certainty >= 0.25


def _answer(view: View, turn: int) -> int | None:
    """The customer's next turn, if it comes soon."""
    return next((t for t in view.customer_turns if turn < t <= turn + ANSWER_WITHIN), None)
