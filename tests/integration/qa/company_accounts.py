"""A small OpenID provider that is really asked over HTTP, and that can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Header, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT_ID = "odsluch"
SECRET = "sekret-aplikacji-w-katalogu"
THREAD = "provider"
Claims = dict[str, Any]


@dataclass
class CompanyAccounts:
    """The provider. ``person`` is who is signed in there; the rest is how it deviates from the standard."""

    issuer: str
    back: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"}))
    curve: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"}))
    person: Claims = field(default_factory=dict)
    claims: Claims = field(default_factory=dict)  # instead of the right ones; None leaves one out
    algorithm: str = "RS256"
    sign: Callable[[Claims], str] | None = None
    error: str = ""  # sent back instead of a code
    discovery: dict[str, Any] = field(default_factory=dict)
    more_keys: list[Any] = field(default_factory=list)
    token_answer: Response | None = None
    before: Callable[[], object] = lambda: None  # what happens before it tells its addresses
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)  # what must never be read in a log
    seen: list[dict[str, str]] = field(default_factory=list)

    def token(self, nonce: str) -> str:
        """An ID token as it should be, with the deviations asked for."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {k: v for k, v in {**right, **self.person, **self.claims}.items() if v is not None}
        if self.sign:
            return self.sign(claims)
        key = self.curve if self.algorithm == "ES256" else self.key
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key, [self.algorithm])


def _proves(asked: dict[str, str], verifier: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return asked.get("code_challenge_method") == "S256" and asked.get("code_challenge") == digest


def _credentials(authorization: str) -> str:
    return base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""


def application(of: CompanyAccounts) -> FastAPI:
    """The provider's pages."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        of.before()
        return {
            "issuer": of.issuer,
            "authorization_endpoint": f"{of.issuer}/authorize",
            "token_endpoint": f"{of.issuer}/token",
            "jwks_uri": f"{of.issuer}/keys",
            **of.discovery,
        }

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        of.seen.append(asked)
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != of.back:
            return Response("unknown client", 400)
        if of.error:
            return RedirectResponse(f"{of.back}?{urlencode({'error': of.error, 'state': asked['state']})}")
        code = secrets.token_urlsafe(24)
        of.codes[code] = asked
        of.told.append(code)
        return RedirectResponse(f"{of.back}?{urlencode({'code': code, 'state': asked['state']})}")

    @app.post("/token")
    def token(
        code: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        client_id: Annotated[str, Form()] = "",
        client_secret: Annotated[str, Form()] = "",
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        of.told.append(code_verifier)
        if of.token_answer is not None:
            return of.token_answer
        by_form = "client_secret_post" in of.discovery.get("token_endpoint_auth_methods_supported", ())
        given = f"{client_id}:{client_secret}" if by_form else _credentials(authorization)
        if given != f"{CLIENT_ID}:{SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = of.codes.pop(code, None)  # a code counts once
        if asked is None or redirect_uri != of.back or not _proves(asked, code_verifier):
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": secrets.token_urlsafe(24), "id_token": of.token(asked["nonce"])}
        of.told += answer.values()
        return JSONResponse({**answer, "token_type": "Bearer", "expires_in": 300})

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        found = KeySet([of.key, of.curve]).as_dict(private=False)
        return {"keys": [*found["keys"], *of.more_keys]}

    return app


@contextmanager
def running(back: str) -> Iterator[CompanyAccounts]:
    """The provider on a free port of this machine, until the end of the block."""
    of = CompanyAccounts(issuer="", back=back)
    server = uvicorn.Server(uvicorn.Config(application(of), port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, name=THREAD, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    of.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield of
    finally:
        server.should_exit = True
        thread.join(10)
