"""What a report says: the views of the boards for one reader and some days, as that reader may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.permissions import Actor
from qa.services.boards import quality_board, voice_board, voice_quotes
from qa.services.boards.quality_board import QualityFilters, QualityView
from qa.services.boards.voice_board import VoiceFilters, VoiceView
from qa.services.boards.voice_quotes import ReasonQuotes
from qa.services.conversations.view import trust_states
from qa.services.reports.schedule import days_of

Days = tuple[date, date]
BOARDS: Mapping[str, str] = MappingProxyType({"quality": "Jakość", "voice": "Głos klienta"})
NEEDED: Mapping[str, str] = MappingProxyType({"quality": "team.read", "voice": "voice.read"})
FILTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "quality": ("team", "agent", "channel", "scorecard"),
        "voice": ("channel", "team", "reason", "sentiment"),
    }
)
# How many weeks the lines over time go back from the last day of a report; of a quarter they are twelve months.
WEEKS: Mapping[str, int] = MappingProxyType({"seven_days": 12, "week": 12, "month": 16})
QUOTED = 5  # reasons with quotes
QUOTES = 2  # of each


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report as somebody asked for it. ``quotes``: redacted words of customers, of the voice board only."""

    board: str
    period: str
    filters: Mapping[str, str]
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The quality board of some days, of as many before, and over time; ``trust`` are the states of its criteria."""

    wanted: Wanted
    view: QualityView
    before: QualityView
    span: QualityView
    trust: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VoiceReport:
    """The voice-of-customer board of some days and over time, with quotes for the most frequent reasons."""

    wanted: Wanted
    view: VoiceView
    span: VoiceView
    quotes: tuple[ReasonQuotes, ...]


Content = QualityReport | VoiceReport


def checked(reader: Actor, wanted: Wanted) -> Wanted:
    """The same without empty filters.

    Raises:
        Refused: this reader may not see the board, or not with these filters.
        UsageProblem: there is no such board or period, or a filter cannot be understood.
    """
    if wanted.board not in BOARDS:
        raise UsageProblem("Nie ma takiego raportu: do wyboru {known}.", known=list(BOARDS))
    reader.must(NEEDED[wanted.board])
    days = days_of(wanted.period, date(2026, 1, 1))
    for name in wanted.filters:
        if name not in FILTERS[wanted.board]:
            raise UsageProblem(
                "Ten raport nie ma filtra `{name}`: do wyboru {known}.",
                name=name[:40],
                known=list(FILTERS[wanted.board]),
            )
    if wanted.board == "quality":
        quality_board.selection(reader, _quality_filters(days, wanted.filters))
    else:
        voice_board.checked(_voice_filters(days, wanted.filters))
    kept = {name: value.strip() for name, value in wanted.filters.items() if value.strip()}
    return Wanted(wanted.board, wanted.period, kept, wanted.quotes and wanted.board == "voice")


def _quality_filters(days: Days, given: Mapping[str, str]) -> QualityFilters:
    values: dict[str, Any] = dict(given)
    return QualityFilters(*days, **values)


def _voice_filters(days: Days, given: Mapping[str, str]) -> VoiceFilters:
    values: dict[str, Any] = dict(given)
    return VoiceFilters(*days, **values)


def gathered(session: Session, reader: Actor, wanted: Wanted, first: date, last: date) -> Content:
    """What the report says to this reader, from the boards that they would see on the pages.

    Raises:
        Refused: the reader may not see it.
        UsageProblem: a filter cannot be understood.
    """
    wanted = checked(reader, wanted)
    since = _since(wanted.period, last)
    if wanted.board == "quality":
        return _quality(session, reader, wanted, (first, last), since)
    return _voice(session, reader, wanted, (first, last), since)


def _since(period: str, last: date) -> date:
    """The first day of the lines over time: a Monday, or the first of a month."""
    if period == "quarter":
        return date(last.year - (last.month < 12), last.month % 12 + 1, 1)
    return last - timedelta(weeks=WEEKS[period] - 1, days=last.weekday())


def _quality(session: Session, reader: Actor, wanted: Wanted, days: Days, since: date) -> QualityReport:
    view = quality_board.quality(session, reader, _quality_filters(days, wanted.filters))
    # the same scorecard before and over time, also where another one was used more then
    given = {**wanted.filters, "scorecard": view.scorecard}
    earlier = days_of(wanted.period, days[0])
    before = quality_board.quality(session, reader, _quality_filters(earlier, given))
    span = quality_board.quality(session, reader, _quality_filters((since, days[1]), given))
    return QualityReport(wanted, view, before, span, trust_states(session, view.scorecard))


def _voice(session: Session, reader: Actor, wanted: Wanted, days: Days, since: date) -> VoiceReport:
    view = voice_board.voice(session, reader, _voice_filters(days, wanted.filters))
    span = voice_board.voice(session, reader, _voice_filters((since, days[1]), wanted.filters))
    quotes = _quotes(session, reader, wanted, view, days) if wanted.quotes else ()
    return VoiceReport(wanted, view, span, quotes)


def _quotes(
    session: Session, reader: Actor, wanted: Wanted, view: VoiceView, days: Days
) -> tuple[ReasonQuotes, ...]:
    """A few sentences for each of the most frequent reasons; groups and no reason have none of their own."""
    codes = [one.code for one in view.reasons if one.share.part and "." in one.code][:QUOTED]
    found = (
        voice_quotes.quotes(session, reader, _voice_filters(days, {**wanted.filters, "reason": code}))
        for code in codes
    )
    return tuple(ReasonQuotes(one.code, one.name, one.quotes[:QUOTES]) for one in found if one.quotes)
