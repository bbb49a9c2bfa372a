"""The frame of a sampling plan: the scored conversations of a period that it draws from, and their risks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.errors import Term, UsageProblem
from qa.services.sampling.plan_content import PlanContent
from qa.services.sampling.selection import Candidate
from qa.storage.people import OverviewRow
from scorecards import available

AGAIN = timedelta(days=7)
UNSURE = 0.75  # scorecards decide from 0.65 to 0.7 on: what is decided below this was nearly left to people
LONG_SILENCE = 30.0
_RANK = {"negative": -1, "mixed": 0, "neutral": 0, "positive": 1}
_STRATUM = {
    "agent": OverviewRow.agent_id,
    "team": OverviewRow.team,
    "channel": OverviewRow.channel,
    "reason": OverviewRow.primary_reason,
}


def check_codes(session: Session, content: PlanContent) -> None:
    """Refuse reasons and scorecards that neither the program nor any conversation knows.

    Raises:
        UsageProblem: there is one; the sentence names it.
    """
    for values, known, column, name in (
        (
            content.filters.reason,
            load_contact_reasons().codes,
            OverviewRow.primary_reason,
            Term("powód kontaktu"),
        ),
        (content.filters.scorecard, tuple(available()), OverviewRow.scorecard, Term("karta oceny")),
    ):
        for value in values:
            if value in known:
                continue
            if session.scalar(select(OverviewRow.conversation_id).where(column == value).limit(1)) is None:
                raise UsageProblem(
                    "Nieznana wartość filtra ({name}): {value}. Wybierz z listy.", name=name, value=value
                )


def counts(session: Session, content: PlanContent, period: tuple[date, date]) -> dict[str, int]:
    """How many conversations each stratum has; those without an agent, team or reason are the stratum ``""``."""
    conditions = frame_conditions(content, period)
    if content.per is None:
        total = session.scalar(select(func.count()).select_from(OverviewRow).where(*conditions)) or 0
        return {"": total} if total else {}
    column = _STRATUM[content.per]
    query = select(column, func.count()).where(*conditions).group_by(column)
    return {name or "": count for name, count in session.execute(query)}


def candidates(session: Session, content: PlanContent, period: tuple[date, date]) -> list[Candidate]:
    """The conversations with their strata and, where the plan weighs risks, the risks that each shows."""
    columns: list[Any] = [OverviewRow.conversation_id, OverviewRow.agent_id]
    columns.append(_STRATUM[content.per] if content.per else OverviewRow.scorecard)
    conditions = frame_conditions(content, period)
    if content.risk is None:
        rows = session.execute(select(*columns).where(*conditions))
        return [Candidate(key, agent, _name(content, group)) for key, agent, group in rows]
    again = _repeated(session, period) if content.risk.repeated else frozenset()
    columns += [
        OverviewRow.critical,
        OverviewRow.sentiment_start,
        OverviewRow.sentiment_end,
        OverviewRow.undecided,
        OverviewRow.least_confidence,
        OverviewRow.silence,
    ]
    return [
        Candidate(key, agent, _name(content, group), _risks(key in again, *rest))
        for key, agent, group, *rest in session.execute(select(*columns).where(*conditions))
    ]


def _name(content: PlanContent, group: str | None) -> str:
    return (group or "") if content.per else ""


def frame_conditions(content: PlanContent, period: tuple[date, date]) -> Sequence[ColumnElement[bool]]:
    """What makes a conversation one that the plan draws from, as conditions on :class:`OverviewRow`."""
    first, last = period
    found: list[ColumnElement[bool]] = [
        OverviewRow.scorecard.is_not(None),
        OverviewRow.day.between(first.isoformat(), last.isoformat()),
    ]
    filters = content.filters
    for column, values in (
        (OverviewRow.channel, filters.channel),
        (OverviewRow.team, filters.team),
        (OverviewRow.agent_id, filters.agent),
        (OverviewRow.primary_reason, filters.reason),
        (OverviewRow.scorecard, filters.scorecard),
    ):
        if values:
            found.append(column.in_(values))
    if filters.min_seconds is not None:
        found.append(or_(OverviewRow.seconds.is_(None), OverviewRow.seconds >= filters.min_seconds))
    return found


def _repeated(session: Session, period: tuple[date, date]) -> frozenset[str]:
    """Conversations whose customer had another one within 7 days before, whatever the filters say about it."""
    first, last = period
    query = select(OverviewRow.customer_key, OverviewRow.started_at, OverviewRow.conversation_id).where(
        OverviewRow.customer_key.is_not(None),
        OverviewRow.started_at != "",
        OverviewRow.day.between((first - AGAIN).isoformat(), last.isoformat()),
    )
    by_customer: dict[str | None, list[tuple[datetime, str]]] = {}
    for customer, started_at, identifier in session.execute(query):
        by_customer.setdefault(customer, []).append((datetime.fromisoformat(started_at), identifier))
    found: set[str] = set()
    for contacts in by_customer.values():
        contacts.sort()
        for (before, _), (moment, identifier) in pairwise(contacts):
            if moment - before <= AGAIN:
                found.add(identifier)
    return frozenset(found)


def _risks(
    again: bool,
    critical: bool,
    start: str | None,
    end: str | None,
    undecided: int,
    least_confidence: float | None,
    silence: float | None,
) -> tuple[str, ...]:
    shown = {
        "critical": critical,
        "falling": start in _RANK and end in _RANK and _RANK[start] > _RANK[end],
        "repeated": again,
        "unsure": undecided > 0 or (least_confidence is not None and least_confidence < UNSURE),
        "silence": silence is not None and silence >= LONG_SILENCE,
    }
    return tuple(risk for risk, there in shown.items() if there)
