import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlp.tagging import Tagger
from nlp.training.counterfactual import (
    PAIRS,
    flips,
    name_pair,
    other_dialect,
    other_gender,
    other_gender_of_both,
    pairs,
)
from nlp.training.examples import Example, by_split, read_folder
from nlp.training.probes import (
    Answer,
    elsewhere,
    evidence_check,
    model_answers,
    remembering,
    removed_words,
    without,
)
from nlp.windows import Document, Side
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


def test_dialect_words_are_swapped_as_whole_words() -> None:
    assert other_dialect("Gdzie jest paczka, gdziekolwiek") == "Kaj je paczka, gdziekolwiek"


def test_an_agents_words_are_put_in_the_other_gender() -> None:
    assert (
        other_gender_of_both("Sprawdziłam, w czym mogę pani pomóc?") == "Sprawdziłem, w czym mogę panu pomóc?"
    )
    assert other_gender_of_both("Sprawdziłem dla pana") == "Sprawdziłam dla pani"


def example(text: str, side: Side = "customer", channel: str = "chat", name: str = "x1") -> Example:
    return Example(name, "w", channel, "clean", Document(side, (0,), (text,)))


def differing_words(pair: tuple[Example, Example]) -> list[tuple[str, str]]:
    one, other = (e.text.split() for e in pair)
    assert len(one) == len(other)
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]


@pytest.mark.parametrize("side", ["customer", "agent"])
@pytest.mark.parametrize("channel", ["phone", "email", "review", "chat"])
def test_where_nobody_is_named_the_versions_differ_in_one_name_only(side: Side, channel: str) -> None:
    seen = set()
    for number in range(30):
        pair = name_pair(example("Gdzie jest moja paczka?", side, channel, f"x{number}"))
        assert all("Gdzie jest moja paczka?" in version.text for version in pair)
        ((one, other),) = differing_words(pair)
        seen |= {one, other}
    assert len(seen) > 12  # several names, origins and forms


def test_a_name_in_the_text_is_swapped_in_its_case() -> None:
    ((polish, foreign),) = differing_words(name_pair(example("Dzień dobry, tu Halina, czekałam na kuriera.")))
    assert (polish[-2:], foreign) != ("Halina,", polish)
    assert "Halina" not in polish + foreign
    ((polish, foreign),) = differing_words(
        name_pair(example("dzień dobry sklep celina przy telefonie", "agent"))
    )
    assert "celina" not in polish + foreign


def test_an_introduced_name_has_the_gender_of_the_past_forms_and_the_style_of_the_text() -> None:
    women = {
        differing_words(name_pair(example("zamówiłam buty", channel="review", name=f"a{n}")))[0][0]
        for n in range(20)
    }
    assert women <= {"anna", "katarzyna", "monika", "ewa"}
    pair = name_pair(example("gdzie jest paczka zamowilem tydzien temu", channel="phone"))
    assert all(version.text == version.text.lower() and "." not in version.text for version in pair)


def test_every_kind_counts_the_texts_that_it_changes_on_both_sides() -> None:
    contacts = [example(f"Gdzie jest paczka {n}? Czekałam.", name=f"c{n}") for n in range(500)]
    turns = [example(f"Jest pani {n}.", "agent", name=f"t{n}") for n in range(450)]
    found = pairs([*contacts, *turns])
    assert {kind: len(some) for kind, some in found.items()} == {
        "customer_names": PAIRS,
        "agent_names": PAIRS,
        "gender": 950,
        "dialect": 950,
    }
    assert found == pairs([*contacts, *turns])


def by_names(examples: Sequence[Example]) -> list[Answer]:
    """Judges by whether the name is Polish, and greets only where a frequent name is."""
    known = (
        "Anna",
        "Kata",
        "Moni",
        "Ewa",
        "Ewy",
        "Ewą",
        "Ann",
        "Toma",
        "Mare",
        "Mark",
        "Pawe",
        "Pawł",
        "Piot",
    )
    polish = [any(word[:4].startswith(known) for word in e.text.split()) for e in examples]
    return [
        Answer(
            "delivery.lost" if yes else None,
            0.5,
            frozenset(),
            "neutral",
            {0: frozenset({"greeting"} if yes else ())},
        )
        for yes in polish
    ]


def test_a_tagger_that_judges_by_names_is_found_out_on_both_sides() -> None:
    contacts = [example(f"Gdzie jest paczka {n}?", name=f"c{n}") for n in range(300)]
    turns = [example(f"Sprawdzam {n}.", "agent", name=f"t{n}") for n in range(300)]
    rows = flips(by_names, [*contacts, *turns])
    assert rows["customer_names"]["n"] == 300
    assert rows["customer_names"]["primary_flips"] > 0.8
    assert rows["customer_names"]["sentiment_flips"] == 0
    assert rows["agent_names"] == {"agent_n": 300, "behaviour_flips": pytest.approx(1, abs=0.2)}
    assert rows["dialect"]["primary_flips"] == 0
    assert "gender" not in rows


def test_a_text_is_asked_about_once() -> None:
    asked: list[str] = []

    def ask(examples: Sequence[Example]) -> list[Answer]:
        asked.extend(e.text for e in examples)
        return [Answer(e.text, 1.0, frozenset(), None, {}) for e in examples]

    remembered = remembering(ask)
    assert [a.primary for a in remembered([example("a"), example("b"), example("a")])] == ["a", "b", "a"]
    assert [a.primary for a in remembered([example("b")])] == ["b"]
    assert asked == ["a", "b"]


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
    assert flips(lambda some: model_answers(tagger, some), contacts)["dialect"]["n"] > 0
