"""Models from the Hugging Face hub, only at a pinned revision: ``hf:owner/name@revision``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.manifest import ModelError

PREFIX = "hf:"
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_MOVING = frozenset({"", "main", "master", "head", "latest"})
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class HubModel:
    """A repository of the hub at one commit or tag."""

    repository: str
    revision: str


def parse(name: str) -> HubModel:
    """Read ``hf:owner/name@revision``.

    Raises:
        ModelError: no such form, or a revision that moves, such as ``main``.
    """
    repository, _, revision = name.removeprefix(PREFIX).partition("@")
    if not _NAME.fullmatch(repository):
        raise ModelError(f"Nazwa modelu {name!r} jest błędna: podaj ją jako hf:właściciel/nazwa@rewizja.")
    if revision.strip().lower() in _MOVING or revision.startswith("refs/"):
        raise ModelError(
            f"Model {PREFIX}{repository} wymaga stałej rewizji: dopisz po @ pełny skrót commitu albo tag "
            f"(gałąź, np. main, zmienia się w czasie)."
        )
    return HubModel(repository, revision.strip())


def fetch(model: HubModel, progress: Progress) -> Path:
    """The local snapshot folder, downloaded when it is not in the hub's own cache yet.

    Raises:
        ModelError: no network, no such repository or revision, no rights.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    progress(f"pobieranie {model.repository}@{model.revision[:12]}")
    try:
        return Path(snapshot_download(model.repository, revision=model.revision))
    except LocalEntryNotFoundError as error:
        remedy = "połącz się z siecią albo podaj ścieżkę do folderu z modelem."
        raise ModelError(f"Modelu {model.repository}@{model.revision} nie ma na dysku: {remedy}") from error
    except HFValidationError as error:
        raise ModelError(f"Hub nie przyjmuje nazwy {model.repository}: sprawdź pisownię.") from error
    except (HfHubHTTPError, OSError) as error:
        remedy = "sprawdź nazwę, rewizję, prawa dostępu (HF_TOKEN) i sieć."
        raise ModelError(f"Nie udało się pobrać {model.repository}@{model.revision}: {remedy}") from error
