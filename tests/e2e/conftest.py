"""A served application and a real browser."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from qa.services.access import accounts
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.database import open_storage
from qa.storage.digests import open_pseudonyms
from qa.web.app import create_app
from qa.web.context import today
from tests.unit.qa.fakes import FakeParts
from tests.unit.qa.web.conftest import PASSWORD, store, stored_conversation

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DAYS = 12  # over how many days the conversations spread: fewer than the window for disputes has
SHOTS = Path(__file__).parents[2] / "var" / "screenshots"


@dataclass
class Served:
    """The address of a running application and what it stands on."""

    address: str
    workspace: Workspace

    def person(self, login: str, *roles: str, agent_id: str | None = None, team: str | None = None) -> None:
        """An account with the tests' password."""
        with self.workspace.storage.writing() as session:
            accounts.create(
                session, login, f"Osoba {login}", roles, PASSWORD, agent_id=agent_id, team=team, by=None
            )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The application with 48 conversations of the last days, on a free port."""
    settings = Settings(data_dir=tmp_path / "var")
    parts: Any = FakeParts()
    workspace = Workspace(settings, open_storage(settings.url), parts, open_pseudonyms(settings.data_dir))
    records = [stored_conversation(i) for i in range(40)]
    records += [stored_conversation(i, "chat") for i in range(40, 48)]
    yesterday = today() - timedelta(days=1)
    days = min(DAYS, yesterday.day)  # all in one month: a monthly plan draws from it
    for number, record in enumerate(records):
        day = yesterday - timedelta(days=number % days)
        record["started_at"] = day.isoformat() + record["started_at"][10:]
    store(workspace, records)
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(workspace), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    limit = time.monotonic() + 20
    while not server.started and time.monotonic() < limit:
        time.sleep(0.05)
    yield Served(f"http://127.0.0.1:{door.getsockname()[1]}", workspace)
    server.should_exit = True
    thread.join(10)
    workspace.storage.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser; the tests are skipped, loudly, where none is installed."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"The pages are not tested in a browser: none of {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a page; every page they see is checked and photographed."""

    page: Any
    address: str
    troubles: list[str]

    def goes_to(self, path: str, picture: str = "") -> None:
        """Open a path; check it, and photograph it under a name."""
        self.page.goto(self.address + path)
        if picture:
            self.looks(picture)

    def looks(self, picture: str) -> None:
        """Check the page that is open: axe-core finds nothing; keep a picture."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        self.troubles += [f"{picture}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{picture}.png"), full_page=True)


@pytest.fixture
def sit_down(chromium: Any, served: Served) -> Iterator[Callable[..., Person]]:
    """Somebody signs in through the form; at the end nothing has gone wrong on any of their pages."""
    contexts, people = [], []

    def begin(login: str, **options: Any) -> Person:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="pl-PL", **options)
        contexts.append(context)
        page = context.new_page()
        person = Person(page, served.address, [])
        people.append(person)
        page.on("pageerror", lambda error: person.troubles.append(f"script: {error}"))
        page.on("console", lambda line: _noted(person, line))
        page.goto(served.address + "/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(served.address + "/")
        return person

    yield begin
    for context in contexts:
        context.close()
    assert [trouble for person in people for trouble in person.troubles] == []


def _noted(person: Person, line: Any) -> None:
    if line.type == "error" and "409" not in line.text and "422" not in line.text:
        person.troubles.append(f"console: {line.text}")
