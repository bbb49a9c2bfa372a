"""What a board begins with: its days, and what its filters can be set to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.services.alphabet import alphabetical
from qa.services.conversations.listing import distinct_values
from qa.services.conversations.reasons import ReasonGroup, reason_groups
from qa.storage.people import OverviewRow

WEEKS = 12


@dataclass(frozen=True, slots=True)
class BoardChoices:
    """Values that occur; reasons with their groups, by name. Teams are for those who may read conversations."""

    channels: tuple[str, ...]
    teams: tuple[str, ...]
    reasons: tuple[ReasonGroup, ...]


def default_days(session: Session, today: date) -> tuple[date, date]:
    """The last twelve weeks that hold conversations: up to the last day that does, from the first week that does.

    One conversation dated in the future would empty every board: such days count only where there are no others.
    """
    day = OverviewRow.day
    newest = session.scalar(select(func.max(day)).where(day <= today.isoformat())) or session.scalar(
        select(func.max(day))
    )
    last = date.fromisoformat(newest) if newest else today
    begin = _monday(last) - timedelta(weeks=WEEKS - 1)
    oldest = session.scalar(select(func.min(day)).where(day >= begin.isoformat(), day <= last.isoformat()))
    return (_monday(date.fromisoformat(oldest)) if oldest else begin), last


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def board_choices(session: Session, actor: Actor) -> BoardChoices:
    """The values of the conversations there are.

    Raises:
        Refused: the actor may see no board.
    """
    actor.must("team.read", "voice.read")
    teams = distinct_values(session, OverviewRow.team) if actor.may("conversation.read") else ()
    return BoardChoices(
        tuple(distinct_values(session, OverviewRow.channel)),
        tuple(sorted(teams, key=alphabetical)),
        reason_groups(distinct_values(session, OverviewRow.primary_reason)),
    )
