"""1:1s between coach and agent: drafted, held, acknowledged; what was agreed, and who may read it.

One person has at most one draft, which every coach of theirs may continue. Held ones are open to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, Term, UsageProblem
from qa.services.access.accounts import GONE, new_id
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.coaching.access import (
    account_names,
    agent_names,
    criterion_names,
    is_own,
    open_agent,
    team_of,
)
from qa.services.coaching.content import MeetingMoment, checked, is_empty, shown_moments
from qa.services.coaching.effects import Counted, Effect, baseline, effect
from qa.services.coaching.progress import Proportion, proportion
from qa.services.inputs import is_storable, text_of
from qa.services.judging.trust import Share
from qa.storage import audit
from qa.storage.analysis import local_time
from qa.storage.digests import digest_of
from qa.storage.people import ActionRow, CoachingRow, OutcomeRow
from qa.storage.tables import now

STATUSES: Mapping[str, str] = {"draft": "szkic", "held": "odbyta", "acknowledged": "potwierdzona"}
MOST_ACTIONS = 5
LONGEST_ACTION = 500
LONGEST_ANSWER = 1000
LATEST_DUE = timedelta(days=366)
NOT_THERE = "Nie ma takiej rozmowy 1:1."


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed, until when, and the share of its criterion at that moment."""

    id: str
    text: str
    criterion: str | None
    criterion_name: str | None
    agreed_on: str
    due_on: str
    before: Proportion | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A 1:1. ``answer`` is the agent's comment on acknowledging it; days are Polish ones."""

    id: str
    agent_id: str
    agent_name: str
    coach: str
    status: str
    status_name: str
    version: int
    created_on: str
    held_on: str | None
    acknowledged_on: str | None
    strengths: tuple[str, ...]
    point: str
    moments: tuple[MeetingMoment, ...]
    notes: str
    answer: str
    actions: tuple[Agreed, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a person's history."""

    id: str
    coach: str
    status: str
    status_name: str
    created_on: str
    held_on: str | None
    acknowledged_on: str | None
    point: str
    actions: int


def draft(
    session: Session, actor: Actor, agent_id: str, content: Mapping[str, Any], version: int | None = None
) -> Meeting:
    """Keep the draft of a person's next 1:1. ``version`` is the one that was seen; None begins a draft.

    Args:
        content: ``strengths`` (texts), ``point``, ``moments`` (``conversation_id``, ``turn``, ``start``, ``end``,
            ``comment``) and ``notes``; what is left out is empty.

    Raises:
        Missing: there is no such person among the coach's.
        Conflict: the draft was changed, held or begun elsewhere meanwhile.
        UsageProblem: the content is not as described.
    """
    actor.must("coaching.write")
    open_agent(session, actor, agent_id)
    clean, hidden = checked(session, agent_id, content), hidden_from(session, actor)
    row = draft_of(session, agent_id, change=True)
    if row is None:
        if version is not None:
            raise Conflict("Tego szkicu już nie ma, bo rozmowa została przeprowadzona: odśwież stronę.")
        row = _begun(session, actor, agent_id)
    elif row.version != version:
        raise Conflict("Ktoś w międzyczasie zmienił ten szkic: odśwież stronę i dopisz swoje zmiany.")
    clean["moments"] += _hidden_moments(row, clean, hidden)
    if row.content != clean:
        row.content, row.version = clean, row.version + 1
        audit.record(session, actor.login, "coaching_draft", row.id, {"version": row.version})
    return meeting_of(session, row, hidden)


def hold(session: Session, actor: Actor, coaching_id: str, version: int) -> Meeting:
    """Close the draft as held by the actor: from now on the person reads it.

    Raises:
        Missing: there is no such 1:1 of a person of the coach's.
        Conflict: it was held or changed meanwhile.
        UsageProblem: nothing is written in it.
    """
    actor.must("coaching.write")
    row = _written(session, actor, coaching_id)
    if row.status != "draft":
        raise Conflict("Ta rozmowa 1:1 jest już zamknięta.")
    if row.version != version:
        raise Conflict("Ktoś w międzyczasie zmienił ten szkic: odśwież stronę i sprawdź go.")
    if is_empty(row.content):
        raise UsageProblem("Wpisz mocną stronę, punkt do pracy albo notatkę, zanim zamkniesz rozmowę 1:1.")
    row.status, row.coach, row.held_at, row.version = "held", actor.id, now(), row.version + 1
    audit.record(session, actor.login, "coaching_hold", row.id, {"actions": len(_actions(session, row.id))})
    return meeting_of(session, row, hidden_from(session, actor))


def agree_action(
    session: Session,
    actor: Actor,
    coaching_id: str,
    text: str,
    criterion: str | None,
    due_on: str,
    today: date,
) -> Agreed:
    """Write down what was agreed, with the figures of its criterion as they are today.

    Raises:
        Missing: there is no such 1:1 of a person of the coach's.
        Refused: the person has acknowledged the 1:1 already.
        UsageProblem: text, criterion or day cannot be used, or there are too many.
    """
    actor.must("coaching.write")
    row = _written(session, actor, coaching_id)
    if row.status == "acknowledged":
        raise Refused("Konsultant potwierdził już tę rozmowę 1:1: dopisz ustalenie w następnej.")
    if len(_actions(session, row.id)) >= MOST_ACTIONS:
        raise UsageProblem(
            "Jedna rozmowa 1:1 mieści najwyżej {most} ustaleń: wybierz najważniejsze.", most=MOST_ACTIONS
        )
    text, due = text_of(text, Term("Ustalenie"), 1, LONGEST_ACTION), _due(due_on, today)
    figures = {} if criterion is None else _figures(session, actor, row.agent_id, criterion, today)
    action = ActionRow(
        id=new_id(),
        coaching_id=row.id,
        agent_id=row.agent_id,
        criterion=criterion,
        text=text,
        due_on=due,
        baseline={"agreed_on": today.isoformat(), **figures},
    )
    session.add(action)
    audit.record(session, actor.login, "coaching_agree", row.id, {"action": action.id, "due_on": due})
    return _agreed(action, criterion_names(session, row.agent_id))


def acknowledge(session: Session, actor: Actor, coaching_id: str, comment: str) -> Meeting:
    """The person has read their held 1:1; ``comment`` may be empty.

    Raises:
        Missing: there is no such held 1:1 of the actor's own.
        Conflict: it was acknowledged before.
        UsageProblem: the comment is too long.
    """
    actor.must("coaching.read_own")
    row = _row(session, coaching_id, change=True)
    if not is_own(actor, row.agent_id) or row.status == "draft":
        raise Missing(NOT_THERE)
    if row.status == "acknowledged":
        raise Conflict("Ta rozmowa 1:1 jest już potwierdzona.")
    answer = text_of(comment, Term("Komentarz"), 0, LONGEST_ANSWER)
    row.content = {**row.content, "answer": answer}
    row.status, row.acknowledged_at, row.version = "acknowledged", now(), row.version + 1
    audit.record(session, actor.login, "coaching_acknowledge", row.id, {"commented": bool(answer)})
    return meeting_of(session, row)


def view(session: Session, actor: Actor, coaching_id: str) -> Meeting:
    """A 1:1 as coach or person read it.

    Raises:
        Missing: there is none that the actor may read.
    """
    return meeting_of(session, _readable(session, actor, coaching_id), hidden_from(session, actor))


def effects(session: Session, actor: Actor, coaching_id: str, today: date) -> tuple[Effect, ...]:
    """What became of the actions of a 1:1 until today, for everybody who may read it.

    Raises:
        Missing: there is none that the actor may read.
    """
    row = _readable(session, actor, coaching_id)
    return effects_of(session, row.agent_id, _actions(session, row.id), today, hidden_from(session, actor))


def history(session: Session, actor: Actor, agent_id: str) -> tuple[Held, ...]:
    """A person's 1:1s, newest first; their own without drafts.

    Raises:
        Missing: there is no such person among the coach's.
    """
    actor.must("coaching.write", "coaching.read_own")
    query = select(CoachingRow).where(CoachingRow.agent_id == agent_id)
    if is_own(actor, agent_id):
        query = query.where(CoachingRow.status != "draft")
    else:
        _coach_only(actor)
        open_agent(session, actor, agent_id)
    rows = list(session.scalars(query.order_by(CoachingRow.created_at.desc(), CoachingRow.id)))
    counted = select(ActionRow.coaching_id, func.count()).where(ActionRow.agent_id == agent_id)
    actions = dict(session.execute(counted.group_by(ActionRow.coaching_id)).tuples().all())
    names = account_names(session, {row.coach for row in rows})
    return tuple(
        Held(
            row.id,
            names.get(row.coach, GONE),
            row.status,
            STATUSES[row.status],
            local_day(row.created_at) or "",
            local_day(row.held_at),
            local_day(row.acknowledged_at),
            row.content["point"],
            actions.get(row.id, 0),
        )
        for row in rows
    )


def draft_of(session: Session, agent_id: str, *, change: bool = False) -> CoachingRow | None:
    """The person's draft; one that is to be changed is kept from others until the end of the transaction."""
    query = select(CoachingRow).where(CoachingRow.agent_id == agent_id, CoachingRow.status == "draft")
    query = query.order_by(CoachingRow.created_at).limit(1)
    return session.scalars(query.with_for_update() if change else query).first()


def effects_of(
    session: Session, agent_id: str, actions: list[ActionRow], today: date, hidden: frozenset[str]
) -> tuple[Effect, ...]:
    """The effects of a person's actions, without conversations that are hidden from who reads."""
    counted = Counted(session, agent_id, team_of(session, agent_id), hidden)
    names = criterion_names(session, agent_id)
    return tuple(effect(counted, one, today, _name(one, names)) for one in actions)


def local_day(moment: datetime | None) -> str | None:
    """The Polish calendar day of a moment."""
    local = local_time(moment)
    return local.date().isoformat() if local else None


def meeting_of(session: Session, row: CoachingRow, hidden: frozenset[str] = frozenset()) -> Meeting:
    """A 1:1 as shown, for callers that have checked who reads it; without moments of hidden conversations."""
    names = criterion_names(session, row.agent_id)
    return Meeting(
        row.id,
        row.agent_id,
        agent_names(session, [row.agent_id]).get(row.agent_id, row.agent_id),
        account_names(session, {row.coach}).get(row.coach, GONE),
        row.status,
        STATUSES[row.status],
        row.version,
        local_day(row.created_at) or "",
        local_day(row.held_at),
        local_day(row.acknowledged_at),
        tuple(row.content["strengths"]),
        row.content["point"],
        tuple(one for one in shown_moments(row.content) if one.conversation_id not in hidden),
        row.content["notes"],
        row.content.get("answer", ""),
        tuple(_agreed(one, names) for one in _actions(session, row.id)),
    )


def _hidden_moments(
    row: CoachingRow, clean: Mapping[str, Any], hidden: frozenset[str]
) -> list[dict[str, Any]]:
    """Moments of the draft that the writer was not shown, so that they are no less there for others."""
    before = row.content.get("moments", ())
    return [one for one in before if one["conversation_id"] in hidden and one not in clean["moments"]]


def _begun(session: Session, actor: Actor, agent_id: str) -> CoachingRow:
    """A new draft. Its key follows from the 1:1 before it, so that only one of two who begin at once succeeds."""
    latest = (
        select(CoachingRow.id).where(CoachingRow.agent_id == agent_id).order_by(CoachingRow.created_at.desc())
    )
    key = digest_of("coaching", agent_id, session.scalars(latest.limit(1)).first() or "")
    row = CoachingRow(id=key, agent_id=agent_id, coach=actor.id, status="draft", content={}, version=0)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Ktoś właśnie zaczął ten szkic: odśwież stronę i dopisz swoje zmiany.") from error
    return row


def _row(session: Session, coaching_id: str, *, change: bool) -> CoachingRow:
    query = select(CoachingRow).where(CoachingRow.id == coaching_id)
    row = (
        session.scalars(query.with_for_update() if change else query).first()
        if is_storable(coaching_id)
        else None
    )
    if row is None:
        raise Missing(NOT_THERE)
    return row


def _written(session: Session, actor: Actor, coaching_id: str) -> CoachingRow:
    """The 1:1 for a coach who changes it."""
    row = _row(session, coaching_id, change=True)
    open_agent(session, actor, row.agent_id, Missing(NOT_THERE))
    return row


def _readable(session: Session, actor: Actor, coaching_id: str) -> CoachingRow:
    actor.must("coaching.write", "coaching.read_own")
    row = _row(session, coaching_id, change=False)
    if is_own(actor, row.agent_id):
        if row.status == "draft":
            raise Missing(NOT_THERE)
        return row
    _coach_only(actor)
    open_agent(session, actor, row.agent_id, Missing(NOT_THERE))
    return row


def _coach_only(actor: Actor) -> None:
    if not actor.may("coaching.write"):
        raise Missing(NOT_THERE)


def _figures(session: Session, actor: Actor, agent_id: str, criterion: str, today: date) -> dict[str, Any]:
    """The baseline of a criterion in which the person has outcomes."""
    query = select(OutcomeRow.criterion).where(
        OutcomeRow.agent_id == agent_id, OutcomeRow.criterion == criterion
    )
    if not is_storable(criterion) or session.scalars(query.limit(1)).first() is None:
        raise UsageProblem(
            "Ta osoba nie ma ocen tego kryterium: wybierz inne albo zostaw ustalenie bez niego."
        )
    hidden = hidden_from(session, actor)
    return baseline(session, agent_id, team_of(session, agent_id), criterion, today, hidden).as_dict()


def _due(due_on: str, today: date) -> str:
    try:
        day = date.fromisoformat(due_on)
    except ValueError:
        raise UsageProblem("Termin podaj jako dzień RRRR-MM-DD.") from None
    if not today <= day <= today + LATEST_DUE:
        raise UsageProblem("Termin ustalenia to dzień od dzisiaj do roku naprzód.")
    return day.isoformat()


def _actions(session: Session, coaching_id: str) -> list[ActionRow]:
    query = select(ActionRow).where(ActionRow.coaching_id == coaching_id)
    return list(session.scalars(query.order_by(ActionRow.due_on, ActionRow.created_at, ActionRow.id)))


def _name(row: ActionRow, names: Mapping[str, str]) -> str | None:
    return None if row.criterion is None else names.get(row.criterion, row.criterion)


def _agreed(row: ActionRow, names: Mapping[str, str]) -> Agreed:
    before = proportion(Share(*row.baseline["own"])) if "own" in row.baseline else None
    return Agreed(
        row.id, row.text, row.criterion, _name(row, names), row.baseline["agreed_on"], row.due_on, before
    )
