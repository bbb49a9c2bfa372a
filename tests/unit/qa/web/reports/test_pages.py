"""The page of reports and its operations: ordering, changing, trying out, files; hostile values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from qa.services.workspace import Workspace
from qa.storage.people import AccountRow
from qa.storage.tables import AuditRow
from tests.unit.qa.postbox import Postbox, open_postbox
from tests.unit.qa.web.conftest import Browser, SignIn, with_web_settings

API = "/api/v1/reports"


@pytest.fixture
def box() -> Iterator[Postbox]:
    with open_postbox() as opened:
        yield opened


def with_mail(browser: Browser, box: Postbox, **values: Any) -> Browser:
    app: Any = browser.client.app
    settings = replace(app.state.workspace.settings, mail=box.settings(**values))
    app.state.workspace = replace(app.state.workspace, settings=settings)
    return browser


def give_address(workspace: Workspace, browser: Browser, address: str | None = None) -> Browser:
    with workspace.storage.writing() as session:
        row = session.get_one(AccountRow, browser.account_id)
        row.email = address or f"{row.login}@firma.example.pl"
    return browser


def ordered(browser: Browser, **values: Any) -> dict[str, Any]:
    answer = browser.call("POST", API, {"board": "voice", **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()[0]
    return found


def page_of(browser: Browser, query: str = "") -> Any:
    answer = browser.get(f"/reports{query}")
    assert answer.status_code == 200
    return LexborHTMLParser(answer.text)


def test_ordering_pausing_changing_and_deleting(stocked: Workspace, sign_in_as: SignIn) -> None:
    person = give_address(stocked, sign_in_as("coach"))
    made = ordered(
        person,
        period="month",
        cycle="monthly",
        monthday=31,
        hour=6,
        filters={"channel": "phone", "team": None},
    )
    assert (made["cycle"], made["day"], made["hour"], made["filters"]) == (
        "monthly",
        31,
        6,
        {"channel": "phone"},
    )
    text = page_of(person).css_first("main").text()
    assert "ostatni miesiąc" in text
    assert "Kanał: telefon" in text
    assert "coach@firma.example.pl" in text
    changed = person.call(
        "PATCH", f"{API}/{made['id']}", {"weekday": 3, "monthday": 15, "form": "pdf"}
    ).json()
    assert (changed["cycle"], changed["day"], changed["form"]) == ("monthly", 15, "pdf")
    changed = person.call(
        "PATCH", f"{API}/{made['id']}", {"cycle": "weekly", "weekday": 3, "monthday": 15}
    ).json()
    assert (changed["cycle"], changed["day"]) == ("weekly", 3)
    paused = person.call("PATCH", f"{API}/{made['id']}", {"active": "no"}).json()
    assert (paused["active"], paused["next_at"]) == (False, None)
    assert "wstrzymany" in page_of(person).css_first("main").text()
    assert person.get(API).json() == {"rows": [paused], "total": 1}
    assert person.call("DELETE", f"{API}/{made['id']}").status_code == 200
    assert person.get(API).json() == {"rows": [], "total": 0}
    assert "Nie ma jeszcze raportów" in page_of(person).css_first("main").text()


def test_the_form_offers_what_the_person_may_order(stocked: Workspace, sign_in_as: SignIn) -> None:
    product = give_address(stocked, sign_in_as("product"))
    found = page_of(product)
    assert [one.text() for one in found.css("nav.tabs a")] == ["Głos klienta"]
    assert found.css_first("[name='filters.team']") is None
    assert found.css_first("[name='quotes']") is not None
    lead = give_address(stocked, sign_in_as("qa_lead"))
    assert [one.text() for one in page_of(lead).css("nav.tabs a")] == ["Jakość", "Głos klienta"]
    found = page_of(lead, "?board=quality&team=T1&first=2026-11-01")
    assert found.css_first("[name='filters.team'] option[selected]").attributes["value"] == "T1"
    assert {one.attributes["value"] for one in found.css("[name='accounts[]']")} == {lead.account_id}
    found = page_of(lead, "?board=voice")
    assert {one.attributes["value"] for one in found.css("[name='accounts[]']")} == {
        lead.account_id,
        product.account_id,
    }


def test_without_an_address_the_page_says_what_to_do(stocked: Workspace, sign_in_as: SignIn) -> None:
    person = sign_in_as("auditor")
    found = page_of(person)
    assert "poproś administratora" in found.css_first("main").text()
    assert found.css_first("form[data-api='POST /api/v1/reports']") is None
    assert person.call("POST", API, {"board": "voice"}).status_code == 422


def test_a_lead_orders_for_others_who_see_it(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, product = give_address(stocked, sign_in_as("qa_lead")), give_address(stocked, sign_in_as("product"))
    made = ordered(lead, accounts=[product.account_id])
    assert (made["person"], made["mine"]) == ("Osoba product", False)
    assert product.get(API).json()["rows"][0]["mine"]
    assert {one["id"] for one in lead.get(f"{API}/readers").json()} == {lead.account_id, product.account_id}
    assert lead.call("POST", API, {"board": "quality", "accounts": [product.account_id]}).status_code == 403
    coach = give_address(stocked, sign_in_as("coach"))
    assert coach.call("POST", API, {"board": "voice", "accounts": [product.account_id]}).status_code == 403
    assert coach.call("DELETE", f"{API}/{made['id']}").status_code == 404


def test_a_trial_arrives_and_its_result_is_on_the_page(
    stocked: Workspace, sign_in_as: SignIn, box: Postbox
) -> None:
    person = with_mail(give_address(stocked, sign_in_as("qa_lead")), box)
    made = ordered(person, board="quality", period="month")
    answer = person.call("POST", f"{API}/{made['id']}/trial", {}).json()
    assert answer["status"] == "sent"
    (letter,) = box.letters
    assert letter["To"].addresses[0].addr_spec == "qa_lead@firma.example.pl"
    assert "próbny" in letter["Subject"]
    assert {part.get_content_type() for part in letter.walk()} >= {
        "text/plain",
        "text/html",
        "image/png",
        "application/pdf",
    }
    text = page_of(person).css_first("main").text()
    assert "Ostatnia wysyłka na próbę" in text
    assert "wysłany" in text
    assert person.call("POST", f"{API}/{made['id']}/trial", {}).status_code == 503


def test_a_refused_address_is_on_the_page_with_the_servers_code(
    stocked: Workspace, sign_in_as: SignIn, box: Postbox
) -> None:
    person = with_mail(give_address(stocked, sign_in_as("qa_lead")), box)
    made = ordered(person)
    box.refused["qa_lead@firma.example.pl"] = "550 5.1.1 <b>nie ma</b>"
    assert person.call("POST", f"{API}/{made['id']}/trial", {}).json()["status"] == "failed"
    text = page_of(person).css_first("main").text()
    assert "serwer poczty odrzucił adres odbiorcy (550 5.1.1)" in text
    assert "nie ma</b>" not in text


def test_without_a_mail_server_a_trial_says_so(stocked: Workspace, sign_in_as: SignIn) -> None:
    person = give_address(stocked, sign_in_as("qa_lead"))
    made = ordered(person)
    answer = person.call("POST", f"{API}/{made['id']}/trial", {})
    assert answer.status_code == 422
    assert "[mail]" in answer.json()["error"]["message"]
    assert "Wysyłka nie jest jeszcze ustawiona" in page_of(person).css_first("main").text()


@pytest.mark.parametrize(("kind", "begin"), [("html", b"<!doctype html>"), ("pdf", b"%PDF")])
def test_a_report_can_be_downloaded_and_that_is_noted(
    stocked: Workspace, sign_in_as: SignIn, kind: str, begin: bytes
) -> None:
    person = give_address(stocked, sign_in_as("qa_lead"))
    made = ordered(person, board="quality", period="month")
    answer = person.get(f"{API}/{made['id']}/file?kind={kind}")
    assert answer.status_code == 200
    assert answer.content.lstrip().startswith(begin)
    assert "attachment" in answer.headers["content-disposition"]
    with stocked.storage.reading() as session:
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "report_file")).one()
    assert entry.details["report"] == "quality"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"board": "koszty"}, {"board": "voice", "hour": 24}, {"board": "voice", "hour": "siódma"},
        {"board": "voice", "cycle": "hourly"}, {"board": "voice", "monthday": 0}, {"board": "voice", "weekday": 8},
        {"board": "voice", "period": "year"}, {"board": "voice", "form": "doc"}, {"board": "voice", "accounts": ["x"] * 51},
        {"board": "voice", "accounts": ["\u0000"]}, {"board": "voice", "filters": {"channel": "gołąb"}},
        {"board": "voice", "filters": {"agent": "a-1"}}, {"board": "voice", "filters": {"reason": "\u0000"}},
        {"board": "voice", "filters": []},
    ],
)  # fmt: skip
def test_hostile_orders_are_refused_in_one_sentence(
    stocked: Workspace, sign_in_as: SignIn, body: dict[str, Any]
) -> None:
    person = give_address(stocked, sign_in_as("qa_lead"))
    answer = person.call("POST", API, body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert person.get(API).json() == {"rows": [], "total": 0}


@pytest.mark.parametrize("path", ["x", "%F0%9F%99%82", "x" * 32])
def test_unknown_reports_are_missing(stocked: Workspace, sign_in_as: SignIn, path: str) -> None:
    person = sign_in_as("qa_lead")
    assert person.call("PATCH", f"{API}/{path}", {"active": False}).status_code == 404
    assert person.call("DELETE", f"{API}/{path}").status_code == 404
    assert person.get(f"{API}/{path}/file?kind=pdf").status_code == 404


def test_the_page_in_english(stocked: Workspace, sign_in_as: SignIn) -> None:
    person = give_address(stocked, sign_in_as("qa_lead"))
    ordered(
        person,
        filters={"channel": "phone", "sentiment": "negative", "reason": "none"},
        quotes=True,
        cycle="monthly",
    )
    person.call("PUT", "/api/v1/me/language", {"language": "en"})
    text = page_of(person).css_first("main").text()
    assert "Reports by e-mail" in text
    assert "last week" in text
    assert "with quotes" in text
    for word in ("Raport", "miesiąc", "Kanał", "wstrzym"):
        assert word not in text


def test_the_boards_lead_to_the_form_with_their_filters(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for board, query in (("quality", "?team=T1"), ("voice", "?channel=phone")):
        found = LexborHTMLParser(lead.get(f"/{board}{query}").text)
        links = [
            one.attributes["href"] or ""
            for one in found.css("main a")
            if (one.attributes["href"] or "").startswith("/reports")
        ]
        assert len(links) == 1
        assert f"board={board}&" in links[0]
        assert query[1:] in links[0]
        assert lead.get(links[0]).status_code == 200


def test_an_administrator_gives_addresses(stocked: Workspace, sign_in_as: SignIn) -> None:
    admin = sign_in_as("administrator")
    coach = sign_in_as("coach")
    answer = admin.call("PATCH", f"/api/v1/accounts/{coach.account_id}", {"email": "ola@firma.example.pl"})
    assert answer.json()["email"] == "ola@firma.example.pl"
    assert admin.call("PATCH", f"/api/v1/accounts/{coach.account_id}", {"email": "ola"}).status_code == 422
    new = {
        "login": "nowa",
        "name": "Nowa Osoba",
        "roles": ["product"],
        "password": "dluga-fraza-na-probe",
        "email": "n@f.example.pl",
    }
    assert admin.call("POST", "/api/v1/accounts", new).json()["email"] == "n@f.example.pl"
    assert "ola@firma.example.pl" in admin.get("/accounts").text


def test_filters_are_changed_on_the_page(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = give_address(stocked, sign_in_as("qa_lead"))
    given = {"team": "T1", "agent": "a-1", "channel": "phone"}
    quality = ordered(lead, board="quality", filters=given)
    gone = {"reason": "delivery.lost", "team": "Dawny zespół", "sentiment": "negative"}
    voice = ordered(lead, filters=gone)
    page = page_of(lead)

    def chosen(identifier: str) -> dict[str, str]:
        """What the form sends as it stands, also of a team and a reason that no conversation has any more."""
        form = page.css_first(f"form.filters[data-api='PATCH {API}/{identifier}']")
        fields = {one.attributes["name"]: one for one in form.css("[name^='filters.']")}
        values = {
            name: (one.css_first("option[selected]") or one.css_first("option")).attributes["value"]
            if one.tag == "select"
            else one.attributes["value"]
            for name, one in fields.items()
        }
        return {name.removeprefix("filters."): value for name, value in values.items() if value}

    assert chosen(quality["id"]) == given
    assert chosen(voice["id"]) == gone
    assert "Powód: Zaginiona przesyłka" in page.css_first("main").text()
    assert "delivery.lost" not in page.css_first("main").css_first("ul.facts").text()
    changed = lead.call(
        "PATCH", f"{API}/{voice['id']}", {"filters": {"channel": "chat", "team": None}}
    ).json()
    assert changed["filters"] == {"channel": "chat"}


def test_who_is_offered_no_teams_keeps_the_one_that_is_set(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, product = give_address(stocked, sign_in_as("qa_lead")), give_address(stocked, sign_in_as("product"))
    ordered(lead, accounts=[product.account_id], filters={"team": "T1"})
    field = page_of(product).css_first("ul.reports [name='filters.team']")
    assert (field.attributes["type"], field.attributes["value"]) == ("hidden", "T1")


def test_the_list_is_paged(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, product = give_address(stocked, sign_in_as("qa_lead")), give_address(stocked, sign_in_as("product"))
    own = [ordered(lead)["id"] for _ in range(3)]
    for _ in range(2):
        ordered(lead, accounts=[product.account_id])
    with_web_settings(lead, page_rows=2)
    first, second, third = (lead.get(f"{API}?number={number}").json() for number in (1, 2, 3))
    assert [one["total"] for one in (first, second, third)] == [5, 5, 5]
    assert [len(one["rows"]) for one in (first, second, third)] == [2, 2, 1]
    listed = [row["id"] for one in (first, second, third) for row in one["rows"]]
    assert listed[:3] == sorted(own)
    assert len(set(listed)) == 5
    page = page_of(lead, "?board=voice&channel=phone&number=2")
    assert [one.attributes["href"] for one in page.css("nav.pager a")] == [
        "/reports?number=1&channel=phone&board=voice",
        "/reports?number=3&channel=phone&board=voice",
    ]
    assert len(page.css("ul.reports > li")) == 2
    nexts = {one.attributes["data-next"] for one in page.css("ul.reports form")}
    assert nexts == {"/reports?board=voice&number=2&channel=phone"}
    assert "Ta strona listy jest pusta" in page_of(lead, "?number=9").css_first("main").text()
    assert lead.get(f"{API}?number=0").status_code == 422
