"""Digests and pseudonyms: the same input always gives the same key, and nobody can guess back."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import UserError

KEY_FILE = "pseudonym.key"
KEY_BYTES = 32
BLOCK = 1 << 20
CUSTOMER, ORDER, CASE = "klient", "zamowienie", "sprawa"  # kinds of pseudonyms by which a person is found


def digest_of(*parts: str) -> str:
    """32 hexadecimal digits for a sequence of texts (where one ends counts)."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        state.update(len(raw).to_bytes(8, "big") + raw)
    return state.hexdigest()


def canonical(content: Any) -> str:
    """JSON in one form only, for digests."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of_files(paths: Iterable[Path]) -> str:
    """SHA-256 over the contents of files, in the order given; the size of each is part of it."""
    state = hashlib.sha256()
    for path in paths:
        size = 0
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                state.update(block)
        state.update(size.to_bytes(8, "big"))
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Keyed BLAKE2b: stable within one installation, meaningless without its key."""

    key: bytes

    def of(self, kind: str, value: str) -> str:
        """A pseudonym such as ``customer-3f2a9c...``; ``kind`` separates the name spaces."""
        state = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self.key, digest_size=12)
        state.update(b"\0" + kind.encode())
        return f"{kind}-{state.hexdigest()}"

    def digest(self, value: str) -> str:
        """A keyed digest (32 hexadecimal digits) of text that may hold personal data."""
        raw = value.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, key=self.key, digest_size=16).hexdigest()

    @property
    def check(self) -> str:
        """A value that tells keys apart without giving the key away."""
        return self.digest("odsluch:key-check")


def open_pseudonyms(folder: Path) -> Pseudonyms:
    """Read the key in ``folder``; make one, readable by its owner only, at first use."""
    path = folder / KEY_FILE
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UserError("Plik klucza {path} jest uszkodzony: przywróć go z kopii zapasowej.", path=path)
    return Pseudonyms(key)


def _make_key(path: Path) -> None:
    """Write aside and link, so that nobody ever sees half a key and the first of two writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return
    finally:
        Path(aside).unlink()
