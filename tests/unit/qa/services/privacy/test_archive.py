"""The archive for a person: all that erasing would delete, on a page that people read."""

from __future__ import annotations

import dataclasses
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.errors import UsageProblem
from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.subject import Subject, export
from qa.services.privacy.unsealing import make_key_file
from qa.services.workspace import Unwatched, Workspace
from qa.storage.audit import entries
from qa.storage.parking import Parked, park
from qa.storage.people import CalibrationRow, CoachingRow, DisputeRow, ReviewRow, SampleItemRow
from qa.storage.vault import Vault
from tests.unit.qa.fakes import FakeParts, conversation, workspace, write_lines

ONE, OTHER = "c-0003", "c-0002"
ASKS = Subject(conversation=ONE)
JUDGE = "sedzia-7"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workspace]:
    make_key_file(tmp_path / "sejf.key")
    made = workspace(tmp_path / "var")
    settings = dataclasses.replace(made.settings, keep=("raw_text",), key_file=tmp_path / "sejf.key")
    made = dataclasses.replace(made, settings=settings)
    write_lines(tmp_path / "a.jsonl", [conversation(2), conversation(3)])
    run(made, [tmp_path / "a.jsonl"], lambda: run_in_process, Unwatched())
    yield made
    made.storage.close()


def people_work() -> list[Any]:
    """What people have made of both conversations."""
    decisions = {
        f"{one}/greeting": {"outcome": "fail", "why": f"bo tak {one}", "wording": "inaczej", "by": JUDGE}
        for one in (ONE, OTHER)
    }
    moments = [
        {"conversation_id": one, "turn": 1, "start": 0, "end": 3, "comment": f"ładnie {one}"}
        for one in (ONE, OTHER)
    ]
    return [
        review("szkic", "draft", "review", "w trakcie"),
        review("gotowa", "finished", "review", "koniec <b>"),
        review("wspolna", "finished", "calibration", "na kalibracji"),
        DisputeRow(
            id="d",
            conversation_id=ONE,
            criterion="greeting",
            account_id=JUDGE,
            was="fail",
            becomes="pass",
            status="accepted",
            comment="powitałem",
            decision="racja",
            decided_by=JUDGE,
        ),
        SampleItemRow(
            id="i",
            sample_id="s",
            conversation_id=ONE,
            probability=0.5,
            status="skipped",
            skip_reason="za krótka",
        ),
        CalibrationRow(
            id="k",
            name="Kalibracja",
            scorecard="phone@1",
            conversations=[ONE, OTHER],
            participants=[JUDGE],
            decisions=decisions,
            created_by=JUDGE,
        ),
        CoachingRow(id="c", agent_id="a-1", coach=JUDGE, content={"moments": moments}),
    ]


def review(identifier: str, status: str, kind: str, comment: str) -> ReviewRow:
    criteria = {"greeting": {"outcome": "fail", "comment": f"kryterium: {comment}"}}
    return ReviewRow(
        id=identifier,
        conversation_id=ONE,
        account_id=JUDGE,
        kind=kind,
        status=status,
        scorecard="phone@1",
        criteria=criteria,
        comment=comment,
    )


def opened(path: Path) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(path) as archive:
        (line,) = archive.read("rozmowy.jsonl").decode().splitlines()
        return json.loads(line), archive.read("czytaj.html").decode()


def test_all_that_would_be_erased_is_exported_without_who_evaluated(work: Workspace, tmp_path: Path) -> None:
    with work.storage.writing() as session:
        session.add_all(people_work())
        park(
            session,
            [Parked("intake", "b.jsonl", "duplicate_id", "Jest już.", "Zmień.", conversation_id=ONE)],
        )
    export(work, ASKS, tmp_path / "d.zip", "ola")
    held, page = opened(tmp_path / "d.zip")
    assert sorted((one["status"], one["comment"]) for one in held["reviews"]) == [
        ("draft", "w trakcie"),
        ("finished", "koniec <b>"),
        ("finished", "na kalibracji"),
    ]
    assert [(one["comment"], one["decision"]) for one in held["disputes"]] == [("powitałem", "racja")]
    assert [one["why"] for one in held["calibrations"]] == [f"bo tak {ONE}"]
    assert [one["skip_reason"] for one in held["sample_items"]] == ["za krótka"]
    assert [one["comment"] for one in held["coaching_moments"]] == [f"ładnie {ONE}"]
    assert [one["code"] for one in held["parked"]] == ["duplicate_id"]
    for words in (
        "w trakcie",
        "koniec &lt;b&gt;",
        "kryterium: na kalibracji",
        "powitałem; rozstrzygnięcie: racja",
        f"bo tak {ONE}",
        "za krótka",
        f"ładnie {ONE}",
        "Jest już.",
    ):
        assert words in page, words
    assert JUDGE not in page + json.dumps(held)
    assert OTHER not in page + json.dumps(held)


def test_older_versions_are_exported_with_their_content(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", [conversation(3)])
    parts = FakeParts()
    work = workspace(tmp_path / "var2", parts)
    run(work, [tmp_path / "a.jsonl"], lambda: run_in_process, Unwatched())
    parts.reading_version = "fake-reader@2"
    run(work, [tmp_path / "a.jsonl"], lambda: run_in_process, Unwatched())
    export(work, ASKS, tmp_path / "d.zip", "ola")
    held, page = opened(tmp_path / "d.zip")
    newest, older = held["versions"]
    assert (newest["version"], newest["current"]) == ("fake-reader@2", True)
    assert older["version"] == "fake-reader@1"
    assert older["content"]["turns"] == held["turns"]
    assert "starsze wersje w rozmowy.jsonl: 1" in page
    work.storage.close()


def test_nobody_else_reads_the_archive_while_it_is_written_and_it_is_entered_before(
    work: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, list[str]]] = []
    read = Vault.read

    def watched(vault: Vault, key: str) -> Iterator[bytes]:
        mode = (tmp_path / "dane.zip.part").stat().st_mode & 0o777
        with work.storage.reading() as session:
            seen.append((mode, [row.action for row in entries(session)]))
        return read(vault, key)

    monkeypatch.setattr(Vault, "read", watched)
    (tmp_path / "dane.zip.part").write_text("po przerwanym zapisie")
    before = os.umask(0)
    try:
        export(work, ASKS, tmp_path / "dane.zip", "ola")
    finally:
        os.umask(before)
    assert seen == [(0o600, ["export"])]
    assert (tmp_path / "dane.zip").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "dane.zip.part").exists()


def test_an_archive_that_fails_leaves_no_file(
    work: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[bytes]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, "read", broken)
    with pytest.raises(KeyboardInterrupt):
        export(work, ASKS, tmp_path / "dane.zip", "ola")
    assert not list(tmp_path.glob("dane.zip*"))
    with work.storage.reading() as session:
        assert [row.action for row in entries(session)] == ["export"]


def test_without_the_key_nothing_is_exported_nor_entered(work: Workspace, tmp_path: Path) -> None:
    keyless = dataclasses.replace(work, settings=dataclasses.replace(work.settings, key_file=None))
    with pytest.raises(UsageProblem, match="new-key"):
        export(keyless, ASKS, tmp_path / "dane.zip", "ola")
    assert not list(tmp_path.glob("dane.zip*"))
    with work.storage.reading() as session:
        assert list(entries(session)) == []
