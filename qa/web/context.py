"""What every page and operation is given: a session of the database, and who asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session

from qa.errors import Refused
from qa.services.access import accounts
from qa.services.access.accounts import SignInRules
from qa.services.access.permissions import PERMISSIONS, Actor
from qa.services.inputs import LAST_PAGE
from qa.services.workspace import Workspace
from qa.settings_web import WebSettings
from qa.storage.analysis import LOCAL

COOKIE = "odsluch"
FORM_HEADER = "x-odsluch-form"
API = "/api/v1"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


class SignInNeeded(Exception):
    """Nobody is signed in; ``back`` is where to go afterwards."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


def today() -> date:
    """The present day in Poland."""
    return datetime.now(LOCAL).date()


def workspace_of(request: Request) -> Workspace:
    """The application's settings, storage and components."""
    workspace: Workspace = request.app.state.workspace
    return workspace


def web_settings_of(request: Request) -> WebSettings:
    """Times and sizes that the settings ask for."""
    return workspace_of(request).settings.web


def rules_of(request: Request) -> SignInRules:
    """How long browsers stay signed in, and when wrong passwords lock."""
    return accounts.rules_of(web_settings_of(request))


def _reading(request: Request) -> Iterator[Session]:
    with workspace_of(request).storage.reading() as session:
        yield session


def _writing(request: Request) -> Iterator[Session]:
    with workspace_of(request).storage.writing() as session:
        yield session


# for a page whose opening is noted: it is filled in after the transaction, so that nobody who writes waits for that
noting = contextmanager(_writing)

# scope="function": the transaction is kept or taken back before the answer goes out, not after
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


def who(request: Request) -> Actor:
    """The signed-in person. Changes have to bring the form token of their page back.

    Raises:
        SignInNeeded: the cookie is missing, old or worth nothing.
        Refused: the form token is missing: the request may come from another site.
    """
    storage = workspace_of(request).storage
    token = request.cookies.get(COOKIE)
    with storage.reading() as session:
        found = accounts.signed_in(session, token, rules_of(request)) if token else None
    if found is None or token is None:
        raise SignInNeeded(_back(request))
    actor, due = found
    request.state.actor = actor  # for errors, which are told in the person's language
    if due:
        with storage.writing() as session:
            accounts.seen(session, token)
    if request.method not in SAFE and not secrets.compare_digest(
        request.headers.get(FORM_HEADER, "").encode(), actor.form_token.encode()
    ):
        raise Refused("Ta zmiana nie przyszła ze strony Odsłuchu: odśwież stronę i spróbuj ponownie.")
    return actor


def _back(request: Request) -> str:
    if request.method not in SAFE or request.url.path.startswith(API):
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path + query, safe="/")


class Permitted:
    """A dependency: somebody is signed in and has one of ``permissions`` (none named: anybody signed in)."""

    def __init__(self, *permissions: str) -> None:
        unknown = [permission for permission in permissions if permission not in PERMISSIONS]
        if unknown:
            raise KeyError(unknown[0])
        self.permissions = permissions

    def __call__(self, actor: Annotated[Actor, Depends(who)]) -> Actor:
        """The actor.

        Raises:
            Refused: none of the permissions is theirs.
        """
        if self.permissions:
            actor.must(*self.permissions)
        return actor


def permitted(*permissions: str) -> Any:
    """The actor, who needs one of ``permissions``; as the default value of a parameter."""
    return Depends(Permitted(*permissions))
