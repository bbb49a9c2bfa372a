"""What is noted in the log of 1:1s, and what must stay hidden."""

from __future__ import annotations

import json
import re
from typing import Any

from qa.services.coaching.opening import agent_mark
from qa.services.workspace import Workspace
from qa.storage import audit
from qa.storage.people import CalibrationRow
from tests.unit.qa.web.coaching.conftest import (
    held,
    places,
)
from tests.unit.qa.web.conftest import Browser, SignIn


def test_reading_anothers_1_to_1_is_noted_and_ones_own_only_with_sentences(
    calls: Workspace, coach: Browser, sign_in_as: SignIn
) -> None:
    meeting = held(coach)
    anna = sign_in_as("agent", agent_id="a-1", login="anna")
    anna.get(f"/coaching/{meeting['id']}")
    anna.get("/coaching")
    auditor = sign_in_as("auditor")

    def logged() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = auditor.get("/api/v1/audit?action=coaching_open").json()["rows"]
        return found

    assert logged() == []
    coach.get(f"/coaching/{meeting['id']}")
    coach.get(f"/api/v1/coaching/{meeting['id']}")
    coach.get("/coaching/person?agent=a-1")
    coach.get("/api/v1/coaching/preparation?agent=a-1")
    assert [row["subject"] for row in logged()] == [agent_mark("a-1")] * 2 + [meeting["id"]] * 2
    assert not re.search(r"a-1|Osoba|Próbujemy", str(logged()))
    coach.get("/coaching/person?agent=z-1")
    assert len(logged()) == 4


def test_the_log_names_the_conversations_whose_sentences_are_shown(
    calls: Workspace, coach: Browser, sign_in_as: SignIn
) -> None:
    shown = places(coach)
    meeting = held(coach, moments=shown[:2])
    sign_in_as("agent", agent_id="a-1", login="anna").get(f"/coaching/{meeting['id']}")
    with calls.storage.reading() as session:
        marks = [audit.mark_of(session, one["conversation_id"]) for one in shown]
    rows = sign_in_as("auditor").get("/api/v1/audit?action=coaching_open").json()["rows"]
    assert [(row["actor"], json.loads(row["details"])["conversations"]) for row in rows] == [
        ("anna", sorted(marks[:2])),
        ("coach", sorted(marks)),
    ]
    assert not any(one["conversation_id"] in str(rows) for one in shown)


def test_moments_stay_hidden_from_who_has_still_to_judge_them_blind(calls: Workspace, coach: Browser) -> None:
    found = places(coach)
    assert len(found) == 3
    with calls.storage.writing() as session:
        session.add(
            CalibrationRow(
                id="k",
                name="Kalibracja",
                scorecard="phone@1",
                conversations=[one["conversation_id"] for one in found[:2]],
                participants=[coach.account_id],
                status="open",
                created_by="x",
                decisions={},
            )
        )
    shown = places(coach)
    assert len(shown) == 3  # others that show the same stand in for them
    text = coach.get("/coaching/person?agent=a-1").text
    for one in found[:2]:
        assert one["conversation_id"] not in {other["conversation_id"] for other in shown}
        assert one["conversation_id"] not in text


def test_nothing_speaks_of_an_agents_emotion_or_rank(calls: Workspace, coach: Browser) -> None:
    for address in ("/coaching", "/coaching/person?agent=a-1", f"/coaching/{held(coach)['id']}"):
        page = coach.get(address).text.casefold()
        assert not re.search(r"nastr|emocj|sentiment|ranking|miejsce \d|najlepsz|najgorsz", page)
