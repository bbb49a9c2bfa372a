"""Rozmowa publiczna: the move to a private message, and no personal data where everybody reads.

Public is the whole conversation, or what comes before a notice of the system that private messages begin
(``metadata["visibility"]`` may say ``public`` or ``private`` for all of it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scorecards.checks.registry import check
from scorecards.contacts import OWN_MAILBOX, contacts
from scorecards.evaluation import Finding
from scorecards.questions import STEM, sentences
from scorecards.view import View
from transcripts.conversation import Span

CLEAR, UNCLEAR = 0.88, 0.5
LIKELY = 0.5
OWN_REASONS = ("delivery.", "returns.", "complaint.", "payment.", "account.", "order.")
_PRIVATE = "Rozmowa od początku toczy się w wiadomości prywatnej."


@dataclass(frozen=True, slots=True)
class Publicity:
    """Turns before ``sure`` are read by everybody, turns from ``private`` on by nobody else."""

    sure: int
    private: int


def publicity(view: View) -> Publicity:
    """Where everybody reads; after an invitation to private messages without a notice nobody knows."""
    visibility = str(view.conversation.metadata.get("visibility", ""))
    whole = len(view.turns)
    if visibility == "private":
        return Publicity(0, 0)
    notice = view.said("system", "private_begins")
    if notice:
        return Publicity(notice[0][0].turn, notice[0][0].turn)
    invited = view.said("agent", "invites_private")
    if not invited or visibility == "public":
        return Publicity(whole, whole)
    return Publicity(invited[0][0].turn + 1, whole)


@check("moves_to_private")
def moves_to_private(view: View) -> Finding:
    """Where personal data are needed, the agent asks for a private message or writes one."""
    public = publicity(view)
    if public.private == 0:
        return Finding("na", 0.95, (), _PRIVATE)
    invited = view.said("agent", "invites_private")
    if invited:
        return Finding("pass", CLEAR, invited[0], "Konsultant przenosi sprawę do wiadomości prywatnej.")
    other = view.said("agent", "invites_elsewhere")
    if other:
        return Finding("pass", 0.72, other[0], "Konsultant kieruje sprawę do e-maila lub telefonu.")
    if public.private < len(view.turns):
        notice = view.whole(public.private)
        return Finding("pass", 0.8, (notice,), "Rozmowa przechodzi do wiadomości prywatnej.")
    asked = next(_asks_for_data(view, len(view.turns)), None)
    if asked:
        return Finding(
            "fail", CLEAR, (asked,), "Konsultant prosi o dane publicznie, zamiast o wiadomość prywatną."
        )
    given = [c.span for t in view.customer_turns for c in contacts(view, t)]
    if given:
        return Finding(
            "fail", 0.8, tuple(given[:1]), "Klient podaje dane publicznie i nikt nie przenosi rozmowy."
        )
    own = _own_matter(view)
    if own:
        return Finding("fail", 0.6, own, "Sprawa dotyczy jednego zamówienia, a rozmowa zostaje publiczna.")
    return Finding("na", 0.8, (), "Do odpowiedzi nie są potrzebne dane klienta.")


def _own_matter(view: View) -> tuple[Span, ...]:
    """Where the customer speaks of an order of their own, in words or by the tagged reason."""
    said = view.said("customer", "own_matter") or view.said_by_customer("problem")
    if said:
        return said[0]
    known = any(r.code.startswith(OWN_REASONS) and r.confidence >= LIKELY for r in view.tagged.reasons)
    return (view.whole(view.customer_turns[0]),) if known and view.customer_turns else ()


@check("no_public_data", asks_for_act=False, version=2)
def no_public_data(view: View) -> Finding:
    """The agent neither asks for personal data nor writes them where everybody reads.

    What the shop's records say of the customer who is addressed are data too: a debt, a balance, an illness for sure;
    what they ordered and what became of a complaint go to a person.
    """
    public = publicity(view)
    if public.private == 0:
        return Finding("na", 0.95, (), _PRIVATE)
    asked = next(_asks_for_data(view, public.sure), None)
    if asked:
        return Finding("fail", CLEAR, (asked,), "Konsultant publicznie prosi o dane.")
    written = next(_writes_data(view, public.sure), None)
    if written:
        return Finding("fail", 0.9, (written,), "Konsultant publicznie pisze dane klienta.")
    told = list(_account_facts(view, public.sure))
    for spans, sure in told:
        if sure:
            return Finding("fail", CLEAR, spans, "Konsultant publicznie pisze o koncie albo zdrowiu klienta.")
    searched = tuple(view.whole(t) for t in view.agent_turns if t < public.sure)[:1]
    unsure = next(_asks_for_data(view, public.private), None) or next(
        _writes_data(view, public.private), None
    )
    if unsure:
        reason = "Dane padają po zaproszeniu do wiadomości prywatnej i nie wiadomo, czy już prywatnie."
        return Finding("review", UNCLEAR, (unsure,), reason)
    told = told or list(_account_facts(view, public.private))
    if told:
        reason = "Konsultant pisze o sprawach klienta tam, gdzie mogą czytać wszyscy, więc sprawdza człowiek."
        return Finding("review", UNCLEAR, told[0][0], reason)
    return Finding("pass", CLEAR, searched, "Konsultant nie prosi publicznie o dane ani ich nie pisze.")


def _asks_for_data(view: View, before: int) -> Iterator[Span]:
    """Requests for data, left out where the same message asks for them in private."""
    for turn in view.agent_turns:
        if turn >= before:
            return
        private = view.said("agent", "invites_private", (turn,)) or view.said(
            "agent", "invites_elsewhere", (turn,)
        )
        openly = view.said("agent", "asks_here", (turn,))
        for spans in view.said("agent", "asks_data", (turn,)):
            if openly or not private:
                yield spans[0]


def _writes_data(view: View, before: int) -> Iterator[Span]:
    for turn in view.agent_turns:
        if turn >= before:
            return
        own = view.said("agent", "own_contact", (turn,))
        for found in contacts(view, turn):
            mailbox = OWN_MAILBOX.match(found.span.text(view.conversation))
            if mailbox or (own and found.kind in ("phone", "email", "address")):
                continue
            yield found.span


def _account_facts(view: View, before: int) -> Iterator[tuple[tuple[Span, ...], bool]]:
    """What the agent tells of the addressed customer, the gravest first, each with whether it is surely too much."""
    turns = [turn for turn in view.agent_turns if turn < before]
    for spans in view.said("agent", "account_fact", turns):
        if not _told_before(view, spans[0], any):
            yield spans, True
    for spans in view.said("agent", "account_event", turns):
        if not _told_before(view, spans[0], all):
            yield spans, False


def _told_before(view: View, span: Span, enough: Callable[[Iterable[bool]], bool]) -> bool:
    """The customer has used these words in public, and the sentence gives no number that they have not given."""
    heard = [word.norm for turn in view.customer_turns if turn < span.turn for word in view.words[turn]]
    stems = {norm[:STEM] for norm in heard if len(norm) >= STEM}
    told = [w.norm for w in view.words[span.turn] if span.start <= w.start < span.end and len(w.norm) >= STEM]
    around = (words for place, words in sentences(view, span.turn) if place.start <= span.start < place.end)
    numbers = {word.norm for word in next(around, []) if word.norm[0].isdigit()}
    return bool(told) and enough(norm[:STEM] in stems for norm in told) and numbers <= set(heard)
