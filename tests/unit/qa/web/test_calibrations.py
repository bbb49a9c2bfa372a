"""Calibration sessions over HTTP: opened, judged blind, compared, decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from qa.services.workspace import Workspace
from qa.storage import audit
from qa.web.language import english
from qa.web.routes.calibrations import JUDGED, STATUSES
from scorecards import load_scorecard
from tests.unit.qa.web.conftest import Browser, SignIn

API = "/api/v1/calibrations"
CRITERIA = [criterion.id for criterion in load_scorecard("phone@1").criteria]
IDS = ["c-0001", "c-0002"]


@dataclass
class Table:
    """A lead who takes part, a specialist, a coach and an open session of theirs on two calls."""

    lead: Browser
    jan: Browser
    coach: Browser
    id: str

    def judge(self, who: Browser, conversation: str, finish: bool = True, **outcomes: str) -> Any:
        seen = self.read(who, conversation)["judgement"]["version"]
        criteria = {name: {"outcome": outcomes.get(name, "pass")} for name in CRITERIA}
        body = {"criteria": criteria, "version": seen, "finish": finish}
        return who.call("PUT", f"{API}/{self.id}/judgement?conversation={conversation}", body)

    def read(self, who: Browser, conversation: str) -> Any:
        return who.get(f"{API}/{self.id}/judgement", params={"conversation": conversation}).json()

    def compared(self) -> Table:
        for who in (self.lead, self.jan, self.coach):
            for name in IDS:
                self.judge(who, name, empathy="fail" if who is self.jan else "pass")
        assert self.lead.call("POST", f"{API}/{self.id}/compare", {}).status_code == 200
        return self

    def page(self, who: Browser, **query: str) -> str:
        answer = who.get(f"/calibrations/{self.id}", params=query)
        assert answer.status_code == 200
        return str(answer.text)


def new(*people: Browser, **values: Any) -> dict[str, Any]:
    return {
        "name": "Listopad",
        "scorecard": "phone@1",
        "participants": [one.account_id for one in people],
        "conversations": IDS,
        **values,
    }


@pytest.fixture
def table(stocked: Workspace, sign_in_as: SignIn) -> Table:
    lead, jan, coach = sign_in_as("qa_lead"), sign_in_as("qa_specialist"), sign_in_as("coach")
    made = lead.call("POST", API, new(lead, jan, coach))
    assert made.status_code == 201
    return Table(lead, jan, coach, made.json()["id"])


# Opening


def test_without_sessions_the_page_says_what_to_do(workspace: Workspace, sign_in_as: SignIn) -> None:
    lead, coach = sign_in_as("qa_lead"), sign_in_as("coach")
    for who, polish in ((lead, "Otwórz pierwszą"), (coach, "Gdy kierownik jakości zaprosi Cię")):
        assert polish in who.get("/calibrations").text
        who.call("PUT", "/api/v1/me/language", {"language": "en"})
        expected = next(value for key, value in english().items() if key.startswith(polish))
        assert expected in who.get("/calibrations").text
    assert "api/v1/calibrations" in lead.get("/calibrations").text
    assert "api/v1/calibrations" not in coach.get("/calibrations").text  # only a lead opens one


NO_SESSION: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "Nazwa kalibracji"),
    ({"scorecard": "phone@99"}, "karty"),
    ({"participants": []}, "od 2 do 20"),
    ({"participants": ["x", "y"]}, "nie mogą brać udziału"),
    ({"conversations": []}, "od 1 do 50"),
    ({"conversations": None}, "od 1 do 50"),
    ({"conversations": ["c-0001", "c-9999"]}, "przetworzonych: c-9999."),
    ({"conversations": "x" * 20_001}, "conversations"),
    ({"choose": "draw"}, "ile rozmów"),
    ({"choose": "draw", "draw": {"number": None}}, "ile rozmów"),
    ({"choose": "draw", "draw": {"number": 51}}, "draw.number"),
    ({"choose": "draw", "draw": {"number": 41}}, "Zmniejsz liczbę"),
    (
        {"choose": "draw", "draw": {"number": 1, "first": "2026-12-31", "last": "2026-01-01"}},
        "zamień daty",
    ),
    ({"choose": "draw", "draw": {"number": 1, "first": "wczoraj"}}, "draw.first"),
    ({"choose": "zgadnij"}, "choose"),
]


def test_what_no_session_can_be_opened_with(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, jan = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    for values, said in NO_SESSION:
        answer = lead.call("POST", API, new(lead, jan, **values))
        message = answer.json()["error"]["message"]
        assert (answer.status_code, said in message, message[-1]) == (422, True, "."), (values, message)
    assert lead.get(API).json()["total"] == 0


def test_conversations_come_as_lines_of_a_form_or_are_drawn(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, jan = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    lines = lead.call("POST", API, new(lead, jan, conversations=" c-0003 \n\nc-0004\r\n")).json()["id"]
    drawn = lead.call("POST", API, new(lead, jan, choose="draw", draw={"number": 38})).json()["id"]
    shown = [
        [one["conversation_id"] for one in lead.get(f"{API}/{key}").json()["mine"]] for key in (lines, drawn)
    ]
    assert shown[0] == ["c-0003", "c-0004"]
    calls = {f"c-{number:04d}" for number in range(40)}  # the chats have no outcomes of this card
    assert set(shown[1]) == calls - set(shown[0])


def test_the_form_offers_people_who_judge_and_the_most_used_card_first(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    for role in ("qa_specialist", "coach", "auditor", "agent", "product"):
        sign_in_as(role)
    assert {one["login"] for one in lead.get(f"{API}/people").json()} == {"qa_lead", "qa_specialist", "coach"}
    assert lead.get(f"{API}/scorecards").json()[0] == {
        "key": "phone@1",
        "name": "Rozmowa telefoniczna",
        "conversations": 40,
    }
    text = lead.get("/calibrations").text
    assert text.index('value="phone@1"') < text.index('value="chat@1"')
    assert text.count('name="participants[]"') == 3


def test_the_list_is_filtered_and_paged(
    table: Table, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.routes.calibrations.SIZE", 1)
    second = table.lead.call("POST", API, new(table.lead, table.coach, name="Grudzień")).json()["id"]
    assert [row["name"] for row in table.lead.get(API).json()["rows"]] == ["Grudzień"]
    assert [row["name"] for row in table.lead.get(f"{API}?number=2").json()["rows"]] == ["Listopad"]
    assert 'href="/calibrations?number=2"' in table.lead.get("/calibrations").text
    assert "Listopad" in table.lead.get("/calibrations?number=2").text
    assert "nic już nie ma" in table.lead.get("/calibrations?number=9").text
    assert table.jan.get(API).json()["total"] == 1  # own ones only
    assert table.jan.get(f"{API}/{second}").status_code == 404
    assert table.jan.get(f"/calibrations/{second}").status_code == 404
    assert table.lead.get(f"{API}?status=closed").json()["rows"] == []
    assert "Nie ma takich kalibracji" in table.lead.get("/calibrations?status=closed").text
    for query in ("status=otwarte", "number=0", "number=x"):
        assert table.lead.get(f"{API}?{query}").status_code == 422
        assert table.lead.get(f"/calibrations?{query}").status_code == 422


# Judging blind


SECRETS = ("<mark", 'class="sentiment', "Konsultant wita", "a-2", "automatycz")


def test_while_judging_nothing_of_the_machine_or_others_is_shown(table: Table, sign_in_as: SignIn) -> None:
    onlooker = sign_in_as("auditor").get("/conversations/c-0001").text
    assert all(secret in onlooker for secret in SECRETS)
    table.judge(table.coach, "c-0001", greeting="na")
    page, operation, session = (
        table.jan.get(address).text
        for address in (
            f"/calibrations/{table.id}/judge/c-0001",
            f"{API}/{table.id}/judgement?conversation=c-0001",
            f"/calibrations/{table.id}",
        )
    )
    for text in (page, operation, session):
        assert not [secret for secret in (*SECRETS, '"marks":["', "0.9") if secret in text]
    assert "Bardzo mi przykro" in page  # the conversation itself is there
    answers = re.findall(r'<input type="radio"[^>]*>', page)
    assert len(answers) == 3 * len(CRITERIA)
    assert not [one for one in answers if "checked" in one]  # nobody's answer is filled in
    found = table.read(table.jan, "c-0001")
    assert "Bardzo mi przykro" in operation
    assert {one["outcome"] for one in found["judgement"]["criteria"]} == {None}
    assert (found["conversation"]["score"], found["conversation"]["criteria"]) == (None, [])


def test_a_draft_is_kept_and_shown_again(table: Table) -> None:
    address = f"{API}/{table.id}/judgement?conversation=c-0001"
    body = {"criteria": {"empathy": {"outcome": "fail", "comment": "<b>Bez żalu</b>"}}, "version": 0}
    first = table.jan.call("PUT", address, {**body, "comment": "Całość"})
    assert (first.status_code, first.json()["status"], first.json()["version"]) == (200, "draft", 1)
    text = table.jan.get(f"/calibrations/{table.id}/judge/c-0001").text
    assert 'data-version="1"' in text
    assert re.search(r'name="o-empathy" value="fail" checked', text)
    assert "&lt;b&gt;Bez żalu&lt;/b&gt;" in text
    assert ">Całość</textarea>" in text
    assert table.jan.call("PUT", address, body).status_code == 409  # the version of another window
    assert table.lead.get(address).json()["judgement"]["version"] == 0  # nobody else's
    assert "zaczęta" in table.page(table.jan)


NO_JUDGEMENT: list[tuple[dict[str, Any], str]] = [
    ({"criteria": {}}, "version"),
    ({"criteria": {"nie_ma": {"outcome": "pass"}}, "version": 0}, "kryterium"),
    ({"criteria": {"empathy": {"outcome": "review"}}, "version": 0}, "criteria.empathy.outcome"),
    ({"criteria": {"empathy": {"comment": "x" * 4001}}, "version": 0}, "criteria.empathy.comment"),
    ({"criteria": {"empathy": {"comment": "\0"}}, "version": 0}, "znaki"),
    ({"criteria": {}, "version": -1}, "version"),
    ({"criteria": {}, "version": 0, "finish": True}, "Oceń jeszcze: Powitanie"),
    ({"criteria": [], "version": 0}, "criteria"),
]


def test_nonsense_in_a_judgement_is_refused(table: Table) -> None:
    for body, said in NO_JUDGEMENT:
        answer = table.jan.call("PUT", f"{API}/{table.id}/judgement?conversation=c-0001", body)
        message = answer.json()["error"]["message"]
        assert (answer.status_code, said in message) == (422, True), (body, message)
    assert table.read(table.jan, "c-0001")["judgement"]["version"] == 0


def test_a_finished_judgement_is_final_and_leads_to_the_next(table: Table) -> None:
    judge = f"/calibrations/{table.id}/judge/"
    assert f'data-next="{judge}c-0002"' in table.jan.get(f"{judge}c-0001").text
    assert table.judge(table.jan, "c-0001").json()["status"] == "finished"
    assert table.judge(table.jan, "c-0001").status_code == 403
    text = table.jan.get(f"{judge}c-0001").text
    assert "Ocena zakończona" in text
    assert 'type="radio"' not in text
    assert f'data-next="/calibrations/{table.id}"' in table.jan.get(f"{judge}c-0002").text


def test_only_participants_judge_and_openings_are_logged(
    table: Table, stocked: Workspace, sign_in_as: SignIn
) -> None:
    other = sign_in_as("qa_specialist", login="obcy")
    address = f"{API}/{table.id}/judgement?conversation="
    assert other.get(f"{address}c-0001").status_code == 404
    assert other.call("PUT", f"{address}c-0001", {"criteria": {}, "version": 0}).status_code == 404
    assert other.get(f"/calibrations/{table.id}/judge/c-0001").status_code == 404
    assert table.jan.get(f"{address}c-0003").status_code == 404
    assert table.jan.get(f"/calibrations/{table.id}/judge/c-0003").status_code == 404
    assert table.jan.get(f"/calibrations/{table.id}/judge/c-0001").status_code == 200
    with stocked.storage.reading() as session:
        entry, mark = list(audit.entries(session))[-1], audit.mark_of(session, "c-0001")
    assert (entry.actor, entry.action, entry.subject) == (
        "qa_specialist",
        "conversation_open",
        mark,
    )


# Comparing


def test_comparing_waits_for_everybody_unless_the_lead_says_otherwise(table: Table) -> None:
    table.judge(table.jan, "c-0001")
    assert table.jan.get(f"{API}/{table.id}/comparison").status_code == 403
    address = f"{API}/{table.id}/compare"
    refused = table.lead.call("POST", address, {})
    assert (refused.status_code, "Brakuje" in refused.json()["error"]["message"]) == (403, True)
    done = table.lead.call("POST", address, {"without_missing": True})
    assert (done.status_code, done.json()["line"]["status"]) == (200, "compared")
    assert table.lead.call("POST", address, {"without_missing": True}).status_code == 409
    judge = table.jan.get(f"/calibrations/{table.id}/judge/c-0001")
    assert (judge.status_code, judge.headers["location"]) == (303, f"/calibrations/{table.id}")


def test_everything_side_by_side_with_intervals(table: Table) -> None:
    table.compared()
    found = table.jan.get(f"{API}/{table.id}/comparison").json()
    empathy = next(one for one in found["criteria"] if one["id"] == "empathy")
    unanimous = empathy["agreement"]["unanimous"]
    assert (unanimous["part"], unanimous["n"], unanimous["value"], unanimous["low"]) == (0, 2, 0.0, 0.0)
    assert 0.5 < unanimous["high"] < 0.8
    assert {one["split"] for one in empathy["conversations"]} == {True}
    text = table.page(table.jan, criterion="empathy")
    assert "n\u00a0=\u00a06" in text  # alpha's outcomes
    assert "ludzie się różnią" in text
    assert "Bardzo mi przykro" in text  # the sentence that the machine points at
    assert '/conversations/c-0001#turn-2"' in text
    assert text.count("<article") == 2
    assert "Zapisz decyzję" not in text  # for the lead only
    assert "Zapisz decyzję" in table.page(table.lead, criterion="empathy")


def test_a_page_without_a_criterion_opens_one_with_something_to_discuss(table: Table) -> None:
    table.compared()
    for query in ({}, {"criterion": "nie_ma"}):
        text = table.page(table.lead, **query)
        assert text.count('aria-current="true"') == 1
        assert "<article" in text
    agreed = table.page(table.lead, criterion="greeting")
    assert "Tu wszyscy są zgodni" in agreed
    assert "<article" not in agreed


def test_a_decision_is_recorded_replaced_and_ends_with_the_session(table: Table) -> None:
    address = f"{API}/{table.id}/decision"
    body = {"conversation_id": "c-0001", "criterion": "empathy", "outcome": "fail", "why": "Brak żalu."}
    assert table.lead.call("PUT", address, body).status_code == 403  # still blind
    table.compared()
    assert table.jan.call("PUT", address, body).status_code == 403
    assert (
        table.lead.call("PUT", address, {**body, "wording": "Wyraża żal <i>wprost</i>."}).status_code == 200
    )
    text = table.page(table.coach, criterion="empathy")
    assert "Brak żalu." in text
    assert (
        text.count("Wyraża żal &lt;i&gt;wprost&lt;/i&gt;.") == 2
    )  # at the conversation and among the proposals
    assert table.lead.call("PUT", address, {**body, "why": "Jednak nie.", "wording": None}).status_code == 200
    assert "Wyraża żal" not in table.page(table.coach, criterion="empathy")
    for wrong in ({"outcome": "review"}, {"why": ""}, {"criterion": "nie_ma"}, {"wording": "x" * 1001}):
        assert table.lead.call("PUT", address, {**body, **wrong}).status_code == 422
    assert table.lead.call("PUT", address, {**body, "conversation_id": "c-0003"}).status_code == 404
    closed = table.lead.call("POST", f"{API}/{table.id}/close")
    assert closed.json()["line"]["status"] == "closed"
    assert table.lead.call("POST", f"{API}/{table.id}/close").status_code == 409
    assert table.lead.call("PUT", address, body).status_code == 403
    text = table.page(table.lead, criterion="empathy")
    assert "Jednak nie." in text
    assert "data-api" not in text


def test_a_comparison_waits_for_blind_judging_in_another_session(table: Table) -> None:
    table.compared()
    again = table.lead.call("POST", API, new(table.lead, table.jan, name="Znowu")).json()["id"]
    assert table.jan.get(f"{API}/{table.id}/comparison").status_code == 403
    text = table.page(table.jan)
    assert "jest jeszcze przed Tobą ukryte" in text
    assert "<article" not in text
    assert "outcome pass" not in text
    assert table.coach.get(f"{API}/{table.id}/comparison").status_code == 200
    second = Table(table.lead, table.jan, table.coach, again)
    for name in IDS:
        second.judge(table.jan, name)
    assert table.jan.get(f"{API}/{table.id}/comparison").status_code == 200


def test_pages_speak_both_languages_at_every_stage(table: Table) -> None:
    judge = f"/calibrations/{table.id}/judge/c-0001"
    in_both(table, "trwa", judge)
    table.judge(table.lead, "c-0001")
    in_both(table, "oceniona", judge)
    for who in (table.jan, table.coach):
        table.judge(who, "c-0001")
    table.lead.call("POST", f"{API}/{table.id}/compare", {"without_missing": True})
    in_both(table, "porównana")
    table.lead.call("POST", f"{API}/{table.id}/close")
    in_both(table, "zamknięta")


def in_both(table: Table, word: str, *more: str) -> None:
    """The pages render in both languages; the session's has this word in Polish only."""
    for language in ("en", "pl"):
        table.lead.call("PUT", "/api/v1/me/language", {"language": language})
        for address in (f"/calibrations/{table.id}", "/calibrations", *more):
            answer = table.lead.get(address)
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text
        assert (f">{word}<" in table.page(table.lead)) is (language == "pl")


def test_names_from_the_code_are_in_the_catalogue() -> None:
    assert not {*STATUSES.values(), *JUDGED.values()} - set(english())
