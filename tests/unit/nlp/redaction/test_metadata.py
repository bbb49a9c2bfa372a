"""Metadata is read like the conversation; versions that the recogniser wrote stay as they are."""

from __future__ import annotations

import pytest

from nlp.redaction import Redactor
from transcripts.conversation import Conversation, Turn

MODEL = "whisper-base@c8172266809b"
VERSION = f"speech-2/{MODEL}/beam5/voices2/left-agent/silence3/glossary-5e362439"


def redacted(metadata: dict[str, object]) -> dict[str, object]:
    conversation = Conversation("c", "phone", (Turn("agent", "Dzień dobry."),), metadata=metadata)
    return dict(Redactor().redact(conversation).conversation.metadata)


def test_versions_of_the_recogniser_stay() -> None:
    speech = {"speech": {"model": MODEL, "version": VERSION, "trust": "ok", "languages": {"pl": 3}}}
    assert redacted(speech) == speech


@pytest.mark.parametrize(
    "value",
    [
        "jan.kowalski@example.com",
        "whisper-base@c8172266809b jan.kowalski@example.com",
        "jan@c8172266809b.pl",
        "tel. 600 700 800",
    ],
)
def test_what_only_looks_like_a_version_is_read(value: str) -> None:
    assert redacted({"speech": {"model": value, "version": VERSION}}) != {
        "speech": {"model": value, "version": VERSION}
    }


def test_strings_behind_a_version_keep_their_places() -> None:
    got = redacted({"a": MODEL, "b": "jan.kowalski@example.com", "c": ["", VERSION, "zwykły tekst"]})
    assert got == {"a": MODEL, "b": "[EMAIL]", "c": ["", VERSION, "zwykły tekst"]}
