"""The pure scoring engine: (scorecard, tagged conversation) -> evaluation. Reads nothing, keeps nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from scorecards.card import Criterion, Scorecard
from scorecards.checks import Check, registered
from scorecards.condition import PRODUCER as CONDITION
from scorecards.condition import unmet, within
from scorecards.evaluation import CriterionResult, Evaluation, Finding
from scorecards.hearing import as_heard
from scorecards.totals import total
from scorecards.view import View
from transcripts.conversation import Conversation, Span
from transcripts.tags import TaggedConversation

PRODUCER = "scorecards/2"


def score(card: Scorecard, tagged: TaggedConversation) -> Evaluation:
    """Answer every criterion of ``card`` and count the points (see :func:`scorecards.totals.total`)."""
    return score_view(card, View(tagged))


def score_view(card: Scorecard, view: View) -> Evaluation:
    """The same for a view, which several cards can share: finding phrases takes most of the time."""
    tagged = view.tagged
    answers = [_answer(criterion, view) for criterion in card.criteria]
    counted = total(card, {answer.id: answer.outcome for answer in answers})
    results = tuple(dataclasses.replace(answer, points=counted.earned[answer.id]) for answer in answers)
    producer = f"{PRODUCER}+{tagged.producer}" if tagged.producer else PRODUCER
    return Evaluation(
        card.key,
        counted.score,
        counted.coverage,
        counted.critical_failed,
        results,
        producer,
        counted.sections_failed,
    )


def _answer(criterion: Criterion, view: View) -> CriterionResult:
    check = registered()[criterion.check]
    finding, producer = _found(criterion, check, view)
    finding = _settled(finding, criterion, view.conversation, check.asks_for_act)
    finding = as_heard(finding, view.conversation)
    confidence = round(finding.confidence, 4)
    return CriterionResult(
        criterion.id, finding.outcome, confidence, 0.0, finding.evidence, finding.reason, producer
    )


def _found(criterion: Criterion, check: Check, view: View) -> tuple[Finding, str]:
    """What the check says, or why the criterion does not apply; and who says so."""
    if check.speaker == "agent" and not view.agent_turns:
        return Finding("na", 1.0, (), "W zapisie nie ma wypowiedzi konsultanta."), check.producer
    if criterion.only is None:
        return check.run(view, **criterion.parameters), check.producer
    against = unmet(criterion.only, view.tagged)
    if against is not None:
        return against, CONDITION
    return within(criterion.only, view.tagged, check.run(view, **criterion.parameters)), check.producer


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
