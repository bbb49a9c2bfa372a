"""Names in the order of the Polish alphabet."""

from __future__ import annotations

from qa.services.alphabet import alphabetical


def test_polish_letters_stand_in_their_places() -> None:
    names = ["Żory", "Zawada", "Wrocław", "Łódź", "Lublin", "Mława", "Ćmielów", "Celestynów", "Ósmy", "Opole"]
    assert sorted(names, key=alphabetical) == [
        "Celestynów",
        "Ćmielów",
        "Lublin",
        "Łódź",
        "Mława",
        "Opole",
        "Ósmy",
        "Wrocław",
        "Zawada",
        "Żory",
    ]


def test_capitals_digits_signs_and_foreign_letters() -> None:
    names = ["zespół 2", "Zespół 10", "Zespół 2", "2. zespół", "Über", "a-1", ""]
    assert sorted(names, key=alphabetical) == [
        "",
        "2. zespół",
        "a-1",
        "Zespół 10",
        "Zespół 2",
        "zespół 2",
        "Über",
    ]
