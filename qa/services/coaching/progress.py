"""Figures of people over a period: shares of criteria with n, and differences between two with 95 % intervals.

What a person decided in a finished review stands in place of the machine's outcome. Calibrations are practice and
count nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import hypot
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa.services.judging.trust import Share
from qa.storage.batches import in_batches
from qa.storage.people import AccountRow, DisputeRow, OutcomeRow, OverviewRow, ReviewRow

DECIDED = ("pass", "fail")
GIVEN = (*DECIDED, "na")
# The first of them has the last word: a blind second review measures agreement, it does not overrule.
KINDS = ("dispute", "review", "second")
BETTER, WORSE, SAME = "lepiej", "gorzej", "bez uchwytnej zmiany"

Shares = dict[str, dict[str, Share]]  # by agent and criterion
_Said = tuple[str, str, dict[str, Any]]  # agent, day, what was decided by criterion


@dataclass(frozen=True, slots=True)
class Period:
    """ISO days, both included, and how many they are."""

    first: str
    last: str
    days: int


@dataclass(frozen=True, slots=True)
class Proportion:
    """``part`` of ``n`` as shown: the value and its 95 % Wilson interval are None of nothing."""

    part: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares (-1..1) with its 95 % interval.

    ``verdict`` is "lepiej" or "gorzej" only where the interval excludes 0, otherwise "bez uchwytnej zmiany".
    """

    value: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person decided on one criterion of one conversation, beside the machine's outcome, if there is one."""

    conversation_id: str
    agent_id: str
    day: str
    criterion: str
    outcome: str
    comment: str
    machine: str | None
    confidence: float | None


def period(first: date, last: date) -> Period:
    """The days from ``first`` to ``last``, which is not earlier."""
    return Period(first.isoformat(), last.isoformat(), (last - first).days + 1)


def period_before(one: Period, days: int | None = None) -> Period:
    """The days right before: as many, or ``days``."""
    last = date.fromisoformat(one.first) - timedelta(days=1)
    return period(last - timedelta(days=(days or one.days) - 1), last)


def proportion(share: Share) -> Proportion:
    """The share as shown."""
    low, high = share.interval or (None, None)
    return Proportion(share.part, share.whole, share.value, low, high)


def estimate(share: Share) -> Estimate | None:
    """The share as an estimate; None of nothing."""
    if share.value is None or share.interval is None:
        return None
    return Estimate(share.value, *share.interval)


def minus(one: Estimate, other: Estimate) -> Estimate:
    """The difference of two independent estimates from their own intervals (MOVER, Zou and Donner 2008).

    Of two shares with Wilson intervals this is Newcombe's method 10 (1998).
    """
    value = one.value - other.value
    low = value - hypot(one.value - one.low, other.high - other.value)
    high = value + hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, low, high)


def difference(now: Share, before: Share) -> Difference | None:
    """How much ``now`` is above ``before``; None where one of them is of nothing."""
    one, other = estimate(now), estimate(before)
    return shown(minus(one, other)) if one and other else None


def shown(one: Estimate) -> Difference:
    """A difference with its verdict."""
    return Difference(one.value, one.low, one.high, verdict_of(one))


def verdict_of(*differences: Estimate | Difference) -> str:
    """The verdict on which the intervals of all of them agree."""
    if all(one.low > 0 for one in differences):
        return BETTER
    return WORSE if all(one.high < 0 for one in differences) else SAME


def colleagues(session: Session, agent_id: str, team: str | None, within: Period) -> list[str]:
    """Who else had conversations in the team; nobody where there is no team."""
    if team is None:
        return []
    query = (
        select(OverviewRow.agent_id)
        .where(OverviewRow.team == team, *_within(OverviewRow, within), OverviewRow.agent_id.is_not(None))
        .distinct()
    )
    return sorted(one for one in session.scalars(query) if one and one != agent_id)


def shares(
    session: Session,
    agents: Sequence[str],
    within: Period,
    criterion: str | None = None,
    without: Collection[str] = (),
) -> Shares:
    """Passes among decided applicable outcomes, by agent and criterion; what nothing is decided of is left out.

    Args:
        without: conversations that do not count, because who reads it has still to judge them blind.
    """
    counts: Counter[tuple[str, str, str | None]] = Counter()
    for part in in_batches(agents):
        query = (
            select(OutcomeRow.agent_id, OutcomeRow.criterion, OutcomeRow.outcome, func.count())
            .where(OutcomeRow.agent_id.in_(part), *_within(OutcomeRow, within, without), *_named(criterion))
            .where(OutcomeRow.outcome.in_(DECIDED))
            .group_by(OutcomeRow.agent_id, OutcomeRow.criterion, OutcomeRow.outcome)
        )
        for agent, name, outcome, n in session.execute(query):
            counts[agent or "", name, outcome] = n
    for one in judged_by_people(session, agents, within, criterion, without):
        counts[one.agent_id, one.criterion, one.machine] -= 1
        counts[one.agent_id, one.criterion, one.outcome] += 1
    found: Shares = {}
    for agent, name in {key[:2] for key in counts}:
        passed, failed = (counts[agent, name, outcome] for outcome in DECIDED)
        if passed + failed:
            found.setdefault(agent, {})[name] = Share(passed, passed + failed)
    return found


def pooled(found: Mapping[str, Mapping[str, Share]]) -> dict[str, Share]:
    """The shares of all these people together, by criterion."""
    parts: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    for of_one in found.values():
        for name, share in of_one.items():
            parts[name] += share.part
            wholes[name] += share.whole
    return {name: Share(parts[name], whole) for name, whole in wholes.items()}


def judged_by_people(
    session: Session,
    agents: Sequence[str],
    within: Period,
    criterion: str | None = None,
    without: Collection[str] = (),
) -> Iterator[Judged]:
    """What people decided in finished reviews of these agents' conversations but those ``without``, one value a criterion.

    In a conversation that a dispute found to be another person's nothing applies to this one.
    """
    for part in in_batches(agents):
        said, foreign = _said(session, part, within), _not_theirs(session, part, within)
        for ids in in_batches(sorted((said.keys() | foreign.keys()) - set(without))):
            machine = _machine(session, ids, criterion)
            for identifier in ids:
                automatic = machine.get(identifier, {})
                agent, day, criteria = foreign.get(identifier) or said[identifier]
                if identifier in foreign:
                    criteria = {name: {"outcome": "na"} for name in automatic}
                for name, one in criteria.items():
                    if criterion in (None, name) and one["outcome"] in GIVEN:
                        outcome, sure = automatic.get(name, (None, None))
                        comment = one.get("comment", "")
                        yield Judged(identifier, agent, day, name, one["outcome"], comment, outcome, sure)


def _said(session: Session, agents: Sequence[str], within: Period) -> dict[str, _Said]:
    """Agent, day and what was decided, by conversation; the last word of each criterion."""
    query = (
        select(OverviewRow.agent_id, OverviewRow.day, ReviewRow)
        .join(ReviewRow, ReviewRow.conversation_id == OverviewRow.conversation_id)
        .where(OverviewRow.agent_id.in_(agents), *_within(OverviewRow, within))
        .where(ReviewRow.status == "finished", ReviewRow.kind.in_(KINDS), ReviewRow.finished_at.is_not(None))
    )
    rows = sorted(
        session.execute(query).tuples(), key=lambda row: (-KINDS.index(row[2].kind), row[2].finished_at)
    )
    found: dict[str, _Said] = {}
    for agent, day, review in rows:
        earlier = found[review.conversation_id][2] if review.conversation_id in found else {}
        found[review.conversation_id] = (agent or "", day, {**earlier, **review.criteria})
    return found


def _not_theirs(session: Session, agents: Sequence[str], within: Period) -> dict[str, _Said]:
    """Conversations that still carry the name of somebody who, a dispute found, did not have them."""
    query = (
        select(OverviewRow.conversation_id, OverviewRow.agent_id, OverviewRow.day)
        .join(DisputeRow, DisputeRow.conversation_id == OverviewRow.conversation_id)
        .join(AccountRow, AccountRow.id == DisputeRow.account_id)
        .where(DisputeRow.status == "wrong_person", AccountRow.agent_id == OverviewRow.agent_id)
        .where(OverviewRow.agent_id.in_(agents), *_within(OverviewRow, within))
    )
    return {identifier: (agent or "", day, {}) for identifier, agent, day in session.execute(query)}


def _machine(
    session: Session, ids: Sequence[str], criterion: str | None
) -> dict[str, dict[str, tuple[str, float]]]:
    """Outcome and confidence by conversation and criterion."""
    query = select(
        OutcomeRow.conversation_id, OutcomeRow.criterion, OutcomeRow.outcome, OutcomeRow.confidence
    ).where(OutcomeRow.conversation_id.in_(ids), *_named(criterion))
    found: dict[str, dict[str, tuple[str, float]]] = {}
    for identifier, name, outcome, sure in session.execute(query):
        found.setdefault(identifier, {})[name] = (outcome, sure)
    return found


def _within(
    table: type[OverviewRow] | type[OutcomeRow], within: Period, without: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    left_out = [table.conversation_id.not_in(sorted(without))] if without else []
    return [table.day >= within.first, table.day <= within.last, *left_out]


def _named(criterion: str | None) -> Iterable[ColumnElement[bool]]:
    return () if criterion is None else (OutcomeRow.criterion == criterion,)
