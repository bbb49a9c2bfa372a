"""1:1s, boards and labels in a real browser: going back, narrow windows, correcting a reason."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Person, Served

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]


def test_going_back_after_a_1_to_1_does_not_begin_it_again(served: Served, sit_down: SitDown) -> None:
    served.person("ola", "coach")
    coach = sit_down("ola")
    coach.page.on("dialog", lambda dialog: dialog.accept())
    coach.goes_to("/coaching/person?agent=a-1")
    coach.page.fill("#draft [name=notes]", "Próbujemy od jutra.")
    coach.page.click("#hold")
    coach.page.wait_for_url(re.compile(r"/coaching/[0-9a-f]{32}$"))
    coach.page.go_back()
    expect(coach.page.locator("#draft [name=notes]")).to_have_value("")
    assert coach.page.locator("#draft").get_attribute("data-id") == ""


@pytest.mark.parametrize(
    "path", ["/quality", "/voice", "/coaching", "/coaching/person?agent=a-1", "/reports"]
)
def test_nothing_is_wider_than_a_phone(served: Served, sit_down: SitDown, path: str) -> None:
    served.person("ewa", "qa_lead")
    lead = sit_down("ewa")
    lead.page.set_viewport_size({"width": 320, "height": 800})
    lead.goes_to(path, f"phone-{path.strip('/').partition('?')[0].replace('/', '-')}")
    assert lead.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_specialist_corrects_a_reason_and_takes_it_back(
    served: Served, sit_down: SitDown, scheme: str
) -> None:
    served.person("iga", "qa_specialist")
    person = sit_down("iga", color_scheme=scheme)
    person.goes_to("/conversations/c-0001")
    card = person.page.locator("aside section.card").first
    card.locator("summary", has_text="Popraw powód").click()
    person.looks(f"labels-{scheme}")
    card.get_by_label("Główny powód").select_option("complaint.service")
    card.get_by_label("Główny powód").press("1")  # in a list a digit is no outcome of a criterion
    card.get_by_label("Główny powód").select_option("complaint.service")
    card.get_by_role("button", name="Zapisz").click()
    expect(card).to_contain_text("Twoja poprawka")
    expect(card).to_contain_text("Skarga na obsługę")
    assert person.page.locator("#judged").inner_text() == "0"
    card.locator("summary", has_text="Popraw powód").click()
    card.get_by_role("button", name="Cofnij").click()
    expect(card).not_to_contain_text("Twoja poprawka")
