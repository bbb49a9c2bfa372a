"""Drawn conversations as items of the queue, and what a human label of each is worth."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from qa.services.access.accounts import new_id
from qa.services.sampling.selection import Chosen
from qa.storage.batches import in_batches
from qa.storage.people import OverviewRow, ReviewRow, SampleItemRow, SampleRow

LABELS_COUNT_FOR = timedelta(days=90)
LEFT_TO_PEOPLE = 0.8  # each criterion that the machine left to people takes a fifth of what it is sure of
SECOND_REASON = "Druga, niezależna ocena"


def worth(least_confidence: float | None, undecided: int, labels: int) -> float:
    """The value of a human label, from 0 to 1: the mean of what the machine and what we do not know.

    ``1 - c * 0.8 ** undecided`` is how uncertain the automatic outcome is, with ``c`` the confidence of its least sure
    decided criterion (0 where none is decided): there a label corrects or teaches most. ``1 / sqrt(1 + labels)`` goes
    with the width of the interval of the agent's share, where ``labels`` people's reviews are known already: there a
    label narrows an estimate most.
    """
    uncertainty = 1 - (least_confidence or 0.0) * LEFT_TO_PEOPLE**undecided
    return (uncertainty + 1 / math.sqrt(1 + labels)) / 2


def worths(session: Session, sample: SampleRow, chosen: Sequence[Chosen]) -> dict[str, float]:
    """The worth of each drawn conversation.

    Its labels are the agent's finished reviews of the 90 days before the drawing, and the more uncertain ones of the
    same agent in this drawing, which come before it: so the queue goes round all agents instead of staying with one.
    """
    known = _certainty(session, [one.conversation_id for one in chosen])
    labels = _labels(session, sample)
    order = sorted(
        chosen, key=lambda one: (-worth(*known.get(one.conversation_id, (None, 0)), 0), one.conversation_id)
    )
    found = {}
    for one in order:
        place = labels.get(one.agent_id, 0)
        found[one.conversation_id] = worth(*known.get(one.conversation_id, (None, 0)), place)
        labels[one.agent_id] = place + 1
    return found


def _certainty(session: Session, ids: Sequence[str]) -> dict[str, tuple[float | None, int]]:
    columns = OverviewRow.conversation_id, OverviewRow.least_confidence, OverviewRow.undecided
    found: dict[str, tuple[float | None, int]] = {}
    for batch in in_batches(ids):
        part = OverviewRow.conversation_id.in_(batch)
        found |= {
            key: (least, undecided) for key, least, undecided in session.execute(select(*columns).where(part))
        }
    return found


def _labels(session: Session, sample: SampleRow) -> dict[str | None, int]:
    query = (
        select(ReviewRow.agent_id, func.count())
        .where(
            ReviewRow.status == "finished",
            ReviewRow.kind != "calibration",
            ReviewRow.finished_at >= sample.created_at - LABELS_COUNT_FOR,
        )
        .group_by(ReviewRow.agent_id)
    )
    return dict(session.execute(query).tuples().all())


def put(
    session: Session, sample: SampleRow, chosen: Sequence[Chosen], again: Collection[str], due_on: str | None
) -> list[str]:
    """Put drawn conversations into the queue, those of ``again`` a second time for a blind review.

    The second item has the same ``sample_id`` and ``conversation_id`` as the first, and does not say why that was drawn.

    Returns:
        The keys of the items, seconds right after their firsts.
    """
    worth_of = worths(session, sample, chosen)
    items: list[Mapping[str, Any]] = []
    for one in chosen:
        item = {
            "id": new_id(),
            "sample_id": sample.id,
            "conversation_id": one.conversation_id,
            "agent_id": one.agent_id,
            "stratum": one.stratum,
            "probability": one.probability,
            "worth": worth_of[one.conversation_id],
            "reason": one.reason,
            "blind": False,
            "second_of": None,
            "due_on": due_on,
        }
        items.append(item)
        if one.conversation_id in again:
            items.append(
                {**item, "id": new_id(), "blind": True, "second_of": item["id"], "reason": SECOND_REASON}
            )
    session.execute(insert(SampleItemRow), items)
    return [str(item["id"]) for item in items]
