"""Where scorecards lie: the shipped library and users' files, as text with a name for refusals."""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from scorecards.card import DRAFT_MARK
from scorecards.reading import ScorecardError

MOST_BYTES = 1_000_000
ENDING = ".yaml"
KEY = re.compile(rf"(?P<id>[a-z][a-z0-9_]*)(@(?P<version>\d+)(?P<draft>{DRAFT_MARK})?)?")


def available(*, drafts: bool = False) -> list[str]:
    """Keys of the shipped scorecards, such as ``phone@1``; drafts, such as ``phone@2-draft``, only where asked for."""
    keys = sorted(_library(), key=order)
    return [key for key in keys if drafts or not key.endswith(DRAFT_MARK)]


def order(key: str) -> tuple[str, int, bool]:
    """What keys are sorted by: id, version as a number, a draft before what is published."""
    name, _, version = key.partition("@")
    return name, int(version.removesuffix(DRAFT_MARK)), not key.endswith(DRAFT_MARK)


def text_of(source: str | Path) -> tuple[str, str]:
    """The text of a scorecard and the name of its file, by key (``phone``: newest published version) or path.

    Raises:
        ScorecardError: there is none, or the file cannot be read.
    """
    if isinstance(source, str) and KEY.fullmatch(source):
        shipped = _shipped(source)
        return shipped.read_text(encoding="utf-8"), shipped.name
    return read_file(Path(source)), str(source)


def library_folder() -> Traversable:
    """The folder of the shipped scorecards."""
    return resources.files("scorecards").joinpath("library")


def _library() -> dict[str, Traversable]:
    entries = (entry for entry in library_folder().iterdir() if entry.name.endswith(ENDING))
    return {entry.name.removesuffix(ENDING): entry for entry in entries}


def _shipped(name: str) -> Traversable:
    library = _library()
    published = [key for key in available() if name in (key, key.partition("@")[0])]
    found = name if name in library else published[-1] if published else None
    if found is not None:
        return library[found]
    if f"{name}{DRAFT_MARK}" in library:
        raise ScorecardError(f"Karta „{name}” jest szkicem; aby jej użyć, podaj „{name}{DRAFT_MARK}”.")
    listed = ", ".join(available())
    raise ScorecardError(
        f"Nie ma karty „{name}” w bibliotece; dostępne karty: {listed}, albo podaj ścieżkę pliku."
    )


def read_file(path: Path, what: str = "kartę oceny") -> str:
    """The text of a user's file; ``what`` says in Polish what it should hold.

    Raises:
        ScorecardError: it cannot be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScorecardError(f"{path}: plik jest za duży na {what}; podaj plik YAML do 1 MB.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ScorecardError(f"{path}: nie ma takiego pliku; sprawdź ścieżkę lub nazwę.") from error
    except UnicodeDecodeError as error:
        raise ScorecardError(
            f"{path}: plik nie jest zapisany jako UTF-8; zapisz go w tym kodowaniu."
        ) from error
    except OSError as error:
        raise ScorecardError(
            f"{path}: pliku nie można odczytać; sprawdź uprawnienia i czy to nie folder."
        ) from error
