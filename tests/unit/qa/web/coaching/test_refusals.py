"""What 1:1s refuse over HTTP, and whose are nobody else's business."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from qa.services.coaching.meetings import MOST_ACTIONS
from qa.services.workspace import Workspace
from tests.unit.qa.web.coaching.conftest import (
    DRAFT,
    ODD,
    SENTENCE,
    day,
    held,
    refused,
    saved,
)
from tests.unit.qa.web.conftest import Browser, SignIn

BAD_DRAFTS: tuple[Any, ...] = (
    {"strengths": ["x"] * 6},
    {"strengths": ["x" * 301]},
    {"strengths": "Wita się"},
    {"point": "x" * 1001},
    {"notes": "x" * 4001},
    {"notes": "a\0b"},
    {"notes": None},
    {"version": -1},
    {"version": 2**40},
    {"version": "ostatnia"},
    {"moments": [{"conversation_id": "c-0040", "turn": 0, "start": 0, "end": 1}]},  # another person's
    {"moments": [{"conversation_id": ODD, "turn": 0, "start": 5, "end": 1}]},
    {"moments": [{"conversation_id": ODD, "turn": -1, "start": 0, "end": 1}]},
    {"moments": [{"conversation_id": ODD, "turn": 0, "start": 0, "end": 1}] * 7},
    {"moments": [{"turn": 0, "start": 0, "end": 1}]},
    ["nie obiekt"],
)
BAD_AGREEMENTS: tuple[dict[str, Any], ...] = (
    {"text": ""},
    {"text": "x" * 501},
    {"criterion": "nie_ma"},
    {"criterion": "a\0"},
    {"due_on": "jutro"},
    {"due_on": "2000-01-01"},
    {"due_on": None},
    {"due_on": "9999-12-31"},
)


def test_what_cannot_be_kept_is_refused_in_words(calls: Workspace, coach: Browser) -> None:
    for body in BAD_DRAFTS:
        refused(coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", body))
    address = f"/api/v1/coaching/{saved(coach)['id']}/actions"
    for change in BAD_AGREEMENTS:
        body = {"text": "Pytam o pomoc", "criterion": "further_help", "due_on": day(7), **change}
        refused(coach.call("POST", address, body))
    assert coach.get("/api/v1/coaching/preparation?agent=a-1").json()["preparation"]["draft"]["actions"] == []


def test_there_is_room_for_a_few_agreements_only(calls: Workspace, coach: Browser) -> None:
    address = f"/api/v1/coaching/{saved(coach)['id']}/actions"
    body = {"text": "Pytam", "due_on": day(7)}
    assert {coach.call("POST", address, body).status_code for _ in range(MOST_ACTIONS)} == {201}
    refused(coach.call("POST", address, body))


def test_nothing_written_cannot_be_held(calls: Workspace, coach: Browser) -> None:
    empty = coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", {}).json()
    refused(coach.call("POST", f"/api/v1/coaching/{empty['id']}/hold", {"version": empty["version"]}))
    refused(coach.call("POST", f"/api/v1/coaching/{empty['id']}/hold", {}))


def test_of_other_teams_and_other_people_nothing_is_there(
    calls: Workspace, coach: Browser, sign_in_as: SignIn
) -> None:
    meeting = held(coach)
    stranger = sign_in_as("coach", login="obcy", team="T2")
    other = sign_in_as("agent", login="inna", agent_id="a-2")
    for person in (stranger, other):
        assert person.get(f"/coaching/{meeting['id']}").status_code == 404
        assert person.get(f"/api/v1/coaching/{meeting['id']}").status_code == 404
    for agent in ("a-1", "nie ma", ""):
        answer = stranger.get("/coaching/person", params={"agent": agent})
        assert answer.status_code == 404
        assert SENTENCE not in answer.text
        assert (
            stranger.get("/api/v1/coaching/preparation", params={"agent": agent}).status_code
            == stranger.call("PUT", f"/api/v1/coaching/draft?agent={quote(agent)}", DRAFT).status_code
            == 404
        )
    body = {"text": "Pytam", "due_on": day(7)}
    assert stranger.call("POST", f"/api/v1/coaching/{meeting['id']}/actions", body).status_code == 404
    assert other.call("POST", f"/api/v1/coaching/{meeting['id']}/acknowledge", {}).status_code == 404
    assert other.get("/coaching/person?agent=a-1").status_code == 403
    assert stranger.get("/coaching/nie-ma").status_code == 404
    assert stranger.get("/coaching/person").status_code == 422


def test_nobody_prepares_a_1_to_1_with_themselves(calls: Workspace, sign_in_as: SignIn) -> None:
    both = sign_in_as("coach", "agent", agent_id="a-1", team="T1")
    assert both.get("/coaching/person?agent=a-1").status_code == 403
    refused(both.call("PUT", "/api/v1/coaching/draft?agent=a-1", DRAFT), 403)


def test_an_account_without_a_person_is_told_what_is_missing(sign_in_as: SignIn) -> None:
    agent, admin = sign_in_as("agent"), sign_in_as("administrator")
    admin.call("PATCH", f"/api/v1/accounts/{agent.account_id}", {"agent_id": ""})
    assert agent.get("/api/v1/coaching/own").json() == []
    assert "nie jest połączone z konsultantem" in agent.get("/coaching").text
