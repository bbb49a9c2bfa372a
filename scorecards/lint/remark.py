"""What a rule finds in a scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scorecards.card import Scorecard

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: the rule's name, the criterion (empty: the card), the field, and one Polish sentence."""

    rule: str
    criterion: str
    field: str
    message: str
    level: Level = "warning"


@dataclass(frozen=True, slots=True)
class Written:
    """A scorecard and what stands in its file for each criterion, where defaults are not filled in."""

    card: Scorecard
    fields: Mapping[str, Mapping[str, Any]]
