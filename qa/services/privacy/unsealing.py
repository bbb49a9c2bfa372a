"""Opening the vault, each time with an entry in the audit log, and changing its key."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from qa.errors import UsageProblem, UserError
from qa.services.workspace import VAULT_MARK, Workspace, only_run, open_vault
from qa.storage.audit import mark_of, record
from qa.storage.cipher import KEY_VARIABLE, Cipher, keys_in, new_key, write_keys
from qa.storage.tables import MarkRow, SealedRow
from qa.storage.vault import sealed_of

NO_REASON = "Podaj powód słowami w --reason, np. numer reklamacji: trafia do dziennika."
KEY_IN_VARIABLE = (
    "Nie można wymienić klucza, gdy ustawiona jest zmienna {variable}: zapisz klucz z niej w pliku (chmod 600), wskaż "
    "plik w ustawieniu `key_file`, usuń zmienną i uruchom rotate-key ponownie."
)


def reveal(workspace: Workspace, conversation_id: str, actor: str, reason: str) -> dict[str, Any]:
    """The original text of a conversation, with the places that redaction replaces.

    The opening is entered in the audit log, its reason without personal data, before anything is shown.

    Raises:
        UsageProblem: the reason has no word and no number.
        UserError: there is no original of this conversation, or no right key.
    """
    if not any(letter.isalnum() for letter in reason):
        raise UsageProblem(NO_REASON)
    vault = open_vault(workspace)
    with workspace.storage.reading() as session:
        rows = [r for r in sealed_of(session, [conversation_id]) if r.kind == "raw_text"]
    if not rows:
        raise UserError(
            f"Nie ma oryginału rozmowy {conversation_id}: nie był przechowywany albo minął jego termin."
        )
    plain = workspace.components.redactor().redact_text(reason.strip())  # people write names into reasons
    with workspace.storage.writing() as session:
        record(session, actor, "reveal", mark_of(session, conversation_id), {"reason": plain})
    content: dict[str, Any] = json.loads(b"".join(vault.read(rows[-1].key)))
    return content


def rotate(workspace: Workspace, actor: str, progress: Callable[[int, int], None]) -> int:
    """Seal everything with a new key and forget the old ones; returns the number of items.

    The new key is written in front of the old ones first: interrupted at any moment, the file opens
    everything, and rotating again finishes the work.

    Raises:
        UsageProblem: the key is not in a file that can be read, or also in the environment, which would go before it.
        UserError: the file's keys do not open the vault; nothing is changed.
    """
    path = _key_file(workspace)
    with only_run(workspace.settings.data_dir):
        vault = open_vault(workspace)
        fresh = new_key()
        old = keys_in(path, {})
        write_keys(path, [fresh, *old])
        cipher = Cipher([fresh, *old])
        keys = _all_keys(workspace)
        for number, key in enumerate(keys, 1):
            vault.cipher = cipher
            vault.reseal(key, cipher)
            progress(number, len(keys))
        only_new = Cipher([fresh])
        with workspace.storage.writing() as session:
            session.merge(MarkRow(name=VAULT_MARK, value=only_new.token(VAULT_MARK)))
            record(session, actor, "rotate-key", None, {"items": len(keys)})
        write_keys(path, [fresh])
    return len(keys)


def _key_file(workspace: Workspace) -> Path:
    if os.environ.get(KEY_VARIABLE):
        raise UsageProblem(KEY_IN_VARIABLE, variable=KEY_VARIABLE)
    path = workspace.settings.key_file
    if path is None:
        raise UsageProblem("Wymiana klucza wymaga klucza w pliku: wskaż go w ustawieniu `key_file`.")
    return path


def _all_keys(workspace: Workspace) -> list[str]:
    with workspace.storage.reading() as session:
        return list(session.scalars(select(SealedRow.key).order_by(SealedRow.key)))


def make_key_file(path: Path) -> None:
    """A new key in a new file that only its owner may read.

    Raises:
        UserError: the file is there already; overwriting it could lock the vault for ever.
    """
    if path.exists():
        raise UserError(f"Plik {path} już istnieje: wybierz inną nazwę albo wymień klucz (rotate-key).")
    write_keys(path, [new_key()])
