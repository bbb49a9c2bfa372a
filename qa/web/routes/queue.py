"""The queue of reviews: what waits and why, taking and giving back, skipping, assigning."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, Field

from qa.errors import Missing
from qa.services.access.permissions import Actor
from qa.services.conversations import listing as conversation_list
from qa.services.conversations.reasons import reason_groups, reason_name
from qa.services.inputs import LAST_PAGE
from qa.services.queue import claiming as queue
from qa.services.queue import listing as queue_list
from qa.services.queue import people as queue_people
from qa.services.sampling import plans
from qa.services.sampling.items import SECOND_REASON
from qa.services.sampling.plan_content import STRATA
from qa.services.sampling.selection import RISKS
from qa.storage.tables import now
from qa.web.context import API, Reading, Writing, permitted, today, workspace_of
from qa.web.language import Words
from qa.web.pages import page
from qa.web.routes.plans import Day

router = APIRouter()
WORK, LEAD = permitted("queue.work"), permitted("sample.plan")
Key = Annotated[str, Field(max_length=32)]
Value = Annotated[str, Field(max_length=200)]
Number = Annotated[int, Query(ge=1, le=LAST_PAGE)]
MaybeDay = Annotated[
    Day | None, BeforeValidator(lambda value: value or None)
]  # a field of a form may be empty
EACH_SECONDS = 60.0
SKIPS_OF = timedelta(days=29)
KINDS = {
    "overdue": "po terminie",
    "mine": "moje i przydzielone mi",
    "first": "pierwsze oceny",
    "second": "drugie oceny, w ciemno",
}
NOTHING = "Nie ma teraz rozmowy do wzięcia: zmień filtry kolejki albo wylosuj nową próbę."
# The service writes why a conversation was drawn from these pieces.
REASONS = (
    "Ryzyko",
    "Losowo",
    "osobno",
    "bez sygnałów ryzyka",
    SECOND_REASON,
    *RISKS.values(),
    *STRATA.values(),
)
_PIECE = re.compile("|".join(sorted(map(re.escape, REASONS), key=len, reverse=True)))


class Narrowed(BaseModel):
    """What the queue is narrowed to; empty or null narrows nothing.

    ``reason`` is a leaf, a group or ``none``; ``kind`` is ``overdue``, ``mine`` (claimed by or kept for oneself), ``first`` or ``second`` (blind reviews).
    """

    plan: Key | None = None
    sample: Key | None = None
    agent: Value | None = None
    team: Value | None = None
    channel: Value | None = None
    reason: Value | None = None
    kind: Literal["", "overdue", "mine", "first", "second"] | None = None

    def filter(self) -> queue_list.QueueFilter:
        """For the service."""
        return queue_list.QueueFilter(
            plan_id=self.plan or "",
            sample_id=self.sample or "",
            agent=self.agent or "",
            team=self.team or "",
            channel=self.channel or "",
            reason=self.reason or "",
            overdue_on=today() if self.kind == "overdue" else None,
            second={"first": False, "second": True}.get(self.kind or ""),
            mine=self.kind == "mine",
        )

    def given(self) -> dict[str, str]:
        """What narrows, for an address."""
        return {name: value for name, value in self.model_dump().items() if value}


class Looked(Narrowed):
    """A page of the queue; ``everybody`` shows a lead also what others have."""

    number: int = Field(default=1, ge=1, le=LAST_PAGE)
    everybody: bool = False


class Opened(Looked):
    """The page: after a finished review with ``done``; ``first`` and ``last`` are the days of skip counts."""

    done: str = Field(default="", max_length=10)
    first: MaybeDay = None
    last: MaybeDay = None


class Skipped(BaseModel):
    """Why a conversation cannot be judged."""

    reason: str = Field(max_length=queue.MOST_REASON)


class Assigned(BaseModel):
    """Who is to review it; null is everybody."""

    account_id: Key | None = None


def why(words: Words, reason: str) -> str:
    """Why a conversation was drawn, in the language of the page."""
    return _PIECE.sub(lambda piece: words(piece.group()), reason)


def _tidied(request: Request, actor: Actor) -> None:
    """Give back what lies claimed for too long; at most once a minute in this process, as everybody's page asks for it."""
    state, moment = request.app.state, time.monotonic()
    if moment < getattr(state, "queue_tidied_until", moment):
        return
    state.queue_tidied_until = moment + EACH_SECONDS
    with workspace_of(request).storage.writing() as session:
        queue.release_stale(session, actor, now())


@router.get("/queue", response_class=HTMLResponse, include_in_schema=False)
def queue_page(
    request: Request,
    session: Reading,
    looked: Annotated[Opened, Query()],
    actor: Actor = WORK,
) -> HTMLResponse:
    """One's own items, then what waits; for a lead also everybody's, with who skipped how much."""
    _tidied(request, actor)
    day = today()
    last = looked.last or day
    choices = conversation_list.choices(session, actor)
    found = queue_list.next_items(session, actor, looked.number, looked.filter(), everybody=looked.everybody)
    return page(
        request,
        "queue.html",
        actor,
        found=found,
        size=plans.PAGE,
        looked=looked,
        given=Narrowed(**looked.model_dump()).given(),
        mine=queue_people.queue_day(session, actor, day),
        no_sample=bool(looked.sample) and not queue_list.is_sample(session, looked.sample or ""),
        done=bool(looked.done),
        today=day.isoformat(),
        choices=choices,
        groups=reason_groups(choices.reasons),
        plans=plans.plan_names(session, actor),
        reason=reason_name,
        kinds=KINDS,
        why=why,
        **(_led(session, actor, looked.first or last - SKIPS_OF, last) if looked.everybody else {}),
    )


def _led(session: Any, actor: Actor, first: date, last: date) -> dict[str, Any]:
    return {
        "people": queue_people.workers(session, actor),
        "skips": queue_list.skip_counts(session, actor, first, last),
        "first": first.isoformat(),
        "last": last.isoformat(),
    }


@router.get(f"{API}/queue")
def list_queue(
    request: Request, session: Reading, looked: Annotated[Looked, Query()], actor: Actor = WORK
) -> queue_list.QueuePage:
    """A page of what one has and may take, in order; for a lead with ``everybody`` all that is open."""
    _tidied(request, actor)
    return queue_list.next_items(session, actor, looked.number, looked.filter(), everybody=looked.everybody)


@router.post(f"{API}/queue/next")
def take_next(
    request: Request, session: Writing, given: Narrowed, actor: Actor = WORK
) -> queue_list.QueueItem:
    """Take what is worth most; nobody else gets it."""
    _tidied(request, actor)
    item = queue.claim_next(session, actor, given.filter())
    if item is None:
        raise Missing(NOTHING)
    return item


@router.get(f"{API}/queue/day")
def my_day(session: Reading, actor: Actor = WORK) -> queue_people.QueueDay:
    """What one has done today, has claimed and may still take."""
    return queue_people.queue_day(session, actor, today())


@router.get(f"{API}/queue/people")
def people(session: Reading, actor: Actor = LEAD) -> tuple[queue_people.Worker, ...]:
    """To whom items can be assigned."""
    return queue_people.workers(session, actor)


@router.get(f"{API}/queue/skips")
def skips(
    session: Reading,
    first: Day | None = None,
    last: Day | None = None,
    actor: Actor = permitted("sample.plan", "team.read"),
) -> tuple[queue_list.SkipCount, ...]:
    """Who skipped how much of what they closed on these days (without them: the last 30), by name."""
    until = last or today()
    return queue_list.skip_counts(session, actor, first or until - SKIPS_OF, until)


@router.get(f"{API}/queue/{{item_id}}")
def queue_item(session: Reading, item_id: Key, actor: Actor = WORK) -> queue_list.QueueItem:
    """One item, whatever its status."""
    return queue_list.item_view(session, actor, item_id)


@router.post(f"{API}/queue/{{item_id}}/claim")
def claim(request: Request, session: Writing, item_id: Key, actor: Actor = WORK) -> queue_list.QueueItem:
    """Take this one."""
    _tidied(request, actor)
    return queue.claim(session, actor, item_id)


@router.post(f"{API}/queue/{{item_id}}/release")
def release(session: Writing, item_id: Key, actor: Actor = WORK) -> dict[str, bool]:
    """Give it back to everybody; a lead also what others have."""
    queue.release(session, actor, item_id)
    return {"ok": True}


@router.post(f"{API}/queue/{{item_id}}/skip")
def skip(session: Writing, item_id: Key, given: Skipped, actor: Actor = WORK) -> queue_list.QueueItem | None:
    """Close what cannot be judged; the answer is what replaces it, or null."""
    return queue.skip(session, actor, item_id, given.reason)


@router.post(f"{API}/queue/{{item_id}}/assign")
def assign(session: Writing, item_id: Key, given: Assigned, actor: Actor = LEAD) -> queue_list.QueueItem:
    """Keep an open item for one person, or give it to everybody."""
    return queue.assign(session, actor, item_id, given.account_id)
