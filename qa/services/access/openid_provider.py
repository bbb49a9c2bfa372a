"""The provider of the company's accounts (OpenID Connect): its addresses, its answer, and what is believed of it.

Nothing is kept between two sign-ins: addresses and keys are asked for each time, so that a change of the
provider's keys never locks anybody out.
"""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from qa.errors import UserError
from qa.settings import is_guarded_address

ALGORITHMS = ("RS256", "ES256")
SCOPE = "openid email profile"
WAIT = 5.0  # seconds for each step of a request: a provider that hangs must not hold the application
SKEW = 60  # seconds by which the provider's clock may differ from ours
LONGEST_SUBJECT = 200  # the column of the account
LONGEST_LOGIN = 80

STALE = "Logowanie trwało zbyt długo albo zaczęło się w innym oknie: zacznij je jeszcze raz."
DENIED = (
    "Logowanie firmowe zostało przerwane albo odmówiono dostępu: spróbuj ponownie "
    "lub poproś o dostęp administratora kont firmowych."
)
FAILED = (
    "Serwer logowania firmowego odmówił (kod: {cause}): spróbuj ponownie, "
    "a jeśli to nie pomoże, podaj ten kod administratorowi Odsłuchu."
)
UNTRUSTED = (
    "Odpowiedzi serwera logowania firmowego nie można zaufać (kod: {cause}): zacznij logowanie jeszcze raz, "
    "a jeśli to nie pomoże, podaj ten kod administratorowi Odsłuchu."
)
UNREACHABLE = (
    "Serwer logowania firmowego nie odpowiada jak należy (kod: {cause}): spróbuj za chwilę, "
    "a jeśli to nie pomoże, podaj ten kod administratorowi Odsłuchu."
)
# the words of RFC 6749 and OpenID Connect that are repeated to a person; of others nothing is
_KNOWN_ERRORS = frozenset(
    {
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
    }
)
_LOG = logging.getLogger(__name__)


class SignInTrouble(UserError):
    """Why somebody is not let in. ``cause`` is a word of the protocol for ``sentence``, never a value of a token."""

    def __init__(self, sentence: str, cause: str = "") -> None:
        super().__init__(sentence, cause=cause)
        self.cause = cause


class Unreachable(SignInTrouble):
    """The provider does not answer, or not as OpenID Connect says."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How the application is known at the provider; ``back`` is where browsers return to."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    back: str


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What a browser has to bring back for its sign-in to count, and where it goes afterwards."""

    state: str
    nonce: str
    verifier: str
    next_page: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for: a name that never changes, and the logins they may be known by.

    ``email`` is the one that the token calls verified.
    """

    issuer: str
    subject: str
    logins: tuple[str, ...]
    email: str | None = None


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorization: str
    token: str
    keys: str
    secret_in_body: bool


def refusal(error: object) -> SignInTrouble:
    """The provider's error code as a sentence."""
    if error == "access_denied":
        return SignInTrouble(DENIED)
    if error == "invalid_grant":
        return SignInTrouble(STALE)
    return SignInTrouble(FAILED, str(error) if str(error) in _KNOWN_ERRORS else "unknown_error")


def authorization_address(registration: Registration, attempt: Attempt) -> str:
    """Where the browser is sent to sign in.

    Raises:
        Unreachable: the provider does not answer.
    """
    with _client(registration) as client, _reaching():
        endpoints = _endpoints(client, registration.issuer)
        address, _ = client.create_authorization_url(
            endpoints.authorization, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
    return str(address)


def identity(registration: Registration, attempt: Attempt, code: str) -> Identity:
    """Who signed in, for the code that the browser brought.

    Raises:
        SignInTrouble: the code is worth nothing, or the token cannot be believed.
        Unreachable: the provider does not answer.
    """
    with _client(registration) as client, _reaching():
        endpoints = _endpoints(client, registration.issuer)
        if endpoints.secret_in_body:
            client.token_endpoint_auth_method = "client_secret_post"
        token = _exchanged(client, endpoints.token, code, attempt.verifier)
        keys = _document(client, endpoints.keys)
    claims = _believed(token, keys, registration, attempt.nonce)
    return Identity(registration.issuer, _subject(claims), logins(claims), _verified_email(claims))


def _client(registration: Registration) -> OAuth2Client:
    return OAuth2Client(
        registration.client_id,
        registration.secret,
        scope=SCOPE,
        redirect_uri=registration.back,
        code_challenge_method="S256",
        timeout=WAIT,
        follow_redirects=False,
    )


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        # only the kind: the text may hold addresses and what the provider sent
        _LOG.warning("OpenID provider: %s", type(error).__name__)
        raise Unreachable(UNREACHABLE, type(error).__name__) from error


def _document(client: OAuth2Client, address: str) -> dict[str, Any]:
    answer = client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    content = answer.json()
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def _endpoints(client: OAuth2Client, issuer: str) -> _Endpoints:
    found = _document(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise Unreachable(UNREACHABLE, "issuer")
    authorization, token, keys = (
        _address(found, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return _Endpoints(authorization, token, keys, "client_secret_basic" not in methods)


def _address(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_guarded_address(address):
        raise Unreachable(UNREACHABLE, name)
    return address


def _exchanged(client: OAuth2Client, address: str, code: str, verifier: str) -> object:
    """The ID token for a code, as it came."""
    try:
        answer = client.fetch_token(
            address, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    except OAuthError as error:
        raise refusal(error.error) from error
    return answer.get("id_token")


def _believed(token: Any, keys: Mapping[str, Any], registration: Registration, nonce: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, for this attempt, and not long ago."""
    # header fields that nobody knows are to be passed over (RFC 7515, 4), those in `crit` are still refused
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        claims = jwt.decode(token, KeySet.import_key_set(_signing(keys)), registry=registry).claims
        _rules(registration, nonce).validate(claims)
        _meant_for(claims, registration.client_id)
    except JoseError as error:
        raise _untrusted(getattr(error, "claim", None) or error.error) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # a token or keys of no known shape
        raise _untrusted("malformed") from error
    return claims


def _untrusted(cause: str) -> SignInTrouble:
    _LOG.warning("ID token refused: %s", cause)
    return SignInTrouble(UNTRUSTED, cause)


def _signing(keys: Mapping[str, Any]) -> Any:
    """Only the keys of our algorithms: never one that both sides would have to know."""
    return {"keys": [key for key in keys["keys"] if key.get("use") != "enc" and _is_ours(key)]}


def _is_ours(key: Mapping[str, Any]) -> bool:
    return key.get("kty") == "RSA" or (key.get("kty"), key.get("crv")) == ("EC", "P-256")


def _rules(registration: Registration, nonce: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=SKEW,
        iss={"essential": True, "value": registration.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": registration.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
        azp={"value": registration.client_id},
    )


def _meant_for(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several has to say that it was given to us (OpenID Connect Core, 3.1.3.7)."""
    if claims["aud"] not in (client_id, [client_id]) and claims.get("azp") != client_id:
        raise InvalidClaimError("azp")


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if not (subject.isascii() and subject.isprintable() and len(subject) <= 255):
        raise _untrusted("sub")
    name = f"{claims['iss']}|{subject}"
    if len(name) <= LONGEST_SUBJECT:
        return name
    return f"{claims['iss']}|sha256:{hashlib.sha256(subject.encode()).hexdigest()}"


def logins(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The logins that a token proves: the verified e-mail first, then the name in the company's directory.

    Where the token says anything about the e-mail, a name that looks like one counts only if it is the verified one.
    """
    email = _verified_email(claims)
    name = _login(claims.get("preferred_username"))
    if name and "@" in name and claims.get("email_verified") is not None and name != email:
        name = None
    return tuple(dict.fromkeys(login for login in (email, name) if login))


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    told = claims.get("email_verified")
    verified = told is True or told == "true"  # some providers send it as text
    return _login(claims.get("email")) if verified else None


def _login(value: object) -> str | None:
    """A login as accounts have it. Signs that only look like others (the Kelvin sign as K) make it none."""
    if not isinstance(value, str) or unicodedata.normalize("NFKC", value) != value or not value.isprintable():
        return None
    login = value.strip().lower()
    return login if 2 <= len(login) <= LONGEST_LOGIN else None
