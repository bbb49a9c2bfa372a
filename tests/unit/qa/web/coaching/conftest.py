"""A workspace with calls of the last weeks, and a coach with a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qa.services.workspace import Workspace
from qa.storage.analysis import LOCAL
from tests.unit.qa.web.conftest import Browser, SignIn, opened, prepared, stored_conversation

ODD = """c/7 "x"'<b>&amp;#?.wav"""
SENTENCE = "Bardzo mi przykro, już sprawdzam, proszę o chwilę cierpliwości."
DRAFT = {"strengths": ["Zawsze się wita"], "point": "Dalsza pomoc", "notes": "Próbujemy od jutra."}


def day(ahead: int) -> str:
    return (datetime.now(LOCAL).date() + timedelta(days=ahead)).isoformat()


def recent(number: int, agent: str, ago: int, *, good: bool, team: str = "T1") -> dict[str, Any]:
    """A call of so many days ago that ends with an offer of further help or without one."""
    record = stored_conversation(number, "phone")
    record["turns"] = stored_conversation(1 if good else 3)["turns"]
    record["started_at"] = f"{day(-ago)}T10:00:00+01:00"
    record["agent"] = {"id": agent, "team": team}
    return record


@pytest.fixture(scope="session")
def recent_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with calls, made once.

    Anna (a-1) of team T1 offered further help and lately does not; three colleagues; Zenon is of another team.
    """
    records = [recent(i, "a-1", 28 + i, good=True) for i in range(12)]
    records += [recent(i, "a-1", i - 12, good=i < 14) for i in range(12, 24)]
    records += [recent(i, f"a-{2 + i % 3}", i % 20, good=True) for i in range(24, 36)]
    records.append(recent(40, "z-1", 2, good=True, team="T2"))
    records[20]["id"] = ODD
    return prepared(tmp_path_factory.mktemp("calls") / "var", records)


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """An empty database; the one with calls where the test asks for them."""
    if "calls" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("recent_calls"), tmp_path / "var")
    made = opened(tmp_path / "var")
    yield made
    made.storage.close()


@pytest.fixture
def calls(workspace: Workspace) -> Workspace:
    """The workspace with calls."""
    return workspace


@pytest.fixture
def coach(sign_in_as: SignIn) -> Browser:
    return sign_in_as("coach", team="T1")


def saved(coach: Browser, agent: str = "a-1", **values: Any) -> dict[str, Any]:
    answer = coach.call("PUT", f"/api/v1/coaching/draft?agent={agent}", {**DRAFT, **values})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def held(coach: Browser, agent: str = "a-1", **values: Any) -> dict[str, Any]:
    draft = saved(coach, agent, **values)
    answer = coach.call("POST", f"/api/v1/coaching/{draft['id']}/hold", {"version": draft["version"]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def places(coach: Browser) -> list[dict[str, Any]]:
    moments = coach.get("/api/v1/coaching/preparation?agent=a-1").json()["preparation"]["moments"]
    return [{name: one[name] for name in ("conversation_id", "turn", "start", "end")} for one in moments]


def refused(answer: Any, status: int = 422) -> str:
    assert answer.status_code == status, answer.text
    message: str = answer.json()["error"]["message"]
    assert message.endswith(".")
    return message
