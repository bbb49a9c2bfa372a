"""What people decide on improvement proposals, and the customers' words behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Term, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, rows_of
from qa.storage import audit
from qa.storage.results import current_rows
from qa.storage.tables import ProposalRow, now
from transcripts.serialise import conversation_from_dict

STATUSES: Mapping[str, str] = MappingProxyType(
    {"new": "nowe", "accepted": "przyjęte", "done": "zrobione", "rejected": "odrzucone"}
)
# What can be said of a proposal in each state; whatever was decided can be taken back.
NEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "new": ("accepted", "rejected"),
        "accepted": ("done", "rejected", "new"),
        "done": ("accepted", "new"),
        "rejected": ("accepted", "new"),
    }
)
_UNKNOWN = "Nieznany stan propozycji: do wyboru {known}."


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal; its text is Polish, ``next`` are the states it can be given.

    ``conversations`` are empty for those who may not read them; ``quotes`` counts the kept quotes.
    """

    fingerprint: str
    kind: str
    code: str
    title: str
    body: str
    status: str
    next: tuple[str, ...]
    contacts_a_month: float | None
    conversations: tuple[str, ...]
    quotes: int


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """One page, most important first; ``total`` counts those with the chosen status, ``counts`` all by status."""

    rows: tuple[ProposalView, ...]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ProposalQuotes:
    """Redacted words of customers behind a proposal: no conversation, agent, customer or time with them."""

    fingerprint: str
    quotes: tuple[str, ...]


def proposals(
    session: Session, actor: Actor, status: str = "", page: int = 1, size: int = 20
) -> ProposalPage:
    """The proposals with this status, or all.

    Raises:
        Refused: the actor may not read the voice of customers.
        UsageProblem: there is no such status or page.
    """
    actor.must("voice.read")
    if status and status not in STATUSES:
        raise UsageProblem(_UNKNOWN, known=tuple(STATUSES))
    offset, limit = rows_of(page, size)
    counted = dict(
        session.execute(select(ProposalRow.status, func.count()).group_by(ProposalRow.status)).tuples().all()
    )
    query = select(ProposalRow).order_by(ProposalRow.priority.desc(), ProposalRow.fingerprint)
    if status:
        query = query.where(ProposalRow.status == status)
    rows = tuple(_view(row, actor) for row in session.scalars(query.offset(offset).limit(limit)))
    counts = {name: counted.get(name, 0) for name in STATUSES}
    return ProposalPage(rows, counts[status] if status else sum(counts.values()), counts)


def decide(session: Session, actor: Actor, fingerprint: str, status: str, was: str) -> ProposalView:
    """Give a proposal another status.

    Args:
        was: the status that the actor saw.

    Raises:
        Refused: the actor may not decide.
        Missing: there is no such proposal.
        UsageProblem: it cannot become that.
        Conflict: somebody else decided meanwhile.
    """
    actor.must("backlog.decide")
    if status not in STATUSES or was not in STATUSES:
        raise UsageProblem(_UNKNOWN, known=tuple(STATUSES))
    row = _row(session, fingerprint, lock=True)
    if row.status != was:
        raise Conflict(
            "Ktoś zmienił już stan tej propozycji na „{status}”: odśwież stronę.",
            status=Term(STATUSES[row.status]),
        )
    if status not in NEXT[was]:
        raise UsageProblem(
            "Ze stanu „{status}” można przejść tylko do: {known}.",
            status=Term(STATUSES[was]),
            known=[Term(STATUSES[one]) for one in NEXT[was]],
        )
    row.status, row.updated_at = status, now()
    audit.record(session, actor.login, "proposal_decide", fingerprint, {"was": was, "status": status})
    return _view(row, actor)


def evidence(session: Session, actor: Actor, fingerprint: str) -> ProposalQuotes:
    """The customers' words behind a proposal, as far as their conversations are still kept.

    Raises:
        Refused: the actor may not read the voice of customers.
        Missing: there is no such proposal.
    """
    actor.must("voice.read")
    row = _row(session, fingerprint)
    return ProposalQuotes(row.fingerprint, tuple(dict.fromkeys(_quotes(session, row))))


def _row(session: Session, fingerprint: str, lock: bool = False) -> ProposalRow:
    known = is_storable(fingerprint)
    found = session.get(ProposalRow, fingerprint, with_for_update=lock) if known else None
    if found is None:
        raise Missing("Nie ma już takiej propozycji: odśwież stronę.")
    return found


def _quotes(session: Session, row: ProposalRow) -> Iterator[str]:
    for item in row.evidence:
        if item["quote"] and _said_by_customer(session, item["conversation"], item["quote"]):
            yield item["quote"]


def _said_by_customer(session: Session, conversation_id: str, quote: str) -> bool:
    """Evidence can also be in the agent's words, and those could tell who they are."""
    rows = current_rows(session, conversation_id)
    if rows is None:
        return False
    words = quote.removeprefix("… ").removesuffix(" …")
    turns = conversation_from_dict(rows[0].content).turns
    return any(words in " ".join(turn.text.split()) for turn in turns if turn.speaker == "customer")


def _view(row: ProposalRow, actor: Actor) -> ProposalView:
    ids = [str(item["conversation"]) for item in row.evidence] if actor.may("conversation.read") else []
    return ProposalView(
        row.fingerprint,
        row.kind,
        row.code,
        row.title,
        row.body,
        row.status,
        NEXT[row.status],
        row.contacts_a_month,
        tuple(ids),
        sum(bool(item["quote"]) for item in row.evidence),
    )
