"""The holidays that scorecards compute themselves are those of the library that the application may use."""

import re
from datetime import date
from pathlib import Path

import pytest
from holidays import country_holidays

import scorecards
from scorecards.polish_holidays import holidays_of


@pytest.mark.parametrize("year", range(1991, 2100))
def test_they_are_those_of_the_library(year: int) -> None:
    assert holidays_of(year) == frozenset(country_holidays("PL", years=[year]))


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2026, 11, 11), True), (date(2026, 4, 6), True), (date(2026, 6, 4), True), (date(2025, 12, 24), True),
        (date(2024, 12, 24), False), (date(2010, 1, 6), False), (date(2011, 1, 6), True), (date(2026, 12, 31), False),
        (date(2026, 4, 3), False), (date(2018, 11, 12), True), (date(2019, 11, 12), False),
    ],
)  # fmt: skip
def test_days_that_people_mistake(day: date, free: bool) -> None:
    assert (day in holidays_of(day.year)) is free


def test_no_module_of_scorecards_imports_the_library() -> None:
    for path in Path(scorecards.__file__).parent.rglob("*.py"):
        assert not re.search(r"^\s*(?:from|import) holidays\b", path.read_text(encoding="utf-8"), re.M), (
            path.name
        )
