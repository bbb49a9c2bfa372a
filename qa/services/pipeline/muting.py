"""Muted copies of recordings, one result for each file, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.ports import Components
from qa.services.pipeline.sound_redaction import SoundRedactor, StillHeard
from qa.services.workspace import Progress
from transcripts.audio import AudioError
from transcripts.reading import Fault, Recording


def mute_all(
    components: Components,
    paths: Sequence[Path],
    folder: Path,
    progress: Progress,
    *,
    beep: bool,
    suffix: str,
) -> Iterator[dict[str, Any]]:
    """Mute each recording into ``folder`` under its own name; an existing copy is never overwritten.

    A result holds ``source`` and ``message``, and either ``copy``, ``muted_seconds``, ``seconds`` and
    ``listened`` (how often the copy was listened to) or ``error``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in components.find_sources(paths):
        target = folder / f"{path.stem}{suffix}"
        try:
            yield {"source": path.name, **_muted(components, path, target, beep)}
        except AudioError as error:
            yield _failed(path, error.code, str(error))
        except StillHeard as error:
            yield _failed(path, "sound_not_redacted", str(error))
        progress.advance(1)


def _failed(path: Path, code: str, message: str) -> dict[str, Any]:
    return {"source": path.name, "error": code, "message": message}


def _muted(components: Components, path: Path, target: Path, beep: bool) -> dict[str, Any]:
    record = next(iter(components.read_source(path)), None)
    if isinstance(record, Fault):
        raise AudioError(record.code, record.message, record.remedy)
    if not isinstance(record, Recording):
        raise AudioError(
            "not_audio", f"Plik {path.name} nie jest nagraniem.", "Podaj wav, mp3, ogg, flac lub m4a."
        )
    if target.exists():
        raise AudioError(
            "copy_exists", f"Kopia {target} już istnieje.", "Usuń ją albo podaj inny folder w -o."
        )
    transcriber = components.transcriber()
    redactor = SoundRedactor(transcriber, components.redactor())
    done = redactor.redact(record, transcriber.transcribe(record), target, beep=beep)
    return {
        "copy": str(target),
        "muted_seconds": round(done.seconds, 2),
        "seconds": round(done.duration, 2),
        "listened": done.rounds,
        "message": f"{target}: wyciszono {done.seconds:.1f} z {done.duration:.1f} s; "
        f"przesłuchań kopii: {done.rounds}, wróciło danych: 0.",
    }
