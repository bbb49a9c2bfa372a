"""What single sign-on leaves behind in logs, prints and catalogues."""

from __future__ import annotations

import logging
import re

import pytest

from qa.services.access import openid_provider, single_sign_on
from qa.web.language import english
from tests.integration.qa.company_accounts import (
    CLIENT_ID,
    SECRET,
    THREAD,
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    SITE,
    Person,
)


def test_nothing_of_a_token_is_logged(
    ewa: Person, company: CompanyAccounts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ewa.sign_in()
    company.claims = {"nonce": "tajna-inna-proba"}
    ewa.sign_in()
    company.claims = {}
    company.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    company.sign = lambda claims: "jakis.zepsuty.token"
    ewa.sign_in()
    said = [record.getMessage() for record in caplog.records if record.name == openid_provider.__name__]
    assert said == ["ID token refused: nonce", "ID token refused: decode_error"]
    # the application works in threads of its own; the others are the test's browser and the provider
    text = "\n".join(r.getMessage() for r in caplog.records if r.threadName not in ("MainThread", THREAD))
    assert f"{company.issuer}/token" in text
    for hidden in [*company.told, SECRET, "tajna-inna-proba", "jakis.zepsuty.token", "firma.example"]:
        assert hidden not in text


def test_the_secret_is_not_in_what_can_be_printed() -> None:
    known_as = openid_provider.Registration("https://k.example", CLIENT_ID, SECRET, SITE)
    attempt = openid_provider.Attempt("stan", "jednorazowe", "weryfikator", "/")
    assert SECRET not in repr(known_as)
    assert not {"stan", "jednorazowe", "weryfikator"} & set(re.split(r"\W", repr(attempt)))


def test_english_people_read_english(ewa: Person, company: CompanyAccounts) -> None:
    ewa.client.get("/language/en")
    company.claims = {"aud": "inna-aplikacja"}
    answer = ewa.sign_in()
    assert "<h1>Could not sign in</h1>" in answer.text
    assert "cannot be trusted (code: aud)" in answer.text
    assert "Sign in with your company account" in ewa.client.get("/login").text


def test_every_sentence_has_its_english() -> None:
    modules = (openid_provider, single_sign_on)
    sentences = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.endswith(".")
    }
    assert len(sentences) == 9
    assert not sentences - set(english())
