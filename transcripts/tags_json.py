"""Tags in the form of contract 2, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transcripts.conversation import Conversation, ConversationError, Span
from transcripts.serialise import conversation_from_dict, conversation_to_dict
from transcripts.tags import (
    SENTIMENTS,
    BehaviourTag,
    ReasonTag,
    Respelling,
    SentimentTag,
    TaggedConversation,
    TurnSentiment,
)

TAG_KEYS = ("reasons", "primary", "primary_confidence", "sentiment", "behaviours", "tagger", "spelling")


def span_to_dict(span: Span) -> dict[str, int]:
    """One place in a conversation."""
    return {"turn": span.turn, "start": span.start, "end": span.end}


def tagged_to_dict(tagged: TaggedConversation) -> dict[str, Any]:
    """The conversation (contract 1) with its tags (contract 2). Probabilities to four digits."""
    return {**conversation_to_dict(tagged.conversation), **tags_to_dict(tagged)}


def tags_to_dict(tagged: TaggedConversation) -> dict[str, Any]:
    """Only the tags."""
    return {
        "reasons": [
            {
                "code": reason.code,
                "confidence": round(reason.confidence, 4),
                "evidence": [span_to_dict(span) for span in reason.evidence],
            }
            for reason in tagged.reasons
        ],
        "primary": tagged.primary,
        "primary_confidence": round(tagged.primary_confidence, 4),
        "sentiment": _sentiment_to_dict(tagged.sentiment),
        "behaviours": [
            {"turn": tag.turn, "code": tag.code, "confidence": round(tag.confidence, 4)}
            for tag in tagged.behaviours
        ],
        "tagger": tagged.producer,
        **_spelling_to_dict(tagged),
    }


def _spelling_to_dict(tagged: TaggedConversation) -> dict[str, Any]:
    """There only where a word is misspelled."""
    rows = [{"turn": r.turn, "start": r.start, "end": r.end, "word": r.word} for r in tagged.spelling]
    return {"spelling": rows} if rows else {}


def _sentiment_to_dict(sentiment: SentimentTag | None) -> dict[str, Any] | None:
    if sentiment is None:
        return None
    return {
        "overall": sentiment.overall,
        "start": sentiment.start,
        "end": sentiment.end,
        "score": round(sentiment.score, 4),
        "confidence": round(sentiment.confidence, 4),
        "turns": [{"turn": t.turn, "label": t.label, "score": round(t.score, 4)} for t in sentiment.turns],
    }


def tagged_from_dict(record: Mapping[str, Any]) -> TaggedConversation | None:
    """Read a tagged record back; None where it carries no tags.

    Raises:
        ConversationError: the conversation or its tags have a wrong form.
    """
    if "behaviours" not in record or "reasons" not in record:
        return None
    conversation = conversation_from_dict({k: v for k, v in record.items() if k not in TAG_KEYS})
    return tags_from_dict(conversation, record)


def tags_from_dict(conversation: Conversation, record: Mapping[str, Any]) -> TaggedConversation:
    """Put tags of contract 2 on ``conversation``."""
    try:
        return TaggedConversation(
            conversation,
            tuple(_reason(item) for item in record["reasons"]),
            record.get("primary"),
            float(record.get("primary_confidence", 0.0)),
            _sentiment(record.get("sentiment")),
            tuple(
                BehaviourTag(int(b["turn"]), str(b["code"]), float(b["confidence"]))
                for b in record["behaviours"]
            ),
            str(record.get("tagger", "")),
            tuple(
                Respelling(int(r["turn"]), int(r["start"]), int(r["end"]), str(r["word"]))
                for r in record.get("spelling", ())
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = "Tagi mają niewłaściwą postać: usuń pola `reasons`, `sentiment` i `behaviours` albo otaguj od nowa."
        raise ConversationError("bad_tags", message) from error


def _reason(item: Mapping[str, Any]) -> ReasonTag:
    return ReasonTag(str(item["code"]), float(item["confidence"]), _spans(item.get("evidence", ())))


def _spans(items: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(int(s["turn"]), int(s["start"]), int(s["end"])) for s in items)


def _sentiment(item: Mapping[str, Any] | None) -> SentimentTag | None:
    if item is None:
        return None
    turns = tuple(
        TurnSentiment(int(t["turn"]), _label(t["label"]), float(t["score"])) for t in item.get("turns", ())
    )
    labels = (_label(item["overall"]), _label(item["start"]), _label(item["end"]))
    return SentimentTag(*labels, float(item["score"]), float(item.get("confidence", 0.0)), turns)


def _label(value: object) -> Any:
    if value not in SENTIMENTS:
        raise ValueError(value)
    return value
