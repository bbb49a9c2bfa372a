"""Disputes as lists: for those who decide, for the agent, and for a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from qa.errors import Missing, UsageProblem
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import hidden_by, hidden_from
from qa.services.access.permissions import Actor, may_see
from qa.services.disputes.deciding import DECIDED, STATUSES, why_not
from qa.services.inputs import is_storable, rows_of
from qa.services.judging.cards import criterion_name
from qa.storage.people import DisputeRow, OverviewRow, ReviewRow

PAGE = 50


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute. ``author`` wrote the disputed review, None where the machine judged; moments are ISO, UTC.

    ``new_review_id`` is the review that an overturning decision made; ``may_decide`` is the actor's. ``hidden_by`` is an
    open calibration in which the actor has to judge the conversation blind first, or ``queue``: until then what was said is
    left out, and ``status`` is empty where something was decided.
    Where the criterion has a scale the levels are there too, and the one that the agent asks for.
    """

    id: str
    conversation_id: str
    review_id: str | None
    criterion: str
    criterion_name: str
    raised_by: str
    author: str | None
    was: str
    becomes: str | None
    comment: str
    status: str
    decision: str
    decided_by: str | None
    new_review_id: str | None
    created_at: str
    decided_at: str | None
    may_decide: bool
    hidden_by: str | None = None
    was_level: int | None = None
    wanted_level: int | None = None
    becomes_level: int | None = None


@dataclass(frozen=True, slots=True)
class DisputePage:
    """One page of disputes and how many there are on all of them."""

    rows: tuple[DisputeView, ...]
    total: int


def disputes(
    session: Session, actor: Actor, status: str = "", page: int = 1, size: int = PAGE
) -> DisputePage:
    """Everybody's disputes: the open ones first, oldest first, then the others, newest first.

    Raises:
        Refused: the actor may not read disputes.
        UsageProblem: unknown status or page.
    """
    actor.must("dispute.read")
    if status and status not in STATUSES:
        raise UsageProblem("Nieznany filtr `status`: do wyboru {known}.", known=STATUSES)
    query = _joined()
    if status:
        query = query.where(DisputeRow.status == status)
    if status in DECIDED:  # being on this list would tell what was decided
        query = query.where(DisputeRow.conversation_id.not_in(sorted(hidden_from(session, actor))))
    is_open = DisputeRow.status == "open"
    query = query.order_by(
        case((is_open, 0), else_=1),
        case((is_open, DisputeRow.created_at)),
        DisputeRow.created_at.desc(),
        DisputeRow.id,
    )
    return _page(session, actor, query, page, size)


def own_disputes(session: Session, actor: Actor, page: int = 1, size: int = PAGE) -> DisputePage:
    """The disputes that the actor has raised, newest first.

    Raises:
        Refused: the actor may not dispute.
        UsageProblem: there is no such page.
    """
    actor.must("dispute.raise")
    query = _joined().where(DisputeRow.account_id == actor.id)
    return _page(session, actor, query.order_by(DisputeRow.created_at.desc(), DisputeRow.id), page, size)


def dispute(session: Session, actor: Actor, dispute_id: str) -> DisputeView:
    """One dispute, for those who read all and for the agent who raised it.

    Raises:
        Missing: there is none that the actor may see.
    """
    actor.must("dispute.read", "dispute.raise")
    query = _joined().where(DisputeRow.id == dispute_id)
    if not actor.may("dispute.read"):
        query = query.where(DisputeRow.account_id == actor.id)
    found = _views(session, actor, query) if is_storable(dispute_id) else ()
    if not found:
        raise Missing("Nie ma takiego odwołania.")
    return found[0]


def conversation_disputes(session: Session, actor: Actor, conversation_id: str) -> tuple[DisputeView, ...]:
    """The disputes about a conversation, oldest first, for those who may see it; for an agent their own.

    Raises:
        Missing: there is no such conversation, or none that the actor may see.
    """
    actor.must("conversation.read", "conversation.read_own")
    overview = session.get(OverviewRow, conversation_id) if is_storable(conversation_id) else None
    if overview is None or not may_see(actor, overview.agent_id):
        raise Missing("Nie ma takiej rozmowy.")
    query = _joined().where(DisputeRow.conversation_id == conversation_id)
    if not actor.may("dispute.read"):  # the conversation may have been somebody else's before
        query = query.where(DisputeRow.account_id == actor.id)
    return _views(session, actor, query.order_by(DisputeRow.created_at, DisputeRow.id))


def _joined() -> Select[*tuple[Any, ...]]:
    """Disputes with the author and the scorecard of the disputed result; no review's content is read."""
    return (
        select(
            DisputeRow,
            ReviewRow.account_id,
            func.coalesce(ReviewRow.scorecard, OverviewRow.scorecard),
            OverviewRow.agent_id,
        )
        .outerjoin(ReviewRow, ReviewRow.id == DisputeRow.review_id)
        .outerjoin(OverviewRow, OverviewRow.conversation_id == DisputeRow.conversation_id)
    )


def _page(
    session: Session, actor: Actor, query: Select[*tuple[Any, ...]], page: int, size: int
) -> DisputePage:
    offset, limit = rows_of(page, size)
    counted = select(func.count()).select_from(
        query.with_only_columns(DisputeRow.id).order_by(None).subquery()
    )
    rows = _views(session, actor, query.offset(offset).limit(limit))
    return DisputePage(rows, session.scalar(counted) or 0)


def _views(session: Session, actor: Actor, query: Select[*tuple[Any, ...]]) -> tuple[DisputeView, ...]:
    people, blind = names(session), hidden_by(session, actor)
    found = (_view(actor, people, *row) for row in session.execute(query))
    return tuple(_hidden(one, blind.get(one.conversation_id)) for one in found)


def _hidden(view: DisputeView, hidden: str | None) -> DisputeView:
    """The view without all that tells an outcome, where the actor has to judge in that place first."""
    if hidden is None:
        return view
    return replace(
        view,
        review_id=None,
        criterion="",
        criterion_name="",
        author=None,
        was="",
        becomes=None,
        comment="",
        status="" if view.status in DECIDED else view.status,
        decision="",
        decided_by=None,
        decided_at=None,
        new_review_id=None,
        may_decide=False,
        hidden_by=hidden,
        was_level=None,
        wanted_level=None,
        becomes_level=None,
    )


def _view(
    actor: Actor,
    people: Mapping[str, str],
    row: DisputeRow,
    author: str | None,
    scorecard: str | None,
    agent_id: str | None,
) -> DisputeView:
    decides = actor.may("dispute.decide") and row.status == "open"
    return DisputeView(
        row.id,
        row.conversation_id,
        row.review_id,
        row.criterion,
        criterion_name(scorecard, row.criterion),
        people.get(row.account_id, GONE),
        people.get(author, GONE) if author else None,
        row.was,
        row.becomes,
        row.comment,
        row.status,
        row.decision,
        people.get(row.decided_by, GONE) if row.decided_by else None,
        row.id if row.becomes else None,
        row.created_at.isoformat(),
        row.decided_at.isoformat() if row.decided_at else None,
        decides and why_not(actor, row, author, agent_id) is None,
        was_level=row.was_level,
        wanted_level=row.wanted_level,
        becomes_level=row.becomes_level,
    )
