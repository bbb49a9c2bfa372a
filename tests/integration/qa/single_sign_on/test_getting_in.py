"""Single sign-on: who gets in."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient
from sqlalchemy import select

from qa.services.workspace import Workspace
from qa.storage.people import AccountRow
from qa.web.app import create_app
from tests.integration.qa.company_accounts import (
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    PASSWORD,
    SITE,
    Person,
    account,
    log_of,
    opened,
)


def test_the_first_time_links_the_account_and_the_next_finds_it_by_subject(
    ewa: Person, company: CompanyAccounts
) -> None:
    answer = ewa.sign_in("/conversations?channel=phone&team=T1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/conversations?channel=phone&team=T1")
    assert ewa.who() == "ewa@firma.example"
    assert set(ewa.client.cookies) == {"odsluch"}  # nothing is left of the attempt
    kept = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("odsluch="))
    assert {"HttpOnly", "SameSite=lax", "Secure", "Path=/"} <= set(kept.split("; "))
    company.person = {"sub": "u-1", "email": "nowe.nazwisko@firma.example", "email_verified": True}
    again = Person(ewa.workspace, company)
    assert again.sign_in().status_code == 303
    assert again.who() == "ewa@firma.example"
    assert log_of(ewa.workspace.storage) == [
        ("account_create", "ewa@firma.example", {"roles": ["qa_lead"]}),
        ("single_sign_on_link", "ewa@firma.example", {"issuer": company.issuer}),
        ("sign_in", "ewa@firma.example", {}),
        ("sign_in", "ewa@firma.example", {}),
    ]
    with ewa.workspace.storage.reading() as session:
        assert session.scalar(select(AccountRow.subject)) == f"{company.issuer}|u-1"


def test_an_account_without_a_password_lets_nobody_in_by_password(ewa: Person) -> None:
    for password in ("", "None", PASSWORD):
        answer = ewa.client.post(
            "/api/v1/sign-in",
            json={"login": "ewa@firma.example", "password": password},
            headers={"x-odsluch-form": "sign-in"},
        )
        assert answer.status_code == 401
    assert ewa.sign_in().status_code == 303


def test_the_name_in_the_directory_is_enough_where_the_login_is_that_name(
    workspace: Workspace, company: CompanyAccounts
) -> None:
    account(workspace.storage, "ewa.k")
    person = Person(workspace, company)
    assert person.sign_in().status_code == 303
    assert person.who() == "ewa.k"


def test_a_name_that_anybody_could_choose_opens_no_account_with_a_password(
    workspace: Workspace, company: CompanyAccounts
) -> None:
    account(workspace.storage, "ewa.k", PASSWORD)
    answer = Person(workspace, company).sign_in()
    assert answer.status_code == 403
    assert "własne hasło" in answer.text


def test_elliptic_curves_and_a_secret_in_the_body_work_too(ewa: Person, company: CompanyAccounts) -> None:
    company.algorithm = "ES256"
    company.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    # keys of kinds that we do not use are passed over
    company.more_keys = [{"kty": "AKP", "kid": "pq"}, {"kty": "EC", "kid": "x", "crv": "P-9"}]
    assert ewa.sign_in().status_code == 303


def test_a_way_begun_in_one_process_ends_in_another(
    fresh_url: str, tmp_path: Path, company: CompanyAccounts
) -> None:
    workspaces = [opened(fresh_url, tmp_path / "var", company.issuer) for _ in range(2)]
    account(workspaces[0].storage, "ewa@firma.example")
    one, other = (Person(found, company, create_app(found, secure=True)) for found in workspaces)
    path = one.at_provider(one.start("/trust"))
    other.client.cookies = one.client.cookies
    assert other.back(path).headers["location"] == "/trust"
    assert other.who() == "ewa@firma.example"
    for workspace in workspaces:
        workspace.storage.close()


def test_the_browser_is_sent_with_a_challenge_and_a_closed_cookie(
    ewa: Person, company: CompanyAccounts
) -> None:
    answer = ewa.client.get("/sso/start", follow_redirects=False)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["openid email profile"]
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Secure", "Path=/sso", "Max-Age=600"} <= set(cookie.split("; "))
    for hidden in (asked["state"][0], asked["nonce"][0]):
        assert hidden not in cookie
    ewa.back(ewa.at_provider(answer.headers["location"]))
    (verifier,) = [told for told in company.told if len(told) == 64]
    assert verifier not in answer.headers["location"]


def test_the_login_page_has_the_button_only_where_it_is_set_up(tmp_path: Path, ewa: Person) -> None:
    page = ewa.client.get("/login?next=/conversations%3Fa%3D1").text
    assert 'href="/sso/start?next=%2Fconversations%3Fa%3D1"' in page
    assert "Zaloguj przez firmowe konto" in page
    bare = opened(f"sqlite:///{tmp_path}/bare.db", tmp_path / "bare", "")
    client = TestClient(create_app(bare), base_url=SITE)
    assert "/sso/start" not in client.get("/login").text
    for path in ("/sso/start", "/sso/back?code=x&state=y"):
        answer = client.get(path, follow_redirects=False)
        assert answer.status_code == 404
        assert "Logowanie firmowe nie jest włączone" in answer.text
    bare.storage.close()
