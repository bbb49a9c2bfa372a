"""Puts a policy on a card: every check that asks for one gets it, so that it is part of the card's version."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from scorecards.card import Criterion, Scorecard
from scorecards.checks import registered
from scorecards.policy import Policy
from scorecards.scale import Level, Scale

PARAMETER = "policy"


def under(card: Scorecard, policy: Policy | None) -> Scorecard:
    """The card held against ``policy``; without one it stays as it is, and the checks use the standard one."""
    if policy is None:
        return card
    sections = tuple(
        dataclasses.replace(
            section, criteria=tuple(_under(criterion, policy) for criterion in section.criteria)
        )
        for section in card.sections
    )
    return dataclasses.replace(card, sections=sections)


def uses_policy(card: Scorecard) -> bool:
    """Whether any check of the card asks for a policy."""
    return any(PARAMETER in registered()[name].parameters for c in card.criteria for name, _ in c.uses)


def _under(criterion: Criterion, policy: Policy) -> Criterion:
    return dataclasses.replace(
        criterion,
        parameters=_given(criterion.check, criterion.parameters, policy),
        scale=_scale(criterion.scale, policy) if criterion.scale else None,
    )


def _scale(scale: Scale, policy: Policy) -> Scale:
    return dataclasses.replace(scale, levels=tuple(_level(level, policy) for level in scale.levels))


def _level(level: Level, policy: Policy) -> Level:
    return dataclasses.replace(level, parameters=_given(level.check, level.parameters, policy))


def _given(check: str, parameters: Mapping[str, Any], policy: Policy) -> Mapping[str, Any]:
    if not check or PARAMETER not in registered()[check].parameters:
        return parameters
    return {**parameters, PARAMETER: policy}
