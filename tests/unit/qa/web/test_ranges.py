"""Parts of a file over HTTP."""

from __future__ import annotations

import pytest

from qa.web.ranges import OutOfRange, first_range


@pytest.mark.parametrize(
    "wanted",
    ["bytes=²-", "bytes=" + "9" * 5000 + "-", "bytes=-", "bytes=a-b", "stones=0-1", "bytes=9-3", "bytes", ""],
)
def test_nonsense_is_passed_over(wanted: str) -> None:
    assert first_range(wanted, 100) is None


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("bytes=0-9", (0, 9)),
        ("bytes=90-", (90, 99)),
        ("bytes=90-900", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-1000", (0, 99)),
        ("bytes=1-1, 5-9", (1, 1)),
    ],
)
def test_a_range_is_served(wanted: str, got: tuple[int, int]) -> None:
    assert first_range(wanted, 100) == got


@pytest.mark.parametrize(("wanted", "size"), [("bytes=100-", 100), ("bytes=0-", 0), ("bytes=-0", 100)])
def test_what_begins_after_the_end_is_told_apart(wanted: str, size: int) -> None:
    with pytest.raises(OutOfRange):
        first_range(wanted, size)
