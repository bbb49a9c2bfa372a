"""1:1s over HTTP: preparing, holding, reading and acknowledging, and who may see what."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import delete

from qa.services.coaching import effects
from qa.services.coaching.effects import Counted, Guarded
from qa.services.coaching.meetings import MOST_ACTIONS, STATUSES
from qa.services.coaching.opening import agent_mark
from qa.services.coaching.preparation import CHANNELS_CHANGED, CriterionProgress, remarks
from qa.services.coaching.progress import BETTER, SAME, WORSE, Difference, proportion, verdict_of
from qa.services.judging.trust import Share
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.storage.analysis import LOCAL
from qa.storage.database import open_storage
from qa.storage.digests import open_pseudonyms
from qa.storage.people import ActionRow, CalibrationRow
from qa.storage.tables import ConversationRow, SealedRow
from qa.web.language import english
from tests.unit.qa.coaching_rows import TODAY
from tests.unit.qa.fakes import FakeParts
from tests.unit.qa.web.conftest import Browser, SignIn, store, stored_conversation

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


def opened(folder: Path) -> Workspace:
    settings = Settings(data_dir=folder)
    parts: Any = FakeParts()
    return Workspace(settings, open_storage(settings.url), parts, open_pseudonyms(folder))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Databases made once: an empty one, and one with calls.

    Anna (a-1) of team T1 offered further help and lately does not; three colleagues; Zenon is of another team.
    """
    records = [recent(i, "a-1", 28 + i, good=True) for i in range(12)]
    records += [recent(i, "a-1", i - 12, good=i < 14) for i in range(12, 24)]
    records += [recent(i, f"a-{2 + i % 3}", i % 20, good=True) for i in range(24, 36)]
    records.append(recent(40, "z-1", 2, good=True, team="T2"))
    records[20]["id"] = ODD
    found = {filled: tmp_path_factory.mktemp("made") / "var" for filled in (False, True)}
    for filled, folder in found.items():
        made = opened(folder)
        if filled:
            store(made, records)
        made.storage.close()
    return found


@pytest.fixture
def workspace(
    request: pytest.FixtureRequest, folders: dict[bool, Path], tmp_path: Path
) -> Iterator[Workspace]:
    shutil.copytree(folders["calls" in request.fixturenames], tmp_path / "var")
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


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["pl", "en"])
def test_without_anything_the_pages_say_what_to_do(sign_in_as: SignIn, language: str) -> None:
    both = sign_in_as("coach", "agent", "qa_lead")
    new = sign_in_as("agent", login="nowa", agent_id="a-9")
    for person in (both, new):
        person.call("PUT", "/api/v1/me/language", {"language": language})
    listed = both.get("/coaching").text
    assert ("Nikt nie miał ostatnio rozmów" if language == "pl" else "Nobody has had") in listed
    assert ("Nie ma tu jeszcze żadnej" if language == "pl" else "There is none yet") in listed
    page = both.get("/coaching/person?agent=a-9")
    assert page.status_code == 200
    assert ("To pierwsza rozmowa 1:1" if language == "pl" else "This is the person&#39;s first") in page.text
    assert "Z kim porozmawiać" not in new.get("/coaching").text


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_page_for_preparing_shows_strengths_points_moments_and_figures(
    calls: Workspace, coach: Browser, language: str
) -> None:
    coach.call("PUT", "/api/v1/me/language", {"language": language})
    page = coach.get("/coaching/person?agent=a-1").text
    parts = (
        ("Mocne strony", "Punkt do pracy", "wyraźnie rzadziej niż poprzednio")
        if language == "pl"
        else ("Strengths", "Point to work on", "clearly less often than before")
    )
    assert all(part in page for part in parts)
    assert page.index(parts[0]) < page.index(parts[1])
    assert page.count(f"„{SENTENCE}”") == 2
    assert re.search(r'href="/conversations/[^"]+#turn-\d+"', page)
    assert re.search(r"17\u00a0%</span> <span class=\"quiet\">5–45\u00a0%, n = 12", page)
    assert page.count('<svg class="range"') > 5
    assert ('lang="pl">Pytanie o dalszą pomoc' in page) is True


def test_the_list_has_the_coachs_team_in_no_order_of_quality(calls: Workspace, coach: Browser) -> None:
    rows = coach.get("/api/v1/coaching/people").json()["rows"]
    assert [row["agent_id"] for row in rows] == ["a-1", "a-2", "a-3", "a-4"]
    held(coach, "a-1")
    saved(coach, "a-3")
    rows = coach.get("/api/v1/coaching/people").json()["rows"]
    assert [(row["agent_id"], row["last_one_on"], row["has_draft"]) for row in rows] == [
        ("a-2", None, False),
        ("a-3", None, True),
        ("a-4", None, False),
        ("a-1", day(0), False),
    ]
    page = coach.get("/coaching").text
    assert "/coaching/person?agent=a-1" in page
    assert "z-1" not in page
    assert "Wróć na początek" in coach.get("/coaching?number=9").text


def test_a_conversation_with_an_odd_id_can_be_opened_and_picked(calls: Workspace, coach: Browser) -> None:
    moments = [{"conversation_id": ODD, "turn": 4, "start": 0, "end": 5, "comment": "</textarea><script>"}]
    meeting = saved(coach, moments=moments, notes="<script>alert(1)</script>")
    for address in ("/coaching/person?agent=a-1", f"/coaching/{meeting['id']}"):
        page = coach.get(address).text
        assert "<script>" not in page.replace('<script src="', "")
        link = next(one for one in re.findall(r'href="(/conversations/c/7[^"]+)"', page))
        assert coach.get(html.unescape(link).split("#")[0]).status_code == 200
    page = coach.get("/coaching/person?agent=a-1").text
    kept = [json.loads(html.unescape(one)) for one in re.findall(r"<template data-moment='([^']*)'", page)]
    assert [one["conversation_id"] for one in kept] == [ODD]
    written = re.search(r'<textarea name="moments"[^>]*>(.*?)</textarea>', page)
    assert written is not None
    assert json.loads(html.unescape(written[1])) == moments


def test_a_moment_whose_conversation_is_gone_says_so(calls: Workspace, coach: Browser) -> None:
    meeting = held(coach, moments=[{"conversation_id": ODD, "turn": 4, "start": 0, "end": 5}])
    with calls.storage.writing() as session:
        session.execute(delete(ConversationRow).where(ConversationRow.conversation_id == ODD))
    assert coach.get(f"/api/v1/coaching/{meeting['id']}").json()["quotes"] == [None]
    assert "Tego miejsca już nie ma" in coach.get(f"/coaching/{meeting['id']}").text


def test_a_place_that_a_new_reading_no_longer_has_is_not_quoted(calls: Workspace, coach: Browser) -> None:
    beyond = [
        {"conversation_id": ODD, "turn": 99, "start": 0, "end": 1},
        {"conversation_id": ODD, "turn": 4, "start": 0, "end": 999},
    ]
    meeting = saved(coach, moments=beyond)
    assert coach.get(f"/api/v1/coaching/{meeting['id']}").json()["quotes"] == [None, None]


def test_moments_can_be_heard_where_there_is_a_recording(calls: Workspace, coach: Browser) -> None:
    assert "<audio" not in coach.get("/coaching/person?agent=a-1").text
    with calls.storage.writing() as session:
        for number, one in enumerate(places(coach)):
            session.add(
                SealedRow(
                    key=f"k{number}",
                    kind="redacted_audio",
                    conversation_id=one["conversation_id"],
                    suffix=".wav",
                    size=1,
                    dated=day(0),
                    details={},
                )
            )
    page = coach.get("/coaching/person?agent=a-1").text
    assert re.search(r'<audio [^>]*src="/api/v1/conversation/sound\?id=[^"]+#t=\d+\.\d"', page)


# --- the way of one 1:1 ----------------------------------------------------------------------------------------------


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


# --- what is refused -------------------------------------------------------------------------------------------------


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


# --- the log, and what must stay hidden ------------------------------------------------------------------------------


def test_reading_anothers_1_to_1_is_noted_and_reading_ones_own_is_not(
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
    assert places(coach) == found[2:]
    assert found[0]["conversation_id"] not in coach.get("/coaching/person?agent=a-1").text


def test_nothing_speaks_of_an_agents_emotion_or_rank(calls: Workspace, coach: Browser) -> None:
    for address in ("/coaching", "/coaching/person?agent=a-1", f"/coaching/{held(coach)['id']}"):
        page = coach.get(address).text.casefold()
        assert not re.search(r"nastr|emocj|sentiment|ranking|miejsce \d|najlepsz|najgorsz", page)


# --- words that services give ----------------------------------------------------------------------------------------

DIFFERENCES = (
    None,
    Difference(0.2, 0.1, 0.3, BETTER),
    Difference(-0.2, -0.3, -0.1, WORSE),
    Difference(0.0, -0.1, 0.1, SAME),
)


def reasons_of_remarks() -> set[str]:
    """Why something is a strength or a point, in every case."""
    found = set()
    for change, against in product(DIFFERENCES, repeat=2):
        for part in (5, 19):
            now = proportion(Share(part, 20))
            one = CriterionProgress("recap", "x", False, "assisted", now, now, now, change, against)
            found |= {remark.why for kind in remarks([one]) for remark in kind}
    return found


def reasons_of_effects() -> set[str]:
    """Why an action is said to have worked or not, in every case."""
    found = {effects.effect(Counted(None, "a", None), _without_criterion(), TODAY, None).why}  # type: ignore[arg-type]
    for plain, guarded, against in product(DIFFERENCES, repeat=3):
        told = [one for one in (plain, guarded, against) if one]
        verdict = verdict_of(*told) if plain and guarded else SAME
        found.add(effects._why(Guarded(None, plain, guarded, against, verdict)))
    return found


def _without_criterion() -> ActionRow:
    return ActionRow(
        id="x", criterion=None, text="x", due_on=TODAY.isoformat(), baseline={"agreed_on": TODAY.isoformat()}
    )


def test_words_of_the_services_have_their_english() -> None:
    remarked, effected = reasons_of_remarks(), reasons_of_effects()
    assert (len(remarked), len(effected)) == (6, 8)
    words = {*STATUSES.values(), BETTER, WORSE, SAME, CHANNELS_CHANGED, "konto usunięte"}
    assert not (words | remarked | effected) - set(english())
