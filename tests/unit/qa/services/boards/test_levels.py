"""The quality board and its export where a criterion has a scale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from qa.services.boards.quality_board import LevelQuality, QualityFilters, QualityView, quality
from qa.services.exports.tables import quality_tables
from qa.storage.people import OutcomeRow, OverviewRow
from tests.unit.qa.board_rows import LEAD
from tests.unit.qa.board_rows import add as add_plain
from tests.unit.qa.scale_rows import CARD, SCALED, add

NOVEMBER = QualityFilters(date(2026, 11, 1), date(2026, 11, 30), scorecard=CARD.key)


def graded(session: Session, *levels: int) -> None:
    for number, level in enumerate(levels):
        add(session, f"c-{number}", level)


def levels_of(view: QualityView) -> LevelQuality:
    found = next(one for one in view.criteria if one.id == SCALED).levels
    assert found is not None
    return found


def test_the_share_of_passes_stands_beside_the_mean_level(session: Session) -> None:
    graded(session, 0, 1, 1, 2)
    view = quality(session, LEAD, NOVEMBER)
    criterion = next(one for one in view.criteria if one.id == SCALED)
    assert (criterion.automatic.part, criterion.automatic.n) == (1, 4)
    assert criterion.levels is not None
    assert (criterion.levels.top, criterion.levels.pass_from) == (3, 2)
    assert criterion.levels.counts == (1, 2, 1, 0)
    mean = criterion.levels.mean
    assert (mean.mean, mean.n) == (1.0, 4)
    assert mean.low is not None
    assert mean.high is not None
    assert 0 <= mean.low < 1 < mean.high <= 3
    assert [one.id for one in view.criteria if one.levels] == [SCALED]


def test_undecided_and_what_does_not_apply_have_no_level(session: Session) -> None:
    graded(session, 2, 2)
    one = OutcomeRow.conversation_id == "c-0"
    session.execute(
        update(OutcomeRow).where(one, OutcomeRow.criterion == SCALED).values(outcome="review", level=None)
    )
    assert levels_of(quality(session, LEAD, NOVEMBER)).counts == (0, 0, 1, 0)


def test_levels_follow_the_filters(session: Session) -> None:
    graded(session, 0, 2)
    for name, value in (("day", "2026-10-01"), ("team", "T2"), ("agent_id", "a-2")):
        before = {"day": "2026-11-02", "team": "T1", "agent_id": "a-1"}[name]
        for table in (OverviewRow, OutcomeRow):
            session.execute(update(table).where(table.conversation_id == "c-0").values({name: value}))
        narrowed = replace(NOVEMBER, team="T1", agent="a-1")
        assert levels_of(quality(session, LEAD, narrowed)).counts == (0, 0, 1, 0)
        for table in (OverviewRow, OutcomeRow):
            session.execute(update(table).where(table.conversation_id == "c-0").values({name: before}))


def test_a_channel_is_looked_up_where_the_card_has_several(session: Session) -> None:
    graded(session, 0, 2)
    one = OverviewRow.conversation_id == "c-0"
    session.execute(update(OverviewRow).where(one).values(channel="phone"))
    assert levels_of(quality(session, LEAD, replace(NOVEMBER, channel="phone"))).counts == (1, 0, 0, 0)
    assert levels_of(quality(session, LEAD, replace(NOVEMBER, channel="chat"))).counts == (0, 0, 1, 0)


def test_the_export_has_columns_for_levels_only_where_a_card_has_them(session: Session) -> None:
    graded(session, 1, 2)
    add_plain(session, "p-1", {"greeting": "pass"})
    table = quality_tables(quality(session, LEAD, NOVEMBER))["jakosc-kryteria"]
    columns = list(table.columns)
    assert columns[-6:] == [
        "Poziomy: n",
        "Średni poziom",
        "Poziom: 95 % od",
        "Poziom: 95 % do",
        "Najwyższy poziom",
        "Zaliczone od",
    ]
    rows = {row[0]: row for row in table.rows}
    assert all(len(row) == len(columns) for row in rows.values())
    assert rows[SCALED][-6:-4] == (2, 1.5)
    assert rows[SCALED][-2:] == (3, 2)
    assert rows["price"][-6:] == (None,) * 6
    plain = quality_tables(quality(session, LEAD, replace(NOVEMBER, scorecard="phone@1")))["jakosc-kryteria"]
    assert not [name for name in plain.columns if "oziom" in name]


@pytest.mark.parametrize("levels", [(), (2,)])
def test_one_level_says_little_and_none_nothing(session: Session, levels: tuple[int, ...]) -> None:
    graded(session, *levels)
    view = quality(session, LEAD, NOVEMBER)
    if not levels:
        assert view.criteria == ()
        return
    mean = levels_of(view).mean
    assert (mean.mean, mean.n) == (2.0, 1)
    assert (mean.low, mean.high) == (pytest.approx(0.28, abs=0.01), pytest.approx(2.92, abs=0.01))
