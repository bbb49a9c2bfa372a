"""Prices of products that an agent states; those of delivery, of a discount or an instalment are not meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorecards.view import View
from transcripts.conversation import Span

_AMOUNT = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:[ .]?\d{3})*(?:[.,]\d{1,2}|,-)? ?(?:zł|zl|pln|złot\w+|zlot\w+|tys\w*)\b", re.I
)
_CLAUSE_END = re.compile(r"[.!?;,\n…:](?!\d)")
_THRESHOLD = re.compile(r"\b(?:od|powyżej|powyzej|ponad|do|kwot\w+|minimum) +$", re.I)


def prices(view: View, turn: int) -> Iterator[Span]:
    """The places of product prices in an agent's turn."""
    text = view.turns[turn].text
    others = [s for spans in view.said("agent", "delivery_price", (turn,)) for s in spans if s.turn == turn]
    for match in _AMOUNT.finditer(text):
        start, end = _clause(text, match.start(), match.end())
        if any(start <= other.start < end for other in others) or _THRESHOLD.search(
            text[start : match.start()]
        ):
            continue
        yield Span(turn, match.start(), match.end())
    yield from (spans[0] for spans in view.said("agent", "price", (turn,)))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part between punctuation marks around a place."""
    before = [m.end() for m in _CLAUSE_END.finditer(text, 0, start)]
    after = _CLAUSE_END.search(text, end)
    return (before[-1] if before else 0), (after.start() if after else len(text))
