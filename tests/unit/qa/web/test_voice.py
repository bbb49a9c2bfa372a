"""The voice-of-customer board, quotes and proposals over HTTP."""

from __future__ import annotations

import re

import pytest

from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.workspace import Workspace
from qa.storage.analysis import Proposal, store_proposals
from tests.unit.qa.board_rows import add
from tests.unit.qa.web.conftest import AGENTS, SignIn
from tests.unit.qa.web.test_quality import LINK, NOVEMBER, pages, total

QUOTE = "Dzień dobry, zamówienie 3 miało być wczoraj i dalej nic, jestem zła."


def proposal(fingerprint: str = "f1", **values: object) -> Proposal:
    given: dict[str, object] = {
        "title": "Opóźniona dostawa: 12 % <kontaktów>",
        "body": "Pierwszy wiersz.\nDrugi wiersz.",
        "evidence": [{"conversation": "c-0003", "channel": "phone", "quote": QUOTE}],
        **values,
    }
    return Proposal(fingerprint, "reason", "delivery.delayed", priority=10.0, **given)  # type: ignore[arg-type]


@pytest.fixture
def proposed(stocked: Workspace) -> Workspace:
    with stocked.storage.writing() as session:
        store_proposals(session, [proposal()])
    return stocked


def test_an_empty_database_says_what_will_be_here(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    polish, english = pages(lead, "/voice")
    assert "Nie ma jeszcze kontaktów" in polish
    assert "Nie ma nowych propozycji" in polish
    assert "No contacts yet" in english
    assert "zmień filtry" in pages(lead, "/voice?reason=delivery.lost")[0]


def test_reasons_with_shares_changes_and_links(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        for number in range(60):
            reason = "delivery.lost" if number % 3 == 0 else "delivery.delayed"
            add(
                session,
                f"n{number}",
                primary_reason=reason,
                day=f"2026-11-{1 + number % 28:02}",
                sentiment="negative",
            )
        for number in range(60):
            add(session, f"b{number}", primary_reason="delivery.delayed", day="2026-10-20", sentiment=None)
        add(session, "unknown", primary_reason=None)
    lead = sign_in_as("qa_lead")
    view = lead.get(f"/api/v1/voice?{NOVEMBER}").json()
    assert (view["contacts"], view["contacts_before"]) == (61, 60)
    polish, english = pages(lead, f"/voice?{NOVEMBER}")
    assert "Zaginiona przesyłka" in polish
    assert "32,8&nbsp;%" in polish
    assert "32.8&nbsp;%" in english
    assert "↑ więcej niż poprzednio" in polish
    assert "↓ less than before" in english
    assert "bez rozpoznanego powodu" in polish
    assert "no recognised reason" in english
    assert polish.count('role="img"') == 3  # one line for each reason
    links = {link for link in LINK.findall(polish) if "reason=delivery.lost" in link}
    assert {total(lead, link) for link in links if "sentiment" not in link} >= {20}
    assert polish.count("data-quotes=") == 2  # none for those without a reason


def test_more_reasons_than_fit_are_folded_away(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        for number in range(30):
            add(session, f"c{number}", primary_reason=f"our.reason{number:02}")
    html = pages(sign_in_as("qa_lead"), f"/voice?{NOVEMBER}")[0]
    assert "Rzadsze powody (18)" in html
    assert html.count("data-quotes=") == 30


def test_what_is_gone_since_before_is_shown(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        add(session, "before", primary_reason="delivery.lost", day="2026-10-20")
    for html in pages(sign_in_as("qa_lead"), f"/voice?{NOVEMBER}"):
        assert "Zaginiona przesyłka" in html


def test_the_product_team_sees_no_conversation_agent_team_or_customer(
    proposed: Workspace, sign_in_as: SignIn
) -> None:
    product = sign_in_as("product")
    for html in pages(product, f"/voice?{NOVEMBER}"):
        assert "delivery.delayed" in html
        assert "/conversations" not in html
        assert not re.search(r"c-00\d\d", html)
        assert not any(agent in html for agent in AGENTS)
        assert "T1" not in html
        assert "klient-" not in html
    found = product.get("/api/v1/proposals").json()
    assert found["rows"][0]["conversations"] == []
    text = product.get(f"/api/v1/voice/quotes?{NOVEMBER}&reason=delivery.delayed").text
    assert "miało być wczoraj" in text
    assert not re.search(r"c-00\d\d|klient-|a-\d", text)


def test_those_who_read_conversations_get_links(proposed: Workspace, sign_in_as: SignIn) -> None:
    html = sign_in_as("coach").get(f"/voice?{NOVEMBER}").text
    assert 'href="/conversations/c-0003"' in html
    assert any("reason=delivery.delayed" in link for link in LINK.findall(html))
    assert "/decision" not in html  # a coach decides nothing here


def test_quotes_are_for_one_reason(stocked: Workspace, sign_in_as: SignIn) -> None:
    product = sign_in_as("product")
    found = product.get(f"/api/v1/voice/quotes?{NOVEMBER}&reason=delivery.delayed").json()
    assert (found["code"], found["name"], len(found["quotes"])) == (
        "delivery.delayed",
        "Opóźniona dostawa",
        5,
    )
    for reason in ("", "delivery", "none"):
        answer = product.get(f"/api/v1/voice/quotes?{NOVEMBER}&reason={reason}")
        assert answer.status_code == 422
        assert "Wybierz jeden powód" in answer.json()["error"]["message"]


def test_a_proposal_is_decided_once_and_moves_to_its_tab(proposed: Workspace, sign_in_as: SignIn) -> None:
    product, lead = sign_in_as("product"), sign_in_as("qa_lead")
    polish, english = pages(product, "/voice")
    assert "12 % &lt;kontaktów&gt;" in polish
    assert "Przyjmij propozycję" in polish
    assert "Accept the proposal" in english
    body = {"status": "accepted", "was": "new"}
    answer = product.call("POST", "/api/v1/proposals/f1/decision", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    late = lead.call("POST", "/api/v1/proposals/f1/decision", {"status": "rejected", "was": "new"})
    assert late.status_code == 409
    assert "przyjęte" in late.json()["error"]["message"]
    assert "12 %" not in product.get("/voice?status=new").text
    assert "12 %" in product.get("/voice?status=accepted").text
    assert lead.get("/api/v1/proposals").json()["counts"] == {
        "new": 0,
        "accepted": 1,
        "done": 0,
        "rejected": 0,
    }
    log = sign_in_as("auditor").get("/api/v1/audit?action=proposal_decide").json()
    assert len(log["rows"]) == 1


def test_proposals_are_paged(stocked: Workspace, sign_in_as: SignIn) -> None:
    with stocked.storage.writing() as session:
        store_proposals(
            session, [proposal(f"f{number:02}", title=f"Pomysł {number:02}") for number in range(13)]
        )
    lead = sign_in_as("qa_lead")
    counts = [
        lead.get(f"/voice?number={number}").text.count('<article class="proposal"') for number in (1, 2, 3)
    ]
    assert counts == [10, 3, 0]
    assert len(lead.get("/api/v1/proposals?status=new&number=2").json()["rows"]) == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"status": "maybe", "was": "new"}, 422),
        ({"status": "done", "was": "new"}, 422),
        ({"status": "accepted", "was": "accepted"}, 409),
    ],
)
def test_bad_decisions_change_nothing(
    proposed: Workspace, sign_in_as: SignIn, body: object, status: int
) -> None:
    lead = sign_in_as("qa_lead")
    answer = lead.call("POST", "/api/v1/proposals/f1/decision", body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].endswith(".")
    assert lead.get("/api/v1/proposals").json()["counts"]["new"] == 1


def test_what_is_not_there_is_missing(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    body = {"status": "accepted", "was": "new"}
    assert lead.call("POST", "/api/v1/proposals/nie-ma/decision", body).status_code == 404
    assert lead.get("/api/v1/proposals/nie-ma/quotes").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["first=2026-02-30", "channel=telepatia", "sentiment=zly", "reason=" + "x" * 121, "status=maybe",
     "first=2026-11-30&last=2026-11-01", "number=0"],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_in_a_sentence(sign_in_as: SignIn, query: str) -> None:
    page = sign_in_as("product").get(f"/voice?{query}")
    assert page.status_code == 422
    assert "Popraw dane" in page.text


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_read_and_decide(proposed: Workspace, sign_in_as: SignIn, role: str) -> None:
    person = sign_in_as(role)
    reading = 200 if role in PERMISSIONS["voice.read"] else 403
    for address in (
        "/voice",
        "/api/v1/voice",
        f"/api/v1/voice/quotes?{NOVEMBER}&reason=delivery.delayed",
        "/api/v1/proposals",
        "/api/v1/proposals/f1/quotes",
    ):
        assert person.get(address).status_code == reading, address
    body = {"status": "accepted", "was": "new"}
    decided = person.call("POST", "/api/v1/proposals/f1/decision", body).status_code
    assert decided == (200 if role in PERMISSIONS["backlog.decide"] else 403)
