"""What a plan draws from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from qa.services.sampling.frame import candidates, counts
from qa.services.sampling.plan_content import period_of, plan_content
from tests.unit.qa.sampling_rows import (
    DAY,
    add_conversation,
)
from tests.unit.qa.services.sampling.conftest import RISK


def test_filters_and_the_period_bound_the_frame(session: Session) -> None:
    for identifier, values in {
        "in": {},
        "monday": {"day": date(2026, 11, 2)},
        "sunday": {"day": date(2026, 11, 8)},
        "text": {"seconds": None},
        "before": {"day": date(2026, 11, 1)},
        "after": {"day": date(2026, 11, 9)},
        "undated": {"day": "", "started_at": ""},
        "unscored": {"scorecard": None},
        "chat": {"channel": "chat"},
        "team": {"team": "T2"},
        "teamless": {"team": None},
        "agent": {"agent_id": "a-9"},
        "reason": {"primary_reason": None},
        "card": {"scorecard": "chat@1"},
        "short": {"seconds": 29.9},
    }.items():
        add_conversation(session, identifier, **values)
    filters = {
        "channel": ["phone", "email"],
        "team": "T1",
        "agent": ["a-1"],
        "reason": "delivery.delay",
        "scorecard": "phone@1",
        "min_seconds": 30,
    }
    content = plan_content({**RISK, "filters": filters})
    period = period_of("weekly", DAY)
    session.flush()
    found = candidates(session, content, period)
    assert {one.conversation_id for one in found} == {"in", "monday", "sunday", "text"}
    assert counts(session, content, period) == {"": 4}


RISKY: dict[str, dict[str, Any]] = {
    "critical": {"critical": True},
    "falling": {"sentiment_start": "positive", "sentiment_end": "neutral"},
    "falling-far": {"sentiment_start": "neutral", "sentiment_end": "negative"},
    "unsure": {"least_confidence": 0.7},
    "undecided": {"undecided": 1, "least_confidence": None},
    "silence": {"silence": 30.0},
}
CALM: dict[str, dict[str, Any]] = {
    "rising": {"sentiment_start": "negative", "sentiment_end": "positive"},
    "mixed": {"sentiment_start": "mixed", "sentiment_end": "neutral"},
    "unknown": {"sentiment_start": "positive", "sentiment_end": None},
    "sure": {"least_confidence": 0.75},
    "talking": {"silence": 29.9},
    "email": {"silence": None, "seconds": None, "least_confidence": None},
}


def test_risks_are_seen_and_near_misses_are_not(session: Session) -> None:
    for identifier, values in {**RISKY, **CALM}.items():
        add_conversation(session, identifier, **values)
    session.flush()
    found = candidates(session, plan_content(RISK), period_of("weekly", DAY))
    shown = {one.conversation_id: one.risks for one in found}
    known = {"falling-far": "falling", "undecided": "unsure"}
    assert shown == {**{name: (known.get(name, name),) for name in RISKY}, **dict.fromkeys(CALM, ())}


def test_a_customer_who_comes_back_within_seven_days(session: Session) -> None:
    for identifier, customer, started_at in (
        ("first", "k-1", "2026-11-02T08:00:00+00:00"),
        ("again", "k-1", "2026-11-04T08:00:00+00:00"),
        ("week-before", "k-2", "2026-10-28T09:00:00+00:00"),
        ("week-after", "k-2", "2026-11-04T09:00:00+00:00"),
        ("longer-before", "k-3", "2026-10-28T08:59:59.999999+00:00"),
        ("longer-after", "k-3", "2026-11-04T09:00:00+00:00"),
        ("nameless-1", None, "2026-11-04T09:00:00+00:00"),
        ("nameless-2", None, "2026-11-04T10:00:00+00:00"),
        ("unscored-before", "k-4", "2026-11-03T10:00:00+00:00"),
        ("scored-after", "k-4", "2026-11-03T12:00:00+00:00"),
    ):
        card = None if identifier == "unscored-before" else "phone@1"
        day = started_at[:10]
        add_conversation(
            session, identifier, customer_key=customer, started_at=started_at, day=day, scorecard=card
        )
    session.flush()
    found = candidates(session, plan_content(RISK), period_of("weekly", DAY))
    assert {one.conversation_id for one in found if one.risks} == {"again", "week-after", "scored-after"}
    unweighted = plan_content({**RISK, "risk": {"repeated": 0}})
    assert not any(one.risks for one in candidates(session, unweighted, period_of("weekly", DAY)))
