"""Conversations judged by a shipped card with a scale, for the tests of levels in services and pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa.services.conversations.overview import _rows
from qa.storage.digests import canonical, digest_of
from qa.storage.tables import ConversationRow, EvaluationRow, TaggingRow
from scorecards import evaluation_to_dict, load_scorecard, score
from transcripts.serialise import conversation_from_dict
from transcripts.tags import TaggedConversation

CARD = load_scorecard("sales@2")
SCALED = "needs_analysis"
NAMES = [criterion.id for criterion in CARD.criteria]
ASKED = {
    0: (),
    1: ("Na ile osób?",),
    2: ("Na ile osób?", "A w góry czy nad morze?"),
}
DAY = "2026-11-02"


def answers(level: int | str = "2", **others: str) -> dict[str, str]:
    """An answer to each criterion: the level, and everything else passes."""
    return {**dict.fromkeys(NAMES, "pass"), SCALED: str(level), **others}


def talk(identifier: str, level: int, day: str) -> dict[str, Any]:
    """A conversation in which the machine finds the level, 0 to 2."""
    lines = [("customer", "szukam namiotu")]
    for question in ASKED[level]:
        lines += [("agent", question), ("customer", "no tak")]
    lines += [("agent", "Polecam Polanę za 640 zł, jest dostępna w sklepie."), ("customer", "ok, dziękuję")]
    turns = [{"speaker": speaker, "text": text} for speaker, text in lines]
    return {
        "id": identifier,
        "channel": "chat",
        "started_at": f"{day}T10:00:00+01:00",
        "agent": {"id": "a-1", "team": "T1"},
        "turns": turns,
        "metadata": {},
    }


def add(session: Session, identifier: str, level: int, day: str = DAY) -> dict[str, Any]:
    """The conversation with its evaluation and its rows of the lists; gives the result of the scaled criterion."""
    record = talk(identifier, level, day)
    content = dict(evaluation_to_dict(score(CARD, TaggedConversation(conversation_from_dict(record)))))
    digest = digest_of(canonical(record))
    tagged = digest_of(digest, "t")
    common: dict[str, Any] = {"raw_digest": digest, "source_digest": "s", "version": "v1"}
    session.add(
        ConversationRow(
            key=digest_of(identifier),
            conversation_id=identifier,
            digest=digest,
            channel="chat",
            started_at=record["started_at"],
            agent_id="a-1",
            team="T1",
            content=record,
            **common,
        )
    )
    kept = TaggingRow(
        key=digest_of(digest, "k"), input_digest=digest, version="t1", digest=tagged, content={}
    )
    judged = EvaluationRow(
        key=digest_of(digest, "e"),
        input_digest=tagged,
        version="sales@2+x",
        scorecard=CARD.key,
        score=content["score"],
        content=content,
    )
    session.add_all([kept, judged])
    session.flush()
    for rows in _rows(session, [identifier]):
        session.add_all(rows)
    session.flush()
    result: dict[str, Any] = next(one for one in content["criteria"] if one["id"] == SCALED)
    assert result["level"] == level
    return result
