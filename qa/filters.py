"""The filters of contract 2: one JSON line out for each line in, in order, in constant memory."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, BinaryIO, cast

from qa.errors import is_disk_full
from qa.services.names import is_plain
from transcripts.conversation import Conversation, ConversationError
from transcripts.readers.json_lines import iter_records, record_id
from transcripts.reading import Fault
from transcripts.serialise import conversation_from_dict, conversation_to_dict
from transcripts.tags import TaggedConversation
from transcripts.tags_json import TAG_KEYS, tagged_from_dict, tagged_to_dict

WINDOW = 256
WINDOW_CHARACTERS = 10_000_000

REDACTIONS = "redactions"
HIDDEN = "[ID]"
"""Instead of an identifier that could tell who somebody is."""
EVALUATION = "evaluation"
ADDED_KEYS = frozenset({REDACTIONS, EVALUATION, *TAG_KEYS})


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be read or processed; the message is Polish and quotes nothing."""

    line: int
    code: str
    message: str
    id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The error line of contract 2."""
        return {"id": self.id, "line": self.line, "error": {"code": self.code, "message": self.message}}


@dataclass(frozen=True, slots=True)
class InputRecord:
    """A line read: its number, the conversation, and what earlier filters had added."""

    line: int
    conversation: Conversation
    added: Mapping[str, Any]


Result = dict[str, Any]
Step = Callable[[Sequence[InputRecord]], "list[Result | Problem]"]


def read_records(stream: IO[bytes], source: str = "-") -> Iterator[InputRecord | Problem]:
    """One record or problem for each line, however broken it is; blank lines at the end count for nothing."""
    expected = 1
    for number, content in iter_records(cast(BinaryIO, stream), source):
        for blank in range(expected, number):
            yield Problem(blank, "empty_line", "Wiersz jest pusty. Usuń go albo wstaw rozmowę.")
        yield _record(number, content)
        expected = number + 1


def _record(number: int, content: dict[str, Any] | Fault) -> InputRecord | Problem:
    if isinstance(content, Fault):
        return Problem(number, content.code, f"{content.message} {content.remedy}")
    bare = {key: value for key, value in content.items() if key not in ADDED_KEYS}
    added = {key: value for key, value in content.items() if key in ADDED_KEYS}
    try:
        return InputRecord(number, conversation_from_dict(bare), added)
    except ConversationError as error:
        return Problem(number, error.code, error.message, record_id(content))


def windows(records: Iterable[InputRecord | Problem]) -> Iterator[list[InputRecord | Problem]]:
    """Lists of at most ``WINDOW`` records and about ``WINDOW_CHARACTERS`` characters of text."""
    iterator = iter(records)
    for first in iterator:
        window = [first]
        size = _size(first)
        for record in itertools.islice(iterator, WINDOW - 1):
            window.append(record)
            size += _size(record)
            if size >= WINDOW_CHARACTERS:
                break
        yield window


def _size(record: InputRecord | Problem) -> int:
    return sum(len(t.text) for t in record.conversation.turns) if isinstance(record, InputRecord) else 0


def apply(step: Step, records: Iterable[InputRecord | Problem]) -> Iterator[Result | Problem]:
    """Run ``step`` over windows of readable records, keeping problems at their places."""
    for window in windows(records):
        results = iter(step([record for record in window if isinstance(record, InputRecord)]))
        for record in window:
            yield next(results) if isinstance(record, InputRecord) else record


def each(code: str, one: Callable[[InputRecord], Result]) -> Step:
    """A step that works on one record at a time; a failure concerns that record only."""

    def step(records: Sequence[InputRecord]) -> list[Result | Problem]:
        return [_guarded(code, one, record) for record in records]

    return step


def _guarded(code: str, one: Callable[[InputRecord], Result], record: InputRecord) -> Result | Problem:
    try:
        return one(record)
    except ConversationError as error:
        return Problem(record.line, error.code, error.message, record.conversation.id)
    except Exception as error:  # one conversation must not stop the others; its text stays out of the message
        if is_disk_full(error):
            raise
        message = f"Nieoczekiwany błąd ({type(error).__name__}): zgłoś go, podając wersję (odsluch version)."
        return Problem(record.line, code, message, record.conversation.id)


def with_written(record: dict[str, Any]) -> dict[str, Any]:
    """A phone call's record with what is read out of the text at hand.

    Turns get ``written`` where numbers were said in words, and ``fillers`` (places in ``text``) where
    somebody only filled time.
    """
    if record["channel"] != "phone":
        return record
    return {**record, "turns": [_with_written(turn) for turn in record["turns"]]}


def _with_written(turn: dict[str, Any]) -> dict[str, Any]:
    from nlp.written_form import written
    from transcripts.fillers import fillers

    text = turn["text"]
    out = {key: value for key, value in turn.items() if key not in ("written", "fillers")}
    if (shown := written(text)) != text:
        out["written"] = shown
    if found := fillers(text):
        out["fillers"] = [{"start": start, "end": end} for start, end in found]
    return out


def redacting(redactor: Any) -> Step:
    """Replace personal data; tags of the raw text would point at wrong places and go.

    Identifiers of customer, order, case and agent become :data:`HIDDEN` where they could tell who somebody is; the
    conversation's own stays, since results are joined by it.
    """

    def one(record: InputRecord) -> Result:
        redacted = redactor.redact(_without_telling(redactor, record.conversation))
        places = [
            {
                "turn": r.turn,
                "start": r.start,
                "end": r.end,
                "type": r.type,
                "confidence": round(r.confidence, 3),
                "producer": r.producer,
                "explanation": r.explanation,
            }
            for r in redacted.redactions
        ]
        return {**with_written(conversation_to_dict(redacted.conversation)), REDACTIONS: places}

    return each("redaction_failed", one)


def _without_telling(redactor: Any, c: Conversation) -> Conversation:
    def kept(value: str) -> str:
        return value if is_plain(redactor, value) else HIDDEN

    agent = c.agent and replace(c.agent, id=kept(c.agent.id), team=c.agent.team and kept(c.agent.team))
    return replace(
        c,
        agent=agent,
        customer_id=c.customer_id and kept(c.customer_id),
        order_id=c.order_id and kept(c.order_id),
        case_id=c.case_id and kept(c.case_id),
    )


def tagging(tagger: Any) -> Step:
    """Add tags; redactions stay, older tags and evaluations go."""
    return lambda records: [
        item if isinstance(item, Problem) else _tagged_result(record, item)
        for record, item in zip(records, _tagged(tagger, records), strict=True)
    ]


def _tagged_result(record: InputRecord, tagged: TaggedConversation) -> Result:
    return {**tagged_to_dict(tagged), **_redactions(record)}


def _redactions(record: InputRecord) -> dict[str, Any]:
    return {REDACTIONS: record.added[REDACTIONS]} if REDACTIONS in record.added else {}


def _tagged(tagger: Any, records: Sequence[InputRecord]) -> list[TaggedConversation | Problem]:
    """Tag a window at once; where that fails, one by one, to find the line at fault."""
    try:
        return list(tagger.tag_many([record.conversation for record in records]))
    except Exception as error:  # one conversation must not stop the others
        if is_disk_full(error):
            raise

    def one(record: InputRecord) -> dict[str, Any]:
        (tagged,) = tagger.tag_many([record.conversation])
        return {"tagged": tagged}

    results = each("tag_failed", one)(records)
    return [item if isinstance(item, Problem) else item["tagged"] for item in results]


@dataclass(frozen=True, slots=True)
class Judge:
    """Applies a scorecard: the one asked for, or the channel's own.

    ``evaluate`` gives the evaluation of contract 2, or None where the channel has no scorecard; those
    channels are counted in ``without``.
    """

    tagger: Callable[[], Any]
    evaluate: Callable[[TaggedConversation], dict[str, Any] | None]
    without: Counter[str]

    def step(self, records: Sequence[InputRecord]) -> list[Result | Problem]:
        """Tag what has no tags, then score."""
        ready = [_guarded("bad_tags", _with_tags, record) for record in records]
        untagged = [record for record, item in zip(records, ready, strict=True) if item == {"tagged": None}]
        fresh = iter(_tagged(self.tagger(), untagged) if untagged else ())
        results: list[Result | Problem] = []
        for record, item in zip(records, ready, strict=True):
            tagged = (
                next(fresh)
                if item == {"tagged": None}
                else item
                if isinstance(item, Problem)
                else item["tagged"]
            )
            results.append(tagged if isinstance(tagged, Problem) else self._scored(record, tagged))
        return results

    def _scored(self, record: InputRecord, tagged: TaggedConversation) -> Result | Problem:
        return _guarded("score_failed", lambda r: self._result(r, tagged), record)

    def _result(self, record: InputRecord, tagged: TaggedConversation) -> Result:
        evaluation = self.evaluate(tagged)
        if evaluation is None:
            self.without[tagged.conversation.channel] += 1
        return {**tagged_to_dict(tagged), **_redactions(record), EVALUATION: evaluation}


def _with_tags(record: InputRecord) -> dict[str, Any]:
    tags = {key: value for key, value in record.added.items() if key in TAG_KEYS}
    return {"tagged": tagged_from_dict({**conversation_to_dict(record.conversation), **tags})}


def encoded(result: Result | Problem) -> bytes:
    """One line of output."""
    content = result.as_dict() if isinstance(result, Problem) else result
    return (json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")
