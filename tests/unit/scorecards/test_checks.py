"""Each check on positives and near misses, with and without a tagger, on speech without marks too."""

import pytest
from scorecard_conversations import behaviours, reasons, sentiment, talk

from scorecards import Finding, load_scorecard
from scorecards.checks import registered
from scorecards.view import View
from transcripts.tags import TaggedConversation

LATER = ("c: a mam pytanie o dostawę do domu i ile to trwa", "a: kosztuje to dziesięć złotych", "c: rozumiem")


def run(name: str, tagged: TaggedConversation) -> Finding:
    """The check with the parameters of the phone card."""
    criterion = next(c for c in load_scorecard("phone").criteria if c.id == name)
    return registered()[criterion.check].run(View(tagged), **criterion.parameters)


def outcome(name: str, tagged: TaggedConversation) -> str:
    return run(name, tagged).outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, sklep Modrzew", "pass"),
        ("dzien dobry tu sklep modrzew", "pass"),
        ("…obry, Modrzew, słucham", "pass"),
        ("Kłaniam się, słucham pana", "pass"),
        ("Słucham?", "fail"),
        ("Dobry pomysł z tym zdjęciem", "fail"),
        ("Miłego dnia dzień dobry pomysł", "fail"),
    ],
)
def test_greeting(text: str, expected: str) -> None:
    assert outcome("greeting", talk(f"a: {text}", "c: dzień dobry", *LATER)) == expected


def test_greeting_only_counts_at_the_start() -> None:
    late = [f"a: proszę podać numer karty i chwilę zaczekać bo system wolno działa {i}" for i in range(6)]
    assert outcome("greeting", talk(*late, "a: dzień dobry raz jeszcze")) == "fail"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, Zielona Półka, [PERSON]. W czym mogę pomóc?", "pass"),
        ("[PERSON], Energetyka SA, w czym mogę pomóc?", "pass"),
        ("Dzień dobry, z tej strony Ania z Bajkowa", "pass"),
        ("witam serdecznie z tej strony paweł dudek sklep bielik", "pass"),
        ("Meblowy Kąt, Ewa, słucham.", "pass"),
        ("Dzień dobry, [PERSON], w czym mogę pomóc?", "fail"),
        ("Dzień dobry, wypożyczalnia samochodów, [PERSON], słucham.", "fail"),
        ("Dzień dobry, sklep Modrzew, w czym mogę pomóc?", "fail"),
        ("Dzień dobry. Widzę Pani zgłoszenie. Czy rozmawiam z panią [PERSON]?", "fail"),
        ("słucham", "fail"),
        ("dzień dobry torebki [PERSON] słucham", "pass"),
        ("dzień dobry [PERSON] w czym mogę pomóc", "fail"),
        ("dzień dobry sklep mruczek [PERSON_1] słucham", "pass"),
    ],
)
def test_introduction(text: str, expected: str) -> None:
    assert outcome("introduction", talk(f"a: {text}", "c: dzień dobry", *LATER)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, Malwina Sobczyk, Delikatesy Rumianek, w czym mogę pomóc?", "pass"),
        ("Dzień dobry, Malwina Sobczyk, Bank Nadwiślański, w czym mogę pomóc?", "pass"),
        ("dzień dobry malwina sobczyk rumianek słucham", "pass"),
        ("Dzień dobry, Ngoc z salonu Perkoz, w czym mogę pomóc?", "pass"),
        ("Dzień dobry, Malwina Sobczyk, w czym mogę pomóc?", "fail"),
        ("ina Zagórska, w czym mogę pomóc?", "fail"),
        ("Dzień dobry, mówi Malwina, dzwonię ze sklepu. Czy dodzwoniłam się do pani Lucyny Orzeł?", "fail"),
        ("Dzień dobry.", "fail"),
    ],
)
def test_a_tagger_that_hears_every_greeting_as_an_introduction_is_not_believed(
    text: str, expected: str
) -> None:
    tags = behaviours((0, "company_named", 0.97), (0, "name_given", 0.97), (0, "greeting", 0.97))
    spoken = talk(f"a: {text}", "c: dzień dobry", *LATER, behaviours=tags)
    assert outcome("introduction", spoken) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dzień dobry, w czym mogę pomóc?", "pass"),
        ("dzien dobry w czym moge pani pomoc", "pass"),
        ("Modrzew, słucham pana", "pass"),
        ("Dzień dobry, Modrzew.", "fail"),
        ("Dzień dobry. Postaram się pani pomóc", "fail"),
    ],
)
def test_offer_of_help(text: str, expected: str) -> None:
    assert outcome("offer_of_help", talk(f"a: {text}", "c: dzień dobry", *LATER)) == expected


def test_offer_of_help_split_over_turns() -> None:
    assert (
        outcome("offer_of_help", talk("a: Modrzew w czym mogę", "c: halo", "a: pani pomóc", *LATER)) == "pass"
    )


def test_offer_of_help_is_not_asked_of_outbound_or_late_recordings() -> None:
    assert (
        outcome("offer_of_help", talk("a: Dzień dobry, tu Modrzew", "c: tak?", direction="outbound")) == "na"
    )
    assert outcome("offer_of_help", talk("a: dzień dobry dzwonię do pani z firmy modrzew", "c: tak")) == "na"
    late = talk(
        "a: czyli ta paczka miała być wczoraj", "c: tak właśnie tak miało być", "a: już widzę ją w systemie"
    )
    assert outcome("offer_of_help", late) == "na"


ASK_TWO = ("a: poprosze imie i nazwisko oraz pesel", "c: [PERSON] [PESEL]")
DISCLOSE = "a: widzę zamówienie wysłane wczoraj na adres [ADDRESS]"
MATTER = "c: chciałam zapytać o moje zamówienie"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((MATTER, *ASK_TWO, DISCLOSE), "pass"),
        ((MATTER, "a: poproszę hasło", "c: [SECRET]", DISCLOSE), "pass"),
        (
            (
                MATTER,
                "a: Numer zamówienia i kod pocztowy poproszę.",
                "c: sześć pięć, osiemdziesiąt",
                DISCLOSE,
            ),
            "pass",
        ),
        ((MATTER, "a: na jakie nazwisko było zamówienie?", "c: [PERSON]", DISCLOSE), "fail"),
        ((MATTER, DISCLOSE, *ASK_TWO), "fail"),
        ((MATTER, "a: dostawa kosztuje dziesięć złotych"), "na"),
        (("c: [PERSON]", "a: Chodzi o numer, z którego pani dzwoni?", "c: tak", DISCLOSE), "pass"),
        ((MATTER, "a: dostawę można zamówić, pod numerem [PHONE] w naszej infolinii"), "na"),
    ],
)
def test_identity_check(lines: tuple[str, ...], expected: str) -> None:
    turn = next((i for i, line in enumerate(lines) if line == DISCLOSE), None)
    tags = behaviours((0, "greeting", 0.1), *([(turn, "data_disclosure", 0.95)] if turn is not None else []))
    assert outcome("identity_check", talk(*lines, behaviours=tags)) == expected


def test_identity_check_repeating_an_item_back_is_no_disclosure() -> None:
    lines = (
        "c: mój telefon to [PHONE]",
        "a: [PHONE], tak?",
        "c: tak",
        "a: dostawa kosztuje dziesięć złotych",
    )
    assert outcome("identity_check", talk(*lines)) == "na"


def test_identity_fail_without_a_tagger_stays_below_the_threshold_of_the_card() -> None:
    found = run("identity_check", talk(MATTER, "a: na koncie jest pięć punktów", "c: aha"))
    assert found.outcome == "fail"
    assert found.confidence < 0.7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kiedy zauważył pan, że przestała grzać?", "pass"),
        ("co dokładnie się wyświetla na ekranie", "pass"),
        ("Jaki to model?", "pass"),
        ("Czy karton był cały po otwarciu?", "pass"),
        ("Chodzi o numer, z którego pani dzwoni, tak?", "na"),
        ("poproszę imię i nazwisko", "na"),
        ("Czy w czymś jeszcze mogę pomóc?", "na"),
        ("Zwrot trwa czternaście dni, dobrze?", "na"),
    ],
)
def test_probing(text: str, expected: str) -> None:
    said = "c: zamówiłam grzejnik w poniedziałek i chciałabym go oddać bo jest za duży"
    assert outcome("probing", talk("a: dzień dobry", said, f"a: {text}", "c: tak")) == expected


def test_probing_fails_where_the_customer_is_misunderstood() -> None:
    lines = ("c: dzwonię w sprawie faktury", "a: paczka będzie jutro", "c: ale ja pytam o fakturę")
    assert outcome("probing", talk(*lines)) == "fail"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Czyli rozumiem, że chce pani oddać tylko buty?", "pass"),
        ("jesli dobrze rozumiem paczka doszla bez ladowarki", "pass"),
        ("Chodzi pani o korektę faktury, tak?", "pass"),
        ("Czyli panele, dywan i dużo sierści.", "pass"),
        ("Rozumiem.", "fail"),
        ("Dobrze, rozumiem.", "fail"),
        ("pięć zero dwa tak zapisałam", "fail"),
        ("Chodzi o numer, z którego pani dzwoni?", "fail"),
        ("Czyli numer to pięć zero dwa", "fail"),
    ],
)
def test_paraphrase(text: str, expected: str) -> None:
    assert (
        outcome("paraphrase", talk("a: dzień dobry", "c: sprawa", f"a: {text}", *LATER, *LATER)) == expected
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bardzo mi przykro, że tak wyszło.", "pass"),
        ("przepraszam pania za to zamieszanie", "pass"),
        ("Rozumiem pani zdenerwowanie.", "pass"),
        ("Takie sytuacje niestety się zdarzają.", "pass"),
        ("Rozumiem.", "fail"),
        ("Niestety, tak to działa.", "fail"),
        ("Postaram się pomóc.", "fail"),
        ("Przepraszam, nie dosłyszałam.", "fail"),
        ("Przepraszam za to, ale gdyby pan przeczytał regulamin, nie byłoby kłopotu.", "fail"),
    ],
)
def test_empathy_where_there_is_a_problem(text: str, expected: str) -> None:
    tagged = talk(
        "a: słucham",
        "c: paczka nie dotarła i czekam od tygodnia",
        f"a: {text}",
        reasons=reasons("delivery.delayed"),
    )
    assert outcome("empathy", tagged) == expected


def test_empathy_is_not_asked_in_neutral_matters() -> None:
    neutral = talk("a: słucham", "c: do której jest otwarte", "a: do ósmej", sentiment=sentiment("neutral"))
    assert outcome("empathy", neutral) == "na"
    upset = talk("a: słucham", "c: do której jest otwarte", "a: do ósmej", sentiment=sentiment("negative"))
    assert outcome("empathy", upset) == "fail"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("a: już sprawdzam, zaraz zgłoszę to w magazynie",), "pass"),
        (("a: to nie nasza sprawa", "c: ale zamówiłam u was", "a: ja nic z tym nie zrobię"), "fail"),
        (("a: to juz nie do nas prosze dzwonic do kuriera",), "fail"),
        (("a: to nie do nas, ale podam pani numer i godziny serwisu",), "pass"),
        (("a: nie ma problemu, już wysyłam",), "pass"),
    ],
)
def test_ownership(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("ownership", talk("c: paczka nie dotarła", *lines)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Proszę mówić trochę głośniej, słabo słychać.", "pass"),
        ("Rozumiem, że kurier był niegrzeczny, notuję.", "pass"),
        ("ile razy mam pani tłumaczyć to samo", "fail"),
        ("trzeba bylo czytac regulamin", "fail"),
        ("Przecież mówię do pani po polsku.", "fail"),
    ],
)
def test_courtesy(text: str, expected: str) -> None:
    assert outcome("courtesy", talk("c: sprawa", f"a: {text}")) == expected


def test_sarcasm_is_left_to_the_tagger() -> None:
    lines = ("c: sprawa", "a: wspaniale, no to czekamy na cud")
    assert outcome("courtesy", talk(*lines, behaviours=behaviours((1, "rudeness", 0.9)))) == "fail"
    assert outcome("courtesy", talk(*lines, behaviours=behaviours((1, "greeting", 0.1)))) == "pass"


def test_solution() -> None:
    assert (
        outcome("solution", talk("c: jak to oddać", "a: proszę wypełnić formularz i odesłać paczkę"))
        == "pass"
    )
    bare = run("solution", talk("c: jak to oddać", "a: mhm", "c: halo", "a: no tak"))
    assert bare.outcome == "fail"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zwrócimy pieniądze w ciągu 5 dni roboczych.", "pass"),
        ("oddzwonie do pana jutro", "pass"),
        ("Decyzję prześlemy do dwudziestego ósmego października", "pass"),
        ("Zwrócimy pieniądze niezwłocznie.", "fail"),
        ("zwrocimy pieniadze jak najszybciej", "fail"),
        ("Oddzwonię do pani.", "fail"),
        ("Proszę odesłać paczkę w ciągu czternastu dni.", "na"),
        ("To było trzy dni temu.", "na"),
    ],
)
def test_timeframe(text: str, expected: str) -> None:
    assert outcome("timeframe", talk("c: i co teraz", f"a: {text}", "c: dobrze")) == expected


def gaps(*starts: float) -> list[tuple[float, float]]:
    return [(start, start + 2) for start in starts]


@pytest.mark.parametrize(
    ("lines", "starts", "expected"),
    [
        (("c: sprawa", "a: Chwileczkę, już sprawdzam.", "a: mam"), (0, 3, 20), "pass"),
        (("c: sprawa", "a: dobrze", "a: dziękuję za oczekiwanie"), (0, 3, 20), "pass"),
        (("c: sprawa", "a: dobrze", "a: no mam"), (0, 3, 20), "fail"),
        (("c: sprawa", "a: dobrze", "a: no mam"), (0, 3, 6), "na"),
        (("c: sprawa", "a: dobrze", "c: a ja szukałam karty"), (0, 3, 20), "na"),
        (("c: sprawa", "a: trzeba poczekać do czternastu dni", "a: tak"), (0, 3, 6), "na"),
        (("c: sprawa", "a: chciałabym z panią chwilę porozmawiać", "a: tak"), (0, 3, 6), "na"),
    ],
)
def test_hold_etiquette(lines: tuple[str, ...], starts: tuple[float, ...], expected: str) -> None:
    assert outcome("hold_etiquette", talk(*lines, times=gaps(*starts))) == expected


MIDDLE = tuple(
    line for i in range(4) for line in (f"c: a co z punktem {i}", f"a: punkt {i} jest w regulaminie")
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("a: Podsumowując, zwrot przyjęty, pieniądze do pięciu dni.", "c: dobrze"), "pass"),
        (("a: czyli paczka przyjdzie w piątek po piętnastej", "c: tak"), "pass"),
        (("c: Czyli ja już nic nie muszę robić, tylko czekam na maila?", "a: Tak, dokładnie."), "pass"),
        (("c: dobrze", "a: do widzenia"), "fail"),
        (("a: Przypomnę, że nasza infolinia działa całą dobę.", "c: dobrze"), "fail"),
    ],
)
def test_recap(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("recap", talk("a: dzień dobry", *MIDDLE, *lines)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Czy w czymś jeszcze mogę pomóc?", "pass"),
        ("czy ma pani jeszcze jakies pytania", "pass"),
        ("Coś jeszcze?", "pass"),
        ("Gdyby miała pani jeszcze jakieś pytania, proszę dzwonić.", "fail"),
        ("W razie pytań proszę o telefon.", "fail"),
        ("Dziękuję, do widzenia.", "fail"),
    ],
)
def test_further_help(text: str, expected: str) -> None:
    tagged = talk("a: dzień dobry, w czym mogę pomóc", *MIDDLE, f"a: {text}", "c: nie, dziękuję")
    assert outcome("further_help", tagged) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("a: Do widzenia.",), "pass"),
        (("c: do widzenia", "a: dziekuje za rozmowe milego dnia"), "pass"),
        (("c: do widzenia", "a: no"), "fail"),
        (("a: Dziękuję za podanie adresu, już go wpisuję do systemu",), "na"),
        (("a: zaraz to sprawdzę", "c: nie, do widzenia!"), "na"),
    ],
)
def test_farewell(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("farewell", talk("a: dzień dobry", *MIDDLE, *lines)) == expected


def test_tagger_decides_where_words_do_not() -> None:
    lines = ("c: paczka nie dotarła", "a: ojejku, aż mi głupio to słyszeć")
    assert outcome("empathy", talk(*lines, behaviours=behaviours((1, "empathy", 0.95)))) == "pass"
    assert outcome("empathy", talk(*lines, behaviours=behaviours((1, "empathy", 0.1)))) == "fail"


def test_checks_for_own_cards() -> None:
    tagged = talk("a: Dzień dobry, rozmowa jest nagrywana", "c: dobrze", "a: do widzenia")
    view = View(tagged)
    checks = registered()
    assert (
        checks["phrase_said"].run(view, phrases=("rozmow* ~2 nagrywan*",), where="opening").outcome == "pass"
    )
    assert checks["phrase_said"].run(view, phrases=("nagrywan*",), where="closing", turns=1).outcome == "fail"
    assert checks["behaviour_present"].run(view, behaviour="farewell", where="closing").outcome == "pass"
    assert checks["behaviour_absent"].run(view, behaviour="rudeness").outcome == "pass"
    assert checks["behaviour_absent"].run(view, behaviour="greeting").outcome == "fail"
