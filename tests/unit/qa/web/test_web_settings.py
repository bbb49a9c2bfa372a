"""What the table ``[web]`` changes over HTTP: rows of long lists, how long browsers stay signed in."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import update

from qa.services.access import accounts
from qa.services.workspace import Workspace
from qa.storage.people import OverviewRow, SignInRow
from qa.storage.tables import now
from qa.web.context import today
from tests.unit.qa.web.conftest import PASSWORD, Browser, SignIn, with_web_settings

FORM = {"x-odsluch-form": "sign-in"}


def test_long_lists_have_as_many_rows_as_the_settings_say(stocked: Workspace, sign_in_as: SignIn) -> None:
    with stocked.storage.writing() as session:
        session.execute(update(OverviewRow).values(day=today().isoformat()))
    lead = sign_in_as("qa_lead")
    whole = lead.get("/api/v1/coaching/people").json()
    assert (len(whole["rows"]), whole["pages"]) == (4, 1)
    assert len(lead.get("/api/v1/conversations").json()["rows"]) == 48
    with_web_settings(lead, page_rows=3)
    assert len(lead.get("/api/v1/conversations").json()["rows"]) == 3
    assert "after=" in lead.get("/conversations").text
    part = lead.get("/api/v1/coaching/people").json()
    assert (len(part["rows"]), part["pages"], part["total"]) == (3, 2, 4)
    assert 'href="/coaching?number=2"' in lead.get("/coaching").text
    board = lead.get("/quality").text.partition('id="agents"')[2]
    shown = [
        agent for agent in ("a-1", "a-2", "a-3", "a-4") if f'agent={agent}"' in board or f">{agent}<" in board
    ]
    assert shown == ["a-1", "a-2", "a-3"]
    assert "number=2" in board


def test_the_cookie_lasts_as_long_as_the_session(workspace: Workspace, sign_in_as: SignIn) -> None:
    person = sign_in_as("auditor")
    with workspace.storage.writing() as session:
        accounts.create(session, "jan", "Jan Lis", ["auditor"], PASSWORD, by=None)
    with_web_settings(person, session_hours=2)
    client = TestClient(person.client.app)
    answer = client.post("/api/v1/sign-in", json={"login": "jan", "password": PASSWORD}, headers=FORM)
    assert answer.status_code == 200
    assert "max-age=7200;" in answer.headers["set-cookie"].lower()


def rests(workspace: Workspace, browser: Browser, minutes: int) -> int:
    """The status of the next request after so many minutes without use."""
    with workspace.storage.writing() as session:
        session.execute(update(SignInRow).values(seen_at=now() - timedelta(minutes=minutes)))
    return int(browser.get("/api/v1/me").status_code)


def test_without_use_a_browser_is_signed_out_when_the_settings_say(
    workspace: Workspace, sign_in_as: SignIn
) -> None:
    person = sign_in_as("auditor")
    assert rests(workspace, person, 479) == 200
    with_web_settings(person, idle_minutes=30)
    assert rests(workspace, person, 29) == 200
    assert rests(workspace, person, 31) == 401
    with_web_settings(person, idle_minutes=480)
    assert rests(workspace, person, 481) == 401


def test_the_list_of_disputes_says_how_many_days_there_are(workspace: Workspace, sign_in_as: SignIn) -> None:
    agent = sign_in_as("agent")
    assert "w ciągu 14 dni" in agent.get("/disputes").text
    with_web_settings(agent, dispute_days=30)
    assert "w ciągu 30 dni" in agent.get("/disputes").text
