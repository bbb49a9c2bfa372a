"""Boards, saved filters and exports say the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from qa.services.boards.quality_board import QualityFilters, quality
from qa.services.boards.voice_board import VoiceFilters, voice
from qa.services.conversations.listing import Filters, conversations
from qa.services.exports.tables import conversation_table
from qa.services.judging.contact_labels import save, training_lines
from qa.services.judging.label_export import labels
from qa.services.saved_filters import create, saved
from qa.storage.database import open_storage
from qa.storage.digests import Pseudonyms
from qa.storage.tables import ConversationRow
from tests.unit.qa.board_rows import LEAD, add, draw, judge, overturn, plan

KEYS = Pseudonyms(b"k" * 32)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def session(fresh_url: str) -> Iterator[Session]:
    storage = open_storage(fresh_url)
    storage.pseudonyms = KEYS
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


@pytest.mark.postgres
def test_a_group_of_reasons_is_found_in_a_database_of_any_language(postgres_url: str) -> None:
    # this language passes over punctuation, as Polish and English do where PostgreSQL uses the system's
    made = "CREATE DATABASE polska TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'pl-u-ka-shifted'"
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(made))
    server.dispose()
    storage = open_storage(postgres_url.replace("/postgres?", "/polska?"))
    with storage.writing() as session:
        for number, reason in enumerate(
            ("delivery.delayed", "delivery.lost", "delivery_x.a", "deliveryx.a", "d.a")
        ):
            add(session, f"c-{number}", day="2026-11-02", primary_reason=reason)
        found = conversations(session, LEAD, Filters(reason="delivery"))
        assert {one.conversation_id for one in found.rows} == {"c-0", "c-1"}
    storage.close()


def test_figures_lead_to_what_they_count(session: Session) -> None:
    def total(**values: str) -> int:
        return conversations(session, LEAD, Filters(criterion="greeting", **values)).total

    whole = {"agent": "a-0", "first": str(FIRST), "last": str(LAST)}
    assert (total(outcome="decided"), total(outcome="pass"), total(outcome="review")) == (24, 16, 0)
    # people failed c-00 to c-11, and disputes made c-00 to c-05 a pass again
    assert (total(outcome="counted", **whole), total(outcome="counted_fail", **whole)) == (12, 3 + 2)
    assert total(outcome="1") == 0


def test_labels_for_training(session: Session) -> None:
    content = {"turns": [{"speaker": "customer", "text": "Gdzie jest paczka?"}]}
    session.add(
        ConversationRow(
            key="k", conversation_id="c-00", source_digest="s", raw_digest="r", version="v1", digest="d",
            channel="phone", started_at="2026-11-01T09:00:00+01:00", customer_key="klient-1", content=content,
        )
    )  # fmt: skip
    session.flush()
    save(session, LEAD, "c-00", ["delivery.lost"], None)
    save(session, LEAD, "c-00", ["delivery.delayed", "delivery.lost"], "neutral")
    (line,) = training_lines(session, LEAD, KEYS)
    found = json.loads(line)
    assert (found["text"], found["sentiment"]) == ("Gdzie jest paczka?", "neutral")
    assert found["reasons"] == ["delivery.delayed", "delivery.lost"]
