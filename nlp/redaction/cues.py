"""Phrases that name a kind of personal data: "numer zamówienia", "pesel", "jak się pani nazywa".

Found with spaCy's PhraseMatcher over folded spelling; starred words stand for all their forms. A plain
cue names its type alone. A weak one is an everyday word ("telefon", "umowa") that counts only beside
"numer" or a request. A neutral cue names what is not personal and ends the waiting for an answer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlp.redaction.spans import PersonalType
from nlp.redaction.spoken_numbers import NUMERALS
from nlp.redaction.words import Line
from nlp.text import phrases, pipeline

Topic = PersonalType | Literal["NUMBER", "NEUTRAL"]

_PLAIN: dict[Topic, str] = {
    "PESEL": "pesel*; pesele; peselik; numer* ewidencyjny",
    "PHONE": "numer* telefonu; numer* telefonow; numer* kontaktowy; telefon* kontaktowy; numer* komorki;"
    "numer* komórkowy*; numer* do kontaktu; tel; telefonu kontaktowego; numer* dzwonię;"
    "dzwonię z numeru; numer* z ktorego; numer* stacjonarny; numer* na whatsappie; numer* do pani; numer* do pana",
    "ID_NUMBER": "nip*; regon*; numer* dowodu; seria* i numer*; serie i numer*; seria* dowodu; numer* paszportu;"
    "numer* nip; numer* regon; numer* dokumentu; numer* legitymacji; numer* prawa jazdy; nipu; nipem",
    "ACCOUNT_OR_CARD": "numer* konta; numer* rachunku; numer* karty; iban; ostatni* cztery cyfry karty;"
    "końcowy* numer*; numer* bankowy; cztery ostatnie cyfry; ostatnie cztery cyfry; ostatnie cztery;"
    "karta* kończy się; konto* kończy się; karta* kończąca się; konto* kończące się; kończy się cyframi; "
    "kończąca się cyframi; końcówka* karty; końcówka* konta; rachunek* bankowy; konto* bankowe; numer* bankowego",
    "CUSTOMER_NUMBER": "numer* zamówienia; numer* reklamacji; numer* umowy; numer* faktury; numer* paczki;"
    "numer* przesyłki; numer* klienta; numer* licznika; numer* zgłoszenia; numer* sprawy; numer* polisy;"
    "numer* abonenta; numer* ppe; numer* kontrahenta; numer* zwrotu; numer* listu; numer* transakcji;"
    "numer* rezerwacji; numer* szkody; numer* ewidencyjny klienta; identyfikator*; rma;"
    "numer* płatnika; numer* odbiorcy; numer* nadania; numer* śledzenia; numer* rejestracyjny; numer* biletu;"
    "numer* referencyjny; numer* wniosku; numer* dokumentu sprzedaży; numer* paragonu; numer* imei; imei;"
    "login*; numer* karty lojalnościowej; numer* karty stałego klienta; numer* karty klienta; numer* pacjenta;"
    "numer* użytkownika; numer* vin; numer* kontraktu; numer* punktu; numer* gazomierza; numer* wodomierza;"
    "zam; numer* zam; numer* zlecenia; numer* biletu; "
    "numer* kliencki; numer* referencyjnego; identyfikacyjny numer*; numer* identyfikacyjny*",
    "SECRET": "domofon*; kod* do bramy; kod* do klatki; kod* do furtki; hasło*; hasełko; pin*; numer* pin; kod* pin; kod* sms; kod* z smsa; kod* weryfikacyjny*; cvv; cvc;"
    "kod* autoryzacyjny*; kod* aktywacyjny*; kod* dostępu; kod* bezpieczeństwa; kod* odbioru; kod* blik; puk;"
    "kod* jednorazowy*; kod* zabezpieczający; kod* z wiadomości; telekod*; kod* abonencki*; kod* abonenta;"
    "kod* klienta; kod* z smsu; kod* do odbioru; token*; kod* esemesem; kod* odblokowania; pinkod*; telepin*;"
    "szyfr*; słowo* klucz; słowo* - klucz; pytanie* pomocniczy*; pytanie* kontrolny*; pytanie* bezpieczeństwa;"
    "pytanie* zabezpieczający*; pytanie* weryfikacyjny*; odpowiedź* na pytanie*; kod* zdrapka; kod* ze zdrapki;"
    "kod* z karty; kod* z esemesa; kod* z aplikacji; kod* z maila; kod* do drzwi; kod* do szafki; kod* do skrytki;"
    "kod* do sejfu; kod* do kłódki; kod* do wejścia; kod* do alarmu; kod* alarmu; kod* do domofonu; kod* do szlabanu;"
    "kod* do garażu; kod* podarunkowy*; kod* doładowania; kod* doładowujący*; kod* licencyjny*; kod* do",
    "EMAIL": "e - mail; email*; mail*; maile; mejl*; majl*; meil; e - maila; e - mailowy; adres* mailowy*;"
    "adres* e - mail; skrzynka* mailowa; adres* poczty elektronicznej; adres* email; adres* emailowy*; poczta* elektroniczna*",
    "ADDRESS": "adres mam; adres to; adres ten sam; mój adres; adres mój; adres* zamieszkania; adres* dostawy; adres* zameldowania; adres* korespondencyjny*; kod* pocztowy*;"
    "adres* do wysyłki; zamieszkała; zamieszkały; adres* wysyłki; adres* korespondencji; pod adres*; na adres*;"
    "miejsce* zamieszkania; mieszkam; mieszka pan; mieszka pani; ulica*; adres* domowy*; adres* odbioru;"
    "adres* montażu; adres* instalacji; adres* siedziby; dokładny* adres*; adres* nadawcy; adres* odbiorcy;"
    "adres* pod; jaki adres; pełny* adres*; adres* punktu; adres* zamieszkanie",
    "DATE_OF_BIRTH": "data* urodzenia; daty urodzenia; rok* urodzenia; urodziłem; urodziłam; urodzony; urodzona;"
    "urodziny; dzień urodzenia; urodził; urodziła; urodził się; urodziła się; datę urodzin; rocznik*; data* narodzin; ur; dzien* i miesiąc* urodzenia",
    "PERSON": "imię i nazwisko; imienia i nazwiska; imieniem i nazwiskiem; nazwisko*; imię*; imienia; godność;"
    "jak się pani nazywa; jak się pan nazywa; z kim mam przyjemność; z kim rozmawiam; dane osobowe; jak pani na imię;"
    "jak panu na imię; imieniu; z kim mam; godnosc pana; godność pani; na kogo jest; dane odbiorcy; jak się nazywa;"
    "dane właściciela; do kogo dzwonię; na czyje nazwisko; pani dane; pana dane; nazwiskiem panieńskim; jak pani godność",
    "NUMBER": "numer*; nr; numerek; cyfry; cyferki; cyfr; końcówka*; ciąg cyfr; numerka",
    "NEUTRAL": "kwota*; cena*; koszt*; ile; koszty; opłata*; rata*; rozmiar*; kod* rabatowy*; kod* promocyjny*;"
    "miejsce* urodzenia; wiek; numer* seryjny; nr seryjny; sn; numer* fabryczny; numer* stanowiska; numer* boczny; numer* alarmowy;"
    "paczkomat*; stan; pokój*; peron*;  infolinia*; ile lat; numer* wewnętrzny; numer* infolinii; saldo*; data* zakupu; data* dostawy;"
    "godzina*; termin*; numer* artykułu; kod* produktu; numer* katalogowy; kod* kreskowy; numer* buta; kolor*;"
    "numer* wersji; kod* błędu; kod* źródłowy; bank*; stan* licznika; odczyt*; zużycie; licznik* pokazał; licznik* pokazuje; licznik* wskazuje; licznik* wskazał; licznik* energii pokazał; licznik* energii pokazuje; licznik* prądu pokazuje;"
    "licznik* gazu pokazuje; licznik* wody pokazuje; wskazanie*; stan konta; miejscowość urodzenia;"
    "ean; gtin; kod* ean; kod* modelu; kod* towaru; kod* koloru; kod* paskowy*; kod* qr; kod* cn; kod* usterki; kod* awarii;"
    "kod* zniżkowy*; kod* z ulotki; kod* do rabatu; kod* do zniżki; kod* do produktu; partia*; numer* partii; nr partii; numer* serii; nr serii; numer* modelu;"
    "numer* części; numer* koloru; nr katalogowy; nr artykułu; nr art; numer* produktu; numer* regału; numer* strony",
}
_WEAK: dict[Topic, str] = {
    "PHONE": "telefon*; komórka*; kontakt*",
    "ID_NUMBER": "dowód*; paszport*; dowodzie; legitymacja*",
    "ACCOUNT_OR_CARD": "konto*; rachunek*; karta*; kart; blik",
    "CUSTOMER_NUMBER": "zamówienie*; reklamacja*; umowa*; faktura*; paczka*; przesyłka*; klient*; licznik*;"
    "zgłoszenie*; zlecenie*; polisa*; abonent*; sprawa*; list przewozowy; rezerwacja*; paragon*; zwrot*",
    "SECRET": "kod*; kodzik; sms*",
    "ADDRESS": "adres*; miejscowość*; miasto*; dostawa*",
}
_THINGS = re.compile(r"(?:numer|nr|kod|ean|gtin|parti|liczni|odczyt|stan|zuzyc|wskaza|sn)")
_REACH = 6  # words between a number and what names it
_REQUEST = frozenset(
    [
        "prosze",
        "poprosze",
        "poprosic",
        "poprosil",
        "poprosila",
        "poprosilbym",
        "poprosilabym",
        "prosilbym",
        "prosilabym",
        "prosil",
        "prosila",
        "poda",
        "podac",
        "podaje",
        "podam",
        "podaj",
        "podajcie",
        "podyktuje",
        "podyktowac",
        "dyktuje",
        "jaki",
        "jaka",
        "jakie",
        "jakim",
        "jakiego",
        "potrzebuje",
        "potrzebny",
        "potrzebna",
        "potrzebne",
        "potwierdzic",
        "potwierdzi",
        "potwierdzam",
        "wpisz",
        "wprowadzi",
        "numer",
        "numeru",
        "numerze",
        "numerem",
        "wyglada",
        "brzmi",
        "podany",
        "podala",
        "zweryfikowac",
        "weryfikacji",
        "spisac",
        "zanotowac",
        "zapisac",
        "powie",
        "powiedziec",
        "zgadza",
    ]
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words ``first`` to ``last`` (exclusive) of a turn name ``topic``."""

    turn: int
    first: int
    last: int
    topic: Topic
    request: bool


@functools.cache
def _matcher() -> PhraseMatcher:
    """The patterns of both tables, keyed ``TOPIC`` or ``TOPIC?`` for the weak ones."""
    vocab = pipeline().vocab
    matcher = PhraseMatcher(vocab, attr="NORM")
    for suffix, table in (("", _PLAIN), ("?", _WEAK)):
        for topic, patterns in table.items():
            rows = phrases(pattern.strip() for pattern in patterns.split(";") if pattern.strip())
            matcher.add(topic + suffix, [_pattern(vocab, row) for row in sorted(set(rows))])
    return matcher


def _pattern(vocab: object, words: tuple[str, ...]) -> Doc:
    doc = Doc(vocab, words=list(words))
    for token in doc:
        token.norm_ = token.text
    return doc


def find_cues(line: Line) -> Iterator[Cue]:
    """The cues of one turn; of overlapping ones the longest."""
    spans = filter_spans(_matcher()(line.doc, as_spans=True))
    if not spans:
        return
    place = {word.token: index for index, word in enumerate(line.words)}
    request = "?" in line.text or any(word.fold in _REQUEST for word in line.words)
    for span in spans:
        first, last = place[span.start], place[span.end - 1] + 1
        topic, weak = span.label_.removesuffix("?"), span.label_.endswith("?")
        # "adres: ...", as in forms; "zgłoszenie osiem tysięcy ..."
        labels = line.folded(last) == ":" or (weak and topic == "CUSTOMER_NUMBER" and _is_number(line, last))
        if weak and not (request or labels) and not _numbered(line, first):
            continue
        ends = all(word.is_sign for word in line.words[last:]) or line.spoken <= 5
        yield Cue(line.turn, first, last, topic, request or labels or (ends and not weak))


def of_a_thing(line: Line, cues: Sequence[Cue], start: int) -> bool:
    """Whether the nearest words that name a number call the one at character ``start`` a thing's: an article's, a batch's,
    a meter's reading."""
    index = next((i for i, word in enumerate(line.words) if word.end > start), len(line.words))
    near = [
        (index - cue.last if cue.last <= index else cue.first - index, cue)
        for cue in cues
        if cue.turn == line.turn
    ]
    if not near:
        return False
    away, nearest = min(near, key=lambda row: row[0])
    return away <= _REACH and nearest.topic == "NEUTRAL" and bool(_THINGS.match(line.folded(nearest.first)))


def _is_number(line: Line, index: int) -> bool:
    return line.folded(index).isdigit() or line.folded(index) in NUMERALS


def _numbered(line: Line, first: int) -> bool:
    """Whether "numer" stands shortly before: "numer pani umowy"."""
    return any(
        line.folded(i) in ("numer", "nr", "numeru", "numerze", "numerem") for i in range(first - 4, first)
    )
