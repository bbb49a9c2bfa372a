"""The columns for levels come into a database that was filled before there were scales."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from qa.storage.database import HEAD, _engine, open_storage
from qa.storage.migrate import upgrade
from qa.storage.people import DisputeRow, OutcomeRow

OUTCOME = """INSERT INTO outcome (conversation_id, criterion, scorecard, outcome, confidence, day)
VALUES ('c-1', 'greeting', 'phone@1', 'pass', 0.9, '2026-11-02')"""
DISPUTE = """INSERT INTO dispute (id, conversation_id, criterion, account_id, was, becomes, comment, status, decision, created_at)
VALUES ('d-1', 'c-1', 'greeting', 'a-1', 'fail', 'pass', 'Bo tak.', 'accepted', '', '2026-11-03 10:00:00')"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database as it was before levels, with an outcome and a dispute."""
    found = f"sqlite:///{tmp_path / 'old.db'}"
    engine = _engine(found)
    upgrade(engine, None, target="0004")
    assert "level" not in {column["name"] for column in inspect(engine).get_columns("outcome")}
    with engine.execution_options(odsluch_writes=True).begin() as connection:
        connection.execute(text(OUTCOME))
        connection.execute(text(DISPUTE))
    engine.dispose()
    return found


def test_what_was_judged_before_is_kept_and_has_no_level(url: str) -> None:
    storage = open_storage(url)
    with storage.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        outcome, dispute = session.query(OutcomeRow).one(), session.query(DisputeRow).one()
        assert (outcome.outcome, outcome.confidence, outcome.level) == ("pass", 0.9, None)
        assert (dispute.was, dispute.becomes, dispute.comment) == ("fail", "pass", "Bo tak.")
        assert (dispute.was_level, dispute.wanted_level, dispute.becomes_level) == (None, None, None)
    storage.close()


def test_levels_are_kept_afterwards(url: str) -> None:
    storage = open_storage(url)
    with storage.writing() as session:
        session.query(OutcomeRow).one().level = 0
        session.query(DisputeRow).one().wanted_level = 3
    storage.close()
    again = open_storage(url)
    with again.reading() as session:
        assert session.query(OutcomeRow).one().level == 0  # a level, not "none"
        assert session.query(DisputeRow).one().wanted_level == 3
    again.close()
