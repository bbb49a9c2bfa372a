"""Disputes: an agent objects to an outcome, somebody other than its author decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, Field

from qa.services.access.permissions import Actor
from qa.services.disputes import case as dispute_case
from qa.services.disputes import deciding as decisions
from qa.services.disputes import figures as dispute_figures
from qa.services.disputes import views as dispute_views
from qa.services.disputes import window as dispute_windows
from qa.web.context import API, PageNumber, Reading, Writing, noting, permitted, today, web_settings_of
from qa.web.pages import page
from qa.web.shares import with_intervals

router = APIRouter()
Identifier = Annotated[str, Field(max_length=200)]
Few = Annotated[str, Query(max_length=200)]
Day = Annotated[date | None, BeforeValidator(lambda given: given or None), Query()]
STATUSES = {
    "open": "otwarte",
    "accepted": "uznane",
    "partly": "uznane częściowo",
    "rejected": "oddalone",
    "wrong_person": "dotyczy innej osoby",
    "withdrawn": "wycofane",
}
ANY = ("dispute.read", "dispute.raise")


class NewDispute(BaseModel):
    """What is objected to and why; ``review_id`` is null for the machine's outcome, ``wanted`` is the level asked for."""

    conversation_id: Identifier
    criterion: str = Field(max_length=120)
    review_id: str | None = Field(default=None, max_length=32)
    comment: str = Field(max_length=decisions.MOST_COMMENT)
    wanted: str | None = Field(default=None, max_length=1)


class NewDecision(BaseModel):
    """A decision: ``becomes`` is the new outcome, or level, where the dispute is accepted, wholly or partly."""

    status: Literal["accepted", "partly", "rejected", "wrong_person"]
    becomes: Literal["pass", "fail", "na", "0", "1", "2", "3", "4", "5"] | None = None
    comment: str = Field(max_length=decisions.MOST_COMMENT)


@router.get("/disputes", response_class=HTMLResponse, include_in_schema=False)
def list_page(
    request: Request,
    session: Reading,
    status: Few = "",
    number: PageNumber = 1,
    mine: bool = False,
    first: Day = None,
    last: Day = None,
    actor: Actor = permitted(*ANY),
) -> HTMLResponse:
    """Everybody's disputes with the figures, or one's own."""
    reads, size = actor.may("dispute.read"), web_settings_of(request).page_rows
    mine = (mine or not reads) and actor.may("dispute.raise")
    found = (
        dispute_views.own_disputes(session, actor, number, size)
        if mine
        else dispute_views.disputes(session, actor, status, number, size)
    )
    figures = None if mine else dispute_figures.dispute_figures(session, actor, first, last)
    return page(
        request,
        "disputes.html",
        actor,
        found=found,
        figures=figures,
        mine=mine,
        state=status,
        statuses=STATUSES,
        number=number,
        size=size,
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        days=web_settings_of(request).dispute_days,
    )


@router.get(f"{API}/disputes")
def list_disputes(
    request: Request,
    session: Reading,
    status: Few = "",
    number: PageNumber = 1,
    actor: Actor = permitted("dispute.read"),
) -> dispute_views.DisputePage:
    """Everybody's disputes: the open ones first, oldest first, then the others, newest first."""
    return dispute_views.disputes(session, actor, status, number, web_settings_of(request).page_rows)


@router.post(f"{API}/disputes", status_code=201)
def raise_dispute(
    request: Request, session: Writing, given: NewDispute, actor: Actor = permitted("dispute.raise")
) -> dict[str, str]:
    """Object to one outcome of an own conversation, within the window."""
    made = decisions.raise_dispute(
        session,
        actor,
        given.conversation_id,
        given.criterion,
        given.comment,
        given.review_id,
        today(),
        web_settings_of(request).dispute_days,
        given.wanted or None,
    )
    return {"id": made}


@router.get(f"{API}/disputes/own")
def own_disputes(
    request: Request, session: Reading, number: PageNumber = 1, actor: Actor = permitted("dispute.raise")
) -> dispute_views.DisputePage:
    """The disputes that one has raised, newest first."""
    return dispute_views.own_disputes(session, actor, number, web_settings_of(request).page_rows)


@router.get(f"{API}/disputes/figures")
def figures(
    session: Reading, first: Day = None, last: Day = None, actor: Actor = permitted("dispute.read")
) -> dict[str, Any]:
    """Time to decision and overturned outcomes by criterion and reviewer, of disputes decided in a period."""
    found: dict[str, Any] = with_intervals(dispute_figures.dispute_figures(session, actor, first, last))
    return found


@router.get(f"{API}/disputes/window")
def window(
    request: Request,
    session: Reading,
    conversation: Few,
    review: Few = "",
    actor: Actor = permitted("dispute.raise"),
) -> dispute_windows.DisputeWindow:
    """What can be objected to in an own conversation and until when: of ``review``, or of its newest review, or else
    of the machine. ``last_day`` is null where there is no limit."""
    days = web_settings_of(request).dispute_days
    return dispute_windows.dispute_window(session, actor, conversation, today(), days, review or None)


@router.get(f"{API}/conversation/disputes")
def conversation_disputes(
    session: Reading, id: Few, actor: Actor = permitted("conversation.read", "conversation.read_own")
) -> tuple[dispute_views.DisputeView, ...]:
    """The disputes about the conversation ``id``, oldest first."""
    return dispute_views.conversation_disputes(session, actor, id)


@router.get("/disputes/{dispute_id}", response_class=HTMLResponse, include_in_schema=False)
def dispute_page(request: Request, dispute_id: Identifier, actor: Actor = permitted(*ANY)) -> HTMLResponse:
    """One dispute, with the form for deciding."""
    with noting(request) as session:
        case = dispute_case.dispute_case(session, actor, dispute_id)
    return page(request, "dispute.html", actor, case=case, one=case.dispute, statuses=STATUSES)


@router.get(f"{API}/disputes/{{dispute_id}}")
def dispute(
    session: Writing, dispute_id: Identifier, actor: Actor = permitted(*ANY)
) -> dispute_case.DisputeCase:
    """One dispute with the criterion, both comments and the words in question."""
    return dispute_case.dispute_case(session, actor, dispute_id)


@router.post(f"{API}/disputes/{{dispute_id}}/withdraw")
def withdraw(
    session: Writing, dispute_id: Identifier, actor: Actor = permitted("dispute.raise")
) -> dict[str, bool]:
    """Take an own open dispute back."""
    decisions.withdraw(session, actor, dispute_id)
    return {"ok": True}


@router.post(f"{API}/disputes/{{dispute_id}}/decision")
def decide(
    session: Writing,
    dispute_id: Identifier,
    given: NewDecision,
    actor: Actor = permitted("dispute.decide"),
) -> dict[str, str | None]:
    """Decide an open dispute; ``review_id`` is the new review where the outcome is overturned."""
    made = decisions.decide(session, actor, dispute_id, given.status, given.comment, given.becomes)
    return {"review_id": made}
