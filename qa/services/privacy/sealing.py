"""Originals and muted recordings into the vault, where the settings ask for them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from qa.ports import RedactedConversation
from qa.services.pipeline.sound_redaction import SoundRedactor
from qa.services.workspace import Workspace, open_vault
from qa.storage.cipher import file_blocks
from qa.storage.tables import now
from qa.storage.vault import FOLDER, Sealed, Vault
from transcripts.conversation import Conversation
from transcripts.muting import OPUS
from transcripts.reading import Recording
from transcripts.serialise import conversation_to_dict
from transcripts.word_times import without_words

WORK = ".work"  # muted copies while they are listened to


@dataclass(frozen=True, slots=True)
class Original:
    """What is there of a conversation before redaction. ``identifier`` and ``raw_digest`` name what is kept."""

    conversation: Conversation
    redacted: RedactedConversation
    identifier: str
    raw_digest: str
    recording: Recording | None = None


class Sealing:
    """Seals what ``settings.keep`` names and what is not older than its retention."""

    def __init__(self, workspace: Workspace, vault: Vault) -> None:
        self._workspace = workspace
        self._vault = vault

    def seal(self, original: Original) -> Iterator[Sealed]:
        """Write the files of one conversation; their rows are the caller's to keep.

        Raises:
            StillHeard: personal data is heard in the muted recording; what came before is sealed.
        """
        dated = original.conversation.started_at or now()
        for kind in self._workspace.settings.keep:
            days = self._workspace.settings.retention_days[kind]
            if dated.astimezone(UTC) < now() - timedelta(days=days):
                continue
            if kind == "raw_text":
                yield self._text(original, dated)
            elif kind == "raw_audio" and original.recording is not None:
                suffix = original.recording.path.suffix.lower()
                yield self._put(original, kind, suffix, dated, file_blocks(original.recording.path), {})
            elif kind == "redacted_audio" and original.recording is not None:
                yield self._muted(original, original.recording, dated)

    def _put(
        self,
        original: Original,
        kind: str,
        suffix: str,
        dated: datetime,
        blocks: Iterable[bytes],
        details: dict[str, Any],
    ) -> Sealed:
        moment = dated.astimezone(UTC).isoformat()
        item = Sealed(kind, original.identifier, suffix, moment, original.raw_digest, details=details)
        return replace(item, size=self._vault.put(item, blocks))

    def _text(self, original: Original, dated: datetime) -> Sealed:
        plain = replace(original.conversation, metadata=without_words(original.conversation.metadata))
        places = [
            {"turn": r.turn, "start": r.start, "end": r.end, "type": r.type}
            for r in original.redacted.redactions
        ]
        content = {**conversation_to_dict(plain), "redactions": places}
        raw = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return self._put(original, "raw_text", ".json", dated, [raw], {"redactions": len(places)})

    def _muted(self, original: Original, recording: Recording, dated: datetime) -> Sealed:
        components = self._workspace.components
        redactor = SoundRedactor(components.transcriber(), components.redactor())
        folder = self._vault.folder / WORK
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as name:
            target = Path(name) / f"kopia{OPUS}"
            done = redactor.redact(recording, original.conversation, target)
            details = {"muted_seconds": round(done.seconds, 2), "listened": done.rounds}
            return self._put(original, "redacted_audio", OPUS, dated, file_blocks(target), details)


def open_sealing(workspace: Workspace) -> Sealing | None:
    """The sealing that the settings ask for, or None where nothing is to be kept."""
    return Sealing(workspace, open_vault(workspace)) if workspace.settings.keep else None


def clear_work(data_dir: Path) -> None:
    """Delete muted copies that a crash has left."""
    shutil.rmtree(data_dir / FOLDER / WORK, ignore_errors=True)
