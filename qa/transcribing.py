"""Recordings to conversations for the filter ``transcribe``: one result for each file, whatever is in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.filters import Problem, with_written
from qa.ports import Components
from qa.services.pipeline.hearing import heard
from transcripts.audio import AudioError
from transcripts.conversation import Conversation
from transcripts.reading import Fault, Record, Recording
from transcripts.serialise import conversation_to_dict
from transcripts.word_times import without_words


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
    components: Components,
    records: Sequence[Record],
    progress: Callable[[float], None],
    *,
    words: bool = False,
) -> Iterator[dict[str, Any] | Problem]:
    """A conversation or a problem for each record; a problem's ``line`` is the place among the files.

    ``words`` keeps the time of every word in the metadata.
    """
    found = [record for record in records if isinstance(record, Recording)]
    answers = heard(components, found, progress)
    for number, record in enumerate(records, 1):
        if isinstance(record, Recording):
            yield _answer(number, record.conversation.id, next(answers), words=words)
        elif isinstance(record, Fault):
            yield Problem(number, record.code, f"{record.message} {record.remedy}", record.id)


def _answer(
    number: int, identifier: str, answer: Conversation | Exception, *, words: bool
) -> dict[str, Any] | Problem:
    if isinstance(answer, Conversation):
        if not words:
            answer = dataclasses.replace(answer, metadata=without_words(answer.metadata))
        return with_written(conversation_to_dict(answer))
    if isinstance(answer, AudioError):
        return Problem(number, answer.code, f"{answer.message} {answer.remedy}", identifier)
    message = f"Nieoczekiwany błąd ({type(answer).__name__}): zgłoś go, podając wersję (odsluch version)."
    return Problem(number, "transcription_failed", message, identifier)
