"""The tables. Each stage is one row keyed by (input digest, component version).

Columns ``created_at``, ``first_seen``, ``last_seen`` and ``attempts`` say when, not what: they are left out
of :func:`qa.storage.fingerprint.content_fingerprint`. ``current`` marks the row that reports read where
several versions of the same thing exist.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment that is always in UTC and says so, also on SQLite, which forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the zone that the database has lost."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables of the application."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, datetime: Moment()}  # noqa: RUF012


class MarkRow(Base):
    """A named fact about the database itself, such as the check value of the pseudonym key."""

    __tablename__ = "mark"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SourceRow(Base):
    """A file read to its end (status ``done``, or ``parked`` where something in it was parked)."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("digest", "version"),)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    conversations: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ConversationRow(Base):
    """A redacted conversation; ``content`` is contract 1 without customer, order and case."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("conversation_id", "version"),
        Index(None, "digest"),
        Index(None, "channel"),
        Index(None, "started_at"),
    )
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(200))
    source_digest: Mapped[str] = mapped_column(String(64))
    raw_digest: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[str | None] = mapped_column(String(40))
    agent_id: Mapped[str | None] = mapped_column(String(200))
    team: Mapped[str | None] = mapped_column(String(200))
    customer_key: Mapped[str | None] = mapped_column(String(40))
    order_key: Mapped[str | None] = mapped_column(String(40))
    case_key: Mapped[str | None] = mapped_column(String(40))
    current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class TaggingRow(Base):
    """What one tagger version says about one redacted conversation; ``content`` is contract 2."""

    __tablename__ = "tagging"
    __table_args__ = (UniqueConstraint("input_digest", "version"), Index(None, "digest"))
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    input_digest: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(32))
    primary_reason: Mapped[str | None] = mapped_column(String(120))
    sentiment: Mapped[str | None] = mapped_column(String(16))
    current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class EvaluationRow(Base):
    """One scorecard version applied to one tagging; ``content`` is contract 2's ``evaluation``."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("input_digest", "version"),)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    input_digest: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(120))
    scorecard: Mapped[str] = mapped_column(String(120))
    score: Mapped[float | None]
    current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ParkedRow(Base):
    """Something that could not be processed, with cause and remedy.

    ``root`` is the folder that was named in the command and ``path_key`` a keyed digest of the whole path,
    so that ``retry`` finds the file again although its name, which may hold a person's, is not kept.
    """

    __tablename__ = "parked"
    __table_args__ = (Index(None, "path_key"), Index(None, "stage"))
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)
    root: Mapped[str | None] = mapped_column(Text)
    path_key: Mapped[str | None] = mapped_column(String(40))
    input_digest: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(120))
    line: Mapped[int | None]
    conversation_id: Mapped[str | None] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=1)
    first_seen: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime] = mapped_column(default=now)


class RunRow(Base):
    """One ``odsluch run``: versions of every component, counts, start and end."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16), default="running")
    versions: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]


class TrendRow(Base):
    """How often something came up in a period, against its denominator and what came before."""

    __tablename__ = "trend"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str | None] = mapped_column(String(16))
    period_start: Mapped[str] = mapped_column(String(40))
    period_end: Mapped[str] = mapped_column(String(40))
    count: Mapped[int]
    denominator: Mapped[int]
    share: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    examples: Mapped[list[Any]]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ProposalRow(Base):
    """A backlog item. ``status`` is ``new`` until a person changes it."""

    __tablename__ = "proposal"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="new")
    contacts_a_month: Mapped[float | None]
    priority: Mapped[float]
    evidence: Mapped[list[Any]]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class SealedRow(Base):
    """An encrypted file in the vault: raw text, raw sound or muted sound of a conversation.

    ``dated`` (ISO, UTC) is the day from which its retention counts; ``size`` is that of the content.
    """

    __tablename__ = "sealed"
    __table_args__ = (Index(None, "conversation_id"), Index(None, "kind", "dated"))
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[str] = mapped_column(String(200))
    suffix: Mapped[str] = mapped_column(String(16))
    size: Mapped[int]
    dated: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ErasedRow(Base):
    """A conversation that was erased on request and is not read again; ``key`` is a keyed digest of its id."""

    __tablename__ = "erased"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Base):
    """Who did what to personal data and when. The database refuses changes; ``digest`` chains the entries."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(200))
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(32))
