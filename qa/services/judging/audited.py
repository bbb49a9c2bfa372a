"""The audited sample beside the machine's outcomes: what people decided on conversations of a selection.

A share is unbiased only where it is known how the conversations came to be reviewed. So where one plan's random
samples have enough reviews, only those count, each weighed by the inverse of its probability; several plans draw
from different conversations and are not mixed. Without such a plan all reviews count, and the view says that nobody
knows how they were chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qa.services.coaching.progress import GIVEN
from qa.services.judging.powered import LEAST_HUMAN, Audited
from qa.storage.batches import in_batches
from qa.storage.people import (
    DisputeRow,
    OutcomeRow,
    OverviewRow,
    PlanRow,
    ReviewRow,
    SampleItemRow,
    SampleRow,
)

NO_REVIEWS = "Ludzie nie ocenili jeszcze żadnej z tych rozmów."
NOT_DRAWN = (
    "Ocen z losowej próby jest za mało, więc liczą się wszystkie oceny ludzi: nie wiadomo, jak wybrano te rozmowy, "
    "więc poprawka może być nietrafna."
)


@dataclass(frozen=True, slots=True)
class Audit:
    """Where the human outcomes come from.

    ``plan`` is the name of the plan whose samples they are, empty where no plan has enough; ``drawn`` counts its drawn
    conversations in the selection, ``reviewed`` the conversations whose reviews are used. ``note`` is Polish and says
    what to beware of, or is empty.
    """

    plan: str
    drawn: int
    reviewed: int
    note: str


@dataclass(slots=True)
class _Conversation:
    """What people said about one conversation: the last word of each criterion, and how it was drawn."""

    outcomes: dict[str, str] = field(default_factory=dict)
    reviewed: bool = False
    draws: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reviewed:
    conversations: Mapping[str, _Conversation]
    populations: Mapping[str, Mapping[str, int]]


def audited(
    session: Session, where: Sequence[ColumnElement[bool]], scorecard: str
) -> tuple[Audit, dict[str, list[Audited]]]:
    """The human outcomes of a selection by criterion, beside the machine's present ones.

    The machine's are those of today, also where the reviewer saw an older one: the method needs the same machine for
    reviewed and other conversations.

    Args:
        where: the selection, as conditions on the overview; the scorecard is one of them.
    """
    found = _reviewed(session, where, scorecard)
    plan = _widest(found)
    if plan is None:
        weights = {name: max([1.0, *one.draws.values()]) for name, one in found.conversations.items()}
        audit = Audit("", 0, len(weights), NOT_DRAWN if weights else NO_REVIEWS)
    else:
        weights = {name: one.draws[plan] for name, one in found.conversations.items() if plan in one.draws}
        audit = _audit(session, where, plan, len(weights))
    return audit, _beside(session, found.conversations, weights, scorecard)


def _reviewed(session: Session, where: Sequence[ColumnElement[bool]], scorecard: str) -> _Reviewed:
    query = (
        select(
            ReviewRow.conversation_id,
            ReviewRow.kind,
            ReviewRow.criteria,
            DisputeRow.criterion,
            SampleItemRow.probability,
            SampleRow.id,
            SampleRow.plan_id,
            SampleRow.population,
        )
        .join(OverviewRow, OverviewRow.conversation_id == ReviewRow.conversation_id)
        .outerjoin(DisputeRow, and_(ReviewRow.kind == "dispute", DisputeRow.id == ReviewRow.id))
        .outerjoin(
            SampleItemRow, and_(SampleItemRow.id == ReviewRow.item_id, SampleItemRow.second_of.is_(None))
        )
        .outerjoin(SampleRow, SampleRow.id == SampleItemRow.sample_id)
        .where(*where, ReviewRow.scorecard == scorecard)
        .where(
            ReviewRow.status == "finished",
            or_(ReviewRow.kind.in_(("review", "second")), DisputeRow.id.is_not(None)),
        )
        .order_by(ReviewRow.finished_at, ReviewRow.id)
    )
    conversations: dict[str, _Conversation] = {}
    populations: dict[str, dict[str, int]] = {}
    rows = sorted(
        session.execute(query).tuples(), key=lambda row: ("second", "review", "dispute").index(row[1])
    )
    for identifier, kind, criteria, disputed, probability, sample, plan, population in rows:
        one = conversations.setdefault(identifier, _Conversation())
        names = criteria if disputed is None else {disputed} & criteria.keys()
        one.outcomes |= {name: criteria[name]["outcome"] for name in names}
        one.reviewed |= kind != "dispute"
        if plan is not None and probability:
            one.draws[plan] = 1 / probability
            populations.setdefault(plan, {})[sample] = population
    # agents object to failures only: a conversation that came up by a dispute alone stands for no other
    return _Reviewed({name: one for name, one in conversations.items() if one.reviewed}, populations)


def _widest(found: _Reviewed) -> str | None:
    """The plan that was drawn from the most conversations, of those with enough reviews."""
    enough = {
        plan: sum(samples.values())
        for plan, samples in found.populations.items()
        if sum(plan in one.draws for one in found.conversations.values()) >= LEAST_HUMAN
    }
    return max(enough, key=lambda plan: (enough[plan], plan), default=None)


def _audit(session: Session, where: Iterable[ColumnElement[bool]], plan: str, reviewed: int) -> Audit:
    query = (
        select(func.count(OverviewRow.conversation_id.distinct()))
        .select_from(SampleRow)
        .join(SampleItemRow, SampleItemRow.sample_id == SampleRow.id)
        .join(OverviewRow, OverviewRow.conversation_id == SampleItemRow.conversation_id)
        .where(SampleRow.plan_id == plan, SampleItemRow.second_of.is_(None))
        .where(SampleItemRow.status != "replaced", *where)
    )
    drawn = session.scalar(query) or 0
    name = session.scalar(select(PlanRow.name).where(PlanRow.id == plan)) or ""
    note = (
        f"Oceniono {reviewed} z {drawn} wylosowanych rozmów: kolejka podaje najpierw najmniej pewne, "
        "więc wynik może się zmienić, gdy dojdą pozostałe."
        if reviewed < drawn
        else ""
    )
    return Audit(name, drawn, reviewed, note)


def _beside(
    session: Session,
    conversations: Mapping[str, _Conversation],
    weights: Mapping[str, float],
    scorecard: str,
) -> dict[str, list[Audited]]:
    found: dict[str, list[Audited]] = {}
    row = OutcomeRow
    for ids in in_batches(sorted(weights)):
        # the scorecard is not asked for: the database might go by it instead of by the key
        query = select(row.conversation_id, row.criterion, row.scorecard, row.outcome)
        for identifier, criterion, card, machine in session.execute(
            query.where(row.conversation_id.in_(ids))
        ):
            person = conversations[identifier].outcomes.get(criterion)
            if person in GIVEN and card == scorecard:
                found.setdefault(criterion, []).append(Audited(person, machine, weights[identifier]))
    return found
