"""The filters of the boards as they stand in an address: of pages, of operations and of exports."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.boards.choices import default_days
from qa.services.boards.quality_board import QualityFilters
from qa.services.boards.voice_board import VoiceFilters
from qa.web.context import today

DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
Days = tuple[date, date]


class BoardQuery(BaseModel):
    """What every board is narrowed to; without days it is the last twelve weeks that hold conversations."""

    first: str = Field(default="", pattern=DAY, description="ISO day")
    last: str = Field(default="", pattern=DAY, description="ISO day, included")
    channel: str = Field(default="", max_length=20)
    team: str = Field(default="", max_length=200)


class QualityQuery(BoardQuery):
    """Filters of the quality board; without a scorecard it is the most used."""

    agent: str = Field(default="", max_length=200)
    scorecard: str = Field(default="", max_length=120)


class VoiceQuery(BoardQuery):
    """Filters of the voice-of-customer board; ``reason`` is a group, a leaf or ``none``."""

    reason: str = Field(default="", max_length=120)
    sentiment: str = Field(default="", max_length=20)


def usual_days(session: Session) -> Days:
    """The days of a board whose address names none."""
    return default_days(session, today())


def quality_filters(query: QualityQuery, usual: Days) -> QualityFilters:
    """What the quality board is asked for.

    Raises:
        UsageProblem: a day that is in no calendar.
    """
    return QualityFilters(*_days(query, usual), query.team, query.agent, query.channel, query.scorecard)


def voice_filters(query: VoiceQuery, usual: Days) -> VoiceFilters:
    """What the voice-of-customer board is asked for.

    Raises:
        UsageProblem: a day that is in no calendar.
    """
    return VoiceFilters(*_days(query, usual), query.channel, query.team, query.reason, query.sentiment)


def _days(query: BoardQuery, usual: Days) -> Days:
    """Where one end is given alone, the other is the usual one, or the same day where that would be the wrong way."""
    first, last = day_of(query.first), day_of(query.last)
    begin = first or min(usual[0], last or usual[0])
    return begin, last or max(usual[1], begin)


def day_of(text: str) -> date | None:
    """A day of an address, where an empty one is none.

    Raises:
        UsageProblem: it is in no calendar.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageProblem("Nie ma takiego dnia: podaj go w postaci RRRR-MM-DD.") from error


def given(filters: QualityFilters | VoiceFilters) -> dict[str, str]:
    """The filters as they stand in an address, without empty ones."""
    return {name: str(value) for name, value in asdict(filters).items() if value != ""}


def kept_query(filters: QualityFilters | VoiceFilters, usual: Days) -> str:
    """The filters as they are saved: without the usual days, which move on with the conversations."""
    moving = {"first": str(usual[0]), "last": str(usual[1])}
    return urlencode({name: value for name, value in given(filters).items() if moving.get(name) != value})
