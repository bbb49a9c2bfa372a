"""Plans that draw by themselves: once for each ended period, in the name of whoever made them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from threading import enumerate as threads
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from qa.errors import Conflict
from qa.services.sampling import automatic, plans
from qa.services.sampling import drawing as sampling
from qa.services.sampling.plan_content import plan_content
from qa.services.workspace import Workspace
from qa.storage import audit
from qa.storage.people import AccountRow, PlanRow, SampleRow
from tests.unit.qa.conftest import Run
from tests.unit.qa.sampling_rows import DAY, LEAD, add_account, add_conversations, empty_storage
from tests.unit.qa.services.sampling.conftest import RANDOM

ITSELF = {**RANDOM, "automatic": True}
MONDAY = date(2026, 11, 9)  # the week of DAY is over
MORNING = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)  # 7:00 in Poland


@pytest.fixture(autouse=True)
def made_in_october() -> Iterator[None]:
    """Every plan of these tests is older than the periods that they draw."""

    def earlier(_mapper: Any, _connection: Any, row: PlanRow) -> None:
        row.created_at = datetime(2026, 10, 1, 8, tzinfo=UTC)

    event.listen(PlanRow, "before_insert", earlier)
    yield
    event.remove(PlanRow, "before_insert", earlier)


def test_a_period_that_was_over_before_the_plan_stays_with_its_lead(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", ITSELF)
    row = session.get_one(PlanRow, made.id)
    for day, drawn in ((9, 0), (8, 1)):  # the week ends on the 8th
        row.created_at = datetime(2026, 11, day, 8, tzinfo=UTC)
        assert len(automatic.due(session, MONDAY)) == drawn


def test_plans_kept_before_stay_with_their_leads(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    plans.create(session, LEAD, "Ręczny", RANDOM)
    assert not plan_content(RANDOM).automatic
    assert automatic.due(session, MONDAY) == ()


def test_an_ended_period_is_due_until_it_is_drawn(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", ITSELF)
    assert automatic.due(session, date(2026, 11, 8)) == ()  # the week still runs, the one before is empty
    assert automatic.due(session, MONDAY) == ((made.id, date(2026, 11, 8)),)
    automatic.draw_one(session, made.id, date(2026, 11, 8), MONDAY)
    assert automatic.due(session, MONDAY) == ()
    last = list(audit.entries(session))[-1]
    assert (last.actor, last.action, last.details["for"]) == ("(system)", "sample_draw", "lead")
    with pytest.raises(Conflict):
        automatic.draw_one(session, made.id, date(2026, 11, 8), MONDAY)
    assert session.scalar(select(func.count()).select_from(SampleRow)) == 1


def test_what_a_lead_has_drawn_is_not_drawn_again(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", ITSELF)
    sampling.draw(session, LEAD, made.id, DAY, today=DAY)
    assert automatic.due(session, MONDAY) == ()


def test_only_the_latest_ended_period_is_caught_up(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    plans.create(session, LEAD, "Plan", ITSELF)
    assert automatic.due(session, MONDAY + timedelta(days=7)) == ()


def test_plans_out_of_use_do_not_draw(session: Session) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", ITSELF)
    plans.set_active(session, LEAD, made.id, active=False)
    assert automatic.due(session, MONDAY) == ()


@pytest.mark.parametrize(
    ("values", "told"),
    [({"active": False}, automatic.NO_ACCOUNT), ({"roles": ["qa_specialist"]}, automatic.NO_PERMISSION)],
)
def test_whoever_made_it_must_still_be_allowed(session: Session, values: dict[str, Any], told: str) -> None:
    add_account(session, LEAD)
    add_conversations(session, 20)
    made = plans.create(session, LEAD, "Plan", ITSELF)
    by_hand = plans.create(session, LEAD, "Ręczny", RANDOM)
    session.flush()
    assert automatic.why_not(session, made.id) == ""
    for name, value in values.items():
        setattr(session.get_one(AccountRow, LEAD.id), name, value)
    session.flush()
    assert automatic.due(session, MONDAY) == ()
    assert automatic.why_not(session, made.id) == told
    assert automatic.why_not(session, by_hand.id) == ""


def prepared(tmp_path: Path) -> Workspace:
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        add_account(session, LEAD)
        add_conversations(session, 20)
        plans.create(session, LEAD, "Plan", ITSELF)
    return cast(Workspace, SimpleNamespace(storage=storage))


def drawings(workspace: Workspace) -> int:
    with workspace.storage.reading() as session:
        return session.scalar(select(func.count()).select_from(SampleRow)) or 0


def test_draws_once_in_the_morning_however_often_it_looks(tmp_path: Path) -> None:
    workspace = prepared(tmp_path)
    assert automatic.draw_due(workspace, MORNING - timedelta(hours=2)) == ()  # 5:00 in Poland
    assert [one.items for one in automatic.draw_due(workspace, MORNING)] == [10]
    assert automatic.draw_due(workspace, MORNING) == ()
    assert drawings(workspace) == 1


def test_another_server_that_was_first_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = prepared(tmp_path)
    with workspace.storage.reading() as session:
        wanted = automatic.due(session, MONDAY)
    automatic.draw_due(workspace, MORNING)
    monkeypatch.setattr(automatic, "due", lambda *_: wanted)  # both had looked before either drew
    assert automatic.draw_due(workspace, MORNING) == ()
    assert drawings(workspace) == 1


def test_draws_beside_other_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, seen = prepared(tmp_path), Event()
    monkeypatch.setattr(automatic, "now", lambda: MORNING)
    draw_due = automatic.draw_due

    def watched(*given: Any) -> Any:
        found = draw_due(*given)
        seen.set()
        return found

    monkeypatch.setattr(automatic, "draw_due", watched)
    with automatic.drawing_in_background(workspace, every=0.01):
        assert seen.wait(20)
    assert drawings(workspace) == 1


@pytest.mark.usefixtures("fake_parts", "in_process")
def test_serve_draws_without_a_mail_server(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    beside: list[str] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: beside.extend(one.name for one in threads()))
    assert cli("serve", "--port", "0")[0] == 0
    assert "odsluch-plans" in beside
