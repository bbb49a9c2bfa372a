"""Correcting the contact reason on the page of a conversation, and the file for training over HTTP."""

from __future__ import annotations

import json

from selectolax.lexbor import LexborHTMLParser

from qa.services.workspace import Workspace
from tests.unit.qa.web.conftest import SignIn

LABELS = "/api/v1/conversation/labels?id=c-0001"


def test_a_correction_stands_beside_the_machine_and_leaves_as_a_file(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    specialist = sign_in_as("qa_specialist")
    page = LexborHTMLParser(specialist.get("/conversations/c-0001").text)
    form = page.css_first(f"form[data-api='PUT {LABELS}']")
    chosen = [one.attributes["value"] for one in form.css("option[selected]")]
    assert chosen == ["delivery.delayed", "negative"]  # what the machine says, to be confirmed or changed
    assert len(form.css_first("select").css("option")) == 1 + 36
    given = {"reasons": ["complaint.service"], "sentiment": None}
    (label,) = specialist.call("PUT", LABELS, given).json()
    assert (label["mine"], label["names"], label["sentiment"]) == (True, ["Skarga na obsługę"], None)
    text = LexborHTMLParser(specialist.get("/conversations/c-0001").text).css_first("aside").text()
    assert "Twoja poprawka" in text
    assert "Opóźniona dostawa" in text
    seen = LexborHTMLParser(sign_in_as("auditor").get("/conversations/c-0001").text)
    assert "Osoba qa_specialist" in seen.css_first("aside").text()
    assert seen.css_first("form[data-api*='conversation/labels']") is None
    assert specialist.get("/api/v1/export/training").status_code == 403
    lead = sign_in_as("qa_lead")
    assert "/api/v1/export/training" in lead.get("/trust").text
    answer = lead.get("/api/v1/export/training")
    assert answer.headers["content-disposition"] == 'attachment; filename="odsluch-powody.jsonl"'
    (line,) = answer.text.splitlines()
    assert json.loads(line)["reasons"] == ["complaint.service"]
    assert "Osoba" not in line
    assert specialist.call("DELETE", LABELS).json() == []
    assert lead.get("/api/v1/export/training?first=2026-01-01").text == ""
    assert lead.get("/api/v1/export/training?first=2026-02-30").status_code == 422


def test_in_english(stocked: Workspace, sign_in_as: SignIn) -> None:
    specialist = sign_in_as("qa_specialist")
    specialist.call("PUT", "/api/v1/me/language", {"language": "en"})
    assert (
        "Correct the reason or the customer&#39;s sentiment" in specialist.get("/conversations/c-0001").text
    )
    refused = specialist.call("PUT", LABELS, {"reasons": ["nie.ma"]}).json()["error"]["message"]
    assert refused == "There is no such contact reason: choose one from the list."
