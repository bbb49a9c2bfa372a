"""What a file really holds, told from its first bytes, and the encoding of Polish text."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from transcripts.reading import ReadingError, ReadOptions

AUDIO_KINDS = frozenset({"wav", "mp3", "ogg", "flac", "m4a"})
HEAD_BYTES = 4096

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF-", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_NAMES = {
    "zip": "archiwum ZIP lub dokument Office",
    "ole": "stary lub zaszyfrowany dokument Office",
    "pdf": "dokument PDF",
    "gzip": "archiwum gzip",
    "png": "obraz",
    "jpeg": "obraz",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"
_ASCII = bytes(range(128))
# Letters and signs that Polish business text really uses; a byte outside them speaks against the encoding.
_EXPECTED = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”“’‘–—…§€°«»×•±éáíöüäßčšžřôâçëÉÖÜÄŠŽ\xa0\xad")
_SAFE_SHARE = 0.95
_CHUNK = 1 << 20


def kind_of(head: bytes) -> str | None:
    """The kind of a binary file by its first bytes, None where it is no kind that we know."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0:
        return "mp3"  # frame sync, layer III, a bit rate that exists
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def head_of(path: Path) -> bytes:
    """The first bytes of the file."""
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def looks_binary(head: bytes) -> bool:
    """Whether these bytes cannot be the beginning of a text."""
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    controls = len(head) - len(head.translate(None, _CONTROL))
    return b"\0" in head or controls > len(head) * 0.02 or kind_of(head) is not None


def require_text(path: Path) -> bytes:
    """The first bytes of a file that must be text.

    Raises:
        ReadingError: it holds something else.
    """
    head = head_of(path)
    if not looks_binary(head):
        return head
    kind = kind_of(head)
    what = f"nagranie ({kind})" if kind in AUDIO_KINDS else _NAMES.get(kind or "", "dane binarne")
    message = f"Plik `{path.name}` nie jest tekstem: zawiera {what}."
    raise ReadingError("not_text", message, "Popraw rozszerzenie pliku albo wyeksportuj dane ponownie.")


def _candidate_share(counts: Mapping[int, int], encoding: str) -> float:
    total = sum(counts.values())
    good = sum(n for byte, n in counts.items() if bytes([byte]).decode(encoding, "replace") in _EXPECTED)
    return good / total


def guess_polish(counts: Mapping[int, int]) -> str | None:
    """Encoding of text that is not UTF-8, by how often each byte above 127 occurs; None when unsure."""
    shares = {name: _candidate_share(counts, name) for name in ("cp1250", "iso8859-2")}
    best = max(shares, key=lambda name: shares[name])  # on a tie cp1250: the two then give the same text
    return best if shares[best] >= _SAFE_SHARE else None


def high_bytes(data: bytes) -> Counter[int]:
    """How often each byte above 127 occurs."""
    return Counter(data.translate(None, _ASCII))


def decode_text(data: bytes, declared: str | None = None) -> str | None:
    """Text from bytes whose declared encoding may be missing or wrong; None when no reading is safe."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data, encoding)
    stated = _codec(declared)
    for candidate in (stated, "utf-8") if stated in _STATEFUL else ("utf-8",):
        text = _strictly(data, candidate) if candidate else None
        if text is not None:
            return text
    guess = guess_polish(high_bytes(data))
    if guess:
        return data.decode(guess, "replace")
    return _strictly(data, stated) if stated else None


_STATEFUL = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-7", "iso2022_jp"})


def _codec(name: str | None) -> str | None:
    try:
        return codecs.lookup(name).name if name else None
    except (LookupError, ValueError):
        return None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def text_encoding(path: Path, declared: str | None = None) -> str:
    """The encoding of a text file, after one pass over it in constant memory.

    Raises:
        ReadingError: the file is no text, or its encoding cannot be told safely.
    """
    head = require_text(path)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if declared:
        return _declared(path, declared)
    with path.open("rb") as stream:
        valid, counts = _survey(iter(lambda: stream.read(_CHUNK), b""))
    encoding_found = "utf-8" if valid else guess_polish(counts)
    if encoding_found is None:
        raise undecodable(path)
    return encoding_found


def _declared(path: Path, declared: str) -> str:
    encoding = _codec(declared)
    if encoding is None:
        remedy = "Podaj np. utf-8, windows-1250 albo iso-8859-2."
        raise ReadingError("bad_map", f"Mapa kolumn pliku `{path.name}` podaje nieznane kodowanie.", remedy)
    return encoding


def _survey(chunks: Iterable[bytes]) -> tuple[bool, Counter[int]]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, counts = True, Counter[int]()
    for chunk in chunks:
        counts.update(high_bytes(chunk))
        valid = valid and _accepts(decoder, chunk)
    return valid and _accepts(decoder, b"", final=True), counts


def _accepts(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def read_text(path: Path, options: ReadOptions) -> str:
    """A whole text file with line ends as ``\\n``.

    Raises:
        ReadingError: too large, no text, or of an unknown encoding.
    """
    require_size(path, options)
    encoding = text_encoding(path)
    try:
        text = path.read_bytes().decode(encoding, "strict" if encoding.startswith("utf") else "replace")
    except UnicodeError:
        raise undecodable(path) from None
    text = re.sub(r"\r\n?", "\n", text)
    if not text.strip():
        raise ReadingError(
            "empty_file", f"Plik `{path.name}` jest pusty.", "Sprawdź eksport i pobierz go ponownie."
        )
    return text


def require_size(path: Path, options: ReadOptions) -> None:
    """Refuse a file too large to be held in memory.

    Raises:
        ReadingError: it is larger than ``max_file_bytes``.
    """
    if path.stat().st_size > options.max_file_bytes:
        message = f"Plik `{path.name}` jest większy niż {options.max_file_bytes // 1_000_000} MB."
        raise ReadingError("too_large", message, "Podziel eksport na mniejsze pliki, np. po miesiącach.")


def undecodable(path: Path, line: int | None = None) -> ReadingError:
    """The error for text whose encoding cannot be told."""
    message = f"Kodowania znaków w pliku `{path.name}` nie da się pewnie rozpoznać."
    remedy = "Zapisz plik jako UTF-8, np. `iconv -f windows-1250 -t utf-8`."
    return ReadingError("bad_encoding", message, remedy, line=line)
