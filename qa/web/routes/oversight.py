"""The audit log and the trust report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from qa.services.access import audit_log
from qa.services.access.permissions import Actor
from qa.services.judging import trust_state
from qa.services.judging.trust import Bar
from qa.web.audit_names import ACTIONS
from qa.web.context import API, Reading, Writing, permitted
from qa.web.pages import page

router = APIRouter()
Before = Annotated[int | None, Query(ge=1, le=2**53)]
Few = Annotated[str, Query(max_length=200)]


class NewBar(BaseModel):
    """What a criterion has to reach to count as automatic; see :class:`qa.services.judging.trust.Bar`."""

    least: int = Field(ge=10, le=100_000)
    agreement: float = Field(ge=0.5, le=1)
    kappa: float = Field(ge=0, le=1)
    assisted: float = Field(ge=0.5, le=1)


@router.get("/audit", response_class=HTMLResponse, include_in_schema=False)
def audit_page(
    request: Request,
    session: Reading,
    before: Before = None,
    who: Few = "",
    action: Few = "",
    actor: Actor = permitted("audit.read"),
) -> HTMLResponse:
    """The log, newest first."""
    found = audit_log.entries(session, actor, before, who, action)
    return page(request, "audit.html", actor, found=found, who=who, action=action, names=ACTIONS)


@router.get(f"{API}/audit")
def audit_entries(
    session: Reading,
    before: Before = None,
    who: Few = "",
    action: Few = "",
    actor: Actor = permitted("audit.read"),
) -> audit_log.LogPage:
    """A page of the audit log, newest first."""
    return audit_log.entries(session, actor, before, who, action)


@router.get("/trust", response_class=HTMLResponse, include_in_schema=False)
def trust_page(
    request: Request, session: Reading, card: Few = "", actor: Actor = permitted("trust.read")
) -> HTMLResponse:
    """How far automatic scoring can be trusted, criterion by criterion."""
    return page(request, "trust.html", actor, view=trust_state.trust_view(session, actor, card))


@router.get(f"{API}/trust")
def trust(session: Reading, card: Few = "", actor: Actor = permitted("trust.read")) -> trust_state.TrustView:
    """The latest trust report of a scorecard."""
    return trust_state.trust_view(session, actor, card)


@router.post(f"{API}/trust/{{card}}")
def measure_trust(
    session: Writing, card: str, given: NewBar, actor: Actor = permitted("trust.set_bar")
) -> dict[str, Any]:
    """Measure agreement with the finished reviews anew, with this bar."""
    bar = Bar(**given.model_dump())
    n = trust_state.measure(session, actor, card, bar)
    return {"ok": True, "conversations": n, "bar": asdict(bar)}
