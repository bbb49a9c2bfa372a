"""Trouble at the provider is one sentence, and holds nobody up."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from qa.services.access import openid_provider
from tests.integration.qa.company_accounts import (
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    WRONG,
    Person,
    account,
    opened,
)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("access_denied", openid_provider.DENIED),
        ("server_error", openid_provider.FAILED.format(cause="server_error")),
        ("<b>wpisz hasło na evil.example</b>", openid_provider.FAILED.format(cause="unknown_error")),
    ],
)
def test_a_refusal_of_the_provider_is_one_sentence(
    ewa: Person, company: CompanyAccounts, error: str, sentence: str
) -> None:
    company.error = error
    answer = ewa.sign_in()
    ewa.is_refused(answer, sentence)
    assert "evil.example" not in answer.text


def test_a_return_with_neither_code_nor_error_is_refused(ewa: Person) -> None:
    state = parse_qs(urlsplit(ewa.at_provider(ewa.start())).query)["state"][0]
    ewa.is_refused(ewa.back(f"/sso/back?state={state}"), openid_provider.STALE)


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (JSONResponse({"error": "invalid_client"}, 401), 403, openid_provider.FAILED.format(cause="invalid_client")),
        (JSONResponse({"error": {"x": 1}}, 400), 403, openid_provider.FAILED.format(cause="unknown_error")),
        (JSONResponse({"error": "server_error"}, 500), 503, openid_provider.UNREACHABLE.format(cause="HTTPStatusError")),
        (HTMLResponse("<p>Bramka</p>", 200), 503, openid_provider.UNREACHABLE.format(cause="ValueError")),
        (RedirectResponse("https://evil.example/token"), 503, openid_provider.UNREACHABLE.format(cause="HTTPStatusError")),
        (JSONResponse({"access_token": "a", "token_type": "Bearer"}), 403, WRONG.format("malformed")),
        (JSONResponse({"id_token": ["a"]}), 403, WRONG.format("malformed")),
    ],
)  # fmt: skip
def test_a_token_page_that_answers_otherwise_is_one_sentence(
    ewa: Person, company: CompanyAccounts, answer: Any, status: int, sentence: str
) -> None:
    company.token_answer = answer
    ewa.is_refused(ewa.sign_in(), sentence, status)


@pytest.mark.parametrize(
    ("discovery", "cause"),
    [
        ({"issuer": "https://evil.example"}, "issuer"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"token_endpoint": "http://evil.example/token"}, "token_endpoint"),
        ({"jwks_uri": "http://192.168.0.9/keys"}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"authorization_endpoint": "https://[oops/"}, "authorization_endpoint"),
    ],
)
def test_a_provider_that_names_other_addresses_is_not_followed(
    ewa: Person, company: CompanyAccounts, discovery: dict[str, Any], cause: str
) -> None:
    company.discovery = discovery
    answer = ewa.client.get("/sso/start", follow_redirects=False)
    ewa.is_refused(answer, openid_provider.UNREACHABLE.format(cause=cause), 503)


@pytest.mark.parametrize("keys", ["nic", [7], [{"kty": "RSA", "kid": "zly", "n": "!", "e": "?"}]])
def test_keys_of_no_known_shape_are_one_sentence(ewa: Person, company: CompanyAccounts, keys: Any) -> None:
    company.more_keys = list(keys)
    ewa.is_refused(ewa.sign_in(), WRONG.format("malformed"))


def test_a_provider_that_hangs_is_one_sentence_and_holds_nobody_up(
    ewa: Person, company: CompanyAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openid_provider, "WAIT", 0.2)
    company.before = lambda: time.sleep(2.0)
    began = time.monotonic()
    ewa.is_refused(
        ewa.client.get("/sso/start", follow_redirects=False),
        openid_provider.UNREACHABLE.format(cause="ReadTimeout"),
        503,
    )
    assert time.monotonic() - began < 1.8
    company.before = lambda: None
    path = ewa.at_provider(ewa.start())
    company.before = lambda: time.sleep(2.0)
    ewa.is_refused(ewa.back(path), openid_provider.UNREACHABLE.format(cause="ReadTimeout"), 503)


def test_nobody_listening_at_the_providers_address_is_one_sentence(
    tmp_path: Path, company: CompanyAccounts
) -> None:
    away = opened(f"sqlite:///{tmp_path}/away.db", tmp_path / "away", "http://127.0.0.1:9")
    person = Person(away, company)
    answer = person.client.get("/sso/start", follow_redirects=False)
    person.is_refused(answer, openid_provider.UNREACHABLE.format(cause="ConnectError"), 503)
    away.storage.close()


def test_no_writer_waits_while_the_provider_is_asked(ewa: Person, company: CompanyAccounts) -> None:
    path = ewa.at_provider(ewa.start())
    asked, go_on = threading.Event(), threading.Event()
    company.before = lambda: (asked.set(), go_on.wait(30))
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ewa.back(path)))
    thread.start()
    assert asked.wait(30)
    account(ewa.workspace.storage, "inna")  # would wait for the provider, and the provider for this
    go_on.set()
    thread.join()
    assert answers[0].status_code == 303
