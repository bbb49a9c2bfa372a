"""``odsluch reports``: what cron runs, what the operator reads, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest

from qa.services.reports import subscriptions
from qa.storage.database import open_storage
from qa.storage.people import AccountRow
from qa.storage.tables import MarkRow, now
from tests.unit.qa.conftest import Run
from tests.unit.qa.fakes import conversation, write_lines
from tests.unit.qa.postbox import Postbox, open_postbox
from tests.unit.qa.services.reports.conftest import LEAD, order

pytestmark = pytest.mark.usefixtures("fake_parts", "in_process")


@pytest.fixture
def box() -> Iterator[Postbox]:
    with open_postbox() as opened:
        yield opened


@pytest.fixture
def due(cli: Run, tmp_path: Path, box: Postbox) -> str:
    """Settings, three conversations and a report that is due; its id."""
    (tmp_path / "odsluch.toml").write_text(
        "[retention_days]\nredacted_text = 30000\nevaluations = 30000\n"
        f'[mail]\nhost = "127.0.0.1"\nport = {box.port}\ntls = "none"\nsender = "o@f.example.pl"\n'
        'base_url = "https://o.example.pl"\n'
    )
    write_lines(tmp_path / "a.jsonl", [conversation(i) for i in range(3)])
    assert cli("run", "a.jsonl")[0] == 0
    storage = open_storage("sqlite:///var/odsluch.db")
    with storage.writing() as session:
        session.add(
            AccountRow(id=LEAD.id, login="lead", name="Lead", roles=["qa_lead"], email="l@f.example.pl")
        )
        session.flush()
        (made,) = subscriptions.create(session, LEAD, None, (), order("voice"))
        session.get_one(subscriptions.SubscriptionRow, made.id).due_at = now() - timedelta(minutes=1)
    storage.close()
    return made.id


def test_cron_sends_what_is_due_once(cli: Run, due: str, box: Postbox) -> None:
    status, out, _ = cli("reports", "send", "--due", "--dry-run")
    assert status == 0
    assert "lead: Głos klienta" in out
    assert "do wysłania" in out
    assert box.letters == []
    status, out, _ = cli("reports", "send", "--due")
    assert status == 0
    assert "wysłany" in out
    assert len(box.letters) == 1
    status, out, _ = cli("reports", "send", "--due")
    assert (status, "Żaden raport" in out, len(box.letters)) == (0, True, 1)


def test_a_report_that_did_not_go_out_is_told_and_is_the_exit_status(
    cli: Run, due: str, box: Postbox
) -> None:
    box.refused["l@f.example.pl"] = "550 5.1.1 nie"
    status, out, _ = cli("reports", "send", "--due", "--json")
    assert status == 1
    assert [(one["status"], one["problem"], one["detail"]) for one in json.loads(out)] == [
        ("failed", "address_refused", "550 5.1.1")
    ]


def test_one_report_as_a_trial_by_the_beginning_of_its_id(cli: Run, due: str, box: Postbox) -> None:
    status, out, _ = cli("reports", "list")
    assert (status, due[:8] in out, "lead" in out) == (0, True, True)
    assert json.loads(cli("reports", "list", "--json")[1])[0]["id"] == due
    status, out, _ = cli("reports", "send", due[:8])
    assert (status, "wysłany" in out) == (0, True)
    assert "próbny" in str(box.letters[0]["Subject"])


@pytest.mark.parametrize("name", ["raport.html", "raport.pdf"])
def test_a_report_as_a_file_which_an_erasure_will_name(
    cli: Run, due: str, box: Postbox, tmp_path: Path, name: str
) -> None:
    status, out, _ = cli("reports", "send", due[:8], "--to", name)
    assert (status, name in out) == (0, True)
    assert box.letters == []
    if name.endswith("pdf"):
        assert "głos klienta" in pypdf.PdfReader(tmp_path / name).pages[0].extract_text()
    else:
        assert "<!doctype html>" in (tmp_path / name).read_text("utf-8")
    storage = open_storage("sqlite:///var/odsluch.db")
    with storage.reading() as session:
        assert any(row.value == str(tmp_path / name) for row in session.query(MarkRow))
    storage.close()


def test_the_log_names_the_account_of_the_process(
    cli: Run, due: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "prezes")
    monkeypatch.delenv("SUDO_UID", raising=False)
    assert cli("reports", "send", due[:8])[0] == 0
    assert cli("reports", "send", due[:8], "--to", "raport.html")[0] == 0
    entries = json.loads(cli("privacy", "audit", "--json")[1])["entries"]
    named = {entry["action"]: entry for entry in entries if entry["action"].startswith("report_")}
    account = pwd.getpwuid(os.getuid()).pw_name
    assert named["report_file"]["actor"] == account
    assert named["report_send"]["actor"] == account


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["send"], "--due"),
        (["send", "--due", "abc"], "--due"),
        (["send", "--due", "--to", "a.pdf"], "--to"),
        (["send", "abc", "--dry-run"], "--dry-run"),
        (["send", "zzz", "--to", "a.pdf"], "odsluch reports list"),
        (["send", "zzz", "--to", "a.doc"], ".pdf"),
        (["send", "zzz"], "odsluch reports list"),
    ],
)
def test_mistakes_get_one_sentence(cli: Run, due: str, arguments: list[str], words: str) -> None:
    status, _, err = cli("reports", *arguments)
    assert status in (1, 2)
    assert words in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_without_a_mail_server_the_remedy_is_named(cli: Run) -> None:
    for arguments in (["send", "--due"], ["send", "abc"]):
        status, _, err = cli("reports", *arguments)
        assert (status, "[mail]" in err) == (2, True)
