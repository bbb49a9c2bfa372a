"""The table of permissions, cell by cell over HTTP: every route for every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.workspace import Workspace
from qa.web.context import Permitted
from qa.web.routes import all_routers
from tests.unit.qa.web.conftest import SignIn, served

OPEN = {
    "/login",
    "/setup",
    "/api/v1/sign-in",
    "/api/v1/set-up",
    "/language/{language}",
    "/health",
    "/sso/start",
    "/sso/back",
}


def routes() -> list[tuple[str, str, tuple[str, ...] | None]]:
    """Method, path and permissions (None: nobody need be signed in) of everything that is served."""
    return [
        (method, route.path, _permissions(route.dependant))
        for router in all_routers()
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]


def _permissions(dependant: Dependant) -> tuple[str, ...] | None:
    found = [one.call.permissions for one in _all(dependant) if isinstance(one.call, Permitted)]
    return found[0] if found else None


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from _all(one)


def test_every_route_says_who_may_use_it() -> None:
    assert {path for _, path, permissions in routes() if permissions is None} == OPEN


def test_every_permission_guards_something() -> None:
    used = {name for _, _, permissions in routes() for name in permissions or ()}
    inside = {"dispute.read", "trust.read", "review.read", "export.labels"}  # also asked inside services
    assert set(PERMISSIONS) - used <= inside


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(stocked: Workspace, sign_in_as: SignIn, role: str) -> None:
    person = sign_in_as(role)
    wrong = []
    for method, path, permissions in routes():
        if permissions is None or path.endswith("/sign-out"):
            continue
        address = path.replace("{conversation_id:path}", "c-0001").replace("{", "").replace("}", "")
        status = person.call(method, address, {} if method != "GET" else None).status_code
        allowed = not permissions or any(role in PERMISSIONS[name] for name in permissions)
        if (status == 403) is allowed or status == 401:
            wrong.append((method, path, permissions, status))
    assert not wrong


def test_nobody_is_let_in_without_signing_in(stocked: Workspace) -> None:
    from fastapi.testclient import TestClient

    client = TestClient(served(stocked))
    for method, path, permissions in routes():
        if permissions is None:
            continue
        answer = client.request(
            method, path.replace("{", "").replace("}", ""), json={}, follow_redirects=False
        )
        assert answer.status_code in (401, 303), (method, path)
        assert "c-0" not in answer.text
