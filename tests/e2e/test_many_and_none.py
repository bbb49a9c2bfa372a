"""Every page with nothing to show, and with 100,000 conversations; long names: pictures, axe-core, and how long a page takes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from urllib.parse import urljoin

import pytest
from sqlalchemy import Table, delete, text, update

from qa.storage.people import AccountRow, OutcomeRow, OverviewRow
from tests.e2e.conftest import SHOTS, Person, Served
from tests.e2e.test_browser import EMPTY_OR_FULL

pytestmark = pytest.mark.slow
SitDown = Callable[..., Person]
COPIES = 2084  # of the 48 conversations: 100,032 more
EVERY_PAGE = (*EMPTY_OR_FULL, "/trust", "/audit")
FIRST = ("/", "/conversations")  # what people open first
BAR = 0.3  # seconds
TIMES = 5  # openings of which the median counts


def multiplied(served: Served) -> None:
    """Each conversation many times under other names, over 300 days, with its outcomes."""
    with served.workspace.storage.writing() as session:
        session.execute(text("CREATE TEMP TABLE copy AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :all) SELECT i FROM n"), {"all": COPIES})  # fmt: skip
        for row in (OverviewRow, OutcomeRow):
            table = row.__table__
            assert isinstance(table, Table)
            names = ", ".join(column.name for column in table.columns)
            values = ", ".join(_copied(column.name) for column in table.columns)
            session.execute(
                text(f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name}, copy")
            )
        session.execute(text("DROP TABLE copy"))
    with served.workspace.storage.writing() as session:
        session.execute(text("ANALYZE"))


def _copied(column: str) -> str:
    day = "date(day, '-' || (i % 300) || ' days')"
    return {
        "conversation_id": "conversation_id || '-' || i",
        "day": day,
        "started_at": f"{day} || substr(started_at, 11)",
    }.get(column, column)


def test_pages_stay_quick_and_tidy_on_100_000_conversations(served: Served, sit_down: SitDown) -> None:
    multiplied(served)
    served.person("ewa", "qa_lead", "coach", "auditor")
    ewa = sit_down("ewa")
    taken: dict[str, float] = {}
    for path in EVERY_PAGE:
        ewa.goes_to(path, f"{path.strip('/') or 'home'}-100000")
        wide = ewa.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
        taken[path] = median(_seconds(ewa.page, path) for _ in range(TIMES))
    (SHOTS / "seconds-100000.txt").write_text("".join(f"{s:.3f} {path}\n" for path, s in taken.items()))
    ewa.goes_to("/conversations")
    assert "2000" in ewa.page.locator("main").inner_text().replace("\u00a0", "")  # "over 2,000"
    assert ewa.page.locator("table.list tbody tr").count() <= 50
    assert max(taken[path] for path in FIRST) < BAR, taken
    assert max(taken.values()) < 5 * BAR, taken


def _seconds(page: Any, path: str) -> float:
    begun = time.perf_counter()
    assert page.request.get(urljoin(page.url, path)).status == 200, path
    return time.perf_counter() - begun


def test_pages_without_any_conversation_say_what_to_do(served: Served, sit_down: SitDown) -> None:
    with served.workspace.storage.writing() as session:
        session.execute(delete(OutcomeRow))
        session.execute(delete(OverviewRow))
    served.person("ewa", "qa_lead", "coach", "auditor")
    ewa = sit_down("ewa")
    for path in EVERY_PAGE:
        ewa.goes_to(path, f"{path.strip('/') or 'home'}-0")
        said = ewa.page.locator("main").inner_text()
        assert len(said) > 60, path
        assert not re.search(r"\b(None|nan|NaN|undefined)\b", said), path


def test_long_names_push_nothing_off_the_screen(served: Served, sit_down: SitDown) -> None:
    served.person("ewa", "qa_lead", "administrator")
    served.person("x" * 40, "agent", agent_id="a-2")
    with served.workspace.storage.writing() as session:
        everybody_else = update(AccountRow).where(AccountRow.login != "ewa")
        session.execute(everybody_else.values(name="Brzęczyszczykiewicz" * 6))
    ewa = sit_down("ewa")
    plan = {"name": "Próba" * 23, "content": {"cycle": "monthly", "method": "random", "size": 5}}
    ewa.page.evaluate("plan => call('POST', '/api/v1/plans', plan)", plan)
    for path in ("/accounts", "/plans"):
        ewa.goes_to(path, f"{path[1:]}-long-names")
        over = "[...document.querySelectorAll('.scroll')].map(one => one.scrollWidth - one.clientWidth)"
        assert max(ewa.page.evaluate(over)) == 0, path
