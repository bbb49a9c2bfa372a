"""What a plan's latest drawings say about its conversations, criterion by criterion, beside the automatic figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor
from qa.services.boards.memory import MEMORY, overview_version, review_version
from qa.services.coaching.progress import Proportion, proportion
from qa.services.inputs import is_storable
from qa.services.judging.cards import card_of
from qa.services.judging.trust import Share
from qa.services.sampling.estimate import FEW, METHOD, Estimate, estimates
from qa.services.sampling.frame import frame_conditions
from qa.services.sampling.plan_content import plan_content
from qa.services.sampling.plans import plan_row
from qa.storage.people import OutcomeRow, OverviewRow, SampleItemRow, SampleRow
from scorecards import Criterion

USUAL, MOST = 4, 12


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion: passes by people's reviews of the sample, and by the machine in all conversations of the plan.

    ``few`` says that the sample is too small for more than a hint, ``undecided`` counts what the machine left to people.
    """

    criterion: str
    name: str
    critical: bool
    sample: Estimate
    few: bool
    automatic: Proportion
    undecided: int


@dataclass(frozen=True, slots=True)
class SampleResults:
    """The latest ``drawings`` of a plan together; ``scorecards`` are those of the drawn conversations.

    ``rows`` is empty where nothing was reviewed. Nothing in it is of conversations that the reader has still to judge blind. ``method`` says in Polish how the shares of the sample were made.
    """

    first: str
    last: str
    drawings: int
    scorecard: str
    scorecards: tuple[str, ...]
    drawn: int
    reviewed: int
    skipped: int
    method: str
    rows: tuple[CriterionResult, ...]


def results(
    session: Session, actor: Actor, plan_id: str, *, drawings: int = USUAL, scorecard: str = ""
) -> SampleResults | None:
    """The results of the plan's latest drawings by one scorecard; None where nothing was drawn yet.

    Args:
        scorecard: without it the one that most of the drawn conversations have.

    Raises:
        Refused: the actor may not read reviews.
        Missing: there is no such plan.
        UsageProblem: a value is out of range.
    """
    actor.must("review.read")
    plan_row(session, plan_id)
    if not 1 <= drawings <= MOST or not is_storable(scorecard):
        raise UsageProblem("Podaj, ile ostatnich prób połączyć: od 1 do {most}.", most=MOST)
    version, hidden = overview_version(session), hidden_from(session, actor)
    return MEMORY.recall(
        session,
        ("plan_results", plan_id, drawings, scorecard, hidden),
        (version, review_version(session)),
        lambda: _results(session, actor, plan_id, drawings, scorecard, version, hidden),
    )


def _results(
    session: Session,
    actor: Actor,
    plan_id: str,
    drawings: int,
    scorecard: str,
    version: Hashable,
    hidden: frozenset[str],
) -> SampleResults | None:
    query = select(SampleRow).where(SampleRow.plan_id == plan_id).order_by(SampleRow.period_start.desc())
    samples = session.scalars(query.limit(drawings)).all()
    if not samples:
        return None
    first, last = min(row.period_start for row in samples), max(row.period_end for row in samples)
    cards = _scorecards(session, samples)
    key = scorecard or next(iter(cards), "")
    card = card_of(key)
    criteria = tuple(card.criteria) if card else ()
    ids = [one.id for one in criteria]
    days = _days(first, last)
    found = estimates(session, actor, ids, *days, plan_id=plan_id, scorecard=key, without=hidden)
    drawn, reviewed, skipped = (found[0].drawn, found[0].reviewed, found[0].skipped) if found else (0, 0, 0)
    automatic: dict[str, Counter[str]] = {}
    if reviewed:  # what is counted of the machine outlasts a finished review, so it is kept by itself
        question = ("plan_automatic", *(row.id for row in samples), key, hidden)
        automatic = MEMORY.recall(
            session, question, version, lambda: _automatic(session, samples, key, hidden)
        )
    return SampleResults(
        first,
        last,
        len(samples),
        key,
        tuple(sorted({*cards, key} - {""})),
        drawn,
        reviewed,
        skipped,
        METHOD,
        tuple(
            _result(one, estimated, automatic.get(one.id, Counter()))
            for one, estimated in zip(criteria, found, strict=True)
            if reviewed
        ),
    )


def _scorecards(session: Session, samples: Sequence[SampleRow]) -> list[str]:
    """The scorecards of the drawn conversations, the most used first."""
    query = (
        select(OverviewRow.scorecard)
        .join(SampleItemRow, SampleItemRow.conversation_id == OverviewRow.conversation_id)
        .where(SampleItemRow.sample_id.in_([row.id for row in samples]), OverviewRow.scorecard.is_not(None))
        .group_by(OverviewRow.scorecard)
        .order_by(func.count().desc(), OverviewRow.scorecard)
    )
    return [key or "" for key in session.scalars(query)]


def _automatic(
    session: Session, samples: Sequence[SampleRow], key: str, hidden: frozenset[str]
) -> dict[str, Counter[str]]:
    """The machine's outcomes in all conversations that these drawings were made from, by criterion; but the hidden ones."""
    frames = (
        frame_conditions(plan_content(row.details["content"]), _days(row.period_start, row.period_end))
        for row in samples
    )
    query = (
        select(OutcomeRow.criterion, OutcomeRow.outcome, func.count())
        .join(OverviewRow, OverviewRow.conversation_id == OutcomeRow.conversation_id)
        .where(OutcomeRow.scorecard == key, or_(*(and_(*frame) for frame in frames)))
        .where(OutcomeRow.conversation_id.not_in(sorted(hidden)))
        .group_by(OutcomeRow.criterion, OutcomeRow.outcome)
    )
    found: dict[str, Counter[str]] = {}
    for criterion, outcome, count in session.execute(query):
        found.setdefault(criterion, Counter())[outcome] = count
    return found


def _days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


def _result(criterion: Criterion, sample: Estimate, automatic: Counter[str]) -> CriterionResult:
    machine = proportion(Share(automatic["pass"], automatic["pass"] + automatic["fail"]))
    few, undecided = sample.effective < FEW, automatic["review"]
    return CriterionResult(criterion.id, criterion.name, criterion.critical, sample, few, machine, undecided)
