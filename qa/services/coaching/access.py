"""Whose 1:1s a coach may open, and the names that belong to a person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import Missing, Refused
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable
from qa.services.judging.cards import card_of
from qa.storage.people import AccountRow, CoachingRow, OverviewRow
from scorecards import available


def restricted_to(actor: Actor) -> str | None:
    """The only team that a coach may open; None for a coach without a team and for a QA lead."""
    return None if "qa_lead" in actor.roles else actor.team


def is_own(actor: Actor, agent_id: str) -> bool:
    """Whether the agent is the actor."""
    return actor.agent_id is not None and actor.agent_id == agent_id


def open_agent(session: Session, actor: Actor, agent_id: str, missing: Missing | None = None) -> str | None:
    """The team of a person whom the coach may open. ``missing`` is raised otherwise, in place of the usual.

    Raises:
        Missing: there is no such person, or they are of another team.
        Refused: it is the coach's own person.
    """
    if is_own(actor, agent_id):
        raise Refused("Rozmowy 1:1 o własnej pracy nie prowadzi się samemu: poproś o nią innego coacha.")
    unknown = missing or Missing("Nie ma takiego konsultanta w Twoim zespole.")
    if not is_storable(agent_id) or not _is_known(session, agent_id):
        raise unknown
    team, only = team_of(session, agent_id), restricted_to(actor)
    if only is not None and team != only:
        raise unknown
    return team


def team_in_force(agent_id: Any) -> ColumnElement[str | None]:
    """In the database: the team of the latest conversation that has one, or else the account's."""
    latest = (
        select(OverviewRow.team)
        .where(OverviewRow.agent_id == agent_id, OverviewRow.team.is_not(None))
        .order_by(OverviewRow.day.desc(), OverviewRow.started_at.desc(), OverviewRow.conversation_id)
        .limit(1)
        .scalar_subquery()
    )
    of_account = (
        select(AccountRow.team)
        .where(AccountRow.agent_id == agent_id, AccountRow.team.is_not(None))
        .order_by(AccountRow.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(latest, of_account)


def team_of(session: Session, agent_id: str) -> str | None:
    """The team in which the person works now."""
    return session.scalar(select(team_in_force(agent_id)))


def criterion_names(session: Session, agent_id: str) -> dict[str, str]:
    """Polish names by id from the scorecards in use for the person; two names of one id are joined."""
    used = select(OverviewRow.scorecard).where(OverviewRow.agent_id == agent_id).distinct()
    keys = sorted(key for key in session.scalars(used) if key)
    found: dict[str, str] = {}
    for key in keys or available():
        card = card_of(key)
        for criterion in card.criteria if card else ():
            known = found.setdefault(criterion.id, criterion.name)
            if criterion.name not in known.split(" / "):
                found[criterion.id] = f"{known} / {criterion.name}"
    return found


def agent_names(session: Session, agents: Collection[str]) -> dict[str, str]:
    """The name of an account by agent id, for those that have one; at most a few hundred."""
    query = select(AccountRow.agent_id, AccountRow.name).where(AccountRow.agent_id.in_(list(agents)))
    return {agent: name for agent, name in session.execute(query.order_by(AccountRow.id.desc())) if agent}


def account_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The names of these accounts; at most a few hundred."""
    query = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(sorted(ids)))
    return dict(session.execute(query).tuples().all())


def _is_known(session: Session, agent_id: str) -> bool:
    found = [
        select(table.agent_id).where(table.agent_id == agent_id).exists()
        for table in (OverviewRow, CoachingRow, AccountRow)
    ]
    return bool(session.scalar(select(or_(*found))))
