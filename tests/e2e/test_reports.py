"""Reports by processes of their own: killed with a letter on its way, and as a Prefect flow on a schedule."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qa.services.reports import subscriptions
from qa.services.reports.outcomes import STALE
from qa.storage.database import Storage, open_storage
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow
from qa.storage.tables import AuditRow, now
from tests.unit.qa.board_rows import add
from tests.unit.qa.postbox import Postbox, open_postbox
from tests.unit.qa.services.reports.conftest import LEAD, order

pytestmark = pytest.mark.slow
READER = "ola.lecka@firma.example.pl"
PATIENCE = 240.0  # seconds; Prefect's own server alone takes ten


class Deadly(Postbox):
    """Takes the letter, and ends whoever sent it before it can say so."""

    victim: subprocess.Popen[bytes] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            self.victim.kill()
            self.victim.wait()
        return answer


@pytest.fixture
def box() -> Iterator[Deadly]:
    with open_postbox(kind=Deadly) as opened:
        assert isinstance(opened, Deadly)
        yield opened


@pytest.fixture
def storage(tmp_path: Path, box: Postbox) -> Iterator[Storage]:
    """Settings that lead to the mail server, and a report that is due."""
    (tmp_path / "odsluch.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\ntls = "none"\nsender = "o@f.example.pl"\n'
        'base_url = "https://o.example.pl"\n'
    )
    opened = open_storage(f"sqlite:///{tmp_path / 'var' / 'odsluch.db'}")
    with opened.writing() as session:
        session.add(AccountRow(id=LEAD.id, login="lead", name="Lead", roles=["qa_lead"], email=READER))
        add(session, "c-1", {"greeting": "pass"}, score=80.0)
        session.flush()
        (made,) = subscriptions.create(session, LEAD, None, (), order())
        session.get_one(subscriptions.SubscriptionRow, made.id).due_at = now() - timedelta(minutes=1)
    yield opened
    opened.close()


def begun(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ODSLUCH_", "PREFECT"))
    }
    command = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())", *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def row_of(storage: Storage) -> SendingRow:
    with storage.reading() as session:
        return session.scalars(select(SendingRow)).one()


def test_killed_with_the_letter_taken_it_is_sent_no_second_time(
    tmp_path: Path, storage: Storage, box: Deadly
) -> None:
    box.victim = begun(tmp_path, "reports", "send", "--due")
    assert box.victim.wait(PATIENCE) == -signal.SIGKILL
    assert len(box.letters) == 1
    assert row_of(storage).status == "handing"
    box.victim = None
    assert begun(tmp_path, "reports", "send", "--due").wait(PATIENCE) == 0
    assert row_of(storage).status == "handing"  # somebody could still be at it
    with storage.writing() as session:
        session.scalars(select(SendingRow)).one().changed_at -= STALE
    assert begun(tmp_path, "reports", "send", "--due").wait(PATIENCE) == 0
    assert row_of(storage).status == "unknown"
    assert len(box.letters) == 1
    with storage.reading() as session:
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "report_send")).one()
    assert (entry.details["result"], entry.details["account"]) == ("unknown", "lead")


def test_a_prefect_flow_sends_it_and_learns_no_names(tmp_path: Path, storage: Storage, box: Deadly) -> None:
    process = begun(tmp_path, "reports", "schedule", "--every", "1")
    limit = time.monotonic() + PATIENCE
    while row_of_or_none(storage) != "sent" and time.monotonic() < limit and process.poll() is None:
        time.sleep(0.5)
    process.terminate()
    out, _ = process.communicate(timeout=PATIENCE)
    assert len(box.letters) == 1, out.decode()
    assert box.letters[0]["To"].addresses[0].addr_spec == READER
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var" / "prefect").rglob("*") if path.is_file())
    assert b"odsluch-reports" in kept
    for secret in (READER.encode(), b"lead", b"Lead"):
        assert secret not in kept.replace(b"leader", b"").replace(b"mislead", b"")


def row_of_or_none(storage: Storage) -> str:
    with storage.reading() as session:
        row = session.scalars(select(SendingRow)).first()
        return row.status if row else ""
