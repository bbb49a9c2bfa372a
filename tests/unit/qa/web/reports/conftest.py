"""Reports of a real database, made for somebody and some days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from qa.services.access.permissions import Actor
from qa.services.reports.content import Content, Wanted, gathered
from qa.services.workspace import Workspace
from tests.unit.qa.board_rows import LEAD, PRODUCT

MADE_AT = datetime(2026, 11, 30, 6, 0, 5, 123456, tzinfo=UTC)
DAYS = (date(2026, 11, 1), date(2026, 11, 25))
SITE = "https://odsluch.firma.example.pl"
Made = Callable[..., Content]


@pytest.fixture
def made(stocked: Workspace) -> Made:
    """What a report says: of the quality board for a lead, of the voice board for somebody of the product team."""

    def make(
        board: str, reader: Actor | None = None, days: tuple[date, date] = DAYS, **values: Any
    ) -> Content:
        wanted = Wanted(
            board, values.pop("period", "month"), values.pop("filters", {}), values.pop("quotes", False)
        )
        who = reader or (LEAD if board == "quality" else PRODUCT)
        with stocked.storage.reading() as session:
            return gathered(session, who, wanted, *days)

    return make
