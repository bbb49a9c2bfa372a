"""Marked contacts, what is measured on them, and the learned part of the detector of names."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlp.redaction import Redactor
from nlp.redaction.dialogue import prepare
from nlp.redaction.names import name_form
from nlp.redaction.word_features import BUCKETS, features, may_be_name
from nlp.redaction.word_model import likelihood
from nlp.redaction_quality import TEST, TRAINING, VARIANTS, MarkingError, measured, read_contacts
from nlp.redaction_quality.train_words import fitted, near_misses, renamed, samples
from transcripts.conversation import Conversation, Span, Turn

TEXT = """# phone
A: Dzień dobry, {P|Anna Kos}, sklep.
K: Mój numer to {T|600 100 200}.
 I jeszcze {P|Jan}.

# chat
K: bez danych
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rozmowy.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_marks_become_places_and_leave_the_text(file: Path) -> None:
    first, second = read_contacts(file)
    assert first.conversation.turns[1].text == "Mój numer to 600 100 200.\nI jeszcze Jan."
    said = [(span.text(first.conversation), kind) for span, kind in first.spans]
    assert said == [("Anna Kos", "PERSON"), ("600 100 200", "PHONE"), ("Jan", "PERSON")]
    assert (second.conversation.channel, second.spans) == ("chat", ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ani jednej"),
        ("# gołąb\nK: tak\n", "kanał"),
        ("K: bez nagłówka\n", "wiersz 1"),
        ("# chat\nnic\n", "wiersz 2"),
        ("# chat\nK: {Q|coś}\n", "znacznik"),
        ("# chat\nK: {P|Anna\n", "niedomknięty"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(MarkingError, match=words):
        read_contacts(tmp_path / "a.txt")


@dataclass(frozen=True)
class Places:
    redactions: tuple[Span, ...]


class Partly:
    """Finds "Anna", the number, and a word that is not personal."""

    def redact(self, c: Conversation) -> Places:
        if len(c.turns) < 2:
            return Places(())
        return Places((Span(0, 13, 17), Span(0, 23, 28), Span(1, 13, 24)))


def test_half_a_name_is_not_covered_and_clean_words_count(file: Path) -> None:
    figures = measured(Partly(), read_contacts(file))
    assert figures.share() == (1, 3)
    assert (figures.characters_covered, figures.characters) == (4 + 9, 7 + 9 + 3)
    assert figures.clean_redacted == 5
    assert [(m.kind, m.text) for m in figures.misses] == [
        ("PERSON", "Anna Kos"),
        ("PERSON", "Jan"),
        (None, "sklep"),
    ]


def test_variants_change_what_they_say_and_keep_the_places(file: Path) -> None:
    contact, chat = read_contacts(file)
    spoken = VARIANTS["calls_as_recognised"](contact)
    assert spoken is not None
    assert spoken.conversation.turns[0].text == "dzień dobry anna kos sklep"
    assert [s.text(spoken.conversation) for s, _ in spoken.spans] == ["anna kos", "600 100 200", "jan"]
    assert VARIANTS["calls_as_recognised"](chat) is None
    foreign = VARIANTS["names_vietnamese"](contact)
    assert foreign is not None
    assert "Anna" not in foreign.conversation.turns[0].text
    assert foreign.conversation.turns[0].text.startswith("Dzień dobry, ")
    assert foreign.spans[1][0].text(foreign.conversation) == "600 100 200"


def test_the_contacts_that_come_with_the_program_can_be_read() -> None:
    contacts = [*read_contacts(TRAINING), *read_contacts(TEST)]
    assert len(contacts) >= 490
    assert {kind for c in contacts for _, kind in c.spans} >= {"PERSON", "SECRET", "ADDRESS", "DATE_OF_BIRTH"}


def test_redaction_keeps_the_level_that_was_measured() -> None:
    """A floor under what docs/redaction.md reports for contacts that nothing was taught or mended on."""
    contacts = read_contacts(TEST)
    figures = measured(Redactor(), contacts)
    covered, spans = figures.share()
    assert covered / spans >= 0.9
    assert figures.characters_covered / figures.characters >= 0.94
    assert figures.clean_redacted / figures.clean <= 0.03
    without = measured(Redactor(learned=False), contacts)
    assert without.covered["PERSON"] < figures.covered["PERSON"]


def _likelihoods(text: str) -> dict[str, float]:
    dialogue = prepare([Turn("agent", text)])
    line = dialogue.lines[0]
    return {
        word.text: likelihood("PERSON", dialogue, line, index)
        for index, word in enumerate(line.words)
        if may_be_name(word, name_form(word), capital=dialogue.cased and word.capital)
    }


def test_a_name_is_told_by_its_place_whatever_its_letters() -> None:
    assert _likelihoods("dzień dobry tu kiersztejn w czym mogę pomóc")["kiersztejn"] > 0.5
    assert _likelihoods("zamówiłem kiersztejn do kuchni i wiertarkę").get("kiersztejn", 0.0) < 0.5


def test_features_do_not_hold_the_word_itself() -> None:
    found = []
    for name in ("Brzózka", "Wrzóska"):
        dialogue = prepare([Turn("agent", f"Nazywam się {name} i dzwonię")])
        form = name_form(dialogue.lines[0].words[2])
        found.append((form, features(dialogue, dialogue.lines[0], 2)))
    (first, a), (second, b) = found
    assert all(0 <= bucket < BUCKETS for bucket in a)
    assert a == b or first != second


def test_training_learns_and_can_be_repeated(file: Path) -> None:
    contacts = read_contacts(file) * 3
    rows = [[row for c in contacts for row in samples(c, random.Random(1), "marked")] for _ in range(2)]
    assert rows[0] == rows[1]
    model = fitted(
        rows[0] + [r for c in list(near_misses())[:20] for r in samples(c, random.Random(1), "marked")],
        "PERSON",
    )
    assert model.coef_.shape == (1, BUCKETS)
    assert any(row.kind == "PERSON" for row in rows[0])


def test_other_names_stand_where_names_stood(file: Path) -> None:
    contact = read_contacts(file)[0]
    other = renamed(contact, random.Random(3))
    assert [kind for _, kind in other.spans] == [kind for _, kind in contact.spans]
    assert other.spans[0][0].text(other.conversation) != "Anna Kos"
    assert other.conversation.turns[0].text.endswith(", sklep.")
