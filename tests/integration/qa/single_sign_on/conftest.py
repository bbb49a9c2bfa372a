"""A provider that is really asked over HTTP, and a person with a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from qa.services.access import accounts, single_sign_on
from qa.services.access.permissions import Actor
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.database import Storage, open_storage
from qa.storage.digests import open_pseudonyms
from qa.storage.people import SignInRow
from qa.storage.tables import AuditRow
from qa.web.app import begin, create_app
from tests.integration.qa.company_accounts import (
    CLIENT_ID,
    SECRET,
    CompanyAccounts,
    running,
)
from tests.unit.qa.databases import empty_storage
from tests.unit.qa.fakes import FakeParts

SITE = "https://odsluch.example"
BOSS = Actor("boss", "szefowa", "Szefowa", frozenset({"administrator"}))
EWA = {"sub": "u-1", "email": "Ewa@firma.example", "email_verified": True, "preferred_username": "ewa.k"}
PASSWORD = "bardzo-dlugie-tajne"
WRONG = "Odpowiedzi serwera logowania firmowego nie można zaufać (kod: {})"


@pytest.fixture(scope="session")
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


@pytest.fixture
def workspace(tmp_path: Path, company: CompanyAccounts) -> Iterator[Workspace]:
    empty_storage(tmp_path).close()
    found = opened(f"sqlite:///{tmp_path}/t.db", tmp_path / "var", company.issuer)
    yield found
    found.storage.close()


def account(storage: Storage, login: str, password: str | None = None, **values: Any) -> str:
    with storage.writing() as session:
        row = accounts.create(session, login, f"Osoba {login}", ("qa_lead",), password, by=BOSS)
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


_applications: list[FastAPI] = []


def served(workspace: Workspace) -> FastAPI:
    """One application for all tests, begun anew on this workspace: making one takes longer than most tests."""
    if not _applications:
        _applications.append(create_app(workspace, secure=True))
    begin(_applications[0], workspace, secure=True)
    return _applications[0]


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
