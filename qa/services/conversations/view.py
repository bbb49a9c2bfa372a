"""Everything that the page of one conversation shows; all of it is redacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.taxonomy import Taxonomy, load_behaviours
from qa.errors import Missing
from qa.services.access.accounts import GONE, names
from qa.services.access.blindness import hidden_from
from qa.services.access.permissions import Actor, may_see
from qa.services.conversations.course import Course, course_of
from qa.services.conversations.sound import has_sound
from qa.services.conversations.turns import Place, ShownTurn, shown_turns
from qa.services.judging.answers import ShownScale, choices, levels_of, shown_scale, word_of
from qa.services.judging.cards import card_of
from qa.services.judging.losses import Losses, losses
from qa.services.judging.reviews import finished_reviews, review_of
from qa.services.judging.trust_kept import state_of
from qa.storage import audit
from qa.storage.people import DisputeRow, ReviewRow, SampleItemRow, TrustRow
from qa.storage.results import current_rows
from scorecards import Scorecard
from scorecards.card import DECIDED_OUTCOMES
from transcripts.serialise import conversation_from_dict

GRAVEST_FIRST = ("fail", "review", "pass", "na")


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

    ``trust`` is ``automatic``, ``assisted``, ``manual`` or ``unmeasured``. A fail of a ``critical`` one makes the whole
    score 0, one that ``fails_section`` takes the points of its section. With a ``scale`` outcomes have levels; ``choices``
    are the words that answer it, and ``automatic`` and ``answer`` are the machine's and the actor's.
    """

    id: str
    name: str
    question: str
    guide: str
    section: str
    section_id: str
    weight: float
    critical: bool
    fails_section: bool
    outcome: str | None
    confidence: float | None
    why: str
    evidence: tuple[Place, ...]
    trust: str
    mine: str | None
    my_comment: str
    choices: tuple[str, ...] = DECIDED_OUTCOMES
    scale: ShownScale | None = None
    level: int | None = None
    my_level: int | None = None

    @property
    def automatic(self) -> str | None:
        """What the machine decided, as a word that answers the criterion."""
        return word_of(self.outcome, self.level) if self.outcome in DECIDED_OUTCOMES else None

    @property
    def answer(self) -> str | None:
        """What the actor has said, as a word."""
        return word_of(self.mine, self.my_level)


@dataclass(frozen=True, slots=True)
class ShownReview:
    """Somebody's finished review: who, when, what they said.

    Of the review that a dispute has made only what the dispute was about: the rest was said by whoever judged before.
    """

    id: str
    by: str
    mine: bool
    kind: str
    finished_at: str
    score: float | None
    comment: str
    outcomes: Mapping[str, str]
    comments: Mapping[str, str]
    levels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """The page of one conversation.

    ``losses`` are the points that the machine's outcomes lose at a stroke, ``my_losses`` those of one's own review.
    ``sound`` says whether the actor can listen, ``sound_kept`` whether there is something to listen to.
    """

    conversation_id: str
    channel: str
    started_at: str | None
    agent_id: str | None
    team: str | None
    customer_key: str | None
    seconds: float | None
    course: Course
    turns: tuple[ShownTurn, ...]
    reasons: tuple[ShownReason, ...]
    sentiment: tuple[str, str, str] | None
    scorecard: str | None
    score: float | None
    coverage: float | None
    critical: tuple[str, ...]
    sections_failed: tuple[str, ...]
    losses: Losses
    criteria: tuple[ShownCriterion, ...]
    reviews: tuple[ShownReview, ...]
    blind: bool
    review_id: str | None
    review_version: int | None
    review_status: str | None
    review_comment: str
    review_score: float | None
    my_losses: Losses
    sound: bool
    sound_kept: bool

    @property
    def marked_reasons(self) -> dict[str, ShownReason]:
        """The reasons by the name of their mark in the text."""
        return {f"r-{number}": reason for number, reason in enumerate(self.reasons)}

    @property
    def marked_criteria(self) -> dict[str, ShownCriterion]:
        """The criteria that have evidence, by the name of its mark in the text."""
        return {f"c-{one.id}": one for one in self.criteria if one.evidence}

    def kinds_of(self, marks: Sequence[str]) -> tuple[str, ...]:
        """What words with these marks carry: a ``reason``, and of criteria the outcome that matters most."""
        criteria = self.marked_criteria
        outcomes = {criteria[name].outcome for name in marks if name in criteria}
        worst = next((outcome for outcome in GRAVEST_FIRST if outcome in outcomes), None)
        reason = ("reason",) if any(name in self.marked_reasons for name in marks) else ()
        return (*reason, worst) if worst else reason

    def words(self, place: Place, most: int = 180) -> str:
        """What is said at a place of evidence; a long one is cut off between words."""
        turn, start, end = place
        text = " ".join(self.turns[turn].text[start:end].split())
        return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


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
    states = trust_states(session, card.key, row.channel) if card else {}
    criteria = _criteria(states, card, None if blind else judged, mine)
    evidence = {f"r-{number}": reason.evidence for number, reason in enumerate(reasons)}
    evidence |= {f"c-{criterion.id}": criterion.evidence for criterion in criteria}
    course = course_of(conversation, tags, evidence)
    kept = has_sound(session, conversation_id)
    audit.record(
        session,
        actor.login,
        "conversation_open",
        audit.mark_of(session, conversation_id),
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
        course=course,
        turns=shown_turns(conversation, tags, evidence, course, None if blind else _behaviours()),
        reasons=reasons,
        sentiment=_sentiment(tags),
        scorecard=card.key if card else None,
        score=None if blind or evaluation is None else evaluation.score,
        coverage=None if blind or judged is None else judged.get("coverage"),
        critical=() if blind or judged is None else tuple(judged.get("critical_failed", ())),
        sections_failed=() if blind or judged is None else tuple(judged.get("sections_failed", ())),
        losses=losses(card, {one.id: one.outcome for one in criteria}),
        criteria=criteria,
        reviews=() if blind else tuple(_reviews(session, actor, conversation_id)),
        blind=blind,
        review_id=mine.id if mine else None,
        review_version=mine.version if mine else None,
        review_status=mine.status if mine else None,
        review_comment=mine.comment if mine else "",
        review_score=mine.score if mine else None,
        my_losses=losses(card, {one.id: one.mine for one in criteria}),
        sound=kept and actor.may("conversation.listen"),
        sound_kept=kept,
    )


@cache
def _behaviours() -> Taxonomy:
    """Read once: every page would otherwise read the file anew."""
    return load_behaviours()


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


def trust_states(session: Session, scorecard: str, channel: str | None = None) -> dict[str, str]:
    """The state of each criterion by the latest trust report: on a channel, or the lowest of all."""
    row = session.get(TrustRow, scorecard)
    return {name: state_of(figures, channel) for name, figures in row.content.items()} if row else {}


def _criteria(
    states: Mapping[str, str],
    card: Scorecard | None,
    judged: Mapping[str, Any] | None,
    mine: ReviewRow | None,
) -> tuple[ShownCriterion, ...]:
    if card is None:
        return ()
    results = {result["id"]: result for result in judged["criteria"]} if judged else {}
    said = mine.criteria if mine else {}
    found = []
    for section in card.sections:
        for criterion in section.criteria:
            result = results.get(criterion.id, {})
            own = said.get(criterion.id, {})
            found.append(
                ShownCriterion(
                    id=criterion.id,
                    name=criterion.name,
                    question=criterion.question,
                    guide=criterion.guide,
                    section=section.name,
                    section_id=section.id,
                    weight=criterion.weight,
                    critical=criterion.critical,
                    fails_section=criterion.fails_section,
                    outcome=result.get("outcome"),
                    confidence=result.get("confidence"),
                    why=result.get("reason", ""),
                    evidence=_places(result.get("evidence", ())),
                    trust=states.get(criterion.id, "unmeasured"),
                    mine=own.get("outcome"),
                    my_comment=own.get("comment", ""),
                    choices=choices(criterion),
                    scale=shown_scale(criterion.scale),
                    level=result.get("level"),
                    my_level=own.get("level"),
                )
            )
    return tuple(found)


def _reviews(session: Session, actor: Actor, conversation_id: str) -> Iterable[ShownReview]:
    people = names(session)
    rows = finished_reviews(session, conversation_id)
    about = dict(
        session.execute(
            select(DisputeRow.id, DisputeRow.criterion).where(DisputeRow.id.in_([row.id for row in rows]))
        )
        .tuples()
        .all()
    )
    for row in rows:
        said = {name: one for name, one in row.criteria.items() if about.get(row.id, name) == name}
        yield ShownReview(
            row.id,
            people.get(row.account_id, GONE),
            row.account_id == actor.id,
            row.kind,
            row.finished_at.isoformat() if row.finished_at else "",
            row.score,
            row.comment,
            {name: one["outcome"] for name, one in said.items() if one["outcome"]},
            {name: one["comment"] for name, one in said.items() if one["comment"]},
            levels_of(said),
        )
