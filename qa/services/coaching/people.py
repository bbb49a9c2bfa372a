"""Whose turn for a 1:1 it is: by how long ago the last one was, never by quality."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.coaching.access import agent_names, restricted_to, team_in_force
from qa.services.coaching.meetings import local_day
from qa.services.inputs import rows_of
from qa.storage.people import ActionRow, CoachingRow, OverviewRow

PAGE = 50
ACTIVE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with conversations of late. ``open_actions`` are those not yet talked about since they fell due."""

    agent_id: str
    name: str
    team: str | None
    conversations: int
    last_one_on: str | None
    open_actions: int
    has_draft: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page, who waited longest for a 1:1 first."""

    rows: tuple[Person, ...]
    total: int
    page: int
    pages: int


def people(session: Session, actor: Actor, today: date, page: int = 1, size: int = PAGE) -> PeoplePage:
    """Who had conversations in the last 60 days, never in an order of quality.

    Raises:
        UsageProblem: there is no such page.
    """
    actor.must("coaching.write")
    offset, limit = rows_of(page, size)
    query = _active(actor, today)
    columns = query.selected_columns
    ordered = query.order_by(columns["held_at"].asc().nulls_first(), columns["agent_id"])
    found = session.execute(ordered.offset(offset).limit(limit)).all()
    # a page beyond the last one has no row that could tell how many there are
    total = (
        found[0].total if found else session.scalar(select(func.count()).select_from(query.subquery())) or 0
    )
    days = {row.agent_id: local_day(row.held_at) for row in found}
    names, waiting, drafts = agent_names(session, days), _open_actions(session, days), _drafts(session, days)
    rows = tuple(
        Person(
            row.agent_id,
            names.get(row.agent_id, row.agent_id),
            row.team,
            row.n,
            days[row.agent_id],
            waiting.get(row.agent_id, 0),
            row.agent_id in drafts,
        )
        for row in found
    )
    return PeoplePage(rows, total, page, max(1, -(-total // size)))


def _active(actor: Actor, today: date) -> Select[Any]:
    """Agent, conversations, moment of the last 1:1, team and how many they are: all whom the coach may open."""
    since = (today - timedelta(days=ACTIVE_DAYS - 1)).isoformat()
    active = (
        select(OverviewRow.agent_id, func.count().label("n"))
        .where(OverviewRow.agent_id.is_not(None), OverviewRow.day >= since)
        .where(OverviewRow.day <= today.isoformat(), OverviewRow.agent_id != (actor.agent_id or ""))
        .group_by(OverviewRow.agent_id)
        .subquery()
    )
    held = (
        select(CoachingRow.agent_id, func.max(CoachingRow.held_at).label("held_at"))
        .group_by(CoachingRow.agent_id)
        .subquery()
    )
    team = team_in_force(active.c.agent_id)
    total = func.count().over().label("total")
    query = select(active.c.agent_id, active.c.n, held.c.held_at, team.label("team"), total).outerjoin(
        held, held.c.agent_id == active.c.agent_id
    )
    only = restricted_to(actor)
    return query if only is None else query.where(team == only)


def _open_actions(session: Session, last_ones: Mapping[str, str | None]) -> dict[str, int]:
    """Agreed actions that were not talked about since they fell due, by agent."""
    query = (
        select(ActionRow.agent_id, ActionRow.due_on)
        .join(CoachingRow, CoachingRow.id == ActionRow.coaching_id)
        .where(ActionRow.agent_id.in_(list(last_ones)), CoachingRow.status != "draft")
    )
    found: dict[str, int] = {}
    for agent, due_on in session.execute(query):
        if due_on > (last_ones[agent] or ""):
            found[agent] = found.get(agent, 0) + 1
    return found


def _drafts(session: Session, agents: Collection[str]) -> set[str]:
    query = select(CoachingRow.agent_id).where(
        CoachingRow.agent_id.in_(list(agents)), CoachingRow.status == "draft"
    )
    return set(session.scalars(query))
