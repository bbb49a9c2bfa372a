"""People's outcomes for ``odsluch scorecards trust`` and for training, each with where it comes from.

One JSON line a conversation: ``id``, and for each rater, under a pseudonym, ``criteria`` with their outcomes and
beside it: ``kind`` of review, ``blind`` (made without sight of the machine's outcomes), ``probability`` with which the
conversation was drawn (None where it was not), ``scorecard``, ``machine`` (what it said then, by criterion),
``finished_at``. What a dispute overturned is gone from the disputed outcomes and stands in ``overturned``; the decision
is a rater of its own. Where criteria have a scale, ``levels`` holds those that were given, ``machine`` has a ``level``
and ``overturned_levels`` those of before. Comments, names and agents are not in it,
nor conversations that who exports has still to judge blind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.blindness import hidden_from, not_in_open_calibration
from qa.services.access.permissions import Actor
from qa.services.coaching.progress import GIVEN
from qa.services.judging.answers import Answer, levels_of
from qa.services.judging.cards import known_card
from qa.storage import audit
from qa.storage.analysis import midnight
from qa.storage.batches import AT_ONCE
from qa.storage.digests import Pseudonyms
from qa.storage.people import DisputeRow, ReviewRow, SampleItemRow

KINDS = ("review", "second", "calibration", "dispute")
REVIEWER = "oceniajacy"  # the kind of pseudonym


@dataclass(frozen=True, slots=True)
class _Given:
    """A finished review, the sampled item it was made for, and the dispute that it decides."""

    review: ReviewRow
    item: SampleItemRow | None
    dispute: DisputeRow | None


def labels(
    session: Session,
    actor: Actor,
    pseudonyms: Pseudonyms,
    scorecard: str,
    first: date | None = None,
    last: date | None = None,
    kinds: Sequence[str] = KINDS,
) -> Iterator[str]:
    """The lines, read from the database as they are written; the export is noted before the first.

    Args:
        first, last: Polish days on which reviews were finished, both included.

    Raises:
        Refused: the actor may not export labels.
        UsageProblem: there is no such scorecard or kind, or the days are the wrong way round.
    """
    actor.must("export.labels")
    where = [*_where(known_card(scorecard).key, first, last), ReviewRow.kind.in_(_kinds(kinds))]
    where.append(ReviewRow.conversation_id.not_in(sorted(hidden_from(session, actor))))
    n = session.scalar(select(func.count()).select_from(ReviewRow).where(*where)) or 0
    days = [day.isoformat() if day else None for day in (first, last)]
    details = {"n": n, "days": days, "kinds": sorted(set(kinds))}
    audit.record(session, actor.login, "labels_export", scorecard, details)
    return _lines(session, pseudonyms, where)


def _kinds(kinds: Sequence[str]) -> list[str]:
    if not kinds or set(kinds) - set(KINDS):
        raise UsageProblem("Nieznany rodzaj ocen: do wyboru {known}.", known=tuple(KINDS))
    return sorted(set(kinds))


def _where(scorecard: str, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    if first and last and first > last:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    found = [ReviewRow.status == "finished", ReviewRow.scorecard == scorecard, not_in_open_calibration()]
    if first:
        found.append(ReviewRow.finished_at >= midnight(first))
    if last:
        found.append(ReviewRow.finished_at < midnight(last + timedelta(days=1)))
    return found


def _lines(session: Session, pseudonyms: Pseudonyms, where: Sequence[ColumnElement[bool]]) -> Iterator[str]:
    query = (
        select(ReviewRow, SampleItemRow, DisputeRow)
        .outerjoin(SampleItemRow, SampleItemRow.id == ReviewRow.item_id)
        .outerjoin(DisputeRow, DisputeRow.id == ReviewRow.id)
        .where(*where, or_(ReviewRow.kind != "dispute", DisputeRow.id.is_not(None)))
        .order_by(ReviewRow.conversation_id, ReviewRow.finished_at, ReviewRow.id)
        .execution_options(yield_per=AT_ONCE)
    )
    overturned = _overturned(session)
    rows = (_Given(*row) for row in session.execute(query).tuples())
    for identifier, given in groupby(rows, key=lambda one: one.review.conversation_id):
        line: dict[str, Any] = {"id": identifier}
        for one in given:
            # a later review of the same person replaces the earlier: nobody agrees with themselves
            name = pseudonyms.of(REVIEWER, one.review.account_id)
            if one.dispute:
                name = f"{name}-{one.dispute.criterion}"
            line[name] = _rater(one, overturned.get(one.review.id, {}))
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _overturned(session: Session) -> dict[str, dict[str, Answer]]:
    """By review the criteria that disputes overturned, with what was said before."""
    query = select(DisputeRow.review_id, DisputeRow.criterion, DisputeRow.was, DisputeRow.was_level).where(
        DisputeRow.review_id.is_not(None), DisputeRow.becomes.is_not(None)
    )
    found: dict[str, dict[str, Answer]] = {}
    for review, criterion, was, level in session.execute(query).tuples():
        found.setdefault(review or "", {})[criterion] = Answer(was, level)
    return found


def _rater(one: _Given, overturned: Mapping[str, Answer]) -> dict[str, Any]:
    review, item = one.review, one.item
    names = {one.dispute.criterion} if one.dispute else review.criteria.keys() - overturned.keys()
    said = {
        name: judged
        for name, judged in review.criteria.items()
        if name in names and judged["outcome"] in GIVEN
    }
    levels = levels_of(said)
    before = {name: was.level for name, was in overturned.items() if was.level is not None}
    return {
        "criteria": {name: judged["outcome"] for name, judged in said.items()},
        **({"levels": levels} if levels else {}),
        "kind": review.kind,
        "blind": review.kind in ("second", "calibration") or bool(item and item.blind),
        "probability": item.probability if item else None,
        "scorecard": review.scorecard,
        "machine": {
            name: {
                "outcome": judged["automatic"],
                "confidence": judged["confidence"],
                **_machine_level(judged),
            }
            for name, judged in said.items()
        },
        "finished_at": review.finished_at.isoformat() if review.finished_at else None,
        "overturned": {name: was.outcome for name, was in overturned.items()},
        **({"overturned_levels": before} if before else {}),
    }


def _machine_level(judged: Mapping[str, Any]) -> dict[str, Any]:
    return {"level": judged["automatic_level"]} if "automatic_level" in judged else {}
