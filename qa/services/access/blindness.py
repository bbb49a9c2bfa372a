"""What a person must not know yet: outcomes of conversations that they have still to judge blind in a calibration."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Text, cast, exists, or_, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.storage.people import CalibrationRow, ReviewRow, SampleItemRow

FIRST_JUDGE = "Najpierw oceń tę rozmowę w kalibracji: do tego czasu jej wyniki są przed Tobą ukryte."


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor is a participant."""
    # the list is JSON, which the two databases search differently; as text it is the same in both
    return cast(CalibrationRow.participants, Text).contains(f'"{actor.id}"', autoescape=True)


def not_in_open_calibration() -> ColumnElement[bool]:
    """The condition that a review is no part of a calibration that is still blind: nobody may read it elsewhere."""
    open_ones = select(CalibrationRow.id).where(CalibrationRow.status == "open")
    return or_(ReviewRow.calibration_id.is_(None), ReviewRow.calibration_id.not_in(open_ones))


def hidden_from(session: Session, actor: Actor) -> set[str]:
    """Conversations whose outcomes the actor must not know yet: those to be judged blind in an open calibration, and
    those of open blind items that are theirs or that they could still take."""
    found = set(still_blind(session, actor))
    if actor.may("queue.work"):
        judged = exists().where(
            ReviewRow.conversation_id == SampleItemRow.conversation_id,
            ReviewRow.account_id == actor.id,
            ReviewRow.status == "finished",
        )
        open_ones = select(SampleItemRow.conversation_id).where(
            SampleItemRow.status.in_(("waiting", "claimed")),
            SampleItemRow.blind,
            or_(SampleItemRow.assignee.is_(None), SampleItemRow.assignee == actor.id),
            ~judged,
        )
        found |= set(session.scalars(open_ones))
    return found


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
