"""Ordering a report in a real browser, by keyboard, and looking at what comes: the page and the report itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from qa.storage.people import AccountRow
from tests.e2e.conftest import SHOTS, Person, Served

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]


def with_addresses(served: Served) -> None:
    with served.workspace.storage.writing() as session:
        for row in session.scalars(select(AccountRow)):
            row.email = f"{row.login}@firma.example.pl"


def by_keyboard(page: Any, label: str) -> None:
    """Go on with Tab until something with this name has the focus, and press Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip().startswith(label):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{label} cannot be reached by keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lead_orders_pauses_and_deletes_a_report_by_keyboard(
    served: Served, sit_down: SitDown, scheme: str
) -> None:
    served.person("ewa", "qa_lead")
    served.person("jan", "product")
    with_addresses(served)
    lead = sit_down("ewa", color_scheme=scheme)
    lead.goes_to("/reports", f"reports-empty-{scheme}")
    by_keyboard(lead.page, "Zamów raport")
    expect(lead.page.locator("ul.reports > li")).to_have_count(1)
    lead.looks(f"reports-one-{scheme}")
    lead.page.locator("ul.reports details summary").click()
    lead.looks(f"reports-changing-{scheme}")
    lead.goes_to("/reports?board=voice&channel=phone")
    lead.page.get_by_label("Osoba jan").check()
    by_keyboard(lead.page, "Zamów raport")
    expect(lead.page.locator("ul.reports > li")).to_have_count(3)
    by_keyboard(lead.page, "Wstrzymaj")
    expect(lead.page.locator(".stage", has_text="wstrzymany")).to_have_count(1)
    lead.looks(f"reports-paused-{scheme}")
    lead.page.on("dialog", lambda dialog: dialog.accept())
    by_keyboard(lead.page, "Usuń")
    expect(lead.page.locator("ul.reports > li")).to_have_count(2)


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("board", ["quality", "voice"])
def test_the_report_itself_is_accessible_and_loads_nothing(
    served: Served, sit_down: SitDown, tmp_path: Path, board: str, language: str
) -> None:
    served.person("ewa", "qa_lead")
    with_addresses(served)
    lead = sit_down("ewa")
    lead.page.evaluate(f"call('PUT', '/api/v1/me/language', {{language: '{language}'}})")
    order = {"board": board, "period": "seven_days", "quotes": True}
    made = lead.page.evaluate("order => call('POST', '/api/v1/reports', order)", order)[0]
    lead.goes_to("/reports")
    with lead.page.expect_download() as downloading:
        lead.page.locator(f"a[href='/api/v1/reports/{made['id']}/file?kind=html']").click()
    file = tmp_path / "raport.html"
    downloading.value.save_as(file)
    browser = lead.page.context.browser
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: asked.append(line.text))
    page.goto(file.as_uri())
    page.screenshot(path=str(SHOTS / f"report-{board}-{language}.png"), full_page=True)
    assert asked == [file.as_uri()]
    context.close()
    checked = browser.new_context(bypass_csp=True)  # the report lets no script in, not even that of the check
    page = checked.new_page()
    page.goto(file.as_uri())
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    checked.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_filters_of_a_report_are_changed_on_the_page(served: Served, sit_down: SitDown, scheme: str) -> None:
    served.person("ewa", "qa_lead")
    served.person("jan", "product")
    with_addresses(served)
    lead = sit_down("ewa", color_scheme=scheme)
    order = {"board": "voice", "filters": {"channel": "phone", "team": "Dawny zespół"}}
    lead.page.evaluate("order => call('POST', '/api/v1/reports', order)", order)
    lead.page.set_viewport_size({"width": 320, "height": 800})
    lead.goes_to("/reports?board=voice")
    lead.page.locator("ul.reports details summary").click()
    form = lead.page.locator("ul.reports form.filters")
    expect(form.get_by_label("Zespół")).to_have_value("Dawny zespół")
    lead.looks(f"reports-filters-320-{scheme}")
    assert lead.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    form.get_by_label("Zespół").select_option("T1")
    form.get_by_label("Powód").select_option("delivery")
    form.get_by_label("Kanał").select_option("")
    form.get_by_role("button", name="Zapisz").click()
    facts = lead.page.locator("ul.reports > li .facts")
    expect(facts).to_contain_text("Zespół: T1; Powód: Dostawa")
    expect(facts).not_to_contain_text("telefon")
    (row,) = lead.page.evaluate("call('GET', '/api/v1/reports')")["rows"]
    assert row["filters"] == {"team": "T1", "reason": "delivery"}
