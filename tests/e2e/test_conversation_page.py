"""The page of one conversation in a real browser: listening, following, evidence, overriding, by mouse and by keys."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.storage.cipher import new_key
from tests.e2e.conftest import Person, Served
from tests.unit.qa.web.conftest import store, stored_conversation
from tests.unit.qa.web.sounds import seal_sound

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]
CALL = "/conversations/c-0001"
LONG = "/conversations/c-0900"


@pytest.fixture
def recorded(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Sound for a call of seven turns, and for one of 300 whose last turn carries evidence."""
    monkeypatch.setenv("ODSLUCH_KEY", new_key())
    seal_sound(served.workspace, "c-0001")
    long = stored_conversation(900)
    long["agent"]["id"] = "Konsultant-o-bardzo-długim-identyfikatorze-bez-jednej-spacji-" * 2
    said = [turn["text"] for turn in stored_conversation(1)["turns"]]
    long["turns"] = [
        {
            "speaker": ("agent", "customer")[n % 2],
            "text": f"{said[n % 7]} ({n})",
            "start": 2.0 * n,
            "end": 2.0 * n + 1.5,
        }
        for n in range(300)
    ]
    store(served.workspace, [long])
    seal_sound(served.workspace, "c-0900", seconds=600, channels=1)
    return served


@pytest.fixture
def specialist(recorded: Served, sit_down: SitDown) -> Person:
    recorded.person("iga", "qa_specialist")
    return sit_down("iga")


def sound(page: Any, what: str) -> Any:
    return page.evaluate(f"document.getElementById('sound').{what}")


def until(page: Any, what: str) -> None:
    """Wait for something of the sound; the browser's own waiting would need what the page's policy forbids."""
    limit = time.monotonic() + 10
    while not sound(page, what):
        assert time.monotonic() < limit, what
        page.wait_for_timeout(50)


def top_of(page: Any, turn: int) -> float:
    """How far below the upper edge of the transcript a turn lies."""
    script = """n => document.getElementById('turn-' + n).getBoundingClientRect().top
        - document.getElementById('transcript').getBoundingClientRect().top"""
    return float(page.evaluate(script, turn))


def is_seen(page: Any, turn: int) -> bool:
    return (
        -2 <= top_of(page, turn) < float(page.evaluate("document.getElementById('transcript').clientHeight"))
    )


def test_the_transcript_follows_the_sound_until_somebody_scrolls(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(LONG)
    page.keyboard.press(" ")
    until(page, "currentTime > 0.2")
    page.evaluate("document.getElementById('sound').currentTime = 400.5")
    expect(page.locator("#turn-200")).to_have_class(re.compile("playing"))
    expect(page.locator("#turn-200")).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(1200)
    assert is_seen(page, 200)
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    page.locator("#transcript").hover()
    page.mouse.wheel(0, -9000)
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(2500)  # another turn has begun meanwhile
    assert not is_seen(page, 202)
    page.keyboard.press("f")
    page.wait_for_timeout(1200)
    assert is_seen(page, int(sound(page, "currentTime") // 2))
    page.keyboard.press(" ")
    assert sound(page, "paused")


def test_a_click_on_words_on_a_time_and_on_the_course_jumps(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    page.locator("#turn-4 .words").click(position={"x": 5, "y": 5})
    expect(page.locator("#at")).to_have_text("0:24")
    assert sound(page, "paused")  # to look for a place is not to play
    page.locator("#turn-2 [data-seek]").click()
    until(page, "paused === false")
    expect(page.locator("#turn-2")).to_have_class(re.compile("playing"))
    page.keyboard.press(" ")  # the button that was clicked does not keep the key to itself
    assert sound(page, "paused")
    box = page.locator("#seek").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
    half = float(page.locator(".voices").get_attribute("data-length")) / 2
    assert sound(page, "currentTime") == pytest.approx(half, abs=0.5)


def test_keys_skip_step_and_change_the_speed_which_is_kept(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    for key, at in (
        ("ArrowRight", "0:05"),
        ("ArrowRight", "0:10"),
        ("ArrowLeft", "0:05"),
        ("Shift+ArrowRight", "0:09"),
    ):
        page.keyboard.press(key)
        expect(page.locator("#at")).to_have_text(at)
    for key, speed in (("+", 1.25), ("+", 1.5), ("-", 1.25)):
        page.keyboard.press(key)
        assert sound(page, "playbackRate") == speed
    specialist.goes_to(CALL)
    assert page.locator("#speed").input_value() == "1.25"
    page.keyboard.press(" ")
    until(page, "currentTime > 0.2")
    assert sound(page, "playbackRate") == 1.25  # also after loading, which sets it back


def test_the_player_needs_no_mouse(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    page.locator("#seek").focus()
    page.keyboard.press("End")
    length = float(page.locator(".voices").get_attribute("data-length"))
    assert sound(page, "currentTime") == pytest.approx(length, abs=0.1)
    page.keyboard.press("Home")
    expect(page.locator("#seek")).to_have_attribute("aria-valuetext", re.compile("^0:00 z 0:"))
    page.locator("#play").focus()
    page.keyboard.press(" ")
    until(page, "paused === false")
    expect(page.locator("#play")).to_have_text("Wstrzymaj")
    page.keyboard.press("Enter")
    assert sound(page, "paused")
    times = page.locator("[data-seek]")
    assert times.evaluate_all("all => all.filter((one) => one.tabIndex === 0).length") == 1
    times.first.focus()
    page.keyboard.press("ArrowDown")
    expect(times.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    until(page, "paused === false")
    page.locator(".choices input").first.focus()
    page.keyboard.press(" ")  # a choice takes the key for itself
    assert page.locator(".choices input").first.is_checked()
    assert not sound(page, "paused")


def test_single_keys_can_be_switched_off(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    page.locator(".layers summary").click()
    page.locator("#keys").uncheck()
    page.locator("h1").click()
    for key in ("j", "1", " ", "+"):
        page.keyboard.press(key)
    assert page.locator(".criterion.current, .criterion input:checked").count() == 0
    assert sound(page, "paused")
    assert sound(page, "playbackRate") == 1
    specialist.goes_to(CALL)
    page.keyboard.press("j")
    assert page.locator(".criterion.current").count() == 0
    page.locator(".criterion textarea").first.fill("jak 1 2 3")
    expect(page.locator("#saving")).to_have_text("Zapisano")


def test_the_waveform_is_drawn_for_each_side(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    page.wait_for_selector(".voices.heard")
    for side in ("agent", "customer"):
        drawn = page.locator(f"[data-lane={side}] path").get_attribute("d")
        assert drawn.count(",") > 1000
        assert page.locator(f"[data-lane={side}]").get_attribute("clip-path") is None
    specialist.goes_to(LONG)  # one channel for both: each side's line shows what is heard while it speaks
    page.wait_for_selector(".voices.heard")
    expect(page.locator("[data-lane=agent]")).to_have_attribute("clip-path", "url(#said-agent)")


def test_evidence_by_hover_focus_and_key_and_the_way_back(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    place = page.locator("#c-greeting [data-evidence]").first
    words = page.locator("#turn-0 mark[data-marks~=c-greeting]").first
    quote = page.locator("#c-greeting .evidence [role=tooltip]").first
    expect(quote).to_be_hidden()
    page.locator("#c-greeting h4").hover()
    expect(words).to_have_class(re.compile("lit"))
    place.hover()
    expect(quote).to_be_visible()
    assert "Dzień dobry" in quote.inner_text()
    page.mouse.move(2, 2)
    expect(quote).to_be_hidden()
    expect(words).not_to_have_class(re.compile("lit"))
    page.keyboard.press("Tab")
    place.focus()
    expect(quote).to_be_visible()
    expect(words).to_have_class(re.compile("lit"))
    page.keyboard.press("Escape")
    expect(quote).to_be_hidden()
    page.locator("h1").click()
    page.locator("#turn-0 a[href='#c-greeting']").click()
    expect(page.locator("#c-greeting")).to_be_focused()
    expect(page.locator("#c-greeting")).to_have_class(re.compile("current"))
    page.keyboard.press("e")
    expect(quote).to_be_visible()
    page.keyboard.press("j")
    expect(quote).to_be_hidden()
    page.locator("#turn-1 a[href='#r-0']").click()
    expect(page.locator("#r-0")).to_be_focused()


def test_evidence_far_away_is_brought_there_and_played(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(LONG)
    last = page.locator("[data-evidence]").evaluate_all(
        "all => Math.max(...all.map((one) => Number(one.dataset.turn)))"
    )
    assert last > 100
    page.locator(f"[data-evidence][data-turn='{last}']").first.click()
    page.wait_for_timeout(1200)
    assert is_seen(page, last)
    page.keyboard.press("p")
    until(page, "paused === false")


def test_one_key_overrides_and_what_the_machine_said_stays(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    first = page.locator(".criterion").first
    machine = first.locator(".machine .outcome").inner_text()
    assert machine == "zaliczone"
    page.keyboard.press("j")
    page.keyboard.press("2")
    assert first.locator("input[value=fail]").is_checked()
    assert first.locator(".machine .outcome").inner_text() == machine
    expect(first.locator("[data-changed]")).to_be_visible()
    expect(page.locator("#judged")).to_have_text("1")
    page.keyboard.press("k")
    page.keyboard.press("c")
    page.keyboard.type("Nie ma nazwy sklepu.")
    page.keyboard.press("Escape")
    expect(page.locator("#saving")).to_have_text("Zapisano")
    page.keyboard.press("u")
    expect(first.locator("[data-changed]")).to_be_hidden()
    assert first.locator("input:checked").count() == 0
    expect(page.locator("#saving")).to_have_text("Zapisano")
    specialist.goes_to(CALL)
    assert first.locator("textarea").input_value() == "Nie ma nazwy sklepu."
    assert first.locator(".machine .outcome").inner_text() == machine


def test_a_critical_fail_says_at_once_what_it_costs(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    critical = page.locator(".criterion:has-text('krytyczne')").first
    lost = page.locator("[data-lost='']")
    expect(lost).to_be_hidden()
    critical.locator("input[value=fail]").check()
    expect(lost).to_be_visible()
    expect(page.locator("#my-score")).to_have_text("0")
    assert lost.locator("a").inner_text() == critical.locator("h4").inner_text()
    lost.locator("a").click()
    expect(critical).to_be_focused()
    critical.locator("[data-undo]").click()
    expect(lost).to_be_hidden()


def test_going_through_criteria_does_not_tear_the_transcript_from_the_sound(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(LONG)
    page.keyboard.press(" ")
    until(page, "currentTime > 0.2")
    page.evaluate("document.getElementById('sound').currentTime = 400.5")
    expect(page.locator("#turn-200")).to_have_class(re.compile("playing"))
    page.wait_for_timeout(1200)
    for _ in range(4):
        page.keyboard.press("j")
    page.wait_for_timeout(700)
    expect(page.locator("#follow")).to_have_attribute("aria-pressed", "true")
    assert is_seen(page, int(sound(page, "currentTime") // 2))


def test_layers_can_be_hidden_and_stay_hidden(specialist: Person) -> None:
    page = specialist.page
    specialist.goes_to(CALL)
    tags = page.locator("#turn-0 .layer-criteria")
    expect(tags.first).to_be_visible()
    expect(page.locator("#turn-0 .layer-behaviours").first).to_be_hidden()
    page.locator("[data-layer=criteria]").uncheck()
    page.locator("[data-layer=behaviours]").check()
    specialist.goes_to(CALL)
    expect(tags.first).to_be_hidden()
    expect(page.locator("#turn-0 .layer-behaviours").first).to_be_visible()


def test_who_wants_no_motion_gets_none(recorded: Served, sit_down: SitDown) -> None:
    recorded.person("iga", "qa_specialist")
    person = sit_down("iga", reduced_motion="reduce")
    person.goes_to(LONG)
    last = person.page.locator("[data-evidence]").evaluate_all(
        "all => Math.max(...all.map((one) => Number(one.dataset.turn)))"
    )
    person.page.locator(f"[data-evidence][data-turn='{last}']").first.click()
    assert is_seen(person.page, last)  # at once


def test_sound_that_cannot_be_played_is_said_so(recorded: Served, sit_down: SitDown) -> None:
    recorded.person("iga", "qa_specialist")
    person = sit_down("iga")
    person.page.route("**/api/v1/conversation/sound*", lambda route: route.abort())
    person.goes_to(CALL)
    person.page.keyboard.press(" ")
    expect(person.page.locator("#sound-problem")).to_contain_text("Nie udało się odtworzyć nagrania.")
    person.troubles[:] = [one for one in person.troubles if "ERR_FAILED" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_axe_finds_nothing_at_any_width(
    recorded: Served, sit_down: SitDown, language: str, scheme: str
) -> None:
    recorded.person("iga", "qa_specialist")
    recorded.person("ala", "agent", agent_id="a-2")
    recorded.person("ola", "auditor")
    person = sit_down("iga", color_scheme=scheme)
    person.page.evaluate(f"call('PUT', '/api/v1/me/language', {{language: '{language}'}})")
    for width in (1440, 1024, 800):
        person.page.set_viewport_size({"width": width, "height": 900})
        for path in (CALL, LONG, "/conversations/c-0041"):
            person.goes_to(path)
            person.page.wait_for_timeout(300)
            for key in ("j", "2", "k", "e"):
                person.page.keyboard.press(key)
            person.looks(f"conversation-{path[-4:]}-{width}-{language}-{scheme}")
            assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
    for login in ("ala", "ola"):
        sit_down(login, color_scheme=scheme).goes_to(CALL, f"conversation-of-{login}-{language}-{scheme}")
