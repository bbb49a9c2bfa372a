"""Signing in, the conversation list and page, reviews: over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from qa.services.access import accounts
from qa.services.workspace import Workspace
from qa.storage.audit import MARK
from qa.storage.people import AccountRow, SampleItemRow
from qa.storage.tables import now
from scorecards import load_scorecard
from tests.unit.qa.web.conftest import PASSWORD, SignIn, served, with_web_settings

FORM = {"x-odsluch-form": "sign-in"}
CRITERIA = [criterion.id for criterion in load_scorecard("phone@1").criteria]


def test_the_first_account_is_made_once_with_the_printed_code(workspace: Workspace) -> None:
    with workspace.storage.writing() as session:
        code = accounts.setup_code(session)
    client = TestClient(served(workspace))
    assert "Nie ma jeszcze żadnego konta" in client.get("/login").text
    wanted = {"login": "Ewa", "name": "Ewa Nowak", "password": PASSWORD}
    assert (
        client.post("/api/v1/set-up", json={**wanted, "code": "zgadywany"}, headers=FORM).status_code == 403
    )
    assert client.post("/api/v1/set-up", json={**wanted, "code": code}, headers=FORM).status_code == 200
    assert client.get("/api/v1/me").json()["roles"] == ["administrator", "qa_lead"]
    assert client.post("/api/v1/set-up", json={**wanted, "code": code}, headers=FORM).status_code == 403
    assert "Nie ma jeszcze żadnego konta" not in client.get("/login").text
    assert "Sesja się skończyła" not in client.get("/login").text
    assert "Sesja się skończyła" in client.get("/login?ended=true").text
    with workspace.storage.writing() as session:
        assert accounts.setup_code(session) is None


def test_a_wrong_password_locks_after_five_tries_and_says_nothing_about_the_login(
    workspace: Workspace,
) -> None:
    with workspace.storage.writing() as session:
        accounts.create(session, "jan", "Jan Lis", ["auditor"], PASSWORD, by=None)
    client = TestClient(served(workspace))

    wrong = "Nieprawidłowy login lub hasło. Po 5 błędnych hasłach konto jest zablokowane na 15 min."

    def tries(login: str, password: str) -> tuple[int, str]:
        answer = client.post("/api/v1/sign-in", json={"login": login, "password": password}, headers=FORM)
        return answer.status_code, answer.json().get("error", {}).get("message", "")

    assert tries("jan", "zle") == tries("nikt", "zle") == (401, wrong)
    for _ in range(4):
        tries("jan", "zle")
    assert tries("jan", PASSWORD) == (401, wrong)  # locked, and nobody is told which it is
    with workspace.storage.writing() as session:
        row = session.scalar(select(AccountRow))
        assert row is not None
        row.locked_until = now() - timedelta(minutes=1)
    assert tries("jan", PASSWORD)[0] == 200


@pytest.mark.parametrize(
    ("login", "password", "part"),
    [
        ("jan", "krotkie", "12"),
        ("jan", "jan-i-jego-haslo", "loginu"),
        ("jan", "aaaaaaaaaaaaaaaa", "powtórzonych"),
        ("j n", PASSWORD, "Login"),
        ("j" * 100, PASSWORD, "Login"),
    ],
)
def test_bad_logins_and_passwords_are_refused_with_a_reason(
    sign_in_as: SignIn, login: str, password: str, part: str
) -> None:
    body = {"login": login, "name": "Jan Lis", "roles": ["auditor"], "password": password}
    answer = sign_in_as("administrator").call("POST", "/api/v1/accounts", body)
    assert answer.status_code == 422
    assert part in answer.json()["error"]["message"]


def test_the_last_administrator_cannot_be_taken_away(sign_in_as: SignIn) -> None:
    admin = sign_in_as("administrator")
    answer = admin.call("PATCH", f"/api/v1/accounts/{admin.account_id}", {"active": False})
    assert answer.status_code == 422
    assert admin.get("/accounts").status_code == 200


def test_a_changed_password_ends_open_sessions(sign_in_as: SignIn) -> None:
    admin, other = sign_in_as("administrator"), sign_in_as("auditor")
    assert other.get("/audit").status_code == 200
    answer = admin.call("PATCH", f"/api/v1/accounts/{other.account_id}", {"password": PASSWORD})
    assert answer.status_code == 200
    assert other.get("/audit").headers["location"] == "/login?next=/audit"
    assert other.get("/api/v1/audit").status_code == 401


def test_changes_without_the_form_token_are_refused(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for token in ("", "inny"):
        lead.client.headers["x-odsluch-form"] = token
        assert lead.call("PUT", "/api/v1/me/language", {"language": "en"}).status_code == 403
    client = TestClient(lead.client.app)
    assert client.post("/api/v1/sign-in", json={"login": "a", "password": "b"}).status_code == 403


def test_every_answer_carries_the_headers_and_large_bodies_are_refused(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for address in ("/", "/login", "/nie-ma", "/static/odsluch.css", "/api/v1/me"):
        headers = lead.get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert lead.call("PUT", "/api/v1/me/language", {"language": "x" * 1_100_000}).status_code == 413


@pytest.mark.parametrize("target", ["//zly.example", "/\\zly.example", "https://zly.example"])
def test_signing_in_never_leads_to_another_site(workspace: Workspace, target: str) -> None:
    html = TestClient(served(workspace)).get("/login", params={"next": target}).text
    assert 'data-next="/"' in html


def test_the_list_is_filtered_and_paged(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    first = lead.get("/api/v1/conversations").json()
    assert (len(first["rows"]), first["total"]) == (48, 48)
    chats = lead.get("/api/v1/conversations?channel=chat").json()
    assert {row["channel"] for row in chats["rows"]} == {"chat"}
    one_day = lead.get("/api/v1/conversations?first=2026-11-03&last=2026-11-03").json()
    assert {row["started_at"][:10] for row in one_day["rows"]} == {"2026-11-03"}
    assert lead.get("/api/v1/conversations?reason=delivery").json()["total"] == 48
    assert lead.get("/api/v1/conversations?reason=deliver").status_code == 422
    given = {"criterion": "further_help", "outcome": "pass"}
    helped = lead.get("/api/v1/conversations", params=given).json()
    assert 0 < helped["total"] < 40
    assert lead.get("/api/v1/conversations?first=wczoraj").status_code == 422


def test_pages_of_the_list_together_hold_everything_once(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, seen, after = sign_in_as("qa_lead"), [], ""
    with_web_settings(lead, page_rows=7)
    while True:
        found = lead.get("/api/v1/conversations", params={"after": after}).json()
        seen += [row["conversation_id"] for row in found["rows"]]
        if not found["older"]:
            break
        after = found["older"]
    assert len(seen) == len(set(seen)) == 48
    assert len(found["rows"]) <= 7


def test_an_agent_sees_only_their_own(stocked: Workspace, sign_in_as: SignIn) -> None:
    agent = sign_in_as("agent", agent_id="a-2")
    rows = agent.get("/api/v1/conversations").json()["rows"]
    assert {row["agent_id"] for row in rows} == {"a-2"}
    assert agent.get("/api/v1/conversations?agent=a-1").json()["total"] == 0
    assert agent.get("/conversations/c-0001").status_code == 200  # a-2's own
    assert agent.get("/conversations/c-0002").status_code == 404
    assert agent.get("/api/v1/conversation?id=c-0002").status_code == 404


def test_the_page_marks_evidence_and_is_noted_in_the_log(stocked: Workspace, sign_in_as: SignIn) -> None:
    html = sign_in_as("qa_specialist").get("/conversations/c-0001").text
    assert re.search(r'<mark data-marks="r-0[^"]*"', html)
    assert "Karta oceny phone@1" in html
    log = sign_in_as("auditor").get("/api/v1/audit?action=conversation_open").json()["rows"]
    assert log[0]["subject"] == stocked.pseudonyms.of(MARK, "c-0001")
    assert "c-0001" not in str(log)  # it could not be erased from there


def all_outcomes(outcome: str = "pass") -> dict[str, str]:
    return dict.fromkeys(CRITERIA, outcome)


def test_a_review_is_drafted_finished_and_shown_beside_the_automatic_result(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    worker = sign_in_as("qa_specialist")
    automatic = worker.get("/api/v1/conversation?id=c-0001").json()["score"]
    saved = worker.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "fail"}})
    assert saved.json()["status"] == "draft"
    missing = worker.call("POST", f"/api/v1/reviews/{saved.json()['id']}/finish")
    assert missing.status_code == 422
    rest = {"outcomes": {**all_outcomes(), "greeting": "fail"}, "version": saved.json()["version"]}
    assert worker.call("PUT", "/api/v1/review?id=c-0001", rest).json()["score"] == 96.0
    assert worker.call("POST", f"/api/v1/reviews/{saved.json()['id']}/finish").json()["status"] == "finished"
    view = worker.get("/api/v1/conversation?id=c-0001").json()
    assert view["score"] == automatic
    assert view["reviews"][0]["outcomes"]["greeting"] == "fail"
    greeting = next(one for one in view["criteria"] if one["id"] == "greeting")
    assert (greeting["outcome"], greeting["mine"]) == ("pass", "fail")


def test_a_critical_fail_needs_a_comment(stocked: Workspace, sign_in_as: SignIn) -> None:
    worker = sign_in_as("qa_specialist")
    body = {"outcomes": {**all_outcomes(), "courtesy": "fail"}}
    saved = worker.call("PUT", "/api/v1/review?id=c-0003", body).json()
    assert saved["score"] == 0
    assert worker.call("POST", f"/api/v1/reviews/{saved['id']}/finish").status_code == 422
    worker.call("PUT", "/api/v1/review?id=c-0003", {"comments": {"courtesy": "Odesłał klienta."}})
    assert worker.call("POST", f"/api/v1/reviews/{saved['id']}/finish").status_code == 200


def test_two_windows_do_not_overwrite_each_other(stocked: Workspace, sign_in_as: SignIn) -> None:
    worker = sign_in_as("qa_specialist")
    first = worker.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "pass"}}).json()
    worker.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"recap": "na"}, "version": first["version"]})
    late = worker.call(
        "PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "fail"}, "version": first["version"]}
    )
    assert late.status_code == 409
    mine = {c["id"]: c["mine"] for c in worker.get("/api/v1/conversation?id=c-0001").json()["criteria"]}
    assert (mine["greeting"], mine["recap"]) == ("pass", "na")


@pytest.mark.parametrize(
    "body",
    [
        {"outcomes": {"nie_ma": "pass"}},
        {"outcomes": {"greeting": "review"}},
        {"comments": {"greeting": "x" * 5000}},
        {"outcomes": "pass"},
    ],
)
def test_nonsense_in_a_review_is_refused(
    stocked: Workspace, sign_in_as: SignIn, body: dict[str, object]
) -> None:
    answer = sign_in_as("qa_specialist").call("PUT", "/api/v1/review?id=c-0001", body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith(".")


def test_another_persons_draft_is_neither_seen_nor_finished(stocked: Workspace, sign_in_as: SignIn) -> None:
    first, second = sign_in_as("qa_specialist"), sign_in_as("qa_lead")
    draft = first.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": all_outcomes()}).json()
    assert second.get("/api/v1/conversation?id=c-0001").json()["reviews"] == []
    assert second.call("POST", f"/api/v1/reviews/{draft['id']}/finish").status_code == 404


def test_the_trust_report_is_measured_on_reviews_and_shown_on_the_page(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    bar = {"least": 10, "agreement": 0.5, "kappa": 0.0, "assisted": 0.5}
    assert lead.call("POST", "/api/v1/trust/phone@1", bar).status_code == 422
    for number in range(12):
        identifier = f"c-{number:04d}"
        view = lead.get(f"/api/v1/conversation?id={identifier}").json()
        given = {c["id"]: c["outcome"] if c["outcome"] != "review" else "pass" for c in view["criteria"]}
        comments = {name: "Zgodnie z zapisem." for name, value in given.items() if value == "fail"}
        draft = lead.call(
            "PUT", f"/api/v1/review?id={identifier}", {"outcomes": given, "comments": comments}
        ).json()
        assert lead.call("POST", f"/api/v1/reviews/{draft['id']}/finish").status_code == 200
    assert lead.call("POST", "/api/v1/trust/phone@1", bar).json()["conversations"] == 12
    lines = {line["criterion"]: line for line in lead.get("/api/v1/trust?card=phone@1").json()["lines"]}
    assert lines["greeting"]["agreement"] == 1.0
    assert lines["greeting"]["state"] == "automatic"
    assert '<span class="trust automatic">' in lead.get("/conversations/c-0001").text


@pytest.mark.parametrize(
    "path", ["/", "/conversations", "/conversations/c-0001", "/trust", "/accounts", "/audit"]
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_pages_speak_both_languages(stocked: Workspace, sign_in_as: SignIn, path: str, language: str) -> None:
    person = sign_in_as("administrator", "qa_lead", "auditor")
    person.call("PUT", "/api/v1/me/language", {"language": language})
    answer = person.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("address", ["/plans/a%00b", "/conversations?team=%00", "/api/v1/queue/a%00b"])
def test_a_nul_that_no_database_keeps_is_refused_at_the_door(sign_in_as: SignIn, address: str) -> None:
    assert sign_in_as("qa_lead").get(address).status_code == 422


def test_what_is_hidden_in_a_calibration_is_hidden_in_the_list_too(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead, other = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    body = {
        "name": "Listopad",
        "scorecard": "phone@1",
        "conversations": ["c-0001"],
        "participants": [lead.account_id, other.account_id],
    }
    assert lead.call("POST", "/api/v1/calibrations", body).status_code == 201
    rows = {row["conversation_id"]: row for row in lead.get("/api/v1/conversations").json()["rows"]}
    assert rows["c-0001"]["score"] is None
    assert rows["c-0002"]["score"] is not None
    view = lead.get("/api/v1/conversation?id=c-0001").json()
    assert view["blind"]
    assert {one["outcome"] for one in view["criteria"]} == {None}
    for criterion in CRITERIA[:3]:
        found = lead.get(f"/api/v1/conversations?criterion={criterion}").json()["rows"]
        assert "c-0001" not in {row["conversation_id"] for row in found}


def test_a_crash_is_one_sentence_without_what_caused_it(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("tajna treść")

    lead = sign_in_as("qa_lead")
    monkeypatch.setattr("qa.web.routes.home.day_of", broken)
    client = TestClient(lead.client.app, raise_server_exceptions=False, cookies=dict(lead.client.cookies))
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Coś poszło nie tak" in answer.text
    assert "tajna" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_dispute_counts_for_its_criterion_only(stocked: Workspace, sign_in_as: SignIn) -> None:
    agent, lead = sign_in_as("agent", agent_id="a-2"), sign_in_as("qa_lead")
    body = {
        "conversation_id": "c-0021",
        "criterion": "greeting",
        "review_id": None,
        "comment": "Powitania nie było.",
    }
    dispute = agent.call("POST", "/api/v1/disputes", body)
    assert dispute.status_code == 201, dispute.text
    decision = {"status": "accepted", "comment": "Racja, nie słychać.", "becomes": "fail"}
    decided = lead.call("POST", f"/api/v1/disputes/{dispute.json()['id']}/decision", decision)
    assert decided.status_code == 200, decided.text
    bar = {"least": 10, "agreement": 0.8, "kappa": 0.6, "assisted": 0.75}
    assert lead.call("POST", "/api/v1/trust/phone@1", bar).status_code == 200
    lines = {one["criterion"]: one for one in lead.get("/api/v1/trust?card=phone@1").json()["lines"]}
    assert {name for name, line in lines.items() if line["n"]} == {"greeting"}
    assert lines["greeting"]["agreement"] == 0.0


def test_a_blind_item_hides_outcomes_on_every_way_to_the_conversation(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    with stocked.storage.writing() as session:
        session.add(
            SampleItemRow(
                id="i1",
                sample_id="s",
                conversation_id="c-0004",
                probability=0.5,
                status="claimed",
                blind=True,
                second_of="i0",
                assignee=lead.account_id,
            )
        )
    for address in ("/api/v1/conversation?id=c-0004", "/api/v1/conversation?id=c-0004&item=i1"):
        view = lead.get(address).json()
        assert (view["blind"], view["score"]) == (True, None)
    rows = {row["conversation_id"]: row for row in lead.get("/api/v1/conversations").json()["rows"]}
    assert rows["c-0004"]["score"] is None
    assert "c-0004" not in lead.get("/api/v1/export/conversations?kind=csv").text
    assert "c-0005" in lead.get("/api/v1/export/conversations?kind=csv").text


def test_a_changed_name_is_not_in_the_log(sign_in_as: SignIn) -> None:
    admin, other = sign_in_as("administrator"), sign_in_as("coach")
    admin.call("PATCH", f"/api/v1/accounts/{other.account_id}", {"name": "Janina Nowakowska"})
    log = admin.get("/api/v1/audit?action=account_change").text
    assert "name" in log
    assert "Nowakowska" not in log


def test_a_finished_blind_review_stays_as_it_is(stocked: Workspace, sign_in_as: SignIn) -> None:
    worker = sign_in_as("qa_specialist")
    with stocked.storage.writing() as session:
        session.add(
            SampleItemRow(
                id="i2",
                sample_id="s",
                conversation_id="c-0007",
                probability=0.5,
                status="claimed",
                blind=True,
                second_of="i0",
                assignee=worker.account_id,
            )
        )
    body = {"outcomes": all_outcomes(), "item": "i2"}
    saved = worker.call("PUT", "/api/v1/review?id=c-0007", body).json()
    assert worker.call("POST", f"/api/v1/reviews/{saved['id']}/finish").status_code == 200
    assert worker.get("/api/v1/conversation?id=c-0007").json()["score"] is not None
    assert worker.call("POST", f"/api/v1/reviews/{saved['id']}/reopen").status_code == 403
    for more in ({"item": "i2"}, {}):  # nor is there another one beside it
        answer = worker.call("PUT", "/api/v1/review?id=c-0007", {"outcomes": all_outcomes(), **more})
        assert answer.status_code == 409, more
    shown = sign_in_as("auditor").get("/api/v1/conversation?id=c-0007").json()["reviews"]
    assert [one["id"] for one in shown] == [saved["id"]]


def test_nobody_reviews_their_own_conversation(stocked: Workspace, sign_in_as: SignIn) -> None:
    both = sign_in_as("agent", "qa_specialist", agent_id="a-2")
    assert both.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "pass"}}).status_code == 403
    assert both.call("PUT", "/api/v1/review?id=c-0002", {"outcomes": {"greeting": "pass"}}).status_code == 200


def test_who_decided_a_dispute_cannot_take_its_review_back(stocked: Workspace, sign_in_as: SignIn) -> None:
    agent, lead = sign_in_as("agent", agent_id="a-2"), sign_in_as("qa_lead")
    body = {
        "conversation_id": "c-0021",
        "criterion": "greeting",
        "review_id": None,
        "comment": "Powitania nie było.",
    }
    dispute = agent.call("POST", "/api/v1/disputes", body).json()["id"]
    decision = {"status": "accepted", "comment": "Racja, nie słychać.", "becomes": "fail"}
    assert lead.call("POST", f"/api/v1/disputes/{dispute}/decision", decision).status_code == 200
    assert lead.call("POST", f"/api/v1/reviews/{dispute}/reopen").status_code == 404
