"""Questions put to a tagger with altered texts: what flips, and does the evidence carry the decision?"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from nlp.tagging import Tagger
from nlp.training.examples import Example
from transcripts.conversation import Conversation, Span, Turn
from transcripts.tags import TaggedConversation

LEAST_WORDS = 8


def same_decisions(tagger: Tagger, pairs: Sequence[tuple[Example, Example]]) -> dict[str, float]:
    """Shares of pairs (original, altered) whose primary reason or overall sentiment differ."""
    if not pairs:
        return {"n": 0, "primary_flips": 0.0, "sentiment_flips": 0.0}
    before = list(tagger.tag_many(a.conversation for a, _ in pairs))
    after = list(tagger.tag_many(b.conversation for _, b in pairs))
    primary = sum(a.primary != b.primary for a, b in zip(before, after, strict=True))
    felt = sum(_felt(a) != _felt(b) for a, b in zip(before, after, strict=True))
    n = len(pairs)
    return {"n": n, "primary_flips": round(primary / n, 4), "sentiment_flips": round(felt / n, 4)}


def _felt(tagged: TaggedConversation) -> str | None:
    return tagged.sentiment.overall if tagged.sentiment else None


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
