"""One person, one number, however the name is said."""

from __future__ import annotations

from nlp.redaction import Redactor
from transcripts.conversation import Conversation, Turn

CALL = [
    ("agent", "Dzień dobry, Anna Kowalska, sklep Dom, w czym mogę pomóc?"),
    ("customer", "Dzień dobry, nazywam się Marek Wójcik. Mój numer to 601 234 567."),
    (
        "agent",
        "Panie Marku, czyli telefon sześćset jeden, dwieście trzydzieści cztery, pięćset sześćdziesiąt siedem?",
    ),
    ("customer", "Tak, pani Anno. A żona to Ewa Wójcik, jej telefon 602 111 222."),
    ("agent", "Dziękuję. Zapisałam panią Ewę Wójcik."),
]


def test_the_same_person_and_number_get_the_same_mark() -> None:
    turns = tuple(Turn(speaker, text) for speaker, text in CALL)  # type: ignore[arg-type]
    said = [
        t.text for t in Redactor(numbered=True).redact(Conversation("c", "phone", turns)).conversation.turns
    ]
    assert said == [
        "Dzień dobry, [PERSON_1], sklep Dom, w czym mogę pomóc?",
        "Dzień dobry, nazywam się [PERSON_2]. Mój numer to [PHONE_1].",
        "Panie [PERSON_2], czyli telefon [PHONE_1]?",
        "Tak, pani [PERSON_1]. A żona to [PERSON_3], jej telefon [PHONE_2].",
        "Dziękuję. Zapisałam panią [PERSON_3].",
    ]


def test_without_being_asked_marks_have_no_number() -> None:
    turns = (Turn("agent", CALL[0][1]),)
    (turn,) = Redactor().redact(Conversation("c", "phone", turns)).conversation.turns
    assert turn.text.startswith("Dzień dobry, [PERSON],")


def test_numbered_marks_are_left_alone() -> None:
    text = "Dzień dobry, [PERSON_12], numer [PHONE_1]."
    (turn,) = Redactor().redact(Conversation("c", "chat", (Turn("agent", text),))).conversation.turns
    assert turn.text == text
