"""The voice of customers: reasons, what has changed, quotes, and what is decided on improvement proposals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from qa.services import saved_filters
from qa.services.access.permissions import Actor
from qa.services.boards import backlog_decisions, voice_board, voice_quotes
from qa.services.boards.choices import board_choices
from qa.services.coaching.progress import Proportion
from qa.web.board_filters import VoiceQuery, given, kept_query, usual_days, voice_filters
from qa.web.charts import SHARES, SMALL, Plot, Spread, axis_of, part_name, plot
from qa.web.context import API, PageNumber, Reading, Writing, permitted
from qa.web.pages import page

router = APIRouter()
READ = permitted("voice.read")
Fingerprint = Annotated[str, Field(max_length=64)]
Status = Literal["", "new", "accepted", "done", "rejected"]
GivenStatus = Literal["new", "accepted", "done", "rejected"]
SIZE = 10
LINES = 6
SHOWN = 12


class VoicePage(VoiceQuery):
    """The board with a page of proposals."""

    status: Status = "new"
    number: int = Field(default=1, ge=1, le=1_000_000)


class NewStatus(BaseModel):
    """What a proposal becomes; ``was`` is the status that was seen."""

    status: GivenStatus
    was: GivenStatus


@router.get("/voice", response_class=HTMLResponse, include_in_schema=False)
def voice_page(
    request: Request, session: Reading, query: Annotated[VoicePage, Query()], actor: Actor = READ
) -> HTMLResponse:
    """The board with its filters, and the proposals."""
    usual = usual_days(session)
    filters = voice_filters(query, usual)
    view = voice_board.voice(session, actor, filters)
    top = [one for one in view.reasons if one.share.part][:LINES]
    weekly = {one.code: voice_board.over_time(view, one) for one in top}
    return page(
        request,
        "voice.html",
        actor,
        view=view,
        given=given(filters),
        choices=board_choices(session, actor),
        shown=SHOWN,
        top=top,
        weekly=weekly,
        lines=_lines(view, weekly),
        found=backlog_decisions.proposals(session, actor, query.status, query.number, SIZE),
        statuses=backlog_decisions.STATUSES,
        state=query.status,
        number=query.number,
        size=SIZE,
        kept=saved_filters.saved(session, actor, "voice"),
        kept_page="voice",
        kept_query=kept_query(filters, usual),
    )


def _lines(view: voice_board.VoiceView, weekly: dict[str, list[Proportion]]) -> dict[str, Plot]:
    """All on one axis, so that they can be compared."""
    names = [part_name(part.first, view.unit) for part in view.parts]
    points = {code: _spreads(names, shares) for code, shares in weekly.items()}
    axis = axis_of([one for some in points.values() for one in some], SHARES, zero=True)
    return {code: plot(some, axis, *SMALL) for code, some in points.items()}


def _spreads(names: Sequence[str], shares: Sequence[Proportion]) -> list[Spread]:
    return [Spread(name, one.value, one.low, one.high) for name, one in zip(names, shares, strict=True)]


@router.get(f"{API}/voice")
def voice(
    session: Reading, query: Annotated[VoiceQuery, Query()], actor: Actor = READ
) -> voice_board.VoiceView:
    """Reasons with their share, change and sentiment; ``where`` are filters of the list of conversations."""
    return voice_board.voice(session, actor, voice_filters(query, usual_days(session)))


@router.get(f"{API}/voice/quotes")
def quotes(
    session: Reading, query: Annotated[VoiceQuery, Query()], actor: Actor = READ
) -> voice_quotes.ReasonQuotes:
    """Redacted sentences of customers for one leaf ``reason``, newest first."""
    return voice_quotes.quotes(session, actor, voice_filters(query, usual_days(session)))


@router.get(f"{API}/proposals")
def proposals(
    session: Reading, status: Status = "", number: PageNumber = 1, actor: Actor = READ
) -> backlog_decisions.ProposalPage:
    """Improvement proposals, most important first."""
    return backlog_decisions.proposals(session, actor, status, number, SIZE)


@router.get(f"{API}/proposals/{{fingerprint}}/quotes")
def proposal_quotes(
    session: Reading, fingerprint: Fingerprint, actor: Actor = READ
) -> backlog_decisions.ProposalQuotes:
    """Redacted words of customers behind a proposal."""
    return backlog_decisions.evidence(session, actor, fingerprint)


@router.post(f"{API}/proposals/{{fingerprint}}/decision")
def decide(
    session: Writing,
    fingerprint: Fingerprint,
    given: NewStatus,
    actor: Actor = permitted("backlog.decide"),
) -> backlog_decisions.ProposalView:
    """Give a proposal another status."""
    return backlog_decisions.decide(session, actor, fingerprint, given.status, given.was)
