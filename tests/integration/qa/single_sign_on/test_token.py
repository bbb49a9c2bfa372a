"""Who must not get in: tokens that are untrue, forged or another's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.integration.qa.company_accounts import (
    CLIENT_ID,
    SECRET,
    Claims,
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    WRONG,
    Person,
)


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
