"""Sampling plans: what each would draw and what that buys, drawing, and what the reviewed samples say."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.services.access.permissions import Actor
from qa.services.conversations import listing as conversation_list
from qa.services.inputs import LAST_PAGE
from qa.services.sampling import automatic, plan_list, plans
from qa.services.sampling import drawing as sampling
from qa.services.sampling import results as sample_results
from qa.services.sampling.estimate import METHOD, coverage_interval
from qa.services.sampling.periods import DrawPeriod, fitting_cycle, newest_day, periods
from qa.services.sampling.plan_content import (
    HEAVIEST,
    LONGEST,
    LONGEST_CALL,
    MOST,
    MOST_EACH,
    MOST_VALUES,
    STRATA,
    PlanContent,
    RiskWeights,
    plan_content,
)
from qa.services.sampling.selection import MOST_RISK, RISKS
from qa.web.context import API, Reading, Writing, permitted, today
from qa.web.pages import page

router = APIRouter()
PLAN = permitted("sample.plan")
READ = permitted("sample.plan", "review.read")
Key = Annotated[str, Field(max_length=32)]
Value = Annotated[str, Field(max_length=LONGEST)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]
Weight = Annotated[float | None, Field(ge=0, le=HEAVIEST)]
Number = Annotated[int, Query(ge=1, le=LAST_PAGE)]
Drawings = Annotated[int, Query(ge=1, le=sample_results.MOST)]
Day = Annotated[
    date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))
]  # periods end, and may not pass the calendar's end

CYCLES = {"daily": "codziennie", "weekly": "co tydzień", "monthly": "co miesiąc"}
METHODS = {
    "mixed": "próba mieszana",
    "random": "próba losowa",
    "stratified": "próba warstwowa",
    "risk": "próba według ryzyka",
}
MEANINGS = {
    "mixed": "Część losowo, część tam, gdzie widać ryzyko. Dobra na początek.",
    "random": "Każda rozmowa ma taką samą szansę. Najprostsza do wytłumaczenia.",
    "stratified": "Losowo w każdej grupie z osobna, żeby żadnej nie zabrakło.",
    "risk": "Przede wszystkim tam, gdzie widać ryzyko; reszta też ma szansę.",
}
NOBODY = {
    "agent": "bez konsultanta",
    "team": "bez zespołu",
    "channel": "bez kanału",
    "reason": "powód nierozpoznany",
}
SHARES = (0.25, 0.5, 0.75)
SECOND_SHARES = (0.0, 0.1, 0.2, 0.5, 1.0)
SIZES = (5, 10, 25, 50, 100, 200)
POOLED = (1, 4, 12)
FIRST_SIZE = 10
FIRST_NAMES = {"daily": "Codzienna próba", "weekly": "Cotygodniowa próba", "monthly": "Comiesięczna próba"}
FIRST_PLAN = plan_content({"cycle": "weekly", "method": "mixed", "size": FIRST_SIZE, "automatic": True})


class Filters(BaseModel):
    """What a plan draws from; an empty list narrows nothing."""

    channel: Values = []
    team: Values = []
    agent: Values = []
    reason: Values = []
    scorecard: Values = []
    min_seconds: float | None = Field(default=None, ge=0, le=LONGEST_CALL)


class Risks(BaseModel):
    """How much each risk weighs; null is the usual weight."""

    critical: Weight = None
    falling: Weight = None
    repeated: Weight = None
    unsure: Weight = None
    silence: Weight = None


class Content(BaseModel):
    """A plan; see :class:`qa.services.sampling.plan_content.PlanContent`."""

    cycle: str = Field(max_length=20)
    method: str = Field(max_length=20)
    size: int | None = Field(default=None, ge=1, le=MOST)
    per: str | None = Field(default=None, max_length=20)
    each: int | None = Field(default=None, ge=1, le=MOST_EACH)
    filters: Filters | None = None
    risk: Risks | None = None
    risk_share: float | None = Field(default=None, ge=0.1, le=MOST_RISK)
    second_share: float | None = Field(default=None, ge=0, le=1)
    due_days: int | None = Field(default=None, ge=1, le=90)
    automatic: bool | None = None


class NewPlan(BaseModel):
    """A new plan."""

    name: str = Field(max_length=LONGEST)
    content: Content


class PlanChange(BaseModel):
    """What changes in a plan; null leaves it as it is."""

    name: str | None = Field(default=None, max_length=LONGEST)
    content: Content | None = None
    active: bool | None = None


class Previewed(BaseModel):
    """A plan, saved or not, and a day of the period that it would draw; without one the newest that holds anything."""

    content: Content
    day: Day | None = None


class Drawn(BaseModel):
    """A day of the period to draw. Without a ``seed`` plan and period decide it."""

    day: Day
    seed: int | None = Field(default=None, ge=0, le=sampling.MOST_SEED)


@router.get("/plans", response_class=HTMLResponse, include_in_schema=False)
def list_page(request: Request, session: Reading, number: Number = 1, actor: Actor = READ) -> HTMLResponse:
    """The plans, and the form for a new one, ready to be saved."""
    plans_may = actor.may("sample.plan")
    cycle, newest, fits = (
        fitting_cycle(session, actor, FIRST_SIZE, today()) if plans_may else ("weekly", None, False)
    )
    proposed = replace(FIRST_PLAN, cycle=cycle)
    found = plan_list.plan_list(session, actor, page=number)
    return page(
        request,
        "plans.html",
        actor,
        found=found,
        size=plans.PAGE,
        name="" if found.total else FIRST_NAMES[cycle],
        content=proposed,
        newest=newest,
        fits=fits,
        day=(newest or today()).isoformat(),
        **(_form(request, session, actor, proposed) if plans_may else {}),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"CYCLES": CYCLES, "METHODS": METHODS, "STRATA": STRATA}


def _form(request: Request, session: Session, actor: Actor, content: PlanContent) -> dict[str, Any]:
    """What the form can be set to: what there is, and what the plan says already."""
    there = conversation_list.choices(session, actor)
    cards = request.app.state.cards.values()
    given = content.filters
    reasons = load_contact_reasons()
    return {
        "channels": sorted({*there.channels, *given.channel}),
        "teams": sorted({*there.teams, *given.team}),
        "agents": there.agents,
        "reasons": [(code, reasons.name(code)) for code in sorted({*there.reasons, *given.reason})],
        "scorecards": sorted({*cards, *given.scorecard}),
        "meanings": MEANINGS,
        "nobody": NOBODY,
        "risks": RISKS,
        "usual": asdict(RiskWeights()),
        "shares": sorted({*SHARES, content.risk_share or 0.5}),
        "second_shares": sorted({*SECOND_SHARES, content.second_share}),
        "buys": [(size, *(coverage_interval(size) or (0.0, 1.0))) for size in SIZES],
    }


@router.get(f"{API}/plans")
def list_plans(
    session: Reading, active: bool | None = None, number: Number = 1, actor: Actor = READ
) -> plan_list.ListedPlans:
    """A page of plans, active ones first, each with its latest drawing."""
    return plan_list.plan_list(session, actor, active=active, page=number)


@router.post(f"{API}/plans", status_code=201)
def create_plan(session: Writing, given: NewPlan, actor: Actor = PLAN) -> plans.PlanView:
    """A new, active plan."""
    return plans.create(session, actor, given.name, given.content.model_dump())


@router.post(f"{API}/plans/preview")
def preview_plan(session: Reading, given: Previewed, actor: Actor = PLAN) -> sampling.Preview:
    """What a plan would draw from a period, and the interval that this buys. Nothing is kept."""
    day = given.day or newest_day(session, actor, today()) or today()
    return sampling.preview(session, actor, given.content.model_dump(), day)


@router.get("/plans/{plan_id}", response_class=HTMLResponse, include_in_schema=False)
def plan_page(
    request: Request,
    session: Reading,
    plan_id: Key,
    number: Number = 1,
    drawn: Annotated[str, Query(max_length=32)] = "",
    drawings: Drawings = sample_results.USUAL,
    card: Annotated[str, Query(max_length=120)] = "",
    actor: Actor = READ,
) -> HTMLResponse:
    """One plan: drawing, drawings so far, what they say, and the form to change it."""
    view = plans.plan(session, actor, plan_id)
    plans_may, reads = actor.may("sample.plan"), actor.may("review.read")
    known = periods(session, actor, plan_id, today()) if plans_may else ()
    free = [one for one in known if one.sample_id is None]
    samples = sampling.samples(session, actor, plan_id=plan_id, page=number)
    found = (
        sample_results.results(session, actor, plan_id, drawings=drawings, scorecard=card) if reads else None
    )
    return page(
        request,
        "plan.html",
        actor,
        plan=view,
        name=view.name,
        content=view.content,
        why_not=automatic.why_not(session, plan_id),
        day=(free or known)[0].first if known else today().isoformat(),
        free=free,
        known=known,
        samples=samples,
        size=plans.PAGE,
        drawn=next((one for one in samples.rows if one.id == drawn), None),
        results=found,
        method=METHOD,
        drawings=drawings,
        pooled=POOLED,
        **(_form(request, session, actor, view.content) if plans_may else {}),
        **_words(),
    )


@router.get(f"{API}/plans/{{plan_id}}")
def get_plan(session: Reading, plan_id: Key, actor: Actor = READ) -> plans.PlanView:
    """One plan."""
    return plans.plan(session, actor, plan_id)


@router.patch(f"{API}/plans/{{plan_id}}")
def change_plan(session: Writing, plan_id: Key, given: PlanChange, actor: Actor = PLAN) -> plans.PlanView:
    """Change a plan, put it out of use or back into it; what was drawn stays as it was drawn."""
    content = given.content.model_dump() if given.content else None
    if given.name is not None or content is not None:
        plans.change(session, actor, plan_id, name=given.name, content=content)
    if given.active is not None:
        plans.set_active(session, actor, plan_id, active=given.active)
    return plans.plan(session, actor, plan_id)


@router.get(f"{API}/plans/{{plan_id}}/periods")
def list_periods(session: Reading, plan_id: Key, actor: Actor = PLAN) -> tuple[DrawPeriod, ...]:
    """The last periods that hold conversations for the plan, and which of them it has drawn."""
    return periods(session, actor, plan_id, today())


@router.post(f"{API}/plans/{{plan_id}}/draw", status_code=201)
def draw_plan(session: Writing, plan_id: Key, given: Drawn, actor: Actor = PLAN) -> sampling.SampleView:
    """Draw a period and put what was drawn into the queue."""
    return sampling.draw(session, actor, plan_id, given.day, today=today(), seed=given.seed)


@router.get(f"{API}/plans/{{plan_id}}/results")
def plan_results(
    session: Reading,
    plan_id: Key,
    drawings: Drawings = sample_results.USUAL,
    card: Annotated[str, Query(max_length=120)] = "",
    actor: Actor = permitted("review.read"),
) -> sample_results.SampleResults | None:
    """What the latest drawings say, criterion by criterion, beside the automatic figures; null before the first."""
    return sample_results.results(session, actor, plan_id, drawings=drawings, scorecard=card)


@router.get(f"{API}/samples")
def list_samples(
    session: Reading, plan: Key | None = None, number: Number = 1, actor: Actor = READ
) -> sampling.SamplePage:
    """A page of drawings with their progress, latest period first."""
    return sampling.samples(session, actor, plan_id=plan, page=number)
