"""Stated periods against the policy, and the numbers and units that they are made of."""

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.durations import durations
from scorecards.matching import tokenise
from scorecards.view import View


def found(text: str, asked: str = "mam pytanie", **policy: int) -> Finding:
    view = View(talk("a: dzień dobry", f"c: {asked}", f"a: {text}", channel="email"))
    return registered()["stated_deadline_right"].run(view, **policy)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("14 dni", 14),
        ("czternaście dni", 14),
        ("czternastu dniach", 14),
        ("dwa tygodnie", 14),
        ("w ciagu dwoch tygodni", 14),
        ("14-dniowy", 14),
        ("czternastodniowy termin", 14),
        ("dwutygodniowego", 14),
        ("14-tu dni", 14),
        ("14dni", 14),
        ("trzydziestodniowy", 30),
        ("dwadzieścia jeden dni", 21),
        ("dwudziestu jeden dni", 21),
        ("sto dni", 100),
        ("tydzień", 7),
        ("miesiąc", 30),
        ("półtora tygodnia", 10.5),
        ("48 godzin", 2),
        ("doba", 1),
        ("siedmiodniowy", 7),
        ("siedmiu pełnych dni", 7),
    ],
)
def test_lengths_of_time(text: str, days: float) -> None:
    assert [round(d.days, 3) for d in durations(tokenise(text, 0))] == [days]


@pytest.mark.parametrize(
    "text",
    [
        "kilka dni",
        "14 sztuk",
        "w te dni",
        "numer 600700800",
        "dziś",
        "dwa razy dziennie",
        "piętnaście złotych",
    ],
)
def test_no_length_of_time(text: str) -> None:
    assert list(durations(tokenise(text, 0))) == []


def test_working_days_are_told_apart() -> None:
    assert [
        d.working
        for t in ("14 dni roboczych", "14 roboczych dni", "14 dni")
        for d in durations(tokenise(t, 0))
    ] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Na odstąpienie od umowy ma pani tylko 10 dni, takie mamy zasady.",
        "zwrot mozna zrobic w siedem dni od dostarczenia paczki",
        "Na oddanie butów jest tydzień, potem już nie przyjmujemy.",
        "Może Pan odesłać towar w terminie 7 dni.",
        "Regulamin przewiduje dziesięciodniowy termin na zwrot towaru",
        "no niestety na zwrot ma pan dwa dni od odbioru i koniec",
        "Reklamację rozpatrzymy w ciągu 30 dni.",
        "na rozpatrzenie reklamacji mamy trzy tygodnie proszę pani",
        "Decyzja w sprawie reklamacji przyjdzie najpóźniej za 21 dni",
        "Odpowiemy na reklamację w ciągu czternastu dni roboczych.",
        "Zwroty przyjmujemy do 14 dni roboczych od zakupu.",
        "Zgodnie z ustawą ma Pani 5 dni na odstąpienie od umowy zawartej na odległość.",
        "Reklamacja zostanie rozpatrzona w miesiąc, takie są terminy ustawowe.",
        "prosze odeslac sukienke w terminie osmiu dni bo inaczej zwrot przepada",
        "Czas na rezygnację to 48 godzin.",
    ],
)
def test_a_wrong_period_fails(text: str) -> None:
    assert found(text).outcome == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "Ma pani 14 dni na odstąpienie od umowy.",
        "na zwrot sa czternascie dni od odbioru",
        "Buty może pan odesłać w ciągu dwóch tygodni, bez podawania przyczyny.",
        "Reklamację rozpatrzymy w ciągu 14 dni.",
        "reklamacje rozpatrujemy zwykle w siedem dni a najdluzej w czternascie",
        "Obowiązuje czternastodniowy termin na zwrot.",
        "Zwrot: dwa tygodnie od dnia doręczenia",
        "decyzje w sprawie reklamacji dostanie pani do tygodnia",
        "Na namysł ma Pan 14 (czternaście) dni kalendarzowych",
        "Stanowisko w sprawie reklamacji wyślemy w ciągu 5 dni roboczych.",
        "Ma Pan 14 dni na zwrot, a pieniądze oddamy w ciągu 7 dni od otrzymania paczki.",
        "nie 7 dni tylko 14 dni ma pan na odstapienie",
        "Do 14-tu dni może Pani odstąpić od umowy.",
    ],
)
def test_a_right_period_passes(text: str) -> None:
    assert found(text).outcome == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Pieniądze oddamy w ciągu 7 dni od otrzymania paczki.",
        "zwrot srodkow trwa do trzech dni roboczych",
        "Na zwrot zostało pani jeszcze 5 dni.",
        "Wysyłka zajmuje 2 dni robocze.",
        "Gwarancja na ten model to 24 miesiące, naprawa trwa do 21 dni.",
        "Minęło już 20 dni od zakupu, dlatego pytam o powód.",
        "Widzę, że zamówienie było złożone 10 dni temu, zwrot jest możliwy.",
        "Reklamację można złożyć przez dwa lata od zakupu.",
        "paczka czeka w paczkomacie 48 godzin",
        "Wymieniamy rozmiar w ciągu 30 dni.",
        "Zwrot można zrobić w każdym salonie.",
        "Rabat na kolejne zakupy działa 7 dni.",
        "proszę zwrócić uwagę na metkę i odczekać godzinę",
        "Oddzwonię w ciągu dwóch godzin w sprawie zwrotu.",
    ],
)
def test_other_periods_are_not_judged(text: str) -> None:
    assert found(text).outcome == "na"


def test_the_question_tells_what_a_bare_answer_means() -> None:
    assert found("Dziesięć dni.", "ile mam czasu na zwrot kurtki?").outcome == "fail"
    assert found("Dwa tygodnie.", "ile dni mam na odstąpienie od umowy?").outcome == "pass"
    assert found("Dwa dni.", "ile czekam na paczkę?").outcome == "na"


@pytest.mark.parametrize(
    "text",
    [
        "Przyjęłam, zwrot do 5 dni roboczych po odbiorze.",
        "zwrot w trzy dni, nie dłużej",
        "Zwrot w 7 dni.",
    ],
)
def test_a_bare_return_may_be_the_money_and_is_left_to_a_person(text: str) -> None:
    result = found(text)
    assert result.outcome == "na" or result.confidence < 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Wybierz temat: 1. Godziny otwarcia 2. Zwroty",
        "dziękujemy za lata z nami, zwrot przyjmujemy",
        "Pierwszy zwrot w miesiącu za darmo.",
        "Trzy godziny z imbusem, współczuję, zwrot jest możliwy",
    ],
)
def test_words_that_only_look_like_a_period(text: str) -> None:
    assert found(text).outcome == "na"


@pytest.mark.parametrize("days", ["14", "30"])
def test_the_answer_to_a_complaint_without_the_word_is_told_by_the_conversation(days: str) -> None:
    expected = {"14": "pass", "30": "fail"}[days]
    assert found(f"Odpowiemy w ciągu {days} dni.", "składam reklamację na buty").outcome == expected
    assert found(f"Odpowiemy w ciągu {days} dni.", "kiedy nowa kolekcja").outcome == "na"


def test_the_policy_is_a_parameter() -> None:
    text = "Na zwrot ma pani 30 dni."
    assert found(text).outcome == "fail"
    assert found(text, withdrawal_days=30).outcome == "pass"
    assert found("Reklamację rozpatrzymy w 21 dni.", complaint_days=30).outcome == "pass"


def test_the_customer_may_be_wrong() -> None:
    assert found("Już sprawdzam.", "podobno na zwrot jest tylko 7 dni").outcome == "na"


def test_evidence_is_the_period_and_nothing_is_quoted() -> None:
    wrong = found("Na zwrot ma pani dziesięć dni od odbioru.")
    assert [(s.turn, s.start, s.end) for s in wrong.evidence] == [(2, 17, 29)]
    assert "dziesięć" not in wrong.reason
