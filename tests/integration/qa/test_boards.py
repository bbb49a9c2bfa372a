"""Boards, saved filters and exports say the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.boards.quality_board import QualityFilters, quality
from qa.services.boards.voice_board import VoiceFilters, voice
from qa.services.conversations.listing import Filters
from qa.services.exports.tables import conversation_table
from qa.services.judging.label_export import labels
from qa.services.saved_filters import create, saved
from qa.storage.database import open_storage
from qa.storage.digests import Pseudonyms
from tests.unit.qa.board_rows import LEAD, add, draw, judge, overturn, plan

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def session(fresh_url: str) -> Iterator[Session]:
    storage = open_storage(fresh_url)
    with storage.writing() as session:
        sample = plan(session, "losowy", 24)
        for number in range(24):
            name, day = f"c-{number:02}", f"2026-11-{number + 1:02}"
            outcomes = {"greeting": "pass" if number % 3 else "fail", "empathy": "review"}
            felt = "negative" if number % 4 else None
            add(
                session,
                name,
                outcomes,
                day=day,
                score=60.0 + number,
                agent_id=f"a-{number % 2}",
                sentiment=felt,
            )
            if number < 12:
                item = draw(session, sample, name, 0.5)
                review = judge(session, name, {"greeting": "fail", "empathy": "pass"}, item)
                if number < 6:
                    overturn(session, name, review, "greeting", "pass")
        add(session, "before", day="2026-10-20", primary_reason=None)
        yield session
    storage.close()


def test_the_quality_board(session: Session) -> None:
    view = quality(session, LEAD, QualityFilters(FIRST, LAST, channel="phone"))
    found = {one.id: one for one in view.criteria}
    assert (view.conversations, view.score.mean, view.score.n) == (24, 71.5, 24)
    assert (found["greeting"].automatic.part, found["greeting"].automatic.n) == (16, 24)
    assert (found["greeting"].combined.n_human, found["empathy"].undecided) == (12, 24)
    assert found["empathy"].combined.value == 1.0
    assert (view.audit.plan, view.audit.drawn, view.audit.reviewed) == ("losowy", 12, 12)
    assert [(one.agent, one.score.n) for one in view.agents] == [("a-0", 12), ("a-1", 12)]
    assert quality(session, LEAD, QualityFilters(FIRST, LAST, channel="phone")) == view
    assert json.dumps(asdict(view))


def test_the_voice_board(session: Session) -> None:
    view = voice(session, LEAD, VoiceFilters(FIRST, LAST))
    assert [(one.code, one.share.part, one.before.part) for one in view.reasons] == [
        ("delivery.delayed", 24, 0),
        ("none", 0, 1),
    ]
    assert (view.negative.part, view.negative.n, view.contacts_before) == (18, 18, 1)
    assert json.dumps(asdict(view))


def test_the_exports(session: Session) -> None:
    rows = list(conversation_table(session, LEAD, Filters(first=FIRST.isoformat())).rows)
    assert [row[0] for row in rows][:2] == ["c-23", "c-22"]
    assert [row[-1] for row in rows].count("tak") == 12
    keys = Pseudonyms(b"k" * 32)
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in labels(session, LEAD, keys, "phone@1", FIRST, LAST)
    ]
    assert [line["id"] for line in lines] == [f"c-{number:02}" for number in range(12)]
    anna = keys.of("oceniajacy", "anna")
    assert lines[0][anna]["overturned"] == {"greeting": "fail"}
    assert lines[11][anna]["criteria"] == {"greeting": "fail", "empathy": "pass"}
    assert lines[0][anna]["probability"] == 0.5


def test_saved_filters(session: Session) -> None:
    kept = create(session, LEAD, "voice", "zwroty", "reason=returns")
    assert saved(session, LEAD, "voice") == (kept,)
