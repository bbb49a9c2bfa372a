"""Redacted sentences of customers that show a reason, for those who may not read conversations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.quoting import sentence_around
from qa.services.access.permissions import Actor
from qa.services.boards.voice_board import VoiceFilters, checked, conditions
from qa.services.conversations.reasons import check_reason_filter, reason_name
from qa.storage.people import OverviewRow
from qa.storage.results import current_rows
from transcripts.serialise import conversation_from_dict
from transcripts.tags_json import tags_from_dict

MOST = 5
READ = 25  # so many conversations at most: some have their evidence in the agent's words, or say the same
LEAST_LETTERS = 15


@dataclass(frozen=True, slots=True)
class ReasonQuotes:
    """Sentences for a reason, newest first: no conversation, agent, customer or time with them."""

    code: str
    name: str
    quotes: tuple[str, ...]


def quotes(session: Session, actor: Actor, filters: VoiceFilters) -> ReasonQuotes:
    """Up to five sentences for the leaf reason of the filters, each of another conversation.

    Raises:
        Refused: the actor may not read the voice of customers.
        UsageProblem: a filter cannot be understood, or is no single reason.
    """
    actor.must("voice.read")
    chosen = checked(filters)
    check_reason_filter(session, chosen.reason)
    if "." not in chosen.reason:
        raise UsageProblem("Wybierz jeden powód kontaktu, by zobaczyć cytaty.")
    found: dict[str, str] = {}
    for identifier in _newest(session, chosen):
        for sentence in _sentences(session, identifier, chosen.reason):
            if sentence.casefold() not in found:
                found[sentence.casefold()] = sentence
                break
        if len(found) == MOST:
            break
    return ReasonQuotes(chosen.reason, reason_name(chosen.reason), tuple(found.values()))


def _newest(session: Session, chosen: VoiceFilters) -> list[str]:
    row = OverviewRow
    query = (
        select(row.conversation_id)
        .where(row.primary_reason == chosen.reason, *conditions(chosen))
        .where(row.day >= chosen.first.isoformat(), row.day <= chosen.last.isoformat())
        .order_by(row.started_at.desc(), row.conversation_id.desc())
        .limit(READ)
    )
    return list(session.scalars(query))


def _sentences(session: Session, identifier: str, reason: str) -> Iterator[str]:
    """The customer's sentences around the evidence: an agent's could tell who they are."""
    rows = current_rows(session, identifier)
    if rows is None or rows[1] is None:
        return
    conversation = conversation_from_dict(rows[0].content)
    for tag in tags_from_dict(conversation, rows[1].content).reasons:
        for span in tag.evidence if tag.code == reason else ():
            turn = conversation.turns[span.turn]
            sentence = sentence_around(turn.text, span.start, span.end)
            if turn.speaker == "customer" and sum(map(str.isalpha, sentence)) >= LEAST_LETTERS:
                yield sentence
