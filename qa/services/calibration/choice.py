"""Who can take part in a calibration, and conversations for it drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.accounts import accounts, actor_of
from qa.services.access.permissions import ROLES, Actor
from qa.services.calibration.sessions import MOST_CONVERSATIONS
from qa.services.judging.cards import known_card
from qa.services.sampling.selection import chance
from qa.storage import audit
from qa.storage.people import CalibrationRow, OverviewRow, ReviewRow
from scorecards import available


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who may take part; ``roles`` are the Polish names of theirs."""

    id: str
    name: str
    login: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardChoice:
    """A scorecard and how many conversations it has scored."""

    key: str
    name: str
    conversations: int


def able(session: Session, actor: Actor) -> tuple[Able, ...]:
    """Active accounts that may take part in a calibration, by name.

    Raises:
        Refused: the actor may not lead calibrations.
    """
    actor.must("calibration.lead")
    return tuple(
        Able(row.id, row.name, row.login, tuple(ROLES[role] for role in row.roles))
        for row in accounts(session)
        if row.active and actor_of(row).may("calibration.take")
    )


def cards(session: Session, actor: Actor) -> tuple[CardChoice, ...]:
    """The scorecards of the library, the most used first.

    Raises:
        Refused: the actor may not lead calibrations.
    """
    actor.must("calibration.lead")
    query = select(OverviewRow.scorecard, func.count()).group_by(OverviewRow.scorecard)
    counts = dict(session.execute(query).tuples().all())
    found = [CardChoice(key, known_card(key).name, counts.get(key, 0)) for key in available()]
    return tuple(sorted(found, key=lambda one: (-one.conversations, one.key)))


def draw(
    session: Session,
    actor: Actor,
    scorecard: str,
    number: int,
    seed: int,
    first: date | None = None,
    last: date | None = None,
) -> tuple[str, ...]:
    """Conversations scored by that card, each as likely as any other.

    None that was in a calibration, or judged by anybody: whoever has seen the outcomes of machine or people is not blind.

    Args:
        first: the first Polish day to draw from; None for no limit. ``last`` likewise.

    Raises:
        Refused: the actor may not lead calibrations.
        UsageProblem: an unknown scorecard, a number or period out of range, or too few conversations.
    """
    actor.must("calibration.lead")
    card = known_card(scorecard)
    if not 1 <= number <= MOST_CONVERSATIONS:
        raise UsageProblem("Wylosuj od 1 do {most} rozmów: zmień ich liczbę.", most=MOST_CONVERSATIONS)
    if first and last and last < first:
        raise UsageProblem("Okres kończy się przed swoim początkiem: zamień daty.")
    frame = _frame(session, card.key, first, last)
    if len(frame) < number:
        raise UsageProblem(
            "Rozmów z tą kartą w tym okresie, których nikt jeszcze nie oceniał: {count}. "
            "Zmniejsz liczbę albo wydłuż okres.",
            count=len(frame),
        )
    # the smallest chances are a simple random sample, which the seed in the log lets anybody repeat
    drawn = nsmallest(number, frame, key=lambda one: (chance(seed, "calibration", one), one))
    details = {"seed": seed, "number": number, "frame": len(frame), "scorecard": card.key}
    audit.record(session, actor.login, "calibration_draw", None, details)
    return tuple(drawn)


def _frame(session: Session, scorecard: str, first: date | None, last: date | None) -> list[str]:
    query = select(OverviewRow.conversation_id).where(OverviewRow.scorecard == scorecard)
    if first:
        query = query.where(OverviewRow.day >= first.isoformat())
    if last:
        query = query.where(OverviewRow.day != "", OverviewRow.day <= last.isoformat())
    seen = {one for listed in session.scalars(select(CalibrationRow.conversations)) for one in listed}
    seen.update(session.scalars(select(ReviewRow.conversation_id)))
    return [one for one in session.scalars(query) if one not in seen]
