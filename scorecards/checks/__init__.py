"""The checks: each module registers its own by name."""

from scorecards.checks import (
    advice,
    answers,
    attitude,
    bots,
    closing,
    complaints,
    discovery,
    facts,
    general,
    handling,
    identity,
    marketplace,
    opening,
    publicity,
    sequence,
    timing,
)
from scorecards.checks.registry import Check, registered

CHECKS = registered()

__all__ = [
    "CHECKS",
    "Check",
    "advice",
    "answers",
    "attitude",
    "bots",
    "closing",
    "complaints",
    "discovery",
    "facts",
    "general",
    "handling",
    "identity",
    "marketplace",
    "opening",
    "publicity",
    "registered",
    "sequence",
    "timing",
]
