"""Bringing a database to the newest schema with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, literal, select

from qa.errors import UserError

FOLDER = Path(__file__).parent / "migrations"
TURN = 0x6F64736C75636821  # any number that nobody else locks in this database


def configuration() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def upgrade(engine: Engine, found: str | None, target: str = "head") -> None:
    """Run the missing migrations in one transaction. Of programs that start at once, one does it and the others wait.

    Raises:
        UserError: the database was made by a newer version of the program.
    """
    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise UserError(
            "Baza ma schemat {schema}, którego ta wersja programu nie zna: zainstaluj nowszą wersję Odsłuchu.",
            schema=found,
        )
    with engine.execution_options(odsluch_writes=True).connect() as connection:
        # A transaction that is open already is left open by Alembic. On SQLite it would else commit after each migration,
        # and another program could take its turn between two of them.
        postgres = connection.dialect.name == "postgresql"
        connection.execute(select(func.pg_advisory_xact_lock(TURN) if postgres else literal(1)))
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        connection.commit()
