"""Reports by e-mail: one's own subscriptions, those that are managed for others, trials, and reports as files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from qa.services.access.permissions import Actor
from qa.services.boards import quality_board
from qa.services.boards.choices import board_choices
from qa.services.conversations.reasons import reason_name
from qa.services.inputs import LAST_PAGE
from qa.services.reports import content, outcomes, schedule, sending, smtp, subscriptions
from qa.services.reports.content import Wanted
from qa.services.reports.subscriptions import Order, Reader, Subscription, SubscriptionPage
from qa.storage import audit
from qa.storage.tables import now
from qa.web.context import (
    API,
    PageNumber,
    Reading,
    Writing,
    permitted,
    today,
    web_settings_of,
    workspace_of,
)
from qa.web.pages import page
from qa.web.reports import letter, quality, voice
from qa.web.routes.exports import attachment

router = APIRouter()
READ = permitted("report.subscribe")
Board = Literal["quality", "voice"]
Period = Literal["seven_days", "week", "month", "quarter"]
Cycle = Literal["daily", "weekly", "monthly"]
Form = Literal["html", "pdf", "both"]
Kind = Literal["html", "pdf"]
Value = Annotated[str, Field(max_length=200)]
Identifier = Annotated[str, Field(max_length=32)]
FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The report", "content": {"text/html": {}, "application/pdf": {}}}
}
FILTER_NAMES = {**quality.FILTERS, **voice.FILTERS}
DAY_NAMES = ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela")
STATES = {
    "sent": "wysłany",
    "waiting": "czeka na kolejną próbę",
    "preparing": "w przygotowaniu",
    "handing": "w przekazywaniu",
    "failed": "niewysłany",
    "unknown": "nie wiadomo, czy dotarł",
}


class GivenFilters(BaseModel):
    """Filters of the board; those that it does not have stay empty."""

    team: Value | None = None
    agent: Value | None = None
    channel: Value | None = None
    scorecard: Value | None = None
    reason: Value | None = None
    sentiment: Value | None = None

    def given(self) -> dict[str, str]:
        """Those that are set."""
        return {name: value for name, value in self.model_dump().items() if value}


class NewReport(BaseModel):
    """A report that goes out again and again; ``accounts``: to whom, nobody named: to oneself."""

    board: Board
    accounts: list[Identifier] = Field(default=[], max_length=50)
    period: Period = "week"
    filters: GivenFilters = GivenFilters()
    quotes: bool = False
    cycle: Cycle = "weekly"
    hour: int = Field(default=7, ge=0, le=23)
    weekday: int = Field(default=1, ge=1, le=7)
    monthday: int = Field(default=1, ge=1, le=31)
    form: Form = "both"


class ReportChange(BaseModel):
    """What changes in a subscription; None leaves a value as it is."""

    period: Period | None = None
    filters: GivenFilters | None = None
    quotes: bool | None = None
    cycle: Cycle | None = None
    hour: int | None = Field(default=None, ge=0, le=23)
    weekday: int | None = Field(default=None, ge=1, le=7)
    monthday: int | None = Field(default=None, ge=1, le=31)
    form: Form | None = None
    active: bool | None = None


class ReportPage(GivenFilters):
    """The page, with a board and filters chosen for a new report."""

    board: Board | None = None
    number: int = Field(default=1, ge=1, le=LAST_PAGE)


def _day(cycle: str, weekday: int, monthday: int) -> int:
    return {"weekly": weekday, "monthly": monthday}.get(cycle, 0)


@router.get("/reports", response_class=HTMLResponse, include_in_schema=False)
def reports_page(
    request: Request, session: Reading, query: Annotated[ReportPage, Query()], actor: Actor = READ
) -> HTMLResponse:
    """The subscriptions, and the form for a new one."""
    mail = workspace_of(request).settings.mail
    boards = [one for one in content.BOARDS if actor.may(content.NEEDED[one])]
    board = query.board if query.board in boards else boards[0]
    people = subscriptions.readers(session, actor, mail)
    size = web_settings_of(request).page_rows
    found = subscriptions.listed(session, actor, query.number, size)
    return page(
        request,
        "reports.html",
        actor,
        found=found,
        number=query.number,
        size=size,
        mail=mail,
        boards={one: content.BOARDS[one] for one in boards},
        board=board,
        people=[one for one in people if board in one.boards],
        choices=board_choices(session, actor),
        cards=_cards(request) if "quality" in (board, *(one.board for one in found.rows)) else [],
        own_team=quality_board.only_team(actor) if "quality" in boards else "",
        given=query.model_dump(exclude={"board", "number"}, exclude_none=True),
        periods=schedule.PERIODS,
        cycles=schedule.CYCLES,
        forms=subscriptions.FORMS,
        stopped=subscriptions.STOPPED,
        problems={**smtp.PROBLEMS, **outcomes.TROUBLES},
        states=STATES,
        days=DAY_NAMES,
        filter_names=FILTER_NAMES,
        reason_name=reason_name,
    )


def _cards(request: Request) -> list[tuple[str, str]]:
    """The scorecards of the settings, for the quality board."""
    from qa.services.judging.cards import card_of

    known = {key: card_of(key) for key in dict.fromkeys(request.app.state.cards.values())}
    return [(key, card.name) for key, card in known.items() if card]


@router.get(f"{API}/reports")
def list_reports(
    request: Request, session: Reading, number: PageNumber = 1, actor: Actor = READ
) -> SubscriptionPage:
    """A page of one's own subscriptions, then of those of others that one manages."""
    return subscriptions.listed(session, actor, number, web_settings_of(request).page_rows)


@router.get(f"{API}/reports/readers")
def list_readers(
    request: Request, session: Reading, actor: Actor = permitted("report.manage")
) -> tuple[Reader, ...]:
    """Whom one may subscribe."""
    return subscriptions.readers(session, actor, workspace_of(request).settings.mail)


@router.post(f"{API}/reports", status_code=201)
def create_report(
    request: Request, session: Writing, given: NewReport, actor: Actor = READ
) -> tuple[Subscription, ...]:
    """Subscribe oneself or others."""
    wanted = Wanted(given.board, given.period, given.filters.given(), given.quotes)
    day = _day(given.cycle, given.weekday, given.monthday)
    order = Order(wanted, schedule.checked_cycle(given.cycle, given.hour, day), given.form)
    mail = workspace_of(request).settings.mail
    return subscriptions.create(session, actor, mail, given.accounts, order)


@router.patch(f"{API}/reports/{{subscription_id}}")
def change_report(
    request: Request, session: Writing, subscription_id: Identifier, given: ReportChange, actor: Actor = READ
) -> Subscription:
    """Change, pause or take up a subscription again."""
    values = given.model_dump(exclude={"filters", "weekday", "monthday"})
    values["filters"] = given.filters.given() if given.filters else None
    # of the day only what belongs to the cycle as it will be; the service knows the one that it has
    row = subscriptions.subscription(session, actor, subscription_id)
    values["day"] = {"weekly": given.weekday, "monthly": given.monthday}.get(given.cycle or row.cycle)
    mail = workspace_of(request).settings.mail
    return subscriptions.change(session, actor, mail, subscription_id, **values)


@router.delete(f"{API}/reports/{{subscription_id}}")
def delete_report(session: Writing, subscription_id: Identifier, actor: Actor = READ) -> dict[str, bool]:
    """End a subscription."""
    subscriptions.delete(session, actor, subscription_id)
    return {"ok": True}


@router.post(f"{API}/reports/{{subscription_id}}/trial")
def try_report(request: Request, subscription_id: Identifier, actor: Actor = READ) -> outcomes.Outcome:
    """Send the report to its reader now, marked as a trial; what became of it is in the answer."""
    return sending.try_out(workspace_of(request), letter.letter, actor, subscription_id)


@router.get(f"{API}/reports/{{subscription_id}}/file", response_class=Response, responses=FILE)
def report_file(request: Request, subscription_id: Identifier, kind: Kind, actor: Actor = READ) -> Response:
    """The report as it would be today, for the person who asks: with what they themselves may see."""
    workspace = workspace_of(request)
    with workspace.storage.reading() as session:
        order = subscriptions.order_of(subscriptions.subscription(session, actor, subscription_id))
    found = sending.written(workspace, actor, order.wanted, today())
    with workspace.storage.writing() as session:
        days = [found.view.first, found.view.last]
        audit.record(
            session, actor.login, "report_file", subscription_id, {"report": order.wanted.board, "days": days}
        )
    file = letter.as_file(found, actor.language, kind, now(), _address(request))
    return Response(file.content, media_type=file.media_type, headers=attachment(file.name))


def _address(request: Request) -> str:
    mail = workspace_of(request).settings.mail
    return mail.base_url if mail else ""
