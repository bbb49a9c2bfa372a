"""What erasing leaves in the files of the database's server, read byte by byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from qa.services.pipeline.run import run
from qa.services.pipeline.stages import run_in_process
from qa.services.privacy.subject import Subject, erase
from qa.services.workspace import Unwatched
from tests.unit.qa.fakes import conversation, workspace, write_lines

ERASED, KEPT = "lampka-kameleon-zielona", "wazonik-borsuk-niebieski"
PERSON = 39  # the row that VACUUM alone leaves where it was


def _folders(url: str) -> tuple[Path, Path]:
    """Where the server keeps this database's tables, and its log."""
    parsed = make_url(url)
    data = Path(str(parsed.query["host"])) / "data"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        oid = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar()
        connection.exec_driver_sql("CHECKPOINT")  # what is in memory goes to the files
    engine.dispose()
    return data / "base" / str(oid), data / "pg_wal"


def _sampled(url: str) -> None:
    """The planner looks at the columns, as the server lets it do by itself now and then."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.postgres
def test_nothing_of_an_erased_person_stays_in_the_tables(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database("traces")
    work = workspace(tmp_path / "var", url=url)
    said = [conversation(i, ERASED if i == PERSON else f"{KEPT} {i} " * 20) for i in range(40)]
    write_lines(tmp_path / "wejście" / "a.jsonl", said)
    run(work, [tmp_path / "wejście"], lambda: run_in_process, Unwatched())
    tables, _ = _folders(url)
    assert ERASED.encode() in _bytes(tables)
    _sampled(url)
    done = erase(work, Subject(customer=f"cu-{PERSON}"), "ola", dry_run=False)
    assert done.ids
    tables, _ = _folders(url)
    left = _bytes(tables)
    assert KEPT.encode() in left
    assert ERASED.encode() not in left
    for one in done.ids:
        assert one.encode() not in left
    work.storage.close()
