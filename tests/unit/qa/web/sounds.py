"""A short recording in the vault, for tests of what plays it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from qa.services.workspace import Workspace, open_vault
from qa.storage.cipher import file_blocks
from qa.storage.vault import Sealed, keep_sealed, path_of
from transcripts.audio import RATE
from transcripts.muting import write_recording


def seal_sound(workspace: Workspace, conversation_id: str, seconds: float = 40.0, channels: int = 2) -> str:
    """Keep a recording in which the left channel is loud in each first half of ten seconds, the right in the second.

    Returns the key of the item; the workspace needs a key for its vault.
    """
    times = np.arange(int(seconds * RATE)) / RATE
    sound = 9_000 * np.sin(2 * np.pi * 300 * times)
    sides = [(sound * (times % 10 < 5)).astype(np.int16), (sound * (times % 10 >= 5)).astype(np.int16)]
    item = Sealed("redacted_audio", conversation_id, ".ogg", "2026-11-02T08:00:00+00:00", "d")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ogg"
        write_recording(sides[:channels], path)
        size = open_vault(workspace).put(item, file_blocks(path))
    with workspace.storage.writing() as session:
        keep_sealed(session, [Sealed(item.kind, conversation_id, ".ogg", item.dated, "d", size)])
    return item.key


def sealed_file(workspace: Workspace, key: str) -> Path:
    """Where the recording lies."""
    return path_of(workspace.settings.data_dir / "vault", key)
