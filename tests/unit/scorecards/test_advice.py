"""Sales advice: needs first, comparison, price, availability, and extras that take a no for an answer."""

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.view import View


def found(name: str, *lines: str) -> Finding:
    return registered()[name].run(View(talk(*lines, channel="chat")))


def outcome(name: str, *lines: str) -> str:
    return found(name, *lines).outcome


WANTS = "c: szukam odkurzacza"


@pytest.mark.parametrize(
    "lines",
    [
        ("a: Do jakich podłóg?", "c: panele", "a: Polecam Wir 3."),
        ("a: a jaki budzet", "c: 500", "a: proponuje wir 2"),
        ("a: Ma pani zwierzęta?", "c: kota", "a: Najlepszy będzie Wir 5."),
        ("a: na czym pani najbardziej zależy", "c: cicho", "a: sprawdzi się wir 3"),
        ("a: Ile metrów jest do sprzątania? Do małych mieszkań polecam Wir 1.",),
        ("a: proszę powiedzieć, ile pani chce przeznaczyć", "c: 600", "a: warto rozważyć wir 4"),
        ("a: Dla kogo to ma być?", "c: mama", "a: Wzięłabym Wir 2, jest lekki."),
        ("a: Co przeszkadzało w starym?", "c: kabel", "a: Postawiłbym na akumulatorowy."),
        ("a: Jak często pan odkurza?", "c: co dzień", "a: Mam dla pana Wir 3."),
        ("a: jakie ma pan podłogi?", "c: dywany", "a: to niech pan weźmie wir 5"),
        ("a: gdzie będzie stał? w szafie?", "c: tak", "a: doradzałabym pionowy"),
        ("a: Workowy czy bezworkowy?", "c: bez", "a: Sugeruję Wir 6."),
    ],
)
def test_asks_before_offering(lines: tuple[str, ...]) -> None:
    assert outcome("needs_before_offer", WANTS, *lines) == "pass"


@pytest.mark.parametrize(
    "lines",
    [
        ("a: Polecam Wir 5.", "c: czemu"),
        ("a: najlepszy będzie wir 5 prosze brac",),
        ("a: Hit miesiąca to Wir 9!", "c: a cichy?"),
        ("a: W czym mogę pomóc? Polecam promocję na Wir 9.",),
        ("a: Proponuję Wir 7. Do jakich podłóg ma być?", "c: panele"),
        ("a: Mamy w promocji Wir 2.", "c: hm", "a: A jaki budżet?"),
        ("a: Poproszę numer telefonu. Sprawdzi się Wir 3.",),
        ("a: warto dopłacić do wir 9", "c: czy na pewno"),
        ("a: Bestseller, każdy bierze Wir 5. Zamawiamy?",),
        ("a: Czy mogę w czymś jeszcze pomóc? Postawiłbym na Wir 1.",),
        ("a: proszę spojrzeć na model Wir 8", "c: drogi"),
        ("a: Idealny będzie Wir 3, czy pakować?", "c: moment"),
    ],
)
def test_offers_without_asking(lines: tuple[str, ...]) -> None:
    assert outcome("needs_before_offer", WANTS, *lines) == "fail"


def test_a_customer_who_told_everything_needs_no_question() -> None:
    told = "c: szukam odkurzacza do stu metrów paneli, dwa koty, cichego, do ośmiuset złotych, bezworkowego"
    assert outcome("needs_before_offer", told, "a: Polecam Wir 5.") == "na"
    assert outcome("needs_before_offer", WANTS, "a: Nie polecam tej marki.") == "na"


@pytest.mark.parametrize(
    "text",
    [
        "Różnią się głównie baterią.",
        "Wir 3 jest cichszy niż Wir 5.",
        "pierwszy ma worek a drugi filtr wodny",
        "Wir 5 jest mocniejszy, ale głośny.",
        "W porównaniu z poprzednikiem ma większy zbiornik.",
        "oba są dobre, wir 3 tańszy od wir 5",
        "Wir 3 waży 2 kg, Wir 5 z kolei aż 5.",
        "Plusem jest cena, minusem mały zbiornik.",
        "ten jest lżejszy, a tamten ma dłuższy kabel",
        "Różnica to 200 zł i moc.",
        "Jeden jest do mieszkań, drugi do domów.",
        "bardziej opłaca się wir 3 niż wir 5",
        "Zaletą jest cisza, wadą cena.",
    ],
)
def test_compares(text: str) -> None:
    assert outcome("comparison", "c: wir 3 czy wir 5, który lepszy?", f"a: {text}") == "pass"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("który lepszy", "Oba zamówienia wysłane."),
        ("nie wiem co wybrać", "Polecam Wir 5."),
        ("waham się między wir 3 a wir 5", "Wir 5 jest super."),
        ("czym się różnią", "Proszę zobaczyć opis na stronie."),
        ("lepiej wir 3 czy wir 5", "Wysyłka trwa nie więcej niż 3 dni."),
        ("co pani poleca", "Najlepszy będzie Wir 5."),
        ("ktory warto wziac", "wir 5 bez dwóch zdań"),
        ("dwa modele mi wpadły w oko", "Zapraszam do koszyka."),
        ("jest jakas roznica", "Zwrócimy różnicę w cenie dostawy."),
        ("zastanawiam się czy wir 3", "To dobry wybór."),
        ("porówna pan wir 3 i 5?", "Nie porównujemy produktów."),
        ("który brać", "Lepiej późno niż wcale, promocja trwa."),
    ],
)
def test_does_not_compare(asked: str, text: str) -> None:
    assert outcome("comparison", f"c: {asked}", f"a: {text}") == "fail"


def test_one_product_is_not_compared() -> None:
    assert outcome("comparison", "c: czy wir 3 ma worek", "a: Tak, wymienny.") == "na"


@pytest.mark.parametrize(
    "text",
    [
        "Kosztuje 499 zł.",
        "wir 3 kosztuje czterysta dziewięćdziesiąt dziewięć",
        "Cena to 1 299,00 zł.",
        "499zł",
        "Jest za 350 złotych.",
        "W cenie 89 PLN.",
        "ten model to 899 zl w promocji",
        "Dziś 1299,- zł, jutro już więcej.",
        "Oba po 59,99 zł.",
        "cena dwieście złotych",
        "Wir 5: 749 zł, dostawa 0 zł.",
        "wychodzi 120 zlotych za komplet",
    ],
)
def test_says_the_price(text: str) -> None:
    assert outcome("price_said", WANTS, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Cena jest na stronie.",
        "Dostawa kosztuje 15 zł.",
        "Wysyłka 12,99 zł.",
        "Nie wiem, ile kosztuje.",
        "Rabat 50 zł na start.",
        "Darmowa dostawa od 200 zł.",
        "Raty po 40 zł miesięcznie.",
        "Jest tani.",
        "kod daje 20 zl znizki",
        "Za kuriera 20 złotych.",
        "Ma moc 700 W i waży 3 kg.",
        "Przy zakupach powyżej 300 zł paczkomat gratis.",
    ],
)
def test_does_not_say_the_price(text: str) -> None:
    assert outcome("price_said", WANTS, f"a: {text}") == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "Jest dostępny od ręki.",
        "Mamy 3 sztuki na stanie.",
        "niestety wyprzedany",
        "Została ostatnia sztuka.",
        "Wróci do sprzedaży w maju.",
        "w magazynie leży",
        "Mamy go w salonie na Długiej.",
        "Chwilowo niedostępny.",
        "Skończyły się wczoraj.",
        "zostały dwie pary w tym rozmiarze",
        "Wysyłamy jeszcze dziś.",
        "Jest na zamówienie, dwa tygodnie.",
        "brak w magazynie",
    ],
)
def test_says_the_availability(text: str) -> None:
    assert outcome("availability_said", WANTS, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Dostępność proszę sprawdzić na stronie.",
        "Konsultanci są dostępni do 18.",
        "Nie wiem, czy jest dostępny.",
        "Instrukcja jest dostępna w PDF.",
        "Polecam Wir 3.",
        "Kosztuje 300 zł.",
        "proszę sprawdzić stan w salonie",
        "Dostępne płatności to BLIK i karta.",
        "Mamy jeszcze jakieś pytania?",
        "To dobry model.",
        "nie widzę stanów magazynowych",
        "Jestem dostępna do 20, proszę pisać.",
    ],
)
def test_does_not_say_the_availability(text: str) -> None:
    assert outcome("availability_said", WANTS, f"a: {text}") == "fail"


def test_what_the_customer_knows_need_not_be_said() -> None:
    assert outcome("price_said", "c: widzę cenę 300 zł, czy jest cichy?", "a: Tak, bardzo.") == "na"
    assert outcome("availability_said", "c: widzę że jest dostępny, cichy?", "a: Tak.") == "na"
    assert outcome("availability_said", "c: czy jest dostępny?", "a: To cichy model.") == "fail"


MAIN = ("c: biorę buty Grań", "a: Świetnie, 399 zł, są na stanie.")


@pytest.mark.parametrize(
    "lines",
    [
        ("c: super", "a: Może do tego impregnat?", "c: nie, dziękuję", "a: Jasne, już wysyłam."),
        ("c: ok", "a: przy okazji polecam skarpety z wełny", "c: nie trzeba"),
        ("c: tak", "a: Warto dobrać pastę do skór.", "c: dobra, dorzućcie"),
        ("c: zamawiam", "a: Klienci często dokupują wkładki.", "c: mam już"),
        ("c: zamawiam", "a: Czy dołączyć ubezpieczenie?", "c: nie chcę", "a: W porządku."),
        ("c: no to biore", "a: Dodatkowo proponuję przedłużoną gwarancję.", "c: odpuszczę"),
        ("c: ok", "a: Czy dodać impregnat?", "c: a ile?", "a: 29 zł."),
        ("c: pasuje", "a: a może druga para za połowę?", "c: nie tym razem", "a: Rozumiem!"),
        ("c: ok", "a: Przydadzą się też kijki, pokazać?", "c: raczej nie", "a: Dobrze, to wszystko?"),
        ("c: poprosze", "a: Moge dorzucic sznurowki?", "c: moga byc"),
        ("c: rezerwuje", "a: Polecam również etui.", "c: wystarczy sam but", "a: Jasne."),
        ("c: wezme", "a: W zestawie z plecakiem wychodzi taniej.", "c: podziękuję"),
    ],
)
def test_offers_more_once_and_late(lines: tuple[str, ...]) -> None:
    assert outcome("cross_sell", *MAIN, *lines) == "pass"


@pytest.mark.parametrize(
    "lines",
    [
        (
            *MAIN,
            "c: ok",
            "a: Może impregnat?",
            "c: może dorzucimy",
            "a: Czy dorzucić?",
            "c: nie",
            "a: Warto dobrać!",
        ),
        (*MAIN, "a: Polecam też skarpety.", "c: nie dziękuję", "a: A może wkładki? Warto dobrać."),
        (*MAIN, "a: dorzucić impregnat?", "c: nie trzeba", "a: ale naprawdę przyda się impregnat"),
        (*MAIN, "a: Czy dodać ubezpieczenie?", "c: Nie.", "a: Ubezpieczenie to tylko 9 zł!"),
        (*MAIN, "a: proponuję też pastę", "c: mam już", "a: ta pasta jest lepsza, dorzucam"),
        (*MAIN, "a: przedłużona gwarancja?", "c: zbędna", "a: Przedłużona gwarancja to spokój."),
        ("c: szukam butów", "a: Może od razu dobrać impregnat?", "c: ale ja butów szukam"),
        ("c: dzień dobry", "a: Dzień dobry! Klienci często dokupują pokrowce."),
        ("c: macie buty 42?", "a: Przyda się też pakiet ochronny.", "c: ale macie?"),
        (*MAIN, "a: Warto dobrać etui.", "c: nie potrzebuję", "a: może jednak dobierze pani etui"),
        (*MAIN, "a: polecam również kijki", "c: odpuszczam", "a: to może skarpety dorzucić?"),
        ("c: gdzie paczka", "a: Przy okazji polecam nową kolekcję.", "c: pytam o paczkę"),
    ],
)
def test_offers_more_too_early_or_again(lines: tuple[str, ...]) -> None:
    assert outcome("cross_sell", *lines) == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "Czy w czymś jeszcze mogę pomóc?",
        "Może pani podać rozmiar?",
        "Ubezpieczenie przesyłki jest w cenie.",
        "Przyda się numer zamówienia.",
        "Czy dodać uwagę do zamówienia?",
        "Sprawdzam, chwileczkę.",
        "A może pan przypomnieć rozmiar?",
        "Nie polecam dodatkowych gwarancji.",
        "Do tego modelu instrukcja jest w pudełku.",
        "Paczka wyjdzie dziś.",
        "Nic więcej nie trzeba dokupić.",
        "Do tej pory nikt nie zgłaszał wad.",
        "Dorzucam dwa zapasowe zawiasy za kłopot.",
        "Napiszę, po jakich górach, a pomogę dobrać.",
        "Zostanie na bonie, przyda się na następny raz.",
        "A może ktoś z rodziny zamówił?",
    ],
)
def test_offers_nothing_more(text: str) -> None:
    assert outcome("cross_sell", *MAIN, "c: ok", f"a: {text}") == "na"


EXTRA = "a: Może do tego impregnat?"


@pytest.mark.parametrize(
    "lines",
    [
        ("c: nie!", "a: Dodałem."),
        ("c: nie potrzebuję", "a: I tak się przyda, dorzucę dwa."),
        ("c: nie, biorę same buty", "a: Ale naprawdę polecam, skóra pęknie."),
        ("c: nie trzeba", "a: Proszę jednak przemyśleć."),
        ("c: nie chcę", "a: Bez niego ryzykuje Pani zacieki."),
        ("c: nie", "a: Doliczyłem go od siebie."),
        ("c: powiedziałam, że nie", "a: już dorzucam"),
        ("c: ile kosztuje?", "a: 20 zł.", "c: nie, za drogo", "a: Będzie Pani żałować."),
        ("c: nie chcę", "a: ok", "c: ile razy mam mówić, że nie?", "a: Mimo to zachęcam."),
    ],
)
def test_a_no_is_not_pressed_nor_passed_over(lines: tuple[str, ...]) -> None:
    assert outcome("cross_sell", *MAIN, EXTRA, *lines) == "fail"


@pytest.mark.parametrize(
    "lines",
    [
        ("c: nie trzeba", "a: A skarpety?"),
        ("c: nie. a macie wkładki?", "a: Tak, polecam też wkładki żelowe."),
        ("c: nie, dziękuję", "a: Dobrze, dodaję sznurowadła do koszyka."),
        ("c: nie chcę", "a: Szkoda, bez impregnatu buty krótko wytrzymają."),
    ],
)
def test_what_may_be_another_offer_goes_to_a_person(lines: tuple[str, ...]) -> None:
    assert outcome("cross_sell", *MAIN, EXTRA, *lines) == "review"


@pytest.mark.parametrize(
    "lines",
    [
        ("c: nie, dziękuję", "a: Dobrze, dodaję buty do koszyka."),
        ("c: nie trzeba", "a: Dodałam uwagę do zamówienia."),
        ("c: nie", "a: Dorzucam gratis sznurówki."),
        ("c: nie chcę", "a: W porządku, niczego nie dodaję."),
        ("c: nie dzięki", "a: Oczywiście. Warto zachować paragon."),
        ("c: nie. jak czyścić buty?", "a: Warto szczotką z włosia."),
        ("c: a ile?", "a: 20 zł.", "c: dobra, dorzućcie", "a: Dorzucam."),
        ("c: nie wiem, a po co?", "a: Chroni skórę.", "c: to poproszę", "a: Dodałem."),
    ],
)
def test_a_no_that_is_taken(lines: tuple[str, ...]) -> None:
    assert outcome("cross_sell", *MAIN, EXTRA, *lines) == "pass"


@pytest.mark.parametrize("name", ["needs_before_offer", "needs_asked"])
def test_who_needs_advice_has_not_told_everything(name: str) -> None:
    told = "c: Szukam laptopa do szkoły dla syna, głównie do nauki i filmów,"
    for words in ("nie znam się, który lepszy", "nie orientuję się w modelach", "proszę coś polecić"):
        assert outcome(name, f"{told} {words}", "a: Polecam Wir 5.") == "fail", words
    for words in ("do trzech tysięcy złotych", "do trzech tysięcy, nie potrzebuję porady"):
        assert outcome(name, f"{told} {words}", "a: Polecam Wir 5.") == "na", words


def test_advice_may_be_asked_for_in_another_message() -> None:
    told = "c: Szukam laptopa do szkoły dla syna, głównie do nauki i filmów, do trzech tysięcy."
    lines = (told, "a: Witam", "c: Nie znam się na tym.", "a: Polecam Wir 5.")
    assert outcome("needs_before_offer", *lines) == "fail"
