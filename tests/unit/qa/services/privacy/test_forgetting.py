"""Erasing reaches everything that people have made of a conversation."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import inspect, select

from qa.services.privacy.forgetting import forget_coaching, forget_work
from qa.storage.people import (
    CalibrationRow,
    CoachingRow,
    ContactLabelRow,
    DisputeRow,
    OutcomeRow,
    OverviewRow,
    ReviewRow,
    SampleItemRow,
    SampleRow,
)
from qa.storage.tables import Base, now
from tests.unit.qa.databases import empty_storage

GONE, KEPT = "rozmowa-do-usuniecia", "rozmowa-która-zostaje"


def rows_about(one: str) -> list[Base]:
    """A row of every kind that names the conversation."""
    return [
        OverviewRow(
            conversation_id=one,
            versions="v",
            channel="phone",
            started_at="",
            day="2026-11-01",
            opening="Dzień dobry",
        ),
        OutcomeRow(
            conversation_id=one,
            criterion="greeting",
            scorecard="phone@1",
            outcome="pass",
            confidence=0.9,
            day="2026-11-01",
        ),
        ReviewRow(id=f"r-{one}", conversation_id=one, account_id="a", scorecard="phone@1", criteria={}),
        DisputeRow(
            id=f"d-{one}",
            conversation_id=one,
            criterion="greeting",
            account_id="a",
            was="fail",
            comment="bo tak",
        ),
        SampleItemRow(id=f"i-{one}", sample_id="s", conversation_id=one, probability=0.5),
        ContactLabelRow(
            id=f"l-{one}",
            conversation_id=one,
            account_id="a",
            digest="d",
            reasons=["delivery.lost"],
            machine={},
        ),
    ]


def shared_rows() -> list[Base]:
    """Rows that name both."""
    both = [GONE, KEPT]
    return [
        CalibrationRow(
            id="k",
            name="Kalibracja",
            scorecard="phone@1",
            conversations=both,
            participants=["a"],
            decisions={f"{one}/greeting": {"outcome": "pass"} for one in both},
            created_by="a",
        ),
        CoachingRow(
            id="c",
            agent_id="a-1",
            coach="a",
            content={"moments": [{"conversation_id": one, "turn": 1} for one in both], "notes": "Zostają."},
        ),
        SampleRow(
            id="s",
            plan_id="p",
            period_start="2026-11-01",
            period_end="2026-11-07",
            seed=1,
            population=2,
            details={"reserve": {"T1": [[one, "a-1", 0.5, "losowo"] for one in both]}, "method": "random"},
            created_by="a",
        ),
    ]


def test_nothing_of_the_erased_conversation_is_left_and_the_other_stays(tmp_path: Path) -> None:
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        session.add_all([*rows_about(GONE), *rows_about(KEPT), *shared_rows()])
    with storage.writing() as session:
        assert forget_work(session, [GONE]) == 4 + 3
    with storage.reading() as session:
        for table in inspect(storage.engine).get_table_names():
            content = (
                session.execute(select(Base.metadata.tables[table])).all()
                if table in Base.metadata.tables
                else []
            )
            assert GONE not in json.dumps([list(map(str, row)) for row in content], ensure_ascii=False), table
        calibration = session.get_one(CalibrationRow, "k")
        assert calibration.conversations == [KEPT]
        assert list(calibration.decisions) == [f"{KEPT}/greeting"]
        assert session.get_one(CoachingRow, "c").content["notes"] == "Zostają."
        assert session.get_one(SampleRow, "s").details["reserve"] == {"T1": [[KEPT, "a-1", 0.5, "losowo"]]}
        assert len(list(session.scalars(select(ReviewRow)))) == 1


def test_old_coaching_goes_with_what_was_agreed(tmp_path: Path) -> None:
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        session.add_all(shared_rows())
    with storage.writing() as session:
        assert forget_coaching(session, now().replace(year=2020)) == 0
        assert forget_coaching(session, now().replace(year=2099)) == 1
        assert session.get(CoachingRow, "c") is None
