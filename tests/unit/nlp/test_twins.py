"""Twins differ in one respect only, and in that one everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.twins import KINDS, twins
from nlp.twins.length import longer, shorter
from nlp.twins.people import CASES, paradigm, people
from nlp.twins.spelling import foreign, regional, with_slips, without_diacritics
from transcripts.conversation import SPEAKERS, Channel, Conversation, Span, Turn


def talk(*lines: str, channel: Channel = "phone", identifier: str = "c-1") -> Conversation:
    who = {"a": "agent", "c": "customer"}
    turns = [Turn(who[line[0]], line[2:].strip()) for line in lines]  # type: ignore[arg-type]
    return Conversation(identifier, channel, tuple(turns))


def capitals(conversation: Conversation) -> list[Span]:
    """Names as a redactor would find them: words with a capital that do not begin a turn."""
    return [
        Span(i, m.start(), m.end())
        for i, turn in enumerate(conversation.turns)
        for m in re.finditer(r"(?<=[^.!?] )[A-ZŁŚŻ][a-ząćęłńóśźż]+", turn.text)
    ]


CALL = talk(
    "a: Dzień dobry, sklep ogrodniczy, mówi Bożena Krzemińska, w czym mogę pomóc?",
    "c: Dzień dobry pani, tu Tomasz Adamczyk, zamówiłem doniczki i czekam.",
    "a: Panie Tomaszu, sprawdziłam, paczka dojdzie jutro. Czy pan Adamczyk podał telefon?",
    "c: Tak, dziękuję pani Bożeno.",
    "a: Bardzo serdecznie dziękuję za telefon i życzę miłego dnia, do widzenia.",
)


def texts(conversation: Conversation) -> str:
    return "\n".join(turn.text for turn in conversation.turns)


def test_everybody_is_found_under_their_own_name() -> None:
    found = people(CALL, capitals(CALL))
    assert found["agent"].gender == "f"
    assert found["customer"].gender == "m"
    assert {(n.turn, n.kind, n.case) for n in found["customer"].named} == {
        (1, "given", "nom"), (1, "surname", "nom"), (2, "given", "voc"), (2, "surname", "nom"),
    }  # fmt: skip
    assert {(n.turn, n.kind, n.case) for n in found["agent"].named} == {
        (0, "given", "nom"), (0, "surname", "nom"), (3, "given", "voc"),
    }  # fmt: skip


def test_names_are_swapped_everywhere_in_the_right_case() -> None:
    pair = twins(CALL, capitals)["customer_name"]
    given_name, surname = paradigm("given", "foreign", "m", "c-1"), paradigm("surname", "foreign", "m", "c-1")
    said = texts(pair.after)
    assert pair.before == CALL
    assert "Tomasz" not in said
    assert "Adamczyk" not in said
    assert f"Panie {given_name['voc']}" in said
    assert f"tu {given_name['nom']} {surname['nom']}" in said
    assert "Bożena Krzemińska" in said


def test_pairs_of_gender_go_from_woman_to_man() -> None:
    pair = twins(CALL, capitals)["agent_gender"]
    assert pair.before == CALL
    said = texts(pair.after)
    assert "sprawdziłem" in said
    assert "Dzień dobry panu" in said
    assert "zamówiłem doniczki" in said  # the customer's own form stays
    assert "Bożena" not in said
    assert "Panie Tomaszu" in said
    other = twins(CALL, capitals)["customer_gender"]
    assert other.after == CALL
    assert "zamówiłam doniczki" in texts(other.before)
    assert "sprawdziłam, paczka" in texts(other.before)
    assert re.search(r"Pani \w+o, sprawdziłam", texts(other.before))


def test_spelling_changes_the_agents_turns_only() -> None:
    for kind in ("no_diacritics", "slips", "foreign_spelling", "regional", "longer", "shorter"):
        pair = twins(CALL, capitals)[kind]
        for before, after in zip(pair.before.turns, pair.after.turns, strict=True):
            assert before.speaker == "agent" or before == after


def test_every_name_has_a_form_for_each_case() -> None:
    for kind in ("given", "surname"):
        for origin in ("foreign", "polish"):
            for gender in ("f", "m"):
                for seed in map(str, range(60)):
                    assert set(paradigm(kind, origin, gender, seed)) == set(CASES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Bardzo serdecznie dziękuję za telefon, miłego dnia życzę, do widzenia", "dziękuję, do widzenia"),
        ("Dziękuję i życzę pani miłego i spokojnego dnia", "Dziękuję"),
        ("Uprzejmie proszę o numer", "proszę o numer"),
        ("Pozdrawiam serdecznie\nAnna", "Pozdrawiam\nAnna"),
        ("Miłego dnia!", "Miłego dnia!"),  # the only farewell stays
        ("Dziękuję za cierpliwość", "Dziękuję za cierpliwość"),  # thanks for waiting are asked for
        ("Zamówienie dojdzie jutro", "Zamówienie dojdzie jutro"),
    ],
)
def test_long_pleasantries_are_cut_and_the_short_ones_stay(before: str, after: str) -> None:
    assert shorter(talk(f"a: {before}")).turns[0].text == after


def test_filler_says_nothing_and_keeps_every_word() -> None:
    after = longer(CALL)
    for one, other in zip(CALL.turns, after.turns, strict=True):
        left = iter(re.findall(r"\w+", other.text))
        assert all(word in left for word in re.findall(r"\w+", one.text))  # in their order
    assert len(texts(after)) > len(texts(CALL))


def test_spellings() -> None:
    text = "Dzień dobry, przepraszam, nie będę mógł teraz wziąć tych rzeczy"
    assert without_diacritics(text, "x") == "Dzien dobry, przepraszam, nie bede mogl teraz wziac tych rzeczy"
    assert regional(text, "x") == "Dzień dobry, przepraszam, nie będę mógł tera wziąść tych rzeczy"
    assert with_slips(text, "x") == with_slips(text, "x")
    assert len({foreign(text, str(seed)) for seed in range(8)}) > 2
    assert foreign("[PERSON] jan@poczta.pl 600", "x") == "[PERSON] jan@poczta.pl 600"


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.tuples(st.sampled_from(SPEAKERS), st.text(max_size=60)), max_size=6),
    channel=st.sampled_from(["phone", "email"]),
)
def test_any_text_has_twins_of_the_same_shape(lines: list[tuple[str, str]], channel: Channel) -> None:
    conversation = Conversation("c", channel, tuple(Turn(s, t) for s, t in lines))  # type: ignore[arg-type]
    for kind, pair in twins(conversation, lambda _: []).items():
        assert kind in KINDS
        for one in (pair.before, pair.after):
            assert [turn.speaker for turn in one.turns] == [turn.speaker for turn in conversation.turns]


def test_twins_are_the_same_every_time() -> None:
    assert twins(CALL, capitals) == twins(CALL, capitals)
