"""The command line in an empty folder, with quick parts."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from qa.bootstrap import Parts
from qa.cli import main
from tests.unit.qa.fakes import FakeParts, FakeRedactor, FakeTagger

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session", autouse=True)
def unsynchronised() -> Iterator[None]:
    """SQLite does not wait until the disk has everything: no test here cuts the power, and most of them would wait."""

    def relaxed(connection: object, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF")

    event.listen(Pool, "checkout", relaxed)
    yield
    event.remove(Pool, "checkout", relaxed)


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder: status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["odsluch"])
    for name in [name for name in os.environ if name.startswith("ODSLUCH_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return run


@pytest.fixture
def fake_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick parts in place of the models; reading is real."""
    fakes = FakeParts()
    for name, part in (("_redactor", FakeRedactor()), ("_tagger", FakeTagger())):
        replacement = cached_property(lambda self, part=part: part)
        replacement.__set_name__(Parts, name)
        monkeypatch.setattr(Parts, name, replacement)
    monkeypatch.setattr(Parts, "versions", lambda self: fakes.versions())
    monkeypatch.setattr(Parts, "evaluate", lambda self, tagged, channel: fakes.evaluate(tagged, channel))


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages without Prefect, whose start takes ten seconds."""
    from qa.services.pipeline.stages import run_in_process

    monkeypatch.setattr("qa.cli.runs._executor", lambda settings: lambda: run_in_process)
