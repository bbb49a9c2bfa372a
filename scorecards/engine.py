"""The pure scoring engine: (scorecard, tagged conversation) -> evaluation. Reads nothing, keeps nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scorecards.card import Criterion, Scorecard
from scorecards.checks import registered
from scorecards.evaluation import CriterionResult, Evaluation, Finding
from scorecards.hearing import as_heard
from scorecards.view import View
from transcripts.conversation import Conversation, Span
from transcripts.tags import TaggedConversation

PRODUCER = "scorecards/2"


def score(card: Scorecard, tagged: TaggedConversation) -> Evaluation:
    """Answer every criterion of ``card``.

    A failed critical criterion makes the score 0. ``na`` leaves the denominator; ``review`` too, but it lowers
    the coverage; below the card's least coverage the score is None.
    """
    view = View(tagged)
    results = tuple(_answer(criterion, view) for criterion in card.criteria)
    weights = [criterion.weight for criterion in card.criteria]
    critical = tuple(
        result.id
        for criterion, result in zip(card.criteria, results, strict=True)
        if criterion.critical and result.outcome == "fail"
    )
    total, coverage = _total(results, weights, card.least_coverage)
    producer = f"{PRODUCER}+{tagged.producer}" if tagged.producer else PRODUCER
    return Evaluation(card.key, 0.0 if critical else total, coverage, critical, results, producer)


def _total(
    results: Sequence[CriterionResult], weights: Sequence[float], least: float
) -> tuple[float | None, float]:
    """Score of the decided criteria (or None) and the share of applicable points decided."""
    pairs = list(zip(results, weights, strict=True))
    applicable = sum(weight for result, weight in pairs if result.outcome != "na")
    decided = sum(weight for result, weight in pairs if result.outcome in ("pass", "fail"))
    if not applicable:
        return None, 0.0
    coverage = decided / applicable
    if not decided or coverage < least:
        return None, round(coverage, 4)
    return round(100 * sum(result.points for result in results) / decided, 2), round(coverage, 4)


def _answer(criterion: Criterion, view: View) -> CriterionResult:
    check = registered()[criterion.check]
    if view.agent_turns:
        finding = check.run(view, **criterion.parameters)
    else:
        finding = Finding("na", 1.0, (), "W zapisie nie ma wypowiedzi konsultanta.")
    finding = _settled(finding, criterion, view.conversation, check.asks_for_act)
    finding = as_heard(finding, view.conversation)
    points = criterion.weight if finding.outcome == "pass" else 0.0
    confidence = round(finding.confidence, 4)
    return CriterionResult(
        criterion.id, finding.outcome, confidence, points, finding.evidence, finding.reason, check.producer
    )


def _settled(
    finding: Finding, criterion: Criterion, conversation: Conversation, asks_for_act: bool
) -> Finding:
    """Hold a finding against the rules: evidence inside the text, a pass with evidence, enough confidence."""
    evidence = tuple(_inside(finding.evidence, conversation))
    confidence = min(max(finding.confidence, 0.0), 1.0)
    if finding.outcome == "review":
        return Finding("review", confidence, evidence, finding.reason)
    if finding.outcome == "pass" and asks_for_act and not evidence:
        return Finding("review", confidence, (), "Brak miejsca w rozmowie, które by to potwierdzało.")
    if confidence < criterion.thresholds.of(finding.outcome):
        return Finding(
            "review", confidence, evidence, f"Do sprawdzenia przez człowieka: {_lowered(finding.reason)}"
        )
    return Finding(finding.outcome, confidence, evidence, finding.reason)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _inside(spans: Iterable[Span], conversation: Conversation) -> Iterable[Span]:
    """The spans that mark some text of the conversation, each once."""
    for span in dict.fromkeys(spans):
        if 0 <= span.turn < len(conversation.turns):
            length = len(conversation.turns[span.turn].text)
            if 0 <= span.start < span.end <= length:
                yield span
