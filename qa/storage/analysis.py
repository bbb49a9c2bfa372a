"""What trends, reports and the backlog read and write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from qa.quoting import sentence_around
from qa.storage.batches import AT_ONCE
from qa.storage.tables import ConversationRow, EvaluationRow, ProposalRow, TaggingRow, TrendRow, now
from transcripts.conversation import Conversation, Span
from transcripts.serialise import WARSAW, conversation_from_dict
from transcripts.tags import ReasonTag, SentimentTag
from transcripts.tags_json import tags_from_dict

LOCAL = ZoneInfo(WARSAW)


@dataclass(frozen=True, slots=True)
class Quote:
    """Redacted words that show a reason, with the sentence around them."""

    reason: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """One current conversation with its tags and score; everything in it is redacted.

    ``started_at`` is in Polish time; ``score`` is 0..100 or None.
    """

    conversation_id: str
    channel: str
    started_at: datetime | None
    team: str | None
    agent_id: str | None
    customer_key: str | None
    case_key: str | None
    primary: str | None
    primary_confidence: float
    reasons: tuple[ReasonTag, ...]
    sentiment: SentimentTag | None
    quotes: tuple[Quote, ...]
    score: float | None
    evaluation: Mapping[str, Any] | None
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Trend:
    """How often ``code`` came up in a period, with the interval of its share.

    ``period_start`` and ``period_end`` are ISO dates, ``examples`` conversation ids with spans, best first.
    """

    fingerprint: str
    kind: str
    code: str
    period_start: str
    period_end: str
    count: int
    denominator: int
    share: float
    low: float
    high: float
    channel: str | None = None
    examples: list[Any] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A backlog item; the fingerprint says which one, whatever its figures are today."""

    fingerprint: str
    kind: str
    code: str
    title: str
    body: str
    priority: float
    contacts_a_month: float | None = None
    evidence: list[Any] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    status: str = "new"


def analysed(session: Session) -> Iterator[Analysed]:
    """All current tagged conversations, oldest first, in constant memory."""
    query = (
        select(ConversationRow, TaggingRow, EvaluationRow)
        .join(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .outerjoin(
            EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current)
        )
        .where(ConversationRow.current)
        .order_by(ConversationRow.started_at, ConversationRow.conversation_id)
        .execution_options(yield_per=AT_ONCE)
    )
    for conversation, tagging, evaluation in session.execute(query):
        yield _analysed(conversation, tagging, evaluation)


def _analysed(row: ConversationRow, tagging: TaggingRow, evaluation: EvaluationRow | None) -> Analysed:
    conversation = conversation_from_dict(row.content)
    tagged = tags_from_dict(conversation, tagging.content)
    quotes = tuple(
        Quote(reason.code, span, sentence_around(conversation.turns[span.turn].text, span.start, span.end))
        for reason in tagged.reasons
        for span in reason.evidence
    )
    return Analysed(
        row.conversation_id,
        row.channel,
        local_time(conversation.started_at),
        row.team,
        row.agent_id,
        row.customer_key,
        row.case_key,
        tagged.primary,
        tagged.primary_confidence,
        tagged.reasons,
        tagged.sentiment,
        quotes,
        evaluation.score if evaluation else None,
        evaluation.content if evaluation else None,
        conversation,
    )


def midnight(day: date) -> datetime:
    """When the Polish day begins, in UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def local_time(moment: datetime | None) -> datetime | None:
    """The moment in Polish time (readers give every time a zone)."""
    return moment and moment.astimezone(LOCAL)


def store_trends(session: Session, trends: Iterable[Trend]) -> None:
    """Keep exactly these trends: one with a known fingerprint is updated, others are new, the rest goes."""
    _store(session, TrendRow, trends, kept=frozenset())


def store_proposals(session: Session, proposals: Iterable[Proposal]) -> None:
    """Keep these proposals: known fingerprints are updated but keep the status a person gave them.

    A proposal that is no longer made goes, unless a person has touched it.
    """
    _store(session, ProposalRow, proposals, kept=frozenset({"status"}))


def _store(session: Session, table: Any, items: Iterable[Any], kept: frozenset[str]) -> None:
    seen: set[str] = set()
    for item in items:
        seen.add(item.fingerprint)
        values = asdict(item)
        row = session.get(table, item.fingerprint)
        if row is None:
            session.add(table(**values))
            continue
        changed = {
            name: value for name, value in values.items() if name not in kept and getattr(row, name) != value
        }
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            row.updated_at = now()
    session.flush()
    gone = delete(table).where(table.fingerprint.not_in(seen))
    if "status" in kept:
        gone = gone.where(table.status == "new")
    session.execute(gone)


def trends(session: Session) -> list[Trend]:
    """All trends, by kind, code and period."""
    rows = session.scalars(select(TrendRow).order_by(TrendRow.kind, TrendRow.code, TrendRow.period_start))
    return [_value(Trend, row) for row in rows]


def proposals(session: Session) -> list[Proposal]:
    """All proposals, most important first."""
    rows = session.scalars(select(ProposalRow).order_by(ProposalRow.priority.desc(), ProposalRow.fingerprint))
    return [_value(Proposal, row) for row in rows]


def _value(kind: Any, row: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__})
