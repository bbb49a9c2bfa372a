"""The list of conversations: filtered, counted and paged in the database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.coaching.progress import DECIDED, Period, judged_by_people
from qa.services.conversations.reasons import check_reason_filter, has_reason
from qa.storage.people import OutcomeRow, OverviewRow, ReviewRow
from scorecards.evaluation import OUTCOMES
from transcripts.conversation import CHANNELS
from transcripts.tags import SENTIMENTS

PAGE = 50
MOST_CHOICES = 2000
COUNTED = 2_000  # beyond it the list says "over 2,000": counting more would cost more than anybody gains
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LEVEL = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty value narrows nothing.

    ``first`` and ``last`` are ISO days, both included; ``reason`` is a leaf, a group or ``none``; ``criterion`` with ``outcome``
    narrows to an automatic outcome, ``decided`` (pass or fail), the number of a level, or what the figures of a 1:1 count of
    one ``agent`` and period, where people's outcomes stand before the machine's: one of ``COUNTED_OUTCOMES``; ``state`` is ``critical``, ``undecided``, ``reviewed``, ``unreviewed``,
    ``falling`` (the sentiment got worse) or ``scored``.
    """

    first: str = ""
    last: str = ""
    channel: str = ""
    team: str = ""
    agent: str = ""
    reason: str = ""
    sentiment: str = ""
    scorecard: str = ""
    criterion: str = ""
    outcome: str = ""
    state: str = ""
    customer: str = ""
    identifier: str = ""

    def given(self) -> dict[str, str]:
        """Those that narrow."""
        return {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}


@dataclass(frozen=True, slots=True)
class ListedConversation:
    """One line of the list. ``score`` is 0..100 or None, ``seconds`` the length of a call."""

    conversation_id: str
    channel: str
    started_at: str
    agent_id: str | None
    team: str | None
    opening: str
    primary_reason: str | None
    sentiment: str | None
    score: float | None
    critical: bool
    undecided: int
    seconds: float | None
    reviewed: bool


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One page, newest first. ``total`` is at most COUNTED + 1; ``older`` is the place where the next page begins."""

    rows: tuple[ListedConversation, ...]
    total: int
    older: str | None


COUNTED_OUTCOMES: Mapping[str, tuple[str, ...]] = {"counted": DECIDED, "counted_fail": ("fail",)}
KNOWN_OUTCOMES = (*OUTCOMES, "decided", *COUNTED_OUTCOMES)
STATES = ("critical", "undecided", "reviewed", "unreviewed", "falling", "scored")
_REVIEWED = exists().where(
    ReviewRow.conversation_id == OverviewRow.conversation_id,
    ReviewRow.status == "finished",
    ReviewRow.kind != "calibration",
)


def conversations(
    session: Session, actor: Actor, filters: Filters, after: str = "", size: int = PAGE
) -> ConversationPage:
    """A page of ``size`` conversations that the actor may see.

    Raises:
        Refused: they may see none.
        UsageProblem: a filter cannot be understood.
    """
    actor.must("conversation.read", "conversation.read_own")
    hidden = hidden_from(session, actor)
    conditions = [*conditions_of(session, actor, filters)]
    if hidden and (filters.criterion or filters.state in ("critical", "undecided")):
        conditions.append(OverviewRow.conversation_id.not_in(list(hidden)))
    query = select(OverviewRow, _REVIEWED).where(*conditions)
    if after:
        query = query.where(_older(after))
    query = query.order_by(OverviewRow.started_at.desc(), OverviewRow.conversation_id.desc()).limit(size + 1)
    found = [
        _listed(row, reviewed, row.conversation_id in hidden) for row, reviewed in session.execute(query)
    ]
    counted = select(OverviewRow.conversation_id).where(*conditions).limit(COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    older = f"{found[size - 1].started_at}|{found[size - 1].conversation_id}" if len(found) > size else None
    return ConversationPage(tuple(found[:size]), total, older)


def conditions_of(session: Session, actor: Actor, filters: Filters) -> Sequence[ColumnElement[bool]]:
    """The filters, and what the actor may see, as conditions on :class:`OverviewRow`."""
    for day in (filters.first, filters.last):
        if day:
            _check_day(day)
    if filters.first and filters.last and filters.first > filters.last:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    if filters.channel and filters.channel not in CHANNELS:
        raise UsageProblem("Nieznany kanał: do wyboru {known}.", known=CHANNELS)
    if filters.sentiment and filters.sentiment not in SENTIMENTS:
        raise UsageProblem("Nieznany wydźwięk: do wyboru {known}.", known=SENTIMENTS)
    check_reason_filter(session, filters.reason)
    if filters.state and filters.state not in STATES:
        raise UsageProblem("Nieznany filtr `state`: do wyboru {known}.", known=STATES)
    if filters.outcome and filters.outcome not in KNOWN_OUTCOMES and not LEVEL.fullmatch(filters.outcome):
        raise UsageProblem("Nieznany wynik: do wyboru {known}.", known=KNOWN_OUTCOMES)
    found: list[ColumnElement[bool]] = []
    if not actor.may("conversation.read"):
        found.append(OverviewRow.agent_id == (actor.agent_id or ""))
    for column, value in (
        (OverviewRow.channel, filters.channel),
        (OverviewRow.team, filters.team),
        (OverviewRow.agent_id, filters.agent),
        (OverviewRow.sentiment, filters.sentiment),
        (OverviewRow.scorecard, filters.scorecard),
        (OverviewRow.customer_key, filters.customer),
        (OverviewRow.conversation_id, filters.identifier.strip()),
    ):
        if value:
            found.append(column == value)
    if filters.first:
        found.append(OverviewRow.day >= filters.first)
    if filters.last:
        found.append(OverviewRow.day <= filters.last)
    return [*found, *_special(session, filters)]


def _check_day(text: str) -> None:
    """Refuse what is no day of the calendar: "2026-02-31" has the right form and would silently find nothing."""
    try:
        known = DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        known = False
    if not known:
        raise UsageProblem("Dzień podaj w postaci RRRR-MM-DD.")


def _special(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.reason:
        found.append(has_reason(filters.reason))
    if filters.criterion:
        if filters.outcome in COUNTED_OUTCOMES:
            found.append(_counted(session, filters))
        else:
            found.append(_automatic(filters.criterion, *_outcome(filters.outcome)))
    if filters.state:
        found.append(_state(filters.state))
    return found


def _automatic(criterion: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the criterion has an automatic outcome for which these conditions hold."""
    return exists().where(
        OutcomeRow.conversation_id == OverviewRow.conversation_id,
        OutcomeRow.criterion == criterion,
        *conditions,
    )


def _outcome(outcome: str) -> list[ColumnElement[bool]]:
    if not outcome:
        return []
    if outcome == "decided":
        return [OutcomeRow.outcome.in_(DECIDED)]
    return [OutcomeRow.level == int(outcome) if LEVEL.fullmatch(outcome) else OutcomeRow.outcome == outcome]


def _counted(session: Session, filters: Filters) -> ColumnElement[bool]:
    """What :func:`qa.services.coaching.progress.shares` counts of the criterion."""
    if not (filters.agent and filters.first and filters.last):
        raise UsageProblem("Do tego wyniku podaj też konsultanta i dni.")
    within = Period(filters.first, filters.last, 0)
    judged = {
        one.conversation_id: one.outcome
        for one in judged_by_people(session, [filters.agent], within, filters.criterion)
    }
    outcomes = COUNTED_OUTCOMES[filters.outcome]
    automatic = _automatic(filters.criterion, OutcomeRow.outcome.in_(outcomes))
    return or_(
        and_(automatic, OverviewRow.conversation_id.not_in(list(judged))),
        OverviewRow.conversation_id.in_([one for one, said in judged.items() if said in outcomes]),
    )


def _state(name: str) -> ColumnElement[bool]:
    return {
        "critical": OverviewRow.critical.is_(True),
        "undecided": OverviewRow.undecided > 0,
        "reviewed": _REVIEWED,
        "unreviewed": ~_REVIEWED,
        "falling": OverviewRow.falling.is_(True),
        "scored": OverviewRow.score.is_not(None),
    }[name]


def _older(after: str) -> ColumnElement[bool]:
    moment, bar, identifier = after.partition("|")
    if not bar:
        raise UsageProblem("Nieprawidłowe miejsce na liście: wróć na jej początek.")
    return or_(
        OverviewRow.started_at < moment,
        and_(OverviewRow.started_at == moment, OverviewRow.conversation_id < identifier),
    )


def _listed(row: OverviewRow, reviewed: bool, blind: bool) -> ListedConversation:
    """The line; what the machine decided is left out where the person has yet to judge in a calibration."""
    values: dict[str, Any] = {
        field.name: getattr(row, field.name)
        for field in fields(ListedConversation)
        if field.name != "reviewed"
    }
    if blind:
        values |= {"score": None, "critical": False, "undecided": 0}
    return ListedConversation(**values, reviewed=bool(reviewed))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to, from what there is."""

    channels: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[str, ...]
    reasons: tuple[str, ...]


def choices(session: Session, actor: Actor) -> Choices:
    """The values that occur in conversations which the actor may see."""
    limits = conditions_of(session, actor, Filters())
    return Choices(
        *(
            tuple(distinct_values(session, column, limits))
            for column in (
                OverviewRow.channel,
                OverviewRow.team,
                OverviewRow.agent_id,
                OverviewRow.primary_reason,
            )
        )
    )


def distinct_values(session: Session, column: Any, limits: Sequence[ColumnElement[bool]] = ()) -> list[str]:
    """Distinct values: every such column begins an index, which is read instead of the table."""
    query = select(column).where(column.is_not(None), *limits).distinct().order_by(column).limit(MOST_CHOICES)
    return [str(value) for value in session.scalars(query)]
