"""Groups of reasons as filters: on pages, in operations, in exports."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import update

from qa.services.workspace import Workspace
from qa.storage.people import OverviewRow
from tests.unit.qa.web.conftest import Browser, SignIn
from tests.unit.qa.web.test_plans import drawn, made

RETURNED = ("c-0001", "c-0002", "c-0003")


@pytest.fixture
def lead(stocked: Workspace, sign_in_as: SignIn) -> Browser:
    """Most conversations are about a late delivery, three about refunds, one about nothing known."""
    with stocked.storage.writing() as session:
        of = update(OverviewRow)
        refund = {"primary_reason": "returns.refund_status"}
        session.execute(of.where(OverviewRow.conversation_id.in_(RETURNED)).values(refund))
        session.execute(of.where(OverviewRow.conversation_id == "c-0004").values(primary_reason=None))
    return sign_in_as("qa_lead")


def offered(html: str) -> list[tuple[str, str]]:
    """Values and words of the reason filter, in order; the chosen one is marked."""
    options = LexborHTMLParser(html).css("select[name=reason] option")
    found = []
    for one in options:
        chosen = " *" if "selected" in one.attributes else ""
        found.append((one.attributes["value"] or "", one.text() + chosen))
    return found


@pytest.mark.parametrize("address", ["/conversations", "/queue", "/voice"])
def test_pages_offer_each_group_before_its_reasons(lead: Browser, address: str) -> None:
    drawn(lead, made(lead))
    html = lead.get(f"{address}?reason=returns").text
    unnamed = "bez rozpoznanego powodu" if address == "/voice" else "nierozpoznany"
    assert offered(html) == [
        ("", "każdy"),
        ("none", unnamed),
        ("delivery", "cała grupa: Dostawa"),
        ("delivery.delayed", "Opóźniona dostawa"),
        ("returns", "cała grupa: Zwroty *"),
        ("returns.refund_status", "Zwrot pieniędzy"),
    ]
    labels = [one.attributes["label"] for one in LexborHTMLParser(html).css("select[name=reason] optgroup")]
    assert labels == ["Dostawa", "Zwroty"]
    assert offered(lead.get(f"{address}?reason=none").text)[1] == ("none", f"{unnamed} *")


def test_the_list_and_its_operation_are_narrowed_to_a_group(lead: Browser) -> None:
    for reason, total in (("delivery", 44), ("returns", 3), ("none", 1), ("delivery.delayed", 44)):
        assert lead.get(f"/api/v1/conversations?reason={reason}").json()["total"] == total
    html = lead.get("/conversations?reason=returns").text
    assert all(f'href="/conversations/{name}"' in html for name in RETURNED)
    assert (
        "reason=returns" in html.partition("/api/v1/export/conversations")[2]
    )  # the file has the same filters


def test_the_queue_is_narrowed_to_a_group(lead: Browser) -> None:
    drawn(lead, made(lead, {"cycle": "monthly", "method": "random", "size": 40, "due_days": 7}))
    every = lead.get("/api/v1/queue").json()["total"]
    parts = [
        lead.get(f"/api/v1/queue?reason={one}").json()["total"] for one in ("delivery", "returns", "none")
    ]
    assert sum(parts) == every
    assert parts[1] == 3
    item = lead.call("POST", "/api/v1/queue/next", {"reason": "returns"}).json()
    assert item["conversation_id"] in RETURNED
    assert lead.call("POST", "/api/v1/queue/next", {"reason": "payment"}).status_code == 404


def test_the_board_shows_the_leaves_of_a_group_as_shares_of_all(lead: Browser) -> None:
    found = lead.get("/api/v1/voice?reason=returns&first=2026-11-01&last=2026-11-30").json()
    assert [one["code"] for one in found["reasons"]] == ["returns.refund_status"]
    assert (found["reasons"][0]["share"]["part"], found["contacts"]) == (3, 48)
    assert found["where"]["reason"] == "returns"
    quotes = lead.get("/api/v1/voice/quotes?reason=returns&first=2026-11-01&last=2026-11-30")
    assert quotes.status_code == 422


@pytest.mark.parametrize(("reason", "rows"), [("returns", 3), ("delivery", 44), ("none", 1)])
def test_files_are_narrowed_to_a_group(lead: Browser, reason: str, rows: int) -> None:
    listed = lead.get(f"/api/v1/export/conversations?kind=csv&reason={reason}").content.decode("utf-8-sig")
    lines = listed.splitlines()
    assert lines.index("") == rows + 1  # a heading, the rows, then what the file is about
    assert f"Filtry;powód: {reason}" in lines
    board = lead.get(
        f"/api/v1/export/voice?table=glos-powody&kind=csv&reason={reason}&first=2026-11-01&last=2026-11-30"
    ).content.decode("utf-8-sig")
    assert [line.split(";")[2] for line in board.splitlines()[1:2]] == [str(rows)]


def test_a_group_can_be_kept_as_a_filter(lead: Browser) -> None:
    body = {"page": "conversations", "name": "Zwroty", "query": "reason=returns"}
    assert lead.call("POST", "/api/v1/saved-filters", body).status_code == 201
    assert 'href="/conversations?reason=returns"' in lead.get("/conversations").text
