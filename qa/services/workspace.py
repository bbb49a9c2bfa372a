"""What every service works with, and the rule that one run at a time writes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qa.errors import UsageProblem, UserError
from qa.ports import Components
from qa.settings import Settings
from qa.storage.cipher import KEY_VARIABLE, NO_KEY, WRONG_KEY, Cipher, keys_in
from qa.storage.database import Storage
from qa.storage.digests import Pseudonyms
from qa.storage.tables import MarkRow
from qa.storage.vault import Vault

LOCK_FILE = "run.lock"
KEY_MARK = "pseudonym_key"
VAULT_MARK = "vault_key"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings, storage and components of one process."""

    settings: Settings
    storage: Storage
    components: Components
    pseudonyms: Pseudonyms

    def __post_init__(self) -> None:
        # services have a session only, and what they write to the audit log is named by the key
        self.storage.pseudonyms = self.pseudonyms


class Progress(Protocol):
    """Told how far the work is."""

    def stage(self, name: str, total: int) -> None:
        """A stage with ``total`` items begins."""

    def advance(self, items: int) -> None:
        """So many items more are done."""

    def within(self, seconds: float) -> None:
        """So many seconds of the recordings under way are done."""


class Unwatched:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def advance(self, items: int) -> None:
        """Say nothing."""

    def within(self, seconds: float) -> None:
        """Say nothing."""


def open_cipher(workspace: Workspace) -> Cipher:
    """The cipher of the configured keys.

    Raises:
        UsageProblem: there is no key.
        UserError: the keys are not those with which this database's vault began.
    """
    keys = keys_in(workspace.settings.key_file, os.environ)
    if not keys:
        raise UsageProblem(NO_KEY, variable=KEY_VARIABLE)
    cipher = Cipher(keys)
    with workspace.storage.reading() as session:
        mark = session.get(MarkRow, VAULT_MARK)
        known = mark.value if mark else _mark_vault(workspace, cipher)
    if not cipher.knows(VAULT_MARK, known):
        raise UserError(WRONG_KEY)
    return cipher


def _mark_vault(workspace: Workspace, cipher: Cipher) -> str:
    """Keep by which key the vault began. Only its very first opening writes: listening need not wait for a run."""
    with workspace.storage.writing() as session:
        mark = session.get(MarkRow, VAULT_MARK) or MarkRow(name=VAULT_MARK, value=cipher.token(VAULT_MARK))
        session.add(mark)
        return mark.value


def open_vault(workspace: Workspace) -> Vault:
    """The vault with the configured keys; raises as :func:`open_cipher`."""
    return Vault(workspace.settings.data_dir, open_cipher(workspace))


def check_key(storage: Storage, pseudonyms: Pseudonyms) -> None:
    """Refuse a key that is not the one with which this database began.

    Raises:
        UserError: with another key, the same customer would get another pseudonym.
    """
    with storage.writing() as session:
        mark = session.get(MarkRow, KEY_MARK)
        if mark is None:
            session.add(MarkRow(name=KEY_MARK, value=pseudonyms.check))
        elif mark.value != pseudonyms.check:
            raise UserError(
                "Klucz pseudonimów w folderze danych nie pasuje do tej bazy: "
                "przywróć plik pseudonym.key, z którym ją założono."
            )


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Hold the run lock of ``folder``; the system lets it go when the process ends, however it ends.

    Raises:
        UserError: another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                "Inne polecenie odsluch pracuje właśnie w folderze {folder}: poczekaj, aż skończy.",
                folder=folder,
            ) from error
        yield
