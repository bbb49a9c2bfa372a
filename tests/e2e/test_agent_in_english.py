"""An agent's way through a dispute in English, and a list narrowed to a group of reasons; axe-core on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from qa.storage.people import OverviewRow
from tests.e2e.conftest import Person, Served

SitDown = Callable[..., Person]
REFUSED = "Reasons of the dispute: give 3 to 4000 characters."


def in_english(person: Person) -> Any:
    person.page.evaluate("call('PUT', '/api/v1/me/language', {language: 'en'})")
    person.page.wait_for_load_state("networkidle")
    return person.page


def test_a_dispute_is_raised_and_its_state_stays_on_the_page(served: Served, sit_down: SitDown) -> None:
    served.person("ala", "agent", agent_id="a-1")
    ala = sit_down("ala")
    page = in_english(ala)
    ala.goes_to("/conversations/c-0008", "agent_window_en")
    assert page.get_by_text("You can dispute outcomes until").count() == 1
    form = page.locator("#c-greeting details", has_text="Dispute")
    form.locator("summary").click()
    text = form.locator("textarea")
    text.evaluate("field => field.removeAttribute('minlength')")
    text.fill("  a  ")
    form.get_by_role("button").click()
    form.get_by_text(REFUSED).wait_for()
    ala.looks("agent_refused_en")
    text.fill("It was said in the first turn.")
    form.get_by_role("button").click()
    page.wait_for_url("**/disputes")
    ala.goes_to("/conversations/c-0008", "agent_disputed_en")
    state = page.locator("#c-greeting .stage")
    assert state.inner_text() == "open"
    assert page.locator("#c-greeting form").count() == 0


def test_after_the_window_there_is_no_form(served: Served, sit_down: SitDown) -> None:
    served.person("ala", "agent", agent_id="a-1")
    with served.workspace.storage.writing() as session:
        session.execute(update(OverviewRow).values(day="2020-01-01"))
    ala = sit_down("ala")
    ala.goes_to("/conversations/c-0008", "agent_late")
    assert ala.page.get_by_text("Czas na odwołanie od tych wyników minął 15.01.2020").count() == 1
    assert ala.page.locator("#scorecard form").count() == 0


def test_a_list_is_narrowed_to_a_group_of_reasons(served: Served, sit_down: SitDown) -> None:
    served.person("ewa", "qa_lead")
    ewa = sit_down("ewa")
    for address in ("/conversations", "/voice"):
        ewa.goes_to(address)
        ewa.page.locator("select[name=reason]").select_option("delivery")
        ewa.page.get_by_role("button", name="Pokaż", exact=True).click()
        ewa.page.wait_for_url("**reason=delivery**")
        assert ewa.page.locator("select[name=reason]").input_value() == "delivery"
        ewa.looks(f"group{address.replace('/', '_')}")
