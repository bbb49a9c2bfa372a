import random
from pathlib import Path

import pytest

from nlp.tagging import Tagger
from nlp.training.counterfactual import SWAPS, flips, other_gender
from nlp.training.examples import Example, by_split, read_folder
from nlp.training.probes import elsewhere, evidence_check, removed_words, without
from transcripts.conversation import Conversation, Span, Turn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zamówiłem buty i czekałam", "zamówiłam buty i czekałem"),
        ("Chciałabym, żeby Pan oddzwonił", "Chciałbym, żeby Pani oddzwonił"),
        ("poszłam do sklepu, mąż został", "poszedłem do sklepu, żona został"),
        ("problem z hasłem i stołem", "problem z hasłem i stołem"),
        ("panika w panelu", "panika w panelu"),
    ],
)
def test_gender_forms_are_swapped_once(text: str, expected: str) -> None:
    assert other_gender(text) == expected


def test_names_and_dialect_words_are_swapped_as_whole_words() -> None:
    assert SWAPS["names"]("Tu Anna Nowak, Annowo 3") == "Tu Oksana Kovalenko, Annowo 3"
    assert SWAPS["dialect"]("Gdzie jest paczka, gdziekolwiek") == "Kaj je paczka, gdziekolwiek"


def test_removing_a_span_leaves_the_rest() -> None:
    conversation = Conversation("c", "chat", (Turn("customer", "a gdzie jest moja paczka dziś"),))
    shorter = without(conversation, Span(0, 2, 12))
    assert shorter.turns[0].text.split() == ["a", "moja", "paczka", "dziś"]
    assert removed_words(shorter) == 2


def test_other_words_never_touch_the_evidence_and_have_its_length() -> None:
    text = "jeden dwa trzy cztery pięć"
    conversation = Conversation("c", "chat", (Turn("customer", text),))
    for seed in range(20):
        found = elsewhere(conversation, Span(0, 6, 14), random.Random(seed))  # "dwa trzy"
        assert found is not None
        assert text[found.start : found.end] == "cztery pięć"
    assert elsewhere(conversation, Span(0, 0, len(text)), random.Random(1)) is None


def test_a_word_that_decides_is_found_out(artefact_folder: Path, examples: Path) -> None:
    tagger = Tagger.load(str(artefact_folder))
    test = by_split(read_folder(examples), {"test": ["c"]})["test"]
    contacts: list[Example] = [e for e in test if e.primary]
    only = {
        "delivery.where_is_order": "gdzie",
        "delivery.lost": "zginęła",
        "complaint.defect": "grzać",
        "feedback.praise": "super",
    }
    # one known word among words that the tiny vocabulary lacks
    longer = [e.with_texts([f"no dobrze więc tak proszę pana no {only[str(e.primary)]}"]) for e in contacts]
    found = evidence_check(tagger, longer)
    assert found["n"] > 20
    assert found["changed_without_evidence"] > found["changed_without_other_words"]
    assert flips(tagger, contacts)["dialect"]["n"] > 0
