"""Decisions on improvement proposals: by whom, from what they saw, and quotes that give nobody away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.boards.backlog_decisions import NEXT, STATUSES, decide, evidence, proposals
from qa.storage.analysis import Proposal, store_proposals
from qa.storage.tables import AuditRow, ConversationRow, ProposalRow
from tests.unit.qa.board_rows import LEAD, PRODUCT, SPECIALIST, person

QUOTE = "Paczka miała być w poniedziałek i dalej jej nie ma."


def proposal(fingerprint: str = "f1", priority: float = 10.0, **values: Any) -> Proposal:
    given: dict[str, Any] = {
        "kind": "reason",
        "code": "delivery.delayed",
        "title": "Opóźniona dostawa: 12 % kontaktów",
        "body": "Powód.\nSzacunek.",
        "contacts_a_month": 20.0,
        "evidence": [{"conversation": "c-1", "channel": "phone", "quote": QUOTE}],
        **values,
    }
    return Proposal(fingerprint, priority=priority, **given)


def spoken(session: Session, identifier: str, speaker: str, text: str) -> None:
    session.add(
        ConversationRow(
            key=identifier,
            conversation_id=identifier,
            source_digest="s",
            raw_digest="r",
            version="1",
            digest=f"d-{identifier}",
            channel="phone",
            content={"id": identifier, "channel": "phone", "turns": [{"speaker": speaker, "text": text}]},
        )
    )
    session.flush()


def test_without_proposals_the_page_is_empty(session: Session) -> None:
    found = proposals(session, PRODUCT)
    assert (found.rows, found.total, found.counts) == ((), 0, dict.fromkeys(STATUSES, 0))


def test_the_most_important_stand_first_by_status_and_page(session: Session) -> None:
    store_proposals(session, [proposal(f"f{n}", float(n)) for n in range(5)])
    decide(session, PRODUCT, "f3", "accepted", "new")
    found = proposals(session, PRODUCT, "new", 2, 3)
    assert ([one.fingerprint for one in found.rows], found.total) == (["f0"], 4)
    assert found.counts == {"new": 4, "accepted": 1, "done": 0, "rejected": 0}
    assert [one.fingerprint for one in proposals(session, PRODUCT).rows] == ["f4", "f3", "f2", "f1", "f0"]
    for status, page in (("maybe", 1), ("", 0)):
        with pytest.raises(UsageProblem):
            proposals(session, PRODUCT, status, page)


def test_a_decision_is_kept_and_logged_and_outlives_new_figures(session: Session) -> None:
    store_proposals(session, [proposal()])
    assert decide(session, PRODUCT, "f1", "accepted", "new").status == "accepted"
    store_proposals(session, [proposal(title="Opóźniona dostawa: 15 % kontaktów")])
    found = proposals(session, PRODUCT).rows[0]
    assert (found.title, found.status) == ("Opóźniona dostawa: 15 % kontaktów", "accepted")
    row = session.scalars(select(AuditRow)).one()
    assert (row.actor, row.action, row.subject) == ("produkt", "proposal_decide", "f1")
    assert row.details == {"was": "new", "status": "accepted"}


def test_who_saw_an_older_status_decides_nothing(session: Session) -> None:
    store_proposals(session, [proposal()])
    decide(session, PRODUCT, "f1", "rejected", "new")
    with pytest.raises(Conflict, match="odrzucone"):
        decide(session, LEAD, "f1", "accepted", "new")
    assert proposals(session, LEAD).rows[0].status == "rejected"
    assert len(session.scalars(select(AuditRow)).all()) == 1


@pytest.mark.parametrize("was", sorted(STATUSES))
@pytest.mark.parametrize("status", sorted(STATUSES))
def test_every_decision_can_be_taken_back(session: Session, was: str, status: str) -> None:
    store_proposals(session, [proposal(status=was)])
    if status in NEXT[was]:
        back = decide(session, LEAD, "f1", status, was)
        assert back.next == NEXT[status]
        assert "new" in {*back.next, status}
        return
    with pytest.raises(UsageProblem, match="można przejść tylko"):
        decide(session, LEAD, "f1", status, was)


@pytest.mark.parametrize("fingerprint", ["nie-ma", "", "a\0", "\ud800"])
def test_what_is_not_there_is_missing(session: Session, fingerprint: str) -> None:
    for ask in (
        lambda: decide(session, LEAD, fingerprint, "accepted", "new"),
        lambda: evidence(session, LEAD, fingerprint),
    ):
        with pytest.raises(Missing):
            ask()


def test_an_unknown_status_is_refused(session: Session) -> None:
    store_proposals(session, [proposal()])
    for status, was in (("maybe", "new"), ("accepted", "maybe")):
        with pytest.raises(UsageProblem, match="Nieznany stan"):
            decide(session, LEAD, "f1", status, was)


def test_conversations_are_only_for_those_who_may_read_them(session: Session) -> None:
    store_proposals(session, [proposal()])
    assert proposals(session, LEAD).rows[0].conversations == ("c-1",)
    found = proposals(session, PRODUCT).rows[0]
    assert (found.conversations, found.quotes) == ((), 1)


def test_quotes_are_the_customers_words_and_go_with_their_conversation(session: Session) -> None:
    long = "Zamówienie opłaciłam, " + QUOTE[:20]
    store_proposals(
        session,
        [
            proposal(
                evidence=[
                    {"conversation": "c-1", "channel": "phone", "quote": QUOTE},
                    {"conversation": "c-2", "channel": "phone", "quote": QUOTE},
                    {
                        "conversation": "c-3",
                        "channel": "phone",
                        "quote": "Tu Anna, już sprawdzam opóźnienie.",
                    },
                    {"conversation": "erased", "channel": "phone", "quote": "Tego już nie ma w bazie."},
                    {"conversation": "c-4", "channel": "phone", "quote": ""},
                    {"conversation": "c-5", "channel": "phone", "quote": f"… {long} …"},
                ]
            )
        ],
    )
    spoken(session, "c-1", "customer", f"Dzień dobry. {QUOTE}")
    spoken(session, "c-2", "customer", QUOTE)
    spoken(session, "c-3", "agent", "Tu Anna, już sprawdzam opóźnienie.")
    spoken(session, "c-4", "customer", "Nic.")
    spoken(session, "c-5", "customer", f"No więc {long.replace(' ', '  ')} wczoraj.")
    assert evidence(session, PRODUCT, "f1").quotes == (QUOTE, f"… {long} …")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_read_and_decide(session: Session, role: str) -> None:
    store_proposals(session, [proposal()])
    actor = person("p", role)
    if role in PERMISSIONS["voice.read"]:
        assert proposals(session, actor).total == 1
        assert evidence(session, actor, "f1").quotes == ()
    else:
        for ask in (lambda: proposals(session, actor), lambda: evidence(session, actor, "f1")):
            with pytest.raises(Refused, match="głos klienta"):
                ask()
    if role in PERMISSIONS["backlog.decide"]:
        assert decide(session, actor, "f1", "accepted", "new").status == "accepted"
    else:
        with pytest.raises(Refused, match="decyzje o propozycjach"):
            decide(session, actor, "f1", "accepted", "new")
        assert session.get_one(ProposalRow, "f1").status == "new"


def test_a_specialist_reads_and_sees_what_could_be_decided(session: Session) -> None:
    store_proposals(session, [proposal()])
    assert proposals(session, SPECIALIST).rows[0].next == ("accepted", "rejected")
