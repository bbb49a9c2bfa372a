"""What a failed critical criterion takes at a stroke, and which criterion it is: the whole score, or its section's points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scorecards import Scorecard


@dataclass(frozen=True, slots=True)
class Losses:
    """``whole`` are the criteria that make the score 0; ``sections`` maps a section to those that take its points."""

    whole: tuple[str, ...] = ()
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def losses(card: Scorecard | None, outcomes: Mapping[str, str | None]) -> Losses:
    """What these outcomes lose, by the rules of :func:`scorecards.total`."""
    if card is None:
        return Losses()
    failed = {name for name, outcome in outcomes.items() if outcome == "fail"}
    sections = {
        s.id: tuple(c.id for c in s.criteria if c.fails_section and c.id in failed) for s in card.sections
    }
    return Losses(
        tuple(c.id for c in card.criteria if c.critical and c.id in failed),
        {section: criteria for section, criteria in sections.items() if criteria},
    )
