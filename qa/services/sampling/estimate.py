"""What a sample says about all conversations: the interval that a size buys, and unbiased shares with theirs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import Missing, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable
from qa.storage.people import OverviewRow, PlanRow, ReviewRow, SampleItemRow, SampleRow

FEW = 10
ASSUMED = 0.853
METHOD = (
    "Udział ważony odwrotnością prawdopodobieństwa wyboru (Hájek); 95-procentowy przedział Wilsona "
    "dla efektywnej liczby ocen, bez poprawki na skończoną populację."
)


def coverage_interval(n: float, share: float = ASSUMED) -> tuple[float, float] | None:
    """The 95 % interval that ``n`` reviewed conversations buy where ``share`` of them pass; None of none.

    Wilson's interval of ``share * n`` passes of ``n``, whole or not. "5 calls: 42-98 %; 25: 67-94 %" is this interval
    at shares from 0.851 to 0.855 (at 0.85 the second begins at 66.498 %); the exact, Jeffreys and Agresti-Coull
    intervals give both at no share. ``n`` may be an effective number.

    Raises:
        UsageProblem: the share is not between 0 and 1.
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= share <= 1:
        raise UsageProblem("Zakładany udział zaliczonych to liczba od 0 do 1.")
    if n <= 0:
        return None
    low, high = proportion_confint(share * n, n, method="wilson")
    return max(0.0, float(low)), min(1.0, float(high))


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted share of ``n`` values. ``effective`` is how many equally weighted ones would say as much."""

    n: int
    effective: float
    value: float | None
    low: float | None
    high: float | None


def weighted_share(values: Sequence[tuple[bool, float]]) -> Weighted:
    """Hajek's share of true values, each given with its inclusion probability.

    The interval is Wilson's for the effective number: the smaller of Kish's ``(sum w)^2 / sum w^2`` and that which
    the linearised variance ``sum w^2 (y - p)^2 / (sum w)^2`` comes to (Korn and Graubard 1998), so it stays sensible
    where all values are the same and the variance would be 0. There is no correction for a finite population: the
    interval is a little wide where most of it was reviewed.
    """
    if not values:
        return Weighted(0, 0.0, None, None, None)
    pairs = [(passed, 1 / probability) for passed, probability in values]
    total = math.fsum(weight for _, weight in pairs)
    p = math.fsum(weight for passed, weight in pairs if passed) / total
    effective = total**2 / math.fsum(weight**2 for _, weight in pairs)
    variance = math.fsum((weight * (passed - p)) ** 2 for passed, weight in pairs) / total**2
    if variance > 0 and 0 < p < 1:
        effective = min(effective, p * (1 - p) / variance)
    interval = coverage_interval(effective, min(1.0, max(0.0, p)))
    low, high = interval or (None, None)
    return Weighted(len(values), effective, p, low, high)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of conversations that pass a criterion among those to which it applies.

    It is about the conversations that ``plan`` draws from. ``drawn`` counts the drawn ones (a replaced one by what
    replaced it), ``reviewed`` those with a finished review, ``skipped`` those that could not be replaced, ``n`` the
    reviewed ones to which the criterion applies. ``method`` and ``note`` are Polish sentences; ``note`` says what to
    beware of, or is empty.
    """

    criterion: str
    plan_id: str
    plan: str
    first_day: str
    last_day: str
    drawn: int
    reviewed: int
    skipped: int
    n: int
    effective: float
    value: float | None
    low: float | None
    high: float | None
    method: str
    note: str


def estimate(
    session: Session,
    actor: Actor,
    criterion: str,
    first_day: date,
    last_day: date,
    *,
    plan_id: str | None = None,
    scorecard: str | None = None,
    agent_id: str | None = None,
    team: str | None = None,
    channel: str | None = None,
) -> Estimate | None:
    """The share of passes of conversations of these days, from reviewed samples; None where nothing was reviewed.

    Only first reviews of drawn conversations count, as decided disputes have corrected them; blind second ones
    measure agreement. Samples of several plans are of different conversations and are not mixed: without ``plan_id``
    it is the plan whose samples were drawn from the most conversations.

    Raises:
        Refused: the actor may not read reviews.
        UsageProblem: the days are the wrong way round, or the criterion is no id.
        Missing: there is no such plan.
    """
    found = estimates(
        session,
        actor,
        [criterion],
        first_day,
        last_day,
        plan_id=plan_id,
        scorecard=scorecard,
        agent_id=agent_id,
        team=team,
        channel=channel,
    )
    return found[0] if found else None


def estimates(
    session: Session,
    actor: Actor,
    criteria: Sequence[str],
    first_day: date,
    last_day: date,
    *,
    plan_id: str | None = None,
    scorecard: str | None = None,
    agent_id: str | None = None,
    team: str | None = None,
    channel: str | None = None,
    without: Collection[str] = (),
) -> list[Estimate]:
    """:func:`estimate` of several criteria, which reads the reviews only once; empty where nothing was reviewed.

    Args:
        without: conversations whose reviews are taken for not yet made.

    Raises:
        Refused: the actor may not read reviews.
        UsageProblem: the days are the wrong way round, or a criterion is no id.
        Missing: there is no such plan.
    """
    actor.must("review.read")
    _check(criteria, first_day, last_day, (plan_id, scorecard, agent_id, team, channel))
    if plan_id is not None and session.get(PlanRow, plan_id) is None:
        raise Missing("Nie ma takiego planu próby.")
    where = _where(first_day, last_day, scorecard, agent_id, team, channel)
    chosen = plan_id or _widest(session, where)
    if chosen is None:
        return []
    where.append(SampleRow.plan_id == chosen)
    name = session.scalar(select(PlanRow.name).where(PlanRow.id == chosen)) or ""
    drawn, skipped = _counts(session, where)
    if without:
        where.append(SampleItemRow.conversation_id.not_in(sorted(without)))
    judged = _judged(session, where, scorecard)
    return [
        _estimate(criterion, chosen, name, (first_day, last_day), (drawn, skipped), judged)
        for criterion in criteria
    ]


def _estimate(
    criterion: str,
    plan_id: str,
    plan: str,
    days: tuple[date, date],
    counted: tuple[int, int],
    judged: Sequence[tuple[Mapping[str, Any], float]],
) -> Estimate:
    outcomes = [(criteria.get(criterion, {}).get("outcome"), p) for criteria, p in judged]
    share = weighted_share([(outcome == "pass", p) for outcome, p in outcomes if outcome in ("pass", "fail")])
    drawn, skipped = counted
    return Estimate(
        criterion,
        plan_id,
        plan,
        days[0].isoformat(),
        days[1].isoformat(),
        drawn,
        len(judged),
        skipped,
        share.n,
        share.effective,
        share.value,
        share.low,
        share.high,
        METHOD,
        _note(share, drawn, len(judged), skipped),
    )


def _check(criteria: Iterable[str], first_day: date, last_day: date, narrowed: Iterable[str | None]) -> None:
    if first_day > last_day:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    if not all(0 < len(criterion) <= 120 for criterion in criteria):
        raise UsageProblem("Podaj identyfikator kryterium z karty oceny.")
    if not all(value is None or is_storable(value) for value in narrowed):
        raise UsageProblem("Filtr zawiera znaki, których nie da się zapisać: usuń je.")


def _where(
    first: date,
    last: date,
    scorecard: str | None,
    agent_id: str | None,
    team: str | None,
    channel: str | None,
) -> list[ColumnElement[bool]]:
    day = func.coalesce(OverviewRow.day, "")  # no index: from the few items to their days, not the other way
    found: list[ColumnElement[bool]] = [
        SampleItemRow.second_of.is_(None),
        SampleItemRow.status != "replaced",
        SampleRow.period_start <= last.isoformat(),
        SampleRow.period_end >= first.isoformat(),
        day.between(first.isoformat(), last.isoformat()),
    ]
    for column, value in (
        (OverviewRow.scorecard, scorecard),
        (OverviewRow.agent_id, agent_id),
        (OverviewRow.team, team),
        (OverviewRow.channel, channel),
    ):
        if value is not None:
            found.append(column == value)
    return found


def _items(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(SampleRow)
        .join(SampleItemRow, SampleItemRow.sample_id == SampleRow.id)
        .join(OverviewRow, OverviewRow.conversation_id == SampleItemRow.conversation_id)
    )


def _widest(session: Session, where: Iterable[ColumnElement[bool]]) -> str | None:
    done = func.sum(case((SampleItemRow.status == "done", 1), else_=0))
    query = (
        _items(SampleRow.plan_id, SampleRow.population, done)
        .where(*where)
        .group_by(SampleRow.plan_id, SampleRow.id, SampleRow.population)
    )
    frames: dict[str, tuple[int, int]] = {}
    for plan_id, population, reviewed in session.execute(query):
        before = frames.get(plan_id, (0, 0))
        frames[plan_id] = before[0] + population, before[1] + reviewed
    known = {plan_id: frame for plan_id, frame in frames.items() if frame[1]}
    return max(known, key=lambda plan_id: (known[plan_id], plan_id), default=None)


def _counts(session: Session, where: Iterable[ColumnElement[bool]]) -> tuple[int, int]:
    query = _items(SampleItemRow.status, func.count()).where(*where).group_by(SampleItemRow.status)
    found: dict[str, int] = dict(session.execute(query).tuples().all())
    return sum(found.values()), found.get("skipped", 0)


def _judged(
    session: Session, where: Iterable[ColumnElement[bool]], scorecard: str | None
) -> list[tuple[Mapping[str, Any], float]]:
    """What each drawn conversation was judged by its latest review and later disputes, with its probability."""
    theirs = and_(ReviewRow.item_id == SampleItemRow.id, ReviewRow.kind == "review")
    query = (
        _items(SampleItemRow.id, SampleItemRow.probability, ReviewRow.kind, ReviewRow.criteria)
        .join(ReviewRow, ReviewRow.conversation_id == SampleItemRow.conversation_id)
        .where(*where, ReviewRow.status == "finished", or_(theirs, ReviewRow.kind == "dispute"))
        .order_by(ReviewRow.finished_at, ReviewRow.id)
    )
    if scorecard is not None:
        query = query.where(ReviewRow.scorecard == scorecard)
    found: dict[str, tuple[Mapping[str, Any], float]] = {}
    for item_id, probability, kind, criteria in session.execute(query):
        if kind == "review":
            found[item_id] = criteria, probability
        elif item_id in found:  # a dispute before the review was about the automatic outcome
            found[item_id] = {**found[item_id][0], **criteria}, probability
    return list(found.values())


def _note(share: Weighted, drawn: int, reviewed: int, skipped: int) -> str:
    found = []
    if not share.n:
        found.append("Żadna oceniona rozmowa z próby nie dotyczy tego kryterium.")
    elif share.effective < FEW:
        found.append(
            f"Mało ocen (efektywnie {share.effective:.0f}): przedział jest szeroki i tylko orientacyjny."
        )
    if reviewed + skipped < drawn:
        found.append(
            f"Oceniono {reviewed} z {drawn} wylosowanych rozmów: kolejka podaje najpierw najmniej pewne, "
            "więc wynik może się zmienić, gdy dojdą pozostałe."
        )
    if skipped:
        found.append(f"Pominięto bez zastępstwa: {skipped}; nie wiadomo, jak wypadłyby te rozmowy.")
    return " ".join(found)
