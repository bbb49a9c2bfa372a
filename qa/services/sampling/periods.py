"""The periods that a plan can draw: the latest ones that hold conversations for it, and which it has drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.sampling.frame import frame_conditions
from qa.services.sampling.plan_content import period_of, plan_content
from qa.services.sampling.plans import plan_row
from qa.storage.people import OverviewRow, SampleRow

MOST = 12


@dataclass(frozen=True, slots=True)
class DrawPeriod:
    """A day, ISO week or month that holds conversations for a plan; days are ISO, both included.

    ``over`` says that the period has ended, ``sample_id`` is the plan's drawing of one of these days, or None.
    """

    first: str
    last: str
    over: bool
    sample_id: str | None


def newest_day(session: Session, actor: Actor, today: date) -> date | None:
    """The latest day, not after ``today``, that holds a scored conversation; None where there is none.

    Raises:
        Refused: the actor may not plan.
    """
    actor.must("sample.plan")
    return _newest(session, [OverviewRow.scorecard.is_not(None), OverviewRow.day <= today.isoformat()])


def fitting_cycle(session: Session, actor: Actor, size: int, today: date) -> tuple[str, date | None, bool]:
    """The shorter of week and month whose latest period holds so many scored conversations, else the month.

    With it a day of that period and whether it holds so many. Daily plans are left to the lead: they would ask seven times
    the work of a small team. A period that has ended goes before one that has only begun, which looks poor on Mondays.

    Raises:
        Refused: the actor may not plan.
    """
    actor.must("sample.plan")
    day = None
    for cycle in ("weekly", "monthly"):
        ended = period_of(cycle, today)[0] - timedelta(days=1)
        day = newest_day(session, actor, ended) or newest_day(session, actor, today)
        if day is None:
            break
        first, last = (one.isoformat() for one in period_of(cycle, day))
        within = [OverviewRow.scorecard.is_not(None), OverviewRow.day.between(first, last)]
        if (session.scalar(select(func.count()).select_from(OverviewRow).where(*within)) or 0) >= size:
            return cycle, day, True
    return ("monthly", day, False) if day else ("weekly", None, False)


def periods(session: Session, actor: Actor, plan_id: str, today: date) -> tuple[DrawPeriod, ...]:
    """The last periods of the plan that hold conversations for it, newest first.

    Raises:
        Refused: the actor may not plan.
        Missing: there is no such plan.
    """
    actor.must("sample.plan")
    content = plan_content(plan_row(session, plan_id).content)
    found: list[tuple[date, date]] = []
    before = today
    while len(found) < MOST:  # one look at the index for each, where counting would read all their rows
        day = _newest(session, frame_conditions(content, (date.min, before)))
        if day is None:
            break
        found.append(period_of(content.cycle, day))
        before = found[-1][0] - timedelta(days=1)
    drawn = _drawn(session, plan_id, found[-1][0]) if found else []
    return tuple(_period(one, today, drawn) for one in found)


def _newest(session: Session, where: Sequence[ColumnElement[bool]]) -> date | None:
    # from the end of the index of days to the first that fits, which max() would not do
    day = session.scalar(select(OverviewRow.day).where(*where).order_by(OverviewRow.day.desc()).limit(1))
    return date.fromisoformat(day) if day else None


def _drawn(session: Session, plan_id: str, first: date) -> list[tuple[str, str, str]]:
    query = select(SampleRow.period_start, SampleRow.period_end, SampleRow.id).where(
        SampleRow.plan_id == plan_id, SampleRow.period_end >= first.isoformat()
    )
    return list(session.execute(query).tuples())


def _period(days: tuple[date, date], today: date, drawn: Sequence[tuple[str, str, str]]) -> DrawPeriod:
    first, last = days[0].isoformat(), days[1].isoformat()
    sample = next((key for start, end, key in drawn if start <= last and end >= first), None)
    return DrawPeriod(first, last, days[1] < today, sample)
