"""Requests of a person under RODO: everything held about them in one archive, or everything deleted."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.judging.reviews import finished_reviews
from qa.services.privacy.deletion import Deleted, delete_conversations, refresh_findings
from qa.services.privacy.outputs import renew_outputs
from qa.services.workspace import Workspace, only_run, open_vault
from qa.storage.audit import MARK, record
from qa.storage.digests import CASE, CUSTOMER, ORDER
from qa.storage.people import ContactLabelRow, ReviewRow
from qa.storage.tables import ConversationRow, ErasedRow, EvaluationRow, SealedRow, TaggingRow, now
from qa.storage.vault import FOLDER, Vault, sealed_of

SPEAKERS = {"agent": "Konsultant", "customer": "Klient", "bot": "Bot", "system": "System", "unknown": "Ktoś"}


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
        yield ConversationRow.conversation_id.in_(
            [subject.conversation, pseudonym("rozmowa", subject.conversation)]
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """What was, or would be, deleted; ``traces`` are files in which a deleted id was still found.

    ``rewritten`` are reports made anew without the person, ``to_replace`` other files that had quotes.
    """

    ids: tuple[str, ...]
    counts: Deleted
    traces: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    to_replace: tuple[str, ...] = ()


class _Rehearsal(Exception):
    """Ends a transaction whose effects are only to be counted."""


def erase(workspace: Workspace, subject: Subject, actor: str, *, dry_run: bool) -> Erased:
    """Delete a person's conversations and all that was made of them, and never read them again.

    A dry run does the same and takes it back, files excepted, which it leaves alone.
    """
    with only_run(workspace.settings.data_dir):
        with workspace.storage.reading() as session:
            ids = conversations_of(session, workspace, subject)
        counts = _rehearsed(workspace, ids) if dry_run else None
        with workspace.storage.writing() as session:  # what is deleted is deleted together with its entry
            if counts is None:
                counts = _erase(session, workspace, ids)
            details = {"dry_run": dry_run, "counts": asdict(counts)}
            record(session, actor, "erase", subject.named(workspace), details)
        if dry_run or not ids:
            return Erased(tuple(ids), counts)
        refresh_findings(workspace)
        workspace.storage.settle()
        rewritten, to_replace = renew_outputs(workspace)
        left = traces(workspace.settings.data_dir, ids)
        return Erased(tuple(ids), counts, left, rewritten, to_replace)


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


def traces(data_dir: Path, ids: Sequence[str]) -> tuple[str, ...]:
    """Files below ``data_dir`` that still hold one of the ids, byte by byte."""
    wanted = [json.dumps(one)[1:-1].encode() for one in ids] + [one.encode() for one in ids]
    return tuple(
        str(path.relative_to(data_dir))
        for path in sorted(data_dir.rglob("*"))
        if path.is_file() and _holds(path, wanted)
    )


def _holds(path: Path, wanted: Sequence[bytes]) -> bool:
    overlap = max(map(len, wanted), default=0)
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if any(one in tail + block for one in wanted):
                return True
            tail = block[-overlap:]
    return False


@dataclass(frozen=True, slots=True)
class Exported:
    """What the archive holds."""

    conversations: int
    originals: int
    recordings: int


def export(workspace: Workspace, subject: Subject, target: Path | None, actor: str) -> Exported:
    """Write all that is held about a person to a ZIP archive; without ``target``, only count it.

    The archive holds ``czytaj.html`` for people, ``rozmowy.jsonl`` for programs, and from the vault original
    texts and recordings.

    Raises:
        UsageProblem: there are originals and no key to open them with.
    """
    with workspace.storage.reading() as session:
        ids = conversations_of(session, workspace, subject)
        held = [_held(session, one) for one in ids]
        sealed = sealed_of(session, ids)
    counts = Exported(
        len(ids),
        sum(row.kind == "raw_text" for row in sealed),
        sum(row.kind != "raw_text" for row in sealed),
    )
    if target is not None:
        _write(target, held, sealed, open_vault(workspace) if sealed else None)
    with workspace.storage.writing() as session:
        details = {"dry_run": target is None, "counts": asdict(counts)}
        record(session, actor, "export", subject.named(workspace), details)
    return counts


def _review(row: ReviewRow) -> dict[str, Any]:
    """A person's evaluation without who made it: that is another person's data."""
    return {"scorecard": row.scorecard, "score": row.score, "criteria": row.criteria, "comment": row.comment}


def _held(session: Session, conversation_id: str) -> dict[str, Any]:
    rows = session.scalars(select(ConversationRow).where(ConversationRow.conversation_id == conversation_id))
    versions = sorted(rows, key=lambda row: (not row.current, row.key))
    digests = [row.digest for row in versions]
    taggings = list(session.scalars(select(TaggingRow).where(TaggingRow.input_digest.in_(digests))))
    inputs = [row.digest for row in taggings]
    evaluations = session.scalars(select(EvaluationRow).where(EvaluationRow.input_digest.in_(inputs)))
    return {
        **versions[0].content,
        "versions": [{"version": row.version, "current": row.current} for row in versions],
        "tags": [{"version": row.version, "current": row.current, **row.content} for row in taggings],
        "evaluations": [
            {"version": row.version, "current": row.current, **row.content} for row in evaluations
        ],
        "reviews": [_review(row) for row in finished_reviews(session, conversation_id)],
        "labels": [
            {"reasons": row.reasons, "customer_sentiment": row.customer_sentiment}
            for row in session.scalars(
                select(ContactLabelRow).where(ContactLabelRow.conversation_id == conversation_id)
            )
        ],
    }


def _write(
    target: Path, held: Sequence[Mapping[str, Any]], sealed: Sequence[SealedRow], vault: Vault | None
) -> None:
    aside = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
            originals = dict(_originals(archive, sealed, vault)) if vault else {}
            lines = (json.dumps(one, ensure_ascii=False) for one in held)
            archive.writestr("rozmowy.jsonl", "".join(f"{line}\n" for line in lines))
            archive.writestr("czytaj.html", _page(held, originals, sealed))
        aside.chmod(0o600)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _originals(
    archive: zipfile.ZipFile, sealed: Sequence[SealedRow], vault: Vault
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Put the vault's items into the archive; gives the original texts by conversation."""
    for row in sealed:
        with archive.open(_name(row), "w", force_zip64=True) as out:
            content = b""
            for block in vault.read(row.key):
                out.write(block)
                content += block if row.kind == "raw_text" else b""
        if row.kind == "raw_text":
            yield row.conversation_id, json.loads(content)


def _name(row: SealedRow) -> str:
    folder = {"raw_text": "oryginaly", "raw_audio": "nagrania", "redacted_audio": "nagrania_bez_danych"}
    return f"{folder[row.kind]}/{row.key[:10]}{row.suffix}"


def _page(
    held: Sequence[Mapping[str, Any]], originals: Mapping[str, Mapping[str, Any]], sealed: Sequence[SealedRow]
) -> str:
    parts = [
        _section(one, originals.get(one["id"]), [r for r in sealed if r.conversation_id == one["id"]])
        for one in held
    ]
    made = now().date().isoformat()
    return (
        '<!doctype html><html lang="pl"><meta charset="utf-8"><title>Dane osoby</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "dt{font-weight:bold}</style>"
        f"<h1>Dane przechowywane przez Odsłuch</h1><p>Stan na {made}. Rozmów: {len(held)}.</p>"
        + "".join(parts)
        + "</html>\n"
    )


def _section(held: Mapping[str, Any], original: Mapping[str, Any] | None, sealed: Sequence[SealedRow]) -> str:
    shown = original or held
    turns = "".join(
        f"<dt>{SPEAKERS[turn['speaker']]}</dt><dd>{html.escape(turn['text'])}</dd>" for turn in shown["turns"]
    )
    reasons = sorted({r["code"] for tags in held["tags"] for r in tags.get("reasons", [])})
    scores = [f"{e['scorecard']}: {e['score']}" for e in held["evaluations"] if e["current"]]
    facts = [
        f"kanał: {held['channel']}",
        f"początek: {held.get('started_at') or 'nieznany'}",
        f"rozpoznane powody: {', '.join(reasons) or 'brak'}",
        f"oceny obsługi: {', '.join(scores) or 'brak'}",
        f"pliki w archiwum: {', '.join(_name(row) for row in sealed) or 'brak'}",
    ]
    kept = "treść oryginalna" if original else "treść przechowywana bez danych osobowych"
    listed = "".join(f"<li>{html.escape(fact)}</li>" for fact in facts)
    return f"<h2>Rozmowa {html.escape(held['id'])}</h2><ul>{listed}</ul><h3>{kept}</h3><dl>{turns}</dl>"
