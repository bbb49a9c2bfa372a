from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.conversation import CHANNELS, SPEAKERS, ConversationError
from transcripts.serialise import CONVERSATION_SCHEMA, conversation_from_dict, conversation_to_dict

GOOD: dict[str, Any] = {
    "id": "c-1",
    "channel": "phone",
    "turns": [{"speaker": "agent", "text": "Dzień dobry", "start": 1, "end": 2.5}],
}


def test_unknown_keys_are_kept_and_personal_ones_of_the_customer_dropped() -> None:
    record = GOOD | {
        "kampania": "jesień",
        "customer": {"id": "cu-1", "name": "Jan"},
        "metadata": {"kampania": 1},
    }
    conversation = conversation_from_dict(record)
    assert dict(conversation.metadata) == {"kampania": 1, "record.kampania": "jesień"}
    assert "Jan" not in json.dumps(conversation_to_dict(conversation))


def test_time_without_zone_is_warsaw_time_also_in_summer() -> None:
    winter = conversation_from_dict(GOOD | {"started_at": "2026-11-02T09:14:00"}).started_at
    summer = conversation_from_dict(GOOD | {"started_at": "2026-07-02T09:14:00"}).started_at
    assert winter is not None
    assert summer is not None
    assert (winter.isoformat()[-6:], summer.isoformat()[-6:]) == ("+01:00", "+02:00")


def test_keys_come_in_one_order_and_none_is_empty() -> None:
    record = {"turns": [], "channel": "chat", "queue": None, "agent": {"id": "a", "team": ""}, "id": "x"}
    assert list(conversation_to_dict(conversation_from_dict(record))) == ["id", "channel", "agent", "turns"]


def test_characters_that_no_database_takes_are_replaced_one_by_one() -> None:
    record = GOOD | {"turns": [{"speaker": "agent", "text": "a\x00b\ud800c"}], "x": {"y": ["\x00"]}}
    conversation = conversation_from_dict(record)
    assert conversation.turns[0].text == "a\ufffdb\ufffdc"
    assert conversation.metadata["x"] == {"y": ["\ufffd"]}


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("missing_id", {"id": None}),
    ("missing_id", {"id": ""}),
    ("wrong_type", {"id": 5}),
    ("bad_id", {"id": "x" * 201}),
    ("missing_channel", {"channel": None}),
    ("unknown_channel", {"channel": "fax"}),
    ("wrong_type", {"channel": ["chat"]}),
    ("missing_turns", {"turns": None}),
    ("wrong_type", {"turns": "Dzień dobry"}),
    ("wrong_type", {"turns": ["Dzień dobry"]}),
    ("missing_speaker", {"turns": [{"text": "a"}]}),
    ("unknown_speaker", {"turns": [{"speaker": "konsultant", "text": "a"}]}),
    ("missing_text", {"turns": [{"speaker": "agent"}]}),
    ("wrong_type", {"turns": [{"speaker": "agent", "text": 7}]}),
    ("negative_time", {"turns": [{"speaker": "agent", "text": "a", "start": -0.1}]}),
    ("end_before_start", {"turns": [{"speaker": "agent", "text": "a", "start": 2, "end": 1}]}),
    ("wrong_type", {"turns": [{"speaker": "agent", "text": "a", "start": True}]}),
    ("wrong_type", {"turns": [{"speaker": "agent", "text": "a", "start": float("nan")}]}),
    ("wrong_type", {"turns": [{"speaker": "agent", "text": "a", "start": 10**400}]}),
    ("bad_time", {"turns": [{"speaker": "agent", "text": "a", "at": "wczoraj"}]}),
    ("bad_time", {"started_at": "0001-01-01T00:00:00+14:00"}),
    ("wrong_type", {"started_at": 1730000000}),
    ("unknown_direction", {"direction": "tam"}),
    ("wrong_type", {"agent": "a-1"}),
    ("missing_id", {"agent": {"team": "T1"}}),
    ("wrong_type", {"customer": {"id": 7}}),
    ("wrong_type", {"survey": {"csat": "4"}}),
    ("bad_survey", {"survey": {"csat": 6, "csat_max": 5}}),
    ("bad_survey", {"survey": {"nps": 11}}),
    ("bad_survey", {"survey": {"ces": -1}}),
    ("wrong_type", {"metadata": []}),
]


@pytest.mark.parametrize(("code", "change"), WRONG)
def test_wrong_records_are_named_without_their_content(code: str, change: dict[str, Any]) -> None:
    with pytest.raises(ConversationError) as caught:
        conversation_from_dict(GOOD | change, where="plik.jsonl, wiersz 7")
    assert caught.value.code == code
    assert caught.value.message.startswith("plik.jsonl, wiersz 7: ")
    assert not {"fax", "wczoraj", "Dzień"} & set(caught.value.message.split())


def test_deep_metadata_is_refused() -> None:
    deep: Any = "dno"
    for _ in range(60):
        deep = [deep]
    with pytest.raises(ConversationError, match="zagnieżdżone"):
        conversation_from_dict(GOOD | {"x": deep})


def test_schema_and_loader_refuse_the_same() -> None:
    jsonschema.Draft202012Validator.check_schema(CONVERSATION_SCHEMA)
    valid = jsonschema.Draft202012Validator(CONVERSATION_SCHEMA)
    assert valid.is_valid(GOOD)
    beyond_schema = {"end_before_start", "bad_time", "bad_survey"}
    for code, change in WRONG:
        nan = "nan" in repr(change) or "0000000000" in repr(change)  # JSON Schema takes any number
        assert code in beyond_schema or nan or not valid.is_valid(GOOD | change), change


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_TURNS = st.lists(
    st.fixed_dictionaries(
        {"speaker": st.sampled_from(SPEAKERS), "text": _TEXT},
        optional={"start": st.floats(0, 1e5), "at": st.datetimes(None, None).map(lambda d: d.isoformat())},
    ),
    max_size=4,
)


@given(
    st.sampled_from(CHANNELS), _TURNS, st.dictionaries(_TEXT, st.none() | st.integers() | _TEXT, max_size=3)
)
def test_round_trip(channel: str, turns: list[dict[str, Any]], metadata: dict[str, Any]) -> None:
    for turn in turns:
        if "at" in turn:
            turn["at"] = "2026" + turn["at"][4:].replace("02-29", "02-28")
    record = {"id": "x", "channel": channel, "turns": turns, "metadata": metadata}
    once = conversation_from_dict(record)
    assert conversation_from_dict(json.loads(json.dumps(conversation_to_dict(once)))) == once
    assert [turn.text for turn in once.turns] == [turn["text"] for turn in turns]
