"""Filters that nothing can match are refused in one way on every page; data that is not there finds nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from qa.services.workspace import Workspace
from qa.storage.people import OverviewRow
from tests.unit.qa.web.conftest import Browser, SignIn

SWAP = "Pierwszy dzień okresu jest po ostatnim: zamień je."


@pytest.fixture
def lead(stocked: object, sign_in_as: SignIn) -> Browser:
    return sign_in_as("qa_lead")


@pytest.mark.parametrize("path", ["conversations", "quality", "voice"])
def test_days_the_wrong_way_round(lead: Browser, path: str) -> None:
    for prefix in ("/", "/api/v1/"):
        answer = lead.get(f"{prefix}{path}?first=2026-11-20&last=2026-11-01")
        assert (answer.status_code, SWAP in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["conversations", "quality", "voice", "queue"])
def test_an_unknown_channel(lead: Browser, path: str) -> None:
    answer = lead.get(f"/{path}?channel=zzz")
    assert answer.status_code == 422
    assert "Nieznany kanał: do wyboru phone" in answer.text


@pytest.mark.parametrize("path", ["conversations", "voice", "queue"])
@pytest.mark.parametrize("reason", ["zzz", "delivery.zzz"])
def test_an_unknown_reason(lead: Browser, path: str, reason: str) -> None:
    answer = lead.get(f"/{path}?reason={reason}")
    assert answer.status_code == 422
    assert "Nieznany powód kontaktu: do wyboru none, " in answer.text
    assert lead.get(f"/{path}?reason=delivery").status_code == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sentiment=zzz", "Nieznany wydźwięk: do wyboru negative"),
        ("criterion=hold&outcome=zzz", "Nieznany wynik: do wyboru pass"),
    ],
)
def test_an_unknown_sentiment_or_outcome(lead: Browser, query: str, said: str) -> None:
    answer = lead.get(f"/conversations?{query}")
    assert (answer.status_code, said in answer.text) == (422, True)


@pytest.mark.parametrize("outcome", ["", "pass", "fail", "na", "review", "decided", "2"])
def test_every_outcome_that_pages_lead_to(lead: Browser, outcome: str) -> None:
    assert lead.get(f"/conversations?criterion=hold&outcome={outcome}").status_code == 200


@pytest.mark.parametrize("query", ["team=zzz", "agent=zzz", "customer=zzz"])
def test_unknown_data_finds_nothing(lead: Browser, query: str) -> None:
    assert lead.get(f"/conversations?{query}").status_code == 200
    assert lead.get(f"/api/v1/conversations?{query}").json()["total"] == 0


def test_a_saved_filter_whose_reason_is_gone_opens_to_what_is_wrong(lead: Browser) -> None:
    kept = {"page": "conversations", "name": "Stare", "query": "reason=gone.reason"}
    assert lead.call("POST", "/api/v1/saved-filters", kept).status_code == 201
    assert "reason=gone.reason" in lead.get("/conversations").text
    answer = lead.get("/conversations?reason=gone.reason")
    assert (answer.status_code, "<h1>" in answer.text) == (422, True)
    assert "albo powód z jednej z tych grup" in answer.text
    assert '<a class="button primary" href="/conversations">Otwórz bez filtrów</a>' in answer.text


def test_taking_the_next_one_for_a_reason_that_is_none_is_refused(lead: Browser) -> None:
    assert lead.call("POST", "/api/v1/queue/next", {"reason": "zzz"}).status_code == 422


def test_a_reason_that_only_old_conversations_have_still_narrows(workspace: Workspace, lead: Browser) -> None:
    with workspace.storage.writing() as session:
        row = update(OverviewRow).where(OverviewRow.conversation_id == "c-0001")
        session.execute(row.values(primary_reason="gone.reason"))
    for reason in ("gone", "gone.reason"):
        assert lead.get(f"/api/v1/conversations?reason={reason}").json()["total"] == 1


def test_an_unknown_sample_is_said_to_be_unknown(lead: Browser) -> None:
    answer = lead.get("/queue?sample=zzz")
    assert (answer.status_code, "Nie ma takiej próby" in answer.text) == (200, True)
