"""Taking conversations out of everything that was made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa.services.conversations import overview
from qa.services.pipeline.findings import find_proposals, find_trends
from qa.services.privacy.forgetting import forget_work, without
from qa.services.workspace import Workspace
from qa.storage.batches import in_batches
from qa.storage.tables import (
    ConversationRow,
    EvaluationRow,
    ParkedRow,
    ProposalRow,
    SourceRow,
    TaggingRow,
    TrendRow,
)
from qa.storage.vault import drop, sealed_of


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many rows of each kind, and files of the vault, were deleted."""

    conversations: int = 0
    taggings: int = 0
    evaluations: int = 0
    sealed: int = 0
    parked: int = 0
    quotes: int = 0
    work: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(*(getattr(self, name) + getattr(other, name) for name in Deleted.__slots__))


def delete_conversations(session: Session, vault: Path | None, ids: Sequence[str]) -> Deleted:
    """Delete conversations in all their versions, their tags, evaluations, reviews, sealed files and quotes.

    The names of files of which nothing is left are forgotten too; their digests stay, so that the same file
    is not read again.

    Args:
        vault: the folder with sealed files; None leaves the files, to count in a transaction that is taken back.
    """
    total = Deleted()
    for part in in_batches(ids):
        total += _delete_some(session, vault, part)
    return total + Deleted(quotes=_drop_quotes(session, set(ids)))


def _delete_some(session: Session, vault: Path | None, ids: Sequence[str]) -> Deleted:
    theirs = ConversationRow.conversation_id.in_(ids)
    digests = list(session.scalars(select(ConversationRow.digest).where(theirs)))
    sources = _sources_of(session, ids)
    taggings = list(session.scalars(select(TaggingRow.digest).where(TaggingRow.input_digest.in_(digests))))
    sealed = [row.key for row in sealed_of(session, ids)]
    if vault is not None:
        drop(session, vault, sealed)
    parked = ParkedRow.conversation_id.in_(ids) | ParkedRow.input_digest.in_([*digests, *taggings])
    counts = Deleted(
        conversations=_gone(session, ConversationRow, theirs),
        taggings=_gone(session, TaggingRow, TaggingRow.input_digest.in_(digests)),
        evaluations=_gone(session, EvaluationRow, EvaluationRow.input_digest.in_(taggings)),
        sealed=len(sealed),
        parked=_gone(session, ParkedRow, parked),
        work=forget_work(session, ids),
    )
    _forget_names(session, sources)
    return counts


def _gone(session: Session, table: Any, condition: Any) -> int:
    return session.execute(delete(table).where(condition)).rowcount  # type: ignore[attr-defined, no-any-return]


def _sources_of(session: Session, ids: Sequence[str]) -> set[str]:
    """Digests of the files that gave the conversations or what was parked of them."""
    kept = select(ConversationRow.source_digest).where(ConversationRow.conversation_id.in_(ids))
    parked = select(ParkedRow.input_digest).where(
        ParkedRow.conversation_id.in_(ids), ParkedRow.stage == "intake", ParkedRow.input_digest.is_not(None)
    )
    return {digest for query in (kept, parked) for digest in session.scalars(query) if digest}


def _forget_names(session: Session, sources: Collection[str]) -> None:
    kept = select(ConversationRow.source_digest).where(ConversationRow.source_digest.in_(sources))
    parked = select(ParkedRow.input_digest).where(ParkedRow.input_digest.in_(sources))
    left = {digest for query in (kept, parked) for digest in session.scalars(query) if digest}
    for row in session.scalars(select(SourceRow).where(SourceRow.digest.in_(set(sources) - left))):
        row.name = f"usunięte.{row.kind}"


def _drop_quotes(session: Session, ids: set[str]) -> int:
    """Take the conversations out of trends and proposals; those that are recomputed come back without them."""
    count = 0
    for row in [*session.scalars(select(TrendRow)), *session.scalars(select(ProposalRow))]:
        for name in ("examples", "evidence", "details"):
            value = getattr(row, name, None)
            clean = without(value, ids)
            if clean != value:
                setattr(row, name, clean)
                count += 1
    return count


def refresh_findings(workspace: Workspace) -> None:
    """Trends, proposals and the overview anew from what is left."""
    find_trends(workspace)
    find_proposals(workspace)
    overview.refresh(workspace)
