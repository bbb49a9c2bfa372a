"""What is promised and by when: ugly text first, and what only looks like a promise or a time."""

import pytest
from scorecard_conversations import behaviours, talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.commitments import commitments
from scorecards.view import View
from transcripts.conversation import Channel


def found(*lines: str, channel: Channel = "phone") -> Finding:
    return registered()["commitments_dated"].run(View(talk(*lines, channel=channel)))


@pytest.mark.parametrize(
    "text",
    [
        "no dobra to oddzwonię do pani jutro do dwunastej",
        "wysle panu maila dzis wieczorem",
        "to ja to sprawdze i dam znac do piatku",
        "Pieniądze wrócą na kartę, zwrócimy je w ciągu 14 dni.",
        "kurier odbierze to w srode miedzy osma a dwunasta",
        "paczka dojdzie pojutrze",
        "dostanie pani esemesa za 10 minut",
        "reklamacja zostanie rozpatrzona do 15 grudnia",
        "Odpiszemy do 12.12. Proszę czekać na wiadomość.",
        "Przelejemy środki. Nastąpi to w ciągu dwóch dni roboczych.",
        "odezwiemy sie w przyszlym tygodniu",
        "Wyślę Pani kod od razu na adres e-mail.",
        "przekażę sprawę do magazynu jeszcze dzisiaj",
        "skontaktujemy się z Panem do końca tygodnia",
        "dam znać po 16:00",
        "odpiszę i wyślę fakturę do jutra",
    ],
)
def test_a_promise_with_its_time(text: str) -> None:
    result = found("c: i co teraz", f"a: {text}")
    assert result.outcome == "pass", text
    assert len(result.evidence) >= 1


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("no to oddzwonimy do pana", False),
        ("wysle pani link na maila", False),
        ("dam znac jak cos", False),
        ("przekaze sprawe do dzialu zwrotow", False),
        ("zwrócimy pieniądze niezwłocznie", True),
        ("odezwiemy się wkrótce", True),
        ("Środki zostaną zwrócone jak najszybciej.", True),
        ("serwis się odezwie w swoim czasie", True),
        ("Wyślemy paczkę jutro. Pieniądze za przesyłkę oddamy.", False),
        ("naprawimy to w miare mozliwosci", True),
        ("Oddamy pieniądze. Proszę dopłacić do 30 zł.", False),
        ("odpiszemy, milego dnia", False),
    ],
)
def test_a_promise_without_a_time(text: str, vague: bool) -> None:
    result = found("c: i co teraz", f"a: {text}", channel="chat")
    assert result.outcome == "fail", text
    assert ("mglisty" in result.reason) is vague


@pytest.mark.parametrize(
    "text",
    [
        "nie oddzwonimy do pana",
        "jesli kurier przyjedzie prosze go odeslac",
        "jak paczka dojdzie to prosze sprawdzic",
        "czy dostanie pani fakture na firme",
        "prosze wyslac zdjecie na maila",
        "Wyśle je Pan esemesem na numer infolinii.",
        "chętnie odpowiem na pytania",
        "W razie pytań chętnie odpowiemy.",
        "wyslalam juz maila",
        "zwrot jest zaksiegowany",
        "odpowiem krótko: nie mamy tego modelu",
        "niech pani napisze jak dojdzie",
        "sprawdzam to teraz w systemie",
        "zamowienie jest w drodze",
    ],
)
def test_what_only_looks_like_a_promise(text: str) -> None:
    assert found("c: i co teraz", f"a: {text}").outcome == "na", text


def test_each_promise_has_what_and_by_when() -> None:
    view = View(
        talk("a: Jutro wyślę etykietę. Pieniądze oddamy w ciągu 14 dni. Kolega zadzwoni.", channel="chat")
    )
    text = view.turns[0].text
    said = [
        ([text[s.start : s.end] for s in one.what], text[one.by.start : one.by.end] if one.by else None)
        for one in commitments(view)
    ]
    assert said[0] == (["wyślę"], "Jutro")
    assert said[1][1] == "14 dni"
    assert said[2][1] is None


def test_a_customers_promise_is_not_the_agents() -> None:
    assert found("c: wyślę jutro paczkę", "a: dobrze").outcome == "na"


@pytest.mark.parametrize(
    ("text", "confidence", "outcome"),
    [
        ("załatwi się to", 0.5, "na"),
        ("załatwi się to", 0.7, "fail"),
        ("załatwi się to jutro", 0.7, "pass"),
        ("załatwi się to kiedyś", 0.7, "fail"),
    ],
)
def test_the_tagger_sees_promises_in_other_words(text: str, confidence: float, outcome: str) -> None:
    tagged = talk("c: i co", f"a: {text}", behaviours=behaviours((1, "later_action", confidence)))
    result = registered()["commitments_dated"].run(View(tagged))
    assert result.outcome == outcome
    assert outcome != "na" or result.confidence < 0.8
