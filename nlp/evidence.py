"""Which words made the difference: exact shares of a linear head over a mean of token vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nlp.windows import Piece, Window
from transcripts.conversation import Span

Floats = npt.NDArray[np.float32]


def best_run(shares: Floats) -> tuple[int, int, float]:
    """The contiguous run with the largest sum (Kadane): first, last (exclusive), sum."""
    best, best_sum = (0, 1), -np.inf
    start, running = 0, 0.0
    for position, share in enumerate(shares):
        if running <= 0:
            start, running = position, 0.0
        running += float(share)
        if running > best_sum:
            best, best_sum = (start, position + 1), running
    return best[0], best[1], float(best_sum)


def strongest_span(window: Window, shares: Floats, texts: dict[int, str]) -> tuple[Span, float] | None:
    """The words that speak most for a class, inside one turn.

    Args:
        window: the window the shares belong to.
        shares: (tokens,) contribution of each token to the class's logit.
        texts: text of each turn by its index.
    """
    inside = np.concatenate([shares[p.first : p.last] for p in window.pieces])
    level = float(inside.mean())
    found: list[tuple[float, Piece, int, int]] = []
    for piece in window.pieces:
        first, last, weight = best_run(shares[piece.first : piece.last] - level)
        found.append((weight, piece, piece.first + first, piece.first + last))
    if not found:
        return None
    weight, piece, first, last = max(found, key=lambda item: item[0])
    start, end = window.offsets[first][0], window.offsets[last - 1][1]
    text = texts[piece.turn]
    return Span(piece.turn, *whole_words(text, start, end)), weight


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen to word boundaries, without white space at the rims and never empty."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return 0, len(text)
    return start, end
