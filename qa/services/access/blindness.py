"""What a person must not know yet: outcomes of conversations that they have still to judge blind.

Everything that shows outcomes asks here: pages of one conversation leave them out, lists leave out what would tell
them, and figures are counted without these conversations, so that no filter can single one out.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from qa.services.access.permissions import Actor
from qa.storage.people import CalibrationRow, ReviewRow, SampleItemRow

FIRST_JUDGE = "Najpierw oceń tę rozmowę w kalibracji: do tego czasu jej wyniki są przed Tobą ukryte."
FIRST_SECOND = (
    "Ta rozmowa czeka w kolejce na ocenę w ciemno: weź ją i oceń albo poczekaj, aż oceni ją ktoś inny; "
    "do tego czasu jej wyniki są przed Tobą ukryte."
)
QUEUE = "queue"


def takes_part(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor is a participant."""
    # the list is JSON, which the two databases search differently; as text it is the same in both
    return cast(CalibrationRow.participants, Text).contains(f'"{actor.id}"', autoescape=True)


def not_in_open_calibration() -> ColumnElement[bool]:
    """The condition that a review is no part of a calibration that is still blind: nobody may read it elsewhere."""
    open_ones = select(CalibrationRow.id).where(CalibrationRow.status == "open")
    return or_(ReviewRow.calibration_id.is_(None), ReviewRow.calibration_id.not_in(open_ones))


def hidden_from(session: Session, actor: Actor) -> frozenset[str]:
    """Conversations whose outcomes the actor must not know yet."""
    return frozenset(hidden_by(session, actor))


def hidden_by(session: Session, actor: Actor) -> Mapping[str, str]:
    """The same, each with the open calibration in which the actor has to judge it, or QUEUE.

    The queue hides what it has as an open blind item, also while somebody else has claimed it: an item comes back, and
    whoever has looked meanwhile would judge it no longer blind. It does not hide what the actor has judged; an item of
    their own only once it is that very item's review.
    """
    found = dict(still_blind(session, actor))
    if actor.may("queue.work"):
        finished = and_(
            ReviewRow.conversation_id == SampleItemRow.conversation_id,
            ReviewRow.account_id == actor.id,
            ReviewRow.status == "finished",
        )
        judged, judged_this = (
            exists().where(finished, *more) for more in ((), (ReviewRow.item_id == SampleItemRow.id,))
        )
        theirs = SampleItemRow.assignee == actor.id
        others = or_(SampleItemRow.assignee.is_(None), SampleItemRow.assignee != actor.id)
        hidden = or_(and_(theirs, ~judged_this), and_(others, ~judged))
        found |= {one: QUEUE for one in session.scalars(_open_blind().where(hidden)) if one not in found}
    return found


def _open_blind() -> Select[str]:
    return select(SampleItemRow.conversation_id).where(
        SampleItemRow.status.in_(("waiting", "claimed")), SampleItemRow.blind
    )


def awaited_from_anybody(session: Session) -> frozenset[str]:
    """Conversations that somebody or other has still to judge blind: what everybody can read is made without them."""
    open_ones = select(CalibrationRow.conversations).where(CalibrationRow.status == "open")
    in_calibrations = {one for conversations in session.scalars(open_ones) for one in conversations}
    return frozenset(in_calibrations | set(session.scalars(_open_blind())))


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
