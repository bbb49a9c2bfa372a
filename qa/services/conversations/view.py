"""Everything that the page of one conversation shows; all of it is redacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.taxonomy import Taxonomy
from qa.errors import Missing
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor, may_see
from qa.services.judging.cards import card_of
from qa.services.judging.reviews import finished_reviews, review_of
from qa.storage import audit
from qa.storage.people import ReviewRow, SampleItemRow, TrustRow
from qa.storage.results import current_rows
from qa.storage.tables import SealedRow
from scorecards import Scorecard
from transcripts.conversation import Conversation
from transcripts.serialise import conversation_from_dict

Place = tuple[int, int, int]  # turn, start, end


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn's text with the reasons and criteria whose evidence it is."""

    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn; ``start`` and ``end`` in seconds, ``silence`` before it in seconds, ``overlap`` with the one before."""

    index: int
    speaker: str
    pieces: tuple[Piece, ...]
    start: float | None
    end: float | None
    silence: float | None
    overlap: bool
    sentiment: str | None
    sentiment_score: float | None


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A contact reason with its Polish name and its places."""

    code: str
    name: str
    confidence: float
    primary: bool
    evidence: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion with what the machine says (None where it has not judged) and what the actor has said.

    ``trust`` is ``automatic``, ``assisted``, ``manual`` or ``unmeasured``.
    """

    id: str
    name: str
    question: str
    guide: str
    section: str
    weight: float
    critical: bool
    outcome: str | None
    confidence: float | None
    why: str
    evidence: tuple[Place, ...]
    trust: str
    mine: str | None
    my_comment: str


@dataclass(frozen=True, slots=True)
class ShownReview:
    """Somebody's finished review: who, when, what differs from the machine."""

    id: str
    by: str
    mine: bool
    kind: str
    finished_at: str
    score: float | None
    comment: str
    outcomes: Mapping[str, str]
    comments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """The page of one conversation."""

    conversation_id: str
    channel: str
    started_at: str | None
    agent_id: str | None
    team: str | None
    customer_key: str | None
    seconds: float | None
    turns: tuple[ShownTurn, ...]
    reasons: tuple[ShownReason, ...]
    sentiment: tuple[str, str, str] | None
    scorecard: str | None
    score: float | None
    coverage: float | None
    critical: tuple[str, ...]
    criteria: tuple[ShownCriterion, ...]
    reviews: tuple[ShownReview, ...]
    blind: bool
    review_id: str | None
    review_version: int | None
    review_status: str | None
    review_comment: str
    review_score: float | None
    sound: bool


def conversation_view(
    session: Session,
    actor: Actor,
    conversation_id: str,
    taxonomy: Taxonomy,
    default_card: str | None,
    item_id: str | None = None,
) -> ConversationView:
    """The conversation as the actor may see it; the opening is noted in the audit log.

    In a blind second review, and before one's own word in an open calibration, neither the machine's nor other
    people's outcomes are shown.

    Raises:
        Missing: there is no such conversation, or none that the actor may see.
    """
    actor.must("conversation.read", "conversation.read_own")
    rows = current_rows(session, conversation_id)
    if rows is None or not may_see(actor, rows[0].agent_id):
        raise Missing("Nie ma takiej rozmowy.")
    row, tagging, evaluation = rows
    tags = tagging.content if tagging else {}
    judged = evaluation.content if evaluation else None
    _check_item(session, actor, conversation_id, item_id)
    blind = conversation_id in hidden_from(session, actor)
    mine = review_of(session, actor, conversation_id, item_id) if actor.may("review.write") else None
    key = evaluation.scorecard if evaluation else default_card
    card = card_of(key) if key else None
    conversation = conversation_from_dict(row.content)
    reasons = _reasons(tags, taxonomy)
    criteria = _criteria(session, card, None if blind else judged, mine)
    audit.record(
        session,
        actor.login,
        "conversation_open",
        audit.mark_of(conversation_id),
        {"item": item_id} if item_id else {},
    )
    return ConversationView(
        conversation_id=row.conversation_id,
        channel=row.channel,
        started_at=row.started_at,
        agent_id=row.agent_id,
        team=row.team,
        customer_key=row.customer_key if actor.may("conversation.read") else None,
        seconds=max((t.end for t in conversation.turns if t.end is not None), default=None),
        turns=tuple(_turns(conversation, tags, reasons, criteria)),
        reasons=reasons,
        sentiment=_sentiment(tags),
        scorecard=card.key if card else None,
        score=None if blind or evaluation is None else evaluation.score,
        coverage=None if blind or judged is None else judged.get("coverage"),
        critical=() if blind or judged is None else tuple(judged.get("critical_failed", ())),
        criteria=criteria,
        reviews=() if blind else tuple(_reviews(session, actor, conversation_id)),
        blind=blind,
        review_id=mine.id if mine else None,
        review_version=mine.version if mine else None,
        review_status=mine.status if mine else None,
        review_comment=mine.comment if mine else "",
        review_score=mine.score if mine else None,
        sound=_sound(session, conversation_id) is not None and actor.may("conversation.listen"),
    )


def sound_of(session: Session, actor: Actor, conversation_id: str) -> SealedRow:
    """The sealed muted recording of a conversation.

    Raises:
        Refused: the actor may not listen.
        Missing: there is none, or none that the actor may hear.
    """
    actor.must("conversation.listen")
    rows = current_rows(session, conversation_id)
    sealed = _sound(session, conversation_id)
    if rows is None or sealed is None or not may_see(actor, rows[0].agent_id):
        raise Missing('Nie ma nagrania tej rozmowy: włącz przechowywanie, keep = ["redacted_audio"].')
    return sealed


def _sound(session: Session, conversation_id: str) -> SealedRow | None:
    query = select(SealedRow).where(
        SealedRow.conversation_id == conversation_id, SealedRow.kind == "redacted_audio"
    )
    return session.scalars(query.limit(1)).first()


def _check_item(session: Session, actor: Actor, conversation_id: str, item_id: str | None) -> None:
    item = session.get(SampleItemRow, item_id) if item_id else None
    theirs = item is not None and item.conversation_id == conversation_id and item.assignee == actor.id
    if item_id and not theirs:
        raise Missing("Ta pozycja kolejki nie jest Twoja: weź ją najpierw z kolejki.")


def _places(evidence: Iterable[Mapping[str, Any]]) -> tuple[Place, ...]:
    return tuple((one["turn"], one["start"], one["end"]) for one in evidence)


def _reasons(tags: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[ShownReason, ...]:
    primary = tags.get("primary")
    return tuple(
        ShownReason(
            r["code"], taxonomy.name(r["code"]), r["confidence"], r["code"] == primary, _places(r["evidence"])
        )
        for r in tags.get("reasons", [])
    )


def _sentiment(tags: Mapping[str, Any]) -> tuple[str, str, str] | None:
    found = tags.get("sentiment")
    return (found["start"], found["end"], found["overall"]) if found else None


def trust_states(session: Session, scorecard: str) -> dict[str, str]:
    """The state of each criterion by the latest trust report."""
    row = session.get(TrustRow, scorecard)
    return {name: figures["state"] for name, figures in row.content.items()} if row else {}


def _criteria(
    session: Session, card: Scorecard | None, judged: Mapping[str, Any] | None, mine: ReviewRow | None
) -> tuple[ShownCriterion, ...]:
    if card is None:
        return ()
    results = {result["id"]: result for result in judged["criteria"]} if judged else {}
    states = trust_states(session, card.key)
    said = mine.criteria if mine else {}
    found = []
    for section in card.sections:
        for criterion in section.criteria:
            result = results.get(criterion.id, {})
            own = said.get(criterion.id, {})
            found.append(
                ShownCriterion(
                    criterion.id,
                    criterion.name,
                    criterion.question,
                    criterion.guide,
                    section.name,
                    criterion.weight,
                    criterion.critical,
                    result.get("outcome"),
                    result.get("confidence"),
                    result.get("reason", ""),
                    _places(result.get("evidence", ())),
                    states.get(criterion.id, "unmeasured"),
                    own.get("outcome"),
                    own.get("comment", ""),
                )
            )
    return tuple(found)


def _reviews(session: Session, actor: Actor, conversation_id: str) -> Iterable[ShownReview]:
    people = names(session)
    for row in finished_reviews(session, conversation_id):
        yield ShownReview(
            row.id,
            people.get(row.account_id, GONE),
            row.account_id == actor.id,
            row.kind,
            row.finished_at.isoformat() if row.finished_at else "",
            row.score,
            row.comment,
            {name: one["outcome"] for name, one in row.criteria.items() if one["outcome"]},
            {name: one["comment"] for name, one in row.criteria.items() if one["comment"]},
        )


def _turns(
    conversation: Conversation,
    tags: Mapping[str, Any],
    reasons: Sequence[ShownReason],
    criteria: Sequence[ShownCriterion],
) -> Iterable[ShownTurn]:
    marks: dict[int, list[tuple[int, int, str]]] = {}
    for name, evidence in [
        *((f"r-{i}", reason.evidence) for i, reason in enumerate(reasons)),
        *((f"c-{criterion.id}", criterion.evidence) for criterion in criteria),
    ]:
        for place, start, end in evidence:
            marks.setdefault(place, []).append((start, end, name))
    feelings = {one["turn"]: one for one in (tags.get("sentiment") or {}).get("turns", [])}
    reached: float | None = None
    for index, turn in enumerate(conversation.turns):
        gap = turn.start - reached if turn.start is not None and reached is not None else None
        feeling = feelings.get(index, {})
        yield ShownTurn(
            index,
            turn.speaker,
            tuple(_pieces(turn.text, marks.get(index, ()))),
            turn.start,
            turn.end,
            gap if gap is not None and gap > 0 else None,
            gap is not None and gap < -0.2,
            feeling.get("label"),
            feeling.get("score"),
        )
        if turn.end is not None:
            reached = max(reached or 0.0, turn.end)


def _pieces(text: str, marks: Sequence[tuple[int, int, str]]) -> Iterable[Piece]:
    """The text cut at the ends of its marks; what two marks share carries both."""
    cuts = sorted({0, len(text), *(p for start, end, _ in marks for p in (start, end) if 0 < p < len(text))})
    for first, last in pairwise(cuts):
        names_here = tuple(name for start, end, name in marks if start <= first and last <= end)
        yield Piece(text[first:last], names_here)
