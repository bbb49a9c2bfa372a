"""Keeping tags and evaluations, and knowing which are still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from qa.storage.digests import canonical, digest_of
from qa.storage.tables import ConversationRow, EvaluationRow, ParkedRow, TaggingRow


def missing_taggings(session: Session, version: str) -> list[str]:
    """Digests of current conversations without tags of ``version``, in a stable order."""
    done = exists().where(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.version == version)
    query = select(ConversationRow.digest).where(ConversationRow.current, ~done)
    query = query.where(~_is_parked("tag", ConversationRow.digest, version)).order_by(ConversationRow.digest)
    return list(session.scalars(query))


def missing_evaluations(
    session: Session, channel: str, tagging: str, scorecard: str, since: datetime
) -> list[str]:
    """Digests of taggings of a channel's current conversations that this scorecard has not judged.

    Conversations from before ``since`` are past the retention of evaluations.
    """
    done = exists().where(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.version == scorecard)
    query = (
        select(TaggingRow.digest)
        .join(ConversationRow, ConversationRow.digest == TaggingRow.input_digest)
        .where(
            ConversationRow.current, ConversationRow.channel == channel, TaggingRow.version == tagging, ~done
        )
        .where(~_is_parked("score", TaggingRow.digest, scorecard), ~older(since))
        .order_by(TaggingRow.digest)
    )
    return list(session.scalars(query))


def older(before: datetime) -> ColumnElement[bool]:
    """Conversations from before that moment; one without a time counts from when it was read."""
    return or_(
        and_(ConversationRow.started_at.is_not(None), ConversationRow.started_at < before.isoformat()),
        and_(ConversationRow.started_at.is_(None), ConversationRow.created_at < before),
    )


def _is_parked(stage: str, digest: Any, version: str) -> ColumnElement[bool]:
    row = aliased(ParkedRow)
    return exists().where(and_(row.stage == stage, row.input_digest == digest, row.version == version))


def conversations_of(session: Session, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Redacted contents (contract 1) by digest."""
    query = select(ConversationRow.digest, ConversationRow.content).where(ConversationRow.digest.in_(digests))
    return dict(session.execute(query).tuples().all())


def taggings_of(session: Session, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Conversation and tags (contract 2) by digest of the tagging."""
    query = (
        select(TaggingRow.digest, ConversationRow.content, TaggingRow.content)
        .join(ConversationRow, ConversationRow.digest == TaggingRow.input_digest)
        .where(TaggingRow.digest.in_(digests))
    )
    return {digest: {**conversation, **tags} for digest, conversation, tags in session.execute(query)}


def keep_taggings(session: Session, version: str, tags: Mapping[str, dict[str, Any]]) -> None:
    """Keep tags (contract 2) by digest of their conversation."""
    _retire(session, TaggingRow, list(tags), TaggingRow.version != version)
    for digest, content in tags.items():
        session.add(
            TaggingRow(
                key=digest_of(digest, version),
                input_digest=digest,
                version=version,
                digest=digest_of(digest, version, canonical(content)),
                primary_reason=content.get("primary"),
                sentiment=(content.get("sentiment") or {}).get("overall"),
                content=content,
            )
        )


def keep_evaluations(session: Session, version: str, evaluations: Mapping[str, dict[str, Any]]) -> None:
    """Keep evaluations (contract 2) by digest of their tagging."""
    _retire(session, EvaluationRow, list(evaluations), EvaluationRow.version != version)
    for digest, content in evaluations.items():
        session.add(
            EvaluationRow(
                key=digest_of(digest, version),
                input_digest=digest,
                version=version,
                scorecard=content["scorecard"],
                score=content.get("score"),
                content=content,
            )
        )


def _retire(session: Session, table: Any, inputs: Sequence[str], other: ColumnElement[bool]) -> None:
    session.execute(update(table).where(table.input_digest.in_(inputs), other).values(current=False))


def counts_by_channel(session: Session) -> dict[str, tuple[int, int, int]]:
    """For each channel: conversations, of them tagged, of them scored."""
    query = (
        select(
            ConversationRow.channel,
            func.count(ConversationRow.key.distinct()),
            func.count(TaggingRow.key.distinct()),
            func.count(EvaluationRow.input_digest.distinct()),
        )
        .outerjoin(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .outerjoin(
            EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current)
        )
        .where(ConversationRow.current)
        .group_by(ConversationRow.channel)
        .order_by(ConversationRow.channel)
    )
    return {channel: (n, tagged, scored) for channel, n, tagged, scored in session.execute(query)}


def current_rows(
    session: Session, conversation_id: str
) -> tuple[ConversationRow, TaggingRow | None, EvaluationRow | None] | None:
    """The current conversation of that id with its tags and evaluation, as far as there are any."""
    query = (
        select(ConversationRow, TaggingRow, EvaluationRow)
        .outerjoin(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .outerjoin(
            EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current)
        )
        .where(ConversationRow.current, ConversationRow.conversation_id == conversation_id)
        .limit(1)
    )
    found = session.execute(query).first()
    return tuple(found) if found else None  # type: ignore[return-value]


def evaluation_of(session: Session, conversation_id: str) -> dict[str, Any] | None:
    """The automatic evaluation (contract 2) of the current conversation of that id."""
    rows = current_rows(session, conversation_id)
    return rows[2].content if rows and rows[2] else None
