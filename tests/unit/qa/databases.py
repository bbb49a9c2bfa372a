"""A database of the newest schema, migrated once in a test run: migrating one takes longer than most tests."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.storage.database import Storage, open_storage
from qa.storage.digests import Pseudonyms

KEYS = Pseudonyms(b"k" * 32)


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="odsluch-tests-")  # removed when the run ends


@cache
def migrated() -> Path:
    """A database without rows, to be copied; closed it is one file, and a copy of that file is all of it."""
    path = Path(_folder().name) / "empty.db"
    open_storage(f"sqlite:///{path}").close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    return path


def empty_storage(folder: Path, name: str = "t.db") -> Storage:
    """A database without rows in this folder, opened."""
    folder.mkdir(parents=True, exist_ok=True)
    return keyed(open_storage(f"sqlite:///{shutil.copyfile(migrated(), folder / name)}"))


def keyed(storage: Storage) -> Storage:
    """With the key of the tests, as a workspace would give its own: without one nothing can be written to the log."""
    storage.pseudonyms = KEYS
    return storage
