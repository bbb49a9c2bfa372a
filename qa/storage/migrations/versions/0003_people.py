"""People's work: accounts, overview, samples, reviews, calibrations, disputes, 1:1s, saved filters, trust.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("subject", name=op.f("uq_account_subject")),
    )
    op.create_table(
        "agreed_action",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("coaching_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=False),
        sa.Column("criterion", sa.String(length=120), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_action")),
    )
    op.create_index(op.f("ix_agreed_action_agent_id"), "agreed_action", ["agent_id"], unique=False)
    op.create_index(op.f("ix_agreed_action_coaching_id"), "agreed_action", ["coaching_id"], unique=False)
    op.create_table(
        "calibration",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scorecard", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("conversations", sa.JSON(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_table(
        "coaching",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=False),
        sa.Column("coach", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching")),
    )
    op.create_index(
        op.f("ix_coaching_agent_id_created_at"), "coaching", ["agent_id", "created_at"], unique=False
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("review_id", sa.String(length=32), nullable=True),
        sa.Column("criterion", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("was", sa.String(length=8), nullable=False),
        sa.Column("becomes", sa.String(length=8), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_account_id"), "dispute", ["account_id"], unique=False)
    op.create_index(op.f("ix_dispute_conversation_id"), "dispute", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_dispute_status_created_at"), "dispute", ["status", "created_at"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("criterion", sa.String(length=120), nullable=False),
        sa.Column("scorecard", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "criterion", name=op.f("pk_outcome")),
    )
    op.create_index(
        op.f("ix_outcome_agent_id_day_criterion_outcome"),
        "outcome",
        ["agent_id", "day", "criterion", "outcome"],
        unique=False,
    )
    op.create_index(
        "ix_outcome_board",
        "outcome",
        ["criterion", "day", "outcome", "scorecard", "team"],
        unique=False,
    )
    op.create_table(
        "overview",
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("versions", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("customer_key", sa.String(length=40), nullable=True),
        sa.Column("opening", sa.String(length=200), nullable=False),
        sa.Column("primary_reason", sa.String(length=120), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("sentiment", sa.String(length=16), nullable=True),
        sa.Column("sentiment_start", sa.String(length=16), nullable=True),
        sa.Column("sentiment_end", sa.String(length=16), nullable=True),
        sa.Column("falling", sa.Boolean(), nullable=False),
        sa.Column("scorecard", sa.String(length=120), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("least_confidence", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("silence", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_overview")),
    )
    op.create_index(op.f("ix_overview_agent_id_day"), "overview", ["agent_id", "day"], unique=False)
    op.create_index(
        op.f("ix_overview_channel_started_at"), "overview", ["channel", "started_at"], unique=False
    )
    op.create_index(
        op.f("ix_overview_critical_started_at"), "overview", ["critical", "started_at"], unique=False
    )
    op.create_index(op.f("ix_overview_customer_key"), "overview", ["customer_key"], unique=False)
    op.create_index(
        "ix_overview_board",
        "overview",
        ["day", "primary_reason", "sentiment", "channel", "team", "scorecard", "agent_id", "score"],
        unique=False,
    )
    op.create_index(
        op.f("ix_overview_falling_started_at"), "overview", ["falling", "started_at"], unique=False
    )
    op.create_index(
        op.f("ix_overview_primary_reason_started_at"),
        "overview",
        ["primary_reason", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_overview_started_at_conversation_id"),
        "overview",
        ["started_at", "conversation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_overview_team_day"), "overview", ["team", "day"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("scorecard", sa.String(length=120), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("calibration_id", sa.String(length=32), nullable=True),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_account_id_status"), "review", ["account_id", "status"], unique=False)
    op.create_index(
        op.f("ix_review_agent_id_finished_at"), "review", ["agent_id", "finished_at"], unique=False
    )
    op.create_index(op.f("ix_review_calibration_id"), "review", ["calibration_id"], unique=False)
    op.create_index(op.f("ix_review_conversation_id"), "review", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_review_item_id"), "review", ["item_id"], unique=False)
    op.create_table(
        "sample",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("plan_id", "period_start", name=op.f("uq_sample_plan_id_period_start")),
    )
    op.create_table(
        "sample_item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sample_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("agent_id", sa.String(length=200), nullable=True),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("second_of", sa.String(length=32), nullable=True),
        sa.Column("assignee", sa.String(length=32), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_item")),
    )
    op.create_index(
        op.f("ix_sample_item_assignee_status"), "sample_item", ["assignee", "status"], unique=False
    )
    op.create_index(op.f("ix_sample_item_closed_at"), "sample_item", ["closed_at"], unique=False)
    op.create_index(op.f("ix_sample_item_conversation_id"), "sample_item", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_sample_item_sample_id"), "sample_item", ["sample_id"], unique=False)
    op.create_index(op.f("ix_sample_item_status_worth"), "sample_item", ["status", "worth"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("account_id", "page", "name", name=op.f("uq_saved_filter_account_id_page_name")),
    )
    op.create_table(
        "sign_in",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"], unique=False)
    op.create_table(
        "trust",
        sa.Column("scorecard", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("bar", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scorecard", name=op.f("pk_trust")),
    )
