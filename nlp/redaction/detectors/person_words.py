"""Words around names of people: titles, ways to introduce oneself, businesses, things sold under names."""

from __future__ import annotations

import functools

from nlp.text import phrases

TITLES: dict[str, frozenset[tuple[str, str]]] = {
    "pan": frozenset({("m", "nom")}),
    "pana": frozenset({("m", "gen"), ("m", "acc")}),
    "panu": frozenset({("m", "dat"), ("m", "loc")}),
    "panem": frozenset({("m", "inst")}),
    "panie": frozenset({("m", "voc"), ("m", "nom"), ("m", "loc")}),
    "pani": frozenset({("f", c) for c in ("nom", "gen", "dat", "loc", "voc", "inst", "acc")}),
    "pania": frozenset({("f", "inst"), ("f", "acc")}),
    "panstwo": frozenset(),
    "panstwa": frozenset(),
}
RANKS = frozenset(
    [
        "doktor",
        "doktora",
        "doktorze",
        "doktorem",
        "dr",
        "mgr",
        "inz",
        "prof",
        "profesor",
        "kierownik",
        "kierownika",
        "mecenas",
        "redaktor",
        "lekarz",
        "lekarza",
        "prezes",
        "dyrektor",
        "magister",
        "konsultant",
        "konsultantka",
        "konsultanta",
        "konsultantki",
        "konsultantem",
        "konsultantce",
        "kolega",
        "kolezanka",
        "kolezanki",
        "doradca",
        "doradcy",
    ]
)
INTRODUCTIONS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "nazywam sie",
        "nazywa sie",
        "z tej strony",
        "mowi",
        "mam na imie",
        "na imie mi",
        "moje imie",
        "moje nazwisko",
        "moje nazwisko to",
        "na nazwisko",
        "nazwisko",
        "imie",
        "imie to",
        "nazwisko to",
        "nazwisko panienskie",
        "imie i nazwisko",
        "przy telefonie",
        "rozmawialam z",
        "rozmawialem z",
        "pozdrawiam",
        "podpisano",
        "klient",
        "klientka",
        "odbiorca",
        "nadawca",
        "wlasciciel",
        "tu",
        "jestem",
    )
)
INTRODUCTION_ENDS = frozenset(phrase[-1] for phrase in INTRODUCTIONS)
TIGHT = frozenset(
    {"mowi", "tu", "jestem", "klient", "klientka", "odbiorca", "nadawca", "wlasciciel", "pozdrawiam"}
)
STREET_BEFORE = frozenset(
    [
        "ul",
        "ulica",
        "ulicy",
        "al",
        "aleja",
        "alei",
        "os",
        "osiedle",
        "osiedlu",
        "pl",
        "plac",
        "placu",
        "swietego",
        "swietej",
        "sw",
        "im",
        "imienia",
    ]
)
COMPANY_BEFORE = frozenset(
    [
        "firma",
        "firmy",
        "firmie",
        "firme",
        "sklep",
        "sklepie",
        "sklepu",
        "marka",
        "marki",
        "marke",
        "sieci",
        "siec",
        "salonie",
        "banku",
        "bank",
    ]
)
BUSINESS = COMPANY_BEFORE | {
    "biuro",
    "dzial",
    "serwis",
    "infolinia",
    "salon",
    "hurtownia",
    "obsluga",
    "apteka",
    "drogeria",
    "ksiegarnia",
    "towarzystwo",
    "energetyka",
    "przychodnia",
    "kancelaria",
    "spoldzielnia",
    "delikatesy",
    "meble",
    "centrum",
}
KIN = frozenset(
    [
        "maz",
        "meza",
        "mezem",
        "zona",
        "zony",
        "zone",
        "zonie",
        "syn",
        "syna",
        "synem",
        "synowi",
        "corka",
        "corki",
        "corke",
        "corce",
        "mama",
        "mamy",
        "mame",
        "tata",
        "taty",
        "tate",
        "ojciec",
        "ojca",
        "matka",
        "matki",
        "babcia",
        "babci",
        "babcie",
        "dziadek",
        "dziadka",
        "wnuk",
        "wnuka",
        "wnuczka",
        "wnuczki",
        "wujek",
        "wujka",
        "ciocia",
        "ciocie",
        "siostra",
        "siostry",
        "siostre",
        "siostrze",
        "brat",
        "brata",
        "bratu",
        "szwagier",
        "szwagra",
        "tesc",
        "tescia",
        "tesciowa",
        "tesciowej",
        "ziec",
        "ziecia",
        "synowa",
        "synowej",
        "sasiad",
        "sasiada",
        "sasiadka",
        "sasiadki",
        "sasiadce",
        "kolega",
        "kolezanka",
        "kuzyn",
        "kuzynka",
        "przyjaciel",
        "partner",
        "partnerka",
        "narzeczony",
        "narzeczona",
        "kurier",
        "kuriera",
        "kierowca",
        "kierowcy",
        "technik",
        "serwisant",
        "monter",
        "hydraulik",
        "elektryk",
        "mechanik",
        "listonosz",
        "sprzedawca",
        "kasjerka",
        "recepcjonistka",
        "pacjent",
        "pacjentka",
        "pacjentki",
        "lokator",
        "najemca",
        "prezes",
        "wspolnik",
        "pracownik",
        "wychowawczyni",
    ]
)
MIDDLE_NAMES = frozenset(
    ["van", "thi", "duc", "ngoc", "thanh", "minh", "xuan", "quoc", "thuy", "hoa"]
)  # Vietnamese
LETTERS_AS_WORDS = frozenset(["a", "i", "o", "u", "w", "z"])
QUOTES = frozenset('„”"«»')
PRODUCTS = (
    "sofa kanapa fotel krzesło stół stolik łóżko materac szafa szafka komoda regał biurko dywan lampa żyrandol zasłona "
    "pościel sukienka suknia spódnica spodnie bluzka koszula but botki sandał kurtka płaszcz bluza torebka plecak rower "
    "hulajnoga wózek fotelik garnek patelnia frytkownica kosiarka bateria zlew umywalka oprawka perfumy kubek talerz "
    "kolekcja seria model linia zestaw komplet lalka rowerek łóżeczko hamak namiot walizka zegarek kolczyki książka "
    "krem żel szampon balsam mydło serum maseczka pomadka szminka lakier płyn proszek odżywka peeling "
    "narożnik taboret pufa ława witryna kredens ławka leżak huśtawka poduszka kołdra koc obrus firana firanka roleta "
    "lustro obraz figurka wazon doniczka świeca lampka kinkiet plafon abażur tapeta płytka panel drzwi kabina wanna "
    "lodówka pralka zmywarka piekarnik ekspres czajnik toster robot odkurzacz żelazko mikser blender maszyna suszarka "
    "grill piec piecyk żakiet marynarka sweter kardigan tunika bluzeczka dres piżama szlafrok biustonosz rajstopy "
    "czapka szalik kapelusz pasek portfel torba kozaki trampki klapki kapcie szpilki baleriny sneakersy mokasyny "
    "pierścionek naszyjnik bransoletka obrączka łańcuszek wisiorek tort ciasto ciastko chleb ser kiełbasa szynka "
    "kawa herbata czekolada praliny pierniki pierogi miód dżem sok wino karma powojnik pomidor jabłoń tulipan "
    "pluszak miś konik puzzle plakat płyta album film serial powieść biografia kalendarz filiżanka porcelana dzbanek "
    "nóż maszynka golarka mebel meble zasłonka pled ręcznik"
)


@functools.cache
def things_sold() -> frozenset[str]:
    """All forms of words for things that are sold under names."""
    return frozenset(row[0] for row in phrases(f"{noun}*" for noun in PRODUCTS.split()))
