"""What people say a conversation is about, beside the machine.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "contact_label",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("customer_sentiment", sa.String(length=16), nullable=True),
        sa.Column("machine", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_label")),
        sa.UniqueConstraint(
            "conversation_id", "account_id", name=op.f("uq_contact_label_conversation_id_account_id")
        ),
    )
    op.create_index(op.f("ix_contact_label_digest"), "contact_label", ["digest"], unique=False)
    op.create_index(op.f("ix_contact_label_changed_at"), "contact_label", ["changed_at"], unique=False)
