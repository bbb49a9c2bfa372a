"""What lies in the vault: sealed, whole, bound to its place, and opened only with the key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from qa.errors import UsageProblem, UserError
from qa.storage.audit import broken_at, entries, record
from qa.storage.cipher import Cipher, file_blocks, keys_in, new_key, write_keys
from qa.storage.database import open_storage
from qa.storage.tables import AuditRow


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_what_is_sealed_comes_back(tmp_path_factory: pytest.TempPathFactory, blocks: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("sejf") / "a.sealed"
    cipher = Cipher([new_key()])
    assert cipher.seal("k1", blocks, path) == sum(map(len, blocks))
    assert b"".join(cipher.open("k1", path)) == b"".join(blocks)
    assert path.stat().st_mode & 0o077 == 0


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Cipher, Path]:
    cipher, path = Cipher([new_key()]), tmp_path / "a.sealed"
    cipher.seal("k1", [b"pesel ", b"44051401359", b" koniec"], path)
    return cipher, path


def test_nothing_of_the_content_is_readable(sealed: tuple[Cipher, Path]) -> None:
    assert b"44051401359" not in sealed[1].read_bytes()


def test_another_key_another_place_and_damage_are_refused(sealed: tuple[Cipher, Path]) -> None:
    cipher, path = sealed
    lines = path.read_bytes().splitlines(keepends=True)
    with pytest.raises(UserError, match="klucz"):
        list(Cipher([new_key()]).open("k1", path))
    with pytest.raises(UserError):
        list(cipher.open("k2", path))
    for damaged in (lines[:2], lines[1:], [lines[1], lines[0], lines[2]], [*lines, lines[2]], [b"x\n"], []):
        path.write_bytes(b"".join(damaged))
        with pytest.raises(UserError):
            list(cipher.open("k1", path))


def test_a_failed_write_leaves_what_was_there(sealed: tuple[Cipher, Path], tmp_path: Path) -> None:
    cipher, path = sealed

    def broken() -> object:
        yield b"nowe"
        raise OSError("pełny dysk")

    with pytest.raises(OSError, match="pełny"):
        cipher.seal("k1", broken(), path)  # type: ignore[arg-type]
    assert b"".join(cipher.open("k1", path)) == b"pesel 44051401359 koniec"
    assert [p.name for p in tmp_path.iterdir()] == ["a.sealed"]


def test_old_keys_still_open(tmp_path: Path) -> None:
    old, fresh = new_key(), new_key()
    Cipher([old]).seal("k", [b"a"], tmp_path / "a")
    assert list(Cipher([fresh, old]).open("k", tmp_path / "a")) == [b"a"]


def test_keys_come_from_the_environment_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "klucz"
    write_keys(path, ["b", "c"])
    assert keys_in(path, {"ODSLUCH_KEY": " a , d"}) == ["a", "d"]
    assert keys_in(path, {}) == ["b", "c"]
    assert keys_in(None, {}) == []


@pytest.mark.parametrize(("content", "mode"), [("", 0o600), ("abc", 0o644), (None, 0)])
def test_a_key_file_that_is_empty_open_to_others_or_missing_is_refused(
    tmp_path: Path, content: str | None, mode: int
) -> None:
    path = tmp_path / "klucz"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(UsageProblem, match="klucz"):
        keys_in(path, {})


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(UsageProblem, match="new-key"):
        Cipher(["to nie klucz"])


def test_files_are_read_in_blocks(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (1 << 20) + b"y")
    assert [len(block) for block in file_blocks(tmp_path / "a")] == [1 << 20, 1]


def test_the_audit_log_is_chained_and_cannot_be_changed(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'a.db'}")
    with storage.writing() as session:
        for number in range(3):
            record(session, "ola", "reveal", f"c-{number}", {"reason": "spór"})
    with storage.reading() as session:
        assert [row.subject for row in entries(session)] == ["c-0", "c-1", "c-2"]
        assert broken_at(session) is None
    for change in ("UPDATE audit SET actor = 'ela'", "DELETE FROM audit WHERE id = 2"):
        with pytest.raises(DatabaseError, match="append-only"), storage.writing() as session:
            session.execute(text(change))


def test_a_change_behind_the_programs_back_is_noticed(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'a.db'}")
    with storage.writing() as session:
        for number in range(3):
            record(session, "ola", "reveal", f"c-{number}", {})
        session.execute(text("DROP TRIGGER audit_no_update"))
    with storage.writing() as session:
        session.get_one(AuditRow, 2).actor = "ela"
    with storage.reading() as session:
        assert broken_at(session) == 2
