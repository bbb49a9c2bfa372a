"""Three users' days in a real browser, axe-core on every page, both languages, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from qa.storage.people import DisputeRow, ReviewRow
from tests.e2e.conftest import Person, Served

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]
EMPTY_OR_FULL = (
    "/",
    "/conversations",
    "/queue",
    "/plans",
    "/calibrations",
    "/disputes",
    "/coaching",
    "/quality",
    "/voice",
    "/reports",
)


def judge_by_keyboard(page: Any, fails: int = 0) -> None:
    """Take over what the machine says, decide the rest by keys, and fail the first criteria."""
    page.keyboard.press("Shift+A")
    count = page.locator(".criterion").count()
    for index in range(count):
        page.keyboard.press("j")
        if index < fails:
            page.keyboard.press("2")
            page.keyboard.press("c")
            page.keyboard.type(f"Uwaga do kryterium {index + 1}.")
            expect(page.locator(".criterion").nth(index).locator("textarea")).to_have_value(
                f"Uwaga do kryterium {index + 1}."
            )
            page.keyboard.press("Escape")  # and on to the next one
            page.keyboard.press("k")
        elif not page.locator(".criterion").nth(index).locator("input:checked").count():
            page.keyboard.press("1")
            page.keyboard.press("k")
    for one in page.locator(".criterion:has(.head .outcome.fail):has(input[value=fail]:checked)").all():
        if one.get_by_text("krytyczne", exact=True).count():
            one.locator("textarea").fill("Słychać to w zapisie rozmowy.")


def test_a_specialist_samples_reviews_five_overrides_two_and_settles_a_dispute(
    served: Served, sit_down: SitDown
) -> None:
    served.person("ewa", "qa_lead")
    served.person("adam", "agent", agent_id="a-2")
    served.person("iga", "qa_specialist")
    lead = sit_down("ewa")
    lead.looks("home-before-the-first-plan")
    lead.page.click("main a.button.primary")
    lead.looks("plans-empty")
    lead.page.select_option("select[name$=cycle]", "monthly")
    lead.page.click("text=Zapisz plan")
    lead.page.wait_for_url(re.compile(r"/plans/\w{32}$"))
    lead.looks("plan-before-drawing")
    lead.page.click("text=Wylosuj próbę")
    lead.page.wait_for_url(re.compile(r"drawn="))
    lead.looks("plan-drawn")
    lead.goes_to("/queue", "queue-full")
    for number in range(5):
        lead.page.locator("form[data-api='POST /api/v1/queue/next'] button").first.click()
        lead.page.wait_for_url(re.compile(r"/conversations/.*item="))
        if number == 0:
            lead.looks("conversation-under-review")
        judge_by_keyboard(lead.page, fails=1 if number < 2 else 0)
        lead.page.click("#finish")
        lead.page.wait_for_url(re.compile(r"/queue\?done=1"))
    lead.looks("queue-after-five")
    lead.page.locator("form[data-api='POST /api/v1/queue/next'] button").first.click()
    lead.page.wait_for_url(re.compile(r"/conversations/.*item="))
    expect(lead.page.locator("nav [aria-current=page]")).to_have_text("Kolejka")
    lead.page.click("#skip summary")
    lead.page.fill("#skip textarea", "Zapis urywa się po powitaniu.")
    lead.looks("conversation-being-skipped")
    lead.page.click("#skip button")
    lead.page.wait_for_url(re.compile(r"/queue$"))
    expect(lead.page.locator("main")).to_contain_text(re.compile(r"1\spominięta"))
    agent = sit_down("adam")
    agent.goes_to("/conversations", "conversations-of-an-agent")
    agent.page.locator("table.list tbody a").first.click()
    agent.looks("conversation-of-an-agent")
    agent.page.locator("summary:has-text('Odwołaj się')").first.click()
    form = agent.page.locator("form[data-api='POST /api/v1/disputes']").first
    form.locator("textarea").fill("Powitanie było, proszę odsłuchać początek.")
    form.locator("button").click()
    agent.page.wait_for_url(re.compile(r"/disputes"))
    agent.looks("disputes-of-an-agent")
    judge = sit_down("iga")
    judge.goes_to("/disputes", "disputes-open")
    judge.page.locator("table.list a[href^='/disputes/']").first.click()
    judge.looks("dispute")
    decision = judge.page.locator("#decision")
    decision.locator("input[value=rejected]").check()
    decision.locator("textarea").first.fill("W zapisie początku nie ma tego, o czym mowa.")
    with judge.page.expect_navigation():
        decision.locator("button.primary").click()
    judge.looks("dispute-decided")
    with served.workspace.storage.reading() as session:
        reviews = list(session.scalars(select(ReviewRow).where(ReviewRow.status == "finished")))
        assert len(reviews) == 5
        changed = [
            r
            for r in reviews
            if any(o["automatic"] == "pass" and o["outcome"] == "fail" for o in r.criteria.values())
        ]
        assert len(changed) >= 2
        assert [row.status for row in session.scalars(select(DisputeRow))] == ["rejected"]


def test_a_coach_prepares_and_closes_a_one_to_one(served: Served, sit_down: SitDown) -> None:
    served.person("ola", "coach", team="T1")
    served.person("adam", "agent", agent_id="a-1")
    coach = sit_down("ola")
    coach.goes_to("/coaching", "coaching-people")
    coach.page.locator("a[href*='agent=']").first.click()
    coach.looks("coaching-preparation")
    for area in coach.page.locator("form textarea, textarea[data-keep]").all():
        if area.is_visible():
            area.fill("Omówiliśmy spokojne domknięcie rozmowy.")
    coach.page.on("dialog", lambda dialog: dialog.accept())
    expect(coach.page.locator("#saving")).to_have_text("Zapisano")
    coach.page.click("#hold")
    coach.page.wait_for_url(re.compile(r"/coaching/\w{32}"))
    coach.looks("coaching-held")
    agreement = "Omówiliśmy spokojne domknięcie rozmowy."  # typed, and never added by its own button
    expect(coach.page.locator("main")).not_to_contain_text("Niczego nie ustalono")
    expect(coach.page.get_by_role("listitem").filter(has_text=agreement).first).to_be_visible()
    agent_id = "a-3" if "a-3" in coach.page.content() else "a-1"
    served.person("ten", "agent", agent_id=agent_id)
    agent = sit_down("ten")
    agent.goes_to("/coaching", "coaching-of-an-agent")
    agent.page.locator("main a[href^='/coaching/']").first.click()
    agent.looks("coaching-to-acknowledge")
    with agent.page.expect_navigation():
        agent.page.click("text=Potwierdzam, że znam treść")
    agent.looks("coaching-acknowledged")


def test_a_product_manager_drills_from_a_trend_to_quotes(served: Served, sit_down: SitDown) -> None:
    served.person("jan", "product")
    product = sit_down("jan")
    product.goes_to("/voice", "voice-of-a-product-team")
    assert "/conversations" not in product.page.content()
    product.page.locator("summary:has-text('Cytaty')").first.click()
    product.page.wait_for_selector("blockquote, q")
    product.looks("voice-quotes")
    quotes = product.page.locator("blockquote, q").all_inner_texts()
    assert any("zamówienie" in quote for quote in quotes)
    product.goes_to("/conversations")
    assert product.page.locator("h1").inner_text() == "Brak dostępu"
    product.troubles[:] = [one for one in product.troubles if "403" not in one]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_axe_finds_nothing_on_any_page(served: Served, sit_down: SitDown, language: str, scheme: str) -> None:
    served.person("wszystko", "administrator", "qa_lead", "coach", "auditor")
    person = sit_down("wszystko", color_scheme=scheme)
    person.page.evaluate(f"call('PUT', '/api/v1/me/language', {{language: '{language}'}})")
    for path in (*EMPTY_OR_FULL, "/trust", "/accounts", "/audit", "/conversations/c-0001", "/nie-ma"):
        name = path.strip("/").replace("/", "-") or "home"
        person.goes_to(path, f"{name}-{language}-{scheme}")
    person.troubles[:] = [one for one in person.troubles if "404" not in one]


def test_a_lost_connection_loses_no_typed_comment(served: Served, sit_down: SitDown) -> None:
    served.person("iga", "qa_specialist")
    person = sit_down("iga")
    person.goes_to("/conversations/c-0001")
    person.page.context.set_offline(True)
    comment = person.page.locator(".criterion textarea").first
    comment.fill("Bardzo ważna uwaga")
    expect(person.page.locator("#saving")).to_contain_text("Niezapisane")
    person.page.context.set_offline(False)
    person.goes_to("/conversations/c-0001")
    assert person.page.locator(".criterion textarea").first.input_value() == "Bardzo ważna uwaga"
    expect(person.page.locator("#saving")).to_have_text("Zapisano")
    person.troubles[:] = [one for one in person.troubles if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_first_reviewed_conversation_needs_only_what_the_screen_says(
    served: Served, sit_down: SitDown
) -> None:
    served.person("nowa", "administrator", "qa_lead")
    person = sit_down("nowa")
    clicks = ["main a.button.primary", "text=Zapisz plan", "text=Wylosuj próbę"]
    for click in clicks:
        person.page.click(click)
        person.page.wait_for_load_state("networkidle")
    person.page.locator(
        "main a[href='/queue'], form[data-api='POST /api/v1/queue/next'] button"
    ).first.click()
    person.page.wait_for_load_state("networkidle")
    if "/queue" in person.page.url:
        person.page.locator("form[data-api='POST /api/v1/queue/next'] button").first.click()
    person.page.wait_for_url(re.compile(r"/conversations/.*item="))
    judge_by_keyboard(person.page)
    person.page.click("#finish")
    person.page.wait_for_url(re.compile(r"/queue\?done=1"))
