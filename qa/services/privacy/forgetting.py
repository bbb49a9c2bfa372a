"""What people have made of conversations, taken out again: reviews, labels, samples, disputes, calibrations, moments of 1:1s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa.services.conversations import overview
from qa.storage.people import (
    ActionRow,
    CalibrationRow,
    CoachingRow,
    ContactLabelRow,
    DisputeRow,
    ReviewRow,
    SampleItemRow,
    SampleRow,
    SavedFilterRow,
)

_OF_ONE: tuple[Any, ...] = (ReviewRow, DisputeRow, SampleItemRow, ContactLabelRow)


def forget_work(session: Session, ids: Sequence[str]) -> int:
    """Delete people's work on at most a few hundred conversations; how many rows were deleted or changed."""
    overview.forget(session, ids)
    count = sum(
        session.execute(delete(table).where(table.conversation_id.in_(ids))).rowcount  # type: ignore[attr-defined]
        for table in _OF_ONE
    )
    return count + _forget_inside(session, set(ids)) + _forget_filters(session, set(ids))


def _forget_filters(session: Session, ids: set[str]) -> int:
    named = [
        row
        for row in session.scalars(select(SavedFilterRow))
        if ids & set(dict(parse_qsl(row.query)).values())
    ]
    for row in named:
        session.delete(row)
    return len(named)


def _forget_inside(session: Session, ids: set[str]) -> int:
    """Take the conversations out of calibrations, 1:1s and the reserves of samples, which hold several."""
    count = 0
    for held in session.scalars(select(CalibrationRow)):
        if ids & set(held.conversations):
            held.conversations = [one for one in held.conversations if one not in ids]
            held.decisions = without(held.decisions, ids)
            count += 1
    for table, name in ((CoachingRow, "content"), (SampleRow, "details")):
        for row in session.scalars(select(table)):
            clean = without(getattr(row, name), ids)
            if clean != getattr(row, name):
                setattr(row, name, clean)
                count += 1
    return count


def forget_coaching(session: Session, before: datetime) -> int:
    """Delete 1:1s from before that moment with what was agreed in them; how many."""
    old = list(session.scalars(select(CoachingRow.id).where(CoachingRow.created_at < before)))
    session.execute(delete(ActionRow).where(ActionRow.created_at < before))
    session.execute(delete(CoachingRow).where(CoachingRow.created_at < before))
    return len(old)


def without(value: Any, ids: set[str]) -> Any:
    """JSON without the entries that name one of ``ids``, as a value, as a key or as the part of a key before a slash."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not _is_of(key, ids)}
        return {key: without(item, ids) for key, item in kept.items()}
    if isinstance(value, list):
        return [without(item, ids) for item in value if not _names(item, ids)]
    return value


def _is_of(key: str, ids: set[str]) -> bool:
    return key in ids or any(key.startswith(f"{one}/") for one in ids)


def _names(item: Any, ids: set[str]) -> bool:
    if isinstance(item, dict):
        return any(isinstance(part, str) and part in ids for part in item.values())
    if isinstance(item, list):
        return any(isinstance(part, str) and part in ids for part in item)
    return isinstance(item, str) and item in ids
