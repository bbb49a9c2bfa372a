"""Sampling plans over HTTP: pages in both languages, every operation, and what is refused."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest

from qa.services.sampling import automatic
from qa.services.sampling.estimate import METHOD
from qa.services.sampling.selection import RISKS
from qa.services.workspace import Workspace
from qa.storage.people import PlanRow
from qa.web.language import english
from qa.web.routes import plans as routes
from scorecards import load_scorecard
from tests.unit.qa.web.conftest import Browser, SignIn

CONTENT = {"cycle": "weekly", "method": "random", "size": 5}
CRITERIA = [criterion.id for criterion in load_scorecard("phone@1").criteria]
WITHIN = {"cycle": "monthly", "method": "stratified", "per": "agent", "each": 3, "second_share": 0.2}


def made(lead: Browser, content: dict[str, Any] | None = None, name: str = "Próba <b>") -> str:
    answer = lead.call("POST", "/api/v1/plans", {"name": name, "content": content or CONTENT})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def drawn(lead: Browser, plan_id: str, day: str = "2026-11-10") -> dict[str, Any]:
    answer = lead.call("POST", f"/api/v1/plans/{plan_id}/draw", {"day": day})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def reviewed(lead: Browser, count: int, outcome: str = "pass") -> None:
    for _ in range(count):
        item = lead.call("POST", "/api/v1/queue/next", {"kind": "first"}).json()
        saved = lead.client.put(
            "/api/v1/review",
            params={"id": item["conversation_id"]},
            json={
                "item": item["id"],
                "outcomes": dict.fromkeys(CRITERIA, outcome),
                "comments": dict.fromkeys(CRITERIA, "bo tak było"),
            },
        )
        assert saved.status_code == 200, saved.text
        finished = lead.call("POST", f"/api/v1/reviews/{saved.json()['id']}/finish")
        assert finished.status_code == 200, finished.text


@pytest.mark.parametrize("language", ["pl", "en"])
def test_pages_without_anything(sign_in_as: SignIn, language: str) -> None:
    lead, auditor = sign_in_as("qa_lead"), sign_in_as("auditor")
    for person in (lead, auditor):
        person.call("PUT", "/api/v1/me/language", {"language": language})
    page = lead.get("/plans").text
    assert ("No scored conversations yet" if language == "en" else "Nie ma jeszcze ocenionych rozmów") in page
    assert 'data-api="POST /api/v1/plans"' in page
    page = auditor.get("/plans").text
    assert ("No plans yet" if language == "en" else "Nie ma jeszcze planów") in page
    assert "data-api=" not in page.replace('data-api="POST /api/v1/sign-out"', "")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_pages_with_rows(stocked: Workspace, sign_in_as: SignIn, language: str) -> None:
    lead = sign_in_as("qa_lead")
    lead.call("PUT", "/api/v1/me/language", {"language": language})
    plan_id = made(lead, {**WITHIN, "filters": {"channel": ["phone"], "agent": ["a-1", "a-2", "a-3"]}})
    made(lead, name="Druga próba")
    sample = drawn(lead, plan_id)
    reviewed(lead, 2)
    listed = lead.get("/plans").text
    assert "Próba &lt;b&gt;" in listed
    assert "<b>" not in listed.split("<table", 1)[1].split("</table>", 1)[0]
    page = lead.get(f"/plans/{plan_id}?drawn={sample['id']}&drawings=12").text
    known = english()
    for text in (
        "Próba wylosowana",
        "Weź pierwszą rozmowę",
        "Co mówią próby",
        "Jak to policzono",
        "Zmień plan",
    ):
        assert (known[text] if language == "en" else text) in page
    assert (known[METHOD] if language == "en" else METHOD) in html.unescape(page)
    assert 'href="/queue?sample=' in page


def test_names_and_meanings_have_their_english() -> None:
    tables = (routes.CYCLES, routes.METHODS, routes.MEANINGS, routes.NOBODY, routes.STRATA, RISKS)
    assert not {METHOD, *(text for table in tables for text in table.values())} - set(english())


def test_a_newcomer_gets_to_the_first_conversation_with_the_defaults(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "today", lambda: date(2026, 12, 1))
    lead = sign_in_as("qa_lead")
    page = lead.get("/plans").text
    assert routes.FIRST_NAMES["monthly"] in page  # its last week holds fewer than ten
    assert 'data-day="2026-11-25"' in page  # the newest scored day
    first = {"name": routes.FIRST_NAMES["weekly"], "content": routes.FIRST_PLAN.as_dict()}
    plan = lead.call("POST", "/api/v1/plans", first).json()
    page = lead.get(f"/plans/{plan['id']}").text
    day = re.search(r'<option value="([\d-]+)" selected>', page)
    assert day is not None
    assert day.group(1) == "2026-11-23"
    sample = drawn(lead, plan["id"], day.group(1))
    page = lead.get(f"/plans/{plan['id']}?drawn={sample['id']}").text
    assert f'name="sample" value="{sample["id"]}"' in page
    item = lead.call("POST", "/api/v1/queue/next", {"sample": sample["id"]}).json()
    assert lead.get(f"/conversations/{item['conversation_id']}?item={item['id']}").status_code == 200


BOX = r'name="content.automatic" value="true"( checked)?>'


def test_new_plans_are_offered_to_draw_by_themselves_and_old_ones_do_not(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    assert re.findall(BOX, lead.get("/plans").text) == [" checked"]
    plan_id = made(lead)
    assert re.findall(BOX, lead.get(f"/plans/{plan_id}").text) == [""]
    lead.call("PATCH", f"/api/v1/plans/{plan_id}", {"content": {**CONTENT, "automatic": True}})
    page = lead.get(f"/plans/{plan_id}").text
    assert re.findall(BOX, page) == [" checked"]
    assert "Plan nie losuje sam" not in page


def test_a_plan_that_cannot_draw_by_itself_says_why(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead, {**CONTENT, "automatic": True})
    with stocked.storage.writing() as session:
        session.get_one(PlanRow, plan_id).created_by = "nobody"
    assert f"Plan nie losuje sam: {automatic.NO_ACCOUNT}" in lead.get(f"/plans/{plan_id}").text


def test_the_proposed_cycle_is_explained(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = sign_in_as("qa_lead")
    for size, cycle, told in (
        (1, "weekly", "Proponujemy „co tydzień”: ostatni tydzień ma"),
        (4000, "monthly", "Proponujemy „co miesiąc”: ostatni miesiąc nie ma jeszcze"),
    ):
        monkeypatch.setattr(routes, "FIRST_SIZE", size)
        page = lead.get("/plans").text
        assert f'<option value="{cycle}" selected>' in page
        assert routes.FIRST_NAMES[cycle] in page
        assert told in page


def test_the_whole_period_is_said_to_be_exact(stocked: Workspace, sign_in_as: SignIn) -> None:
    page = sign_in_as("qa_lead").get("/plans").text
    assert "wynik dla niego jest dokładny, a przedział mówi o takich rozmowach w przyszłości" in page


def test_the_form_holds_what_the_plan_says_even_where_it_is_no_longer_there(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    filters = {"team": ["T1", "Zespół \"'<"], "agent": ["dawny", "a-1", "a-2"], "min_seconds": 12.5}
    content = {
        **CONTENT,
        "method": "mixed",
        "risk_share": 0.35,
        "second_share": 0.15,
        "risk": {"silence": 0.5},
    }
    page = lead.get(f"/plans/{made(lead, {**content, 'filters': filters})}").text
    for part in (
        'value="Zespół &#34;&#39;&lt;" checked',
        'value="dawny" checked',
        'value="12.5"',
        'value="0.35" selected',
        'value="0.15" selected',
        'name="content.risk.silence" type="number" min="0" max="10" step="any" value="0.5"',
    ):
        assert part in page, part
    kept = re.search(r"data-content='([^']*)'", page)
    assert kept is not None
    content = json.loads(kept.group(1))
    assert content["filters"] == {"channel": [], "reason": [], "scorecard": [], **filters}
    answer = lead.call("POST", "/api/v1/plans/preview", {"content": content, "day": "2026-11-10"})
    assert answer.json()["population"] > 0


def test_preview_says_what_the_plan_buys(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    month = lead.call("POST", "/api/v1/plans/preview", {"content": {**WITHIN, "per": "team"}}).json()
    assert (month["period_start"], month["population"], month["planned"]) == ("2026-11-01", 40, 6)
    assert {(one["stratum"], one["population"], one["planned"]) for one in month["strata"]} == {
        ("T1", 20, 3),
        ("T2", 20, 3),
    }
    assert 0 < month["low"] < month["assumed"] < month["high"] < 1
    empty = {"content": CONTENT, "day": "2025-01-01"}
    assert lead.call("POST", "/api/v1/plans/preview", empty).json()["low"] is None


def test_a_plan_is_changed_and_put_out_of_use(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead)
    address = f"/api/v1/plans/{plan_id}"
    changed = lead.call("PATCH", address, {"name": "Nowa nazwa", "content": WITHIN}).json()
    assert (changed["name"], changed["content"]["each"]) == ("Nowa nazwa", 3)
    assert lead.call("PATCH", address, {"active": False}).json()["active"] is False
    refused = lead.call("POST", f"{address}/draw", {"day": "2026-11-10"})
    assert (refused.status_code, "wyłączony" in refused.json()["error"]["message"]) == (409, True)
    page = lead.get(f"/plans/{plan_id}").text
    assert "Włącz plan" in page
    assert 'data-preview="draw-preview"' not in page
    assert lead.get("/api/v1/plans?active=true").json()["total"] == 0
    assert lead.call("PATCH", address, {"active": True}).json() == lead.get(address).json()


def test_a_period_is_drawn_once_and_offered_no_more(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead)
    sample = drawn(lead, plan_id)
    assert (sample["period_start"], sample["items"]) == ("2026-11-09", 5)
    again = lead.call("POST", f"/api/v1/plans/{plan_id}/draw", {"day": "2026-11-11"})
    assert (again.status_code, "2026-11-09" in again.json()["error"]["message"]) == (409, True)
    known = {one["first"]: one["sample_id"] for one in lead.get(f"/api/v1/plans/{plan_id}/periods").json()}
    assert known["2026-11-09"] == sample["id"]
    assert '<option value="2026-11-09"' not in lead.get(f"/plans/{plan_id}").text
    assert lead.get(f"/api/v1/samples?plan={plan_id}").json()["rows"] == [sample]
    assert lead.get("/api/v1/samples").json()["total"] == 1


def test_the_same_seed_draws_the_same(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    ids = []
    for name in ("Pierwsza", "Druga"):
        answer = lead.call(
            "POST", f"/api/v1/plans/{made(lead, name=name)}/draw", {"day": "2026-11-10", "seed": 7}
        )
        sample = answer.json()["id"]
        rows = lead.get("/api/v1/queue", params={"sample": sample}).json()["rows"]
        ids.append({row["conversation_id"] for row in rows})
    assert ids[0] == ids[1]
    assert len(ids[0]) == 5


def test_results_come_with_the_first_review(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead)
    address = f"/api/v1/plans/{plan_id}/results"
    assert lead.get(address).json() is None
    drawn(lead, plan_id)
    assert lead.get(address).json()["rows"] == []
    assert "Wyniki pojawią się tu" in lead.get(f"/plans/{plan_id}").text
    reviewed(lead, 3, "fail")
    found = lead.get(address).json()
    greeting = next(row for row in found["rows"] if row["criterion"] == "greeting")
    assert (found["reviewed"], found["drawn"]) == (3, 5)
    assert (greeting["sample"]["value"], greeting["sample"]["n"], greeting["few"]) == (0.0, 3, True)
    assert greeting["automatic"]["n"] > 3
    page = lead.get(f"/plans/{plan_id}").text
    assert "mało ocen: tylko orientacyjnie" in page
    assert '<svg class="reach pair"' in page


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name"),
        ({"name": "Próba"}, "content"),
        ({"name": "x", "content": CONTENT}, "Nazwa planu"),
        ({"name": "x" * 201, "content": CONTENT}, "name"),
        ({"name": "Próba", "content": {**CONTENT, "cycle": "yearly"}}, "`cycle`"),
        ({"name": "Próba", "content": {**CONTENT, "size": 0}}, "content.size"),
        ({"name": "Próba", "content": {**CONTENT, "each": 2}}, "albo"),
        ({"name": "Próba", "content": {**CONTENT, "size": None}}, "`size`"),
        ({"name": "Próba", "content": {**CONTENT, "per": "agent"}}, "stratified"),
        ({"name": "Próba", "content": {**CONTENT, "due_days": 91}}, "content.due_days"),
        ({"name": "Próba", "content": {**CONTENT, "filters": {"channel": ["gołąb"]}}}, "gołąb"),
        ({"name": "Próba", "content": {**CONTENT, "filters": {"reason": ["a\0"]}}}, "`reason`"),
        (
            {"name": "Próba", "content": {**CONTENT, "filters": {"agent": ["a"] * 101}}},
            "content.filters.agent",
        ),
        ({"name": "Próba", "content": {**CONTENT, "method": "risk", "risk": {"silence": 11}}}, "silence"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_in_a_sentence(
    sign_in_as: SignIn, body: dict[str, Any], told: str
) -> None:
    answer = sign_in_as("qa_lead").call("POST", "/api/v1/plans", body)
    assert answer.status_code == 422
    assert told in answer.json()["error"]["message"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "wczoraj", 1e300])
def test_days_beyond_the_calendar_are_refused(stocked: Workspace, sign_in_as: SignIn, day: object) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead)
    assert lead.call("POST", f"/api/v1/plans/{plan_id}/draw", {"day": day}).status_code == 422
    assert lead.call("POST", "/api/v1/plans/preview", {"content": CONTENT, "day": day}).status_code == 422


def test_a_period_that_has_not_begun_or_holds_nothing(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    plan_id = made(lead)
    assert lead.call("POST", f"/api/v1/plans/{plan_id}/draw", {"day": "2099-01-01"}).status_code == 422
    assert lead.call("POST", f"/api/v1/plans/{plan_id}/draw", {"day": "2025-01-01"}).status_code == 404


def test_who_may_not_plan(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, specialist, agent = sign_in_as("qa_lead"), sign_in_as("qa_specialist"), sign_in_as("agent")
    plan_id = made(lead)
    drawn(lead, plan_id)
    assert specialist.call("POST", "/api/v1/plans", {"name": "Próba", "content": CONTENT}).status_code == 403
    assert specialist.call("PATCH", f"/api/v1/plans/{plan_id}", {"active": False}).status_code == 403
    assert agent.get("/plans").status_code == 403
    assert agent.get(f"/api/v1/plans/{plan_id}").status_code == 403
    page = specialist.get(f"/plans/{plan_id}").text  # reads results, draws and changes nothing
    assert "Wylosowane próby" in page
    assert "/draw" not in page
    assert "Zmień plan" not in page


@pytest.mark.parametrize("plan_id", ["none", "x" * 40])
def test_a_plan_that_is_not_there(sign_in_as: SignIn, plan_id: str) -> None:
    lead = sign_in_as("qa_lead")
    wanted = 422 if len(plan_id) > 32 else 404
    for address in ("/plans/{}", "/api/v1/plans/{}", "/api/v1/plans/{}/periods", "/api/v1/plans/{}/results"):
        assert lead.get(address.format(plan_id)).status_code == wanted, address
    assert lead.call("PATCH", f"/api/v1/plans/{plan_id}", {"name": "Próba"}).status_code == wanted


def test_plans_are_paged(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for number in range(27):
        made(lead, name=f"Plan {number:02}")
    assert len(lead.get("/api/v1/plans?number=2").json()["rows"]) == 2
    page = lead.get("/plans").text
    assert "number=2" in page
    assert "Plan 26" in lead.get("/plans?number=2").text
    assert "nic już nie ma" in lead.get("/plans?number=9").text
    assert lead.get("/plans?number=0").status_code == 422
