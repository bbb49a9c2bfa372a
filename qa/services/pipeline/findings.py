"""From analysed conversations to trends and proposals, recomputed whenever their input has changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.services.pipeline.ingest import Outcome
from qa.services.workspace import Workspace
from qa.storage.analysis import Analysed, Proposal, Trend, analysed, store_proposals, store_trends
from qa.storage.digests import digest_of
from qa.storage.tables import ConversationRow, EvaluationRow, MarkRow, TaggingRow

if TYPE_CHECKING:
    from nlp.themes import Theme
    from qa.backlog.proposals import Proposal as BacklogProposal
    from qa.trends import Contact
    from qa.trends import Trend as FoundTrend

TRENDS_MARK = "trends_input"
PROPOSALS_MARK = "proposals_input"
FINDINGS_VERSION = "1"


def input_digest(session: Session) -> str:
    """Tells whether anything that trends and proposals are made of has changed."""
    conversations = select(ConversationRow.digest).where(ConversationRow.current)
    taggings = select(TaggingRow.digest).where(TaggingRow.current)
    evaluations = select(EvaluationRow.key).where(EvaluationRow.current)
    parts = [digest_of(*sorted(session.scalars(query))) for query in (conversations, taggings, evaluations)]
    return digest_of(FINDINGS_VERSION, *parts)


def digest_of_nothing() -> str:
    """The input digest of an empty database, for which there is nothing to find."""
    return digest_of(FINDINGS_VERSION, *[digest_of()] * 3)


def missing(workspace: Workspace, mark: str) -> list[str]:
    """The input digest to work on, or nothing where the findings are up to date."""
    with workspace.storage.reading() as session:
        wanted = input_digest(session)
        found = session.get(MarkRow, mark)
        present = found.value if found else digest_of_nothing()
        return [] if present == wanted else [wanted]


def find_trends(workspace: Workspace) -> Outcome:
    """Compute all trends anew and keep them."""
    with workspace.storage.reading() as session:
        wanted = input_digest(session)
        found = _trends(contacts(session))
    with workspace.storage.writing() as session:
        store_trends(session, [_kept_trend(trend) for trend in found])
        session.merge(MarkRow(name=TRENDS_MARK, value=wanted))
    return Outcome(done=len(found))


def find_proposals(workspace: Workspace) -> Outcome:
    """Compute all proposals anew and keep them; known ones are updated, none is filed twice."""
    from nlp.taxonomy import load_contact_reasons
    from qa.backlog.proposals import propose

    with workspace.storage.reading() as session:
        wanted = input_digest(session)
        known = contacts(session)
        themes = _themes(session)
    found = propose(_trends(known), themes, known, load_contact_reasons().name)
    kept = [
        Proposal(
            p.fingerprint,
            p.kind,
            p.code,
            p.title,
            p.body,
            p.priority,
            p.contacts_a_month,
            [dict(item) for item in p.evidence],
            dict(p.details),
        )
        for p in found
    ]
    with workspace.storage.writing() as session:
        store_proposals(session, kept)
        session.merge(MarkRow(name=PROPOSALS_MARK, value=wanted))
    return Outcome(done=len(kept))


def contacts(session: Session) -> list[Contact]:
    """All analysed conversations in the form that trends, reports and proposals work on."""
    return [_contact(item) for item in analysed(session)]


def _contact(item: Analysed) -> Contact:
    from qa.trends import Contact

    quotes: dict[str, str] = {}
    for quote in item.quotes:
        quotes.setdefault(quote.reason, quote.text)
    return Contact(
        item.conversation_id,
        item.channel,
        item.started_at,
        tuple(reason.code for reason in item.reasons),
        item.primary,
        item.sentiment.overall if item.sentiment else None,
        item.team,
        item.agent_id,
        item.score,
        quotes,
    )


def _trends(known: list[Contact]) -> list[FoundTrend]:
    from qa.trends import trends

    return trends(known)


def _kept_trend(trend: FoundTrend) -> Trend:
    weeks = [week.isoformat() for week, _ in trend.weekly]
    period = trend.recent or trend.overall
    return Trend(
        fingerprint=digest_of("reason", trend.code),
        kind="reason",
        code=trend.code,
        period_start=weeks[0] if weeks else "",
        period_end=weeks[-1] if weeks else "",
        count=trend.overall.count,
        denominator=trend.overall.total,
        share=trend.overall.value,
        low=trend.overall.low,
        high=trend.overall.high,
        examples=list(trend.examples),
        details={
            "rising": trend.rising,
            "q": trend.q,
            "a_month": trend.a_month,
            "recent": [period.count, period.total],
            "weekly": [[week.isoformat(), share.count, share.total] for week, share in trend.weekly],
            "sentiments": dict(trend.sentiments),
        },
    )


def _themes(session: Session) -> list[Theme]:
    """New themes in the customers' words: the last weeks against those before."""
    from nlp.themes import new_themes, terms
    from qa.trends import RECENT_WEEKS, week_of

    dated = [
        (week_of(item.started_at), item.conversation_id, terms(_customer(item)))
        for item in analysed(session)
        if item.started_at
    ]
    weeks = sorted({week for week, _, _ in dated})
    if len(weeks) < 2 * RECENT_WEEKS:
        return []
    since = weeks[-RECENT_WEEKS]
    before = {one: found for week, one, found in dated if week < since}
    recent = {one: found for week, one, found in dated if week >= since}
    return new_themes(before, recent)


def _customer(item: Analysed) -> Iterable[str]:
    return (turn.text for turn in item.conversation.turns if turn.speaker == "customer")


def as_backlog(proposal: Proposal) -> BacklogProposal:
    """A stored proposal in the form that exports and reports work on."""
    from qa.backlog.proposals import Proposal as BacklogProposal

    return BacklogProposal(
        proposal.fingerprint,
        proposal.kind,
        proposal.code,
        proposal.title,
        proposal.body,
        proposal.contacts_a_month or 0.0,
        proposal.priority,
        tuple(proposal.evidence),
        proposal.details,
    )
