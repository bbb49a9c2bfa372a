"""The way of one 1:1 over HTTP, from the draft to the acknowledgement."""

from __future__ import annotations

from qa.services.coaching.progress import SAME
from qa.services.workspace import Workspace
from tests.unit.qa.web.coaching.conftest import (
    DRAFT,
    SENTENCE,
    day,
    held,
    places,
    refused,
    saved,
)
from tests.unit.qa.web.conftest import Browser, SignIn


def test_a_1_to_1_from_draft_to_acknowledgement(calls: Workspace, coach: Browser, sign_in_as: SignIn) -> None:
    anna = sign_in_as("agent", agent_id="a-1", login="anna")
    draft = saved(coach, moments=[{**places(coach)[0], "comment": "Co klient usłyszał?"}])
    own = f"/coaching/{draft['id']}"
    assert anna.get(own).status_code == anna.get(f"/api/v1{own}").status_code == 404
    agreed = {"text": "Pytam o dalszą pomoc", "criterion": "further_help", "due_on": day(28)}
    answer = coach.call("POST", f"/api/v1{own}/actions", agreed)
    assert (answer.status_code, answer.json()["before"]["n"]) == (201, 12)
    closed = coach.call("POST", f"/api/v1{own}/hold", {"version": draft["version"]}).json()
    assert (closed["status"], closed["held_on"]) == ("held", day(0))
    read = anna.get(own).text
    assert all(
        part in read
        for part in ("Próbujemy od jutra.", "Co klient usłyszał?", SENTENCE, "Pytam o dalszą pomoc")
    )
    assert "Dopisz ustalenie" not in read
    late = {"text": "Słuchamy razem", "due_on": day(1)}
    assert coach.call("POST", f"/api/v1{own}/actions", late).status_code == 201
    assert coach.call("POST", f"/api/v1{own}/hold", {"version": closed["version"]}).status_code == 409
    assert anna.call("POST", f"/api/v1{own}/acknowledge", {"comment": "Spróbuję."}).status_code == 200
    assert anna.call("POST", f"/api/v1{own}/acknowledge", {}).status_code == 409
    assert "Spróbuję." in coach.get(own).text
    assert coach.call("POST", f"/api/v1{own}/actions", late).status_code == 403
    assert [one["status"] for one in anna.get("/api/v1/coaching/own").json()] == ["acknowledged"]
    opened = coach.get("/api/v1/coaching/preparation?agent=a-1").json()
    assert [one["id"] for one in opened["history"]] == [draft["id"]]
    assert {one["text"] for one in opened["preparation"]["agreed"]} == {agreed["text"], late["text"]}


def test_what_was_agreed_today_is_not_called_unchanged(calls: Workspace, coach: Browser) -> None:
    meeting = held(coach)
    agreed = {"text": "Pytam o pomoc", "criterion": "further_help", "due_on": day(28)}
    assert coach.call("POST", f"/api/v1/coaching/{meeting['id']}/actions", agreed).status_code == 201
    page = coach.get(f"/coaching/{meeting['id']}").text
    assert "jeszcze bez wyników po ustaleniu" in page
    assert SAME not in page


def test_of_two_windows_the_later_is_told(calls: Workspace, coach: Browser, sign_in_as: SignIn) -> None:
    first = saved(coach)
    second = saved(sign_in_as("qa_lead"), notes="Inne", version=first["version"])
    late = coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", {**DRAFT, "version": first["version"]})
    assert "odśwież" in refused(late, 409)
    assert coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", DRAFT).status_code == 409
    stale = coach.call("POST", f"/api/v1/coaching/{first['id']}/hold", {"version": first["version"]})
    assert stale.status_code == 409
    assert coach.get(f"/api/v1/coaching/{first['id']}").json()["meeting"]["version"] == second["version"]


def test_a_long_history_is_shown_in_two_parts(calls: Workspace, coach: Browser, sign_in_as: SignIn) -> None:
    for number in range(14):
        held(coach, point=f"Punkt {number}")
    for page in (
        coach.get("/coaching/person?agent=a-1").text,
        sign_in_as("agent", agent_id="a-1").get("/coaching").text,
    ):
        newer, _, older = page.partition("Starsze")
        assert "2\u00a0rozmowy 1:1" in older
        assert older.count("Punkt ") - older.count("Punkt do pracy") == 2
        assert newer.count('href="/coaching/') >= 12
