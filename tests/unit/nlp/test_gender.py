"""Forms of the other gender: what changes, and what looks like such a form and stays."""

import pytest

from nlp.gender import addressed, as_to_a_man, first_person

TO_A_WOMAN = [
    ("Dzień dobry pani, czy pani składała reklamację?", "Dzień dobry panu, czy pan składał reklamację?"),
    ("Mogę pani zaproponować termin", "Mogę panu zaproponować termin"),
    ("proszę pani, numer pani zamówienia", "proszę pana, numer pana zamówienia"),
    ("Czy podała pani adres?", "Czy podał pan adres?"),
    ("dla pani paczka", "dla pana paczka"),
    ("w pani sprawie", "w pana sprawie"),
    ("pani paczka została wysłana", "pana paczka została wysłana"),
    ("pomogę pani", "pomogę panu"),
    ("łączę panią z działem", "łączę pana z działem"),
    ("rozmawiałem z panią wczoraj", "rozmawiałem z panem wczoraj"),
    ("Szanowna Pani, dziękujemy za wiadomość", "Szanowny Panie, dziękujemy za wiadomość"),
    ("jest pani pewna?", "jest pan pewny?"),
    ("zamówiła pani dwa", "zamówił pan dwa"),
    ("A pani by chciała zwrot", "A pan by chciał zwrot"),
    ("czy mogłaby pani podać", "czy mógłby pan podać"),
    ("żeby pani wiedziała, że przyszła paczka", "żeby pan wiedział, że przyszła paczka"),
    ("uratowała mi pani sobotę", "uratował mi pan sobotę"),
    ("do widzenia pani", "do widzenia panu"),
    ("ma pani numer?", "ma pan numer?"),
    ("całą noc układałam, co pani powiem", "całą noc układałam, co panu powiem"),
    ("spisywała pani protokół z kurierem", "spisywał pan protokół z kurierem"),
]


@pytest.mark.parametrize(("woman", "man"), TO_A_WOMAN)
def test_what_is_said_to_a_woman_can_be_said_to_a_man_and_back(woman: str, man: str) -> None:
    assert addressed(woman, "m") == man
    assert addressed(man, "m") == man
    assert addressed(man, "f") == woman


@pytest.mark.parametrize(
    ("woman", "man"),
    [
        ("Sprawdziłam i jestem pewna", "Sprawdziłem i jestem pewny"),
        ("będę mogła zadzwonić", "będę mógł zadzwonić"),
        ("sama zrobiłam", "sam zrobiłem"),
        ("byłabym wdzięczna", "byłbym wdzięczny"),
        ("żebym wiedziała", "żebym wiedział"),
        ("poszłam do magazynu i wzięłam paczkę", "poszedłem do magazynu i wziąłem paczkę"),
        ("powinnam oddzwonić", "powinienem oddzwonić"),
        ("chcialabym zmienic adres", "chcialbym zmienic adres"),
        ("wyslalam, bylam na urlopie", "wyslalem, bylem na urlopie"),
    ],
)
def test_what_a_woman_says_of_herself_a_man_can_say_of_himself(woman: str, man: str) -> None:
    assert first_person(woman, "m") == man
    assert first_person(man, "f") == woman


@pytest.mark.parametrize(
    "text",
    [
        "problem z hasłem i stołem",
        "mam problem z portfelem i hotelem",
        "Jak można się tak pomylić",
        "klientka mówiła, że paczka przyszła",
        "dobra, mała paczka została wysłana",
        "reklama i islam",
        "",
        "[PERSON] dzwoni w sprawie [CUSTOMER_NUMBER]",
        "Państwo złożyli zamówienie",
    ],
)
def test_what_tells_no_gender_stays(text: str) -> None:
    for to in ("f", "m"):
        assert first_person(text, to) == text  # type: ignore[arg-type]
        assert addressed(text, to) == text  # type: ignore[arg-type]


def test_writers_without_diacritics_keep_without() -> None:
    assert addressed("pani zamówiła buty", "m", plain=True) == "pan zamowil buty"
    assert addressed("z panem rozmawialem", "f", plain=True) == "z pania rozmawialem"
    assert addressed("rozumiem pana", "f") == "rozumiem panią"


def test_a_tagger_reads_one_form_whoever_speaks_to_whom() -> None:
    texts = (
        "Sprawdziłam, czy pani podała adres",
        "Sprawdziłem, czy pani podała adres",
        "Sprawdziłam, czy pan podał adres",
    )
    assert {as_to_a_man(text) for text in texts} == {"Sprawdziłem, czy pan podał adres"}
