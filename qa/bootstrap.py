"""The one place that wires the application: which concrete parts serve these settings.

Importing this module loads nothing heavy; each part is imported and made at its first use and then kept
for the life of the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import UsageProblem, UserError
from qa.ports import Redacting, Tagging, Transcribing, Versions
from qa.services.workspace import Workspace
from qa.settings import FILE_NAME, Settings
from qa.storage.database import open_storage
from qa.storage.digests import canonical, digest_of, open_pseudonyms
from transcripts.conversation import Conversation
from transcripts.tags import TaggedConversation

if TYPE_CHECKING:
    from models.store import ResolvedModel
    from scorecards import Policy, Scorecard
    from transcripts.reading import ReadOptions, Record

SHORT = 12


def open_workspace(settings: Settings, say: Callable[[str], None] | None = None) -> Workspace:
    """Storage, pseudonym key and components for ``settings``; ``say`` is told what takes long."""
    return Workspace(
        settings, open_storage(settings.url), Parts(settings, say), open_pseudonyms(settings.data_dir)
    )


class Parts:
    """The real components (see :class:`qa.ports.Components`)."""

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None) -> None:
        self.settings = settings
        self._say = say
        self._cards: dict[str, Scorecard] = {}

    # Versions: cheap, nothing is loaded.

    def versions(self) -> Versions:
        """The versions of tagging and of each channel's scorecard."""
        return self._versions

    @cached_property
    def _versions(self) -> Versions:
        cards = {channel: self._card_version(name) for channel, name in self.settings.scorecards.items()}
        return Versions(self._tagger_version, cards)

    @cached_property
    def _tagger_version(self) -> str:
        from nlp.reading import VERSION

        model = self._resolved(self.settings.tagger_model)
        return f"{model.name}@{model.revision}+{digest_of(canonical(dict(model.sha256)), VERSION)[:SHORT]}"

    def _card_version(self, name: str) -> str:
        from scorecards import score

        card = self._card(name)
        # An evaluation of nothing names the versions of engine and checks: they are part of the card's.
        rules = score(card, TaggedConversation(Conversation("", "phone", ())))
        return f"{card.key}+{digest_of(repr(card), repr(rules))[:SHORT]}"

    def intake_version(self, path: Path) -> str:
        """See :meth:`qa.ports.Components.intake_version`."""
        from transcripts.readers import READERS

        reader = next((f"{r.name}@{r.version}" for r in READERS if r.accepts(path)), "none")
        speech = self._speech_version if reader.startswith("audio@") else ""
        return f"{reader}-{digest_of(reader, self._options_digest, self._redactor_version, speech)[:SHORT]}"

    @cached_property
    def _options_digest(self) -> str:
        return digest_of(repr(self._options))

    @cached_property
    def _redactor_version(self) -> str:
        return self.redactor().version

    @cached_property
    def _speech_version(self) -> str:
        return self.transcriber().version

    def named_versions(self) -> Mapping[str, str]:
        """The version of everything, by name."""
        from transcripts.readers import READERS

        versions = self.versions()
        return {
            "odsluch": metadata.version("odsluch"),
            **{f"reader.{reader.name}": reader.version for reader in READERS},
            "redaction": self._redactor_version,
            "speech": self.settings.speech_model,
            "tagging": versions.tagging,
            **{f"scorecard.{channel}": version for channel, version in versions.scorecards.items()},
        }

    # Reading.

    @cached_property
    def _options(self) -> ReadOptions:
        from transcripts.reading import ReadOptions

        columns = _column_map(self.settings.column_map) if self.settings.column_map else None
        return ReadOptions(columns=columns, shop_addresses=self.settings.shop_addresses)

    def find_sources(self, paths: Sequence[Path]) -> list[Path]:
        """Files to read, in a stable order; settings that lie among them are none."""
        from transcripts.reading import find_sources

        return [path for path in find_sources(paths) if path.name != FILE_NAME]

    def companions(self, path: Path) -> Sequence[Path]:
        """What stands beside a file and tells how to read it: sidecars, column maps, a list of calls."""
        from transcripts.readers.companions import is_companion

        siblings = sorted(path.parent.iterdir())
        names = frozenset(sibling.name for sibling in siblings)
        shared = ("columns.", "calls.csv", f"{path.stem}.")
        return [
            s
            for s in siblings
            if s != path and s.name.startswith(shared) and is_companion(s, names) and s.is_file()
        ]

    def read_source(self, path: Path) -> Iterator[Record]:
        """Everything that a file holds; see :func:`transcripts.reading.read_source`."""
        from transcripts.reading import read_source

        return read_source(path, self._options)

    # Models.

    def transcriber(self) -> Transcribing:
        """Speech recognition."""
        return self._transcriber

    def speech_folder(self) -> Path:
        """Where the speech model lies."""
        return self._resolved(self.settings.speech_model).path

    @cached_property
    def _transcriber(self) -> Transcribing:
        from transcripts.speech import Transcriber

        voices = self._resolved(self.settings.voice_model).path if self.settings.voice_model else None
        return Transcriber(
            self.speech_folder(),
            threads=self.settings.threads,
            voices=voices,
            voice_count=self.settings.voices,
            left="agent" if self.settings.left_channel == "agent" else "customer",
            silence=self.settings.silence_seconds,
            glossary=self.settings.glossary,
        )

    def redactor(self) -> Redacting:
        """Redaction of personal data."""
        return self._redactor

    def numbering_redactor(self) -> Redacting:
        """Redaction with marks such as ``[PERSON_1]``, which nothing stored has."""
        from nlp.redaction import Redactor

        return Redactor(numbered=True)

    @cached_property
    def _redactor(self) -> Redacting:
        from nlp.redaction import Redactor

        return Redactor()

    def tagger(self) -> Tagging:
        """Reasons, sentiment and behaviours."""
        return self._tagger

    @cached_property
    def _tagger(self) -> Tagging:
        from nlp.artefact import ArtefactError
        from nlp.tagging import Tagger

        with _as_user_error(ArtefactError):
            self._resolved(self.settings.tagger_model)
            return Tagger.load(self.settings.tagger_model, threads=self.settings.threads)

    def _resolved(self, name: str) -> ResolvedModel:
        from models.manifest import ModelError
        from models.store import resolve

        with _as_user_error(ModelError):
            return resolve(name, progress=self._say)

    # Scorecards.

    def _card(self, name: str) -> Scorecard:
        from scorecards import ScorecardError, load_scorecard

        if name not in self._cards:
            with _as_user_error(ScorecardError, UsageProblem):
                self._cards[name] = load_scorecard(name, policy=self._policy)
        return self._cards[name]

    @cached_property
    def _policy(self) -> Policy | None:
        from scorecards import load_policy

        return load_policy(self.settings.policy) if self.settings.policy else None

    def evaluate(self, tagged: TaggedConversation, channel: str) -> dict[str, Any]:
        """The evaluation (contract 2) by the channel's scorecard."""
        return self._evaluated(self._card(self.settings.scorecards[channel]), tagged)

    def judgement(self, scorecard: str | None) -> Callable[[TaggedConversation], dict[str, Any] | None]:
        """Evaluation by one scorecard for all, or by the channel's own (None where it has none)."""
        if scorecard is not None:
            card = self._card(scorecard)
            return lambda tagged: self._evaluated(card, tagged)

        def by_channel(tagged: TaggedConversation) -> dict[str, Any] | None:
            channel = tagged.conversation.channel
            return self.evaluate(tagged, channel) if channel in self.settings.scorecards else None

        return by_channel

    def _evaluated(self, card: Scorecard, tagged: TaggedConversation) -> dict[str, Any]:
        from scorecards import evaluation_to_dict, score

        return dict(evaluation_to_dict(score(card, tagged)))


def _column_map(path: Path) -> Mapping[str, Any]:
    """The column map that the settings name, checked before any file is read with it."""
    import yaml

    from transcripts.readers.column_map import checked_map
    from transcripts.reading import ReadingError

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        checked_map(content, path.name)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageProblem(
            f"Nie można odczytać mapy kolumn {path}: podaj plik YAML lub JSON w UTF-8."
        ) from error
    except ReadingError as error:
        raise UsageProblem(f"{error} {error.remedy}") from error
    return dict(content)


@contextmanager
def _as_user_error(kind: type[Exception], becomes: type[UserError] = UserError) -> Iterator[None]:
    """Errors of other packages whose message is a sentence for the user."""
    try:
        yield
    except kind as error:
        raise becomes(str(error)) from error
