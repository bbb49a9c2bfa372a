"""Who speaks on which channel, and what the log says of listening."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.services.access.permissions import Actor
from qa.services.conversations.sound import PAUSE, Listening, speakers_of
from qa.storage.audit import MARK, entries
from qa.storage.database import Storage
from tests.unit.qa.databases import KEYS, empty_storage
from transcripts.conversation import Turn
from transcripts.waveform import Waveform

IGA = Actor("1", "iga", "Iga", frozenset({"qa_specialist"}), form_token="a")
TALK = (
    Turn("agent", "Dzień dobry", 0.0, 2.0),
    Turn("customer", "Dzień dobry", 2.0, 4.0),
    Turn("agent", "Słucham", 3.5, 5.0),  # overlaps: says nothing about the channels
)
FIRST = (90,) * 20 + (5,) * 20 + (50,) * 10
SECOND = (5,) * 20 + (80,) * 20 + (50,) * 10


def test_channels_belong_to_who_is_heard_on_them_while_only_they_speak() -> None:
    assert speakers_of(Waveform(5.0, (FIRST, SECOND)), TALK) == ("agent", "customer")
    assert speakers_of(Waveform(5.0, (SECOND, FIRST)), TALK) == ("customer", "agent")


def test_a_channel_that_is_everybodys_or_nobodys_has_no_speaker() -> None:
    assert speakers_of(Waveform(5.0, (FIRST,)), TALK) == (None,)
    assert speakers_of(Waveform(5.0, (FIRST, SECOND)), ()) == (None, None)
    assert speakers_of(Waveform(5.0, (FIRST, SECOND)), TALK[:1]) == (None, None)


def test_a_call_that_is_silent_throughout_has_channels_all_the_same() -> None:
    assert set(speakers_of(Waveform(5.0, ((0,) * 50, (0,) * 50)), TALK)) == {"agent", "customer"}


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return empty_storage(tmp_path)


def mark_of(conversation_id: str) -> str:
    return KEYS.of(MARK, conversation_id)


def noted(storage: Storage) -> list[tuple[str, str | None]]:
    with storage.reading() as session:
        return [(row.actor, row.subject) for row in entries(session) if row.action == "conversation_listen"]


def test_requests_of_one_listening_are_one_entry(storage: Storage) -> None:
    now = [1000.0]
    listening = Listening(lambda: now[0])
    for _ in range(5):
        listening.note(storage, IGA, "c-1")
        now[0] += PAUSE - 1
    assert noted(storage) == [("iga", mark_of("c-1"))]
    now[0] += PAUSE
    listening.note(storage, IGA, "c-1")
    assert len(noted(storage)) == 2


def test_another_conversation_person_or_sign_in_is_another_listening(storage: Storage) -> None:
    listening = Listening(lambda: 0.0)
    again = Actor("1", "iga", "Iga", frozenset({"qa_specialist"}), form_token="b")
    other = Actor("2", "ola", "Ola", frozenset({"coach"}), form_token="c")
    for actor, conversation in ((IGA, "c-1"), (IGA, "c-2"), (again, "c-1"), (other, "c-1")):
        listening.note(storage, actor, conversation)
        listening.note(storage, actor, conversation)
    assert noted(storage) == [
        ("iga", mark_of("c-1")),
        ("iga", mark_of("c-2")),
        ("iga", mark_of("c-1")),
        ("ola", mark_of("c-1")),
    ]


def test_what_could_not_be_noted_is_not_taken_for_noted(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = Listening(lambda: 0.0)
    with monkeypatch.context() as broken:
        broken.setattr("qa.services.conversations.sound.audit.record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            listening.note(storage, IGA, "c-1")
    listening.note(storage, IGA, "c-1")
    assert len(noted(storage)) == 1


def test_old_listenings_are_forgotten(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.services.conversations.sound.MOST_HEARD", 2)
    now = [0.0]
    listening = Listening(lambda: now[0])
    for number in range(4):
        listening.note(storage, IGA, f"c-{number}")
        now[0] += PAUSE
    assert len(listening._heard) <= 2
