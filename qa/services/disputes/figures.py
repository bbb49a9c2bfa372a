"""How disputes end: time to decision and overturned outcomes by criterion and by reviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.disputes.deciding import DECIDED, OVERTURNED
from qa.services.judging.cards import criterion_name
from qa.services.judging.trust import Share
from qa.storage.analysis import midnight
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow

MACHINE = "Ocena automatyczna"
YEARS = range(2000, 2101)  # midnight of the very first and last days of the calendar cannot be computed


@dataclass(frozen=True, slots=True)
class OverturnRate:
    """Overturned of decided disputes for one criterion or one author; the machine's id is None."""

    id: str | None
    name: str
    overturned: Share


@dataclass(frozen=True, slots=True)
class DisputeFigures:
    """Disputes decided in a period, and those open now.

    ``hours`` is the median from raising to decision over ``overturned.whole`` disputes, ``slowest`` the longest.
    Rates stand by name: with so few disputes their intervals overlap, and nobody is ranked.
    """

    open: int
    oldest_open: str | None
    hours: float | None
    slowest: float | None
    overturned: Share
    by_criterion: tuple[OverturnRate, ...]
    by_reviewer: tuple[OverturnRate, ...]


def dispute_figures(
    session: Session, actor: Actor, first: date | None = None, last: date | None = None
) -> DisputeFigures:
    """Figures of disputes decided from ``first`` to ``last``, Polish days, both included; without those about what the actor has still
    to judge blind.

    Raises:
        Refused: the actor may not read disputes.
        UsageProblem: the period ends before it begins, or lies outside the years 2000 to 2100.
    """
    actor.must("dispute.read")
    if any(day is not None and day.year not in YEARS for day in (first, last)):
        raise UsageProblem("Podaj dni z lat od 2000 do 2100.")
    if first and last and last < first:
        raise UsageProblem("Okres kończy się przed swoim początkiem: zamień daty.")
    period = [*_period(first, last), DisputeRow.conversation_id.not_in(sorted(hidden_from(session, actor)))]
    counts = _counts(session, period)
    hours = _hours(session, period)
    waiting = select(func.count(), func.min(DisputeRow.created_at)).where(DisputeRow.status == "open")
    number, oldest = session.execute(waiting).one()
    return DisputeFigures(
        number,
        oldest.isoformat() if oldest else None,
        median(hours) if hours else None,
        max(hours, default=None),
        _share(counts),
        _by_criterion(counts),
        _by_reviewer(session, counts),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    criterion: str
    author: str | None
    scorecard: str | None
    status: str
    number: int


def _period(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [DisputeRow.status.in_(DECIDED)]
    if first:
        conditions.append(DisputeRow.decided_at >= midnight(first))
    if last:
        conditions.append(DisputeRow.decided_at < midnight(last + timedelta(days=1)))
    return conditions


def _counts(session: Session, period: Sequence[ColumnElement[bool]]) -> list[_Count]:
    scorecard = func.coalesce(ReviewRow.scorecard, OverviewRow.scorecard)
    groups = (DisputeRow.criterion, ReviewRow.account_id, scorecard, DisputeRow.status)
    query = (
        select(*groups, func.count())
        .outerjoin(ReviewRow, ReviewRow.id == DisputeRow.review_id)
        .outerjoin(OverviewRow, OverviewRow.conversation_id == DisputeRow.conversation_id)
        .where(*period)
        .group_by(*groups)
    )
    return [_Count(*row) for row in session.execute(query)]


def _hours(session: Session, period: Sequence[ColumnElement[bool]]) -> list[float]:
    """Read, not computed in the database: the two kinds know no common median nor difference of moments."""
    query = select(DisputeRow.created_at, DisputeRow.decided_at).where(*period)
    return [
        (decided - created).total_seconds() / 3600
        for created, decided in session.execute(query)
        if decided is not None
    ]


def _share(counts: Iterable[_Count]) -> Share:
    found: Counter[bool] = Counter()
    for one in counts:
        found[one.status in OVERTURNED] += one.number
    return Share(found[True], found.total())


def _by_criterion(counts: Sequence[_Count]) -> tuple[OverturnRate, ...]:
    cards = {one.criterion: one.scorecard for one in counts}
    return _rates(
        [(one.criterion, criterion_name(cards[one.criterion], one.criterion), one) for one in counts]
    )


def _by_reviewer(session: Session, counts: Sequence[_Count]) -> tuple[OverturnRate, ...]:
    people = names(session)
    return _rates(
        [(one.author, people.get(one.author, GONE) if one.author else MACHINE, one) for one in counts]
    )


def _rates(counts: Sequence[tuple[str | None, str, _Count]]) -> tuple[OverturnRate, ...]:
    groups: dict[tuple[str, str | None], list[_Count]] = {}
    for identifier, name, one in counts:
        groups.setdefault((name, identifier), []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (item[0][0].casefold(), item[0][1] or ""))
    return tuple(OverturnRate(identifier, name, _share(group)) for (name, identifier), group in ordered)
