"""Odpowiedź na pytanie: whether a reply has the kind of answer and the matter that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.checks.registry import check
from scorecards.evaluation import Finding
from scorecards.questions import KINDS, Question, content, gives, questions
from scorecards.view import View
from transcripts.conversation import Span

REPLIES = 4
LONG_REPLY = 8
BOTH, BOTH_WEAK, STRAIGHT, KIND_ONLY, TOPIC_ONLY = 0.85, 0.72, 0.8, 0.62, 0.45
FORMULAS_ONLY, NEITHER = 0.82, 0.55
WEAK_KINDS = ("yes_no", "which", "how", "who")  # made of words that any reply may have
STRAIGHT_WITHIN = 2


@dataclass(frozen=True, slots=True)
class _Answer:
    answered: bool
    confidence: float
    evidence: tuple[Span, ...]


@check("question_answered")
def question_answered(view: View, *, questions_at_most: int = 4) -> Finding:
    """Each question of the customer gets the kind of answer it needs, about what it asks.

    Words are all that is compared, not whether the answer is true; where only one of kind and matter is found the
    confidence is low, so that a person decides.
    """
    asked = [(turn, q) for turn in view.customer_turns for q in questions(view, turn)]
    asked = [(turn, q) for turn, q in asked if _replies(view, turn)][:questions_at_most]
    if not asked:
        # in the middle of a sentence without marks a question is not told from other words
        perhaps = any(view.said("customer", f"asks_{kind}") for kind in KINDS)
        return Finding("na", 0.55 if perhaps else 0.8, (), "Klient o nic nie pyta.")
    answers = [(_answer(view, turn, question), question) for turn, question in asked]
    missed = [(answer, question) for answer, question in answers if not answer.answered]
    if missed:
        answer, question = max(missed, key=lambda pair: pair[0].confidence)
        return Finding(
            "fail",
            answer.confidence,
            (question.span, *answer.evidence),
            "Pytanie klienta zostaje bez odpowiedzi.",
        )
    evidence = tuple(span for answer, question in answers for span in (question.span, *answer.evidence))
    confidence = min(answer.confidence for answer, _ in answers)
    return Finding("pass", confidence, evidence, "Odpowiedź dotyczy tego, o co pyta klient.")


def _replies(view: View, turn: int) -> list[int]:
    return [t for t in view.agent_turns if t > turn][:REPLIES]


def _answer(view: View, turn: int, question: Question) -> _Answer:
    replies = _replies(view, turn)
    straight = next((t for t in replies[:1] if question.kind == "yes_no" and _straight(view, t)), None)
    if straight is not None:
        return _Answer(True, STRAIGHT, (view.whole(straight),))
    of_kind = [t for t in replies if gives(view, question.kind, t)]
    on_topic = [t for t in replies if question.topic & content(view.words[t])]
    both = [t for t in of_kind if t in on_topic]
    if both:
        weak = question.kind in WEAK_KINDS
        confidence = BOTH if not weak else KIND_ONLY if _empty(view, both[:1]) else BOTH_WEAK
        return _Answer(True, confidence, (view.whole(both[0]),))
    if of_kind:
        strong = question.kind not in WEAK_KINDS and of_kind[0] == replies[0]
        return _Answer(True, BOTH_WEAK if strong else KIND_ONLY, (view.whole(of_kind[0]),))
    if on_topic:
        return _Answer(False, TOPIC_ONLY, (view.whole(on_topic[0]),))
    return _Answer(False, FORMULAS_ONLY if _empty(view, replies) else NEITHER, (view.whole(replies[0]),))


def _empty(view: View, replies: Sequence[int]) -> bool:
    """All that the agent goes on to say has set phrases and no number: answers in other words have neither."""
    said = sum(len(view.words[t]) for t in replies)
    return said >= LONG_REPLY and all(
        view.said("agent", "empty_formula", (t,)) and not any(c.isdigit() for c in view.turns[t].text)
        for t in replies
    )


def _straight(view: View, turn: int) -> bool:
    """The reply begins with yes or no, greeting and thanks left out."""
    places = view.said("agent", "yes_or_no", (turn,))
    opening = [
        s.end for spans in view.said("agent", "opening_formula", (turn,)) for s in spans if s.turn == turn
    ]
    words = [w for w in view.words[turn] if w.start >= max(opening, default=0)]
    first = {w.start for w in words[:STRAIGHT_WITHIN]}
    return any(spans[0].start in first for spans in places)
