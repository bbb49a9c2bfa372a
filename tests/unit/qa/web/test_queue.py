"""The queue over HTTP: taking, giving back, skipping, assigning; what everybody sees of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import select, update

from qa.services.sampling.items import SECOND_REASON
from qa.services.sampling.selection import RISKS, Candidate, Design, draw
from qa.services.workspace import Workspace
from qa.storage.people import OverviewRow, PlanRow, SampleItemRow, SampleRow
from qa.storage.tables import AuditRow, now
from qa.web.language import Words, english
from qa.web.routes import queue as routes
from tests.unit.qa.web.conftest import Browser, SignIn
from tests.unit.qa.web.test_plans import CONTENT, drawn, made, reviewed


@pytest.fixture
def lead(stocked: Workspace, sign_in_as: SignIn) -> Browser:
    """A lead, with five conversations in the queue."""
    person = sign_in_as("qa_lead")
    drawn(person, made(person))
    return person


def taken(person: Browser, **narrowed: str) -> dict[str, Any]:
    answer = person.call("POST", "/api/v1/queue/next", narrowed)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("language", ["pl", "en"])
def test_an_empty_queue_says_what_to_do_next(sign_in_as: SignIn, language: str) -> None:
    for role, address in (("qa_lead", "/plans"), ("qa_specialist", "/conversations")):
        person = sign_in_as(role)
        person.call("PUT", "/api/v1/me/language", {"language": language})
        page = person.get("/queue").text
        assert ("The queue is empty" if language == "en" else "Kolejka jest pusta") in page
        assert f'<a class="button" href="{address}">' in page
        assert "/api/v1/queue/next" not in page
        answer = person.call("POST", "/api/v1/queue/next", {})
        assert (answer.status_code, answer.json()["error"]["message"]) == (
            404,
            Words(language)(routes.NOTHING),
        )


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_page_shows_ones_own_first_then_what_waits(
    lead: Browser, sign_in_as: SignIn, language: str
) -> None:
    specialist = sign_in_as("qa_specialist")
    specialist.call("PUT", "/api/v1/me/language", {"language": language})
    item = taken(specialist)
    page = specialist.get("/queue").text
    known = english()
    for text in ("W pracy", "Czekają", "Weź następną", "Dokończ", "Oddaj"):
        assert (known[text] if language == "en" else text) in page
    assert page.index(f"/conversations/{item['conversation_id']}?item={item['id']}") < page.index("/claim")
    assert page.count("/claim") == 4
    assert ("4\u00a0conversations are waiting" if language == "en" else "4\u00a0rozmowy czekają") in page
    assert "everybody" not in page


def test_a_conversation_is_taken_by_one_and_given_back(lead: Browser, sign_in_as: SignIn) -> None:
    anna, basia = sign_in_as("qa_specialist", login="anna"), sign_in_as("qa_specialist", login="basia")
    item = taken(anna)
    address = f"/api/v1/queue/{item['id']}"
    assert (item["status"], item["assignee"]) == ("claimed", anna.account_id)
    answer = basia.call("POST", f"{address}/claim")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert basia.call("POST", f"{address}/release").status_code == 409
    assert basia.get(f"/conversations/{item['conversation_id']}?item={item['id']}").status_code == 404
    assert item["id"] not in {one["id"] for one in basia.get("/api/v1/queue").json()["rows"]}
    assert anna.call("POST", f"{address}/release").status_code == 200
    assert basia.call("POST", f"{address}/claim").json()["assignee"] == basia.account_id


def test_after_a_review_the_page_says_what_was_done_and_how_many_are_left(lead: Browser) -> None:
    assert "Ocena zapisana" not in lead.get("/queue?done=1").text
    reviewed(lead, 2)
    page = lead.get("/queue?done=1").text
    assert "Ocena zapisana" in page
    assert "dziś: 2\u00a0ocenione" in page
    assert "3\u00a0rozmowy czekają" in page
    assert "autofocus" in page
    assert "autofocus" not in lead.get("/queue").text
    day = lead.get("/api/v1/queue/day").json()
    assert (day["done"], day["waiting"], day["claimed"]) == (2, 3, 0)


def test_skipping_needs_a_reason_and_is_counted(lead: Browser, sign_in_as: SignIn) -> None:
    specialist = sign_in_as("qa_specialist")
    item = taken(specialist)
    address = f"/api/v1/queue/{item['id']}/skip"
    for reason, told in (("", "Powód pominięcia"), ("x" * 501, "reason"), ("a\0bc", "znaki")):
        answer = specialist.call("POST", address, {"reason": reason})
        assert answer.status_code == 422
        assert told in answer.json()["error"]["message"]
    replacement = specialist.call("POST", address, {"reason": "nie słychać klienta"}).json()
    assert replacement["conversation_id"] != item["conversation_id"]
    assert specialist.call("POST", address, {"reason": "jeszcze raz"}).status_code == 409
    assert lead.get(f"/api/v1/queue/{item['id']}").json()["status"] == "replaced"
    (count,) = lead.get("/api/v1/queue/skips").json()
    assert (count["skipped"], count["replaced"], count["done"], count["share"]) == (1, 1, 0, 1.0)
    page = lead.get("/queue?everybody=true").text
    assert "Osoba qa_specialist" in page
    assert "Pominięcia według osób" in page
    assert lead.get("/api/v1/queue/skips?first=2026-01-01&last=2026-01-31").json() == []
    assert "nikt nie zamknął" in lead.get("/queue?everybody=true&first=2026-01-01&last=2026-01-31").text


def test_a_lead_assigns(lead: Browser, sign_in_as: SignIn) -> None:
    anna, basia = sign_in_as("qa_specialist", login="anna"), sign_in_as("qa_specialist", login="basia")
    people = {one["account_id"] for one in lead.get("/api/v1/queue/people").json()}
    assert people == {lead.account_id, anna.account_id, basia.account_id}
    rows = lead.get("/api/v1/queue?everybody=true").json()["rows"]
    address = f"/api/v1/queue/{rows[-1]['id']}/assign"
    assert lead.call("POST", address, {"account_id": anna.account_id}).status_code == 200
    page = anna.get("/queue").text
    assert "przydzielona Tobie" in page
    assert anna.get("/api/v1/queue?kind=mine").json()["total"] == 1
    assert basia.get("/api/v1/queue").json()["total"] == 4
    assert taken(anna)["id"] == rows[-1]["id"]
    assert f'value="{anna.account_id}" selected' in lead.get("/queue?everybody=true").text
    assert lead.call("POST", address, {"account_id": None}).json()["status"] == "waiting"
    assert lead.call("POST", address, {"account_id": "nobody"}).status_code == 404
    assert anna.call("POST", address, {"account_id": anna.account_id}).status_code == 403


def test_only_a_lead_sees_everybodys(lead: Browser, sign_in_as: SignIn) -> None:
    specialist, coach = sign_in_as("qa_specialist"), sign_in_as("coach")
    assert specialist.get("/queue?everybody=true").status_code == 403
    assert specialist.get("/api/v1/queue?everybody=true").status_code == 403
    assert specialist.get("/api/v1/queue/people").status_code == 403
    assert coach.get("/queue").status_code == 403
    assert coach.get("/api/v1/queue/skips").status_code == 200


def test_a_lead_sees_how_likely_each_was_to_be_drawn(lead: Browser, stocked: Workspace) -> None:
    with stocked.storage.writing() as session:
        session.execute(update(SampleItemRow).values(probability=0.37))
    assert {one["probability"] for one in lead.get("/api/v1/queue").json()["rows"]} == {0.37}
    assert lead.get("/queue?everybody=true").text.count("szansa wylosowania 37") == 5
    assert "szansa wylosowania" not in lead.get("/queue").text


def test_the_first_page_counts_what_this_person_may_take(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, other = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    drawn(lead, made(lead, {**CONTENT, "size": 1, "second_share": 1.0}))
    reviewed(lead, 1)  # its second review is for somebody else
    for who, left in ((lead, 0), (other, 1)):
        assert who.get("/api/v1/queue").json()["total"] == left
        assert f"<b>{left}</b> czeka w kolejce" in who.get("/").text


def test_the_first_page_leads_to_the_review_that_is_not_finished(lead: Browser) -> None:
    tile = "niedokończona ocena"
    assert tile not in lead.get("/").text
    item = taken(lead)
    address = f"/conversations/{item['conversation_id']}?item={item['id']}"
    body = {"outcomes": {"greeting": "pass"}, "item": item["id"]}
    assert lead.call("PUT", f"/api/v1/review?id={item['conversation_id']}", body).status_code == 200
    assert f'<a href="{address}"><b>1</b> {tile}' in lead.get("/").text
    assert lead.get(address).status_code == 200
    assert lead.call("POST", f"/api/v1/queue/{item['id']}/release").status_code == 200
    assert tile not in lead.get("/").text


def test_due_dates_are_said_in_words(lead: Browser, stocked: Workspace) -> None:
    today = routes.today()
    with stocked.storage.writing() as session:
        rows = session.scalars(select(SampleItemRow)).all()
        rows[0].due_on = (today - timedelta(days=1)).isoformat()
        rows[1].due_on = today.isoformat()
    page = lead.get("/queue").text
    assert page.count('<span class="outcome fail">po terminie</span>') == 1
    assert page.count('<span class="outcome review">dziś</span>') == 1
    assert lead.get("/api/v1/queue?kind=overdue").json()["total"] == 1


def test_filters_narrow_the_list_and_the_next_one(lead: Browser) -> None:
    rows = lead.get("/api/v1/queue").json()["rows"]
    agent = rows[-1]["agent_id"]
    wanted = {row["id"] for row in rows if row["agent_id"] == agent}
    narrowed = lead.get("/api/v1/queue", params={"agent": agent, "channel": "phone", "kind": "first"}).json()
    assert {row["id"] for row in narrowed["rows"]} == wanted
    page = lead.get("/queue", params={"agent": agent}).text
    assert f'<input type="hidden" name="agent" value="{agent}">' in page
    assert taken(lead, agent=agent)["id"] in wanted
    nothing = lead.get("/queue", params={"kind": "second", "plan": ""}).text
    assert "Nic nie pasuje do filtrów" in nothing
    assert "/api/v1/queue/next" not in nothing
    assert lead.call("POST", "/api/v1/queue/next", {"kind": "second"}).status_code == 404
    assert lead.get("/queue?kind=worst").status_code == 422
    assert lead.get("/api/v1/queue", params={"agent": "a\0"}).status_code == 422
    assert lead.get("/queue?everybody=true&first=&last=").status_code == 200
    assert lead.get("/queue?everybody=true&last=9999-12-31").status_code == 422
    assert lead.get("/api/v1/queue/skips?last=9999-12-31").status_code == 422


def test_a_blind_item_says_nothing_of_the_first_review(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, second = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    drawn(lead, made(lead, {**CONTENT, "size": 1, "second_share": 1.0}))
    reviewed(lead, 1)
    assert lead.get("/api/v1/queue").json()["total"] == 0
    (item,) = second.get("/api/v1/queue").json()["rows"]
    assert (item["blind"], item["why"]) == (True, SECOND_REASON)
    assert item["probability"] is None
    page = second.get("/queue").text
    assert "w ciemno" in page
    assert "Osoba qa_lead" not in page


def test_a_hidden_reason_of_selection_is_said_to_be_hidden(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    drawn(lead, made(lead, {**CONTENT, "size": 1, "second_share": 1.0}))
    rows = sign_in_as("qa_specialist").get("/api/v1/queue").json()["rows"]
    assert sorted(one["why"] for one in rows) == ["", SECOND_REASON]
    assert lead.get("/queue").text.count("ukryte do oceny w ciemno") == 1


def test_openings_and_ids_of_any_kind_are_shown_and_linked(lead: Browser, stocked: Workspace) -> None:
    with stocked.storage.writing() as session:
        item = session.scalars(select(SampleItemRow).limit(1)).one()
        old, new = item.conversation_id, "a/b ?&<é"
        for table in (OverviewRow, SampleItemRow):
            session.execute(update(table).where(table.conversation_id == old).values(conversation_id=new))
        session.get_one(OverviewRow, new).opening = "<script>alert(1)</script>" + "długie" * 20
        key = item.id
    assert lead.call("POST", f"/api/v1/queue/{key}/claim").status_code == 200
    page = lead.get("/queue").text
    assert "<script>alert" not in page
    assert f'href="/conversations/a/b%20%3F%26%3C%C3%A9?item={key}"' in page


@pytest.mark.parametrize("item_id", ["none", "%20"])
def test_an_item_that_is_not_there(lead: Browser, item_id: str) -> None:
    address = f"/api/v1/queue/{item_id}"
    assert lead.get(address).status_code == 404
    for what, body in (("claim", None), ("release", None), ("skip", {"reason": "powód"}), ("assign", {})):
        assert lead.call("POST", f"{address}/{what}", body).status_code == 404, what


def test_what_lies_claimed_for_a_day_goes_back_but_is_looked_for_once_a_minute(
    lead: Browser, sign_in_as: SignIn, stocked: Workspace
) -> None:
    anna, basia = sign_in_as("qa_specialist", login="anna"), sign_in_as("qa_specialist", login="basia")
    first = taken(anna)

    def forgotten(item_id: str) -> None:
        with stocked.storage.writing() as session:
            session.get_one(SampleItemRow, item_id).claimed_at = now() - timedelta(hours=25)

    forgotten(first["id"])
    assert basia.get("/api/v1/queue").json()["total"] == 4  # looked for a moment ago
    basia.client.app.state.queue_tidied_until = 0.0  # type: ignore[attr-defined]
    assert basia.get("/queue").status_code == 200
    assert basia.get("/api/v1/queue").json()["total"] == 5
    with stocked.storage.reading() as session:
        (entry,) = session.scalars(select(AuditRow).where(AuditRow.action == "queue_stale")).all()
    assert (entry.actor, entry.details) == ("basia", {"items": 1})


def test_the_queue_is_paged(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    drawn(lead, made(lead, {**CONTENT, "cycle": "monthly", "size": 40}))
    found = lead.get("/api/v1/queue").json()
    rest = lead.get("/api/v1/queue?number=2").json()
    assert (found["total"], len(found["rows"]), len(rest["rows"])) == (40, 25, 15)
    assert not {one["id"] for one in found["rows"]} & {one["id"] for one in rest["rows"]}
    page = lead.get("/queue?everybody=true&team=T1").text
    assert "number=2" not in page
    assert "number=2" in lead.get("/queue?everybody=true").text
    assert lead.get("/queue?number=0").status_code == 422
    beyond = lead.get("/queue?number=9&team=T1").text
    assert "Kolejka jest pusta" not in beyond
    assert "Na tej stronie listy nic już nie ma" in beyond
    assert 'href="/queue?team=T1">Pierwsza strona' in beyond


def test_reasons_of_selection_are_wholly_in_the_language_of_the_page() -> None:
    assert not {*routes.REASONS, *routes.KINDS.values()} - set(english())
    risks = [set(some) for count in range(6) for some in combinations(RISKS, count)]
    reasons = {SECOND_REASON}
    for by in ("", "konsultant", "zespół", "kanał", "powód kontaktu"):
        for share in (0.0, 0.5):
            frame = [Candidate(f"c-{n}", None, "", tuple(some)) for n, some in enumerate(risks)]
            design = Design(size=len(frame), risk_share=share, weights=dict.fromkeys(RISKS, 1.0), by=by)
            reasons |= {one.reason for one in draw(frame, design, 1).chosen}
    assert len(reasons) > 40
    polish = {word for piece in routes.REASONS for word in piece.split() if len(word) > 3}
    for reason in reasons:
        assert routes.why(Words("pl"), reason) == reason
        shown = routes.why(Words("en"), reason)
        assert not {word for word in polish if word in shown.split()}, shown


def test_the_description_of_the_interface_holds_the_operations(sign_in_as: SignIn) -> None:
    paths = sign_in_as("qa_lead").get("/api/v1/openapi.json").json()["paths"]
    for path in ("/api/v1/plans/preview", "/api/v1/plans/{plan_id}/draw", "/api/v1/queue/next"):
        assert "post" in paths[path]


def test_every_plan_that_has_drawn_can_be_chosen(lead: Browser, stocked: Workspace) -> None:
    with stocked.storage.writing() as session:
        for number in range(30):
            key = f"plan-{number:02d}"
            session.add(PlanRow(id=key, name=f"Plan {number:02d}", content={}, created_by="x"))
            session.add(
                SampleRow(
                    id=f"sample-{number:02d}",
                    plan_id=key,
                    period_start="2026-11-02",
                    period_end="2026-11-08",
                    seed=1,
                    population=1,
                    details={},
                    created_by="x",
                )
            )
        session.add(PlanRow(id="idle", name="Plan bez losowania", content={}, created_by="x"))
    html = lead.get("/queue").text
    assert all(f'<option value="plan-{number:02d}">' in html for number in range(30))
    assert "Plan bez losowania" not in html
