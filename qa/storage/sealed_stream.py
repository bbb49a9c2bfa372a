"""A sealed file to read from and to seek in, for programs that want a file: one block of it is open at a time."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from qa.storage.cipher import BLOCK
from qa.storage.vault import Vault

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class SealedStream(io.RawIOBase):
    """The content of an item of the vault, of ``size`` bytes, that was sealed from a file."""

    def __init__(self, vault: Vault, key: str, size: int) -> None:
        self._vault, self._key, self._size = vault, key, size
        self._at = 0
        self._number, self._block = -1, b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """Any place can be read next."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; returns it."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` from the block that holds the present place; 0 at the end."""
        number, within = divmod(self._at, BLOCK)
        if self._at >= self._size:
            return 0
        if number != self._number:
            stop = min((number + 1) * BLOCK, self._size)
            self._number, self._block = number, b"".join(self._vault.part(self._key, number * BLOCK, stop))
        target = memoryview(buffer)
        piece = self._block[within : within + len(target)]
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
