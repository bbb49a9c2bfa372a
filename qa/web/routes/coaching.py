"""1:1s: whose turn it is, preparing and holding one, and reading one's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from qa.services.access.permissions import Actor
from qa.services.coaching import content as coaching_content
from qa.services.coaching import meetings as coaching
from qa.services.coaching import opening as coaching_opening
from qa.services.coaching import people as coaching_people
from qa.services.coaching.effects import BASELINE_DAYS
from qa.services.coaching.progress import Period
from qa.services.conversations.listing import Filters
from qa.web.context import API, PageNumber, Reading, Writing, noting, permitted, web_settings_of
from qa.web.context import today as today_in_poland
from qa.web.pages import page

router = APIRouter()
Identifier = Annotated[str, Field(max_length=200)]
Few = Annotated[str, Query(max_length=200)]
Offset = Annotated[int, Field(ge=0, le=coaching_content.LAST_OFFSET)]
Version = Annotated[int, Field(ge=0, le=2_147_483_647)]
WRITE = "coaching.write"
READ_OWN = "coaching.read_own"


class GivenMoment(BaseModel):
    """A place in one of the person's conversations, with what to say about it."""

    conversation_id: Identifier
    turn: Offset
    start: Offset
    end: Offset
    comment: str = Field(default="", max_length=coaching_content.LONGEST_COMMENT)


class Draft(BaseModel):
    """The whole draft; ``version`` is the one that was seen, null begins a draft."""

    # looser than the service, which says what is wrong in words
    strengths: list[Annotated[str, Field(max_length=2000)]] = Field(default_factory=list, max_length=50)
    point: str = Field(default="", max_length=coaching_content.LONGEST_POINT)
    moments: list[GivenMoment] = Field(default_factory=list, max_length=50)
    notes: str = Field(default="", max_length=coaching_content.LONGEST_NOTES)
    version: Version | None = None


class Seen(BaseModel):
    """The version of the draft that is closed."""

    version: Version


class NewAction(BaseModel):
    """What is agreed; ``criterion`` is null where no criterion measures it."""

    text: str = Field(max_length=coaching.LONGEST_ACTION)
    criterion: str | None = Field(default=None, max_length=120)
    due_on: str = Field(max_length=10)


class Answer(BaseModel):
    """The person's comment, which may be empty."""

    comment: str = Field(default="", max_length=coaching.LONGEST_ANSWER)


def _due_days(today: date) -> dict[str, str]:
    """The first, the usual and the last day until which something can be agreed."""
    usual = today + timedelta(days=BASELINE_DAYS)
    return {
        "first": today.isoformat(),
        "usual": usual.isoformat(),
        "last": (today + coaching.LATEST_DUE).isoformat(),
    }


@router.get("/coaching", response_class=HTMLResponse, include_in_schema=False)
def list_page(
    request: Request,
    session: Reading,
    number: PageNumber = 1,
    actor: Actor = permitted(WRITE, READ_OWN),
) -> HTMLResponse:
    """A coach's people, and one's own 1:1s."""
    coaches, reads = actor.may(WRITE), actor.may(READ_OWN)
    today, size = today_in_poland(), web_settings_of(request).page_rows
    return page(
        request,
        "coaching.html",
        actor,
        found=coaching_people.people(session, actor, today, number, size) if coaches else None,
        own=coaching_opening.own_history(session, actor) if reads else None,
        days=coaching_people.ACTIVE_DAYS,
    )


@router.get(f"{API}/coaching/people")
def people(
    request: Request, session: Reading, number: PageNumber = 1, actor: Actor = permitted(WRITE)
) -> coaching_people.PeoplePage:
    """A page of the coach's people, who waited longest for a 1:1 first."""
    size = web_settings_of(request).page_rows
    return coaching_people.people(session, actor, today_in_poland(), number, size)


@router.get(f"{API}/coaching/own")
def own(session: Reading, actor: Actor = permitted(READ_OWN)) -> tuple[coaching.Held, ...]:
    """One's own 1:1s, newest first."""
    return coaching_opening.own_history(session, actor)


def where_counted(agent: str, criterion: str, within: Period, outcome: str = "counted") -> dict[str, str]:
    """Filters of the list of conversations that lead to what a figure of a 1:1 counts."""
    return Filters(
        first=within.first, last=within.last, agent=agent, criterion=criterion, outcome=outcome
    ).given()


@router.get("/coaching/person", response_class=HTMLResponse, include_in_schema=False)
def person_page(request: Request, agent: Few, actor: Actor = permitted(WRITE)) -> HTMLResponse:
    """Preparing a 1:1 with a person, beside its draft."""
    today = today_in_poland()
    with noting(request) as session:
        opened = coaching_opening.open_preparation(session, actor, agent, today)
    return page(
        request,
        "coaching_person.html",
        actor,
        opened=opened,
        where_counted=where_counted,
        days=_due_days(today),
        limits=coaching_content,
        longest_action=coaching.LONGEST_ACTION,
    )


@router.get(f"{API}/coaching/preparation")
def preparation(
    session: Writing, agent: Few, actor: Actor = permitted(WRITE)
) -> coaching_opening.OpenedPreparation:
    """What changed for a person, moments, what was agreed and whether it worked, the draft and earlier 1:1s."""
    return coaching_opening.open_preparation(session, actor, agent, today_in_poland())


@router.put(f"{API}/coaching/draft")
def save_draft(
    session: Writing, agent: Few, given: Draft, actor: Actor = permitted(WRITE)
) -> coaching.Meeting:
    """Keep the draft of the next 1:1 with a person."""
    content = given.model_dump(exclude={"version"})
    return coaching.draft(session, actor, agent, content, given.version)


@router.get("/coaching/{coaching_id}", response_class=HTMLResponse, include_in_schema=False)
def meeting_page(
    request: Request, coaching_id: Identifier, actor: Actor = permitted(WRITE, READ_OWN)
) -> HTMLResponse:
    """One 1:1 for both sides."""
    today = today_in_poland()
    with noting(request) as session:
        opened = coaching_opening.open_meeting(session, actor, coaching_id, today)
    return page(
        request,
        "coaching_meeting.html",
        actor,
        opened=opened,
        where_counted=where_counted,
        days=_due_days(today),
        longest_action=coaching.LONGEST_ACTION,
        longest_answer=coaching.LONGEST_ANSWER,
    )


@router.get(f"{API}/coaching/{{coaching_id}}")
def meeting(
    session: Writing, coaching_id: Identifier, actor: Actor = permitted(WRITE, READ_OWN)
) -> coaching_opening.OpenedMeeting:
    """One 1:1 with the sentences of its moments and the effects of its actions."""
    return coaching_opening.open_meeting(session, actor, coaching_id, today_in_poland())


@router.post(f"{API}/coaching/{{coaching_id}}/hold")
def hold(
    session: Writing, coaching_id: Identifier, given: Seen, actor: Actor = permitted(WRITE)
) -> coaching.Meeting:
    """Close the draft as held: from now on the person reads it."""
    return coaching.hold(session, actor, coaching_id, given.version)


@router.post(f"{API}/coaching/{{coaching_id}}/actions", status_code=201)
def agree(
    session: Writing, coaching_id: Identifier, given: NewAction, actor: Actor = permitted(WRITE)
) -> coaching.Agreed:
    """Write down what was agreed, with the figures of its criterion as they are today."""
    return coaching.agree_action(
        session, actor, coaching_id, given.text, given.criterion, given.due_on, today_in_poland()
    )


@router.post(f"{API}/coaching/{{coaching_id}}/acknowledge")
def acknowledge(
    session: Writing, coaching_id: Identifier, given: Answer, actor: Actor = permitted(READ_OWN)
) -> coaching.Meeting:
    """The person has read their held 1:1."""
    return coaching.acknowledge(session, actor, coaching_id, given.comment)
