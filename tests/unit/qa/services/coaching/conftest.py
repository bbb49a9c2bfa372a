"""People, conversations and 1:1s on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qa.services.coaching.meetings import Meeting, draft, hold
from qa.storage.people import CoachingRow
from tests.unit.qa.coaching_rows import TODAY, account, actor, day, talk, talks

COACH = actor("coach", team="T1")
FREE = actor("coach", login="free")
LEAD = actor("qa_lead", team="T2", login="lead")
ANNA = actor("agent", agent="a", login="anna")
BASIA = actor("agent", agent="b", login="basia")
CONTENT = {"strengths": ["Zawsze się wita"], "point": "Podsumowanie", "moments": [], "notes": "Próbujemy."}


@pytest.fixture
def session(session: Session) -> Session:
    """Anna's conversation, one of another team, and the accounts of Anna and the coach."""
    talk(session, "a1", "a", day(3), {"recap": "fail"})
    talk(session, "z1", "z", day(3), {"recap": "fail"}, team="T2")
    account(session, "coach", name="Celina Coach")
    account(session, "anna", name="Anna Agent", agent_id="a", roles=["agent"])
    session.flush()
    return session


def held(session: Session, agent: str = "a", ago: int = 0, **content: Any) -> Meeting:
    """A 1:1 that was held so many days ago."""
    begun = draft(session, FREE, agent, {**CONTENT, **content})
    done = hold(session, FREE, begun.id, begun.version)
    row = session.get(CoachingRow, done.id)
    assert row is not None
    row.held_at = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(days=ago)
    row.created_at = row.held_at
    session.flush()
    return done


def filled(session: Session) -> None:
    """Anna gets better at the recap and worse at the farewell; the team greets less than she does."""
    for criterion, before, now in (
        ("recap", (10, 30), (34, 6)),
        ("farewell", (38, 2), (20, 20)),
        ("greeting", (38, 2), (38, 2)),
        ("probing", (25, 15), (26, 14)),
    ):
        talks(session, "a", 55, 28, criterion, *before)
        talks(session, "a", 27, 0, criterion, *now, evaluated=True)
    for one in "bcd":
        talks(session, one, 27, 0, "greeting", 20, 20)
        talks(session, one, 27, 0, "probing", 26, 14)
