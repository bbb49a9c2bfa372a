"""The voice of customers: why they contact us, how they felt, what has changed; quotes for those who may read no more.

A share is of all contacts of the selection, also where the board shows one group of reasons. A change is called one
only where Fisher's exact test over all reasons, corrected after Benjamini and Hochberg, says so; its interval is that
of the reason alone, so of forty reasons two leave 0 out of theirs by luck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from qa.errors import Term, UsageProblem
from qa.report.charts import SENTIMENT_NAMES
from qa.services.access.permissions import Actor
from qa.services.boards.figures import checked_days, checked_text, steps
from qa.services.boards.memory import MEMORY, overview_version
from qa.services.boards.voice_counts import Contacts, Felt, contacts, reasons_of
from qa.services.coaching.progress import (
    Estimate,
    Period,
    Proportion,
    estimate,
    minus,
    period,
    period_before,
    proportion,
)
from qa.services.conversations.listing import Filters
from qa.services.conversations.reasons import check_reason_filter, reason_name
from qa.services.judging.trust import Share
from qa.storage.people import OverviewRow
from qa.trends import FALSE_DISCOVERY_RATE
from transcripts.conversation import CHANNELS

NO_SENTIMENT = "nieznane"


@dataclass(frozen=True, slots=True)
class VoiceFilters:
    """What the board is narrowed to; an empty value narrows nothing. ``reason`` is a group, a leaf or ``none``."""

    first: date
    last: date
    channel: str = ""
    team: str = ""
    reason: str = ""
    sentiment: str = ""


@dataclass(frozen=True, slots=True)
class SentimentCount:
    """How many contacts had this sentiment; only the chosen one is counted where one is chosen.

    The code is empty where nothing was said to tell it from; the list of conversations cannot be narrowed to those, so
    ``where`` is empty too.
    """

    code: str
    name: str
    count: int
    where: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReasonVoice:
    """One reason: its contacts, their share of all and what it was before, their sentiment, and weeks or months.

    ``change`` is in shares (0.01 is one percentage point), None where there was nothing before; ``changed`` says
    whether it is more than luck. ``where`` are filters of the list of conversations.
    """

    code: str
    name: str
    share: Proportion
    before: Proportion
    change: Estimate | None
    changed: bool
    negative: Proportion
    sentiments: tuple[SentimentCount, ...]
    points: tuple[int, ...]
    where: dict[str, str]


@dataclass(frozen=True, slots=True)
class PartVoice:
    """One week or month: the shown reasons' contacts of all contacts, and their sentiment."""

    first: str
    last: str
    share: Proportion
    negative: Proportion
    sentiments: tuple[SentimentCount, ...]
    where: dict[str, str]


@dataclass(frozen=True, slots=True)
class VoiceView:
    """The board; reasons with the most contacts first. ``contacts`` are all of the selection, whatever the reason."""

    first: str
    last: str
    before_first: str
    before_last: str
    unit: str
    channel: str
    team: str
    reason: str
    sentiment: str
    contacts: int
    contacts_before: int
    negative: Proportion
    sentiments: tuple[SentimentCount, ...]
    reasons: tuple[ReasonVoice, ...]
    parts: tuple[PartVoice, ...]
    where: dict[str, str]


def voice(session: Session, actor: Actor, filters: VoiceFilters) -> VoiceView:
    """The board.

    Raises:
        Refused: the actor may not read it.
        UsageProblem: a filter cannot be understood.
    """
    actor.must("voice.read")
    chosen = checked(filters)
    check_reason_filter(session, chosen.reason)
    return MEMORY.recall(
        session, ("voice", chosen), overview_version(session), lambda: _view(session, chosen)
    )


def checked(filters: VoiceFilters) -> VoiceFilters:
    """The filters without blanks around them.

    Raises:
        UsageProblem: one cannot be understood.
    """
    checked_days(filters.first, filters.last)
    if filters.channel and filters.channel not in CHANNELS:
        raise UsageProblem("Nieznany kanał: do wyboru {known}.", known=CHANNELS)
    if filters.sentiment and filters.sentiment not in SENTIMENT_NAMES:
        raise UsageProblem("Nieznany wydźwięk: do wyboru {known}.", known=tuple(SENTIMENT_NAMES))
    return replace(
        filters,
        team=checked_text(Term("Zespół"), filters.team),
        reason=checked_text(Term("Powód"), filters.reason),
    )


def _view(session: Session, chosen: VoiceFilters) -> VoiceView:
    within = period(chosen.first, chosen.last)
    earlier = _before(chosen.first, chosen.last)
    unit, parts = steps(chosen.first, chosen.last)
    narrowed = conditions(chosen)
    now = contacts(session, narrowed, within, parts)
    before = reasons_of(session, narrowed, earlier)
    shown = {code for code in now.cells.keys() | before.keys() if _shows(chosen.reason, code)}
    felt = sum((now.of(code) for code in shown), Counter[str]())
    return VoiceView(
        within.first,
        within.last,
        earlier.first,
        earlier.last,
        unit,
        chosen.channel,
        chosen.team,
        chosen.reason,
        chosen.sentiment,
        now.total,
        before.total(),
        _negative(chosen, felt),
        tuple(_sentiments(chosen, felt, _where(chosen))),
        tuple(_reasons(chosen, len(parts), now, before, shown)),
        tuple(_parts(chosen, parts, now, shown)),
        _where(chosen),
    )


def _before(first: date, last: date) -> Period:
    """What whole months are compared with are as many whole months before; other days, as many days before."""
    if first.day > 1 or (last + timedelta(days=1)).day > 1:
        return period_before(period(first, last))
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    begin = 12 * first.year + first.month - 1 - months
    return period(date(begin // 12, begin % 12 + 1, 1), first - timedelta(days=1))


def over_time(view: VoiceView, one: ReasonVoice) -> list[Proportion]:
    """The reason's share of all contacts in each week or month."""
    return [proportion(Share(n, part.share.n)) for part, n in zip(view.parts, one.points, strict=True)]


def conditions(chosen: VoiceFilters) -> list[ColumnElement[bool]]:
    """The filters other than days and reason, as conditions on the overview."""
    row = OverviewRow
    values = ((row.channel, chosen.channel), (row.team, chosen.team), (row.sentiment, chosen.sentiment))
    return [column == value for column, value in values if value]


def _shows(reason: str, code: str) -> bool:
    return reason in ("", code) or code.startswith(f"{reason}.")


def _where(chosen: VoiceFilters, **values: str) -> dict[str, str]:
    """Filters of the list of conversations."""
    given = {
        "first": chosen.first.isoformat(),
        "last": chosen.last.isoformat(),
        "channel": chosen.channel,
        "team": chosen.team,
        "reason": chosen.reason,
        "sentiment": chosen.sentiment,
        **values,
    }
    return Filters(**given).given()


def _reasons(
    chosen: VoiceFilters, parts: int, now: Contacts, before: Counter[str], shown: set[str]
) -> Iterator[ReasonVoice]:
    total, earlier = now.total, before.total()
    felt = {code: now.of(code) for code in now.cells.keys() | before.keys()}
    pairs = {code: (Share(felt[code].total(), total), Share(before[code], earlier)) for code in felt}
    changed = _changed(pairs) if total and earlier else set()
    for code in sorted(shown, key=lambda one: (-pairs[one][0].part, one)):
        share, then = pairs[code]
        new, old = estimate(share), estimate(then)
        where = _where(chosen, reason=code)
        yield ReasonVoice(
            code,
            reason_name(code),
            proportion(share),
            proportion(then),
            minus(new, old) if new and old else None,
            code in changed,
            _negative(chosen, felt[code]),
            tuple(_sentiments(chosen, felt[code], where)),
            now.points(code, parts),
            where,
        )


def _changed(pairs: Mapping[str, tuple[Share, Share]]) -> set[str]:
    """Reasons whose share is not what it was; all are tested, also those that the board does not show."""
    from scipy.stats import fisher_exact
    from statsmodels.stats.multitest import multipletests

    tables = [[[one.part, one.whole - one.part] for one in pair] for pair in pairs.values()]
    values = [float(fisher_exact(table)[1]) for table in tables]
    rejected = multipletests(values, alpha=FALSE_DISCOVERY_RATE, method="fdr_bh")[0]
    return {code for code, one in zip(pairs, rejected, strict=True) if one}


def _parts(
    chosen: VoiceFilters, parts: Sequence[Period], now: Contacts, shown: set[str]
) -> Iterator[PartVoice]:
    of_shown = now.only(shown)
    for place, part in enumerate(parts):
        felt = of_shown.at(place)
        where = _where(chosen, first=part.first, last=part.last)
        yield PartVoice(
            part.first,
            part.last,
            proportion(Share(felt.total(), now.at(place).total())),
            _negative(chosen, felt),
            tuple(_sentiments(chosen, felt, where)),
            where,
        )


def _negative(chosen: VoiceFilters, felt: Felt) -> Proportion:
    """Negative ones of those whose sentiment is known; of nothing where only one sentiment is looked at."""
    known = 0 if chosen.sentiment else felt.total() - felt[""]
    return proportion(Share(felt["negative"] if known else 0, known))


def _sentiments(chosen: VoiceFilters, felt: Felt, where: dict[str, str]) -> Iterator[SentimentCount]:
    for code, name in SENTIMENT_NAMES.items():
        if chosen.sentiment in ("", code):
            yield SentimentCount(code, name, felt[code], {**where, "sentiment": code})
    if felt[""]:
        yield SentimentCount("", NO_SENTIMENT, felt[""], {})
