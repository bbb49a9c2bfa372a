"""Parts of sealed files, and what is worked out from them and kept beside them."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from qa.errors import UserError
from qa.storage.cipher import BLOCK, Cipher, file_blocks, new_key
from qa.storage.database import open_storage
from qa.storage.sealed_stream import SealedStream
from qa.storage.vault import Sealed, Vault, drop, keep_sealed, path_of, strays

SIZE = 2 * BLOCK + 1000
ITEM = Sealed("redacted_audio", "c-1", ".ogg", "2026-11-02T08:00:00+00:00", "d")


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(SIZE)


@pytest.fixture
def vault(tmp_path: Path, content: bytes) -> Vault:
    """One item of two whole blocks and a bit."""
    (tmp_path / "x").write_bytes(content)
    vault = Vault(tmp_path, Cipher([new_key()]))
    vault.put(ITEM, file_blocks(tmp_path / "x"))
    return vault


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, SIZE),
        (0, 1),
        (BLOCK - 1, BLOCK + 1),
        (BLOCK, 2 * BLOCK),
        (SIZE - 7, SIZE),
        (5, 5),
        (10, 2 * BLOCK + 5),
    ],
)
def test_any_part_is_what_it_is_in_the_whole(vault: Vault, content: bytes, start: int, stop: int) -> None:
    assert b"".join(vault.part(ITEM.key, start, stop)) == content[start:stop]


def test_only_the_blocks_of_the_part_are_opened(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    plain = vault.cipher._plain
    monkeypatch.setattr(vault.cipher, "_plain", lambda token: opened.append(len(token)) or plain(token))
    blocks = vault.part(ITEM.key, BLOCK + 5, BLOCK + 9)
    assert opened == []  # nothing before it is asked for
    assert [len(block) for block in blocks] == [4]
    assert len(opened) == 1


def test_damage_exchange_and_another_key_are_noticed_in_parts_too(vault: Vault) -> None:
    path = path_of(vault.folder, ITEM.key)
    first, second, third = path.read_bytes().splitlines(keepends=True)
    for lines, start in (
        ([second, first, third], BLOCK),
        ([first], BLOCK),
        ([first, second[:-9] + b"\n"], BLOCK),
    ):
        path.write_bytes(b"".join(lines))
        with pytest.raises(UserError):
            list(vault.part(ITEM.key, start, start + 10))
    path.write_bytes(first + second + third)
    vault.cipher = Cipher([new_key()])
    with pytest.raises(UserError, match="klucz"):
        list(vault.part(ITEM.key, 0, 1))


def test_a_sealed_file_is_read_like_any_other(vault: Vault, content: bytes) -> None:
    stream = io.BufferedReader(SealedStream(vault, ITEM.key, SIZE))
    assert stream.read(3) == content[:3]
    assert stream.seek(-5, os.SEEK_END) == SIZE - 5
    assert stream.read() == content[-5:]
    assert stream.seek(BLOCK - 2) == BLOCK - 2
    assert stream.read(4) == content[BLOCK - 2 : BLOCK + 2]
    assert stream.seek(2, os.SEEK_CUR) == BLOCK + 4
    assert stream.seek(SIZE + 50) == SIZE + 50
    assert stream.read(1) == b""


def test_what_is_worked_out_is_sealed_too_and_worked_out_again_after_a_change_of_keys(vault: Vault) -> None:
    assert vault.derived(ITEM.key) is None
    vault.derive(ITEM.key, b"glosnosc")
    assert vault.derived(ITEM.key) == b"glosnosc"
    assert not any(b"glosnosc" in path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    vault.cipher = Cipher([new_key()])
    assert vault.derived(ITEM.key) is None


def test_it_goes_with_its_item_and_is_no_stray_before(vault: Vault, tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'a.db'}")
    vault.derive(ITEM.key, b"glosnosc")
    with storage.writing() as session:
        keep_sealed(session, [ITEM])
        assert strays(session, vault.folder) == []
        drop(session, vault.folder, [ITEM.key])
    assert [path for path in vault.folder.rglob("*") if path.is_file()] == []
    vault.derive(ITEM.key, b"za pozno")  # somebody was looking at the recording while it was erased
    with storage.reading() as session:
        assert len(strays(session, vault.folder)) == 1
    storage.close()
