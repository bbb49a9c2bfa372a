"""Where everybody reads: the move to a private message, data in public, and deals beside the platform."""

import dataclasses

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.view import View

ORDER = "c: gdzie moje zamówienie, czekam na paczkę od tygodnia"


def found(name: str, *lines: str, visibility: str = "") -> Finding:
    tagged = talk(*lines, channel="marketplace" if name == "stays_on_platform" else "social")
    if visibility:
        public = dataclasses.replace(tagged.conversation, metadata={"visibility": visibility})
        tagged = dataclasses.replace(tagged, conversation=public)
    return registered()[name].run(View(tagged))


@pytest.mark.parametrize(
    "text",
    [
        "Prosimy o wiadomość prywatną z numerem zamówienia.",
        "napisz do nas na priv, sprawdzimy",
        "odezwij sie na prv",
        "Zapraszamy na PW :)",
        "Wysłałam do Ciebie wiadomość, zajrzyj proszę.",
        "Pani Olu, prosimy napisać w prywatnej wiadomości.",
        "prosze o kontakt przez messengera",
        "Hej! Napisz DM, a my zajmiemy się resztą",
        "napisz do nas w DM",
        "Odpisaliśmy Pani w skrzynce odbiorczej.",
        "Szczegóły omówmy prywatnie, tutaj każdy widzi dane.",
        "Nie podawaj danych tutaj, napisz na priv.",
        "odpisałem do pana przed chwilą na messengerze",
        "Czekamy na wiadomości na Instagramie.",
    ],
)
def test_moves_to_private(text: str) -> None:
    assert found("moves_to_private", ORDER, f"a: {text}").outcome == "pass"


@pytest.mark.parametrize(
    "lines",
    [
        (ORDER, "a: Proszę podać numer zamówienia i nazwisko."),
        (ORDER, "a: podaj nr telefonu w komentarzu to oddzwonimy"),
        (ORDER, "a: Na jakie nazwisko było zamówienie?"),
        (ORDER, "a: Potrzebujemy Twojego adresu e-mail, wpisz go tutaj."),
        (ORDER, "a: A numer zamówienia?"),
        (ORDER, "a: nie odpisujemy na wiadomości prywatne, prosimy o numer zamówienia w komentarzu"),
        (ORDER, "a: Nie obsługujemy zapytań na priv. Numer zamówienia poproszę."),
        ("c: mój numer 600 100 200, zadzwońcie", "a: Ok, dzwonimy."),
        ("c: zam. XZ20931, gdzie to jest", "a: Jedzie do pani."),
        ("c: piszcie na ola.k@poczta.example", "a: Napiszemy."),
        (ORDER, "a: dane poproszę, imię nazwisko i kod pocztowy", "c: po co"),
        ("c: [PHONE] to moj telefon, wasz kurier nie dzwoni", "a: Przekażemy kurierowi."),
        (ORDER, "a: Bez pisania na priv się obejdzie, podaj numer paczki."),
    ],
)
def test_data_without_a_move(lines: tuple[str, ...]) -> None:
    assert found("moves_to_private", *lines).outcome == "fail"


@pytest.mark.parametrize(
    "lines",
    [
        ("c: do której otwarte w niedzielę?", "a: Do 20, zapraszamy!"),
        ("c: piękna kolekcja", "a: Dziękujemy! ❤"),
        ("c: czy te buty są z wełny", "a: Tak, podeszwa jest filcowa."),
        ("c: kiedy wyprzedaż", "a: Startujemy w piątek."),
        ("c: jaki numer modelu tej lampy?", "a: Numer modelu to LX-20."),
    ],
)
def test_nothing_to_move(lines: tuple[str, ...]) -> None:
    assert found("moves_to_private", *lines).outcome == "na"


def test_an_own_matter_without_data_is_left_to_a_person() -> None:
    result = found("moves_to_private", ORDER, "a: Prosimy o cierpliwość, kurierzy mają opóźnienia.")
    assert (result.outcome, result.confidence < 0.8) == ("fail", True)


def test_a_private_conversation_asks_for_no_move() -> None:
    said = ("c: moje zamówienie?", "a: Poproszę numer zamówienia i e-mail.")
    for name in ("moves_to_private", "no_public_data"):
        assert found(name, *said, visibility="private").outcome == "na"


def test_a_mail_or_a_phone_is_a_less_sure_move() -> None:
    result = found("moves_to_private", ORDER, "a: Napisz do nas na adres sklep@modrzew.example.")
    assert (result.outcome, result.confidence < 0.8) == ("pass", True)


@pytest.mark.parametrize(
    "lines",
    [
        (ORDER, "a: Proszę podać numer zamówienia."),
        (ORDER, "a: podaj w komentarzu maila i telefon"),
        (ORDER, "a: Na jakie nazwisko?", "c: Kowal"),
        (ORDER, "a: Paczka jedzie na ul. Lipową 8, będzie jutro."),
        (ORDER, "a: Zadzwonimy na 601 222 333, tak?"),
        (ORDER, "a: zamowienie ZX20933 wyszlo wczoraj"),
        (ORDER, "a: Wysłaliśmy potwierdzenie na ewa.nowak@poczta.example"),
        (ORDER, "a: Widzę adres [ADDRESS], zgadza się?"),
        (ORDER, "a: [CUSTOMER_NUMBER] jest w sortowni"),
        (ORDER, "a: Napisz tu pod postem swój numer telefonu albo na priv."),
        (ORDER, "a: Jaki jest numer zamówienia? Odpowiemy na priv.", "c: 12"),
        (ORDER, "a: poprosimy o imię i nazwisko oraz pesel do weryfikacji"),
        (ORDER, "a: Hej, potrzebny nam Twój adres mailowy :)"),
    ],
)
def test_data_in_public(lines: tuple[str, ...]) -> None:
    assert found("no_public_data", *lines).outcome == "fail"


@pytest.mark.parametrize(
    "lines",
    [
        (ORDER, "a: Prosimy o wiadomość prywatną z numerem zamówienia i adresem e-mail."),
        (ORDER, "a: Napisz na priv i podaj numer zamówienia."),
        (ORDER, "a: Prosimy nie podawać numeru telefonu w komentarzu!"),
        ("c: mój tel 600 100 200", "a: Proszę usunąć numer telefonu z komentarza, dla Pani bezpieczeństwa."),
        (ORDER, "a: Infolinia działa pod numerem 22 100 20 30, zapraszamy."),
        (ORDER, "a: Zapraszamy do kontaktu: reklamacje@modrzew.example"),
        (ORDER, "a: Zadzwoń do nas na 801 200 300, pomożemy."),
        ("c: jaki to numer modelu", "a: Podaj numer modelu z metki, sprawdzimy."),
        ("c: gdzie jest salon", "a: Nasz salon: ul. Długa 5, zapraszamy."),
        ("c: piękne", "a: Dziękujemy, Kasiu!"),
        (ORDER, "a: Ukryliśmy komentarz z numerem, napisz na priv."),
        ("c: ile to kosztuje", "a: 129 zł, wysyłka 24 h."),
        ("c: rozmiar 38?", "a: Proszę podać kolor, sprawdzimy stan."),
        (ORDER, "s: Rozmowa przeniesiona do wiadomości prywatnych", "a: Poproszę numer zamówienia."),
    ],
)
def test_no_data_in_public(lines: tuple[str, ...]) -> None:
    assert found("no_public_data", *lines).outcome == "pass"


def test_data_after_an_invitation_may_be_private() -> None:
    said = (ORDER, "a: Napisz na priv.", "c: napisałam", "a: Poproszę jeszcze numer telefonu.")
    assert found("no_public_data", *said).outcome == "review"
    assert found("no_public_data", *said, visibility="public").outcome == "fail"


ASKED = "c: czy da się wziąć dwie sztuki taniej"


@pytest.mark.parametrize(
    "text",
    [
        "Poza Allegro mogę sprzedać za 80 zł.",
        "Prosze kupic na naszej stronie bedzie taniej",
        "W naszym sklepie internetowym ma Pan rabat 10 procent.",
        "Bez prowizji wyjdzie 20 zł mniej, proszę o telefon.",
        "Taniej będzie bezpośrednio u nas.",
        "proszę anulować zamówienie i zamówić bezpośrednio u nas",
        "Możemy się dogadać, proszę pisać na WhatsApp.",
        "Wystarczy wpisać nazwę sklepu w google, tam jest rabat.",
        "Proszę o przelew na konto, wtedy wyślę bez pośredników.",
        "z pominięciem platformy dam lepszą cenę",
        "proszę zapłacić blikiem na telefon i wysyłam",
        "Mam to samo na OLX, tylko taniej.",
        "telefonicznie taniej, rabat damy, dzwonić śmiało",
        "Zapraszam na naszą stronę, tam taniej o dychę.",
    ],
)
def test_leads_beside_the_platform(text: str) -> None:
    assert found("stays_on_platform", ASKED, f"a: {text}").outcome == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "Nie sprzedajemy poza Allegro, proszę zamówić przez ofertę.",
        "Regulamin zabrania sprzedaży poza platformą.",
        "Zakup poza Allegro niestety nie jest możliwy.",
        "Rabat na dwie sztuki jest w zestawie w tej ofercie.",
        "Kurier zadzwoni, numer do DPD to 22 577 55 55.",
        "Serwis producenta: serwis@bosz.example, gwarancję zgłasza się tam.",
        "Śledzenie paczki: https://inpost.pl/sledzenie",
        "Instrukcja jest na www.producent.pl/instrukcje",
        "To zamówienie złożył pan poza Allegro, więc go tu nie widzę.",
        "Pieniądze zwrócimy przelewem na kartę.",
        "Nie możemy podać numeru, proszę pisać tutaj.",
        "Proszę dokończyć zakup przez Allegro, wtedy działa ochrona kupujących.",
        "Odbiór osobisty jest możliwy, wystarczy wybrać go w ofercie.",
        "nie dogadujemy się prywatnie, wszystko idzie przez platformę",
    ],
)
def test_stays_on_the_platform(text: str) -> None:
    assert found("stays_on_platform", ASKED, f"a: {text}").outcome == "pass"


def test_a_contact_without_a_word_of_what_it_is_for_is_left_to_a_person() -> None:
    result = found("stays_on_platform", ASKED, "a: Proszę o kontakt, 600 700 800.")
    assert (result.outcome, result.confidence < 0.8) == ("fail", True)


def test_repeating_the_customers_number_is_no_contact() -> None:
    said = ("c: mój numer to 600 700 800", "a: Dziękuję, 600 700 800 dopisałam do zamówienia.")
    assert found("stays_on_platform", *said).outcome == "pass"


ANGRY = "c: wstyd mi za was, dzwonicie do mnie"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Panie Janie, ma Pan u nas dług za dwa miesiące.", "fail"),
        ("Zalega Pani z płatnością.", "fail"),
        ("Twoje saldo to -40 zł.", "fail"),
        ("jest nam pan winien 200 zl", "fail"),
        ("Przy Pani chorobie polecamy inny krem.", "fail"),
        ("W systemie widnieje nieopłacone zamówienie.", "fail"),
        ("Zamówiła Pani dwa komplety koronek.", "review"),
        ("Pana reklamacja została odrzucona w maju.", "review"),
        ("Pani zamówienie zostało anulowane, bo nie było wpłaty.", "review"),
        ("Zwróciłaś u nas już cztery sukienki.", "review"),
        ("Przykro nam z powodu Pani zamówienia, prosimy o wiadomość prywatną.", "pass"),
        ("Cieszymy się, że kupiła Pani nasz krem!", "pass"),
        ("Jeśli ma Pani zaległość, prosimy o kontakt na priv.", "pass"),
        ("Zaległości można spłacić w panelu klienta.", "pass"),
        ("Reklamacje rozpatrujemy w 14 dni.", "pass"),
        ("Twoja paczka jest już w drodze.", "pass"),
        ("Krem sprawdza się przy alergii.", "pass"),
        ("Kiedy zamówiła Pani buty?", "pass"),
    ],
)
def test_what_the_records_say_of_the_customer_is_no_public_matter(text: str, expected: str) -> None:
    assert found("no_public_data", ANGRY, f"a: {text}").outcome == expected


def test_what_the_customer_has_told_is_not_told_anew_but_a_sum_is() -> None:
    ill = "c: mam alergię na lateks, co polecacie"
    assert found("no_public_data", ill, "a: Przy Pani alergii polecamy serię Len.").outcome == "pass"
    owes = "c: jaka zaległość, o co chodzi"
    assert found("no_public_data", owes, "a: Zaległość na Pani koncie to 320 zł.").outcome == "fail"


def test_the_records_in_private_are_fine() -> None:
    said = (ANGRY, "s: Rozmowa przeniesiona do wiadomości prywatnych", "a: Ma Pan zaległość 20 zł.")
    assert found("no_public_data", *said).outcome == "pass"
    unsure = (ANGRY, "a: Zapraszamy na priv.", "c: ok", "a: Ma Pan zaległość 20 zł.")
    assert found("no_public_data", *unsure).outcome == "review"
