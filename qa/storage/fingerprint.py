"""One digest of everything that a run leaves behind, to compare two databases."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.storage.digests import canonical
from qa.storage.tables import AuditRow, Base, MarkRow, RunRow

NOT_CONTENT = {"created_at", "updated_at", "first_seen", "last_seen", "attempts", "root"}
NOT_COMPARED = {RunRow.__tablename__, MarkRow.__tablename__, AuditRow.__tablename__}


def content_fingerprint(session: Session) -> str:
    """A SHA-256 over all content: no times, no counts of attempts, no order of insertion."""
    state = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_COMPARED:
            continue
        columns = [column for column in table.columns if column.name not in NOT_CONTENT]
        lines = sorted(canonical([table.name, *row]) for row in session.execute(select(*columns)))
        state.update("\n".join(lines).encode("utf-8"))
        state.update(f"\n{table.name}:{len(lines)}\n".encode())
    return state.hexdigest()
