"""What a model folder must hold: files with sha256 and size, source, licence, labels.

Manifests of derived models lie in git (``models/manifests/NAME.json``), so a build that comes out
otherwise than the one that was measured is noticed. A full check reads every byte; a stamp beside the
files remembers it until a size or time of change differs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
STAMP = ".verified.json"


class ModelError(RuntimeError):
    """A model that cannot be used: one Polish sentence with the cause and the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What one file must be."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model's files and origin.

    ``sources`` maps packages to the versions that the figures were measured with; ``facts`` keeps
    everything else that the manifest says (base, labels, thresholds, metrics, data hash).
    """

    name: str
    revision: str
    files: Mapping[str, ModelFile]
    licence: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def load_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ModelError: not JSON, or without the list of files.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        files = {n: ModelFile(str(f["sha256"]), int(f["size"])) for n, f in raw["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"Manifest modelu {path} jest uszkodzony: przywróć go z repozytorium.") from error
    known = {"name", "revision", "files", "license", "sources"}
    return Manifest(
        name=str(raw.get("name", path.parent.name)),
        revision=str(raw.get("revision", "")),
        files=files,
        licence=str(raw.get("license", "")),
        sources=raw.get("sources", {}),
        facts={key: value for key, value in raw.items() if key not in known},
    )


def sha256(path: Path) -> str:
    """Hash of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(folder: Path, stamp: Path | None = None) -> dict[str, ModelFile]:
    """Every file of a model folder with its hash, by path relative to the folder; hidden files left out.

    With a ``stamp``, only files that changed since it was written are hashed again.
    """
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    inside = {p.relative_to(folder).as_posix(): p for p in paths}
    visible = {n: p for n, p in inside.items() if not any(part.startswith(".") for part in n.split("/"))}
    known = (_remembered(stamp) if stamp else None) or {}
    state = {n: _state(p, known.get(n)) for n, p in visible.items() if n != MANIFEST}
    if stamp and state != known:
        _remember(stamp, state)
    return {name: ModelFile(digest, size) for name, (digest, size, _changed) in state.items()}


def _state(path: Path, known: list[Any] | None) -> list[Any]:
    """Hash, size and time of change; the hash is taken from ``known`` where the others are the same."""
    found = path.stat()
    same = known is not None and known[1:] == [found.st_size, found.st_mtime_ns]
    return [known[0] if same and known else sha256(path), found.st_size, found.st_mtime_ns]


def verify(folder: Path, files: Mapping[str, ModelFile], *, stamp: Path, remedy: str) -> None:
    """Check that ``folder`` holds ``files`` as they should be; fast when nothing changed since the last time.

    Raises:
        ModelError: a file is missing or damaged; the sentence ends with ``remedy``.
    """
    state = {}
    for name, wanted in files.items():
        try:
            found = (folder / name).stat()
        except OSError as error:
            raise ModelError(f"W modelu {folder} brakuje pliku {name}: {remedy}") from error
        if found.st_size != wanted.size:
            raise ModelError(f"Plik {name} modelu {folder} jest uszkodzony (inny rozmiar): {remedy}")
        state[name] = [wanted.sha256, found.st_size, found.st_mtime_ns]
    if _remembered(stamp) == state:
        return
    for name, wanted in files.items():
        if sha256(folder / name) != wanted.sha256:
            raise ModelError(f"Plik {name} modelu {folder} jest uszkodzony (inna suma sha256): {remedy}")
    _remember(stamp, state)


def _remembered(stamp: Path) -> dict[str, list[Any]] | None:
    try:
        state = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def _remember(stamp: Path, state: Mapping[str, Any]) -> None:
    """Without the stamp the next check is slow, not wrong: a read-only place is no error."""
    with suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        part = stamp.with_name(f"{stamp.name}.{os.getpid()}")
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(stamp)
