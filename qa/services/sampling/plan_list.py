"""The list of sampling plans: each with its latest drawing, how far that is, and the interval that it buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.sampling.estimate import coverage_interval
from qa.services.sampling.plans import PlanView, plans
from qa.storage.people import SampleItemRow, SampleRow


@dataclass(frozen=True, slots=True)
class LatestDrawing:
    """The latest drawing of a plan, without second reviews.

    ``low`` and ``high`` are the interval that its size buys once it is reviewed; see
    :class:`qa.services.sampling.drawing.Preview`.
    """

    sample_id: str
    period_start: str
    period_end: str
    population: int
    items: int
    done: int
    open: int
    effective: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A plan with its latest drawing; None where it has drawn nothing."""

    plan: PlanView
    latest: LatestDrawing | None


@dataclass(frozen=True, slots=True)
class ListedPlans:
    """One page of plans, active ones first."""

    rows: tuple[ListedPlan, ...]
    total: int
    page: int


def plan_list(session: Session, actor: Actor, *, active: bool | None = None, page: int = 1) -> ListedPlans:
    """A page of plans, active ones first, then by name.

    Raises:
        Refused: the actor may neither plan nor read reviews.
        UsageProblem: there is no such page.
    """
    found = plans(session, actor, active=active, page=page)
    latest = _latest(session, [row.id for row in found.rows])
    return ListedPlans(
        tuple(ListedPlan(row, latest.get(row.id)) for row in found.rows), found.total, found.page
    )


def _latest(session: Session, plan_ids: Sequence[str]) -> dict[str, LatestDrawing]:
    newest = select(SampleRow.plan_id, func.max(SampleRow.period_start).label("start"))
    last = newest.where(SampleRow.plan_id.in_(plan_ids)).group_by(SampleRow.plan_id).subquery()
    weight = 1.0 / SampleItemRow.probability
    open_ = SampleItemRow.status.in_(("waiting", "claimed"))
    query = (
        select(
            SampleRow.plan_id,
            SampleRow.id,
            SampleRow.period_start,
            SampleRow.period_end,
            SampleRow.population,
            func.count(),
            func.sum(case((SampleItemRow.status == "done", 1), else_=0)),
            func.sum(case((open_, 1), else_=0)),
            func.sum(weight),
            func.sum(weight * weight),
        )
        .join(last, (last.c.plan_id == SampleRow.plan_id) & (last.c.start == SampleRow.period_start))
        .join(SampleItemRow, SampleItemRow.sample_id == SampleRow.id)
        .where(SampleItemRow.second_of.is_(None), SampleItemRow.status != "replaced")
        .group_by(
            SampleRow.plan_id,
            SampleRow.id,
            SampleRow.period_start,
            SampleRow.period_end,
            SampleRow.population,
        )
    )
    return {plan_id: _drawing(*rest) for plan_id, *rest in session.execute(query)}


def _drawing(
    sample_id: str,
    start: str,
    end: str,
    population: int,
    items: int,
    done: int,
    waiting: int,
    weight: float,
    squares: float,
) -> LatestDrawing:
    effective = weight**2 / squares
    low, high = coverage_interval(effective) or (None, None)
    return LatestDrawing(sample_id, start, end, population, items, done, waiting, effective, low, high)
