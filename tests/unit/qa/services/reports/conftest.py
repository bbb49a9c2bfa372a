"""People who get reports, conversations to report on, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from qa.services.access.permissions import Actor
from qa.services.reports import subscriptions
from qa.services.reports.content import Wanted
from qa.services.reports.schedule import Cycle
from qa.services.reports.sending import Addressed
from qa.services.reports.subscriptions import Order
from qa.services.workspace import Workspace
from qa.settings import Settings
from qa.settings_mail import MailSettings
from qa.storage.database import Storage
from qa.storage.digests import open_pseudonyms
from qa.storage.people import AccountRow
from tests.unit.qa.board_rows import add, empty_storage, person
from tests.unit.qa.fakes import FakeParts
from tests.unit.qa.postbox import Postbox, open_postbox

LEAD, PRODUCT, COACH, AGENT = (
    person("lead", "qa_lead"),
    person("produkt", "product"),
    person("coach", "coach"),
    person("agent", "agent", agent_id="a-1"),
)
ADMIN = person("admin", "administrator")
EVERYBODY = (LEAD, PRODUCT, COACH, AGENT, ADMIN)
MONDAY = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)  # half past seven in Poland


def address(actor: Actor) -> str:
    """Where the reports of somebody go."""
    return f"{actor.login}@firma.example.pl"


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """Accounts, and conversations of the week from 2 to 8 November 2026."""
    opened = empty_storage(tmp_path)
    with opened.writing() as session:
        for actor in EVERYBODY:
            session.add(
                AccountRow(
                    id=actor.id,
                    login=actor.login,
                    name=actor.name,
                    roles=sorted(actor.roles),
                    agent_id=actor.agent_id,
                    email=address(actor),
                )
            )
        for number in range(12):
            outcomes = {"greeting": "pass" if number % 3 else "fail"}
            add(session, f"c-{number}", outcomes, score=70.0 + number, team=f"T{number % 2 + 1}")
    yield opened
    opened.close()


@pytest.fixture
def box() -> Iterator[Postbox]:
    """A mail server."""
    with open_postbox() as opened:
        yield opened


@pytest.fixture
def workspace(tmp_path: Path, storage: Storage, box: Postbox) -> Workspace:
    """The application with that mail server."""
    parts: Any = FakeParts()
    return Workspace(
        Settings(data_dir=tmp_path, mail=box.settings()), storage, parts, open_pseudonyms(tmp_path)
    )


def order(board: str = "quality", cycle: Cycle = Cycle("weekly", 7, 1), **values: Any) -> Order:  # noqa: B008
    """An order for last week's board, every Monday at seven."""
    wanted = Wanted(
        board, values.pop("period", "week"), values.pop("filters", {}), values.pop("quotes", False)
    )
    return Order(wanted, cycle, values.pop("form", "both"))


def subscribe(storage: Storage, actor: Actor, wanted: Order, due: datetime = MONDAY, **values: Any) -> str:
    """A subscription of one's own that is due at a moment; its id."""
    with storage.writing() as session:
        (made,) = subscriptions.create(session, actor, values.get("mail"), values.get("people", ()), wanted)
        row = session.get(subscriptions.SubscriptionRow, made.id)
        assert row is not None
        row.due_at = due - timedelta(minutes=30)
        return made.id


def plain_letter(report: Addressed, mail: MailSettings) -> EmailMessage:
    """A letter that says only what it is about."""
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, report.email
    message["Subject"] = f"{report.content.wanted.board} {report.content.view.first} {report.trial}"
    message["Message-ID"] = f"<{report.key}@proba>"
    message.set_content("Raport")
    return message


def without_mail(workspace: Workspace) -> Workspace:
    """The same application without a mail server."""
    return replace(workspace, settings=replace(workspace.settings, mail=None))
