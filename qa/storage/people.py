"""The tables of people's work: accounts, samples, reviews, calibrations, disputes and 1:1s.

``conversation_id`` is the public id of a conversation, which outlives its versions. Moments are UTC, days ISO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa.storage.tables import Base, now

KEY = String(32)
NAME = String(200)


class AccountRow(Base):
    """Somebody who may sign in. ``roles`` are names of :data:`qa.services.access.permissions.ROLES`.

    ``agent_id`` says whose conversations are their own; ``subject`` is their name at the single sign-on, ``email`` where
    reports go.
    """

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    login: Mapped[str] = mapped_column(NAME, unique=True)
    name: Mapped[str] = mapped_column(NAME)
    roles: Mapped[list[Any]]
    password: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(NAME, unique=True)
    agent_id: Mapped[str | None] = mapped_column(NAME)
    team: Mapped[str | None] = mapped_column(NAME)
    email: Mapped[str | None] = mapped_column(NAME)
    language: Mapped[str] = mapped_column(String(2), default="pl")
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignInRow(Base):
    """A signed-in browser; ``key`` is the digest of the cookie, which itself is stored nowhere."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "account_id"),)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(KEY)
    form_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class OverviewRow(Base):
    """What lists and dashboards need of a current conversation, in one row that is made from the results.

    ``versions`` is the digest of the rows it was made from; ``undecided`` counts criteria left to people,
    ``least_confidence`` is that of the least sure decided one, ``seconds`` the length of a call, ``silence`` its
    longest silence, ``day`` the Polish calendar day, ``falling`` that the sentiment at the end is worse than at the start.
    """

    __tablename__ = "overview"
    __table_args__ = (
        Index(None, "started_at", "conversation_id"),
        Index(None, "agent_id", "day"),
        Index(None, "team", "day"),
        Index(
            "ix_overview_board",
            "day",
            "primary_reason",
            "sentiment",
            "channel",
            "team",
            "scorecard",
            "agent_id",
            "score",
        ),
        Index(None, "primary_reason", "started_at"),
        Index(None, "customer_key"),
        Index(None, "channel", "started_at"),
        Index(None, "critical", "started_at"),
        Index(None, "falling", "started_at"),
    )
    conversation_id: Mapped[str] = mapped_column(NAME, primary_key=True)
    versions: Mapped[str] = mapped_column(KEY)
    channel: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[str] = mapped_column(String(40))
    day: Mapped[str] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(NAME)
    team: Mapped[str | None] = mapped_column(NAME)
    customer_key: Mapped[str | None] = mapped_column(String(40))
    opening: Mapped[str] = mapped_column(NAME)
    primary_reason: Mapped[str | None] = mapped_column(String(120))
    confidence: Mapped[float | None]
    sentiment: Mapped[str | None] = mapped_column(String(16))
    sentiment_start: Mapped[str | None] = mapped_column(String(16))
    sentiment_end: Mapped[str | None] = mapped_column(String(16))
    falling: Mapped[bool] = mapped_column(default=False)
    scorecard: Mapped[str | None] = mapped_column(String(120))
    score: Mapped[float | None]
    critical: Mapped[bool] = mapped_column(default=False)
    undecided: Mapped[int] = mapped_column(default=0)
    least_confidence: Mapped[float | None]
    seconds: Mapped[float | None]
    silence: Mapped[float | None]


class OutcomeRow(Base):
    """The automatic outcome of one criterion of one current conversation; ``level`` where it has a scale and is decided."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index("ix_outcome_board", "criterion", "day", "outcome", "scorecard", "team"),
        Index(None, "agent_id", "day", "criterion", "outcome"),
    )
    conversation_id: Mapped[str] = mapped_column(NAME, primary_key=True)
    criterion: Mapped[str] = mapped_column(String(120), primary_key=True)
    scorecard: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(8))
    level: Mapped[int | None]
    confidence: Mapped[float]
    agent_id: Mapped[str | None] = mapped_column(NAME)
    team: Mapped[str | None] = mapped_column(NAME)
    day: Mapped[str] = mapped_column(String(10))


class ReviewRow(Base):
    """A person's evaluation of a conversation.

    ``kind`` is ``review``, ``second`` (blind), ``calibration`` or ``dispute`` (made by the decision of one); ``criteria`` maps an id to ``outcome``, ``comment``
    and what was automatic when it was judged (``automatic``, ``confidence``), with a scale also ``level`` and ``automatic_level``; ``version`` counts the changes, so that
    nobody overwrites what they have not seen.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index(None, "conversation_id"),
        Index(None, "account_id", "status"),
        Index(None, "agent_id", "finished_at"),
        Index(None, "calibration_id"),
        Index(None, "item_id"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(NAME)
    account_id: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(String(16), default="review")
    status: Mapped[str] = mapped_column(String(16), default="draft")
    scorecard: Mapped[str] = mapped_column(String(120))
    agent_id: Mapped[str | None] = mapped_column(NAME)
    item_id: Mapped[str | None] = mapped_column(KEY)
    calibration_id: Mapped[str | None] = mapped_column(KEY)
    criteria: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class PlanRow(Base):
    """A sampling plan: ``content`` holds cycle, method, quotas and filters."""

    __tablename__ = "plan"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    content: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=now)


class SampleRow(Base):
    """One drawing by a plan from the conversations of a period (ISO days, both included)."""

    __tablename__ = "sample"
    __table_args__ = (UniqueConstraint("plan_id", "period_start"),)
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    plan_id: Mapped[str] = mapped_column(KEY)
    period_start: Mapped[str] = mapped_column(String(10))
    period_end: Mapped[str] = mapped_column(String(10))
    seed: Mapped[int]
    population: Mapped[int]
    details: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=now)


class SampleItemRow(Base):
    """A drawn conversation on its way through the queue.

    ``probability`` is that of being selected, ``worth`` orders the queue (higher first), ``status`` is ``waiting``,
    ``claimed``, ``done``, ``skipped`` or ``replaced``; ``blind`` hides earlier outcomes from the reviewer.
    """

    __tablename__ = "sample_item"
    __table_args__ = (
        Index(None, "status", "worth"),
        Index(None, "sample_id"),
        Index(None, "conversation_id"),
        Index(None, "assignee", "status"),
        Index(None, "closed_at"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    sample_id: Mapped[str] = mapped_column(KEY)
    conversation_id: Mapped[str] = mapped_column(NAME)
    agent_id: Mapped[str | None] = mapped_column(NAME)
    stratum: Mapped[str] = mapped_column(NAME, default="")
    probability: Mapped[float]
    worth: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str] = mapped_column(NAME, default="")
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    blind: Mapped[bool] = mapped_column(default=False)
    second_of: Mapped[str | None] = mapped_column(KEY)
    assignee: Mapped[str | None] = mapped_column(KEY)
    claimed_at: Mapped[datetime | None]
    due_on: Mapped[str | None] = mapped_column(String(10))
    closed_by: Mapped[str | None] = mapped_column(KEY)
    closed_at: Mapped[datetime | None]
    skip_reason: Mapped[str | None] = mapped_column(Text)


class CalibrationRow(Base):
    """A session in which several people judge the same conversations without seeing each other's outcomes.

    ``status`` is ``open`` (blind), ``compared`` or ``closed``; ``decisions`` maps ``conversation/criterion`` to what was
    decided and ``wording`` proposals.
    """

    __tablename__ = "calibration"
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    scorecard: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(16), default="open")
    conversations: Mapped[list[Any]]
    participants: Mapped[list[Any]]
    decisions: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(KEY)
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class DisputeRow(Base):
    """An agent's objection to one criterion of one review or automatic evaluation.

    ``status`` is ``open``, ``accepted``, ``partly``, ``rejected``, ``wrong_person`` or ``withdrawn``; ``was`` and ``becomes`` are outcomes.
    Of a criterion with a scale they have levels, and ``wanted_level`` is what the agent asks for.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        Index(None, "status", "created_at"),
        Index(None, "conversation_id"),
        Index(None, "account_id"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(NAME)
    review_id: Mapped[str | None] = mapped_column(KEY)
    criterion: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[str] = mapped_column(KEY)
    was: Mapped[str] = mapped_column(String(8))
    becomes: Mapped[str | None] = mapped_column(String(8))
    was_level: Mapped[int | None]
    wanted_level: Mapped[int | None]
    becomes_level: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="open")
    decided_by: Mapped[str | None] = mapped_column(KEY)
    decision: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]


class CoachingRow(Base):
    """A 1:1: ``content`` holds strengths, the point, moments and notes; ``status`` is ``draft``, ``held`` or ``acknowledged``."""

    __tablename__ = "coaching"
    __table_args__ = (Index(None, "agent_id", "created_at"),)
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    agent_id: Mapped[str] = mapped_column(NAME)
    coach: Mapped[str] = mapped_column(KEY)
    status: Mapped[str] = mapped_column(String(16), default="draft")
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    held_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class ActionRow(Base):
    """What coach and agent agreed on, until when, and the figures (``baseline``) at that moment."""

    __tablename__ = "agreed_action"
    __table_args__ = (Index(None, "agent_id"), Index(None, "coaching_id"))
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    coaching_id: Mapped[str] = mapped_column(KEY)
    agent_id: Mapped[str] = mapped_column(NAME)
    criterion: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[str] = mapped_column(String(10))
    baseline: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ContactLabelRow(Base):
    """What somebody says a conversation is about: codes of ``reasons``, the main one first, and the customer's sentiment.

    ``digest`` is that of the conversation as they read it, ``machine`` what the tagger had said then, with its version.
    """

    __tablename__ = "contact_label"
    __table_args__ = (
        UniqueConstraint("conversation_id", "account_id"),
        Index(None, "digest"),
        Index(None, "changed_at"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(NAME)
    account_id: Mapped[str] = mapped_column(KEY)
    digest: Mapped[str] = mapped_column(KEY)
    reasons: Mapped[list[Any]]
    customer_sentiment: Mapped[str | None] = mapped_column(String(16))
    machine: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=now)


class SavedFilterRow(Base):
    """A list's or dashboard's filters under a name of one's own."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("account_id", "page", "name"),)
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    account_id: Mapped[str] = mapped_column(KEY)
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(NAME)
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TrustRow(Base):
    """The latest trust report of a scorecard: ``content`` maps a criterion to its figures and state."""

    __tablename__ = "trust"
    scorecard: Mapped[str] = mapped_column(String(120), primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    bar: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
