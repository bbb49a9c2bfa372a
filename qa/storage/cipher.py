"""Raw text and sound at rest: sealed with Fernet (AES-128-CBC and HMAC-SHA256) of the library cryptography.

A sealed file is a sequence of lines. Each is a Fernet token over the item's key, the line's number, whether
it is the last, and a block of content: lines cannot be moved between files, left out, or cut off unnoticed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from qa.errors import UsageProblem, UserError

KEY_VARIABLE = "ODSLUCH_KEY"
BLOCK = 1 << 20
_NUMBER_BYTES = 8
_LAST, _MORE = b"\1", b"\0"
NO_KEY = (
    "Przechowywanie surowych treści wymaga klucza szyfrowania: utwórz go poleceniem "
    "odsluch privacy new-key PLIK i wskaż w ustawieniu `key_file` albo podaj w zmiennej {variable}."
)
WRONG_KEY = (
    "Nie da się odszyfrować przechowanej treści: klucz jest inny niż ten, którym ją zapisano, albo plik jest "
    "uszkodzony. Przywróć właściwy klucz lub kopię zapasową."
)


class Cipher:
    """Seals with the first key and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise UsageProblem(
                "Klucz szyfrowania jest nieprawidłowy: utwórz nowy poleceniem odsluch privacy new-key PLIK."
            ) from error

    def seal(self, key: str, blocks: Iterable[bytes], path: Path) -> int:
        """Write ``blocks`` sealed to ``path``, whole or not at all; returns the bytes of content."""
        size = 0

        def lines(write: Callable[[bytes], object]) -> None:
            nonlocal size
            for number, (block, last) in enumerate(_marked(blocks)):
                size += len(block)
                head = key.encode() + number.to_bytes(_NUMBER_BYTES, "big") + (_LAST if last else _MORE)
                write(self._fernet.encrypt(head + block) + b"\n")

        write_whole(path, lines)
        return size

    def open(self, key: str, path: Path) -> Iterator[bytes]:
        """The blocks of a sealed file.

        Raises:
            UserError: none of the keys opens it, or it is damaged.
        """
        last = False
        head = len(key.encode()) + _NUMBER_BYTES
        with path.open("rb") as stream:
            for number, line in enumerate(stream):
                plain = self._plain(line.rstrip(b"\n"))
                if last or plain[:head] != key.encode() + number.to_bytes(_NUMBER_BYTES, "big"):
                    raise UserError(WRONG_KEY)
                last = plain[head : head + 1] == _LAST
                yield plain[head + 1 :]
        if not last:
            raise UserError(WRONG_KEY)

    def part(self, key: str, path: Path, start: int, stop: int) -> Iterator[bytes]:
        """The content from byte ``start`` up to ``stop``, in blocks; what lies before and after stays sealed.

        Only for what was sealed in blocks of ``BLOCK`` bytes, as :func:`file_blocks` cuts a file: their lines are
        equally long, so each is found without reading those before it.

        Raises:
            UserError: none of the keys opens it, or it is damaged.
        """
        head = len(key.encode()) + _NUMBER_BYTES
        line = _line_length(head + 1 + BLOCK)
        with path.open("rb") as stream:
            for number in range(start // BLOCK, -(-stop // BLOCK)):
                stream.seek(number * line)
                plain = self._plain(stream.read(line).rstrip(b"\n"))
                if plain[:head] != key.encode() + number.to_bytes(_NUMBER_BYTES, "big"):
                    raise UserError(WRONG_KEY)
                first = number * BLOCK
                yield plain[head + 1 :][max(0, start - first) : stop - first]

    def token(self, value: str) -> str:
        """``value`` sealed, to recognise the keys by later."""
        return self._fernet.encrypt(value.encode()).decode()

    def knows(self, value: str, token: str) -> bool:
        """Whether ``token`` is ``value`` sealed with one of these keys."""
        try:
            return self._fernet.decrypt(token.encode()) == value.encode()
        except InvalidToken:
            return False

    def _plain(self, token: bytes) -> bytes:
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise UserError(WRONG_KEY) from error


def _line_length(plain: int) -> int:
    """Bytes of a line whose token holds so many: Fernet pads to 16, adds 57 of its own, and writes base64."""
    token = 57 + (plain // 16 + 1) * 16
    return -(-token // 3) * 4 + 1


def _marked(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each block with whether it is the last; nothing at all is one empty block."""
    previous: bytes | None = None
    for block in blocks:
        if previous is not None:
            yield previous, False
        previous = block
    yield previous or b"", True


def write_whole(path: Path, write: Callable[[Callable[[bytes], object]], None]) -> None:
    """Write a file, readable by its owner only, aside and put it in place when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as stream:
            write(stream.write)
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(aside).unlink()
        raise


def file_blocks(path: Path) -> Iterator[bytes]:
    """A file's content in blocks."""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()


def keys_in(path: Path | None, environ: Mapping[str, str]) -> list[str]:
    """Keys from the environment or, one a line with the newest first, from the file; empty without any.

    Raises:
        UsageProblem: the file cannot be read, holds no key, or may be read by other people.
    """
    if environ.get(KEY_VARIABLE):
        return [key.strip() for key in environ[KEY_VARIABLE].split(",") if key.strip()]
    if path is None:
        return []
    try:
        if path.stat().st_mode & 0o077:
            raise UsageProblem("Plik klucza {path} mogą czytać inni: ogranicz prawa (chmod 600).", path=path)
        keys = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(
            "Nie można odczytać pliku klucza {path}: sprawdź ścieżkę i prawa dostępu.", path=path
        ) from error
    if not keys:
        raise UsageProblem(
            "Plik klucza {path} jest pusty: utwórz nowy poleceniem odsluch privacy new-key PLIK.", path=path
        )
    return keys


def write_keys(path: Path, keys: Sequence[str]) -> None:
    """Replace the key file, whole or not at all."""
    content = "".join(f"{key}\n" for key in keys).encode()

    def all_of_it(write: Callable[[bytes], object]) -> None:
        write(content)

    write_whole(path, all_of_it)
