"""Who must not get in: the browser's side."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from qa.services.access import openid_provider, single_sign_on
from qa.storage.people import SignInRow
from tests.integration.qa.company_accounts import (
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    Person,
)


def test_a_state_of_another_attempt_is_refused(ewa: Person, company: CompanyAccounts) -> None:
    attacker = Person(ewa.workspace, company)
    stolen = attacker.at_provider(attacker.start())  # a code of the attacker's account, sent to Ewa as a link
    own = ewa.at_provider(ewa.start())
    ewa.is_refused(ewa.back(stolen), openid_provider.STALE)
    ewa.at_provider(ewa.start())
    ewa.is_refused(ewa.back(own), openid_provider.STALE)  # own, but of an earlier attempt
    assert len(company.codes) == 3  # nobody asked the provider for a token


def test_without_the_cookie_of_the_attempt_nothing_counts(ewa: Person, company: CompanyAccounts) -> None:
    path = ewa.at_provider(ewa.start())
    cookie = ewa.client.cookies["odsluch_sso"]
    for wrong in (None, "", "nonsens", cookie[:-4] + "AAA=", "ą"):
        stranger = Person(ewa.workspace, company)
        headers = {} if wrong is None else {"cookie": f"odsluch_sso={wrong}".encode()}
        answer = stranger.client.get(path, headers=headers, follow_redirects=False)  # type: ignore[arg-type]
        stranger.is_refused(answer, openid_provider.STALE)


def test_a_cookie_is_worth_nothing_after_ten_minutes(ewa: Person) -> None:
    path = ewa.at_provider(ewa.start())
    with ewa.workspace.storage.reading() as session:
        sealed_by = single_sign_on.sealer(session)
    assert sealed_by is not None
    content = sealed_by.decrypt(ewa.client.cookies["odsluch_sso"].encode())

    def with_age(seconds: int) -> Any:
        cookie = sealed_by.encrypt_at_time(content, int(time.time()) - seconds).decode()
        ewa.client.cookies.clear()
        return ewa.client.get(path, headers={"cookie": f"odsluch_sso={cookie}"}, follow_redirects=False)

    ewa.is_refused(with_age(602), openid_provider.STALE)
    assert with_age(595).status_code == 303


def test_a_replayed_return_is_refused(ewa: Person, company: CompanyAccounts) -> None:
    path = ewa.at_provider(ewa.start())
    cookie = ewa.client.cookies["odsluch_sso"]
    assert ewa.back(path).status_code == 303
    ewa.client.cookies.clear()
    with ewa.workspace.storage.writing() as session:
        for row in session.scalars(select(SignInRow)):
            session.delete(row)
    headers = {"cookie": f"odsluch_sso={cookie}"}
    ewa.is_refused(ewa.client.get(path, headers=headers, follow_redirects=False), openid_provider.STALE)


def test_a_code_got_by_another_browser_does_not_fit_the_verifier(
    ewa: Person, company: CompanyAccounts
) -> None:
    attacker = Person(ewa.workspace, company)
    stolen = parse_qs(urlsplit(attacker.at_provider(attacker.start())).query)["code"][0]
    own = parse_qs(urlsplit(ewa.at_provider(ewa.start())).query)["state"][0]
    ewa.is_refused(ewa.back(f"/sso/back?code={stolen}&state={own}"), openid_provider.STALE)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "evil.example",
        " //evil.example",
        "",
    ],
)
def test_nobody_is_sent_to_another_site_afterwards(ewa: Person, wanted: str) -> None:
    assert ewa.sign_in(wanted).headers["location"] == "/"
    page = ewa.client.get("/login", params={"next": wanted}).text
    assert 'data-next="/"' in page


def test_a_long_page_to_return_to_fits_the_cookie(ewa: Person) -> None:
    wanted = "/conversations?agent=" + "ż" * 450
    answer = ewa.client.get("/sso/start", params={"next": wanted}, follow_redirects=False)
    assert len(answer.headers["set-cookie"]) < 4000
    path = ewa.at_provider(answer.headers["location"])
    assert ewa.back(path).headers["location"] == "/conversations?agent=" + "%C5%BC" * 450
