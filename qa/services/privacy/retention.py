"""Deleting what has been kept long enough, by class of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from qa.services.privacy.cleaning import Cleaned, clean, is_unfinished, promise_cleaning
from qa.services.privacy.deletion import Deleted, delete_conversations
from qa.services.privacy.forgetting import forget_coaching, forget_work
from qa.services.workspace import Workspace, only_run
from qa.settings import SEALED
from qa.storage.audit import record
from qa.storage.batches import in_batches
from qa.storage.results import older
from qa.storage.tables import ConversationRow, EvaluationRow, SealedRow, TaggingRow, now
from qa.storage.vault import FOLDER, drop, sealed_where, strays

CLASSES = (*SEALED, "evaluations", "redacted_text")


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of each class was (or would be) deleted, and before which day each class ends.

    ``unfinished`` says that the cleaning of an earlier deletion, which was interrupted, was (or is to be) finished;
    ``rewritten``, ``to_replace`` and ``traces`` are as in :class:`qa.services.privacy.subject.Erased`.
    """

    counts: Mapping[str, int]
    before: Mapping[str, str]
    unfinished: bool = False
    traces: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    to_replace: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether all is within its retention."""
        return not any(self.counts.values())


def purge(workspace: Workspace, actor: str, *, dry_run: bool, moment: datetime | None = None) -> Purged:
    """Delete everything past its retention; a dry run only counts. Both are entered in the audit log.

    Args:
        moment: counts as the present.
    """
    days = workspace.settings.retention_days
    before = {name: (moment or now()) - timedelta(days=days[name]) for name in CLASSES}
    cleaned = Cleaned()
    with only_run(workspace.settings.data_dir):
        unfinished = is_unfinished(workspace)
        with workspace.storage.writing() as session:
            counts = _count(session, workspace, before)
            shown = {name: since.date().isoformat() for name, since in before.items()}
            record(session, actor, "purge", None, {"dry_run": dry_run, "counts": counts, "before": shown})
            if not dry_run:
                _delete(session, workspace, before)
                _promise(workspace, counts)
        if not dry_run and (any(counts.values()) or unfinished):
            cleaned = clean(workspace, (), renew=unfinished or counts["redacted_text"] > 0)
    return Purged(counts, shown, unfinished, cleaned.traces, cleaned.rewritten, cleaned.to_replace)


def _promise(workspace: Workspace, counts: Mapping[str, int]) -> None:
    if any(counts.values()):
        promise_cleaning(workspace, ())


def _count(session: Session, workspace: Workspace, before: Mapping[str, datetime]) -> dict[str, int]:
    counts = {kind: len(sealed_where(session, *_sealed(kind, before[kind]))) for kind in SEALED}
    counts["evaluations"] = len(_old_evaluations(session, before["evaluations"]))
    counts["redacted_text"] = len(_old_conversations(session, before["redacted_text"]))
    counts["stray_files"] = len(strays(session, workspace.settings.data_dir / FOLDER))
    return counts


def _delete(session: Session, workspace: Workspace, before: Mapping[str, datetime]) -> Deleted:
    folder = workspace.settings.data_dir / FOLDER
    for kind in SEALED:
        drop(session, folder, [row.key for row in sealed_where(session, *_sealed(kind, before[kind]))])
    for path in strays(session, folder):
        path.unlink()
    keys = _old_evaluations(session, before["evaluations"])
    session.execute(delete(EvaluationRow).where(EvaluationRow.key.in_(keys)))
    for part in in_batches(_old_conversations(session, before["evaluations"])):
        forget_work(session, part)
    forget_coaching(session, before["evaluations"])
    return delete_conversations(session, folder, _old_conversations(session, before["redacted_text"]))


def _sealed(kind: str, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return SealedRow.kind == kind, SealedRow.dated < before.isoformat()


def _old_conversations(session: Session, before: datetime) -> Sequence[str]:
    return sorted(set(session.scalars(select(ConversationRow.conversation_id).where(older(before)))))


def _old_evaluations(session: Session, before: datetime) -> Sequence[str]:
    query = (
        select(EvaluationRow.key)
        .join(TaggingRow, TaggingRow.digest == EvaluationRow.input_digest)
        .join(ConversationRow, ConversationRow.digest == TaggingRow.input_digest)
        .where(older(before))
    )
    return sorted(set(session.scalars(query)))
