"""Long lists of ids in parts: databases take only so many values in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_ONCE = 500


def in_batches(items: Sequence[str], size: int = AT_ONCE) -> Iterator[list[str]]:
    """Cut ``items`` into lists of at most ``size``."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))
