"""Hand-written parts that are quick and always say the same, for tests of the application."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.ports import Versions
from qa.services.workspace import Workspace
from qa.settings import DEFAULT_RETENTION, Settings
from qa.storage.database import Storage, open_storage
from qa.storage.digests import open_pseudonyms
from tests.unit.qa.databases import empty_storage
from transcripts.audio import AudioError
from transcripts.conversation import Conversation, ConversationError, Span, Turn
from transcripts.reading import Fault, Record, Recording
from transcripts.serialise import conversation_from_dict
from transcripts.tags import BehaviourTag, ReasonTag, SentimentTag, TaggedConversation

SECRET = re.compile(r"\b(?:[Kk]owalsk\w+|[Zz]awadzk\w+|\d{9})\b")
REASONS = {"paczk": "delivery.late", "zwrot": "returns.how", "faktur": "invoices.copy"}


@dataclass(frozen=True)
class FakeRedaction:
    turn: int
    start: int
    end: int
    type: str
    confidence: float = 1.0
    producer: str = "fake"
    explanation: str = "shape"


@dataclass(frozen=True)
class FakeRedacted:
    conversation: Conversation
    redactions: tuple[FakeRedaction, ...]


class FakeRedactor:
    """Knows two surnames and nine digits in a row."""

    version = "fake-redactor@1"

    def redact(self, conversation: Conversation) -> FakeRedacted:
        found = tuple(
            FakeRedaction(i, m.start(), m.end(), "PERSON")
            for i, turn in enumerate(conversation.turns)
            for m in SECRET.finditer(turn.text)
        )
        turns = tuple(dataclasses.replace(t, text=self.redact_text(t.text)) for t in conversation.turns)
        return FakeRedacted(conversation.with_turns(turns), found)

    def redact_text(self, s: str, hints: Sequence[str] = ()) -> str:
        return SECRET.sub("[PERSON]", s)

    def redact_name(self, s: str) -> str:
        return self.redact_text(s)


class FakeTagger:
    """A reason for each known word, with its place."""

    def tag_many(
        self, conversations: Iterable[Conversation], *, redacted: bool = False
    ) -> Iterator[TaggedConversation]:
        for conversation in conversations:
            yield self.tagged(conversation)

    def tagged(self, conversation: Conversation) -> TaggedConversation:
        if any("wybuch taggera" in turn.text for turn in conversation.turns):
            raise RuntimeError("treść, której nie wolno powtórzyć: wybuch taggera")
        reasons = []
        for number, turn in enumerate(conversation.turns):
            for word, code in REASONS.items():
                place = turn.text.lower().find(word)
                if place >= 0 and code not in [r.code for r in reasons]:
                    reasons.append(ReasonTag(code, 0.9, (Span(number, place, place + len(word)),)))
        behaviours = tuple(
            BehaviourTag(i, "greeting", 0.97)
            for i, turn in enumerate(conversation.turns)
            if turn.speaker == "agent" and "dzień dobry" in turn.text.lower()
        )
        sentiment = SentimentTag("neutral", "negative", "neutral", -0.1, 0.8)
        primary = reasons[0].code if reasons else None
        return TaggedConversation(conversation, tuple(reasons), primary, 0.9, sentiment, behaviours, "fake@1")


class FakeTranscriber:
    """Finds the words in the file itself."""

    version = "fake-speech@1"

    def transcribe(
        self, recording: Recording, progress: Callable[[float], None] | None = None
    ) -> Conversation:
        words = recording.path.read_text(encoding="utf-8", errors="replace")
        if "urwane" in words:
            message = f"Nagranie {recording.path.name} jest urwane."
            raise AudioError("truncated_audio", message, "Pobierz je ponownie.")
        if progress:
            progress(0.5)
        heard = recording.conversation.with_turns((Turn("customer", words.strip(), 0.0, 1.0),))
        speech: dict[str, Any] = {"duration": 1.0}
        if "bez końca" in words:
            speech["damage"] = {"code": "truncated_audio", "until": 65.0}
        return dataclasses.replace(heard, metadata={"speech": speech, "sidecar": "Kowalska"})

    def transcribe_many(
        self, recordings: Iterable[Recording], progress: Callable[[float], None] | None = None
    ) -> Iterator[Conversation | AudioError]:
        for recording in recordings:
            try:
                yield self.transcribe(recording, progress)
            except AudioError as error:
                yield error


@dataclass
class FakeParts:
    """Components of a test: ``.jsonl`` and ``.wav`` files, one scorecard for phone calls."""

    tagging_version: str = "fake@1"
    reading_version: str = "fake-reader@1"
    cards: Mapping[str, str] = field(default_factory=lambda: {"phone": "phone@1+aa"})
    tagger_part: Any = field(default_factory=FakeTagger)
    reads: list[str] = field(default_factory=list)

    def versions(self) -> Versions:
        return Versions(self.tagging_version, self.cards)

    def intake_version(self, path: Path) -> str:
        return self.reading_version

    def named_versions(self) -> Mapping[str, str]:
        return {"odsluch": "0.1.0", "tagging": self.tagging_version, "redaction": "fake-redactor@1"}

    def find_sources(self, paths: Sequence[Path]) -> list[Path]:
        found: list[Path] = []
        for path in paths:
            found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        return found

    def companions(self, path: Path) -> Sequence[Path]:
        return []

    def read_source(self, path: Path) -> Iterator[Record]:
        self.reads.append(path.name)
        if path.suffix == ".wav":
            yield Recording(path, conversation_from_dict({"id": path.stem, "channel": "phone", "turns": []}))
            return
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield self._record(path, number, line)

    def _record(self, path: Path, number: int, line: str) -> Record:
        if line == "wybuch":
            raise RuntimeError("tajna treść w komunikacie: Kowalska 600123456")
        try:
            return conversation_from_dict(json.loads(line))
        except json.JSONDecodeError:
            message = f"Wiersz {number} pliku {path.name} nie jest JSON."
            return Fault(str(path), number, None, "bad_json", message, "Popraw go.")
        except ConversationError as error:
            return Fault(str(path), number, None, error.code, error.message, "Popraw rekord.")

    def transcriber(self) -> FakeTranscriber:
        return FakeTranscriber()

    def redactor(self) -> FakeRedactor:
        return FakeRedactor()

    def tagger(self) -> Any:
        return self.tagger_part

    def evaluate(self, tagged: TaggedConversation, channel: str) -> dict[str, Any]:
        greeted = any(b.code == "greeting" for b in tagged.behaviours)
        criterion = {"id": "greeting", "outcome": "pass" if greeted else "fail", "confidence": 0.97}
        return {
            "scorecard": self.cards[channel].partition("+")[0],
            "score": 100.0 if greeted else 0.0,
            "critical_failed": [],
            "criteria": [criterion],
        }


def conversation(number: int, text: str = "Gdzie jest moja paczka?", **fields: Any) -> dict[str, Any]:
    """A contract-1 record."""
    day = 1 + number % 28
    return {
        "id": f"c-{number:04d}",
        "channel": ("phone", "chat", "email")[number % 3],
        "started_at": f"2026-{9 + number % 2:02d}-{day:02d}T10:00:00+02:00",
        "agent": {"id": f"a-{number % 4}", "team": "Zespół B", "name": "Marta Zawadzka"},
        "customer": {"id": f"cu-{number}"},
        "order_id": f"ZAM-{number}",
        "turns": [
            {"speaker": "agent", "text": "Dzień dobry, Marta Zawadzka, w czym mogę pomóc?"},
            {"speaker": "customer", "text": f"Nazywam się Kowalska, tel. 600123456. {text}"},
        ],
        **fields,
    }


def write_lines(path: Path, records: Iterable[Any]) -> Path:
    """Records as JSON lines; a text stands for itself, broken or not."""
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def workspace(folder: Path, parts: Any = None, *, url: str = "", storage: Storage | None = None) -> Workspace:
    """A workspace with fake parts; its key is the same in every test, so that contents can be compared."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "pseudonym.key"
    if not key.exists():
        key.write_bytes(b"k" * 32)
    for_ever = dict.fromkeys(DEFAULT_RETENTION, 36_500)  # tests must not depend on the day they run
    settings = Settings(data_dir=folder, database_url=url, batch_size=4, retention_days=for_ever)
    return Workspace(settings, storage or _opened(settings), parts or FakeParts(), open_pseudonyms(folder))


def _opened(settings: Settings) -> Storage:
    """The database of the settings; a new one in its folder is a copy, quicker than migrating it."""
    new = settings.data_dir / "odsluch.db"
    if settings.url == f"sqlite:///{new}" and not new.exists():
        return empty_storage(new.parent, new.name)
    return open_storage(settings.url)
