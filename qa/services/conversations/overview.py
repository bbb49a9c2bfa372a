"""The overview: one row a conversation for lists and dashboards, made anew from whatever has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import and_, delete, select, text
from sqlalchemy.orm import Session

from qa.services.workspace import Workspace
from qa.storage.analysis import local_time
from qa.storage.batches import AT_ONCE, in_batches
from qa.storage.digests import digest_of
from qa.storage.people import OutcomeRow, OverviewRow
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from transcripts.conversation import Conversation
from transcripts.serialise import conversation_from_dict

OPENING = 160
_RANK = {"negative": 0, "mixed": 1, "neutral": 1, "positive": 2}


def refresh(workspace: Workspace, say: Callable[[int, int], None] | None = None) -> int:
    """Bring the overview up to date; how many conversations were new, changed or gone.

    Without changes only keys are compared. The work is cut into transactions, so that nobody waits for all of it.

    Args:
        say: told after each part how many of how many changed conversations are done.
    """
    with workspace.storage.reading() as session:
        wanted = dict(_wanted(session))
        known = dict(
            session.execute(select(OverviewRow.conversation_id, OverviewRow.versions)).tuples().all()
        )
    gone = [identifier for identifier in known if identifier not in wanted]
    changed = [identifier for identifier, versions in wanted.items() if known.get(identifier) != versions]
    for part in in_batches(gone):
        with workspace.storage.writing() as session:
            forget(session, part)
    for first, part in enumerate(in_batches(changed)):
        with workspace.storage.writing() as session:
            forget(session, part)
            for row in _rows(session, part):
                session.add_all(row)
        if say:
            say(min(len(changed), (first + 1) * AT_ONCE), len(changed))
    if len(changed) >= AT_ONCE:
        _plan_anew(workspace)
    return len(gone) + len(changed)


def _plan_anew(workspace: Workspace) -> None:
    """Let the database count what its indexes hold: without that it reads whole tables for the lists' filters."""
    with workspace.storage.writing() as session:
        for table in (OverviewRow, OutcomeRow):
            session.execute(text(f"ANALYZE {table.__tablename__}"))


def forget(session: Session, ids: Sequence[str]) -> None:
    """Take at most a few hundred conversations out of the overview."""
    session.execute(delete(OverviewRow).where(OverviewRow.conversation_id.in_(ids)))
    session.execute(delete(OutcomeRow).where(OutcomeRow.conversation_id.in_(ids)))


def _joined(*columns: Any) -> Any:
    return (
        select(*columns)
        .join(TaggingRow, and_(TaggingRow.input_digest == ConversationRow.digest, TaggingRow.current))
        .outerjoin(
            EvaluationRow, and_(EvaluationRow.input_digest == TaggingRow.digest, EvaluationRow.current)
        )
        .where(ConversationRow.current)
    )


def _wanted(session: Session) -> Iterator[tuple[str, str]]:
    keys = _joined(
        ConversationRow.conversation_id, ConversationRow.key, TaggingRow.key, EvaluationRow.key
    ).execution_options(yield_per=5000)
    for identifier, *rest in session.execute(keys):
        yield identifier, digest_of(*(key or "" for key in rest))


def _rows(session: Session, ids: Sequence[str]) -> Iterator[list[OverviewRow | OutcomeRow]]:
    query = _joined(ConversationRow, TaggingRow, EvaluationRow).where(
        ConversationRow.conversation_id.in_(ids)
    )
    seen: set[str] = set()
    for conversation, tagging, evaluation in session.execute(query):
        if conversation.conversation_id in seen:
            continue
        seen.add(conversation.conversation_id)
        row = _overview(conversation, tagging, evaluation)
        yield [row, *_outcomes(row, _applied(evaluation))]


def _applied(evaluation: EvaluationRow | None) -> EvaluationRow | None:
    """The evaluation, unless nothing of the card applies: a letter without an answer is nobody's work to judge."""
    criteria = evaluation.content["criteria"] if evaluation else []
    return evaluation if any(result["outcome"] != "na" for result in criteria) else None


def _overview(row: ConversationRow, tagging: TaggingRow, evaluation: EvaluationRow | None) -> OverviewRow:
    conversation = conversation_from_dict(row.content)
    sentiment = tagging.content.get("sentiment") or {}
    versions = digest_of(row.key, tagging.key, evaluation.key if evaluation else "")
    evaluation = _applied(evaluation)
    judged = evaluation.content["criteria"] if evaluation else []
    decided = [result["confidence"] for result in judged if result["outcome"] != "review"]
    seconds, silence = _times(conversation)
    return OverviewRow(
        conversation_id=row.conversation_id,
        versions=versions,
        channel=row.channel,
        started_at=row.started_at or "",
        day=_day(conversation.started_at),
        agent_id=row.agent_id,
        team=row.team,
        customer_key=row.customer_key,
        opening=_opening(conversation),
        primary_reason=tagging.primary_reason,
        confidence=_confidence(tagging.content),
        sentiment=tagging.sentiment,
        sentiment_start=sentiment.get("start"),
        sentiment_end=sentiment.get("end"),
        falling=_RANK.get(str(sentiment.get("start")), 1) > _RANK.get(str(sentiment.get("end")), 1),
        scorecard=evaluation.scorecard if evaluation else None,
        score=evaluation.score if evaluation else None,
        critical=bool(evaluation and evaluation.content.get("critical_failed")),
        undecided=sum(result["outcome"] == "review" for result in judged),
        least_confidence=min(decided, default=None),
        seconds=seconds,
        silence=silence,
    )


def _outcomes(row: OverviewRow, evaluation: EvaluationRow | None) -> list[OutcomeRow]:
    if evaluation is None:
        return []
    return [
        OutcomeRow(
            conversation_id=row.conversation_id,
            criterion=result["id"],
            scorecard=evaluation.scorecard,
            outcome=result["outcome"],
            level=result.get("level"),
            confidence=result["confidence"],
            agent_id=row.agent_id,
            team=row.team,
            day=row.day,
        )
        for result in evaluation.content["criteria"]
    ]


def _day(moment: datetime | None) -> str:
    local = local_time(moment)
    return local.date().isoformat() if local else ""


def _confidence(content: Mapping[str, Any]) -> float | None:
    primary = content.get("primary")
    return next((r["confidence"] for r in content.get("reasons", []) if r["code"] == primary), None)


def _opening(conversation: Conversation) -> str:
    """The customer's first words of some length, which tell conversations apart in a list."""
    theirs = [turn.text.strip() for turn in conversation.turns if turn.speaker == "customer"]
    text = next((text for text in theirs if len(text) > 25), theirs[0] if theirs else "")
    text = " ".join(text.split())
    return text if len(text) <= OPENING else text[: OPENING - 1].rsplit(" ", 1)[0] + "…"


def _times(conversation: Conversation) -> tuple[float | None, float | None]:
    """Length in seconds and the longest silence between turns of a call; None without times."""
    timed = [
        (turn.start, turn.end)
        for turn in conversation.turns
        if turn.start is not None and turn.end is not None
    ]
    if not timed:
        return None, None
    timed.sort()
    ends = list(accumulate((end for _, end in timed), max))
    gaps = [start - end for end, (start, _) in zip(ends, timed[1:], strict=False)]
    return ends[-1], max([0.0, *gaps])
