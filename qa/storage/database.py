"""Opening the database: SQLite with a write-ahead log by default, PostgreSQL by address."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.orm import Session

from qa.errors import UsageProblem, UserError, is_disk_full
from qa.settings import without_password
from qa.storage.digests import Pseudonyms

HEAD = "0006"
BUSY_MS = 30_000
_KEY = "pseudonyms"


class Storage:
    """A database of the newest schema. Sessions come from :meth:`reading` and :meth:`writing`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pseudonyms: Pseudonyms | None = None

    @property
    def _info(self) -> dict[Any, Any]:
        return {_KEY: self.pseudonyms}

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.engine, info=self._info) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: everything is kept at the end, or nothing."""
        engine = self.engine.execution_options(odsluch_writes=True)
        with Session(engine, info=self._info) as session, session.begin():
            yield session

    def settle(self) -> None:
        """Leave nothing of deleted rows in the database's files (on PostgreSQL until its log is recycled).

        Rewrites all tables; on PostgreSQL each is locked for that long.
        """
        if self.engine.dialect.name != "sqlite":
            self._settle_server()
            return
        raw = (
            self.engine.raw_connection()
        )  # past the listener that begins a transaction, in which none can be
        try:
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
        finally:
            raw.close()

    def _settle_server(self) -> None:
        """A plain VACUUM leaves the bytes of the last row of a page where they were (measured), hence FULL. ANALYZE
        renews the planner's samples, which hold values of columns; the owner of the database may rewrite their table
        too, somebody else is refused with a warning only."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in inspect(connection).get_table_names():
                quoted = self.engine.dialect.identifier_preparer.quote(name)
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted}")
            connection.exec_driver_sql("VACUUM (FULL) pg_catalog.pg_statistic")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def pseudonyms_of(session: Session) -> Pseudonyms:
    """The key of the installation whose storage opened this session."""
    found: Pseudonyms | None = session.info.get(_KEY)
    if found is None:
        raise RuntimeError("the storage was given no key: open it through a Workspace")
    return found


def open_storage(url: str) -> Storage:
    """Open the database at ``url``, bringing its schema up to date.

    Raises:
        UsageProblem: the address is not one of a supported database.
        UserError: the database cannot be reached, is damaged, or is newer than this program.
    """
    engine = _engine(url)
    try:
        _migrate(engine)
    except DatabaseError as error:
        engine.dispose()
        if is_disk_full(error):
            raise
        shown = without_password(url)
        raise UserError(
            "Nie można otworzyć bazy {address}: sprawdź adres, prawa dostępu i czy to baza Odsłuchu.",
            address=shown,
        ) from error
    return Storage(engine)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        arguments = _arguments(parsed.get_backend_name())
        engine = create_engine(
            parsed, connect_args=arguments, pool_pre_ping=True, json_serializer=_json, hide_parameters=True
        )
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageProblem(
            "Ustawienie `database_url` nie jest adresem SQLite ani PostgreSQL: "
            "podaj np. sqlite:///var/odsluch.db albo postgresql+psycopg://host/baza."
        ) from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _arguments(backend: str) -> dict[str, Any]:
    return {"timeout": BUSY_MS / 1000} if backend == "sqlite" else {"connect_timeout": 10}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin too late: SQLAlchemy says when, in `_begin`.
        connection.isolation_level = None
        cursor = connection.cursor()
        _keep_a_log(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only forgotten
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: upgrading a read lock later fails without waiting.
        writes = connection.get_execution_options().get("odsluch_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _keep_a_log(cursor: sqlite3.Cursor) -> None:
    """Switch to a write-ahead log. SQLite need not wait for the lock that this takes, so we do."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    from qa.storage.migrate import (
        upgrade,
    )  # Alembic takes 0.2 s to import: only when there is something to do.

    upgrade(engine, found)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
