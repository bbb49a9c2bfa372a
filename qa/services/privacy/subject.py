"""Requests of a person under RODO: everything held about them in one archive, or everything deleted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.privacy.archive import write_archive
from qa.services.privacy.cleaning import clean, is_unfinished, promise_cleaning
from qa.services.privacy.deletion import Deleted, delete_conversations
from qa.services.privacy.held import held, is_anything
from qa.services.workspace import Workspace, only_run, open_vault
from qa.storage.audit import ID, MARK, record
from qa.storage.digests import CASE, CUSTOMER, ORDER
from qa.storage.tables import ConversationRow, ErasedRow
from qa.storage.vault import FOLDER, sealed_of


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: any of a customer's, an order's, a case's and a conversation's identifier, as sources give it."""

    customer: str | None = None
    order: str | None = None
    case: str | None = None
    conversation: str | None = None

    def named(self, workspace: Workspace) -> str:
        """A pseudonym for the audit log."""
        pairs = ((CUSTOMER, self.customer), (ORDER, self.order), (CASE, self.case))
        pseudonyms = [workspace.pseudonyms.of(kind, value) for kind, value in pairs if value]
        if self.conversation:
            pseudonyms.append(workspace.pseudonyms.of(MARK, self.conversation))
        return " ".join(pseudonyms)

    def names_of_conversation(self, workspace: Workspace) -> tuple[str, ...]:
        """Ids under which the named conversation is kept: its own, or one instead that names nobody."""
        if not self.conversation:
            return ()
        return self.conversation, workspace.pseudonyms.of(ID, self.conversation)


def conversations_of(session: Session, workspace: Workspace, subject: Subject) -> list[str]:
    """Ids of the person's conversations, oldest first.

    Raises:
        UsageProblem: the subject names nothing.
    """
    conditions = list(_conditions(workspace, subject))
    if not conditions:
        raise UsageProblem("Podaj, kogo dotyczy wniosek: --customer, --order, --case albo --conversation.")
    query = select(ConversationRow.conversation_id).where(or_(*conditions))
    ordered = query.order_by(ConversationRow.started_at, ConversationRow.conversation_id)
    return list(dict.fromkeys(session.scalars(ordered)))


def _conditions(workspace: Workspace, subject: Subject) -> Iterator[ColumnElement[bool]]:
    pseudonym = workspace.pseudonyms.of
    if subject.customer:
        yield ConversationRow.customer_key == pseudonym(CUSTOMER, subject.customer)
    if subject.order:
        yield ConversationRow.order_key == pseudonym(ORDER, subject.order)
    if subject.case:
        yield ConversationRow.case_key == pseudonym(CASE, subject.case)
    if subject.conversation:
        yield ConversationRow.conversation_id.in_(subject.names_of_conversation(workspace))


def reached(session: Session, workspace: Workspace, subject: Subject) -> tuple[list[str], list[str]]:
    """Ids of the person's conversations, and other ids by which something may be kept: that of a parked contact or of
    people's work is all that names it. Raises as :func:`conversations_of`."""
    ids = conversations_of(session, workspace, subject)
    return ids, [one for one in subject.names_of_conversation(workspace) if one not in ids]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was, or would be, deleted; ``traces`` are places in which a deleted id was still found.

    ``rewritten`` are reports made anew without the person, ``to_replace`` other files that had quotes. ``barred`` says
    that the named conversation is not read in any more, whether or not anything of it was there. ``unfinished`` says
    that the cleaning of an earlier deletion, which was interrupted, was (or is to be) finished.
    """

    ids: tuple[str, ...]
    counts: Deleted
    traces: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    to_replace: tuple[str, ...] = ()
    barred: bool = False
    unfinished: bool = False

    @property
    def nothing(self) -> bool:
        """Whether nothing of the person was there."""
        return not self.ids and self.counts == Deleted()


class _Rehearsal(Exception):
    """Ends a transaction whose effects are only to be counted."""


def erase(workspace: Workspace, subject: Subject, actor: str, *, dry_run: bool) -> Erased:
    """Delete a person's conversations and all that was made of them, and never read them again.

    A dry run does the same and takes it back, files excepted, which it leaves alone.
    """
    with only_run(workspace.settings.data_dir):
        with workspace.storage.reading() as session:
            ids, named = reached(session, workspace, subject)
        unfinished = is_unfinished(workspace)
        counts = _rehearsed(workspace, [*ids, *named]) if dry_run else None
        with workspace.storage.writing() as session:  # what is deleted is deleted together with its entry
            if counts is None:
                counts = _erase(session, workspace, [*ids, *named])
            done = Erased(tuple(ids), counts, barred=bool(subject.conversation), unfinished=unfinished)
            details = {"dry_run": dry_run, "counts": asdict(counts)}
            record(session, actor, "erase", subject.named(workspace), details)
            if not dry_run and not done.nothing:
                promise_cleaning(workspace, [*ids, *named])
        if dry_run or (done.nothing and not unfinished):
            return done
        return dataclasses.replace(done, **asdict(clean(workspace, [*ids, *named])))


def _erase(session: Session, workspace: Workspace, ids: Sequence[str]) -> Deleted:
    for one in ids:
        session.merge(ErasedRow(key=workspace.pseudonyms.digest(one)))
    return delete_conversations(session, workspace.settings.data_dir / FOLDER, ids)


def _rehearsed(workspace: Workspace, ids: Sequence[str]) -> Deleted:
    counts = Deleted()
    try:
        with workspace.storage.writing() as session:
            counts = delete_conversations(session, None, ids)
            raise _Rehearsal
    except _Rehearsal:
        return counts


@dataclass(frozen=True, slots=True)
class Exported:
    """What the archive holds; ``parked`` counts entries about contacts that could not be processed."""

    conversations: int
    originals: int
    recordings: int
    parked: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing of the person was there."""
        return not self.conversations


def export(workspace: Workspace, subject: Subject, target: Path | None, actor: str) -> Exported:
    """Write all that is held about a person to a ZIP archive; without ``target``, only count it.

    The archive holds ``czytaj.html`` for people, ``rozmowy.jsonl`` for programs, and from the vault original
    texts and recordings. It is entered in the audit log before any of those is opened.

    Raises:
        UsageProblem: there are originals and no key to open them with.
    """
    with workspace.storage.reading() as session:
        ids = [one for group in reached(session, workspace, subject) for one in group]
        found = [content for one in ids if is_anything(content := held(session, one))]
        sealed = sealed_of(session, ids)
    counts = Exported(
        len(found),
        sum(row.kind == "raw_text" for row in sealed),
        sum(row.kind != "raw_text" for row in sealed),
        sum(len(one["parked"]) for one in found),
    )
    vault = open_vault(workspace) if sealed and target is not None else None
    with workspace.storage.writing() as session:
        details = {"dry_run": target is None, "counts": asdict(counts)}
        record(session, actor, "export", subject.named(workspace), details)
    if target is not None:
        write_archive(target, found, sealed, vault)
    return counts
