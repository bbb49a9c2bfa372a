"""Recordings to conversations for the filter ``transcribe``: one result for each file, whatever is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.errors import is_disk_full
from qa.filters import Problem
from qa.ports import Components
from transcripts.audio import AudioError
from transcripts.reading import Fault, Record, Recording
from transcripts.serialise import conversation_to_dict


def recordings(components: Components, paths: Sequence[Path]) -> list[Record]:
    """What the files hold, in the order given; a file that is no recording gives a fault."""
    return [
        _checked(path, record)
        for path in components.find_sources(paths)
        for record in _first(components, path)
    ]


def _first(components: Components, path: Path) -> Iterator[Record]:
    """A recording gives one record; of another file the first is enough to refuse it."""
    for record in components.read_source(path):
        yield record
        return


def _checked(path: Path, record: Record) -> Record:
    if isinstance(record, Recording | Fault):
        return record
    remedy = "Podaj plik wav, mp3, ogg, opus, flac lub m4a."
    return Fault(str(path), None, None, "not_audio", f"Plik `{path.name}` nie jest nagraniem.", remedy)


def transcriptions(
    components: Components, records: Iterable[Record], progress: Callable[[float], None]
) -> Iterator[dict[str, Any] | Problem]:
    """A conversation or a problem for each record; a problem's ``line`` is the place among the files."""
    for number, record in enumerate(records, 1):
        if isinstance(record, Recording):
            yield _transcribed(components, number, record, progress)
        elif isinstance(record, Fault):
            yield Problem(number, record.code, f"{record.message} {record.remedy}", record.id)


def _transcribed(
    components: Components, number: int, recording: Recording, progress: Callable[[float], None]
) -> dict[str, Any] | Problem:
    identifier = recording.conversation.id
    transcriber = components.transcriber()
    try:
        return conversation_to_dict(transcriber.transcribe(recording, progress))
    except AudioError as error:
        return Problem(number, error.code, f"{error.message} {error.remedy}", identifier)
    except Exception as error:  # one recording must not stop the others
        if is_disk_full(error):
            raise
        message = f"Nieoczekiwany błąd ({type(error).__name__}): zgłoś go, podając wersję (odsluch version)."
        return Problem(number, "transcription_failed", message, identifier)
