"""Where a tagger is written: never over a finished one unasked, and under a version that says what it was made of."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.manifest import MANIFEST
from models.store import ARTEFACTS
from nlp.artefact import ArtefactError

SHIPPED = "contact-tagger"
CARD = "CARD.md"


def check_target(target: Path, *, overwrite: bool) -> None:
    """That the tagger may be written into ``target``, found out before the long work.

    Raises:
        ArtefactError: no folder, not writable, or it holds another model or (without ``overwrite``) a finished tagger.
    """
    nearest = next(place for place in (target, *target.absolute().parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise ArtefactError(
            f"Nie można zapisać taggera w {target}: podaj w -o folder, do którego masz prawo zapisu."
        )
    held = _held(target)
    if held is None:
        return
    if "tagger" not in held:
        raise ArtefactError(f"W folderze {target} jest inny model: podaj w -o inny folder.")
    finished = bool(held["tagger"].get("calibration"))  # it comes last: without it the work is unfinished
    if finished and not overwrite:
        raise ArtefactError(
            f"W folderze {target} jest już gotowy tagger {_key(held)}: podaj w -o inny folder albo dodaj --overwrite, "
            "a zostanie zastąpiony."
        )


def outdated_card(target: Path) -> Path | None:
    """Where to put the card of the tagger that ``target`` holds, once another version takes its place."""
    held = _held(target)
    return target / f"CARD-{_key(held)}.md" if held and (target / CARD).exists() else None


def _held(target: Path) -> dict[str, Any] | None:
    """The manifest in the folder, or nothing; a folder with a model but without manifest holds another one."""
    try:
        found = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {} if (target / "config.json").exists() else None
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("tagger", {}), dict) else {}


def _key(manifest: Mapping[str, Any]) -> str:
    return f"{manifest.get('name')}@{manifest.get('version')}"


def version_of(manifest: Mapping[str, Any], base_revision: str) -> str:
    """The shipped version where data and recipe are those of the shipped tagger, else one by content.

    Args:
        manifest: name, base and training of the new tagger.
        base_revision: which files of the base were used, wherever they lie.
    """
    try:
        shipped = json.loads((ARTEFACTS / SHIPPED / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        shipped = {}
    if shipped and _same(manifest, shipped):
        return str(shipped["version"])
    made_of = json.dumps([base_revision, manifest["training"]], sort_keys=True)
    return f"own-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}"


def _same(manifest: Mapping[str, Any], shipped: Mapping[str, Any]) -> bool:
    mine, theirs = dict(manifest["training"]), dict(shipped["training"])
    if mine["start"] == _key(shipped) and not mine["recipe"]["epochs"]:
        # its encoder, and the same heads once more
        mine["recipe"] = {**theirs["recipe"], "seed": mine["recipe"]["seed"]}
        mine["start"] = theirs["start"]
    data = mine.pop("data_sha256"), theirs.pop("data_sha256")
    # the sums tell more of the examples that count; test writers make no tagger
    del mine["examples"], theirs["examples"]
    alike = all(data[0].get(part) == data[1][part] for part in data[1])
    names = [(one["name"], one["base"]) for one in (manifest, shipped)]
    return alike and mine == theirs and names[0] == names[1]
