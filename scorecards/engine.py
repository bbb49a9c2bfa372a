"""The pure scoring engine: (scorecard, tagged conversation) -> evaluation. Reads nothing, keeps nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from scorecards.card import Criterion, Scorecard
from scorecards.checks import registered
from scorecards.condition import PRODUCER as CONDITION
from scorecards.condition import unmet, within
from scorecards.evaluation import CriterionResult, Evaluation, Finding
from scorecards.hearing import as_heard
from scorecards.levelling import levelled, producer
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
    levels = {answer.id: answer.level for answer in answers}
    counted = total(card, {answer.id: answer.outcome for answer in answers}, levels)
    results = tuple(dataclasses.replace(answer, points=counted.earned[answer.id]) for answer in answers)
    by = f"{PRODUCER}+{tagged.producer}" if tagged.producer else PRODUCER
    return Evaluation(
        card.key,
        counted.score,
        counted.coverage,
        counted.critical_failed,
        results,
        by,
        counted.sections_failed,
    )


def _answer(criterion: Criterion, view: View) -> CriterionResult:
    finding, by = _found(criterion, view)
    finding = _settled(finding, criterion, view.conversation)
    finding = as_heard(finding, view.conversation, criterion.scale.top if criterion.scale else None)
    decided = finding.outcome in ("pass", "fail")
    return CriterionResult(
        criterion.id,
        finding.outcome,
        round(finding.confidence, 4),
        0.0,
        finding.evidence,
        finding.reason,
        by,
        finding.level if decided else None,
        criterion.scale.name if criterion.scale else "",
    )


def _found(criterion: Criterion, view: View) -> tuple[Finding, str]:
    """What the checks say, or why the criterion does not apply; and who says so."""
    if any(registered()[name].speaker == "agent" for name, _ in criterion.uses) and not view.agent_turns:
        return Finding("na", 1.0, (), "W zapisie nie ma wypowiedzi konsultanta."), producer(criterion)
    if criterion.only is None:
        return _checked(criterion, view), producer(criterion)
    against = unmet(criterion.only, view.tagged)
    if against is not None:
        return against, CONDITION
    return within(criterion.only, view.tagged, _checked(criterion, view)), producer(criterion)


def _checked(criterion: Criterion, view: View) -> Finding:
    if criterion.scale is not None:
        return levelled(criterion, criterion.scale, view)
    return registered()[criterion.check].run(view, **criterion.parameters)


def _needs_evidence(finding: Finding, criterion: Criterion) -> bool:
    """Whether the finding says that an act was performed, which has to be shown; on a scale so does every level but 0."""
    claims = finding.outcome == "pass" if finding.level is None else finding.level > 0
    return claims and any(registered()[name].asks_for_act for name, _ in criterion.uses)


def _settled(finding: Finding, criterion: Criterion, conversation: Conversation) -> Finding:
    """Hold a finding against the rules: evidence inside the text, a pass with evidence, enough confidence."""
    evidence = tuple(_inside(finding.evidence, conversation))
    confidence = min(max(finding.confidence, 0.0), 1.0)
    if finding.outcome == "review":
        return Finding("review", confidence, evidence, finding.reason)
    if not evidence and _needs_evidence(finding, criterion):
        return Finding("review", confidence, (), "Brak miejsca w rozmowie, które by to potwierdzało.")
    if confidence < criterion.thresholds.of(finding.outcome):
        return Finding(
            "review", confidence, evidence, f"Do sprawdzenia przez człowieka: {_lowered(finding.reason)}"
        )
    return Finding(finding.outcome, confidence, evidence, finding.reason, finding.level)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _inside(spans: Iterable[Span], conversation: Conversation) -> Iterable[Span]:
    """The spans that mark some text of the conversation, each once."""
    for span in dict.fromkeys(spans):
        if 0 <= span.turn < len(conversation.turns):
            length = len(conversation.turns[span.turn].text)
            if 0 <= span.start < span.end <= length:
                yield span
