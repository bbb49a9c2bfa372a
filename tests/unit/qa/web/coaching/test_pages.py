"""The pages of 1:1s: the list of people, preparing, moments."""

from __future__ import annotations

import html
import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import delete

from qa.services.workspace import Workspace
from qa.storage.tables import ConversationRow, SealedRow
from tests.unit.qa.board_rows import judge
from tests.unit.qa.web.coaching.conftest import (
    ODD,
    SENTENCE,
    day,
    held,
    places,
    refused,
    saved,
)
from tests.unit.qa.web.conftest import Browser, SignIn


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
    assert re.search(r"17\u00a0%</span> <span class=\"quiet\">5–45\u00a0%, <a [^>]+>n = 12<", page)
    assert page.count('<svg class="range"') > 5
    assert ('lang="pl">Pytanie o dalszą pomoc' in page) is True


def test_every_figure_of_the_person_leads_to_what_it_counts(
    calls: Workspace, coach: Browser, sign_in_as: SignIn
) -> None:
    """Also where a person has corrected the machine: one fail became a pass, another conversation does not apply."""
    first = coach.get("/api/v1/conversations?agent=a-1&criterion=further_help&outcome=fail").json()["rows"]
    with calls.storage.writing() as session:
        for number, outcome in enumerate(("pass", "na")):
            judge(session, first[number]["conversation_id"], {"further_help": outcome})
    lead = sign_in_as("qa_lead")
    page = lead.get("/coaching/person?agent=a-1").text
    links = re.findall(r'<a href="/conversations\?([^"]+)">(?:n = )?(\d+)\D', page)
    counted = [(html.unescape(link), int(n)) for link, n in links if "counted" in link]
    assert len({link for link, _ in counted}) > 10
    assert any("counted_fail" in link for link, _ in counted)
    totals = [lead.get(f"/api/v1/conversations?{link}").json()["total"] for link, _ in counted]
    assert totals == [n for _, n in counted]
    failed = lead.get("/api/v1/conversations?agent=a-1&criterion=further_help&outcome=fail").json()["total"]
    (shown,) = {n for link, n in counted if "counted_fail" in link}
    assert shown == failed - 2


def test_what_counts_in_a_1_to_1_needs_an_agent_and_days(calls: Workspace, coach: Browser) -> None:
    for query in ("", "&agent=a-1", "&first=2026-01-01&last=2026-02-01"):
        answer = coach.get(f"/api/v1/conversations?criterion=greeting&outcome=counted{query}")
        assert "konsultanta i dni" in refused(answer)


def test_a_form_that_the_browser_fills_again_begins_no_second_1_to_1(
    calls: Workspace, coach: Browser
) -> None:
    """Going back after closing one, the browser would put its text into the empty draft of the next."""
    page = LexborHTMLParser(coach.get("/coaching/person?agent=a-1").text)
    assert [page.css_first(one).attributes["autocomplete"] for one in ("#draft", "#agree")] == ["off", "off"]


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
