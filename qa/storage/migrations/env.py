"""Alembic's entry: runs on the connection that :mod:`qa.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from qa.storage import people, reports  # noqa: F401  # their tables belong to the schema
from qa.storage.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
