"""Scorecards and the pure engine that applies them: (scorecard, tagged conversation) -> evaluation."""

from scorecards.card import Condition, Criterion, Scorecard, Section, Thresholds
from scorecards.engine import score
from scorecards.evaluation import CriterionResult, Evaluation, Finding, evaluation_to_dict
from scorecards.json_schema import SCORECARD_SCHEMA
from scorecards.loader import load_scorecard, parse_scorecard
from scorecards.reading import ScorecardError
from scorecards.shelf import available
from scorecards.totals import Total, total
from scorecards.wording import describe

__all__ = [
    "SCORECARD_SCHEMA",
    "Condition",
    "Criterion",
    "CriterionResult",
    "Evaluation",
    "Finding",
    "Scorecard",
    "ScorecardError",
    "Section",
    "Thresholds",
    "Total",
    "available",
    "describe",
    "evaluation_to_dict",
    "load_scorecard",
    "parse_scorecard",
    "score",
    "total",
]
