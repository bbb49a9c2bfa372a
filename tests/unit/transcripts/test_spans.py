"""Places in a conversation."""

from __future__ import annotations

import pytest

from transcripts.conversation import Span


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (Span(1, 4, 9), True),
        (Span(1, 0, 5), True),
        (Span(1, 6, 7), True),
        (Span(1, 8, 20), False),
        (Span(1, 0, 4), False),
        (Span(2, 4, 8), False),
    ],
)
def test_places_overlap_where_they_share_a_character(other: Span, shared: bool) -> None:
    assert Span(1, 4, 8).overlaps(other) is shared
    assert other.overlaps(Span(1, 4, 8)) is shared
