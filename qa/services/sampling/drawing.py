"""Drawing samples: what a plan would draw from a period, the drawing itself, and how far its review is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, UsageProblem
from qa.services.access.accounts import new_id
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable, rows_of
from qa.services.sampling.estimate import ASSUMED, coverage_interval
from qa.services.sampling.frame import candidates, counts
from qa.services.sampling.items import put
from qa.services.sampling.plan_content import PlanContent, period_of, plan_content
from qa.services.sampling.plans import PAGE, checked_content, plan_row
from qa.services.sampling.selection import Candidate, Drawing, allocate, probabilities, seconds
from qa.services.sampling.selection import draw as select_from
from qa.storage import audit
from qa.storage.digests import digest_of
from qa.storage.people import PlanRow, SampleItemRow, SampleRow

MOST_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class StratumPreview:
    """How many conversations a stratum has, how many would be drawn, and the interval that they buy."""

    stratum: str
    population: int
    planned: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would draw from a period.

    ``effective`` is how many evenly drawn conversations would tell as much about all of them; ``low`` and ``high`` are
    the interval that those buy where ``assumed`` of the conversations pass. Both are None where there is nothing.
    """

    period_start: str
    period_end: str
    population: int
    planned: int
    effective: float
    assumed: float
    low: float | None
    high: float | None
    strata: tuple[StratumPreview, ...]


@dataclass(frozen=True, slots=True)
class SampleView:
    """A drawing and how far its review is. ``complete`` says that it was drawn after the end of the period.

    ``items`` counts what is to be reviewed, with replacements in place of replaced ones and without second reviews.
    """

    id: str
    plan_id: str
    plan: str
    period_start: str
    period_end: str
    complete: bool
    seed: int
    population: int
    items: int
    seconds: int
    open: int
    done: int
    skipped: int
    replaced: int
    created_at: str


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One page of drawings, latest period first."""

    rows: tuple[SampleView, ...]
    total: int
    page: int


def preview(session: Session, actor: Actor, content: Mapping[str, Any], day: date) -> Preview:
    """What a plan, saved or not, would draw from the period that ``day`` is in.

    Raises:
        Refused: the actor may not plan.
        UsageProblem: the content cannot be used.
    """
    actor.must("sample.plan")
    checked = checked_content(session, content)
    first, last = period_of(checked.cycle, day)
    if checked.risk is None:
        found = counts(session, checked, (first, last))
        planned = allocate(found, checked.design())
        inverse = math.fsum(found[name] ** 2 / n for name, n in planned.items())
    else:
        found, planned, inverse = _risky(session, checked, (first, last))
    population = sum(found.values())
    effective = population**2 / inverse if inverse else 0.0
    low, high = coverage_interval(effective) or (None, None)
    return Preview(
        first.isoformat(),
        last.isoformat(),
        population,
        sum(planned.values()),
        effective,
        ASSUMED,
        low,
        high,
        _strata(found, planned),
    )


def _strata(found: Mapping[str, int], planned: Mapping[str, int]) -> tuple[StratumPreview, ...]:
    """The strata, largest first. Most have the same size drawn, and so the same interval."""
    buys = {n: coverage_interval(n) or (0.0, 1.0) for n in set(planned.values())}
    order = sorted(found, key=lambda name: (-found[name], name))
    return tuple(StratumPreview(name, found[name], planned[name], *buys[planned[name]]) for name in order)


def _risky(
    session: Session, content: PlanContent, period: tuple[date, date]
) -> tuple[dict[str, int], dict[str, int], float]:
    """Counts and plan by stratum, and the sum of all inverse probabilities, which depend on the risks."""
    strata: dict[str, list[Candidate]] = {}
    for one in candidates(session, content, period):
        strata.setdefault(one.stratum, []).append(one)
    found = {name: len(rows) for name, rows in strata.items()}
    design = content.design()
    planned = allocate(found, design)
    inverse = math.fsum(
        1 / p for name, rows in strata.items() for p in probabilities(rows, planned[name], design)
    )
    return found, planned, inverse


def draw(
    session: Session,
    actor: Actor,
    plan_id: str,
    day: date,
    *,
    today: date,
    seed: int | None = None,
    by_system: bool = False,
) -> SampleView:
    """Draw the period that ``day`` is in and put what was drawn into the queue.

    Without a ``seed`` plan and period decide it, so that nobody can draw until they like the sample.
    ``by_system`` says that the program draws for the actor, which the audit log tells apart.

    Raises:
        Missing: there is no such plan, or the period has no conversations for it.
        Conflict: the plan is out of use, or has drawn one of these days already.
        UsageProblem: the period has not begun, or the seed is out of range.
    """
    actor.must("sample.plan")
    row = plan_row(session, plan_id)
    content = plan_content(row.content)
    first, last = period_of(content.cycle, day)
    _may_draw(session, row, first, last, today)
    seed = _seed(row.id, first, seed)
    drawing = select_from(candidates(session, content, (first, last)), content.design(), seed)
    if not drawing.chosen:
        raise Missing("W tym okresie nie ma ocenionych rozmów, z których plan mógłby losować.")
    sample = SampleRow(
        id=new_id(),
        plan_id=row.id,
        period_start=first.isoformat(),
        period_end=last.isoformat(),
        seed=seed,
        population=sum(population for population, _ in drawing.frame.values()),
        details=_details(content, drawing, complete=last < today),
        created_by=actor.id,
    )
    _keep(session, sample)
    due_on = (today + timedelta(days=content.due_days)).isoformat()
    again = seconds(drawing.chosen, content.second_share, seed)
    items = put(session, sample, drawing.chosen, again, due_on)
    told = {"plan": row.id, "items": len(items), "seed": seed} | ({"for": actor.login} if by_system else {})
    audit.record(session, audit.SYSTEM if by_system else actor.login, "sample_draw", sample.id, told)
    return _sample_views(session, SampleRow.id == sample.id)[0]


def _may_draw(session: Session, row: PlanRow, first: date, last: date, today: date) -> None:
    if not row.active:
        raise Conflict("Ten plan jest wyłączony: włącz go, zanim wylosujesz próbę.")
    if first > today:
        raise UsageProblem("Ten okres jeszcze się nie zaczął: wybierz wcześniejszy dzień.")
    drawn = session.execute(
        select(SampleRow.period_start, SampleRow.period_end)
        .where(
            SampleRow.plan_id == row.id,
            SampleRow.period_start <= last.isoformat(),
            SampleRow.period_end >= first.isoformat(),
        )
        .limit(1)
    ).first()
    if drawn is not None:
        raise Conflict(
            "Ten plan ma już próbę z dni {first} – {last}: wybierz inny okres albo inny plan.",
            first=drawn[0],
            last=drawn[1],
        )


def _seed(plan_id: str, first: date, seed: int | None) -> int:
    if seed is None:
        return int(digest_of(plan_id, first.isoformat())[:8], 16) % MOST_SEED
    if isinstance(seed, bool) or not 0 <= seed <= MOST_SEED:
        raise UsageProblem("Ziarno losowania (`seed`) to liczba całkowita od 0 do {most}.", most=MOST_SEED)
    return seed


def _details(content: PlanContent, drawing: Drawing, *, complete: bool) -> dict[str, Any]:
    """The plan as it was, the frame, and the reserve with what an item needs of each conversation."""
    return {
        "method": content.method,
        "content": content.as_dict(),
        "complete": complete,
        "frame": {name: list(pair) for name, pair in drawing.frame.items()},
        "reserve": {
            name: [[one.conversation_id, one.agent_id, one.probability, one.reason] for one in rows]
            for name, rows in drawing.reserve.items()
        },
    }


def _keep(session: Session, sample: SampleRow) -> None:
    try:
        with session.begin_nested():
            session.add(sample)
    except IntegrityError as error:
        raise Conflict("Ktoś właśnie wylosował ten okres: odśwież stronę.") from error


def samples(session: Session, actor: Actor, *, plan_id: str | None = None, page: int = 1) -> SamplePage:
    """A page of drawings with their progress, latest period first."""
    actor.must("sample.plan", "review.read")
    if plan_id is not None and not is_storable(plan_id):
        raise Missing("Nie ma takiego planu próby.")
    where = [] if plan_id is None else [SampleRow.plan_id == plan_id]
    total = session.scalar(select(func.count()).select_from(SampleRow).where(*where)) or 0
    return SamplePage(tuple(_sample_views(session, *where, page=page)), total, page)


def _sample_views(session: Session, *where: Any, page: int = 1) -> list[SampleView]:
    offset, limit = rows_of(page, PAGE)
    query = (
        select(SampleRow, PlanRow.name)
        .join(PlanRow, PlanRow.id == SampleRow.plan_id)
        .where(*where)
        .order_by(SampleRow.period_start.desc(), SampleRow.created_at.desc(), SampleRow.id)
        .offset(offset)
        .limit(limit)
    )
    rows = session.execute(query).tuples().all()
    progress = _progress(session, [row.id for row, _ in rows])
    return [_sample_view(row, name, progress.get(row.id, Counter())) for row, name in rows]


def _progress(session: Session, ids: Iterable[str]) -> dict[str, Counter[str]]:
    """How many items of each status each sample has; those of second reviews are counted as ``second``."""
    query = (
        select(
            SampleItemRow.sample_id,
            SampleItemRow.status,
            func.count(),
            func.count(SampleItemRow.second_of),
        )
        .where(SampleItemRow.sample_id.in_(ids))
        .group_by(SampleItemRow.sample_id, SampleItemRow.status)
    )
    found: dict[str, Counter[str]] = {}
    for sample_id, status, items, again in session.execute(query):
        one = found.setdefault(sample_id, Counter())
        one[status] += items - again
        one["second"] += again
    return found


def _sample_view(row: SampleRow, plan_name: str, progress: Counter[str]) -> SampleView:
    waiting = progress["waiting"] + progress["claimed"]
    return SampleView(
        row.id,
        row.plan_id,
        plan_name,
        row.period_start,
        row.period_end,
        bool(row.details["complete"]),
        row.seed,
        row.population,
        waiting + progress["done"] + progress["skipped"],
        progress["second"],
        waiting,
        progress["done"],
        progress["skipped"],
        progress["replaced"],
        row.created_at.isoformat(),
    )
