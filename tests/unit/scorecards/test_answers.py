"""Whether a reply has the kind of answer that was asked for, about the matter that was asked about."""

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.questions import questions
from scorecards.view import View


def found(question: str, *replies: str) -> Finding:
    lines = [f"c: {question}", *(f"a: {reply}" for reply in replies)]
    return registered()["question_answered"].run(View(talk(*lines, channel="marketplace")))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Kiedy przyjdzie paczka?", ["when"]),
        ("o ktorej zamykacie", ["when"]),
        ("Ile trwa wysyłka?", ["when"]),
        ("Ile kosztuje wysyłka?", ["how_much"]),
        ("jaka jest cena zestawu?", ["how_much"]),
        ("Gdzie znajdę fakturę?", ["where"]),
        ("dlaczego anulowaliście zamówienie", ["why"]),
        ("Jak zwrócić buty?", ["how"]),
        ("Który model jest cichszy?", ["which"]),
        ("Czy jest w czerwonym?", ["yes_no"]),
        ("Pasuje do iPhone 12?", ["yes_no"]),
        ("Dzień dobry, chciałam zapytać kiedy wyślecie", ["when"]),
        ("Czy jest czarny? I ile kosztuje?", ["yes_no", "how_much"]),
        ("Paczka nie przyszła.", []),
        ("Proszę o fakturę.", []),
        ("napisałam kiedy mogłam", []),
        ("jak pisałam wcześniej, buty są złe", []),
        ("tak jak na zdjęciu", []),
    ],
)
def test_questions(text: str, kinds: list[str]) -> None:
    view = View(talk(f"c: {text}", "a: ok"))
    assert [question.kind for question in questions(view, 0)] == kinds


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Kiedy wyślecie zamówienie?", "Zamówienie wyślemy jutro do 15:00."),
        ("ile idzie paczka do Gdyni", "Paczka idzie dwa dni robocze."),
        ("Czy pasuje do iPhone 12?", "Tak, pasuje."),
        ("Jest w rozmiarze L?", "Niestety nie mamy już L."),
        ("Ile kosztuje dostawa do domu?", "Dostawa kurierem to 14,99."),
        ("Gdzie jest instrukcja?", "Instrukcja leży na spodzie pudełka, pod folią."),
        ("Dlaczego anulowano zamówienie?", "Zamówienie anulowano z powodu braku towaru."),
        ("Jak zamontować półkę?", "Półkę trzeba przykręcić dwoma wkrętami z zestawu."),
        ("do kiedy trwa promocja", "Promocja trwa do niedzieli."),
        ("Który kolor jest jaśniejszy?", "Jaśniejszy jest kolor piaskowy, ten drugi to beż."),
        ("Można prać w 60 stopniach?", "Dzień dobry, można, metka na to pozwala."),
        ("Dostanę fakturę?", "Oczywiście, fakturę wyślemy mailem."),
        ("Czy da się szybciej?", "Da się, wystarczy wybrać ekspres."),
    ],
)
def test_answered(question: str, reply: str) -> None:
    result = found(question, reply)
    assert result.outcome == "pass"
    assert result.confidence >= 0.7


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Kiedy wyślecie zamówienie?", "Dziękujemy za zaufanie i życzymy udanych zakupów w naszym sklepie!"),
        (
            "Gdzie jest instrukcja?",
            "Dzień dobry, produkt posiada certyfikat i jest nowy, oryginalnie zapakowany.",
        ),
        ("dlaczego paczka stoi", "Prosimy o cierpliwość, dokładamy starań, aby klienci byli zadowoleni."),
        (
            "Ile kosztuje wysyłka za granicę?",
            "Dzień dobry, szczegółowe zasady opisujemy w ofercie, zapraszamy.",
        ),
        ("kiedy zwrot pieniędzy?", "Proszę wystawić pozytywną opinię, bardzo nam pomoże taka ocena."),
        (
            "Dlaczego przyszedł inny kolor?",
            "Prosimy o przesłanie zdjęcia oraz opisu przez formularz dyskusji.",
        ),
        ("ile sztuk w opakowaniu", "Witam serdecznie, zapraszam do zakupu, polecamy nasze produkty."),
        ("Gdzie moja przesyłka?", "Miło nam, że wybrał Pan naszą ofertę, polecamy się na przyszłość."),
        ("Kiedy będzie dostępny czarny?", "Wszystkie kolory są piękne, polecamy zwłaszcza nasz zielony."),
        ("Dlaczego nie działa pilot?", "Gratulujemy zakupu telewizora, życzymy wielu wspaniałych seansów."),
        ("ile czekać na zwrot", "Państwa opinia jest dla nas ważna, prosimy o ocenę sprzedaży."),
        (
            "Gdzie wpisać kod rabatowy?",
            "Pozdrawiamy serdecznie i życzymy przyjemnego popołudnia całej rodzinie.",
        ),
    ],
)
def test_beside_the_question(question: str, reply: str) -> None:
    assert found(question, reply).outcome == "fail"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Jak zwrócić buty?", "Prosimy o cierpliwość."),
        ("Który jest cichszy?", "Ten jest super."),
        ("Kiedy wyślecie?", "Zamówienie jest w realizacji."),
        ("Dlaczego nie działa?", "Proszę nacisnąć reset."),
        ("Ile waży krzesło?", "Krzesło jest lekkie."),
        ("Gdzie produkowane?", "Produkt europejski."),
        ("Czy ma gwarancję?", "Gwarancja producenta."),
        ("Kto dostarcza paczki?", "Kurier."),
        ("Jak się nazywa ten kolor?", "Można zobaczyć w opisie."),
        ("Ile stopni wytrzyma?", "Zgodnie z opisem."),
        ("Kiedy promocja?", "Zapraszamy do newslettera."),
        ("Czy to oryginał?", "Sprzedajemy od lat na Allegro."),
    ],
)
def test_where_words_do_not_tell_a_person_decides(question: str, reply: str) -> None:
    result = found(question, reply)
    assert result.confidence < {"pass": 0.7, "fail": 0.8}[result.outcome]


def test_every_question_counts_and_may_be_answered_later() -> None:
    two = "Kiedy wyślecie zamówienie? I gdzie znajdę fakturę?"
    assert (
        found(
            two, "Zamówienie wyślemy jutro.", "Fakturę znajdzie Pan na koncie, w zakładce Dokumenty."
        ).outcome
        == "pass"
    )
    assert found(two, "Zamówienie wyślemy jutro.").outcome == "fail"


def test_without_a_question_there_is_nothing_to_answer() -> None:
    assert found("Proszę o fakturę na firmę.", "Wysłana.").outcome == "na"
    assert (
        registered()["question_answered"].run(View(talk("a: Dzień dobry", "c: Kiedy paczka?"))).outcome
        == "na"
    )
