"""Signing in with a company account: the way out to its provider, and the way back."""

from __future__ import annotations

import os
from typing import Annotated

from cryptography.fernet import Fernet
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from qa.errors import Missing
from qa.services.access import accounts, single_sign_on
from qa.services.access.openid_provider import Identity, Registration, SignInTrouble, Unreachable
from qa.services.access.permissions import Actor
from qa.web.context import API, Writing, permitted, rules_of, workspace_of
from qa.web.language import Words
from qa.web.pages import language_of, page
from qa.web.routes.sign_in import inside, remember

router = APIRouter()
ATTEMPT = "odsluch_sso"  # the cookie of a sign-in under way
PLACE = "/sso"
Brought = Annotated[str, Query(max_length=4096)]


@router.get("/sso/start", include_in_schema=False)
def start(request: Request, next: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """Send the browser to the provider."""
    try:
        address, cookie = single_sign_on.start(_registration(request), _sealer(request), inside(next))
    except SignInTrouble as trouble:
        return _refused(request, trouble)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        ATTEMPT,
        cookie,
        max_age=single_sign_on.LASTS,
        httponly=True,
        samesite="lax",  # the provider sends the browser back from another site
        secure=request.app.state.secure,
        path=PLACE,
    )
    return response


@router.get("/sso/back", include_in_schema=False)
def back(
    request: Request, state: Brought = "", code: Brought = "", error: Brought = "", iss: Brought = ""
) -> Response:
    """The browser is back from the provider: sign in whom it vouches for."""
    answer = single_sign_on.Answer(state, code, error, iss)
    cookie = request.cookies.get(ATTEMPT, "")
    try:
        person, wanted = single_sign_on.finish(_registration(request), _sealer(request), cookie, answer)
        token = _signed_in(request, person)
    except SignInTrouble as trouble:
        return _refused(request, trouble)
    response = RedirectResponse(inside(wanted), 303)
    remember(request, response, token)
    response.delete_cookie(ATTEMPT, path=PLACE)
    return response


@router.delete(f"{API}/accounts/{{account_id}}/single-sign-on")
def unlink(session: Writing, account_id: str, actor: Actor = permitted("account.manage")) -> dict[str, bool]:
    """Let an account go from its company account; its sessions end, the next first sign-in links it anew."""
    single_sign_on.unlink(session, actor, account_id)
    return {"ok": True}


def _signed_in(request: Request, person: Identity) -> str:
    # written only now: no transaction waits for the provider
    with workspace_of(request).storage.writing() as session:
        try:
            row = single_sign_on.account_of(session, person)
            return accounts.begin(session, row, rules_of(request))
        except SignInTrouble as trouble:  # caught inside: what the audit log says of it is kept
            refused = trouble
    raise refused


def _registration(request: Request) -> Registration:
    found = single_sign_on.registration(workspace_of(request).settings, os.environ)
    if found is None:
        raise Missing("Logowanie firmowe nie jest włączone: zaloguj się loginem i hasłem.")
    return found


def _sealer(request: Request) -> Fernet:
    storage = workspace_of(request).storage
    with storage.reading() as session:
        found = single_sign_on.sealer(session)
    if found is None:
        with storage.writing() as session:
            found = single_sign_on.make_sealer(session)
    return found


def _refused(request: Request, trouble: SignInTrouble) -> Response:
    message = trouble.told(Words(language_of(request, None)))
    status = 503 if isinstance(trouble, Unreachable) else 403
    response = page(request, "error.html", None, status, title="Nie udało się zalogować", message=message)
    response.delete_cookie(ATTEMPT, path=PLACE)
    return response
