"""The command line. ``main`` is the console script ``odsluch``."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0 (done), 1 (parked or failed) or 2 (wrong usage)."""
    from qa.cli.guard import guarded

    return guarded(arguments)
