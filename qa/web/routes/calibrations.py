"""Calibration sessions: opening, judging blind, comparing, deciding."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from nlp.taxonomy import load_contact_reasons
from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import Actor
from qa.services.calibration import choice as calibration_choice
from qa.services.calibration import comparison, sessions
from qa.services.calibration import reading as calibration_reading
from qa.services.calibration import views as calibration_views
from qa.services.judging.cards import known_card
from qa.web.context import API, PageNumber, Reading, Writing, noting, permitted
from qa.web.pages import page
from qa.web.shares import with_intervals

router = APIRouter()
Identifier = Annotated[str, Field(max_length=200)]
Few = Annotated[str, Query(max_length=200)]
Listed = Annotated[str, Field(max_length=20_000)]
Outcome = Literal["pass", "fail", "na", "0", "1", "2", "3", "4", "5"]  # a level of a criterion with a scale
STATUSES = {"open": "trwa", "compared": "porównana", "closed": "zamknięta"}
JUDGED = {"waiting": "do oceny", "draft": "zaczęta", "finished": "oceniona"}
ANY = ("calibration.take", "calibration.lead")
SIZE = 20


class Draw(BaseModel):
    """Conversations to draw at random among those that the scorecard has scored; days are Polish, both included."""

    number: int | None = Field(default=None, ge=1, le=sessions.MOST_CONVERSATIONS)
    first: date | None = None
    last: date | None = None


class NewCalibration(BaseModel):
    """A new session on ``conversations`` (a list, or text with one id in each line), or on drawn ones."""

    name: str = Field(max_length=200)
    scorecard: str = Field(max_length=120)
    participants: list[Identifier] = Field(max_length=200)
    choose: Literal["list", "draw"] = "list"
    conversations: Annotated[list[Identifier], Field(max_length=200)] | Listed | None = None
    draw: Draw | None = None


class Said(BaseModel):
    """What is said about a criterion; an outcome of null is none yet."""

    outcome: Outcome | None = None
    comment: str = Field(default="", max_length=sessions.MOST_COMMENT)


class NewJudgement(BaseModel):
    """One's judgement as a whole; ``version`` is that of the one it replaces, 0 where there is none."""

    criteria: dict[str, Said] = Field(max_length=200)
    comment: str = Field(default="", max_length=sessions.MOST_COMMENT)
    version: int = Field(ge=0, le=1_000_000_000)
    finish: bool = False


class Comparing(BaseModel):
    """``without_missing``: also where somebody has not finished."""

    without_missing: bool = False


class NewDecision(BaseModel):
    """What was decided on a criterion of a conversation, why, and a proposal for rewording the criterion."""

    conversation_id: Identifier
    criterion: str = Field(max_length=120)
    outcome: Outcome
    why: str = Field(max_length=sessions.MOST_COMMENT)
    wording: str | None = Field(default=None, max_length=sessions.MOST_WORDING)


@router.get("/calibrations", response_class=HTMLResponse, include_in_schema=False)
def list_page(
    request: Request,
    session: Reading,
    status: Few = "",
    number: PageNumber = 1,
    actor: Actor = permitted(*ANY),
) -> HTMLResponse:
    """The sessions, and the form for a new one."""
    leads = actor.may("calibration.lead")
    return page(
        request,
        "calibrations.html",
        actor,
        found=calibration_views.calibrations(session, actor, status, number, SIZE),
        people=calibration_choice.able(session, actor) if leads else (),
        scorecards=calibration_choice.cards(session, actor) if leads else (),
        least=sessions.LEAST_PARTICIPANTS,
        state=status,
        statuses=STATUSES,
        number=number,
        size=SIZE,
    )


@router.get(f"{API}/calibrations")
def list_calibrations(
    session: Reading, status: Few = "", number: PageNumber = 1, actor: Actor = permitted(*ANY)
) -> calibration_views.CalibrationPage:
    """Sessions that one leads or takes part in, newest first; a lead sees all."""
    return calibration_views.calibrations(session, actor, status, number, SIZE)


@router.post(f"{API}/calibrations", status_code=201)
def open_calibration(
    session: Writing, given: NewCalibration, actor: Actor = permitted("calibration.lead")
) -> dict[str, str]:
    """Open a session."""
    ids = _conversations(session, actor, given)
    view = sessions.open_session(session, actor, given.name, given.scorecard, ids, given.participants)
    return {"id": view.line.id}


def _conversations(session: Any, actor: Actor, given: NewCalibration) -> tuple[str, ...]:
    if given.choose == "draw":
        wanted = given.draw
        if wanted is None or wanted.number is None:
            raise UsageProblem("Podaj, ile rozmów wylosować.")
        seed = secrets.randbits(31)
        return calibration_choice.draw(
            session, actor, given.scorecard, wanted.number, seed, wanted.first, wanted.last
        )
    listed = given.conversations or ()
    lines = listed.splitlines() if isinstance(listed, str) else listed
    return tuple(line.strip() for line in lines if line.strip())


@router.get(f"{API}/calibrations/people")
def people(
    session: Reading, actor: Actor = permitted("calibration.lead")
) -> tuple[calibration_choice.Able, ...]:
    """Who may take part."""
    return calibration_choice.able(session, actor)


@router.get(f"{API}/calibrations/scorecards")
def scorecards(
    session: Reading, actor: Actor = permitted("calibration.lead")
) -> tuple[calibration_choice.CardChoice, ...]:
    """The scorecards to judge by, the most used first."""
    return calibration_choice.cards(session, actor)


@router.get("/calibrations/{calibration_id}", response_class=HTMLResponse, include_in_schema=False)
def session_page(
    request: Request,
    session: Reading,
    calibration_id: Identifier,
    criterion: Few = "",
    actor: Actor = permitted(*ANY),
) -> HTMLResponse:
    """One session: progress while it is open, the comparison afterwards."""
    view = calibration_views.calibration(session, actor, calibration_id)
    found, hidden = None, None
    if view.line.status != "open":
        try:
            found = comparison.comparison(session, actor, calibration_id)
        except Refused as refusal:
            hidden = refusal
    return page(
        request,
        "calibration.html",
        actor,
        view=view,
        found=found,
        hidden=hidden,
        chosen=_chosen(found, criterion) if found else None,
        splits=_splits(found) if found else {},
        asked={one.id: one for one in known_card(view.line.scorecard).criteria},
        statuses=STATUSES,
        judged=JUDGED,
    )


def _splits(found: comparison.Comparison) -> Counter[str]:
    """How many conversations of each criterion need a word: people differ, or the machine from them."""
    return Counter(
        criterion.id
        for criterion in found.criteria
        for one in criterion.conversations
        if one.split or one.machine_differs
    )


def _chosen(found: comparison.Comparison, wanted: str) -> comparison.ComparedCriterion:
    """The criterion asked for; else the first with something to decide, else the first."""
    by_id = {one.id: one for one in found.criteria}
    undecided = (
        criterion
        for criterion in found.criteria
        if any((one.split or one.machine_differs) and not one.decision for one in criterion.conversations)
    )
    return by_id.get(wanted) or next(undecided, found.criteria[0])


@router.get(f"{API}/calibrations/{{calibration_id}}")
def calibration(
    session: Reading, calibration_id: Identifier, actor: Actor = permitted(*ANY)
) -> calibration_views.CalibrationView:
    """One session: how far everybody is, and one's own conversations."""
    return calibration_views.calibration(session, actor, calibration_id)


@router.get(
    "/calibrations/{calibration_id}/judge/{conversation_id:path}",
    response_class=HTMLResponse,
    include_in_schema=False,
)
def judge_page(
    request: Request,
    calibration_id: Identifier,
    conversation_id: Identifier,
    actor: Actor = permitted("calibration.take"),
) -> Response:
    """One conversation to judge blind; once the session is compared, its page."""
    with noting(request) as session:
        view = calibration_views.calibration(session, actor, calibration_id)
        if view.line.status != "open":
            return RedirectResponse(f"/calibrations/{view.line.id}", 303)
        reading = _reading(session, actor, calibration_id, conversation_id)
    return page(
        request, "calibration_judge.html", actor, reading=reading, view=reading.conversation, judged=JUDGED
    )


def _reading(
    session: Any, actor: Actor, calibration_id: str, conversation_id: str
) -> calibration_reading.BlindReading:
    return calibration_reading.blind_reading(
        session, actor, calibration_id, conversation_id, load_contact_reasons()
    )


@router.get(f"{API}/calibrations/{{calibration_id}}/judgement")
def read_judgement(
    session: Writing,
    calibration_id: Identifier,
    conversation: Few,
    actor: Actor = permitted("calibration.take"),
) -> calibration_reading.BlindReading:
    """A conversation to judge, without anything that the machine or others say, and one's own word so far."""
    return _reading(session, actor, calibration_id, conversation)


@router.put(f"{API}/calibrations/{{calibration_id}}/judgement")
def save_judgement(
    session: Writing,
    calibration_id: Identifier,
    conversation: Few,
    given: NewJudgement,
    actor: Actor = permitted("calibration.take"),
) -> calibration_views.Judgement:
    """Keep one's judgement of a conversation as a draft, or finish it, which is final."""
    said = {name: one.model_dump() for name, one in given.criteria.items()}
    return sessions.judge(
        session,
        actor,
        calibration_id,
        conversation,
        said,
        given.comment,
        given.version,
        finish=given.finish,
    )


@router.post(f"{API}/calibrations/{{calibration_id}}/compare")
def compare(
    session: Writing,
    calibration_id: Identifier,
    given: Comparing,
    actor: Actor = permitted("calibration.lead"),
) -> calibration_views.CalibrationView:
    """End the blind part: participants and leads see all finished judgements from now on."""
    return sessions.compare(session, actor, calibration_id, without_missing=given.without_missing)


@router.get(f"{API}/calibrations/{{calibration_id}}/comparison")
def compared(session: Reading, calibration_id: Identifier, actor: Actor = permitted(*ANY)) -> dict[str, Any]:
    """Everybody's finished judgements side by side, with the machine's and the figures of agreement."""
    found: dict[str, Any] = with_intervals(comparison.comparison(session, actor, calibration_id))
    return found


@router.put(f"{API}/calibrations/{{calibration_id}}/decision")
def decide(
    session: Writing,
    calibration_id: Identifier,
    given: NewDecision,
    actor: Actor = permitted("calibration.lead"),
) -> dict[str, bool]:
    """Record what was decided on a criterion of a conversation; a later decision replaces it."""
    sessions.decide(
        session,
        actor,
        calibration_id,
        given.conversation_id,
        given.criterion,
        given.outcome,
        given.why,
        given.wording or "",
    )
    return {"ok": True}


@router.post(f"{API}/calibrations/{{calibration_id}}/close")
def close(
    session: Writing, calibration_id: Identifier, actor: Actor = permitted("calibration.lead")
) -> calibration_views.CalibrationView:
    """End a session that has been compared."""
    return sessions.close(session, actor, calibration_id)
