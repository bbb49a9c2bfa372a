"""Input from a file or standard input, output to a file (whole or not at all) or standard output."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from qa.errors import UsageProblem

STANDARD = "-"


@contextmanager
def reading(name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of standard input for ``-``.

    Raises:
        UsageProblem: there is no such file or it cannot be opened.
    """
    if name == STANDARD:
        yield sys.stdin.buffer
        return
    path = Path(name)
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise UsageProblem(f"Nie ma pliku {name}: sprawdź ścieżkę.") from error
    except IsADirectoryError as error:
        raise UsageProblem(f"{name} jest folderem: podaj plik JSON Lines.") from error
    except PermissionError as error:
        raise UsageProblem(f"Brak prawa odczytu pliku {name}: nadaj je (chmod u+r).") from error
    with stream:
        yield stream


@contextmanager
def writing(name: str | None) -> Iterator[IO[bytes]]:
    """Where output goes: standard output, or a file that appears only when all of it is written.

    Raises:
        UsageProblem: the file's folder does not exist or must not be written to.
    """
    if name is None or name == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    if path.exists() and not path.is_file():  # a pipe or device cannot be replaced
        if path.is_dir():
            raise UsageProblem(f"{name} jest folderem: podaj plik dla -o.")
        with path.open("wb") as stream:
            yield stream
        return
    with _aside(path) as stream:
        yield stream


@contextmanager
def saving(path: Path | None) -> Iterator[Callable[[object], None]]:
    """Writes a report as JSON to a file, or nowhere; that it cannot be written is found out before the long work.

    Raises:
        UsageProblem: the file's folder does not exist or must not be written to.
    """
    if path is None:
        yield lambda content: None
        return
    with writing(str(path)) as stream:
        yield lambda content: _put(stream, content)


def _put(stream: IO[bytes], content: object) -> None:
    stream.write(json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")


@contextmanager
def _aside(path: Path) -> Iterator[IO[bytes]]:
    target = path.resolve()
    try:
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:80]}-")
    except FileNotFoundError as error:
        raise UsageProblem(f"Nie ma folderu {target.parent}: utwórz go albo popraw -o.") from error
    except PermissionError as error:
        raise UsageProblem(f"Brak prawa zapisu w folderze {target.parent}: popraw -o.") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(aside).chmod(_usual_mode(target))
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _usual_mode(target: Path) -> int:
    """The mode of the file that is replaced, or what a new file would get."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
