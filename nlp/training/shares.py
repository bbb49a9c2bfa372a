"""Who teaches, who calibrates and who measures: ``splits.json``, or a stable hash where there is none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from nlp.training.records import ExampleError

SPLITS = ("train", "dev", "test")
FILE = "splits.json"
LEAST_CONTACTS = 5  # in train and in dev; fewer than these calibrate nothing
LEAST_WRITERS = 3  # one for each part
HASHED = ("dev", "test", *("train",) * 8)
DEALT = ("train", "dev", "test", "train", "train", "train")


def read_splits(folder: Path) -> dict[str, list[str]]:
    """Which writer belongs to which split: ``splits.json`` beside the examples; nothing if there is none.

    Raises:
        ExampleError: the file is not of that form, or has a writer in two parts.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    remedy = 'zapisz go jako {"train": ["a"], "dev": ["b"], "test": ["c"]} albo usuń, a podział zrobi skrót.'
    try:
        splits = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ExampleError(f"{FILE}, wiersz {error.lineno}: niepoprawny JSON; {remedy}") from error
    except (OSError, ValueError) as error:
        raise ExampleError(f"{FILE}: nie można odczytać pliku ({type(error).__name__}); {remedy}") from error
    if not isinstance(splits, dict) or not splits or not all(map(_writers, splits.values())):
        raise ExampleError(f"{FILE}: oczekiwano list piszących w częściach {', '.join(SPLITS)}; {remedy}")
    if unknown := sorted(set(splits) - set(SPLITS)):
        raise ExampleError(f"{FILE}: nieznana część `{unknown[0]}`; dozwolone: {', '.join(SPLITS)}.")
    listed = [writer for writers in splits.values() for writer in set(writers)]
    if twice := sorted({writer for writer in listed if listed.count(writer) > 1}):
        raise ExampleError(f"{FILE}: piszący `{twice[0]}` jest w dwóch częściach; zostaw go w jednej.")
    return splits


def _writers(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(writer, str) for writer in value)


def hashed(contacts: Mapping[str, int]) -> dict[str, str]:
    """The part of each unit by its hash alone, so that new units move none of the old.

    Args:
        contacts: how many contacts with a reason each unit (a writer or a text) has.
    """
    return {unit: HASHED[int(_digest(unit), 16) % len(HASHED)] for unit in contacts}


def dealt(contacts: Mapping[str, int]) -> dict[str, str]:
    """The part of each unit in turn, in the order of their hashes: no part stays empty where units are few."""
    order = sorted(contacts, key=lambda unit: (contacts[unit] == 0, _digest(unit)))
    return {unit: DEALT[i % len(DEALT)] for i, unit in enumerate(order)}


def enough(parts: Mapping[str, str], contacts: Mapping[str, int]) -> bool:
    """Whether each part has the contacts that it needs."""
    count = {name: sum(contacts[unit] for unit in parts if parts[unit] == name) for name in SPLITS}
    return min(count["train"], count["dev"]) >= LEAST_CONTACTS and count["test"] > 0


def _digest(unit: str) -> str:
    return hashlib.sha256(unit.encode()).hexdigest()
