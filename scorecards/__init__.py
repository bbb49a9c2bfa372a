"""Scorecards and the pure engine that applies them: (scorecard, tagged conversation) -> evaluation."""

from scorecards.card import Condition, Criterion, Scorecard, Section, Thresholds
from scorecards.engine import score
from scorecards.evaluation import CriterionResult, Evaluation, Finding, evaluation_to_dict
from scorecards.json_schema import SCORECARD_SCHEMA
from scorecards.loader import load_scorecard, parse_scorecard
from scorecards.policy import Policy, standard_policy
from scorecards.policy_reading import load_policy, parse_policy
from scorecards.policy_schema import POLICY_SCHEMA
from scorecards.reading import ScorecardError
from scorecards.scale import Level, Scale
from scorecards.shelf import available
from scorecards.totals import Total, total
from scorecards.wording import describe

__all__ = [
    "POLICY_SCHEMA",
    "SCORECARD_SCHEMA",
    "Condition",
    "Criterion",
    "CriterionResult",
    "Evaluation",
    "Finding",
    "Level",
    "Policy",
    "Scale",
    "Scorecard",
    "ScorecardError",
    "Section",
    "Thresholds",
    "Total",
    "available",
    "describe",
    "evaluation_to_dict",
    "load_policy",
    "load_scorecard",
    "parse_policy",
    "parse_scorecard",
    "score",
    "standard_policy",
    "total",
]
