"""Contact reasons and sentiment as people say them, beside what the machine said, and the file that teaches the tagger.

One line of the file is what ``odsluch models train --add`` reads: ``id``, the customer's redacted words as ``text``,
``reasons`` with the main one first, ``sentiment`` (None where nobody said), ``channel`` and ``writer``, a pseudonym of the
customer. ``provenance`` says where it comes from: who labelled
it under which pseudonym and when, what the tagger of which version had said, and what others said who differ; of several
people the last one stands. Agents' words and comments are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from nlp.taxonomy import load_contact_reasons
from qa.errors import Missing, Refused, UsageProblem
from qa.services.access.accounts import GONE, names, new_id
from qa.services.access.blindness import FIRST_JUDGE, hidden_from
from qa.services.access.permissions import Actor
from qa.services.conversations.reasons import reason_name
from qa.storage import audit
from qa.storage.analysis import midnight
from qa.storage.batches import AT_ONCE
from qa.storage.digests import Pseudonyms
from qa.storage.people import ContactLabelRow, OverviewRow
from qa.storage.results import current_rows
from qa.storage.tables import ConversationRow, TaggingRow, now
from transcripts.tags import SENTIMENTS

MOST_REASONS = 3
LABELLER, WRITER = "oceniajacy", "klient"  # kinds of pseudonyms


@dataclass(frozen=True, slots=True)
class ContactLabel:
    """What somebody says: the reasons' codes, the main one first, with their Polish names."""

    by: str
    mine: bool
    reasons: tuple[str, ...]
    names: tuple[str, ...]
    sentiment: str | None
    changed_at: str


def labels_of(session: Session, actor: Actor, conversation_id: str) -> tuple[ContactLabel, ...]:
    """What people say of a conversation that the actor sees, the latest first; nothing while they judge it blind."""
    if conversation_id in hidden_from(session, actor):
        return ()
    people = names(session)
    query = select(ContactLabelRow).where(ContactLabelRow.conversation_id == conversation_id)
    return tuple(
        ContactLabel(
            people.get(row.account_id, GONE),
            row.account_id == actor.id,
            tuple(row.reasons),
            tuple(reason_name(code) for code in row.reasons),
            row.customer_sentiment,
            row.changed_at.isoformat(),
        )
        for row in session.scalars(query.order_by(ContactLabelRow.changed_at.desc(), ContactLabelRow.id))
    )


def save(
    session: Session, actor: Actor, conversation_id: str, reasons: Sequence[str], sentiment: str | None
) -> None:
    """Say what a conversation is about; what the machine says stays, and what one said before is replaced.

    Raises:
        Refused: the actor may not review, not their own conversation, or has still to judge it in a calibration.
        Missing: there is no such conversation.
        UsageProblem: an unknown reason or sentiment, or none.
    """
    conversation, tagging = _labelled(session, actor, conversation_id)
    if sentiment not in (None, *SENTIMENTS):
        raise UsageProblem("Nieznany wydźwięk: do wyboru {known}.", known=SENTIMENTS)
    known = _known(reasons)
    row = _own(session, actor, conversation_id)
    if row is None:
        row = ContactLabelRow(id=new_id(), conversation_id=conversation_id, account_id=actor.id)
    row.reasons, row.customer_sentiment = known, sentiment
    row.machine, row.digest, row.changed_at = _machine(tagging), conversation.digest, now()
    session.add(row)
    session.flush()
    differs = row.reasons[:1] != [row.machine.get("primary")]
    _note(session, actor, "contact_label", conversation_id, {"reasons": row.reasons, "differs": differs})


def take_back(session: Session, actor: Actor, conversation_id: str) -> None:
    """Take back what one has said.

    Raises:
        Missing: one has said nothing.
    """
    _labelled(session, actor, conversation_id)
    row = _own(session, actor, conversation_id)
    if row is None:
        raise Missing("Nie ma tu Twojej poprawki powodu: odśwież stronę.")
    session.delete(row)
    session.flush()
    _note(session, actor, "contact_label_take_back", conversation_id, {})


def _labelled(
    session: Session, actor: Actor, conversation_id: str
) -> tuple[ConversationRow, TaggingRow | None]:
    """The conversation with its tags, which nobody else labels until the end of the transaction."""
    actor.must("review.write")
    overview = session.get(OverviewRow, conversation_id, with_for_update=True)
    rows = current_rows(session, conversation_id)
    if overview is None or rows is None:
        raise Missing("Nie ma takiej rozmowy.")
    if actor.agent_id is not None and actor.agent_id == overview.agent_id:
        raise Refused("To Twoja własna rozmowa: ocenia ją ktoś inny.")
    if conversation_id in hidden_from(session, actor):
        raise Refused(FIRST_JUDGE)
    return rows[0], rows[1]


def _own(session: Session, actor: Actor, conversation_id: str) -> ContactLabelRow | None:
    own = (ContactLabelRow.conversation_id == conversation_id, ContactLabelRow.account_id == actor.id)
    return session.scalars(select(ContactLabelRow).where(*own)).first()


def _known(reasons: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(reasons))
    if not 1 <= len(found) <= MOST_REASONS:
        raise UsageProblem("Podaj od jednego do {most} powodów.", most=MOST_REASONS)
    if set(found) - set(load_contact_reasons().codes):
        raise UsageProblem("Nie ma takiego powodu kontaktu: wybierz go z listy.")
    return found


def _machine(tagging: TaggingRow | None) -> dict[str, Any]:
    """What the tagger said when the person said otherwise, or the same."""
    if tagging is None:
        return {}
    tags: Mapping[str, Any] = tagging.content
    return {
        "version": tagging.version,
        "primary": tags.get("primary"),
        "reasons": {one["code"]: one["confidence"] for one in tags.get("reasons", [])},
        "sentiment": (tags.get("sentiment") or {}).get("overall"),
    }


def _note(
    session: Session, actor: Actor, action: str, conversation_id: str, details: Mapping[str, Any]
) -> None:
    audit.record(session, actor.login, action, audit.mark_of(session, conversation_id), details)


def training_lines(
    session: Session,
    actor: Actor,
    pseudonyms: Pseudonyms,
    first: date | None = None,
    last: date | None = None,
) -> Iterator[str]:
    """The lines, read from the database as they are written; the export is noted before the first.

    A conversation that was read anew since, with other words, is left out until somebody labels it again, and so is
    one that the actor has still to judge blind.

    Args:
        first, last: Polish days on which people said it, both included.

    Raises:
        Refused: the actor may not export labels.
        UsageProblem: the days are the wrong way round.
    """
    actor.must("export.labels")
    if first and last and first > last:
        raise UsageProblem("Pierwszy dzień okresu jest po ostatnim: zamień je.")
    where: list[ColumnElement[bool]] = [
        ContactLabelRow.conversation_id.not_in(sorted(hidden_from(session, actor)))
    ]
    where += [ContactLabelRow.changed_at >= midnight(first)] if first else []
    where += [ContactLabelRow.changed_at < midnight(last + timedelta(days=1))] if last else []
    n = session.scalar(select(func.count()).select_from(ContactLabelRow).where(*where)) or 0
    days = [day.isoformat() if day else None for day in (first, last)]
    audit.record(session, actor.login, "training_export", None, {"n": n, "days": days})
    query = (
        select(ContactLabelRow, ConversationRow)
        .join(ConversationRow, ConversationRow.digest == ContactLabelRow.digest)
        .where(ConversationRow.current, *where)
        .order_by(ContactLabelRow.conversation_id, ContactLabelRow.changed_at.desc(), ContactLabelRow.id)
        .execution_options(yield_per=AT_ONCE)
    )
    rows = session.execute(query).tuples()
    return _lines(pseudonyms, ((label, conversation) for label, conversation in rows))


def _lines(pseudonyms: Pseudonyms, rows: Iterator[tuple[ContactLabelRow, ConversationRow]]) -> Iterator[str]:
    for identifier, given in groupby(rows, key=lambda row: row[0].conversation_id):
        (label, conversation), *others = given
        turns = conversation.content["turns"]
        text = "\n".join(turn["text"] for turn in turns if turn["speaker"] == "customer").strip()
        if not text:
            continue
        line = {
            "id": identifier,
            "text": text,
            "reasons": label.reasons,
            "sentiment": label.customer_sentiment,
            "channel": conversation.channel,
            "writer": pseudonyms.of(WRITER, conversation.customer_key or identifier),
            "provenance": {
                **_said(pseudonyms, label),
                "machine": label.machine,
                "others": [_said(pseudonyms, one) for one, _ in others if _differ(one, label)],
            },
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _said(pseudonyms: Pseudonyms, label: ContactLabelRow) -> dict[str, Any]:
    return {
        "labelled_by": pseudonyms.of(LABELLER, label.account_id),
        "labelled_at": label.changed_at.isoformat(),
        "reasons": label.reasons,
        "sentiment": label.customer_sentiment,
    }


def _differ(one: ContactLabelRow, other: ContactLabelRow) -> bool:
    return (one.reasons, one.customer_sentiment) != (other.reasons, other.customer_sentiment)
