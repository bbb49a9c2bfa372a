"""The first schema.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "conversation",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("raw_digest", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.String(length=40), nullable=True),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("customer_key", sa.String(length=40), nullable=True),
        sa.Column("order_key", sa.String(length=40), nullable=True),
        sa.Column("case_key", sa.String(length=40), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "conversation_id", "version", name=op.f("uq_conversation_conversation_id_version")
        ),
    )
    op.create_index(op.f("ix_conversation_channel"), "conversation", ["channel"], unique=False)
    op.create_index(op.f("ix_conversation_digest"), "conversation", ["digest"], unique=False)
    op.create_index(op.f("ix_conversation_started_at"), "conversation", ["started_at"], unique=False)
    op.create_table(
        "evaluation",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("input_digest", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=120), nullable=False),
        sa.Column("scorecard", sa.String(length=120), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("input_digest", "version", name=op.f("uq_evaluation_input_digest_version")),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_table(
        "parked",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("path_key", sa.String(length=40), nullable=True),
        sa.Column("input_digest", sa.String(length=64), nullable=True),
        sa.Column("version", sa.String(length=120), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.String(length=200), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parked")),
    )
    op.create_index(op.f("ix_parked_path_key"), "parked", ["path_key"], unique=False)
    op.create_index(op.f("ix_parked_stage"), "parked", ["stage"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("contacts_a_month", sa.Double(), nullable=True),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_proposal")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "source",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_source")),
        sa.UniqueConstraint("digest", "version", name=op.f("uq_source_digest_version")),
    )
    op.create_table(
        "tagging",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("input_digest", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("primary_reason", sa.String(length=120), nullable=True),
        sa.Column("sentiment", sa.String(length=16), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tagging")),
        sa.UniqueConstraint("input_digest", "version", name=op.f("uq_tagging_input_digest_version")),
    )
    op.create_index(op.f("ix_tagging_digest"), "tagging", ["digest"], unique=False)
    op.create_table(
        "trend",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("period_start", sa.String(length=40), nullable=False),
        sa.Column("period_end", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_trend")),
    )


def downgrade() -> None:
    """Remove all tables."""
    for table in (
        "proposal",
        "trend",
        "run",
        "parked",
        "evaluation",
        "tagging",
        "conversation",
        "source",
        "mark",
    ):
        op.drop_table(table)
