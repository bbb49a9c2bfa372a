"""A database for plans and samples."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.storage.people import SampleItemRow

RANDOM = {"cycle": "weekly", "method": "random", "size": 10}
EACH = {"cycle": "weekly", "method": "stratified", "per": "agent", "each": 2}
RISK = {"cycle": "weekly", "method": "risk", "size": 10}


def items(session: Session) -> list[SampleItemRow]:
    return list(session.scalars(select(SampleItemRow).order_by(SampleItemRow.conversation_id)))
