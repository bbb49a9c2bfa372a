"""Databases of the tests: SQLite always, PostgreSQL where its server programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

PROGRAMS = ("initdb", "pg_ctl", "postgres")
ACCOUNTS = ("postgres", "nobody")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a cluster of our own, reached through a socket in a temporary folder."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL is not tested: {', '.join(missing)} not found on PATH")
    account = _account()
    if account is None:
        pytest.skip(
            f"PostgreSQL is not tested: it refuses root, and there is no account {' or '.join(ACCOUNTS)}"
        )
    folder = Path(tempfile.mkdtemp(prefix="odsluch-pg-"))  # pytest's folders are closed to other accounts
    become = _becoming(account)
    if account.pw_uid != os.getuid():
        os.chown(folder, account.pw_uid, account.pw_gid)
    _call(
        [shutil.which("initdb"), "-D", folder / "data", "-U", "odsluch", "-A", "trust", "-E", "UTF8"],
        folder,
        become,
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    start = [
        shutil.which("pg_ctl"),
        "-D",
        folder / "data",
        "-w",
        "-l",
        folder / "log",
        "-o",
        options,
        "start",
    ]
    _call(start, folder, become)
    try:
        yield f"postgresql+psycopg://odsluch@/postgres?host={folder}"
    finally:
        _call([shutil.which("pg_ctl"), "-D", folder / "data", "-m", "immediate", "stop"], folder, become)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Who runs the server: ourselves, or another account where we are root, which PostgreSQL refuses."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in ACCOUNTS if name in known), None)


def _becoming(account: pwd.struct_passwd) -> dict[str, int]:
    return {} if account.pw_uid == os.getuid() else {"user": account.pw_uid, "group": account.pw_gid}


def _call(arguments: list[object], folder: Path, become: dict[str, int]) -> None:
    words = [str(argument) for argument in arguments]
    done = subprocess.run(  # type: ignore[call-overload]
        words, cwd=folder, capture_output=True, text=True, timeout=60, check=False, **become
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    make: Callable[[str], str] = request.getfixturevalue("new_database")
    return make(f"t{abs(hash(request.node.nodeid)) % 10**9}")


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Callable[[str], str]:
    """Makes an empty PostgreSQL database by name."""

    def make(name: str) -> str:
        engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgres_url.replace("/postgres?", f"/{name}?")

    return make
