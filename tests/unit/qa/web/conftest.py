"""The application on a small database of people and conversations, without models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.services.access import accounts
from qa.services.access.permissions import ROLES
from qa.services.conversations import overview
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.settings_web import WebSettings
from qa.storage.database import open_storage
from qa.storage.digests import canonical, digest_of, open_pseudonyms
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from qa.web.app import begin, create_app
from scorecards import evaluation_to_dict, load_scorecard, score
from tests.unit.qa.databases import empty_storage
from tests.unit.qa.fakes import FakeParts
from transcripts.serialise import conversation_from_dict
from transcripts.tags_json import tags_from_dict

PASSWORD = "tajne-haslo-do-prob"
AGENTS = ("a-1", "a-2", "a-3", "a-4")


def stored_conversation(number: int, channel: str = "phone") -> dict[str, Any]:
    """A contract-1 conversation: redacted, of one of four agents in two teams."""
    start = 4.0 * number
    lines = [
        ("agent", "Dzień dobry, sklep Lampka, w czym mogę pomóc?"),
        ("customer", f"Dzień dobry, zamówienie {number} miało być wczoraj i dalej nic, jestem zła."),
        ("agent", "Bardzo mi przykro, już sprawdzam, proszę o chwilę cierpliwości."),
        ("customer", "Dobrze, czekam."),
        ("agent", "Paczka dotrze jutro do dwunastej. Czy mogę jeszcze w czymś pomóc?"),
        ("customer", "Nie, dziękuję, do widzenia."),
        ("agent", "Dziękuję za rozmowę, do widzenia."),
    ]
    if number % 3 == 0:
        lines = [*lines[:4], ("agent", "To nie nasza sprawa, proszę dzwonić do kuriera.")]
    turns: list[dict[str, Any]] = [{"speaker": speaker, "text": text} for speaker, text in lines]
    if channel == "phone":
        for index, turn in enumerate(turns):
            turn |= {"start": start + 5.0 * index, "end": start + 5.0 * index + 4.0}
    return {
        "id": f"c-{number:04d}",
        "channel": channel,
        "started_at": f"2026-11-{1 + number % 25:02d}T{8 + number % 9:02d}:15:00+00:00",
        "agent": {"id": AGENTS[number % 4], "team": f"T{1 + number % 2}"},
        "turns": turns,
        "metadata": {},
    }


def store(workspace: Workspace, records: list[dict[str, Any]]) -> None:
    """Keep conversations with tags and, for calls, an evaluation by the shipped card; refresh the overview."""
    card = load_scorecard("phone@1")
    with workspace.storage.writing() as session:
        for number, record in enumerate(records):
            digest = digest_of(canonical(record))
            conversation = conversation_from_dict(record)
            tags: dict[str, Any] = {
                "reasons": [
                    {
                        "code": "delivery.delayed",
                        "confidence": 0.93,
                        "evidence": [{"turn": 1, "start": 13, "end": 40}],
                    }
                ],
                "primary": "delivery.delayed",
                "sentiment": {
                    "overall": "negative",
                    "start": "negative",
                    "end": "neutral",
                    "score": -0.4,
                    "turns": [
                        {"turn": 1, "label": "negative", "score": -0.8},
                        {"turn": 3, "label": "neutral", "score": 0.0},
                    ],
                },
                "behaviours": [
                    {"turn": 0, "code": "greeting", "confidence": 0.98},
                    {"turn": 0, "code": "offer_of_help", "confidence": 0.97},
                    {"turn": 2, "code": "empathy", "confidence": 0.96},
                ],
            }
            if len(record["turns"]) > 5:
                helped = [
                    (4, "solution"),
                    (4, "later_action"),
                    (4, "timeframe"),
                    (4, "further_help"),
                    (6, "farewell"),
                ]
                tags["behaviours"] += [
                    {"turn": turn, "code": code, "confidence": 0.97} for turn, code in helped
                ]
            tag_digest = digest_of(digest, "t")
            session.add(
                ConversationRow(
                    key=digest_of(record["id"]),
                    conversation_id=record["id"],
                    source_digest="s",
                    raw_digest=digest,
                    version="v1",
                    digest=digest,
                    channel=record["channel"],
                    started_at=record["started_at"],
                    agent_id=record["agent"]["id"],
                    team=record["agent"]["team"],
                    customer_key=f"klient-{number % 7}",
                    content=record,
                )
            )
            session.add(
                TaggingRow(
                    key=digest_of(digest, "tag"),
                    input_digest=digest,
                    version="t1",
                    digest=tag_digest,
                    primary_reason=tags["primary"],
                    sentiment="negative",
                    content=tags,
                )
            )
            if record["channel"] == "phone":
                content = dict(evaluation_to_dict(score(card, tags_from_dict(conversation, tags))))
                session.add(
                    EvaluationRow(
                        key=digest_of(digest, "e"),
                        input_digest=tag_digest,
                        version="phone@1+x",
                        scorecard="phone@1",
                        score=content["score"],
                        content=content,
                    )
                )
    overview.refresh(workspace)


def opened(folder: Path) -> Workspace:
    """The workspace in this folder; a new one begins with a copy of the empty database."""
    settings = Settings(data_dir=folder)
    new = not (folder / "odsluch.db").exists()
    storage = empty_storage(folder, "odsluch.db") if new else open_storage(settings.url)
    return Workspace(settings, storage, FakeParts(), open_pseudonyms(folder))  # type: ignore[arg-type]


def prepared(folder: Path, records: list[dict[str, Any]]) -> Path:
    """A data folder with these conversations, to be copied: storing them takes longer than most tests."""
    made = opened(folder)
    store(made, records)
    made.storage.close()
    assert not list(folder.glob("*.db-*"))  # closed, the database is one file: a copy of it is whole
    return folder


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of ``stocked``, made once."""
    records = [stored_conversation(i) for i in range(40)]
    records += [stored_conversation(i, "chat") for i in range(40, 48)]
    return prepared(tmp_path_factory.mktemp("stock") / "var", records)


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """An empty database; the one of ``stocked`` where the test asks for that."""
    if "stocked" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("stock"), tmp_path / "var")
    found = opened(tmp_path / "var")
    yield found
    found.storage.close()


@pytest.fixture
def stocked(workspace: Workspace) -> Workspace:
    """The same with 48 conversations, 40 of them calls with an evaluation."""
    return workspace


_applications: list[FastAPI] = []


def served(workspace: Workspace) -> FastAPI:
    """One application for all tests, begun anew on this workspace: making one takes longer than most tests."""
    if not _applications:
        _applications.append(create_app(workspace))
    begin(_applications[0], workspace)
    return _applications[0]


@pytest.fixture(scope="session")
def event_loop() -> Iterator[BlockingPortal]:
    """One for all clients; each request would otherwise begin a thread with a loop of its own."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed by the same library, but not as slowly as they should be."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    monkeypatch.setattr(accounts, "_nobody", cache(accounts._nobody.__wrapped__))


@dataclass
class Browser:
    """A signed-in client that sends its form token with every change."""

    client: TestClient
    account_id: str

    def get(self, address: str, **values: Any) -> Any:
        return self.client.get(address, follow_redirects=False, **values)

    def call(self, method: str, address: str, body: Any = None) -> Any:
        return self.client.request(method, address, json=body, follow_redirects=False)


SignIn = Callable[..., Browser]


def with_web_settings(browser: Browser, **values: int) -> None:
    """Another ``[web]`` table for the application of this browser; values outside of its ranges are taken too."""
    app: Any = browser.client.app
    settings = replace(app.state.workspace.settings, web=WebSettings(**values))
    app.state.workspace = replace(app.state.workspace, settings=settings)


@pytest.fixture
def sign_in_as(workspace: Workspace, event_loop: BlockingPortal) -> SignIn:
    """A browser for somebody with these roles; asked again for the same login, the same account."""
    app = served(workspace)
    made: dict[str, str] = {}

    def sign_in(
        *roles: str, login: str = "", agent_id: str | None = None, team: str | None = None
    ) -> Browser:
        assert set(roles) <= set(ROLES)
        login = login or "-".join(roles)
        if "agent" in roles and agent_id is None:
            agent_id = AGENTS[0]
        with workspace.storage.writing() as session:
            if login not in made:
                row = accounts.create(
                    session, login, f"Osoba {login}", roles, None, agent_id=agent_id, team=team, by=None
                )
                made[login] = row.id
            token = accounts.begin(session, accounts.account(session, made[login]))
        client = TestClient(app, base_url="http://testserver", raise_server_exceptions=True)
        client.portal = event_loop
        client.cookies.set("odsluch", token)
        client.headers["x-odsluch-form"] = client.get("/api/v1/me").json()["form_token"]
        return Browser(client, made[login])

    return sign_in
