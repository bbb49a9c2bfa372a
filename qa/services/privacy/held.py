"""All that is held about a conversation, as a person who asks for their data gets it.

Who evaluated, disputed or decided is left out: that is another person's data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.storage.people import (
    CalibrationRow,
    CoachingRow,
    ContactLabelRow,
    DisputeRow,
    ReviewRow,
    SampleItemRow,
)
from qa.storage.tables import ConversationRow, EvaluationRow, ParkedRow, TaggingRow

REVIEW = ("kind", "status", "scorecard", "score", "criteria", "comment")
LABEL = ("reasons", "customer_sentiment")
DISPUTE = (
    "criterion",
    "status",
    "was",
    "becomes",
    "was_level",
    "wanted_level",
    "becomes_level",
    "comment",
    "decision",
)
SAMPLE_ITEM = ("status", "reason", "skip_reason")
PARKED = ("stage", "source", "line", "code", "message", "remedy", "attempts")
WORK = ("reviews", "labels", "disputes", "calibrations", "sample_items", "coaching_moments")


def held(session: Session, conversation_id: str) -> dict[str, Any]:
    """The conversation as it is kept now, its older versions, and all that was made of it.

    One of which no text is kept has an id only, and what was made of it.
    """
    rows = session.scalars(select(ConversationRow).where(ConversationRow.conversation_id == conversation_id))
    versions = sorted(rows, key=lambda row: (not row.current, row.key))
    digests = [row.digest for row in versions]
    taggings = list(session.scalars(select(TaggingRow).where(TaggingRow.input_digest.in_(digests))))
    inputs = [row.digest for row in taggings]
    evaluations = session.scalars(select(EvaluationRow).where(EvaluationRow.input_digest.in_(inputs)))
    return {
        **(versions[0].content if versions else {"id": conversation_id}),
        "versions": list(_versions(versions)),
        "tags": [_versioned(row) for row in taggings],
        "evaluations": [_versioned(row) for row in evaluations],
        "reviews": _about(session, ReviewRow, conversation_id, REVIEW),
        "labels": _about(session, ContactLabelRow, conversation_id, LABEL),
        "disputes": _about(session, DisputeRow, conversation_id, DISPUTE),
        "calibrations": list(_decisions(session, conversation_id)),
        "sample_items": _about(session, SampleItemRow, conversation_id, SAMPLE_ITEM),
        "coaching_moments": list(_moments(session, conversation_id)),
        "parked": _parked(session, conversation_id, [*digests, *inputs]),
    }


def is_anything(found: dict[str, Any]) -> bool:
    """Whether there is more than the id."""
    return any(found[name] for name in ("versions", *WORK, "parked"))


def _versions(rows: Sequence[ConversationRow]) -> Iterator[dict[str, Any]]:
    """All versions; the content of the first is that of the conversation itself."""
    for number, row in enumerate(rows):
        older = {"content": row.content} if number else {}
        yield {"version": row.version, "current": row.current, **older}


def _versioned(row: TaggingRow | EvaluationRow) -> dict[str, Any]:
    return {"version": row.version, "current": row.current, **row.content}


def _about(session: Session, table: Any, conversation_id: str, names: Sequence[str]) -> list[dict[str, Any]]:
    query = select(table).where(table.conversation_id == conversation_id).order_by(table.id)
    return [_named(row, names) for row in session.scalars(query)]


def _named(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _decisions(session: Session, conversation_id: str) -> Iterator[dict[str, Any]]:
    for row in session.scalars(select(CalibrationRow).order_by(CalibrationRow.created_at, CalibrationRow.id)):
        for key, decision in sorted(row.decisions.items()):
            about, _, criterion = key.rpartition("/")
            if about == conversation_id:
                said = {name: value for name, value in decision.items() if name != "by"}
                yield {"scorecard": row.scorecard, "criterion": criterion, **said}


def _moments(session: Session, conversation_id: str) -> Iterator[dict[str, Any]]:
    for row in session.scalars(select(CoachingRow).order_by(CoachingRow.created_at, CoachingRow.id)):
        for moment in row.content.get("moments", ()):
            if moment["conversation_id"] == conversation_id:
                yield {name: value for name, value in moment.items() if name != "conversation_id"}


def _parked(session: Session, conversation_id: str, inputs: Sequence[str]) -> list[dict[str, Any]]:
    theirs = (ParkedRow.conversation_id == conversation_id) | ParkedRow.input_digest.in_(inputs)
    rows = session.scalars(select(ParkedRow).where(theirs).order_by(ParkedRow.key))
    return [_named(row, PARKED) for row in rows]
