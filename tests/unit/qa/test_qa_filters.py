"""Filters: one line out for each line in, in order, whatever the lines hold."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import filters
from qa.filters import Judge, Problem, apply, encoded, read_records, redacting, tagging
from tests.unit.qa.fakes import FakeRedactor, FakeTagger, conversation
from transcripts.tags import TaggedConversation


def lines(*records: Any) -> io.BytesIO:
    raw = [r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in records]
    return io.BytesIO(b"\n".join(raw) + b"\n")


def outcome(step: filters.Step, stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(encoded(result)) for result in apply(step, read_records(stream))]


UGLY = [
    (b"", "empty_line"),
    (b"{", "invalid_json"),
    (b"[1, 2]", "wrong_type"),
    (b'"tekst"', "wrong_type"),
    (b'{"id": NaN}', "invalid_json"),
    (b"[" * 100_000, "invalid_json"),
    (
        b'{"id": "a", "channel": "chat", "turns": [{"speaker": "agent", "text": "za\xbf\xf3\xb3\xe6"}]}',
        "bad_encoding",
    ),
    (b"\x00\xff\x01\x02", "bad_encoding"),
    (b'{"id": "a", "turns": []}', "missing_channel"),
    (b'{"id": "a", "channel": "golab", "turns": []}', "unknown_channel"),
    (b'{"channel": "chat", "turns": []}', "missing_id"),
    (b'{"id": "a", "channel": "chat", "turns": "x"}', "wrong_type"),
    (b'{"id": 5, "channel": "chat", "turns": []}', "wrong_type"),
    (b'{"id": "a", "channel": "chat", "turns": [{"text": "x"}]}', "missing_speaker"),
]


@pytest.mark.parametrize(("raw", "code"), UGLY)
def test_a_bad_line_becomes_an_error_line_and_the_rest_goes_on(raw: bytes, code: str) -> None:
    found = outcome(redacting(FakeRedactor()), lines(conversation(1), raw, conversation(2)))
    assert [record["id"] for record in found][::2] == ["c-0001", "c-0002"]
    assert found[1]["line"] == 2
    assert found[1]["error"]["code"] == code
    assert found[1]["error"]["message"].endswith(".")


def test_a_very_long_line_is_skipped_without_being_held() -> None:
    class Long(io.RawIOBase):
        """200 MB in one line, made while it is read."""

        def __init__(self) -> None:
            self.left = 200_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    tracemalloc.start()
    found = list(read_records(io.BufferedReader(Long(), 1 << 20)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [p.code for p in found if isinstance(p, Problem)] == ["line_too_long"]
    assert peak < 60_000_000


def test_blank_lines_at_the_end_count_for_nothing() -> None:
    found = outcome(redacting(FakeRedactor()), io.BytesIO(lines(conversation(1)).getvalue() + b"\n  \n"))
    assert [record["id"] for record in found] == ["c-0001"]


def test_redaction_tells_places_in_the_original_text_and_drops_older_tags() -> None:
    record = {**conversation(1), "reasons": [], "behaviours": [], "primary": None}
    (found,) = outcome(redacting(FakeRedactor()), lines(record))
    assert "Zawadzka" not in found["turns"][0]["text"]
    place = found["redactions"][0]
    assert conversation(1)["turns"][place["turn"]]["text"][place["start"] : place["end"]] == "Zawadzka"
    assert (place["type"], place["producer"], place["explanation"]) == ("PERSON", "fake", "shape")
    assert "reasons" not in found


def test_tags_are_added_and_redactions_stay() -> None:
    record = {
        **conversation(0),
        "redactions": [{"turn": 0, "start": 0, "end": 1, "type": "PERSON"}],
        "moje": {"a": 1},
    }
    (found,) = outcome(tagging(FakeTagger()), lines(record))
    assert found["primary"] == "delivery.late"
    assert found["redactions"] == record["redactions"]
    assert found["metadata"]["moje"] == {"a": 1}
    assert found["sentiment"]["start"] == "negative"


def test_one_conversation_that_breaks_the_tagger_costs_only_its_own_line() -> None:
    records = [conversation(0), conversation(1, "wybuch taggera"), conversation(2)]
    found = outcome(tagging(FakeTagger()), lines(*records))
    assert [record.get("primary") for record in found] == ["delivery.late", None, "delivery.late"]
    assert found[1]["error"]["code"] == "tag_failed"
    assert "wybuch" not in found[1]["error"]["message"]


def judge(**cards: str) -> tuple[Judge, Counter[str], list[int]]:
    loaded: list[int] = []
    without: Counter[str] = Counter()

    def tagger() -> FakeTagger:
        loaded.append(1)
        return FakeTagger()

    def evaluate(tagged: TaggedConversation) -> dict[str, Any] | None:
        card = cards.get(tagged.conversation.channel)
        return {"scorecard": card, "tagger": tagged.producer} if card else None

    return Judge(tagger, evaluate, without), without, loaded


def test_score_tags_only_what_has_no_tags() -> None:
    tagged = outcome(tagging(FakeTagger()), lines(conversation(0), conversation(3)))
    tagged[1]["tagger"] = "starszy@1"
    step, _, loaded = judge(phone="phone@1")
    found = outcome(step.step, lines(tagged[0], tagged[1], conversation(6)))
    assert [f["evaluation"]["tagger"] for f in found] == ["fake@1", "starszy@1", "fake@1"]
    assert loaded == [1]
    step, _, loaded = judge(phone="phone@1")
    outcome(step.step, lines(*tagged))
    assert loaded == []


def test_a_channel_without_scorecard_gives_null_and_is_counted() -> None:
    step, without, _ = judge(phone="phone@1")
    found = outcome(step.step, lines(conversation(0), conversation(1), conversation(2)))
    assert [bool(f["evaluation"]) for f in found] == [True, False, False]
    assert without == {"chat": 1, "email": 1}


def test_tags_of_a_wrong_form_are_an_error_of_their_line() -> None:
    step, _, _ = judge(phone="phone@1")
    found = outcome(
        step.step, lines({**conversation(0), "reasons": [{"code": 1}], "behaviours": []}, conversation(3))
    )
    assert found[0]["error"]["code"] == "bad_tags"
    assert found[1]["evaluation"]


def test_many_conversations_pass_in_constant_memory() -> None:
    class Counted(FakeTagger):
        """Checks that windows stay small."""

        widest = 0

        def tag_many(self, conversations: Any, **options: Any) -> Iterator[TaggedConversation]:
            conversations = list(conversations)
            self.widest = max(self.widest, len(conversations))
            return super().tag_many(conversations)

    class Source(io.RawIOBase):
        """6,000 lines made while they are read."""

        def __init__(self) -> None:
            self.line = (json.dumps(conversation(1)) + "\n").encode()
            self.left = 6_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if not self.left:
                return 0
            self.left -= 1
            buffer[: len(self.line)] = self.line
            return len(self.line)

    tagger = Counted()
    tracemalloc.start()
    count = sum(1 for _ in apply(tagging(tagger), read_records(io.BufferedReader(Source()))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert tagger.widest == filters.WINDOW
    assert peak < 30_000_000


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60).filter(lambda b: b"\n" not in b), max_size=12))
def test_any_bytes_give_one_line_each(raw: list[bytes]) -> None:
    stream = io.BytesIO(b"".join(line + b"\n" for line in raw) + b"{}")
    found = [encoded(result) for result in apply(redacting(FakeRedactor()), read_records(stream))]
    assert len(found) == len(raw) + 1
    assert all(line.count(b"\n") == 1 and json.loads(line) for line in found)


def test_redaction_hides_identifiers_that_tell_who_somebody_is() -> None:
    record = {**conversation(1), "customer": {"id": "halina@poczta.example"}, "order_id": "604 318 772"}
    (found,) = outcome(redacting(FakeRedactor()), lines(record))
    assert (found["customer"]["id"], found["order_id"]) == ("[ID]", "[ID]")
    assert (found["id"], found["agent"]["id"]) == ("c-0001", "a-1")
