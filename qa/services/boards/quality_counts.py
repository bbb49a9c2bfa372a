"""What the quality board counts in the database: outcomes and scores of a selection, grouped there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qa.services.boards.figures import Moments, place_of_day
from qa.services.coaching.progress import Period
from qa.storage.people import OutcomeRow, OverviewRow


@dataclass(frozen=True, slots=True)
class Selection:
    """The conversations of a board; an empty value narrows nothing. Days are ISO, both included.

    ``hidden`` are left out: whoever looks has still to judge them blind, and any filter might single one out.
    """

    first: str
    last: str
    team: str = ""
    agent: str = ""
    channel: str = ""
    scorecard: str = ""
    hidden: frozenset[str] = frozenset()

    def on(self, table: type[OverviewRow] | type[OutcomeRow]) -> list[ColumnElement[bool]]:
        """As conditions on a table, without the channel, which outcomes do not have."""
        values = (
            (table.scorecard, self.scorecard),
            (table.team, self.team),
            (table.agent_id, self.agent),
        )
        narrowed: list[ColumnElement[bool]] = [column == value for column, value in values if value]
        if self.hidden:
            narrowed.append(table.conversation_id.not_in(sorted(self.hidden)))
        return [*narrowed, table.day >= self.first, table.day <= self.last]

    @property
    def overview(self) -> list[ColumnElement[bool]]:
        """As conditions on the overview."""
        channel = [OverviewRow.channel == self.channel] if self.channel else []
        return [*self.on(OverviewRow), *channel]


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one scorecard: conversations, and those of them that have a score by part of the period."""

    conversations: int
    channels: frozenset[str]
    by_part: tuple[Moments, ...]
    counts: tuple[int, ...]


Outcomes = Mapping[str, Sequence[Counter[str]]]  # by criterion and part of the period
Groups = Mapping[tuple[str, str], Moments]  # by team and agent


def scores(session: Session, chosen: Selection, parts: Sequence[Period]) -> dict[str, Scores]:
    """By scorecard; the scores are those of the channel, where one is chosen."""
    row = OverviewRow
    query = (
        select(row.scorecard, row.channel, row.day, func.count(), *_moments())
        .where(*replace(chosen, channel="").overview, row.scorecard.is_not(None))
        .group_by(row.scorecard, row.channel, row.day)
    )
    place = place_of_day(parts)
    channels: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(parts))
    moments: dict[str, list[Moments]] = defaultdict(lambda: [Moments()] * len(parts))
    for card, channel, day, n, *found in session.execute(query).tuples():
        channels[card or ""].add(channel)
        if chosen.channel in ("", channel):
            counts[card or ""][place[day]] += n
            moments[card or ""][place[day]] += _read(found)
    return {
        card: Scores(sum(of), frozenset(channels[card]), tuple(moments[card]), tuple(of))
        for card, of in counts.items()
    }


def group_scores(session: Session, chosen: Selection) -> Groups:
    """Scores by team and agent; conversations of nobody are left out."""
    row = OverviewRow
    query = (
        select(row.team, row.agent_id, *_moments())
        .where(*chosen.overview, row.agent_id.is_not(None))
        .group_by(row.team, row.agent_id)
    )
    found = ((team, agent, _read(rest)) for team, agent, *rest in session.execute(query).tuples())
    return {(team or "", agent or ""): moments for team, agent, moments in found if moments.n}


def outcomes(
    session: Session, chosen: Selection, parts: Sequence[Period], channels: frozenset[str]
) -> Outcomes:
    """Outcomes by criterion and part of the period.

    Args:
        channels: those in which the scorecard occurs; where it is only the chosen one, outcomes need no look at the
            overview, which alone knows the channel.
    """
    row = OutcomeRow
    query = select(row.criterion, row.day, row.outcome, func.count()).where(*_of_channel(chosen, channels))
    place = place_of_day(parts)
    found: dict[str, list[Counter[str]]] = defaultdict(lambda: [Counter() for _ in parts])
    for criterion, day, outcome, n in session.execute(query.group_by(row.criterion, row.day, row.outcome)):
        found[criterion][place[day]][outcome] += n
    return dict(found)


def levels(
    session: Session, chosen: Selection, channels: frozenset[str], criteria: Sequence[str]
) -> dict[str, Counter[int]]:
    """How often each of these criteria got which level; ``channels`` as in :func:`outcomes`."""
    row = OutcomeRow
    query = (
        select(row.criterion, row.level, func.count())
        .where(*_of_channel(chosen, channels), row.criterion.in_(criteria), row.level.is_not(None))
        .group_by(row.criterion, row.level)
    )
    found: dict[str, Counter[int]] = {}
    for criterion, level, n in session.execute(query) if criteria else ():
        found.setdefault(criterion, Counter())[level or 0] = n
    return found


def _of_channel(chosen: Selection, channels: frozenset[str]) -> list[ColumnElement[bool]]:
    """The selection as conditions on outcomes, with a look at the overview only where it is needed."""
    where = chosen.on(OutcomeRow)
    if chosen.channel and channels != {chosen.channel}:
        within = select(OverviewRow.conversation_id).where(*chosen.overview)
        where.append(OutcomeRow.conversation_id.in_(within))
    return where


def _moments() -> tuple[ColumnElement[int], ColumnElement[float], ColumnElement[float]]:
    score: Any = OverviewRow.score  # sums leave out what has no score
    return func.count(score), func.sum(score), func.sum(score * score)


def _read(found: Sequence[float | None]) -> Moments:
    n, total, squares = found
    return Moments(int(n or 0), total or 0.0, squares or 0.0)
