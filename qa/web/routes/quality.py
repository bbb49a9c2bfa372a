"""The quality board: scores over time, criteria, teams and people, with their intervals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from qa.services import saved_filters
from qa.services.access.permissions import Actor
from qa.services.boards import quality_board
from qa.services.boards.choices import board_choices
from qa.services.conversations.view import trust_states
from qa.services.judging.powered import LEAST_HUMAN
from qa.web.board_filters import QualityQuery, given, kept_query, quality_filters, usual_days
from qa.web.charts import SMALL, TENS, WHOLE, Plot, Spread, axis_of, part_name, plot
from qa.web.context import API, Reading, permitted, web_settings_of
from qa.web.pages import page

router = APIRouter()


class QualityPage(QualityQuery):
    """The board with a page of its agents."""

    number: int = Field(default=1, ge=1, le=1_000_000)


@router.get("/quality", response_class=HTMLResponse, include_in_schema=False)
def quality_page(
    request: Request,
    session: Reading,
    query: Annotated[QualityPage, Query()],
    actor: Actor = permitted("team.read"),
) -> HTMLResponse:
    """The board with its filters."""
    usual = usual_days(session)
    filters = quality_filters(query, usual)
    view = quality_board.quality(session, actor, filters)
    size = web_settings_of(request).page_rows
    number = min(query.number, max(1, -(-len(view.agents) // size)))
    return page(
        request,
        "quality.html",
        actor,
        view=view,
        given=given(filters),
        choices=board_choices(session, actor),
        own_team=quality_board.only_team(actor),
        trust=trust_states(session, view.scorecard),
        scores=_scores(view),
        lines={one.id: _line(view, one) for one in view.criteria},
        least=LEAST_HUMAN,
        agents=view.agents[(number - 1) * size : number * size],
        number=number,
        size=size,
        kept=saved_filters.saved(session, actor, "quality"),
        kept_page="quality",
        kept_query=kept_query(filters, usual),
    )


def _scores(view: quality_board.QualityView) -> Plot:
    points = [
        Spread(part_name(part.first, view.unit), part.score.mean, part.score.low, part.score.high)
        for part in view.parts
    ]
    return plot(points, axis_of(points, TENS))


def _line(view: quality_board.QualityView, one: quality_board.CriterionQuality) -> Plot:
    points = [
        Spread(part_name(part.first, view.unit), point.value, point.low, point.high)
        for part, point in zip(view.parts, one.points, strict=True)
    ]
    return plot(points, WHOLE, *SMALL)


@router.get(f"{API}/quality")
def quality(
    session: Reading, query: Annotated[QualityQuery, Query()], actor: Actor = permitted("team.read")
) -> quality_board.QualityView:
    """Scores over time, criteria beside people's corrections, teams and people by name; ``where`` are filters of the list."""
    return quality_board.quality(session, actor, quality_filters(query, usual_days(session)))
