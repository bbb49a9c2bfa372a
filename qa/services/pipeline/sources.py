"""Which files are there, and which of them are new: decided by content, before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.ports import Components
from qa.services.names import KeptNames
from qa.services.workspace import Progress, Workspace
from qa.storage.digests import canonical, digest_of, sha256_of_files
from qa.storage.intake import known_sources
from qa.storage.parking import Parked
from transcripts.audio import AUDIO_SUFFIXES
from transcripts.reading import Recording
from transcripts.serialise import conversation_to_dict


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A readable file; ``digest`` covers its content, its ending and what stands beside it.

    ``version`` is that of everything that will read, transcribe and redact it.
    """

    path: Path
    root: Path
    digest: str
    version: str

    @property
    def is_audio(self) -> bool:
        """Whether it has to be transcribed."""
        return is_audio(self.path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to read: ``new`` files; ``known`` counts those read before."""

    new: tuple[SourceFile, ...]
    known: int
    unreadable: tuple[Parked, ...]

    @property
    def found(self) -> int:
        """All files."""
        return len(self.new) + self.known + len(self.unreadable)


def plan(workspace: Workspace, paths: Sequence[Path], progress: Progress, *, again: bool = False) -> Plan:
    """Look at everything under ``paths``; with ``again``, known files count as new."""
    located = list(_located(workspace, paths))
    progress.stage("sources", len(located))
    files: list[SourceFile] = []
    unreadable: list[Parked] = []
    for path, root in located:
        try:
            digest = content_digest(workspace.components, path)
            files.append(SourceFile(path, root, digest, workspace.components.intake_version(path)))
        except OSError as error:
            unreadable.append(_unreadable(workspace, path, root, error))
        progress.advance(1)
    known = _known(workspace, files) if not again else set()
    new: dict[str, SourceFile] = {}
    for file in files:
        if file.digest not in known:
            new.setdefault(file.digest, file)
    return Plan(tuple(new.values()), len(files) - len(new), tuple(unreadable))


def _located(workspace: Workspace, paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Each file once, with the folder through which it was named; never our own database and logs."""
    own = workspace.settings.data_dir.absolute()
    seen: set[Path] = set()
    for named in paths:
        root = (named if named.is_dir() else named.parent).absolute()
        for path in workspace.components.find_sources([named]):
            place = path.absolute()
            if place not in seen and not place.is_relative_to(own):
                seen.add(place)
                yield path, root


def is_audio(path: Path) -> bool:
    """Whether the file's name is that of a recording."""
    return path.suffix.lower() in AUDIO_SUFFIXES


def content_digest(components: Components, path: Path) -> str:
    """The digest that tells whether a source was read before.

    For a recording it covers what is known about this call, not the whole list of calls that may stand
    beside it and grows every day.

    Raises:
        OSError: the file or a companion cannot be read.
    """
    if not is_audio(path):
        return digest_of(sha256_of_files([path, *components.companions(path)]), path.suffix.lower())
    content = sha256_of_files([path])
    known = [
        conversation_to_dict(r.conversation) for r in components.read_source(path) if isinstance(r, Recording)
    ]
    return digest_of(content, path.suffix.lower(), canonical(known))


def _known(workspace: Workspace, files: Sequence[SourceFile]) -> set[str]:
    by_version: dict[str, list[str]] = {}
    for file in files:
        by_version.setdefault(file.version, []).append(file.digest)
    with workspace.storage.reading() as session:
        found = (known_sources(session, version, digests) for version, digests in by_version.items())
        return set().union(*found)


def _unreadable(workspace: Workspace, path: Path, root: Path, error: OSError) -> Parked:
    names = KeptNames(workspace.components.redactor(), workspace.pseudonyms)
    code, cause, remedy = _explained(error)
    return Parked(
        stage="intake",
        source=names.file(path),
        code=code,
        message=cause,
        remedy=remedy,
        root=names.folder(root),
        path_key=names.path_key(path),
    )


def _explained(error: OSError) -> tuple[str, str, str]:
    if isinstance(error, FileNotFoundError):
        return (
            "not_found",
            "Pliku nie ma pod podaną ścieżką.",
            "Sprawdź ścieżkę i uruchom polecenie ponownie.",
        )
    if isinstance(error, PermissionError):
        return "unreadable", "Brak uprawnień do odczytu pliku.", "Nadaj prawo odczytu (chmod u+r) i ponów."
    if isinstance(error, IsADirectoryError):
        return (
            "not_a_file",
            "Folderu nie da się przejrzeć.",
            "Nadaj prawo odczytu folderu (chmod u+rx) i ponów.",
        )
    return "read_error", f"Nie udało się odczytać pliku ({type(error).__name__}).", "Sprawdź dysk i ponów."
