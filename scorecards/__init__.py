"""Scorecards and the pure engine that applies them: (scorecard, tagged conversation) -> evaluation."""

from scorecards.card import Criterion, Scorecard, Section, Thresholds, describe
from scorecards.engine import score
from scorecards.evaluation import CriterionResult, Evaluation, Finding, evaluation_to_dict
from scorecards.json_schema import SCORECARD_SCHEMA
from scorecards.loader import available, load_scorecard, parse_scorecard
from scorecards.reading import ScorecardError

__all__ = [
    "SCORECARD_SCHEMA",
    "Criterion",
    "CriterionResult",
    "Evaluation",
    "Finding",
    "Scorecard",
    "ScorecardError",
    "Section",
    "Thresholds",
    "available",
    "describe",
    "evaluation_to_dict",
    "load_scorecard",
    "parse_scorecard",
    "score",
]
