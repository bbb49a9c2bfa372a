"""Signing in and out, the first account, language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from qa.errors import Refused
from qa.services.access import accounts, single_sign_on
from qa.services.access.permissions import Actor
from qa.web.context import API, COOKIE, FORM_HEADER, Reading, Writing, permitted, rules_of, workspace_of
from qa.web.language import LANGUAGES
from qa.web.pages import LANGUAGE_COOKIE, json_error, page

router = APIRouter()
BEFORE = "sign-in"  # the form token of those who have none yet: another site cannot send the header at all


class SignIn(BaseModel):
    """Login and password."""

    login: str = Field(max_length=200)
    password: str = Field(max_length=accounts.MOST_PASSWORD)


class SetUp(SignIn):
    """The first account, with the code that ``odsluch serve`` printed."""

    code: str = Field(max_length=100)
    name: str = Field(max_length=200)


class Language(BaseModel):
    """The language of the interface."""

    language: str = Field(pattern="^(pl|en)$")


@router.get("/login", response_class=HTMLResponse, include_in_schema=False)
def login_page(
    request: Request,
    session: Reading,
    next: Annotated[str, Query(max_length=500)] = "/",
    ended: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """The form; with ``ended`` for somebody whose session has ended under their hands."""
    return page(
        request,
        "login.html",
        None,
        next=inside(next),
        ended=bool(ended),
        untouched=accounts.none_yet(session),
        single_sign_on=single_sign_on.is_configured(workspace_of(request).settings),
    )


@router.get("/setup", response_class=HTMLResponse, include_in_schema=False)
def setup_page(request: Request, code: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """The form for the first account."""
    return page(request, "setup.html", None, code=code)


def inside(path: str) -> str:
    """A path of this application: never another site's, also not to a browser, which passes over tabs and line ends."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def _from_page(request: Request) -> None:
    if request.headers.get(FORM_HEADER) != BEFORE:
        raise Refused("To zapytanie nie przyszło ze strony Odsłuchu: odśwież stronę i spróbuj ponownie.")


@router.post(f"{API}/sign-in")
def sign_in(request: Request, given: SignIn) -> JSONResponse:
    """Sign in; the answer sets the cookie."""
    _from_page(request)
    storage = workspace_of(request).storage
    try:
        token = accounts.sign_in(storage, given.login, given.password, rules_of(request))
    except Refused as wrong:
        return json_error(request, None, 401, wrong, "wrong")
    return _welcome(request, token)


@router.post(f"{API}/set-up")
def set_up(request: Request, given: SetUp, session: Writing) -> JSONResponse:
    """Make the first account and sign in."""
    _from_page(request)
    row = accounts.set_up(session, given.code, given.login, given.name, given.password)
    return _welcome(request, accounts.begin(session, row, rules_of(request)))


def _welcome(request: Request, token: str) -> JSONResponse:
    response = JSONResponse({"ok": True})
    remember(request, response, token)
    return response


def remember(request: Request, response: Response, token: str) -> None:
    """Give the browser the cookie of its session."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(rules_of(request).longest.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure,
        path="/",
    )


@router.post(f"{API}/sign-out")
def sign_out(request: Request, session: Writing, actor: Actor = permitted()) -> JSONResponse:
    """End this browser's session."""
    accounts.sign_out(session, request.cookies.get(COOKIE, ""))
    response = JSONResponse({"ok": True})
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get(f"{API}/me")
def me(actor: Actor = permitted()) -> dict[str, object]:
    """Who is signed in."""
    return {
        "login": actor.login,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "agent_id": actor.agent_id,
        "team": actor.team,
        "language": actor.language,
        "form_token": actor.form_token,
    }


@router.put(f"{API}/me/language")
def choose_language(given: Language, session: Writing, actor: Actor = permitted()) -> dict[str, bool]:
    """The language of one's own pages."""
    accounts.account(session, actor.id).language = given.language
    return {"ok": True}


@router.get("/language/{language}", include_in_schema=False)
def language_before(language: str) -> Response:
    """The language of the pages before signing in, kept in this browser."""
    response = Response(status_code=303, headers={"Location": "/login"})
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax", path="/")
    return response


@router.get("/health", include_in_schema=False)
def health(session: Reading) -> dict[str, bool]:
    """Whether the application and its database answer."""
    from sqlalchemy import text

    session.execute(text("SELECT 1"))
    return {"ok": True}
