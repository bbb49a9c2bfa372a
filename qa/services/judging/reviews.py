"""A person's evaluation of a conversation: drafted, changed, finished; the automatic results stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qa.errors import Conflict, Missing, Refused, UsageProblem
from qa.services.access.accounts import new_id
from qa.services.access.permissions import Actor
from qa.services.inputs import is_storable
from qa.services.judging.answers import (
    Answer,
    as_kept,
    automatic_word,
    kept_word,
    levels_of,
    machine_kept,
    outcomes_of,
    read_answer,
)
from qa.services.judging.person_score import person_score
from qa.storage import audit
from qa.storage.people import OverviewRow, ReviewRow, SampleItemRow, SampleRow
from qa.storage.results import evaluation_of
from qa.storage.tables import now
from scorecards import Criterion, Scorecard

LONGEST_COMMENT = 4000
OPEN = ("waiting", "claimed")


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changes in a review: outcomes and comments by criterion, the comment of the whole.

    ``outcomes`` are answers as :mod:`qa.services.judging.answers` reads them: a criterion with a scale is answered by the
    number of a level. None takes an answer back. ``version`` is the version that they saw; None begins a review.
    """

    outcomes: Mapping[str, str | None]
    comments: Mapping[str, str]
    comment: str | None = None
    version: int | None = None


def review_of(session: Session, actor: Actor, conversation_id: str, item_id: str | None) -> ReviewRow | None:
    """The actor's own review of the conversation: the draft, or the latest one."""
    query = select(ReviewRow).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.account_id == actor.id,
        ReviewRow.kind.in_(("review", "second")),
    )
    if item_id:
        query = query.where(ReviewRow.item_id == item_id)
    return session.scalars(query.order_by(ReviewRow.created_at.desc()).limit(1)).first()


def save(
    session: Session,
    actor: Actor,
    conversation_id: str,
    card: Scorecard,
    change: Change,
    item_id: str | None = None,
) -> ReviewRow:
    """Keep a draft. Saving is free of consequences until :func:`finish`.

    Raises:
        Refused: the actor may not review, or not this conversation, which is their own.
        Missing: there is no such conversation, or the item of the queue is another's.
        Conflict: the review was changed elsewhere meanwhile, or is finished.
        UsageProblem: an unknown criterion or outcome, or a comment that is too long.
    """
    actor.must("review.write")
    _check(card, change)
    overview = _kept_to_oneself(session, conversation_id)
    if overview is None:
        raise Missing("Nie ma takiej rozmowy albo jeszcze nie została przetworzona.")
    if actor.agent_id is not None and actor.agent_id == overview.agent_id:
        raise Refused("To Twoja własna rozmowa: ocenia ją ktoś inny.")
    _check_held(session, actor, overview, item_id)
    row = review_of(session, actor, conversation_id, item_id)
    if row is None:
        row = _begun(session, actor, overview, card, item_id)
    elif row.status == "finished":  # another one would say what somebody says who has seen the rest
        raise Conflict("Ta ocena jest już zakończona: otwórz ją ponownie, by coś zmienić.")
    elif change.version is not None and change.version != row.version:
        raise Conflict(
            "Ocena zmieniła się w innym oknie: odśwież stronę, Twoje komentarze zostały w przeglądarce."
        )
    row.criteria = _changed(card, row.criteria, change, _automatic(session, conversation_id))
    if change.comment is not None:
        row.comment = change.comment
    row.score = person_score(card, outcomes_of(row.criteria), levels_of(row.criteria))
    row.version += 1
    row.updated_at = now()
    session.flush()
    return row


def finish(session: Session, actor: Actor, review_id: str, card: Scorecard) -> ReviewRow:
    """Finish a review: every criterion has an outcome, a fail of a critical one has a comment.

    Raises:
        Missing: there is no such review of the actor's.
        Conflict: it is finished already.
        UsageProblem: something is missing; the sentence says what.
    """
    actor.must("review.write")
    row = _to_change(session, actor, review_id)
    if row.status == "finished":
        raise Conflict("Ta ocena jest już zakończona.")
    _check_held(session, actor, row, row.item_id)
    missing = [c.name for c in card.criteria if not row.criteria.get(c.id, {}).get("outcome")]
    if missing:
        raise UsageProblem("Oceń jeszcze: {missing}.", missing=missing)
    silent = [
        c.name
        for c in card.criteria
        if c.critical
        and row.criteria[c.id]["outcome"] == "fail"
        and not row.criteria[c.id]["comment"].strip()
    ]
    if silent:
        raise UsageProblem("Niezaliczone kryterium krytyczne wymaga komentarza: {missing}.", missing=silent)
    row.status, row.finished_at, row.updated_at = "finished", now(), now()
    overridden = sum(automatic_word(one) not in (None, kept_word(one)) for one in row.criteria.values())
    details = {
        "conversation": audit.mark_of(session, row.conversation_id),
        "kind": row.kind,
        "overridden": overridden,
    }
    audit.record(session, actor.login, "review_finish", row.id, details)
    return row


def reopen(session: Session, actor: Actor, review_id: str) -> ReviewRow:
    """Take a finished review of one's own back to a draft, while nothing else rests on it.

    Raises:
        Missing: there is no such review of the actor's.
        Refused: a dispute was raised about it, or it was made blind.
    """
    actor.must("review.write")
    row = _to_change(session, actor, review_id)
    if row.status == "finished":
        if row.kind == "second" or _was_blind(session, row):
            raise Refused(
                "To była ocena w ciemno: po jej zakończeniu widać inne oceny, więc nie można jej już zmienić."
            )
        if _disputed(session, row.id):
            raise Refused("Od tej oceny złożono odwołanie: zmienia ją już tylko jego rozstrzygnięcie.")
        row.status, row.finished_at, row.version = "draft", None, row.version + 1
        audit.record(
            session,
            actor.login,
            "review_reopen",
            row.id,
            {"conversation": audit.mark_of(session, row.conversation_id)},
        )
    return row


def _kept_to_oneself(session: Session, conversation_id: str) -> OverviewRow | None:
    """The conversation, whose reviews nobody else changes until the end of the transaction.

    A review that is just being begun has no row of its own yet that could be locked: two windows would begin two.
    """
    return session.get(OverviewRow, conversation_id, with_for_update=True)


def _to_change(session: Session, actor: Actor, review_id: str) -> ReviewRow:
    """The actor's review as it is once nobody else changes it; raises as :func:`own`."""
    row = own(session, actor, review_id)
    _kept_to_oneself(session, row.conversation_id)
    session.refresh(row)
    return row


def own(session: Session, actor: Actor, review_id: str) -> ReviewRow:
    """The actor's review.

    Raises:
        Missing: there is none, or it is another's.
    """
    row = session.get(ReviewRow, review_id)
    if row is None or row.account_id != actor.id or row.kind not in ("review", "second"):
        raise Missing("Nie ma takiej oceny wśród Twoich.")
    return row


def finished_reviews(session: Session, conversation_id: str) -> list[ReviewRow]:
    """Finished reviews of a conversation that are open to others, newest first; calibrations are not."""
    query = select(ReviewRow).where(
        ReviewRow.conversation_id == conversation_id,
        ReviewRow.status == "finished",
        ReviewRow.kind.in_(("review", "second", "dispute")),
    )
    return list(session.scalars(query.order_by(ReviewRow.finished_at.desc())))


def _was_blind(session: Session, row: ReviewRow) -> bool:
    """Whether it was made for a blind item, or while any of the conversation was open and hid from whoever might still
    get it what others say (:func:`qa.services.access.blindness.hidden_by`)."""
    still_open = or_(SampleItemRow.status.in_(OPEN), SampleItemRow.closed_at >= row.finished_at)
    meanwhile = and_(SampleRow.created_at <= row.finished_at, still_open)
    query = (
        select(SampleItemRow.id)
        .outerjoin(SampleRow, SampleRow.id == SampleItemRow.sample_id)
        .where(SampleItemRow.conversation_id == row.conversation_id, SampleItemRow.blind)
        .where(or_(SampleItemRow.id == row.item_id, meanwhile))
    )
    return session.scalars(query.limit(1)).first() is not None


def _disputed(session: Session, review_id: str) -> bool:
    from qa.storage.people import DisputeRow

    return (
        session.scalars(select(DisputeRow.id).where(DisputeRow.review_id == review_id).limit(1)).first()
        is not None
    )


def _check_held(
    session: Session, actor: Actor, about: OverviewRow | ReviewRow, item_id: str | None
) -> SampleItemRow | None:
    if not item_id:
        return None
    item = session.get(SampleItemRow, item_id)
    open_one = item is not None and item.assignee == actor.id and item.status in (*OPEN, "done")
    if item is None or not open_one or item.conversation_id != about.conversation_id:
        raise Missing("Ta pozycja kolejki nie jest Twoja: weź ją najpierw z kolejki.")
    return item


def _begun(
    session: Session, actor: Actor, overview: OverviewRow, card: Scorecard, item_id: str | None
) -> ReviewRow:
    kind = "review"
    item = _check_held(session, actor, overview, item_id)
    if item is not None and item.second_of:
        kind = "second"
    row = ReviewRow(
        id=new_id(),
        conversation_id=overview.conversation_id,
        account_id=actor.id,
        kind=kind,
        status="draft",
        scorecard=card.key,
        agent_id=overview.agent_id,
        item_id=item_id,
        criteria={},
        comment="",
        score=None,
        version=0,
    )
    session.add(row)
    audit.record(
        session,
        actor.login,
        "review_begin",
        row.id,
        {"conversation": audit.mark_of(session, overview.conversation_id), "kind": kind},
    )
    return row


def _automatic(session: Session, conversation_id: str) -> dict[str, Mapping[str, Any]]:
    evaluation = evaluation_of(session, conversation_id)
    return {result["id"]: result for result in evaluation["criteria"]} if evaluation else {}


def _changed(
    card: Scorecard,
    before: Mapping[str, Any],
    change: Change,
    automatic: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    found = {name: dict(one) for name, one in before.items()}
    for criterion in card.criteria:
        name = criterion.id
        if name not in change.outcomes and name not in change.comments:
            continue
        one = found.setdefault(name, _unanswered(criterion, automatic.get(name, {})))
        if name in change.outcomes:
            one |= as_kept(criterion, read_answer(criterion, change.outcomes[name]))
        if name in change.comments:
            one["comment"] = change.comments[name]
    return found


def _unanswered(criterion: Criterion, machine: Mapping[str, Any]) -> dict[str, Any]:
    beside = machine_kept(criterion, machine.get("outcome"), machine.get("level"), machine.get("confidence"))
    return {**as_kept(criterion, Answer(None)), "comment": "", **beside}


def _check(card: Scorecard, change: Change) -> None:
    known = {criterion.id: criterion for criterion in card.criteria}
    unknown = sorted({*change.outcomes, *change.comments} - known.keys())
    if unknown:
        raise UsageProblem(
            "Karta {card} nie ma kryterium {criterion}: odśwież stronę.", card=card.key, criterion=unknown[0]
        )
    for name, word in change.outcomes.items():
        read_answer(known[name], word)
    if not all(is_storable(text) for text in (change.comment or "", *change.comments.values())):
        raise UsageProblem("Komentarz: usuń znaki, których nie da się zapisać.")
    longest = max([len(change.comment or ""), *(len(text) for text in change.comments.values())])
    if longest > LONGEST_COMMENT:
        raise UsageProblem("Komentarz jest za długi: skróć go do {most} znaków.", most=LONGEST_COMMENT)
