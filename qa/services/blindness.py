"""What a person must not know yet: outcomes of conversations that they have still to judge blind in a calibration."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import Session

from qa.services.permissions import Actor
from qa.storage.people import CalibrationRow, ReviewRow

FIRST_JUDGE = "Najpierw oceń tę rozmowę w kalibracji: do tego czasu jej wyniki są przed Tobą ukryte."


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor is a participant."""
    # the list is JSON, which the two databases search differently; as text it is the same in both
    return cast(CalibrationRow.participants, Text).contains(f'"{actor.id}"', autoescape=True)


def still_blind(session: Session, actor: Actor) -> Mapping[str, str]:
    """Conversations that the actor has not finished in an open calibration, each with the id of that calibration."""
    if not actor.may("calibration.take"):
        return {}
    query = select(CalibrationRow.id, CalibrationRow.conversations)
    rows = session.execute(query.where(CalibrationRow.status == "open", takes_part(actor))).all()
    if not rows:
        return {}
    judged = set(
        session.execute(
            select(ReviewRow.calibration_id, ReviewRow.conversation_id).where(
                ReviewRow.account_id == actor.id,
                ReviewRow.status == "finished",
                ReviewRow.calibration_id.is_not(None),
            )
        )
        .tuples()
        .all()
    )
    return {one: key for key, conversations in rows for one in conversations if (key, one) not in judged}
