"""Sounds with which a speaker fills time: marked, never deleted."""

from __future__ import annotations

import re

_FILLER = re.compile(r"\b(?:y{2,}m*|e{2,}|ee+m|a{3,}|m{2,}|h+m+|u+h+m*|yhy|ym|em)\b", re.IGNORECASE)


def fillers(text: str) -> list[tuple[int, int]]:
    """Where somebody only fills time ("yyy", "eee", "hmm"): begin and end of each, in characters."""
    return [(m.start(), m.end()) for m in _FILLER.finditer(text)]
