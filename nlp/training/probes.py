"""Questions put to a tagger with altered texts: what flips, and does the evidence carry the decision?"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nlp.tagging import Tagger
from nlp.training.examples import Example
from nlp.windows import Document
from transcripts.conversation import Conversation, Span, Turn
from transcripts.tags import TaggedConversation

LEAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tagger said about one example, baseline or model alike."""

    primary: str | None
    primary_confidence: float
    reasons: frozenset[str]
    sentiment: str | None
    behaviours: dict[int, frozenset[str]]
    sentiment_confidence: float = 0.0
    halves: tuple[str, str] | None = None
    turn_sentiment: dict[int, str] = field(default_factory=dict)


Ask = Callable[[Sequence[Example]], list[Answer]]


def model_answers(tagger: Tagger, examples: Sequence[Example]) -> list[Answer]:
    """The tagger's answers, behaviours from the threshold that its manifest names."""
    threshold = tagger.artefact.thresholds.get("behaviour", 0.5)
    return [_answer(tagged, threshold) for tagged in tagger.tag_many(e.conversation for e in examples)]


def _answer(tagged: TaggedConversation, threshold: float) -> Answer:
    behaviours: dict[int, set[str]] = {}
    for tag in tagged.behaviours:
        if tag.confidence >= threshold:
            behaviours.setdefault(tag.turn, set()).add(tag.code)
    felt = tagged.sentiment
    return Answer(
        tagged.primary,
        tagged.primary_confidence,
        frozenset(reason.code for reason in tagged.reasons),
        felt.overall if felt else None,
        {turn: frozenset(codes) for turn, codes in behaviours.items()},
        felt.confidence if felt else 0.0,
        (felt.start, felt.end) if felt else None,
        {one.turn: one.label for one in felt.turns} if felt else {},
    )


def remembering(ask: Ask) -> Ask:
    """The same answers, each text asked about once; an answer depends on the text alone."""
    known: dict[Document, Answer] = {}

    def answers(examples: Sequence[Example]) -> list[Answer]:
        new = list({e.document: e for e in examples if e.document not in known}.values())
        if new:
            known.update(zip((e.document for e in new), ask(new), strict=True))
        return [known[e.document] for e in examples]

    return answers


def same_decisions(ask: Ask, pairs: Sequence[tuple[Example, Example]]) -> dict[str, float]:
    """How many customers' and agents' texts there are in two versions, and the shares whose answers differ.

    Of customers' texts primary reason and overall sentiment; of agents' texts the sets of behaviours of their turns.
    """
    said = {side: [pair for pair in pairs if pair[0].document.side == side] for side in ("customer", "agent")}
    found = {side: _both(ask, some) for side, some in said.items()}
    row: dict[str, float] = {}
    if customers := found["customer"]:
        row |= {
            "n": len(customers),
            "primary_flips": _differing([(a.primary, b.primary) for a, b in customers]),
            "sentiment_flips": _differing([(a.sentiment, b.sentiment) for a, b in customers]),
        }
    if agents := found["agent"]:
        row |= {
            "agent_n": len(agents),
            "behaviour_flips": _differing([(a.behaviours, b.behaviours) for a, b in agents]),
        }
    return row


def _both(ask: Ask, pairs: Sequence[tuple[Example, Example]]) -> list[tuple[Answer, Answer]]:
    answers = ask([example for pair in pairs for example in pair])
    return list(zip(answers[::2], answers[1::2], strict=True))


def _differing(pairs: Sequence[tuple[object, object]]) -> float:
    return round(sum(a != b for a, b in pairs) / len(pairs), 4)


def evidence_check(tagger: Tagger, examples: Sequence[Example], seed: int = 3) -> dict[str, float]:
    """How often removing the evidence changes the primary reason, beside removing other words.

    As many neighbouring words as the evidence has are removed from a random place that leaves it alone;
    texts in which nothing else of that length is left are not counted.
    """
    rng = random.Random(seed)
    originals = [e.conversation for e in examples if e.primary and len(e.text.split()) >= LEAST_WORDS]
    cases = []
    for tagged in tagger.tag_many(originals):
        if tagged.primary and tagged.reasons[0].evidence:
            span = tagged.reasons[0].evidence[0]
            other = elsewhere(tagged.conversation, span, rng)
            if other:
                pair = (without(tagged.conversation, span), without(tagged.conversation, other))
                cases.append((tagged.primary, pair))
    if not cases:
        return {"n": 0}
    hit = list(tagger.tag_many(pair[0] for _, pair in cases))
    missed = list(tagger.tag_many(pair[1] for _, pair in cases))
    n = len(cases)
    return {
        "n": n,
        "changed_without_evidence": _changed([p for p, _ in cases], hit),
        "changed_without_other_words": _changed([p for p, _ in cases], missed),
        "mean_words_of_evidence": round(sum(removed_words(pair[0]) for _, pair in cases) / n, 1),
    }


def _changed(primaries: Sequence[str], after: Sequence[TaggedConversation]) -> float:
    return round(sum(p != t.primary for p, t in zip(primaries, after, strict=True)) / len(primaries), 3)


def removed_words(conversation: Conversation) -> int:
    """How many words :func:`without` took out."""
    return int(conversation.metadata["removed_words"])


def without(conversation: Conversation, span: Span) -> Conversation:
    """The conversation with the words of ``span`` taken out."""
    turns = list(conversation.turns)
    text = turns[span.turn].text
    turns[span.turn] = Turn(turns[span.turn].speaker, text[: span.start] + " " + text[span.end :])
    removed = len(text[span.start : span.end].split())
    return Conversation(
        conversation.id, conversation.channel, tuple(turns), metadata={"removed_words": removed}
    )


def elsewhere(conversation: Conversation, span: Span, rng: random.Random) -> Span | None:
    """A random run of as many words that does not touch ``span``; None where there is none."""
    wanted = len(conversation.turns[span.turn].text[span.start : span.end].split())
    places = []
    for number, turn in enumerate(conversation.turns):
        words = list(re.finditer(r"\S+", turn.text))
        for first in range(len(words) - wanted + 1):
            start, end = words[first].start(), words[first + wanted - 1].end()
            if number != span.turn or end <= span.start or start >= span.end:
                places.append(Span(number, start, end))
    return rng.choice(places) if places else None
