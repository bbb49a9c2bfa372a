"""Single sign-on against a provider that is really asked over HTTP: who gets in, and who must not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import select

from qa.services.access import accounts, openid_provider, single_sign_on
from qa.services.access.openid_provider import Identity, SignInTrouble, logins
from qa.services.access.permissions import Actor
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.database import Storage, open_storage
from qa.storage.digests import open_pseudonyms
from qa.storage.people import AccountRow, SignInRow
from qa.storage.tables import AuditRow
from qa.web.app import create_app
from qa.web.language import english
from tests.integration.qa.company_accounts import (
    CLIENT_ID,
    SECRET,
    THREAD,
    Claims,
    CompanyAccounts,
    running,
)
from tests.unit.qa.fakes import FakeParts

SITE = "https://odsluch.example"
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))
EWA = {"sub": "u-1", "email": "Ewa@firma.example", "email_verified": True, "preferred_username": "ewa.k"}
PASSWORD = "bardzo-dlugie-tajne"
WRONG = "Odpowiedzi serwera logowania firmowego nie można zaufać (kod: {})"


@pytest.fixture(scope="module")
def server() -> Iterator[CompanyAccounts]:
    with running(SITE + single_sign_on.BACK) as found:
        yield found


@pytest.fixture
def company(server: CompanyAccounts) -> CompanyAccounts:
    """The provider with Ewa signed in there, and none of the deviations of the test before."""
    fresh = CompanyAccounts(server.issuer, server.back, key=server.key, curve=server.curve, person=dict(EWA))
    server.__dict__.update(fresh.__dict__)
    return server


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(single_sign_on.SECRET_VARIABLE, SECRET)


def opened(url: str, folder: Path, issuer: str) -> Workspace:
    settings = Settings(
        data_dir=folder, database_url=url, oidc_issuer=issuer, oidc_client_id=CLIENT_ID, oidc_address=SITE
    )
    return Workspace(settings, open_storage(settings.url), FakeParts(), open_pseudonyms(folder))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "t.db"
    open_storage(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def workspace(tmp_path: Path, empty: Path, company: CompanyAccounts) -> Iterator[Workspace]:
    shutil.copy(empty, tmp_path / "t.db")
    found = opened(f"sqlite:///{tmp_path}/t.db", tmp_path / "var", company.issuer)
    yield found
    found.storage.close()


def account(storage: Storage, login: str, password: str | None = None, **values: Any) -> str:
    with storage.writing() as session:
        row = accounts.create(session, login, f"Osoba {login}", ("qa_lead",), password, by=BOSS)
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


@cache
def _application() -> FastAPI:
    return create_app(Workspace(Settings(), *[None] * 3), secure=True)  # type: ignore[arg-type]


def served(workspace: Workspace) -> FastAPI:
    """One application, given the workspace of each test: making it takes longer than most of them."""
    _application().state.workspace = workspace
    return _application()


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, workspace: Workspace, company: CompanyAccounts, app: FastAPI | None = None) -> None:
        self.workspace = workspace
        self.company = company
        self.client = TestClient(app or served(workspace), base_url=SITE)

    def start(self, next_page: str = "/") -> str:
        """Press the button; gives the address at the provider."""
        answer = self.client.get("/sso/start", params={"next": next_page}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def at_provider(self, address: str) -> str:
        """The provider sends the browser back; gives the path here."""
        answer = httpx2.get(address, follow_redirects=False)
        assert answer.headers["location"].startswith(SITE + "/sso/back?"), answer.text
        return str(answer.headers["location"]).removeprefix(SITE)

    def back(self, path: str) -> Any:
        return self.client.get(path, follow_redirects=False)

    def sign_in(self, next_page: str = "/") -> Any:
        """The whole way."""
        return self.back(self.at_provider(self.start(next_page)))

    def who(self) -> str | None:
        answer = self.client.get("/api/v1/me")
        return answer.json()["login"] if answer.status_code == 200 else None

    def is_refused(self, answer: Any, sentence: str, status: int = 403) -> None:
        """An error page with this sentence, nobody signed in, nothing left of the attempt."""
        assert (answer.status_code, shown(answer)) == (status, shown_text(sentence))
        assert self.who() is None
        assert "odsluch" not in self.client.cookies
        assert "odsluch_sso" not in self.client.cookies
        with self.workspace.storage.reading() as session:
            assert session.scalars(select(SignInRow)).all() == []


def form_token(person: Person) -> dict[str, str]:
    return {"x-odsluch-form": person.client.get("/api/v1/me").json()["form_token"]}


def shown(answer: Any) -> str:
    """The sentence of an error page, without what follows a colon or bracket that differs by cause."""
    found = re.search(r"<h1>Nie udało się zalogować</h1>\s*<p>(.*?)</p>", answer.text, re.DOTALL)
    assert found, answer.text
    return shown_text(unescape(found[1]))


def shown_text(sentence: str) -> str:
    return sentence.split("):")[0].rstrip(")")


@pytest.fixture
def ewa(workspace: Workspace, company: CompanyAccounts) -> Person:
    """Ewa, whose account the administrator made without a password."""
    account(workspace.storage, "ewa@firma.example")
    return Person(workspace, company)


def log_of(storage: Storage) -> list[tuple[str, str | None, dict[str, Any]]]:
    with storage.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        return [(row.action, row.subject, row.details) for row in rows]


# Who gets in


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


# Who must not: the browser's side


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


# Who must not: the token


def by_hand(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    text = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(sign(text.encode()))}"


NOW = int(time.time())
UNTRUE: list[tuple[Claims, str]] = [
    ({"nonce": "inna-proba"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"aud": "inna-aplikacja"}, "aud"),
    ({"aud": ["inna-aplikacja"]}, "aud"),
    ({"aud": None}, "aud"),
    ({"aud": "odsluch2"}, "aud"),
    ({"aud": [CLIENT_ID, "inna-aplikacja"]}, "azp"),
    ({"aud": [CLIENT_ID, "inna-aplikacja"], "azp": "inna-aplikacja"}, "azp"),
    ({"azp": "inna-aplikacja"}, "azp"),
    ({"iss": "https://evil.example"}, "iss"),
    ({"iss": None}, "iss"),
    ({"exp": NOW - 61, "iat": NOW - 400}, "exp"),
    ({"exp": None}, "exp"),
    ({"exp": "jutro"}, "exp"),
    ({"iat": None}, "iat"),
    ({"iat": NOW + 4000, "exp": NOW + 5000}, "iat"),
    ({"nbf": NOW + 4000}, "nbf"),
    ({"sub": None}, "sub"),
    ({"sub": ""}, "sub"),
    ({"sub": 7}, "sub"),
    ({"sub": "u-1\u0000"}, "sub"),
    ({"sub": "x" * 256}, "sub"),
]


@pytest.mark.parametrize(("claims", "cause"), UNTRUE, ids=lambda value: str(value)[:60])
def test_a_token_with_an_untrue_claim_is_refused(
    ewa: Person, company: CompanyAccounts, claims: Claims, cause: str
) -> None:
    company.claims = claims
    ewa.is_refused(ewa.sign_in(), WRONG.format(cause))


def public_pem(company: CompanyAccounts) -> bytes:
    return bytes(company.key.as_pem(private=False))


def forged(company: CompanyAccounts) -> dict[str, tuple[Callable[[Claims], str], str]]:
    """Tokens that the provider's key did not sign, with the cause that is told."""
    stranger, curve = RSAKey.generate_key(2048, {"kid": "rsa-1"}), ECKey.generate_key("P-256")
    jwk = json.dumps(company.key.as_dict(private=False)).encode()
    public = base64.urlsafe_b64encode(b"wspolny-sekret-wspolny-sekret-32").rstrip(b"=").decode()
    right = {"alg": "RS256", "kid": "rsa-1"}

    def mac(key: bytes) -> Callable[[bytes], bytes]:
        return lambda text: hmac.new(key, text, hashlib.sha256).digest()

    def changed(claims: Claims) -> str:
        header, _, signature = jwt.encode(right, claims, company.key).split(".")
        other = by_hand({}, {**claims, "sub": "u-2"}, lambda _: b"").split(".")[1]
        return f"{header}.{other}.{signature}"

    return {
        "none": (lambda c: by_hand({"alg": "none"}, c, lambda _: b""), "unsupported_algorithm"),
        "none with a kid": (
            lambda c: by_hand({"alg": "none", "kid": "rsa-1"}, c, lambda _: b""),
            "unsupported_algorithm",
        ),
        "None": (lambda c: by_hand({"alg": "None"}, c, lambda _: b""), "unsupported_algorithm"),
        "HS256 with the public key": (
            lambda c: by_hand({"alg": "HS256", "kid": "rsa-1"}, c, mac(public_pem(company))),
            "unsupported_algorithm",
        ),
        "HS256 with the public JWK": (
            lambda c: by_hand({"alg": "HS256", "kid": "rsa-1"}, c, mac(jwk)),
            "unsupported_algorithm",
        ),
        "HS256 with the client's secret": (
            lambda c: by_hand({"alg": "HS256", "kid": "oct-1"}, c, mac(SECRET.encode())),
            "unsupported_algorithm",
        ),
        "an allowed name over a shared key": (
            lambda c: by_hand(
                {"alg": "RS256", "kid": "oct-1"}, c, mac(base64.urlsafe_b64decode(public + "="))
            ),
            "invalid_key_id",
        ),
        "RS512": (
            lambda c: jwt.encode({**right, "alg": "RS512"}, c, company.key, ["RS512"]),
            "unsupported_algorithm",
        ),
        "another key of that name": (lambda c: jwt.encode(right, c, stranger), "bad_signature"),
        "a key brought along": (
            lambda c: jwt.encode({"alg": "ES256", "jwk": curve.as_dict(private=False)}, c, curve),
            "invalid_key_id",
        ),
        "a name nobody has": (
            lambda c: jwt.encode({**right, "kid": "rsa-9"}, c, company.key),
            "invalid_key_id",
        ),
        "changed afterwards": (changed, "bad_signature"),
        "no signature": (lambda c: by_hand(right, c, lambda _: b""), "bad_signature"),
        "two parts": (lambda c: by_hand(right, c, lambda _: b"x").rpartition(".")[0], "decode_error"),
        "not a token": (lambda c: "ą" * 20, "decode_error"),
        "empty": (lambda c: "", "decode_error"),
        "a header of another shape": (lambda c: by_hand(["alg"], c, lambda _: b"x"), "malformed"),  # type: ignore[arg-type]
        "an unknown duty": (
            lambda c: by_hand({**right, "crit": ["duty"], "duty": 1}, c, lambda _: b"x"),
            "unsupported_header",
        ),
    }


FORGED = (
    "none",
    "none with a kid",
    "None",
    "HS256 with the public key",
    "HS256 with the public JWK",
    "HS256 with the client's secret",
    "an allowed name over a shared key",
    "RS512",
    "another key of that name",
    "a key brought along",
    "a name nobody has",
    "changed afterwards",
    "no signature",
    "two parts",
    "not a token",
    "empty",
    "a header of another shape",
    "an unknown duty",
)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(ewa: Person, company: CompanyAccounts, name: str) -> None:
    company.sign, cause = forged(company)[name]
    company.more_keys = [{"kty": "oct", "kid": "oct-1", "k": "d3Nwb2xueS1zZWtyZXQtd3Nwb2xueS1zZWtyZXQtMzI"}]
    ewa.is_refused(ewa.sign_in(), WRONG.format(cause))


def test_a_header_field_that_means_nothing_to_us_does_no_harm(ewa: Person, company: CompanyAccounts) -> None:
    company.sign = lambda claims: by_hand(
        {"alg": "RS256", "kid": "rsa-1", "pi.atm": "x"}, claims, lambda text: rsa(company.key, text)
    )
    assert ewa.sign_in().status_code == 303


def rsa(key: RSAKey, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return bytes(key.private_key.sign(text, PKCS1v15(), SHA256()))


def test_another_provider_answering_in_its_place_is_refused(ewa: Person, company: CompanyAccounts) -> None:
    path = ewa.at_provider(ewa.start())
    ewa.is_refused(ewa.back(path + "&iss=https%3A%2F%2Fevil.example"), WRONG.format("iss"))


# Who must not: the person


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False, "preferred_username": None},
        {"email_verified": None, "preferred_username": None},
        {"email_verified": "false", "preferred_username": None},
        {"email_verified": 1, "preferred_username": None},
        {"email_verified": False, "preferred_username": "ewa@firma.example"},
        {"email": ["ewa@firma.example"], "preferred_username": None},
        {"email": "inna@firma.example"},
        {"email": "ewa@firma.example.evil.example"},
        {"email": None, "preferred_username": None},
    ],
)
def test_an_email_that_is_not_verified_or_not_theirs_opens_no_account(
    ewa: Person, company: CompanyAccounts, claims: Claims
) -> None:
    company.claims = claims
    ewa.is_refused(ewa.sign_in(), single_sign_on.UNKNOWN)


def test_a_stranger_is_told_to_ask_the_administrator_and_nothing_of_them_is_kept(
    workspace: Workspace, company: CompanyAccounts
) -> None:
    person = Person(workspace, company)
    answer = person.sign_in()
    person.is_refused(answer, single_sign_on.UNKNOWN)
    assert "poproś administratora" in answer.text
    assert log_of(workspace.storage) == []


@pytest.mark.parametrize("linked", [True, False])
def test_an_account_that_is_switched_off_stays_closed(
    workspace: Workspace, company: CompanyAccounts, linked: bool
) -> None:
    subject = f"{company.issuer}|u-1" if linked else None
    account(workspace.storage, "ewa@firma.example", active=False, subject=subject)
    person = Person(workspace, company)
    person.is_refused(person.sign_in(), single_sign_on.OFF)
    assert log_of(workspace.storage)[1:] == [
        ("single_sign_on_refused", "ewa@firma.example", {"why": "inactive"})
    ]
    with workspace.storage.reading() as session:
        assert session.scalar(select(AccountRow.subject)) == subject


def test_a_second_person_does_not_take_over_a_login(ewa: Person, company: CompanyAccounts) -> None:
    ewa.sign_in()
    ewa.client.post("/api/v1/sign-out", headers=form_token(ewa))
    company.person["sub"] = "u-2"  # the address was given to somebody else
    thief = Person(ewa.workspace, company)
    thief.is_refused(thief.sign_in(), single_sign_on.TAKEN)
    assert log_of(ewa.workspace.storage)[-1] == (
        "single_sign_on_refused",
        "ewa@firma.example",
        {"why": "another_subject"},
    )
    company.person["sub"] = "u-1"
    assert ewa.sign_in().status_code == 303


def test_an_administrator_lets_an_account_go_so_that_it_can_be_linked_anew(
    ewa: Person, company: CompanyAccounts
) -> None:
    ewa.sign_in()
    storage = ewa.workspace.storage
    with storage.writing() as session:
        row = session.scalars(select(AccountRow)).one()
        mine = row.id
        boss = accounts.create(session, "szefowa", "Szefowa", ("administrator",), None, by=BOSS)
        token = accounts.begin(session, boss)
    own = ewa.client.delete(f"/api/v1/accounts/{mine}/single-sign-on", headers=form_token(ewa))
    assert own.status_code == 403
    chief = Person(ewa.workspace, company)
    chief.client.cookies.set("odsluch", token)
    for _ in range(2):  # the second time there is nothing to do
        answer = chief.client.delete(f"/api/v1/accounts/{mine}/single-sign-on", headers=form_token(chief))
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    answer = chief.client.delete("/api/v1/accounts/nikt/single-sign-on", headers=form_token(chief))
    assert answer.status_code == 404
    assert ewa.who() is None
    assert [entry for entry in log_of(storage) if entry[0] == "single_sign_on_unlink"] == [
        ("single_sign_on_unlink", "ewa@firma.example", {})
    ]
    company.person["sub"] = "u-2"
    heir = Person(ewa.workspace, company)
    assert heir.sign_in().status_code == 303
    assert heir.who() == "ewa@firma.example"


def test_of_two_people_at_once_the_second_sees_whose_account_it_has_become(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    account(storage, "ewa@firma.example")
    outcomes = []

    def arrive(subject: str) -> None:
        with storage.writing() as session:
            try:
                outcomes.append(single_sign_on.account_of(session, person(subject)).subject)
            except SignInTrouble as trouble:
                outcomes.append(trouble.sentence)

    def person(subject: str) -> Identity:
        return Identity("https://k.example", subject, ("ewa@firma.example",))

    others = [threading.Thread(target=arrive, args=(subject,)) for subject in ("u-2", "u-1")]
    with storage.writing() as session:
        single_sign_on.account_of(session, person("u-1"))
        for other in others:
            other.start()
        time.sleep(0.5)  # they have come to where they have to wait
        assert outcomes == []
    for other in others:
        other.join()
    assert sorted(outcomes) == sorted(["u-1", single_sign_on.TAKEN])
    with storage.reading() as session:
        assert session.scalar(select(AccountRow.subject)) == "u-1"
    assert [action for action, _, _ in log_of(storage)].count("single_sign_on_link") == 1
    storage.close()


def test_processes_that_begin_at_once_seal_with_one_key(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    together, made = threading.Barrier(6), []

    def begin() -> None:
        together.wait()
        with storage.writing() as session:
            made.append(single_sign_on.make_sealer(session))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    sealed = made[0].encrypt(b"x")
    assert [one.decrypt(sealed) for one in made] == [b"x"] * 6
    storage.close()


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"email": " Ewa@Firma.Example ", "email_verified": True}, ("ewa@firma.example",)),
        ({"email": "ewa@firma.example", "email_verified": "true"}, ("ewa@firma.example",)),
        ({"preferred_username": "Łucja.Ż"}, ("łucja.ż",)),
        ({"preferred_username": "ewa@firma.example"}, ("ewa@firma.example",)),  # Entra: no word on e-mails
        ({"preferred_username": "ewa", "email": "ewa", "email_verified": True}, ("ewa",)),
        ({"preferred_username": "\u212aasia"}, ()),  # the Kelvin sign becomes k in lower case
        ({"preferred_username": "ewa\u0000"}, ()),
        ({"preferred_username": "x" * 81}, ()),
        ({"preferred_username": {"ewa": 1}}, ()),
        ({"preferred_username": ""}, ()),
    ],
)
def test_which_logins_a_token_proves(claims: Claims, expected: tuple[str, ...]) -> None:
    assert logins(claims) == expected


def test_a_very_long_name_at_the_provider_is_kept_as_a_digest_that_fits_the_column(
    ewa: Person, company: CompanyAccounts
) -> None:
    company.person["sub"] = "x" * 255
    ewa.sign_in()
    assert ewa.who() == "ewa@firma.example"
    company.person["sub"] = "x" * 254 + "y"
    thief = Person(ewa.workspace, company)
    assert shown(thief.sign_in()) == shown_text(single_sign_on.TAKEN)
    with ewa.workspace.storage.reading() as session:
        subject = session.scalar(select(AccountRow.subject))
    assert subject is not None
    assert len(subject) <= 200


# Trouble at the provider


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


# What is left behind


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
