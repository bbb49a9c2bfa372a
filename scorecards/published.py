"""Published versions never change: a lock file keeps the digest of each, so that an accidental change is noticed.

Evaluations name a version such as ``phone@1``; they can be compared only while it means the same. The lock file has
the form of ``sha256sum``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from scorecards.card import Scorecard
from scorecards.loader import parse_scorecard
from scorecards.reading import ScorecardError
from scorecards.shelf import ENDING, library_folder

LOCK = "published.lock"
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file in a folder of scorecards; the message is one Polish sentence with the remedy."""

    file: str
    message: str


def faults(
    folder: Traversable | None = None, *, reasons: Collection[str] | None = None
) -> tuple[list[str], list[Fault]]:
    """The keys of the cards in the folder (default: the shipped library), and what is wrong with it."""
    place = folder or library_folder()
    locked = _locked(place)
    keys: list[str] = []
    found: list[Fault] = []
    for file, content in _files(place).items():
        try:
            card = _card(file, content, reasons)
        except ScorecardError as error:
            found.append(Fault(file, error.message))
            continue
        keys.append(card.key)
        found += _of_card(card, file, content, locked)
    missing = sorted(set(locked) - set(_files(place)))
    found += [
        Fault(file, f"{file}: brakuje opublikowanej karty; przywróć plik z historii.") for file in missing
    ]
    return keys, found


def add(folder: Path) -> list[str]:
    """Enter published cards that are not in the lock file yet, and say which; nothing there changes.

    Raises:
        ScorecardError: a card cannot be read, or its file is not named after its key.
    """
    locked = dict(_locked(folder))
    new = []
    for file, content in _files(folder).items():
        card = _card(file, content, None)
        _check_name(card, file)
        if file in locked or card.status == "draft":
            continue
        locked[file] = _digest(content)
        new.append(card.key)
    if new:
        lines = (f"{digest}{_GAP}{file}\n" for file, digest in sorted(locked.items()))
        (folder / LOCK).write_text("".join(lines), encoding="utf-8")
    return new


def _of_card(card: Scorecard, file: str, content: bytes, locked: Mapping[str, str]) -> Iterator[Fault]:
    try:
        _check_name(card, file)
    except ScorecardError as error:
        yield Fault(file, error.message)
        return
    if file in locked and locked[file] != _digest(content):
        raised = f"{card.id}@{card.version + 1}{ENDING}"
        yield Fault(
            file,
            f"{file}: opublikowana wersja zmieniła się od zapisu w {LOCK}; przywróć plik, a zmianę zapisz jako {raised} "
            f"z polem „version: {card.version + 1}” (podnieś wersję).",
        )
    elif file not in locked and card.status == "published":
        yield Fault(
            file,
            f"{file}: karty nie ma w {LOCK}; dopisz ją poleceniem `odsluch scorecards check --add` "
            "albo oznacz polem „status: draft”.",
        )


def _check_name(card: Scorecard, file: str) -> None:
    if file != f"{card.key}{ENDING}":
        raise ScorecardError(
            f"{file}: plik karty {card.key} musi nazywać się {card.key}{ENDING}; zmień nazwę."
        )


def _card(file: str, content: bytes, reasons: Collection[str] | None) -> Scorecard:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScorecardError(
            f"{file}: plik nie jest zapisany jako UTF-8; zapisz go w tym kodowaniu."
        ) from error
    return parse_scorecard(text, file, reasons=reasons)


def _files(folder: Traversable) -> dict[str, bytes]:
    """The cards in the folder by file name."""
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return {e.name: e.read_bytes() for e in entries if e.name.endswith(ENDING) and e.is_file()}


def _locked(folder: Traversable) -> Mapping[str, str]:
    """Digest by file name, as the lock file has them.

    Raises:
        ScorecardError: the lock file is not in its form.
    """
    lock = folder.joinpath(LOCK)
    if not lock.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), 1):
        digest, gap, file = line.partition(_GAP)
        if not gap or len(digest) != 64 or file in found:
            raise ScorecardError(
                f"{LOCK}, wiersz {number}: oczekiwano skrótu SHA-256 i nazwy pliku; przywróć ten plik z historii."
            )
        found[file] = digest
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
