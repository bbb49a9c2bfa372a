"""Complaints: taken in, sorry said, receipt confirmed; and the order of two acts."""

import pytest
from scorecard_conversations import behaviours, talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.view import View

BROKEN = "c: buty rozkleiły się po tygodniu, składam reklamację"


def found(name: str, *lines: str, **parameters: str) -> Finding:
    return registered()[name].run(View(talk(*lines, channel="email")), **parameters)


def outcome(name: str, *lines: str) -> str:
    return found(name, *lines).outcome


@pytest.mark.parametrize(
    "text",
    [
        "Dziękuję za zdjęcia, widać na nich wszystko.",
        "Przyjmuję Pani reklamację, buty nie powinny się tak szybko rozkleić.",
        "dziekujemy za zgloszenie wady",
        "Rozumiem, że buty się rozkleiły po tygodniu.",
        "Ma Pani pełne prawo być niezadowolona.",
        "To nasz błąd, już się tym zajmuję.",
        "Ewidentnie nawaliliśmy.",
        "Przykro mi, że but się rozpadł.",
        "rozumiem pana zlosc",
        "Widzę na zdjęciach pęknięcie podeszwy.",
        "Biorę to na siebie i dopilnuję.",
        "To nie powinno się zdarzyć.",
        "Czyli podeszwa odeszła w prawym bucie, tak?",
        "zakładam zgłoszenie na te buty",
    ],
)
def test_takes_the_complaint_in(text: str) -> None:
    assert outcome("complaint_accepted", BROKEN, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Nie przyjmujemy takich reklamacji.",
        "Za taką cenę czego się pani spodziewała?",
        "Nikt się dotąd nie skarżył na te buty.",
        "To nie jest wada, tylko normalne zużycie.",
        "Na pewno sama pani uszkodziła podeszwę.",
        "nie widze podstaw do reklamacji",
        "Nie rozumiem, o co chodzi.",
        "Proszę nie przesadzać, to tylko buty.",
        "Reklamacja w tym przypadku nie przysługuje.",
        "Dzień dobry, zapraszamy na wyprzedaż.",
        "To nie nasza wina, to producent.",
        "Jakoś nie wierzymy w tę historię.",
        "Proszę wypełnić formularz i odesłać.",
    ],
)
def test_turns_the_complaint_away(text: str) -> None:
    assert outcome("complaint_accepted", BROKEN, f"a: {text}") == "fail"


def test_a_refusal_after_taking_it_in_is_a_decision() -> None:
    said = (BROKEN, "a: Dziękuję za zgłoszenie.", "c: i co?", "a: Nie widzimy podstaw do uznania reklamacji.")
    assert outcome("complaint_accepted", *said) == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Przepraszam za tę sytuację.",
        "bardzo pania przepraszam",
        "Proszę przyjąć nasze przeprosiny.",
        "Jest mi ogromnie przykro.",
        "przykro nam ze tak wyszlo",
        "Ubolewamy nad tym, co się stało.",
        "Głupio mi za naszą ekipę, naprawdę.",
        "Prosimy o wybaczenie.",
        "Wstyd nam za ten montaż.",
        "Chciałabym przeprosić w imieniu sklepu.",
        "no przepraszamy, daliśmy ciała",
        "Biję się w pierś, to moje niedopatrzenie.",
        "Żałujemy, że buty Panią zawiodły.",
        "bo to tak nie powinno wyglądać przepraszam",
        "Nikt nie każe płacić drugi raz. Przepraszam, że taki niepotrzebny stres.",
        "Niestety tego nie cofniemy, przykro mi.",
        "Instrukcja chowa to na końcu, za co przepraszam.",
    ],
)
def test_says_sorry(text: str) -> None:
    assert outcome("apology", BROKEN, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Niestety tak bywa.",
        "Przepraszam, jaki to numer zamówienia?",
        "Przepraszam, ale to nie nasza wina.",
        "przepraszam nie dosłyszałam",
        "Nie mamy za co przepraszać.",
        "Dziękujemy za cierpliwość.",
        "Rozumiem, że oczekuje pani przeprosin.",
        "Proszę odesłać buty.",
        "Nie będę przepraszać za kuriera.",
        "Przepraszam za oczekiwanie, już jestem.",
        "Przepraszam za to, ale gdyby pani przeczytała ulotkę, buty byłyby całe.",
        "Wcale nie jest mi głupio.",
        "Rozumiem.",
    ],
)
def test_does_not_say_sorry(text: str) -> None:
    assert outcome("apology", BROKEN, f"a: {text}") == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "Reklamacja została przyjęta pod numerem R/55.",
        "Zarejestrowałam Pani zgłoszenie.",
        "potwierdzam przyjecie reklamacji",
        "Otrzymaliśmy Pana reklamację i już ją czytamy.",
        "Założyłem sprawę, wszystko mam zapisane.",
        "Numer reklamacji to 4471.",
        "Wysłałam na maila potwierdzenie zgłoszenia.",
        "pani zgłoszenie wpłynęło do nas dziś rano",
        "Już rejestruję reklamację w systemie.",
        "Sprawie nadałam numer 12.",
        "Mamy Pani reklamację w systemie.",
        "za chwilę otrzyma pan mailem potwierdzenie",
        "Zapisałam reklamację na te buty.",
    ],
)
def test_confirms_the_receipt(text: str) -> None:
    assert outcome("receipt_confirmed", BROKEN, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Proszę złożyć reklamację przez formularz.",
        "Nie widzę tu żadnej reklamacji.",
        "Po otrzymaniu reklamacji odpowiemy.",
        "Jeśli reklamacja zostanie przyjęta, damy znać.",
        "Czy reklamacja została już zgłoszona?",
        "Potwierdzenie zakupu jest na mailu.",
        "Bardzo przepraszam za te buty.",
        "Jaki jest numer reklamacji?",
        "nie wpłynęło do nas żadne zgłoszenie",
        "Odpowiemy w ciągu 14 dni.",
        "Niech pani złoży reklamację w salonie.",
        "Numer zamówienia to 4471.",
        "Proszę o numer zgłoszenia.",
    ],
)
def test_does_not_confirm_it(text: str) -> None:
    assert outcome("receipt_confirmed", BROKEN, f"a: {text}") == "fail"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("a: Przykro mi, że tak wyszło.", "c: ok", "a: Proszę odesłać buty, wymienimy je."), "pass"),
        (("a: Przepraszam za kłopot, proszę odesłać buty.",), "pass"),
        (("a: bardzo mi przykro, proponuje wymiane",), "pass"),
        (("a: Przepraszamy za ten błąd! Zwrócimy pieniądze.",), "pass"),
        (("a: Nie dziwię się złości.", "c: no", "a: zwrocimy calosc"), "pass"),
        (("a: Proszę odesłać buty.", "c: to wszystko?", "a: I przykro mi, że tak wyszło."), "fail"),
        (("a: Wymienimy buty, a za kłopot przepraszam za wszystko.",), "fail"),
        (("a: Proszę odesłać buty kurierem.",), "fail"),
        (("a: zwrócimy pieniądze",), "fail"),
        (("a: Przykro mi, że tak wyszło.",), "na"),
        (("a: Rozumiem.",), "na"),
        (("a: mhm", "c: halo", "a: no słucham"), "na"),
    ],
)
def test_order_of_two_acts(lines: tuple[str, ...], expected: str) -> None:
    assert found("order_of_acts", BROKEN, *lines, behaviour="empathy", then="solution").outcome == expected


@pytest.mark.parametrize(
    ("first", "then", "lines", "expected"),
    [
        (
            "identity_request",
            "data_disclosure",
            ("a: Poproszę hasło.", "c: ok", "a: Na koncie jest 5 punktów."),
            "pass",
        ),
        (
            "identity_request",
            "data_disclosure",
            ("a: na koncie jest 5 punktów", "c: ok", "a: poproszę pesel"),
            "fail",
        ),
        ("greeting", "farewell", ("a: dzień dobry", "c: hej", "a: do widzenia"), "pass"),
        ("recap", "farewell", ("a: do widzenia", "c: hej", "a: podsumowując, wysyłka jutro"), "fail"),
        ("recap", "farewell", ("a: Podsumowując, wysyłka jutro. Do widzenia!",), "pass"),
        (
            "further_help",
            "farewell",
            ("a: Czy mogę jeszcze w czymś pomóc?", "c: nie", "a: miłego dnia"),
            "pass",
        ),
        ("further_help", "farewell", ("a: miłego dnia", "c: hej"), "fail"),
        ("paraphrase", "taniec", ("a: Czyli rozumiem, że chodzi o zwrot?",), "review"),
        ("paraphrase", "later_action", ("a: Czyli rozumiem, że but pękł? Oddzwonię.",), "pass"),
        ("hold_announced", "later_action", ("a: oddzwonię", "c: ok", "a: chwileczkę, już sprawdzam"), "fail"),
        ("hold_announced", "later_action", ("a: chwileczkę, już sprawdzam", "c: ok", "a: oddzwonię"), "pass"),
        (
            "offer_of_help",
            "identity_request",
            ("a: w czym mogę pomóc", "c: zwrot", "a: numer zamówienia proszę"),
            "pass",
        ),
    ],
)
def test_order_of_any_two_acts(first: str, then: str, lines: tuple[str, ...], expected: str) -> None:
    assert found("order_of_acts", BROKEN, *lines, behaviour=first, then=then).outcome == expected


def test_a_tagger_that_knows_only_the_turn_leaves_the_order_to_a_person() -> None:
    tags = behaviours((1, "empathy", 0.95), (1, "solution", 0.95))
    tagged = talk(BROKEN, "a: Oj, aż mi serce stanęło. Nowa para jedzie.", channel="email", behaviours=tags)
    result = registered()["order_of_acts"].run(View(tagged))
    assert (result.outcome, result.confidence < 0.7) == ("pass", True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("apology", "Nie jest mi z tego powodu wcale przykro."),
        ("apology", "Przepraszać za to nie zamierzamy."),
        ("apology", "nie widzimy powodu przepraszac za cudze bledy"),
        ("apology", "Ani nam przykro, ani wstyd."),
        ("apology", "Obejdzie się bez przeprosin."),
        ("apology", "Przeprosiny to nie moja rola."),
        ("apology", "przykro mi wcale nie jest"),
        ("apology", "Odmawiamy przeprosin."),
        ("apology", "Powinna Pani przeprosić moją koleżankę."),
        ("apology", "Pan przeprosi magazyn i wtedy porozmawiamy."),
        ("apology", "Proszę przeprosić kuriera."),
        ("complaint_accepted", "Pani zgłoszenie nie zostało u nas zarejestrowane."),
        ("complaint_accepted", "Bez paragonu nie zapisujemy żadnych zgłoszeń."),
        ("complaint_accepted", "Ja się tym nie zajmę."),
        ("receipt_confirmed", "Nie mogę potwierdzić przyjęcia zgłoszenia."),
        ("receipt_confirmed", "Wysłaliśmy buty z powrotem bez potwierdzenia."),
        ("receipt_confirmed", "Zgłosił Pan reklamację za późno."),
        ("receipt_confirmed", "Pani zarejestrowała zgłoszenie w złym miejscu."),
        ("receipt_confirmed", "zgloszenia nie zapisalem"),
    ],
)
def test_what_is_denied_or_the_customers_gives_no_pass(name: str, text: str) -> None:
    assert outcome(name, BROKEN, f"a: {text}") == "fail"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("apology", "Nie wiem, jak to się stało, bardzo przepraszam."),
        ("apology", "nie moge cofnac czasu przepraszam pania"),
        ("apology", "Bez dwóch zdań należą się Pani przeprosiny."),
        ("apology", "Pani Anno, przepraszam za ten klej."),
        ("apology", "Musimy Panią przeprosić za ten klej."),
        ("apology", "To nie Pani wina, przepraszamy."),
        ("complaint_accepted", "Nie ma problemu, przyjmuję reklamację."),
        ("complaint_accepted", "nie ma problemu reklamacja przyjeta"),
        ("complaint_accepted", "Przyjmuję bez problemu Pani reklamację."),
        ("complaint_accepted", "Nie tylko przyjmuję reklamację, ale i proponuję wymianę."),
        ("complaint_accepted", "Nie musi Pani nic wysyłać, zgłoszenie zapisałam."),
        ("receipt_confirmed", "Nie ma paragonu, ale reklamację zarejestrowałam."),
        ("receipt_confirmed", "Sprawa nie jest błaha, przyjęłam ją jako reklamację."),
        ("receipt_confirmed", "Kolega przyjął Pani zgłoszenie wczoraj."),
        ("receipt_confirmed", "Od Pani przyjmuję reklamację osobno."),
        ("receipt_confirmed", "od pani przyjmuje reklamacje osobno"),
    ],
)
def test_a_denial_reaches_no_further_than_what_it_governs(name: str, text: str) -> None:
    assert outcome(name, BROKEN, f"a: {text}") == "pass"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bardzo żałuję, że tak wyszło. W środę oddzwonię z decyzją.", "pass"),
        ("Oddzwonię w środę, a za kłopot przepraszam.", "fail"),
        ("Oddzwonię w środę z decyzją.", "fail"),
        ("Nie będę przepraszać za fabrykę, proszę odesłać buty.", "fail"),
        ("Nie zwrócimy pieniędzy.", "na"),
        ("Proszę się nie martwić, wymienimy buty.", "pass"),
    ],
)
def test_a_next_step_is_a_proposal_for_the_order_as_for_the_solution(text: str, expected: str) -> None:
    assert outcome("order_of_acts", BROKEN, f"a: {text}") == expected
    if expected != "na":
        assert outcome("solution", BROKEN, f"a: {text}") == "pass"
