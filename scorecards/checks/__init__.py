"""The checks: each module registers its own by name."""

from scorecards.checks import attitude, closing, discovery, general, handling, identity, opening
from scorecards.checks.registry import Check, registered

CHECKS = registered()

__all__ = [
    "CHECKS",
    "Check",
    "attitude",
    "closing",
    "discovery",
    "general",
    "handling",
    "identity",
    "opening",
    "registered",
]
