"""A database for each test of a service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.unit.qa.databases import empty_storage


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """One transaction on a database without rows."""
    storage = empty_storage(tmp_path)
    with storage.writing() as session:
        yield session
    storage.close()
