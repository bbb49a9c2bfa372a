"""Names are hidden from the tagger, and what it points at are places in the text as given."""

from pathlib import Path

import pytest

from nlp.names_hidden import HidesNames
from nlp.tagging import Tagger
from nlp.training.examples import Example
from nlp.training.train import _as_tagged
from nlp.windows import Document
from transcripts.conversation import Agent, Conversation, Span, Turn

TEXT = "Dzień dobry, z tej strony Marek Wiśniewski, paczka dla Anny Nowak nie doszła."
READ = "Dzień dobry, z tej strony [PERSON], paczka dla [PERSON] nie doszła."


@pytest.fixture(scope="module")
def hide() -> HidesNames:
    return HidesNames()


def talk(*turns: tuple[str, str]) -> Conversation:
    return Conversation("c", "chat", tuple(Turn(s, text) for s, text in turns))  # type: ignore[arg-type]


def test_names_go_and_everything_else_stays(hide: HidesNames) -> None:
    unnamed = hide(talk(("agent", "W czym mogę pomóc?"), ("customer", TEXT + " Mój telefon 601 234 567.")))
    assert [turn.text for turn in unnamed.conversation.turns] == [
        "W czym mogę pomóc?",
        READ + " Mój telefon 601 234 567.",
    ]


@pytest.mark.parametrize(
    "words", ["Dzień dobry", "paczka dla", "nie doszła", "doszła.", "Marek Wiśniewski", "Anny Nowak"]
)
def test_a_place_in_what_was_read_is_a_place_in_what_was_written(hide: HidesNames, words: str) -> None:
    unnamed = hide(talk(("customer", TEXT)))
    read = unnamed.conversation.turns[0].text
    shown = words if words in read else "[PERSON]"
    start = read.rindex(shown) if words.startswith("Anny") else read.index(shown)
    place = unnamed.as_given(Span(0, start, start + len(shown)))
    assert TEXT[place.start : place.end] == words


def test_half_a_mark_is_the_whole_name(hide: HidesNames) -> None:
    unnamed = hide(talk(("customer", TEXT)))
    start = READ.index("PERSON")
    place = unnamed.as_given(Span(0, start, start + 3))
    assert TEXT[place.start : place.end] == "Marek Wiśniewski"


def test_a_conversation_that_names_nobody_is_read_as_it_is(hide: HidesNames) -> None:
    conversation = talk(("customer", "gdzie jest moja paczka"))
    assert hide(conversation).conversation is conversation


def test_the_agents_own_name_is_known_from_the_record(hide: HidesNames) -> None:
    turns = (Turn("agent", "Xantia przy telefonie, słucham"),)
    unknown, known = (
        Conversation("c", "phone", turns, agent=Agent("a", name=name)) for name in (None, "Xantia")
    )
    assert hide(unknown).conversation is unknown
    assert hide(known).conversation.turns[0].text == "[PERSON] przy telefonie, słucham"


def test_who_it_is_changes_nothing_and_evidence_is_in_the_text_as_given(artefact_folder: Path) -> None:
    tagger = Tagger.load(str(artefact_folder))
    said = "Tu {}, czajnik przestał grzać i co teraz"
    names = ("Marek Wiśniewski", "Oksana Kowalenko")
    first, second = tagger.tag_many([talk(("customer", said.format(name))) for name in names])
    assert [(r.code, r.confidence) for r in first.reasons] == [(r.code, r.confidence) for r in second.reasons]
    assert first.sentiment == second.sentiment
    for tagged, name in zip((first, second), names, strict=True):
        assert tagged.conversation.turns[0].text == said.format(name)
        for span in (span for reason in tagged.reasons for span in reason.evidence):
            assert 0 <= span.start < span.end <= len(said.format(name))


def test_what_was_redacted_before_is_read_as_it_is(artefact_folder: Path) -> None:
    tagger = Tagger.load(str(artefact_folder))
    named, marked = talk(("customer", TEXT)), talk(("customer", READ))
    (as_named,), (as_marked,) = tagger.tag_many([named]), tagger.tag_many([marked], redacted=True)
    assert [(r.code, r.confidence) for r in as_named.reasons] == [
        (r.code, r.confidence) for r in as_marked.reasons
    ]


def test_training_reads_what_the_tagger_reads() -> None:
    example = Example("e", "w", "chat", "clean", Document("customer", (0,), (TEXT,)))
    (read,) = _as_tagged([example])
    assert read.document.texts == (READ,)
