"""The first page after signing in: what waits for this person, and where to begin."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from qa.services.access.permissions import Actor
from qa.services.day import day_of
from qa.web.context import Reading, permitted
from qa.web.pages import page

router = APIRouter()


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
def home(request: Request, session: Reading, actor: Actor = permitted()) -> HTMLResponse:
    """What waits, and the next step."""
    return page(request, "home.html", actor, day=day_of(session, actor))
