"""One source from file to redacted conversations, within one step: text that is not redacted goes nowhere."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import is_disk_full, is_transient
from qa.services.names import KeptNames
from qa.services.pipeline.hearing import heard
from qa.services.pipeline.sound_redaction import StillHeard
from qa.services.pipeline.sources import SourceFile
from qa.services.privacy.sealing import Original, Sealing, open_sealing
from qa.services.workspace import Progress, Workspace
from qa.storage.digests import CASE, CUSTOMER, ORDER, Pseudonyms, canonical, digest_of
from qa.storage.intake import KeptConversation, finish_source, keep_conversations
from qa.storage.parking import Parked, park, settle_path
from qa.storage.tables import ErasedRow, now
from qa.storage.vault import FOLDER, Sealed, drop, keep_sealed
from transcripts.audio import AudioError
from transcripts.conversation import Agent, Conversation
from transcripts.reading import Fault, Record, Recording
from transcripts.serialise import conversation_to_dict

_LOG = logging.getLogger(__name__)

Heard = Conversation | Exception
MEASURES = ("speech", "call_metrics")  # what the transcriber itself says about a recording
DAMAGE_REMEDY = "Skopiuj je ponownie ze źródła i użyj odsluch retry; do tego czasu liczy się to, co jest."
STILL_HEARD_REMEDY = "Rozmowa jest w bazie bez nagrania; odsłuchaj oryginał i usuń dane ręcznie."
BUG_REMEDY = "Zgłoś błąd, podając kod i wersję (odsluch version), a po aktualizacji użyj odsluch retry."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did: items done (new rows), known already, and parked."""

    done: int = 0
    known: int = 0
    parked: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.done + other.done, self.known + other.known, self.parked + other.parked)


@dataclass(slots=True)
class _Tally:
    """What one source has given so far."""

    batch: list[KeptConversation] = field(default_factory=list)
    faults: list[Parked] = field(default_factory=list)
    parked: set[str] = field(default_factory=set)
    sealed: list[Sealed] = field(default_factory=list)
    new: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What is not kept, and what is sealed beside what is kept.

    ``erased`` are keyed digests of conversations erased on request; ``since`` begins the retention.
    """

    pseudonyms: Pseudonyms
    erased: frozenset[str]
    since: datetime
    sealing: Sealing | None

    def is_erased(self, conversation_id: str) -> bool:
        """Whether this conversation was erased on request."""
        return self.pseudonyms.digest(conversation_id) in self.erased

    def is_expired(self, plain: Conversation) -> bool:
        """Whether it is older than redacted text may be kept."""
        return plain.started_at is not None and plain.started_at.astimezone(UTC) < self.since


def intake_rules(workspace: Workspace) -> IntakeRules:
    """The rules of the present settings and database."""
    with workspace.storage.reading() as session:
        erased = frozenset(session.scalars(select(ErasedRow.key)))
    since = now() - timedelta(days=workspace.settings.retention_days["redacted_text"])
    return IntakeRules(workspace.pseudonyms, erased, since, open_sealing(workspace))


class SourceIntake:
    """Reads one source, batch by batch, each batch in one transaction."""

    def __init__(self, workspace: Workspace, source: SourceFile, rules: IntakeRules) -> None:
        self.workspace = workspace
        self.rules = rules
        self.source = source
        self.names = KeptNames(workspace.components.redactor(), workspace.pseudonyms)
        self.version = source.version
        self.tally = _Tally()

    def run(self, records: Iterable[Record], answers: Iterator[Heard]) -> Outcome:
        """Keep all of the source; a crash on the way leaves whole batches, which the next run recognises.

        Args:
            records: what :meth:`records` gives.
            answers: gives, for each recording among them, what was heard in it.
        """
        for record in records:
            if isinstance(record, Recording):
                self._take_heard(record, next(answers))
            else:
                self._take(record)
            if len(self.tally.batch) >= self.workspace.settings.batch_size:
                self._keep(last=False)
        self._keep(last=True)
        return Outcome(self.tally.new, self.tally.known, len(self.tally.parked))

    def records(self) -> Iterator[Record]:
        """What the source holds; a reader that fails parks it."""
        try:
            yield from self.workspace.components.read_source(self.source.path)
        except Exception as error:  # a reader's bug must not stop the other sources
            self._park_unexpected("read_failed", error, None)

    def _take(self, record: Conversation | Fault) -> None:
        if isinstance(record, Fault):
            self._park(record.code, record.message, record.remedy, record.line, record.id)
            return
        raw_digest = self.workspace.pseudonyms.digest(canonical(conversation_to_dict(record)))
        self._redact(record, raw_digest)

    def _take_heard(self, recording: Recording, answer: Heard) -> None:
        identifier = recording.conversation.id
        if isinstance(answer, AudioError):
            self._park(answer.code, answer.message, answer.remedy, None, identifier)
        elif isinstance(answer, Exception):
            self._park_unexpected("transcription_failed", answer, identifier)
        else:
            self._note_damage(recording, answer)
            raw_digest = self.workspace.pseudonyms.digest(self.source.digest + identifier)
            self._redact(answer, raw_digest, recording)

    def _note_damage(self, recording: Recording, conversation: Conversation) -> None:
        """A recording whose end is missing is kept as far as it goes, and parked with a note."""
        speech = conversation.metadata.get("speech")
        damage = speech.get("damage") if isinstance(speech, Mapping) else None
        if damage:
            minutes, seconds = divmod(int(damage["until"]), 60)
            message = (
                f"Nagranie {recording.path.name} jest ucięte: przepisano je do {minutes}:{seconds:02d} min, "
                "a reszty brakuje."
            )
            self._park(damage["code"], message, DAMAGE_REMEDY, None, recording.conversation.id)

    def _redact(self, raw: Conversation, raw_digest: str, recording: Recording | None = None) -> None:
        try:
            redacted = self.workspace.components.redactor().redact(raw)
        except Exception as error:  # what cannot be redacted is not kept
            self._park_unexpected("redaction_failed", error, raw.id)
            return
        plain = self._plain(raw, redacted.conversation, measures_of(raw) if recording else {})
        if self.rules.is_erased(plain.id):
            self.tally.known += 1
        elif self.rules.is_expired(plain):
            self._park_expired(raw.id)
        else:
            self.tally.batch.append(self._kept(raw, plain, raw_digest))
            self._seal(Original(raw, redacted, plain.id, raw_digest, recording))

    def _seal(self, original: Original) -> None:
        """Keep originals and a muted recording, where that is asked for."""
        if self.rules.sealing is None:
            return
        try:
            for item in self.rules.sealing.seal(original):
                self.tally.sealed.append(item)
        except StillHeard as error:
            self._park("sound_not_redacted", str(error), STILL_HEARD_REMEDY, None, original.conversation.id)

    def _park_expired(self, identifier: str) -> None:
        days = self.workspace.settings.retention_days["redacted_text"]
        self._park(
            "past_retention",
            f"Rozmowa jest starsza niż okres przechowywania ({days} dni), więc nie została zapisana.",
            "Jeśli wolno ją przechowywać, wydłuż retention_days.redacted_text i użyj odsluch retry.",
            None,
            identifier,
        )

    def _kept(self, raw: Conversation, plain: Conversation, raw_digest: str) -> KeptConversation:
        content = conversation_to_dict(plain)
        pseudonym = self.workspace.pseudonyms.of
        return KeptConversation(
            conversation_id=plain.id,
            source_digest=self.source.digest,
            raw_digest=raw_digest,
            version=self.version,
            digest=digest_of(canonical(content)),
            channel=plain.channel,
            started_at=plain.started_at.astimezone(UTC).isoformat() if plain.started_at else None,
            agent_id=plain.agent.id if plain.agent else None,
            team=plain.agent.team if plain.agent else None,
            customer_key=raw.customer_id and pseudonym(CUSTOMER, raw.customer_id),
            order_key=raw.order_id and pseudonym(ORDER, raw.order_id),
            case_key=raw.case_id and pseudonym(CASE, raw.case_id),
            content=content,
        )

    def _plain(self, raw: Conversation, redacted: Conversation, measures: Mapping[str, Any]) -> Conversation:
        """The redacted conversation without anything else that names a person."""
        return dataclasses.replace(
            redacted,
            id=self.names.identifier("rozmowa", raw.id),
            agent=self._plain_agent(raw.agent),
            queue=raw.queue and self.names.identifier("kolejka", raw.queue),
            customer_id=None,
            order_id=None,
            case_id=None,
            metadata=measures,
        )

    def _plain_agent(self, agent: Agent | None) -> Agent | None:
        if agent is None:
            return None
        team = self.names.identifier("zespol", agent.team) if agent.team else None
        return Agent(self.names.identifier("konsultant", agent.id), team, None)

    def _park(self, code: str, message: str, remedy: str, line: int | None, record: str | None) -> None:
        path = self.source.path
        self.tally.faults.append(
            Parked(
                stage="intake",
                source=self.names.file(path),
                code=code,
                message=self.names.message(message, path),
                remedy=remedy,
                version=self.version,
                root=self.names.folder(self.source.root),
                path_key=self.names.path_key(path),
                input_digest=self.source.digest,
                line=line,
                conversation_id=record and self.names.identifier("rozmowa", record),
            )
        )

    def _park_unexpected(self, code: str, error: Exception, record: str | None) -> None:
        """Park with the kind of error only: its message may quote the conversation."""
        if is_transient(error) or is_disk_full(error):
            raise error
        _LOG.error("%s: %s", code, type(error).__name__)
        self._park(code, f"Nieoczekiwany błąd ({type(error).__name__}).", BUG_REMEDY, None, record)

    def _keep(self, *, last: bool) -> None:
        tally = self.tally
        with self.workspace.storage.writing() as session:
            kept = keep_conversations(session, tally.batch)
            for clash in kept.clashes:
                self._park_clash(clash.conversation_id)
            self._keep_sealed(session, {(c.conversation_id, c.raw_digest) for c in kept.clashes})
            park(session, tally.faults)
            parked = tally.parked | {item.key for item in tally.faults}
            new, known = tally.new + kept.new, tally.known + kept.known
            if last:
                settle_path(session, self.names.path_key(self.source.path), parked)
                finish_source(
                    session,
                    digest=self.source.digest,
                    version=self.version,
                    kind=self.source.path.suffix.lower().lstrip("."),
                    name=self.names.file(self.source.path),
                    status="parked" if parked else "done",
                    conversations=new + known,
                )
        self.tally = _Tally(parked=parked, new=new, known=known)

    def _keep_sealed(self, session: Session, refused: set[tuple[str, str]]) -> None:
        """Keep the rows of what was sealed, and delete the files of conversations that were not kept."""
        items = self.tally.sealed
        keep_sealed(session, [i for i in items if (i.conversation_id, i.raw_digest) not in refused])
        gone = [i.key for i in items if (i.conversation_id, i.raw_digest) in refused]
        drop(session, self.workspace.settings.data_dir / FOLDER, gone)

    def _park_clash(self, conversation_id: str) -> None:
        self._park(
            "duplicate_id",
            "Rozmowa o tym identyfikatorze jest już w bazie z inną treścią.",
            "Nadaj rozmowie inny identyfikator albo usuń nieaktualną.",
            None,
            conversation_id,
        )


def measures_of(heard: Conversation) -> dict[str, Any]:
    """What the transcriber says about a recording."""
    return {key: heard.metadata[key] for key in MEASURES if key in heard.metadata}


def ingest(workspace: Workspace, sources: Sequence[SourceFile], progress: Progress) -> Outcome:
    """Read and redact sources of text, and keep each."""
    total, rules = Outcome(), intake_rules(workspace)
    for source in sources:
        intake = SourceIntake(workspace, source, rules)
        total += intake.run(intake.records(), iter(()))
        progress.advance(1)
    return total


def ingest_recordings(workspace: Workspace, sources: Sequence[SourceFile], progress: Progress) -> Outcome:
    """Transcribe recordings in common batches, redact them, and keep each as soon as it is heard."""
    rules = intake_rules(workspace)
    intakes = [SourceIntake(workspace, source, rules) for source in sources]
    found = [list(intake.records()) for intake in intakes]
    recordings = [record for records in found for record in records if isinstance(record, Recording)]
    answers = heard(workspace.components, recordings, progress.within)
    total = Outcome()
    for intake, records in zip(intakes, found, strict=True):
        total += intake.run(records, answers)
        progress.advance(1)
    return total
