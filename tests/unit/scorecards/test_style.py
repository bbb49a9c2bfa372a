"""Form of address, plain words, readable sentences; what only looks like a fault."""

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.policy import Policy, Style
from scorecards.view import View
from transcripts.conversation import Channel


def found(name: str, *lines: str, channel: Channel = "chat", style: Style | None = None) -> Finding:
    policy = Policy("p", 1, "P", style=style) if style else None
    return registered()[name].run(View(talk(*lines, channel=channel)), policy=policy)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("dzien dobry, prosze podac numer, sprawdze pani paczke", "pass"),
        ("hej, podaj numer to sprawdze ci paczke, masz go pod reka?", "pass"),
        ("Dzień dobry Panu. Podaj numer zamówienia.", "fail"),
        ("mogę pani pomóc, daj znać jak coś", "fail"),
        ("Pani Anno, możesz odesłać buty w 14 dni.", "fail"),
        ("cześć, wyslij zdjecie i niech pan opisze wade", "fail"),
        ("Proszę kliknąć przycisk „Wyślij”, wtedy dostanie Pan kod.", "pass"),
        ('W polu "Podaj adres" wpisuje Pani miasto.', "pass"),
        ("Ten pan z magazynu już poszedł, ale odpiszę do ciebie jutro.", "pass"),
        ("pani kurierka będzie u ciebie jutro", "pass"),
        ("zadzwoni pan kurier, bądź w domu, masz czas do 16", "pass"),
        ("Paczka jest w drodze.", "na"),
        ("Dziękujemy Państwu za kontakt.", "pass"),
        ("Napisz do nas, chętnie Państwu pomożemy.", "fail"),
        ("ci klienci już zapłacili, Pani jeszcze nie", "pass"),
    ],
)
def test_one_form_of_address(text: str, outcome: str) -> None:
    assert found("one_form_of_address", "c: gdzie paczka", f"a: {text}").outcome == outcome, text


@pytest.mark.parametrize(
    ("text", "address", "outcome"),
    [
        ("podaj numer zamowienia", "formal", "fail"),
        ("prosze Pana o numer", "formal", "pass"),
        ("prosze Pana o numer", "informal", "fail"),
        ("hej, masz numer?", "informal", "pass"),
        ("hej, masz numer?", "any", "pass"),
    ],
)
def test_the_shop_says_which_form(text: str, address: str, outcome: str) -> None:
    style = Style(address=address)  # type: ignore[arg-type]
    assert found("one_form_of_address", f"a: {text}", style=style).outcome == outcome


def test_the_customers_form_is_not_the_agents() -> None:
    assert (
        found("one_form_of_address", "c: masz mi oddać kasę, ty oszuście", "a: Rozumiem Pana.").outcome
        == "pass"
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Uprzejmie informuję, iż w związku z powyższym zwrot nie jest możliwy.", "fail"),
        ("niniejszym informujemy, ze w dniu dzisiejszym dokonano zwrotu", "fail"),
        ("W celu dokonania zwrotu proszę wypełnić formularz, stosowne dokumenty są w załączniku.", "fail"),
        ("No to zwracam pieniądze, będą jutro na koncie.", "pass"),
        ("Uprzejmie proszę o numer zamówienia.", "pass"),
        ("„Niniejszym” i „iż” to słowa z formularza banku, proszę je pominąć.", "pass"),
        ("oddamy za przesylke tytulem rekompensaty", "pass"),
    ],
)
def test_office_language(text: str, outcome: str) -> None:
    assert found("plain_words", "c: hej", f"a: {text}").outcome == outcome, text


def test_words_that_the_shop_avoids() -> None:
    style = Style(avoid=("nie ma opcji", "spokojnie"))
    assert found("plain_words", "a: nie ma opcji zeby to przyjac", style=style).outcome == "fail"
    assert found("plain_words", "c: nie ma opcji zebym czekal", "a: rozumiem", style=style).outcome == "pass"
    assert found("plain_words", "a: nie ma opcji zeby to przyjac").outcome == "pass"


LONG = "proszę odesłać " + "bardzo " * 40 + "szybko."


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (LONG, "fail"),
        ("PROSZĘ NIE PISAĆ GŁUPOT", "fail"),
        ("Mamy to!!! Super!!!", "fail"),
        ("Serio??? Nie wierzę", "fail"),
        ("Dzień dobry! Już sprawdzam.", "pass"),
        ("Numer RMA i PESEL są w systemie ERP.", "pass"),
        ("Proszę podać [PHONE] oraz [EMAIL] i [CUSTOMER_NUMBER].", "pass"),
        ("Kod GRATIS10 działa, faktura VAT w PDF.", "pass"),
        ("Lista:\n- buty\n- kurtka\n- czapka\nRazem trzy rzeczy.", "pass"),
        ("Naprawdę? Już?! Wysłaliśmy dziś.", "pass"),
        ("paczka jest w drodze i dojdzie jutro", "pass"),
    ],
)
def test_readable_sentences(text: str, outcome: str) -> None:
    assert found("readable_sentences", f"a: {text}", channel="email").outcome == outcome, text


def test_the_longest_sentence_is_the_shops_to_set_and_speech_has_none() -> None:
    text = "a: to jest zdanie które ma równo dziewięć słów tutaj"
    assert found("readable_sentences", text, style=Style(longest_sentence=8)).outcome == "fail"
    assert found("readable_sentences", text, style=Style(longest_sentence=9)).outcome == "pass"
    assert found("readable_sentences", f"a: {LONG}", channel="phone").outcome == "na"


def test_evidence_shows_the_place() -> None:
    view = View(talk("a: Dzień dobry.", "a: Podaj numer, proszę Pana.", channel="chat"))
    result = registered()["one_form_of_address"].run(view)
    assert {view.turns[s.turn].text[s.start : s.end] for s in result.evidence} == {"Podaj", "Pana"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("greeting", "Słucham."), ("offer_of_help", "No."), ("plain_words", "Paczka jest w drodze."),
     ("positive_formulas", "Już sprawdzam.")],
)  # fmt: skip
def test_in_writing_nothing_is_heard_or_spoken(name: str, text: str) -> None:
    def reason(channel: Channel) -> str:
        return registered()[name].run(View(talk("c: hej", f"a: {text}", "c: ok", channel=channel))).reason

    assert "słychać" in reason("phone") or "mówi" in reason("phone")
    assert not {"słychać", "mówi"} & set(reason("email").replace(",", "").split())
