"""Generated requests against every operation: nothing but the documented answers, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from qa.services.access import accounts
from qa.services.access.permissions import ROLES
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.database import open_storage
from qa.storage.digests import open_pseudonyms
from qa.web.app import create_app
from qa.web.context import API
from tests.unit.qa.fakes import FakeParts
from tests.unit.qa.web.conftest import AGENTS, store, stored_conversation

EXAMPLES = 8
ENDING = {f"{API}/sign-out", f"{API}/accounts/{{account_id}}"}  # would end the session that attacks


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """The application, and the headers of somebody who has every role."""
    parts: Any = FakeParts()
    own = Settings(data_dir=tmp_path)
    workspace = Workspace(own, open_storage(own.url), parts, open_pseudonyms(tmp_path))
    store(workspace, [stored_conversation(number) for number in range(12)])
    with workspace.storage.writing() as session:
        row = accounts.create(
            session, "napastnik", "Napast Nik", list(ROLES), None, agent_id=AGENTS[0], by=None
        )
        token = accounts.begin(session, row)
    with workspace.storage.reading() as session:
        found = accounts.signed_in(session, token)
    assert found is not None
    yield create_app(workspace), {"Cookie": f"odsluch={token}", "X-Odsluch-Form": found[0].form_token}
    workspace.storage.close()


def test_no_request_makes_a_server_error(attacked: tuple[Any, dict[str, str]]) -> None:
    app, headers = attacked
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app)
    seen: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path not in ENDING:
            seen[operation.label] = _attacked(operation, headers)
    assert len(seen) > 60
    assert sum(bool(answers & {200, 201}) for answers in seen.values()) > 20, (
        "hardly anything was let through"
    )


def _attacked(operation: Any, headers: dict[str, str]) -> set[int]:
    """The answers to generated requests, none of which may crash the application or end the attacker's session."""
    answers: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attack(case: Any) -> None:
        answer = case.call(headers=headers)
        answers.add(answer.status_code)
        assert answer.status_code < 500, (case.method, case.path, case.query, case.body)
        assert answer.status_code != 401, "the attacker was signed out: the rest would prove nothing"

    attack()
    return answers
