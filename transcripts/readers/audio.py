"""Recordings: told by suffix and content, described by a sidecar; decoding is another stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from transcripts.readers.companions import AUDIO_SUFFIXES, with_sidecar
from transcripts.readers.content import AUDIO_KINDS, head_of, kind_of, looks_binary
from transcripts.readers.identity import file_id
from transcripts.reading import ReadingError, ReadOptions, Record, Recording

_SMALLEST = 64  # bytes; no format fits one sample and its headers into less


class AudioReader:
    """wav, mp3, ogg (Opus, Vorbis), flac and m4a; one :class:`Recording` for each file."""

    name = "audio"
    version = "1"

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in AUDIO_SUFFIXES or kind_of(head_of(path)) in AUDIO_KINDS

    def read(self, path: Path, options: ReadOptions) -> Iterator[Record]:
        _require_audio(path)
        fallback = {"id": file_id("call", path), "channel": options.channel or "phone"}
        yield Recording(path, with_sidecar(path, fallback, [], options))


def _require_audio(path: Path) -> None:
    head = head_of(path)
    # An mp3 may begin with padding before its first frame: only text, or another known kind, is refused.
    kind = kind_of(head) or ("mp3" if path.suffix.lower() == ".mp3" and b"\xff\xfb" in head else None)
    if kind not in AUDIO_KINDS:
        what = "inny rodzaj pliku" if kind else "dane nieznanego rodzaju" if looks_binary(head) else "tekst"
        message = f"Plik `{path.name}` nie jest nagraniem: zawiera {what}."
        raise ReadingError("not_audio", message, "Pobierz nagranie ponownie albo popraw rozszerzenie.")
    if len(head) < _SMALLEST:
        message = f"Nagranie `{path.name}` jest urwane: ma tylko {len(head)} bajtów."
        raise ReadingError("truncated_audio", message, "Pobierz nagranie ponownie.")
