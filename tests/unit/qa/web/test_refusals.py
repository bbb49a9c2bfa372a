"""In which language a refusal comes: on pages, from operations, before anybody is signed in, and when all breaks."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.services.workspace import Workspace
from qa.web.routes import conversations
from tests.unit.qa.web.conftest import Browser, SignIn, served, with_web_settings

FORM = {"x-odsluch-form": "sign-in"}
BOTH = pytest.mark.parametrize("language", ["pl", "en"])


def speaking(browser: Browser, language: str) -> Browser:
    assert browser.call("PUT", "/api/v1/me/language", {"language": language}).status_code == 200
    return browser


def told(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


REFUSALS = [
    (
        "GET",
        "/api/v1/conversations?first=wczoraj",
        None,
        422,
        "Dzień podaj w postaci RRRR-MM-DD.",
        "Give a day as YYYY-MM-DD.",
    ),
    (
        "GET",
        "/api/v1/conversation?id=nie",
        None,
        404,
        "Nie ma takiej rozmowy.",
        "There is no such conversation.",
    ),
    (
        "GET",
        "/api/v1/accounts",
        None,
        403,
        "Brak uprawnienia: zarządzanie kontami. Poproś administratora o rolę, która je daje.",
        "Permission missing: managing accounts. Ask the administrator for a role that gives it.",
    ),
    (
        "POST",
        "/api/v1/saved-filters",
        {"page": "voice", "name": " ", "query": "team=T1"},
        422,
        "Nazwa filtra: podaj od 1 do 80 znaków.",
        "Name of the filter: give 1 to 80 characters.",
    ),
    ("PUT", "/api/v1/me/language", {}, 422, "Niewłaściwa wartość: language.", "Value not usable: language."),
    (
        "PUT",
        "/api/v1/me/language",
        None,
        422,
        "Niewłaściwa wartość: treść zapytania.",
        "Value not usable: the content of the request.",
    ),
    ("GET", "/api/v1/nie-ma", None, 404, "Nie ma takiej strony.", "There is no such page."),
    (
        "DELETE",
        "/api/v1/me",
        None,
        405,
        "Tego adresu nie można użyć w ten sposób.",
        "This address cannot be used in this way.",
    ),
    (
        "GET",
        "/api/v1/conversations?team=%00",
        None,
        422,
        "Adres zawiera znak, którego nie da się zapisać.",
        "The address holds a character that cannot be stored.",
    ),
]


@pytest.mark.parametrize(("method", "address", "body", "status", "polish", "english"), REFUSALS)
def test_operations_answer_in_the_language_of_the_account(
    sign_in_as: SignIn, method: str, address: str, body: Any, status: int, polish: str, english: str
) -> None:
    for language, expected in (("pl", polish), ("en", english)):
        answer = speaking(sign_in_as("qa_lead"), language).call(method, address, body)
        assert (answer.status_code, told(answer)) == (status, expected)


@BOTH
def test_pages_refuse_in_the_language_of_the_account(sign_in_as: SignIn, language: str) -> None:
    lead = speaking(sign_in_as("qa_lead"), language)
    for address, polish, english in (
        ("/conversations?first=wczoraj", "Dzień podaj", "Give a day as"),
        ("/conversations?last=2026-02-31", "Dzień podaj", "Give a day as"),
        ("/conversations/c-0001?item=../plans", "Niewłaściwa wartość: item.", "Value not usable: item."),
        ("/conversations/nie-ma", "Nie ma takiej rozmowy.", "There is no such conversation."),
        ("/accounts", "Brak uprawnienia: zarządzanie", "Permission missing: managing"),
        ("/disputes?number=0", "Niewłaściwa wartość: number.", "Value not usable: number."),
        ("/nie-ma", "Nie ma takiej strony.", "There is no such page."),
        ("/conversations?team=%00", "Adres zawiera znak", "The address holds a character"),
    ):
        text = lead.get(address).text
        assert f'<html lang="{language}">' in text
        assert ((polish in text), (english in text)) == (language == "pl", language == "en"), address


def test_what_somebody_typed_stays_as_it_is(sign_in_as: SignIn) -> None:
    boss = speaking(sign_in_as("administrator"), "en")
    new = {"name": "Ola", "roles": ["auditor"], "password": "tajne-haslo-do-prob"}
    assert boss.call("POST", "/api/v1/accounts", {"login": "komentarz", **new}).status_code == 201
    again = boss.call("POST", "/api/v1/accounts", {"login": "komentarz", **new})
    assert told(again) == "The login komentarz is taken: choose another."


def test_before_signing_in_the_browser_has_chosen_the_language(workspace: Workspace) -> None:
    client = TestClient(served(workspace))
    wrong = {"login": "nikt", "password": "zle"}
    assert told(client.post("/api/v1/sign-in", json=wrong, headers=FORM)).startswith("Nieprawidłowy login")
    assert told(client.post("/api/v1/sign-in", json=wrong)).startswith("To zapytanie nie przyszło")
    client.get("/language/en", follow_redirects=False)
    said = "Wrong login or password. After 5 wrong passwords the account is locked for 15 min."
    assert told(client.post("/api/v1/sign-in", json=wrong, headers=FORM)) == said
    assert told(client.post("/api/v1/sign-in", json=wrong)).startswith("This request did not come from")
    assert told(client.get("/api/v1/me")) == "Sign in."
    assert told(client.post("/api/v1/sign-in", json={}, headers=FORM)) == "Value not usable: login, password."
    assert "There is no such page." in client.get("/nie-ma").text
    other = TestClient(served(workspace), cookies={"odsluch_language": "tlh"})
    assert told(other.get("/api/v1/me")) == "Zaloguj się."


def test_the_account_goes_before_the_browser(sign_in_as: SignIn) -> None:
    lead = speaking(sign_in_as("qa_lead"), "pl")
    lead.client.cookies.set("odsluch_language", "en")
    assert told(lead.get("/api/v1/conversation?id=nie")) == "Nie ma takiej rozmowy."


def test_lockout_says_what_the_settings_say(sign_in_as: SignIn) -> None:
    person = sign_in_as("auditor")
    with_web_settings(person, sign_in_tries=7, lock_minutes=60)
    answer = person.client.post("/api/v1/sign-in", json={"login": "auditor", "password": "zle"}, headers=FORM)
    assert told(answer).endswith("Po 7 błędnych hasłach konto jest zablokowane na 60 min.")


@BOTH
def test_a_body_that_is_too_large_is_refused_in_the_right_language(sign_in_as: SignIn, language: str) -> None:
    lead = speaking(sign_in_as("qa_lead"), language)
    answer = lead.client.put("/api/v1/me/language", content=b"x" * 1_000_001)
    said = {"pl": "Zbyt duża treść zapytania.", "en": "The content of the request is too large."}
    assert (answer.status_code, told(answer)) == (413, said[language])


@BOTH
def test_a_bug_is_told_without_asking_the_database_again(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    lead = speaking(sign_in_as("qa_lead"), language)
    client = TestClient(lead.client.app, raise_server_exceptions=False)
    client.cookies, client.headers = lead.client.cookies, lead.client.headers

    def breaks(*_: Any) -> None:
        monkeypatch.setattr("qa.web.app.accounts.signed_in", breaks)
        raise RuntimeError("nie działa")

    monkeypatch.setattr(conversations.conversation_list, "conversations", breaks)
    said = {"pl": "Coś poszło nie tak", "en": "Something went wrong"}[language]
    answer = client.get("/api/v1/conversations")
    assert (answer.status_code, told(answer).partition(" po ")[0].partition(" on ")[0]) == (500, said)
    monkeypatch.undo()
    monkeypatch.setattr(conversations.conversation_list, "conversations", breaks)
    text = client.get("/conversations").text
    assert said in text
    assert f'<html lang="{language}">' in text


def test_names_of_fields_that_somebody_made_up_are_shown_as_text(sign_in_as: SignIn) -> None:
    lead = speaking(sign_in_as("qa_lead"), "en")
    name = "{fields.__class__}<script>"
    answer = lead.call("PUT", "/api/v1/review?id=c-1", {"outcomes": {name: 7}, "comments": {}})
    assert answer.status_code == 422
    assert name in told(answer)
