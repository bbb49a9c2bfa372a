"""Places in a person's conversations that show one criterion: the clearest ones, a good example among them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.services.coaching.progress import Judged, Period, judged_by_people
from qa.storage.people import OutcomeRow
from qa.storage.results import evaluation_of

MOST = 3
LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a turn, in code points."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A conversation that shows the criterion.

    ``turn``, ``start`` and ``end`` are the first passage of ``evidence``. ``confirmed`` where a person decided the
    outcome; ``confidence`` is the machine's in its own outcome; ``reason`` is a sentence of whoever decided.
    """

    conversation_id: str
    day: str
    criterion: str
    outcome: str
    confirmed: bool
    confidence: float | None
    reason: str
    turn: int
    start: int
    end: int
    evidence: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    conversation_id: str
    day: str
    machine: str | None
    confidence: float | None
    comment: str | None  # of the person who decided; None where the machine did


def moments(
    session: Session,
    agent_id: str,
    within: Period,
    criterion: str,
    *,
    only_good: bool = False,
    without: Collection[str] = (),
) -> tuple[Moment, ...]:
    """Up to three conversations: two that lack the criterion and one that has it, as far as there are any.

    Args:
        without: conversations that are not shown, because who prepares has still to judge them blind.
    """
    found = judged_by_people(session, [agent_id], within, criterion, without)
    judged = {one.conversation_id: one for one in found}
    good = _clearest(session, agent_id, within, criterion, "pass", judged, without)
    if only_good:
        return good
    bad = _clearest(session, agent_id, within, criterion, "fail", judged, without)
    kept = good[: max(1, MOST - len(bad))]
    return (*bad[: MOST - len(kept)], *kept)


def _clearest(
    session: Session,
    agent_id: str,
    within: Period,
    criterion: str,
    outcome: str,
    judged: Mapping[str, Judged],
    without: Collection[str],
) -> tuple[Moment, ...]:
    """The clearest ones with this outcome; without evidence nothing is shown."""
    confirmed = sorted(
        (one for one in judged.values() if one.outcome == outcome),
        # where person and machine agree, the machine's evidence is about this very outcome
        key=lambda one: (one.machine != outcome, -(one.confidence or 0.0), one.conversation_id),
    )
    candidates = [
        *(_Candidate(c.conversation_id, c.day, c.machine, c.confidence, c.comment) for c in confirmed),
        *_of_machine(session, agent_id, within, criterion, outcome, {*judged, *without}),
    ]
    return tuple(islice(_shown(session, candidates[:LOOKED_AT], criterion, outcome), MOST))


def _of_machine(
    session: Session,
    agent_id: str,
    within: Period,
    criterion: str,
    outcome: str,
    passed_over: Collection[str],
) -> Iterator[_Candidate]:
    """The machine's outcomes in conversations but these, surest first, the newest of equals."""
    query = (
        select(OutcomeRow)
        .where(OutcomeRow.agent_id == agent_id, OutcomeRow.day >= within.first, OutcomeRow.day <= within.last)
        .where(OutcomeRow.criterion == criterion, OutcomeRow.outcome == outcome)
        .order_by(OutcomeRow.confidence.desc(), OutcomeRow.day.desc(), OutcomeRow.conversation_id)
        .limit(LOOKED_AT + len(passed_over))
    )
    for row in session.scalars(query):
        if row.conversation_id not in passed_over:
            yield _Candidate(row.conversation_id, row.day, row.outcome, row.confidence, None)


def _shown(session: Session, candidates: list[_Candidate], criterion: str, outcome: str) -> Iterator[Moment]:
    for one in candidates:
        evaluation = evaluation_of(session, one.conversation_id)
        result = _result(evaluation, criterion)
        evidence = tuple(Passage(e["turn"], e["start"], e["end"]) for e in result.get("evidence", ()))
        if not evidence:
            continue
        agrees = one.machine == outcome
        yield Moment(
            one.conversation_id,
            one.day,
            criterion,
            outcome,
            one.comment is not None,
            one.confidence if agrees else None,
            one.comment or (result.get("reason", "") if agrees else ""),
            evidence[0].turn,
            evidence[0].start,
            evidence[0].end,
            evidence,
        )


def _result(evaluation: Mapping[str, Any] | None, criterion: str) -> Mapping[str, Any]:
    results = evaluation["criteria"] if evaluation else ()
    return next((result for result in results if result["id"] == criterion), {})
