"""What an item is worth in the queue."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa.services.sampling import drawing as sampling
from qa.services.sampling import plans
from qa.services.sampling.items import worth
from tests.unit.qa.sampling_rows import (
    ANNA,
    DAY,
    LEAD,
    NEXT_MONTH,
    add_conversations,
    add_review,
    days_ago,
)
from tests.unit.qa.services.sampling.conftest import RANDOM, items


def test_worth_grows_with_doubt_and_falls_with_labels() -> None:
    assert worth(None, 0, 0) == worth(None, 5, 0) == 1.0
    assert worth(1.0, 0, 0) == 0.5
    assert worth(0.9, 0, 0) < worth(0.7, 0, 0) < worth(0.7, 2, 0)
    assert worth(0.7, 2, 0) > worth(0.7, 2, 1) > worth(0.7, 2, 100) > 0


def test_the_queue_goes_round_agents_and_knows_who_has_labels(session: Session) -> None:
    add_conversations(session, 9, agent_id=lambda n: f"a-{n % 3}", least_confidence=lambda n: 0.9 - n / 100)
    for number, at in enumerate([days_ago(3), days_ago(4), days_ago(5), days_ago(100)]):
        kind = "review" if number else "dispute"
        add_review(session, f"old-{number}", ANNA, {"greeting": "pass"}, kind=kind, agent_id="a-0", at=at)
    for kind, status in (("calibration", "finished"), ("review", "draft")):
        add_review(session, "old-9", ANNA, {"greeting": "pass"}, kind=kind, status=status, agent_id="a-1")
    made = plans.create(session, LEAD, "Plan", RANDOM)
    sampling.draw(session, LEAD, made.id, DAY, today=NEXT_MONTH)
    ranked = sorted(items(session), key=lambda row: -row.worth)
    assert [row.agent_id for row in ranked[:4]] == ["a-2", "a-1", "a-2", "a-1"]
    best = {row.agent_id: row.worth for row in reversed(ranked)}
    assert best["a-0"] == pytest.approx(worth(0.84, 0, 3))
    assert best["a-1"] == pytest.approx(worth(0.83, 0, 0))
