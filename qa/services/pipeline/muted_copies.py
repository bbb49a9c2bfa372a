"""Muted copies of recordings, one result for each file, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.ports import Components
from qa.services.names import KeptNames
from qa.services.pipeline.sound_redaction import CopyTaken, SoundRedactor, StillHeard, check_free
from qa.services.workspace import Progress
from transcripts.audio import AudioError
from transcripts.reading import Fault, Recording

RENAMED = " Nazwę zastąpiono, bo mogła zawierać dane osobowe; z którego nagrania jest kopia, podaje --json."
_DIGEST = 8  # digits that tell recordings of the same name apart


@dataclass(slots=True)
class CopyNames:
    """Names of copies in ``folder``: those of the recordings without personal data, each given away once."""

    names: KeptNames
    folder: Path
    suffix: str
    _given: set[str] = field(default_factory=set)

    def target(self, path: Path) -> Path:
        """Where the copy of the recording ``path`` goes.

        A name that another recording had before it, from another folder, is told apart by a digest of the path.
        """
        stem = Path(self.names.file(path)).stem
        if stem in self._given:
            stem = f"{stem}-{self.names.path_key(path)[:_DIGEST]}"
        self._given.add(stem)
        return self.folder / f"{stem}{self.suffix}"


def mute_all(
    components: Components, paths: Sequence[Path], names: CopyNames, progress: Progress, *, beep: bool
) -> Iterator[dict[str, Any]]:
    """Mute each recording into the folder of ``names``; an existing copy is never overwritten.

    A result holds ``source`` and ``message``, and either ``copy``, ``muted_seconds``, ``seconds`` and
    ``listened`` (how often the copy was listened to) or ``error``.
    """
    names.folder.mkdir(parents=True, exist_ok=True)
    for path in components.find_sources(paths):
        try:
            yield {"source": path.name, **_muted(components, path, names, beep)}
        except AudioError as error:
            yield _failed(path, error.code, str(error))
        except StillHeard as error:
            yield _failed(path, "sound_not_redacted", str(error))
        except CopyTaken as error:
            yield _failed(path, "copy_exists", str(error))
        progress.advance(1)


def _failed(path: Path, code: str, message: str) -> dict[str, Any]:
    return {"source": path.name, "error": code, "message": message}


def _muted(components: Components, path: Path, names: CopyNames, beep: bool) -> dict[str, Any]:
    recording = _recording(components, path)
    target = names.target(path)
    check_free(target)  # said before the work begins
    transcriber = components.transcriber()
    redactor = SoundRedactor(transcriber, components.redactor())
    done = redactor.redact(recording, transcriber.transcribe(recording), target, beep=beep)
    return {
        "copy": str(target),
        "muted_seconds": round(done.seconds, 2),
        "seconds": round(done.duration, 2),
        "listened": done.rounds,
        "message": f"{target}: wyciszono {done.seconds:.1f} z {done.duration:.1f} s; "
        f"przesłuchań kopii: {done.rounds}, wróciło danych: 0."
        + ("" if names.names.is_plain(path.stem) else RENAMED),
    }


def _recording(components: Components, path: Path) -> Recording:
    record = next(iter(components.read_source(path)), None)
    if isinstance(record, Fault):
        raise AudioError(record.code, record.message, record.remedy)
    if not isinstance(record, Recording):
        raise AudioError(
            "not_audio", f"Plik {path.name} nie jest nagraniem.", "Podaj wav, mp3, ogg, flac lub m4a."
        )
    return record
