"""What goes wrong while people work: double clicks, two windows, an ended session, narrow windows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select

from qa.storage.people import PlanRow, ReviewRow, SignInRow
from tests.e2e.conftest import Person, Served
from tests.unit.qa.web.conftest import PASSWORD

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]
CALL = "/conversations/c-0001"


def pass_all(page: Any) -> None:
    """Every criterion passes, by keys; saved."""
    for key in ("j", "k", *("1" * page.locator(".criterion").count())):
        page.keyboard.press(key)
    expect(page.locator("#saving")).to_have_text("Zapisano")


def test_a_double_click_saves_one_plan(served: Served, sit_down: SitDown) -> None:
    served.person("ewa", "qa_lead")
    page = sit_down("ewa").page
    page.goto(served.address + "/plans")

    def slowly(route: Any) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route(re.compile(r"/plans/\w{32}$"), slowly)
    page.evaluate(
        """() => {
          const button = document.querySelector('form[data-api="POST /api/v1/plans"] button.primary');
          button.click();
          const again = setInterval(() => { if (!button.disabled) { button.click(); clearInterval(again); } }, 10);
        }"""
    )
    page.wait_for_url(re.compile(r"/plans/\w{32}$"))
    page.wait_for_load_state("networkidle")
    with served.workspace.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(PlanRow)) == 1


def test_figures_of_an_earlier_plan_do_not_stand_beside_one_that_cannot_be(
    served: Served, sit_down: SitDown
) -> None:
    served.person("ewa", "qa_lead")
    page = sit_down("ewa").page
    page.goto(served.address + "/plans")
    figures = page.locator("#form-preview [data-some]")
    expect(figures).to_be_visible()
    page.fill("[name='content.size']", "0")
    expect(figures).to_be_hidden()
    expect(page.locator("#form-preview [data-problem]")).to_contain_text("Popraw")
    page.fill("[name='content.size']", "5")
    expect(figures).to_be_visible()


def test_a_saving_that_is_refused_is_said_where_one_looks(served: Served, sit_down: SitDown) -> None:
    served.person("iga", "qa_specialist")
    person = sit_down("iga")
    person.goes_to(CALL)
    other = person.page.context.new_page()
    other.goto(served.address + CALL)
    greeting, introduction = (
        person.page.locator(f"#c-{one} input[value=fail]") for one in ("greeting", "introduction")
    )
    greeting.check()
    expect(person.page.locator("#saving")).to_have_text("Zapisano")
    other.reload()
    with person.page.expect_response(re.compile("/api/v1/review")):
        introduction.check()
    other.locator("#c-greeting input[value=pass]").check()
    expect(other.locator("#saving")).to_contain_text("w innym oknie")
    expect(other.locator("#saving")).to_be_in_viewport()


def test_outcome_and_comment_outlive_a_session_that_has_ended(served: Served, sit_down: SitDown) -> None:
    served.person("iga", "qa_specialist")
    person = sit_down("iga")
    person.goes_to(CALL)
    page = person.page
    with served.workspace.storage.writing() as session:
        session.execute(delete(SignInRow))
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("Nie słychać nazwy.")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_url(re.compile(r"/login\?"))
    expect(page.get_by_role("status").first).to_contain_text("Sesja się skończyła")
    person.looks("login-after-the-session")
    page.fill("[name=login]", "iga")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(served.address + CALL)
    expect(page.locator("#saving")).to_have_text("Zapisano")
    expect(page.locator("#c-greeting textarea")).to_have_value("Nie słychać nazwy.")
    with served.workspace.storage.reading() as session:
        kept = session.scalars(select(ReviewRow)).one().criteria["greeting"]
    assert (kept["outcome"], kept["comment"]) == ("fail", "Nie słychać nazwy.")
    person.troubles[:] = [one for one in person.troubles if "401" not in one]


def test_finishing_goes_to_what_is_missing_and_shows_the_finished_page(
    served: Served, sit_down: SitDown
) -> None:
    served.person("iga", "qa_specialist")
    person = sit_down("iga")
    person.goes_to(CALL + "#c-greeting")  # as a dispute leads there
    page = person.page
    pass_all(page)
    page.locator("#c-identity_check input[value=fail]").check()
    page.locator("#c-empathy [data-undo]").click()
    page.click("#finish")
    expect(page.locator("#problem")).to_contain_text("Oceń jeszcze")
    expect(page.locator(".criterion.current")).to_have_id("c-empathy")
    expect(page.locator("#c-empathy")).to_be_in_viewport()
    page.keyboard.press("1")
    page.click("#finish")
    expect(page.locator("#problem")).to_contain_text("wymaga komentarza")
    expect(page.locator(".criterion.current")).to_have_id("c-identity_check")
    page.locator("#c-identity_check textarea").fill("Nikt nie pytał.")
    page.dblclick("#finish")
    expect(page.get_by_text("Ocena zakończona.")).to_be_attached()


def test_a_new_outcome_is_asked_for_only_by_a_decision_that_has_one(
    served: Served, sit_down: SitDown
) -> None:
    for login, role in (("iga", "qa_specialist"), ("adam", "agent")):
        served.person(login, role, agent_id="a-2" if role == "agent" else None)
    agent = sit_down("adam").page
    agent.goto(served.address + CALL)
    agent.locator("#c-greeting summary:has-text('Odwołaj się')").click()
    agent.locator("#c-greeting form textarea").fill("Powitanie brzmiało inaczej.")
    agent.locator("#c-greeting form button").click()
    agent.wait_for_url(re.compile(r"/disputes"))
    judge = sit_down("iga")
    judge.goes_to("/disputes")
    judge.page.locator("td a[href^='/disputes/']").first.click()
    becomes = judge.page.locator("#becomes")
    expect(becomes).to_be_hidden()
    judge.page.locator("#decision input[value=accepted]").check()
    expect(becomes).to_be_visible()
    judge.page.locator("#decision input[value=rejected]").check()
    expect(becomes).to_be_hidden()
    judge.looks("dispute-being-rejected")


def calibration(served: Served, sit_down: SitDown) -> tuple[Person, str]:
    """A lead on the page of an open calibration of one conversation with a specialist."""
    served.person("ewa", "qa_lead")
    served.person("iga", "qa_specialist")
    lead = sit_down("ewa")
    lead.goes_to("/calibrations")
    lead.page.fill("[name=name]", "Listopad")
    for box in lead.page.locator("[name='participants[]']").all():
        box.check()
    lead.page.fill("[name='draw.number']", "1")
    lead.page.click("text=Otwórz kalibrację")
    lead.page.wait_for_url(re.compile(r"/calibrations/\w{32}$"))
    return lead, lead.page.url


def test_a_calibration_says_what_is_not_saved_and_keeps_to_the_criterion_decided(
    served: Served, sit_down: SitDown
) -> None:
    lead, address = calibration(served, sit_down)
    for person, key in ((lead, "1"), (sit_down("iga"), "2")):
        page = person.page
        page.goto(address)
        page.click("main a.button.primary")
        page.wait_for_url("**/judge/**")
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        page.keyboard.press("j")
        page.keyboard.press(key)
        expect(page.locator("#saving")).to_contain_text("Niezapisane")
        expect(page.locator("#saving")).to_be_in_viewport()
        page.context.set_offline(False)
        for _ in range(page.locator(".criterion").count() - 1):
            page.keyboard.press(key)
        expect(page.locator("#saving")).to_have_text("Zapisano")
        person.troubles[:] = [one for one in person.troubles if "INTERNET_DISCONNECTED" not in one]
        if person is lead:
            person.looks("calibration-judging")
        page.dblclick("#finish")
        page.wait_for_url(address)
    lead.page.goto(address)
    lead.page.click("text=Porównaj oceny")
    form = lead.page.locator("article.split form").first
    name = lead.page.locator("#criterion h2").inner_text()
    form.locator("input[value=pass]").check()
    form.locator("textarea").first.fill("Słychać je w zapisie.")
    form.locator("button.primary").click()
    expect(lead.page.locator("#criterion")).to_contain_text("Słychać je w zapisie.")
    assert lead.page.locator("#criterion h2").inner_text() == name
    lead.looks("calibration-decided")


def test_nothing_is_cut_off_at_400_percent(served: Served, sit_down: SitDown) -> None:
    lead, address = calibration(served, sit_down)
    judging = address.removeprefix(served.address) + "/judge/"
    judging += lead.page.locator("main ol a").first.get_attribute("href").rsplit("/", 1)[1]
    lead.page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/plans", "/queue", "/calibrations", "/disputes", CALL, judging):
        lead.goes_to(path)
        wide = lead.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, path
