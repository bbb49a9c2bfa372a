"""Disputes over HTTP: raised by the agent, decided by somebody else, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import update

from qa.services.workspace import Workspace
from qa.storage import audit
from qa.storage.people import OverviewRow, SampleItemRow
from qa.web.context import today
from qa.web.language import english
from qa.web.routes.disputes import STATUSES
from scorecards import load_scorecard
from tests.unit.qa.web.conftest import Browser, SignIn, with_web_settings

API = "/api/v1/disputes"
CRITERIA = [criterion.id for criterion in load_scorecard("phone@1").criteria]
WHY = "Przeprosiłem w <b>pierwszej</b> minucie."


@dataclass
class Desk:
    """An agent with c-0004, which Jan has reviewed, and c-0008, which only the machine has; those who decide."""

    agent: Browser
    jan: Browser
    ewa: Browser
    review: str

    def objects(self, criterion: str = "empathy", conversation: str = "c-0004", **values: Any) -> Any:
        body = {
            "conversation_id": conversation,
            "criterion": criterion,
            "review_id": self.review if conversation == "c-0004" else None,
            "comment": WHY,
            **values,
        }
        return self.agent.call("POST", API, body)

    def decide(self, dispute: str, who: Browser | None = None, **values: Any) -> Any:
        body = {"status": "accepted", "becomes": "pass", "comment": "Przeprosiny są.", **values}
        return (who or self.ewa).call("POST", f"{API}/{dispute}/decision", body)


@pytest.fixture
def desk(stocked: Workspace, sign_in_as: SignIn) -> Desk:
    with stocked.storage.writing() as session:  # without a day there is no window, whatever day it is today
        session.execute(update(OverviewRow).values(day=""))
    agent, jan = sign_in_as("agent"), sign_in_as("qa_specialist", login="jan")
    ewa = sign_in_as("qa_specialist", login="ewa")
    outcomes = {**dict.fromkeys(CRITERIA, "pass"), "empathy": "fail"}
    body = {"outcomes": outcomes, "comments": {"empathy": "Same formułki."}}
    draft = jan.call("PUT", "/api/v1/review?id=c-0004", body).json()
    assert jan.call("POST", f"/api/v1/reviews/{draft['id']}/finish").status_code == 200
    return Desk(agent, jan, ewa, draft["id"])


def test_without_disputes_the_pages_say_what_to_do(workspace: Workspace, sign_in_as: SignIn) -> None:
    for role, polish in (("agent", "Otwórz swoją rozmowę"), ("qa_lead", "Konsultanci odwołują się")):
        who = sign_in_as(role)
        assert polish in who.get("/disputes").text
        who.call("PUT", "/api/v1/me/language", {"language": "en"})
        expected = next(value for key, value in english().items() if key.startswith(polish))
        assert expected in who.get("/disputes").text
    assert "niczego nie rozstrzygnięto" in sign_in_as("auditor").get("/disputes").text


def test_the_form_of_the_conversation_page_raises_a_dispute(desk: Desk) -> None:
    page = desk.agent.get("/conversations/c-0004").text
    assert 'data-api="POST /api/v1/disputes"' in page
    assert f'name="review_id" value="{desk.review}"' in page
    assert desk.objects().status_code == 201
    assert desk.objects().status_code == 409
    mine = desk.agent.get(f"{API}/own").json()
    assert (mine["total"], mine["rows"][0]["criterion"], mine["rows"][0]["was"]) == (1, "empathy", "fail")
    text = desk.agent.get("/disputes").text
    assert "Empatia" in text
    assert "Wycofaj" in text
    assert "Jak kończą się" not in text  # figures are for those who read all


NO_DISPUTE: list[tuple[dict[str, Any], int, str]] = [
    ({"conversation": "c-0001"}, 404, "Twoich"),
    ({"conversation": "nie ma"}, 404, "Twoich"),
    ({"review_id": None}, 403, "człowiek"),
    ({"review_id": "x"}, 404, "oceny"),
    ({"review_id": "x" * 33}, 422, "review_id"),
    ({"criterion": "nie_ma"}, 422, "kryterium"),
    ({"comment": " "}, 422, "Uzasadnienie"),
    ({"comment": "x" * 4001}, 422, "comment"),
    ({"comment": None}, 422, "comment"),
]


def test_what_cannot_be_disputed(desk: Desk) -> None:
    for values, status, said in NO_DISPUTE:
        answer = desk.objects(**values)
        message = answer.json()["error"]["message"]
        assert (answer.status_code, said in message, message[-1]) == (status, True, "."), (values, message)
    assert desk.agent.get(f"{API}/own").json()["total"] == 0


def test_the_window_is_told(desk: Desk, stocked: Workspace) -> None:
    address = f"{API}/window?conversation="
    assert len(desk.agent.get(f"{address}c-0004&review={desk.review}").json()["last_day"]) == 10
    found = desk.agent.get(f"{address}c-0008").json()
    assert (found["last_day"], found["open"], found["review_id"]) == (None, True, None)
    assert found["outcomes"]["greeting"] == "pass"
    assert desk.agent.get(f"{address}c-0004").json()["review_id"] == desk.review
    assert desk.agent.get(f"{address}c-0001").status_code == 404
    with stocked.storage.writing() as session:
        session.execute(update(OverviewRow).values(day="2020-01-01"))
    late = desk.objects(conversation="c-0008", criterion="greeting")
    assert late.status_code == 403
    assert "2020-01-15" in late.json()["error"]["message"]


FORM = 'data-api="POST /api/v1/disputes"'


def on(stocked: Workspace, day: str) -> None:
    with stocked.storage.writing() as session:
        session.execute(update(OverviewRow).values(day=day))


def test_the_page_says_until_when_and_has_no_form_afterwards(desk: Desk, stocked: Workspace) -> None:
    ended, day = "Czas na odwołanie od tych wyników minął", today()
    assert "bez ograniczenia czasu" in desk.agent.get("/conversations/c-0008").text
    for days, last in ((14, day + timedelta(days=4)), (10, day)):
        on(stocked, (day - timedelta(days=10)).isoformat())
        with_web_settings(desk.agent, dispute_days=days)
        text = desk.agent.get("/conversations/c-0008").text
        assert f"możesz się odwołać do {last:%d.%m.%Y}" in text
        assert FORM in text
    with_web_settings(desk.agent, dispute_days=9)
    text = desk.agent.get("/conversations/c-0008").text
    assert f"{ended} {day - timedelta(days=1):%d.%m.%Y}: porozmawiaj o nich z przełożonym." in text
    assert FORM not in text
    assert not desk.agent.get(f"{API}/window?conversation=c-0008").json()["open"]
    assert desk.objects("greeting", "c-0008").status_code == 403
    assert FORM in desk.agent.get("/conversations/c-0004").text  # reviewed today: that counts


def test_a_conversation_without_outcomes_has_no_form(desk: Desk) -> None:
    chat = desk.agent.get("/conversations/c-0040")
    assert chat.status_code == 200
    assert FORM not in chat.text
    assert desk.agent.get(f"{API}/window?conversation=c-0040").json()["outcomes"] == {}


def test_the_page_shows_what_became_of_own_disputes(desk: Desk) -> None:
    before = desk.agent.get("/conversations/c-0004").text
    key = desk.objects().json()["id"]
    raised = desk.agent.get("/conversations/c-0004").text
    assert f'href="/disputes/{key}"' in raised
    assert '<span class="stage open">otwarte</span>' in raised
    assert raised.count(FORM) == before.count(FORM) - 1
    assert desk.agent.call("POST", f"{API}/{key}/withdraw").status_code == 200
    taken_back = desk.agent.get("/conversations/c-0004").text
    assert "wycofane" in taken_back
    assert taken_back.count(FORM) == before.count(FORM)
    again = desk.objects().json()["id"]
    assert desk.decide(again, comment="Przeprosiny <b>są</b>.").status_code == 200
    decided = desk.agent.get("/conversations/c-0004").text
    for part in ("uznane", "Przeprosiny &lt;b&gt;są&lt;/b&gt;.", f'href="/disputes/{again}"'):
        assert part in decided
    assert decided.count(FORM) == before.count(FORM) - 1


def test_nobody_else_is_asked_to_dispute(desk: Desk, sign_in_as: SignIn) -> None:
    desk.objects()
    for person in (desk.jan, desk.ewa, sign_in_as("coach"), sign_in_as("auditor")):
        text = person.get("/conversations/c-0004").text
        assert FORM not in text
        assert "Twoje odwołanie" not in text
    other = sign_in_as("agent", "qa_lead", login="oboje", agent_id="a-2")
    assert FORM not in other.get("/conversations/c-0004").text


def test_a_dispute_is_withdrawn_by_its_agent_only(desk: Desk, sign_in_as: SignIn) -> None:
    key = desk.objects().json()["id"]
    other = sign_in_as("agent", login="inny", agent_id="a-2")
    assert other.call("POST", f"{API}/{key}/withdraw").status_code == 404
    assert other.get(f"{API}/{key}").status_code == 404
    assert other.get(f"/disputes/{key}").status_code == 404
    assert desk.jan.call("POST", f"{API}/{key}/withdraw").status_code == 403
    assert desk.agent.call("POST", f"{API}/{key}/withdraw").status_code == 200
    assert desk.agent.call("POST", f"{API}/{key}/withdraw").status_code == 409
    assert "wycofane" in desk.agent.get(f"/disputes/{key}").text
    assert desk.objects().status_code == 201


def test_the_case_has_the_question_both_comments_and_the_sentence(desk: Desk, stocked: Workspace) -> None:
    key = desk.objects().json()["id"]
    for who in (desk.agent, desk.ewa):
        text = who.get(f"/disputes/{key}").text
        for part in ("Same formułki.", "&lt;b&gt;pierwszej&lt;/b&gt;", "Bardzo mi przykro", "Osoba jan"):
            assert part in text
        assert '/conversations/c-0004#turn-2"' in text
    assert desk.ewa.get(f"{API}/{key}").json()["question"].endswith("?")
    with stocked.storage.reading() as session:
        entry = list(audit.entries(session))[-1]
    assert (entry.actor, entry.action, entry.subject) == ("ewa", "dispute_open", key)
    assert "c-0004" not in repr(entry.details)


def test_the_author_does_not_decide_somebody_else_does(desk: Desk) -> None:
    key = desk.objects().json()["id"]
    assert "nie rozstrzygasz Ty" in desk.jan.get(f"/disputes/{key}").text
    assert 'id="decision"' in desk.ewa.get(f"/disputes/{key}").text
    assert desk.decide(key, desk.jan).status_code == 403
    assert desk.decide(key, desk.agent).status_code == 403
    decided = desk.decide(key)
    assert (decided.status_code, decided.json()) == (200, {"review_id": key})
    assert desk.decide(key).status_code == 409
    text = desk.agent.get(f"/disputes/{key}").text
    assert "Przeprosiny są." in text
    assert "uznane" in text
    reviews = desk.agent.get("/api/v1/conversation?id=c-0004").json()["reviews"]
    assert {one["kind"]: one["outcomes"]["empathy"] for one in reviews} == {
        "review": "fail",
        "dispute": "pass",
    }


def test_a_decision_is_shown_at_the_criterion_that_it_is_about(desk: Desk) -> None:
    for criterion, becomes in (("empathy", "pass"), ("greeting", "fail")):
        key = desk.objects(criterion).json()["id"]
        assert desk.decide(key, becomes=becomes).status_code == 200
    found = desk.agent.get("/api/v1/conversation?id=c-0004").json()["reviews"]
    assert [one["outcomes"] for one in found if one["kind"] == "dispute"] == [
        {"greeting": "fail"},
        {"empathy": "pass"},
    ]
    assert desk.agent.get("/conversations/c-0004").text.count("(po odwołaniu)") == 2


NO_DECISION: list[tuple[dict[str, Any], str]] = [
    ({"status": "open"}, "status"),
    ({"status": "rejected"}, "usuń nowy wynik"),
    ({"becomes": None}, "inny niż dotąd"),
    ({"becomes": "fail"}, "inny niż dotąd"),
    ({"becomes": "review"}, "becomes"),
    ({"comment": ""}, "Uzasadnienie"),
    ({"comment": "x" * 4001}, "comment"),
]


def test_what_is_no_decision(desk: Desk) -> None:
    key = desk.objects().json()["id"]
    for values, said in NO_DECISION:
        answer = desk.decide(key, **values)
        message = answer.json()["error"]["message"]
        assert (answer.status_code, said in message) == (422, True), (values, message)
    assert desk.ewa.get(f"{API}/{key}").json()["dispute"]["status"] == "open"


def test_the_list_has_tabs_and_pages(desk: Desk) -> None:
    with_web_settings(desk.ewa, page_rows=1)
    first, second = desk.objects().json()["id"], desk.objects("greeting").json()["id"]
    desk.decide(second, status="rejected", becomes=None)
    assert [row["id"] for row in desk.ewa.get(API).json()["rows"]] == [first]  # open ones first
    assert [row["id"] for row in desk.ewa.get(f"{API}?number=2").json()["rows"]] == [second]
    assert [row["id"] for row in desk.ewa.get(f"{API}?status=rejected").json()["rows"]] == [second]
    text = desk.ewa.get("/disputes").text
    assert 'href="/disputes?number=2"' in text
    assert "nic już nie ma" in desk.ewa.get("/disputes?number=9").text
    assert f'href="/disputes/{first}"' in text
    assert f'href="/disputes/{second}"' in desk.ewa.get("/disputes?status=rejected").text
    assert "Nie ma takich odwołań" in desk.ewa.get("/disputes?status=withdrawn").text
    for query in ("status=otwarte", "number=0", "first=wczoraj", "first=2026-12-01&last=2026-11-01"):
        answer = desk.ewa.get(f"/disputes?{query}")
        assert answer.status_code == 422
    assert desk.agent.get(API).status_code == 403
    both = [row["id"] for row in desk.agent.get("/api/v1/conversation/disputes?id=c-0004").json()]
    assert both == [first, second]


def test_figures_have_n_and_an_interval(desk: Desk) -> None:
    assert desk.decide(desk.objects().json()["id"]).status_code == 200
    greeting = desk.objects("greeting").json()["id"]
    assert desk.decide(greeting, status="rejected", becomes=None).status_code == 200
    desk.decide(
        desk.objects("greeting", "c-0008").json()["id"], desk.jan, status="wrong_person", becomes=None
    )
    found = desk.ewa.get(f"{API}/figures").json()
    assert (found["open"], found["overturned"]["part"], found["overturned"]["n"]) == (0, 1, 3)
    assert 0 < found["overturned"]["low"] < 1 / 3 < found["overturned"]["high"] < 1
    assert found["hours"] < 1
    text = desk.ewa.get("/disputes").text
    assert "poniżej godziny" in text
    assert "n\u00a0=\u00a03" in text
    assert text.index("Ocena automatyczna") < text.index(">Osoba jan</th>")  # by name
    assert desk.ewa.get(f"{API}/figures?last=2020-01-01").json()["overturned"]["n"] == 0
    assert "niczego nie rozstrzygnięto" in desk.ewa.get("/disputes?first=&last=2020-01-01").text
    assert desk.ewa.get(f"{API}/figures?first=2026-12-01&last=2026-11-01").status_code == 422


def test_what_is_judged_blind_is_hidden_until_judged(desk: Desk, sign_in_as: SignIn) -> None:
    key = desk.objects().json()["id"]
    lead = sign_in_as("qa_lead")
    made = lead.call(
        "POST",
        "/api/v1/calibrations",
        {
            "name": "Listopad",
            "scorecard": "phone@1",
            "participants": [lead.account_id, desk.ewa.account_id],
            "conversations": ["c-0004"],
        },
    ).json()["id"]
    judge = f"/calibrations/{made}/judge/c-0004"
    for address in ("/disputes", f"/disputes/{key}"):
        text = desk.ewa.get(address).text
        assert judge in text
        assert not [
            secret for secret in ("Empatia", "niezaliczone", "pierwszej", "formułki") if secret in text
        ]
    for address in (API, f"{API}/{key}", "/api/v1/conversation/disputes?id=c-0004"):
        text = desk.ewa.get(address).text
        assert not [secret for secret in ("empathy", '"fail"', "pierwszej", "formułki") if secret in text]
    assert desk.decide(key).status_code == 403
    said = {name: {"outcome": "pass"} for name in CRITERIA}
    body = {"criteria": said, "version": 0, "finish": True}
    address = f"/api/v1/calibrations/{made}/judgement?conversation=c-0004"
    assert desk.ewa.call("PUT", address, body).status_code == 200
    assert desk.decide(key).status_code == 200


def test_pages_speak_both_languages(desk: Desk) -> None:
    still_open, decided = desk.objects().json()["id"], desk.objects("greeting").json()["id"]
    desk.decide(decided, status="partly", becomes="na")
    for person, language in product((desk.agent, desk.jan, desk.ewa), ("en", "pl")):
        person.call("PUT", "/api/v1/me/language", {"language": language})
        for address in ("/disputes", f"/disputes/{still_open}", f"/disputes/{decided}"):
            answer = person.get(address)
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text
        assert ("uznane częściowo" in person.get(f"/disputes/{decided}").text) is (language == "pl")


def test_names_from_the_code_are_in_the_catalogue() -> None:
    assert not set(STATUSES.values()) - set(english())


def test_what_waits_in_the_queue_to_be_judged_blind_is_hidden_too(
    desk: Desk, stocked: Workspace, sign_in_as: SignIn
) -> None:
    key, other = desk.objects().json()["id"], desk.objects("greeting").json()["id"]
    ula = sign_in_as("qa_specialist", login="ula")
    assert desk.decide(other, ula, status="partly", becomes="na").status_code == 200
    with stocked.storage.writing() as session:
        item = {"id": "i", "sample_id": "s", "conversation_id": "c-0004", "probability": 1.0}
        session.add(SampleItemRow(**item, blind=True, second_of="i0"))
    for language, words in (("en", "judged blind"), ("pl", "na ocenę w ciemno")):
        desk.ewa.call("PUT", "/api/v1/me/language", {"language": language})
        for address in ("/disputes", f"/disputes/{key}", f"/disputes/{other}"):
            text = desk.ewa.get(address).text
            assert words in text
            assert 'href="/queue"' in text
            assert not [secret for secret in ("Empatia", "pierwszej", "formułki") if secret in text]
    rows = {one["id"]: one["status"] for one in desk.ewa.get(API).json()["rows"]}
    assert rows == {key: "open", other: ""}
    assert desk.ewa.get(f"{API}?status=partly").json()["total"] == 0
    refused = desk.decide(key)
    assert (refused.status_code, "w kolejce" in refused.json()["error"]["message"]) == (403, True)
