"""Reasons and sentiment as people say them: training reads the file, and it says where each line is from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from nlp.training.examples import by_split, read_own
from qa.errors import Missing, Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES, Actor
from qa.services.judging.contact_labels import labels_of, save, take_back, training_lines
from qa.services.workspace import Workspace
from qa.storage.analysis import LOCAL
from qa.storage.digests import Pseudonyms
from qa.storage.people import AccountRow, CalibrationRow, ContactLabelRow
from qa.storage.tables import AuditRow, ConversationRow, now
from tests.unit.qa.board_rows import LEAD, person
from tests.unit.qa.web.conftest import opened, store, stored_conversation

KEYS = Pseudonyms(b"k" * 32)
ANNA, BASIA = person("anna", "qa_specialist"), person("basia", "qa_specialist")
SAID = ["complaint.service", "delivery.lost"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Three calls that the tagger takes for a late delivery by an angry customer."""
    workspace: Workspace = opened(tmp_path / "var")
    store(workspace, [stored_conversation(number) for number in range(3)])
    with workspace.storage.writing() as session:
        for one in (ANNA, BASIA):
            session.add(AccountRow(id=one.id, login=one.login, name=one.name, roles=["qa_specialist"]))
        yield session
    workspace.storage.close()


def exported(session: Session, actor: Actor = LEAD, **values: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in training_lines(session, actor, KEYS, **values)]


def test_a_line_is_what_training_reads_with_where_it_is_from(session: Session, tmp_path: Path) -> None:
    save(session, ANNA, "c-0001", SAID, "neutral")
    (line,) = exported(session)
    provenance = line.pop("provenance")
    assert line == {
        "id": "c-0001",
        "text": "Dzień dobry, zamówienie 1 miało być wczoraj i dalej nic, jestem zła.\nDobrze, czekam.\n"
        "Nie, dziękuję, do widzenia.",
        "reasons": SAID,
        "sentiment": "neutral",
        "channel": "phone",
        "writer": KEYS.of("klient", "klient-1"),
    }
    assert provenance["labelled_by"] == KEYS.of("oceniajacy", ANNA.id)
    assert provenance["machine"] == {
        "version": "t1",
        "primary": "delivery.delayed",
        "reasons": {"delivery.delayed": 0.93},
        "sentiment": "negative",
    }
    assert provenance["others"] == []
    file = tmp_path / "odsluch-powody.jsonl"
    file.write_text("".join(training_lines(session, LEAD, KEYS)), "utf-8")
    (example,) = read_own(file, load_contact_reasons().codes)
    assert (example.primary, example.reasons, example.sentiment) == (SAID[0], frozenset(SAID), "neutral")
    assert example.text == line["text"]
    assert by_split([example], {"test": ["v1"]})["train"] == [example]


def test_of_several_people_the_last_one_stands_and_others_are_named_where_they_differ(
    session: Session,
) -> None:
    save(session, ANNA, "c-0001", SAID, None)
    save(session, BASIA, "c-0001", ["delivery.lost"], "negative")
    save(session, ANNA, "c-0002", SAID, None)
    save(session, BASIA, "c-0002", SAID, None)
    first, second = exported(session)
    assert (first["reasons"], first["provenance"]["labelled_by"]) == (
        ["delivery.lost"],
        KEYS.of("oceniajacy", BASIA.id),
    )
    assert [one["reasons"] for one in first["provenance"]["others"]] == [SAID]
    assert second["provenance"]["others"] == []
    assert [(one.by, one.reasons) for one in labels_of(session, ANNA, "c-0001")] == [
        (BASIA.name, ("delivery.lost",)),
        (ANNA.name, tuple(SAID)),
    ]


def test_saying_it_again_replaces_it_and_it_can_be_taken_back(session: Session) -> None:
    save(session, ANNA, "c-0001", SAID, None)
    save(session, ANNA, "c-0001", ["delivery.delayed", "delivery.delayed"], "mixed")
    (label,) = labels_of(session, ANNA, "c-0001")
    assert (label.mine, label.reasons, label.sentiment) == (True, ("delivery.delayed",), "mixed")
    take_back(session, ANNA, "c-0001")
    assert (exported(session), labels_of(session, ANNA, "c-0001")) == ([], ())
    with pytest.raises(Missing):
        take_back(session, ANNA, "c-0001")
    entries = session.scalars(select(AuditRow).where(AuditRow.action.startswith("contact_label"))).all()
    assert [(entry.action, entry.details.get("differs")) for entry in entries] == [
        ("contact_label", True),
        ("contact_label", False),
        ("contact_label_take_back", None),
    ]
    assert "c-0001" not in str([(entry.subject, entry.details) for entry in entries])


@pytest.mark.parametrize(
    ("reasons", "sentiment"),
    [
        ([], None),
        (["nie.ma"], None),
        (["delivery"], None),
        (["delivery.lost"], "zły"),
        (["delivery.lost", "delivery.delayed", "complaint.service", "returns.how_to_return"], None),
    ],
)
def test_what_the_taxonomy_does_not_know_is_refused(
    session: Session, reasons: list[str], sentiment: str | None
) -> None:
    with pytest.raises(UsageProblem):
        save(session, ANNA, "c-0001", reasons, sentiment)
    assert session.scalars(select(ContactLabelRow)).all() == []


def test_nobody_labels_their_own_conversation_or_one_that_is_gone(session: Session) -> None:
    own = replace(ANNA, roles=frozenset({"qa_specialist", "agent"}), agent_id="a-2")
    with pytest.raises(Refused, match="własna"):
        save(session, own, "c-0001", SAID, None)
    with pytest.raises(Missing):
        save(session, ANNA, "nie-ma", SAID, None)


def test_in_an_open_calibration_nothing_is_said_and_nothing_shown(session: Session) -> None:
    save(session, BASIA, "c-0001", SAID, None)
    session.add(
        CalibrationRow(
            id="k",
            name="Kalibracja",
            scorecard="phone@1",
            conversations=["c-0001"],
            participants=[ANNA.id, LEAD.id],
            status="open",
            created_by="x",
            decisions={},
        )
    )
    session.flush()
    assert labels_of(session, ANNA, "c-0001") == ()
    with pytest.raises(Refused, match="kalibracji"):
        save(session, ANNA, "c-0001", SAID, None)
    assert exported(session) == []


def test_words_that_changed_since_are_not_taught(session: Session) -> None:
    save(session, ANNA, "c-0001", SAID, None)
    changed = update(ConversationRow).where(ConversationRow.conversation_id == "c-0001")
    session.execute(changed.values(digest="inny"))
    assert exported(session) == []


def test_days_are_polish_and_the_export_is_noted(session: Session) -> None:
    save(session, ANNA, "c-0001", SAID, None)
    today: date = now().astimezone(LOCAL).date()
    assert len(exported(session, first=today, last=today)) == 1
    assert exported(session, last=today - timedelta(days=1)) == []
    assert exported(session, first=today + timedelta(days=1)) == []
    with pytest.raises(UsageProblem):
        exported(session, first=today, last=today - timedelta(days=1))
    entries = session.scalars(select(AuditRow).where(AuditRow.action == "training_export")).all()
    assert [entry.details["n"] for entry in entries] == [1, 0, 0]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_label_and_who_may_export(session: Session, role: str) -> None:
    somebody = person("ktoś", role)
    for permission, attempt in (
        ("review.write", lambda: save(session, somebody, "c-0001", SAID, None)),
        ("export.labels", lambda: exported(session, somebody)),
    ):
        if role in PERMISSIONS[permission]:
            attempt()
        else:
            with pytest.raises(Refused):
                attempt()
