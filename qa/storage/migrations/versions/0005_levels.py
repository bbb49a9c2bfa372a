"""Levels of criteria with a scale: of automatic outcomes and of disputes.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there was judged without scales and has no level."""
    op.add_column("outcome", sa.Column("level", sa.Integer(), nullable=True))
    for name in ("was_level", "wanted_level", "becomes_level"):
        op.add_column("dispute", sa.Column(name, sa.Integer(), nullable=True))
