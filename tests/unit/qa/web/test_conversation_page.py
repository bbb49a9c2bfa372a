"""The page of one conversation over HTTP: what it shows to whom, and its sound."""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from qa.services.conversations import sound
from qa.services.workspace import Workspace
from qa.storage.cipher import new_key
from qa.storage.people import SampleItemRow
from qa.storage.results import current_rows
from qa.web.routes import conversations
from scorecards import load_scorecard
from tests.unit.qa.web.conftest import Browser, SignIn, store, stored_conversation
from tests.unit.qa.web.sounds import seal_sound, sealed_file

SOUND = "/api/v1/conversation/sound?id=c-0001"
WAVEFORM = "/api/v1/conversation/waveform?id=c-0001"


@pytest.fixture
def recorded(stocked: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kept recording of c-0001; its key."""
    monkeypatch.setenv("ODSLUCH_KEY", new_key())
    return seal_sound(stocked, "c-0001")


def change_evaluation(workspace: Workspace, outcomes: dict[str, str], **values: Any) -> None:
    """Let the machine's evaluation of c-0001 say something else."""
    with workspace.storage.writing() as session:
        rows = current_rows(session, "c-0001")
        assert rows is not None
        assert rows[2] is not None
        content = copy.deepcopy(rows[2].content)
        for result in content["criteria"]:
            result["outcome"] = outcomes.get(result["id"], result["outcome"])
        rows[2].content = content | values
        rows[2].score = rows[2].content["score"]


def listened(person: Browser) -> int:
    rows = person.get("/api/v1/audit?action=conversation_listen").json()["rows"]
    return len(rows)


def test_the_sound_is_served_whole_and_in_parts(recorded: str, sign_in_as: SignIn) -> None:
    worker = sign_in_as("qa_specialist")
    whole = worker.get(SOUND)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
    assert whole.content[:4] == b"OggS"
    size = len(whole.content)
    assert whole.headers["content-length"] == str(size)
    part = worker.client.get(SOUND, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    rest = worker.client.get(SOUND, headers={"Range": f"bytes={size - 5}-"})
    assert rest.content == whole.content[-5:]
    beyond = worker.client.get(SOUND, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert whole.headers["cache-control"] == "no-store"


def test_one_listening_is_one_entry_in_the_log(recorded: str, sign_in_as: SignIn) -> None:
    worker, auditor = sign_in_as("qa_specialist"), sign_in_as("auditor")
    worker.get("/conversations/c-0001")
    worker.get(WAVEFORM)
    assert listened(auditor) == 0  # to look is not to listen
    for start in (0, 500, 900):
        worker.client.get(SOUND, headers={"Range": f"bytes={start}-"})
    assert listened(auditor) == 1
    sign_in_as("coach").get(SOUND)
    assert listened(auditor) == 2
    rows = auditor.get("/api/v1/audit?action=conversation_listen").json()["rows"]
    assert "c-0001" not in str(rows)


def test_nothing_is_noted_of_what_was_refused(recorded: str, stocked: Workspace, sign_in_as: SignIn) -> None:
    auditor, other = sign_in_as("auditor"), sign_in_as("agent", agent_id="a-1")
    assert auditor.get(SOUND).status_code == 403
    assert auditor.get(WAVEFORM).status_code == 403
    assert other.get(SOUND).status_code == 404  # it is a-2's
    assert other.get(WAVEFORM).status_code == 404
    assert sign_in_as("qa_lead").get("/api/v1/conversation/sound?id=c-0002").status_code == 404
    sealed_file(stocked, recorded).unlink()
    gone = sign_in_as("qa_lead").get(SOUND)
    assert (gone.status_code, "magazynie" in gone.json()["error"]["message"]) == (404, True)
    assert listened(auditor) == 0


def test_the_waveform_knows_who_speaks_on_which_channel(recorded: str, sign_in_as: SignIn) -> None:
    # c-0001 begins at 4 s with the agent, and they take turns every five seconds
    found = sign_in_as("agent", agent_id="a-2").get(WAVEFORM).json()
    assert found["seconds"] == pytest.approx(40, abs=0.1)
    assert {lane["speaker"] for lane in found["lanes"]} == {"agent", "customer"}
    by_speaker = {lane["speaker"]: lane["levels"] for lane in found["lanes"]}
    each = len(by_speaker["agent"]) / found["seconds"]
    assert by_speaker["agent"][int(7 * each)] > 60 > by_speaker["agent"][int(3 * each)]
    assert by_speaker["customer"][int(3 * each)] > 60 > by_speaker["customer"][int(7 * each)]
    assert all(len(levels) <= 1200 for levels in by_speaker.values())


def test_the_waveform_is_worked_out_once_and_kept_sealed(
    recorded: str, stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = sign_in_as("qa_specialist")
    first = worker.get(WAVEFORM).json()
    kept = sealed_file(stocked, recorded).with_suffix(".derived")
    assert b"seconds" not in kept.read_bytes()
    monkeypatch.setattr(sound, "waveform", lambda _: pytest.fail("worked out again"))
    assert worker.get(WAVEFORM).json() == first


def test_who_comes_while_another_waveform_is_worked_out_is_asked_to_come_again(
    recorded: str, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    plain = sound.waveform

    def slow(stream: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return plain(stream)

    monkeypatch.setattr(sound, "waveform", slow)
    worker, other = sign_in_as("qa_specialist"), sign_in_as("coach")
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(worker.get(WAVEFORM).status_code))
    thread.start()
    assert begun.wait(20)
    busy = other.get(WAVEFORM)
    go_on.set()
    thread.join(20)
    assert (busy.status_code, answers) == (503, [200])
    assert other.get(WAVEFORM).status_code == 200


def test_a_recording_that_cannot_be_read_is_said_so(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODSLUCH_KEY", new_key())
    monkeypatch.setattr(
        "tests.unit.qa.web.sounds.write_recording", lambda _, path: path.write_bytes(b"x" * 900)
    )
    seal_sound(stocked, "c-0001")
    answer = sign_in_as("qa_lead").get(WAVEFORM)
    assert (answer.status_code, "Nie da się odczytać" in answer.json()["error"]["message"]) == (404, True)


def test_nobody_who_writes_waits_while_the_page_is_filled_in(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = conversations.page

    def slowly(*given: Any, **values: Any) -> Any:
        with stocked.storage.writing() as session:  # another writer would keep it out
            session.execute(text("SELECT 1"))
        return fill(*given, **values)

    monkeypatch.setattr(conversations, "page", slowly)
    lead = sign_in_as("qa_lead")
    assert lead.get("/conversations/c-0001").status_code == 200
    opened = sign_in_as("auditor").get("/api/v1/audit?action=conversation_open").json()["rows"]
    assert len(opened) == 1


@pytest.mark.parametrize("wanted", ["", "bytes=0-9", "bytes=-5"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda sealed: sealed[:-40] + b"\n",
        lambda sealed: b"",
        lambda sealed: sealed.swapcase(),
        lambda sealed: None,
    ],
    ids=["cut off", "empty", "changed", "erased a moment ago"],
)
def test_a_damaged_recording_is_an_error_and_no_listening(
    recorded: str,
    stocked: Workspace,
    sign_in_as: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes | None],
    wanted: str,
) -> None:
    file = sealed_file(stocked, recorded)
    left = damage(file.read_bytes())
    if left is None:
        monkeypatch.setattr("qa.storage.vault.Vault.holds", lambda *_: True)
        file.unlink()
    else:
        file.write_bytes(left)
    worker = sign_in_as("qa_lead")
    answer = worker.client.get(SOUND, headers={"Range": wanted} if wanted else {})
    assert (answer.status_code, answer.json()["error"]["code"]) in ((400, "failed"), (404, "missing"))
    beyond = worker.client.get(SOUND, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    assert listened(sign_in_as("auditor")) == 0


def test_the_page_says_whether_there_is_sound_and_who_may_hear_it(recorded: str, sign_in_as: SignIn) -> None:
    worker, auditor = sign_in_as("qa_specialist"), sign_in_as("auditor")
    assert 'id="sound"' in worker.get("/conversations/c-0001").text
    without = worker.get("/conversations/c-0002").text
    assert "Nagranie nie jest przechowywane." in without
    assert 'id="sound"' not in without
    html = auditor.get("/conversations/c-0001").text
    assert "rola nie pozwala go odsłuchać" in html
    assert 'id="sound"' not in html


def test_evidence_is_marked_named_and_quoted(stocked: Workspace, sign_in_as: SignIn) -> None:
    html = sign_in_as("qa_specialist").get("/conversations/c-0001").text
    assert re.search(r'<mark data-marks="r-0[^"]*" class="reason[^"]*">[^<]+</mark>', html)
    assert re.search(
        r'<a class="tag pass layer-criteria" href="#c-greeting" data-lit="c-greeting"><span lang="pl">Powitanie',
        html,
    )
    assert re.search(r'data-evidence="c-greeting"[^>]*data-turn="0"[^>]*data-at="4.0"', html)
    assert re.search(r'role="tooltip"[^>]*>.*?<q lang="pl">Dzień dobry', html)
    assert html.count('id="c-greeting"') == 1


def test_a_lost_section_and_a_lost_score_are_explained(
    stocked: Workspace, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = load_scorecard("phone@1")
    opening = card.sections[0]
    first = replace(opening.criteria[0], fails_section=True)
    strict = replace(
        card, sections=(replace(opening, criteria=(first, *opening.criteria[1:])), *card.sections[1:])
    )
    monkeypatch.setattr("qa.services.conversations.view.card_of", lambda _: strict)
    monkeypatch.setattr("qa.web.routes.conversations.known_card", lambda _: strict)
    change_evaluation(
        stocked,
        {"greeting": "fail", "courtesy": "fail"},
        score=0.0,
        sections_failed=["opening"],
        critical_failed=["courtesy"],
    )
    worker = sign_in_as("qa_specialist")
    view = worker.get("/api/v1/conversation?id=c-0001").json()
    assert view["losses"] == {"whole": ["courtesy"], "sections": {"opening": ["greeting"]}}
    assert (view["critical"], view["sections_failed"]) == (["courtesy"], ["opening"])
    html = worker.get("/conversations/c-0001").text
    assert "krytyczne dla sekcji" in html
    assert re.search(r"Automat: cała ocena 0\.</b>[^<]*<a href=\"#c-courtesy\"", html)
    assert re.search(r"Automat: sekcja bez punktów\.</b>[^<]*<a href=\"#c-greeting\"", html)
    assert re.search(r'data-lost="opening" hidden', html)
    answer = worker.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "fail"}}).json()
    assert answer["losses"] == {"whole": [], "sections": {"opening": ["greeting"]}}
    assert not re.search(r'data-lost="opening" hidden', worker.get("/conversations/c-0001").text)


def test_an_override_leaves_what_the_machine_said(stocked: Workspace, sign_in_as: SignIn) -> None:
    worker = sign_in_as("qa_specialist")
    worker.call("PUT", "/api/v1/review?id=c-0001", {"outcomes": {"greeting": "fail", "introduction": "fail"}})
    html = worker.get("/conversations/c-0001").text
    block = html[html.index('id="c-greeting"') : html.index('id="c-introduction"')]
    assert '<span class="outcome pass">zaliczone</span>' in block
    assert re.search(r'data-changed title="[^"]+">', block)
    later = html[html.index('id="c-introduction"') : html.index('id="c-offer_of_help"')]
    assert re.search(r'data-changed title="[^"]+" hidden>', later)


def test_a_blind_judge_sees_neither_outcomes_nor_what_gives_them_away(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    worker = sign_in_as("qa_specialist")
    item = SampleItemRow(
        id="i1", sample_id="s", conversation_id="c-0001", probability=0.5, blind=True, status="claimed"
    )
    with stocked.storage.writing() as session:
        item.assignee = worker.account_id
        session.add(item)
    view = worker.get("/api/v1/conversation?id=c-0001").json()
    assert view["blind"]
    assert view["losses"] == {"whole": [], "sections": {}}
    assert view["sections_failed"] == []
    assert all(turn["behaviours"] == [] for turn in view["turns"])
    assert {one["name"][:2] for one in view["course"]["carried"]} <= {"r-"}
    html = worker.get("/conversations/c-0001").text
    assert not re.search(r'class="(machine|why)"|data-evidence="c-|criterion-tick|tag does', html)


def test_a_calibration_shows_the_bare_conversation(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead, other = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    body = {
        "name": "Listopad",
        "scorecard": "phone@1",
        "conversations": ["c-0001"],
        "participants": [lead.account_id, other.account_id],
    }
    made = lead.call("POST", "/api/v1/calibrations", body).json()["id"]
    view = other.get(f"/api/v1/calibrations/{made}/judgement?conversation=c-0001").json()["conversation"]
    assert (view["course"]["moods"], view["course"]["carried"]) == ([], [])
    assert view["course"]["spoken"]  # who speaks when stays
    assert all(turn["behaviours"] == [] and turn["sentiment"] is None for turn in view["turns"])
    html = other.get(f"/calibrations/{made}/judge/c-0001").text
    assert 'class="lanes voices"' in html
    assert not re.search(r'class="(machine|why|tags)"|<mark|circle class="mood', html)


def test_silence_talking_at_once_and_the_course_are_on_the_page(
    workspace: Workspace, sign_in_as: SignIn
) -> None:
    record = stored_conversation(1)
    for turn, (start, end) in zip(record["turns"], ((0, 4), (3, 6), (18, 20), (20, 21)), strict=False):
        turn |= {"start": float(start), "end": float(end)}
    record["turns"] = record["turns"][:4]
    store(workspace, [record])
    html = (
        sign_in_as("qa_specialist")
        .get("/conversations/c-0001")
        .text.replace("\u00a0", " ")
        .replace("&nbsp;", " ")
    )
    assert '<li class="gap">cisza 12 s</li>' in html
    assert "cisza od 3 s: 1 raz, 12 s" in html
    assert "mówią naraz: 1 raz, 1 s" in html
    assert re.search(r'<span class="tag at-once">mówią naraz 1 s</span>', html)
    assert html.count("data-place=") == 2
    assert re.search(r'<circle class="mood negative"', html)


def test_a_chat_shows_its_times_and_how_long_people_waited(workspace: Workspace, sign_in_as: SignIn) -> None:
    record = stored_conversation(3, "chat")
    times = ("02T10:00:00", "02T10:01:00", "02T12:31:00", "05T12:31:00", "05T12:32:00")
    for turn, time in zip(record["turns"], times, strict=True):
        turn["at"] = f"2026-11-{time}+01:00"
    store(workspace, [record])
    html = (
        sign_in_as("qa_specialist")
        .get("/conversations/c-0003")
        .text.replace("&nbsp;", " ")
        .replace("\u00a0", " ")
    )
    assert re.findall(r'<li class="gap day">([^<]+)</li>', html) == ["02.11.2026", "05.11.2026"]
    assert re.findall(r'<li class="gap">([^<]+)</li>', html) == ["po 2 godz. 30 min", "po 3 dniach"]
    assert '<time datetime="2026-11-02T10:01:00+01:00">10:01</time>' in html
    assert "Przebieg rozmowy po kolejnych wypowiedziach" in html
    assert "data-seek" not in html


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_conversation_of_300_turns_and_one_of_none_are_shown(
    workspace: Workspace, sign_in_as: SignIn, language: str
) -> None:
    long = stored_conversation(1)
    long["turns"] = [
        {
            "speaker": ("agent", "customer")[n % 2],
            "text": f"Zdanie {n}, <b>tak</b>.",
            "start": 3.0 * n,
            "end": 3.0 * n + 2,
        }
        for n in range(300)
    ]
    mail = stored_conversation(40, "email")
    mail["turns"][1]["text"] = "Dzień dobry,\n\nproszę o zwrot.\n" + "bardzo " * 3000
    mail["turns"] = mail["turns"][:4]
    store(workspace, [long, mail])
    person = sign_in_as("qa_lead")
    person.call("PUT", "/api/v1/me/language", {"language": language})
    html = person.get("/conversations/c-0001").text
    assert html.count('<li class="turn ') == 300
    assert "<b>tak</b>" not in html
    written = person.get("/conversations/c-0040").text
    assert 'class="turns letters"' in written
    assert re.search(r"Dzień dobry,\n\n.*proszę o zwrot", re.sub(r"</?mark[^>]*>", "", written))
