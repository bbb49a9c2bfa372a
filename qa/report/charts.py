"""Small inline SVG charts. Every chart carries a text alternative; colours are told apart by lightness too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from qa.trends import Share

SENTIMENT_COLOURS = {"negative": "#a3242b", "mixed": "#c98a1b", "neutral": "#8d99a6", "positive": "#2f7d4f"}
SENTIMENT_NAMES = {
    "negative": "negatywne",
    "mixed": "mieszane",
    "neutral": "neutralne",
    "positive": "pozytywne",
}


def share_bar(share: Share, largest: float, width: int = 120) -> str:
    """A bar with its interval as a whisker; ``largest`` is the share that fills the width."""
    scale = width / max(largest, 1e-9)
    middle, low, high = (min(width, value * scale) for value in (share.value, share.low, share.high))
    label = f"{share.value:.1%}, przedział {share.low:.1%} do {share.high:.1%}"
    return (
        f'<svg class="bar" width="{width}" height="16" role="img" aria-label="{escape(label)}">'
        f'<rect y="3" width="{middle:.1f}" height="10" class="fill"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="8" y2="8" class="whisker"/></svg>'
    )


def sentiment_bar(counts: Mapping[str, int], width: int = 120) -> str:
    """A stacked bar of sentiments in fixed order."""
    total = sum(counts.values())
    if not total:
        return ""
    parts, x = [], 0.0
    for name, colour in SENTIMENT_COLOURS.items():
        length = counts.get(name, 0) / total * width
        if length:
            parts.append(f'<rect x="{x:.1f}" y="3" width="{length:.1f}" height="10" fill="{colour}"/>')
        x += length
    said = ", ".join(f"{SENTIMENT_NAMES[k]} {counts[k]}" for k in SENTIMENT_COLOURS if counts.get(k))
    return f'<svg class="bar" width="{width}" height="16" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'


def weekly_line(weekly: Sequence[tuple[object, Share]], width: int = 260, height: int = 54) -> str:
    """Weekly shares as a line inside the band of their intervals."""
    if len(weekly) < 2:
        return ""
    top = max(max(share.value for _, share in weekly) * 1.6, 0.05)
    step = width / (len(weekly) - 1)

    def y(value: float) -> float:
        return height - 4 - min(value, top) / top * (height - 8)

    points = " ".join(f"{i * step:.1f},{y(share.value):.1f}" for i, (_, share) in enumerate(weekly))
    upper = [f"{i * step:.1f},{y(share.high):.1f}" for i, (_, share) in enumerate(weekly)]
    lower = [f"{i * step:.1f},{y(share.low):.1f}" for i, (_, share) in enumerate(weekly)]
    label = "; ".join(f"{week}: {share.count} z {share.total}" for week, share in weekly)
    return (
        f'<svg class="line" width="{width}" height="{height}" role="img" aria-label="{escape(label)}">'
        f'<polygon class="band" points="{" ".join([*upper, *reversed(lower)])}"/>'
        f'<polyline points="{points}"/></svg>'
    )
