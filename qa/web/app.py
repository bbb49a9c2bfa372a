"""The application: routes, error pages, headers. Nothing is loaded from elsewhere, nothing is sent elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import State
from starlette.exceptions import HTTPException

from qa.errors import Busy, Conflict, Missing, Refused, Term, UsageProblem, UserError
from qa.services.access import accounts
from qa.services.access.permissions import Actor
from qa.services.conversations.sound import Listening
from qa.services.judging import cards
from qa.services.workspace import Workspace
from qa.web.context import API, COOKIE, SignInNeeded, rules_of
from qa.web.language import Words
from qa.web.pages import json_error, language_of, page
from qa.web.routes import all_routers

MOST_BYTES = 1_000_000
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATUS = ((UsageProblem, 422), (Missing, 404), (Refused, 403), (Conflict, 409), (Busy, 503), (UserError, 400))
CODES = {422: "invalid", 404: "missing", 403: "refused", 409: "conflict", 400: "failed", 401: "sign_in"}
TITLES = {403: "Brak dostępu", 404: "Nie znaleziono", 409: "Ktoś był szybszy", 422: "Popraw dane"}
FOREVER = "public, max-age=31536000, immutable"


def create_app(workspace: Workspace, *, secure: bool = False) -> FastAPI:
    """The application on this workspace.

    Args:
        secure: cookies only over HTTPS, and browsers told to use nothing else.

    Raises:
        UsageProblem: a scorecard that the settings name cannot be read.
    """
    app = FastAPI(
        title="Odsłuch",
        version=metadata.version("odsluch"),
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )
    begin(app, workspace, secure=secure)
    folder = Path(str(resources.files("qa.web").joinpath("static")))
    app.mount("/static", StaticFiles(directory=folder), name="static")
    for router in all_routers():
        app.include_router(router)
    _errors(app)
    app.middleware("http")(_guarded)
    return app


def begin(app: FastAPI, workspace: Workspace, *, secure: bool = False) -> None:
    """Give the application its workspace and nothing to remember: tests make one application and begin it anew."""
    app.state = State()
    app.state.workspace = workspace
    app.state.secure = secure
    app.state.listening = Listening()
    names = dict(workspace.settings.scorecards)
    app.state.cards = dict(zip(names, cards.register(names.values()), strict=True))


async def _guarded(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what is too large, and add the headers that keep a page to itself."""
    length = request.headers.get("content-length", "0")
    chunked = "transfer-encoding" in request.headers
    if chunked or not length.isdigit() or int(length) > MOST_BYTES:
        large = UsageProblem("Zbyt duża treść zapytania.")
        response: Response = json_error(request, _actor(request), 413, large, "too_large")
    elif b"%00" in request.scope.get("raw_path", b"") + request.scope["query_string"]:
        response = _shown(request, 422, UsageProblem("Adres zawiera znak, którego nie da się zapisać."))
    else:
        response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app.state.secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = FOREVER if request.url.query else "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _errors(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _broken)


def _sign_in_needed(request: Request, error: Any) -> Response:
    if _is_api(request):
        return json_error(request, None, 401, Refused("Zaloguj się."), "sign_in")
    return RedirectResponse(f"/login?next={error.back}", status_code=303)


def _user_error(request: Request, error: Any) -> Response:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return _shown(request, status, error)


def _invalid(request: Request, error: Any) -> Response:
    where = ("body", "query", "path", "header")  # says where a value stood, not what it is called
    places = [".".join(str(part) for part in one["loc"] if part not in where) for one in error.errors()]
    named = tuple(dict.fromkeys(place for place in places if place)) or Term("treść zapytania")
    return _shown(request, 422, UsageProblem("Niewłaściwa wartość: {fields}.", fields=named))


def _http_error(request: Request, error: Any) -> Response:
    told = {
        404: Missing("Nie ma takiej strony."),
        405: UsageProblem("Tego adresu nie można użyć w ten sposób."),
    }
    return _shown(request, error.status_code, told.get(error.status_code) or UserError("Nie udało się."))


def _broken(request: Request, error: Any) -> Response:
    """A bug: the server's own log has the trace, the person is told what still holds."""
    told = UserError(
        "Coś poszło nie tak po stronie Odsłuchu. Zapisane zmiany są bezpieczne; spróbuj ponownie."
    )
    response = _answer(request, _known(request), 500, told)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _shown(request: Request, status: int, error: UserError) -> Response:
    return _answer(request, _actor(request), status, error)


def _answer(request: Request, actor: Actor | None, status: int, error: UserError) -> Response:
    """The error in the language of the person, for a program or as a page."""
    if _is_api(request):
        return json_error(request, actor, status, error, CODES.get(status, "failed"))
    message = error.told(Words(language_of(request, actor)))
    filtered = status == 422 and request.method == "GET" and bool(request.url.query)
    title = TITLES.get(status, "Nie udało się")
    return page(request, "error.html", actor, status, title=title, message=message, filtered=filtered)


def _actor(request: Request) -> Actor | None:
    """Who asks; looked up where the request was refused before anybody had to know."""
    if known := _known(request):
        return known
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with request.app.state.workspace.storage.reading() as session:
        found = accounts.signed_in(session, token, rules_of(request))
    return found[0] if found else None


def _known(request: Request) -> Actor | None:
    """Who asks, without another look into a database that may be what is broken."""
    known: Actor | None = getattr(request.state, "actor", None)
    return known


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API)
