"""Stated periods against the terms of a policy: ugly text, working days, the shop's own terms, and near misses."""

import pytest
from scorecard_conversations import talk

from scorecards import Finding
from scorecards.checks import registered
from scorecards.policy import Policy, Term
from scorecards.view import View

SHOP = Policy(
    "s", 1, "S",
    terms=(
        Term("withdrawal", "Zwrot towaru", 30),
        Term("complaint_answer", "Odpowiedź na reklamację", 14, "at_most"),
        Term("refund", "Zwrot pieniędzy", 7, "at_most"),
        Term("delivery", "Dostawa", 2, "at_most", True, ("dostaw*|wysylk*", "paczk* ~3 dojdzie|dotrze|bedzie")),
        Term("warranty", "Gwarancja", 730, "at_least", False, ("gwaranc*",)),
    ),
)  # fmt: skip


def found(text: str, asked: str = "mam pytanie", policy: Policy | None = SHOP) -> Finding:
    view = View(talk("a: dzień dobry", f"c: {asked}", f"a: {text}", channel="email"))
    return registered()["stated_terms_right"].run(view, policy=policy)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("na odstapienie od umowy ma pani 14 dni", "Zwrot towaru"),
        ("Na zwrot towaru ma Pani dwa tygodnie od dostarczenia.", "Zwrot towaru"),
        ("zwrot mozna zrobic w trzydziesci dni roboczych", "Zwrot towaru"),
        ("pieniadze wroca na konto w ciagu 14 dni", "Zwrot pieniędzy"),
        ("oddamy kase do trzech tygodni", "Zwrot pieniędzy"),
        ("Zwrot środków trwa do 10 dni roboczych.", "Zwrot pieniędzy"),
        ("na reklamacje odpowiemy w ciagu 30 dni", "Odpowiedź na reklamację"),
        ("dostawa trwa do tygodnia", "Dostawa"),
        ("paczka dojdzie w 5 dni roboczych", "Dostawa"),
        ("gwarancja jest na rok", "Gwarancja"),
        ("Wysyłka zajmuje do 3 dni roboczych, zwrot 30 dni.", "Dostawa"),
    ],
)
def test_a_period_that_contradicts_the_policy(text: str, name: str) -> None:
    result = found(text)
    assert result.outcome == "fail", text
    assert f"({name})" in result.reason
    assert result.confidence >= 0.8


@pytest.mark.parametrize(
    "text",
    [
        "na odstapienie od umowy ma pani 30 dni",
        "Na odstąpienie od umowy jest trzydzieści dni od otrzymania.",
        "pieniadze wroca na konto w ciagu 5 dni",
        "Zwrot środków trwa do 5 dni roboczych.",
        "na reklamacje odpowiemy w dziesiec dni",
        "dostawa trwa do 2 dni roboczych",
        "paczka dojdzie w dwa dni",
        "gwarancja jest na trzy lata",
        "dostawa to jeden dzien roboczy a pieniadze oddamy w tydzien",
    ],
)
def test_a_period_that_agrees(text: str) -> None:
    result = found(text)
    assert result.outcome == "pass", text
    assert result.evidence


@pytest.mark.parametrize(
    "text",
    [
        "rozumiem ze czekanie trzy tygodnie na pieniadze denerwuje",
        "czeka pani na zwrot pieniedzy juz miesiac przepraszam",
        "mozna zaplacic za 30 dni, to odroczona platnosc",
        "na dostawe zostalo jeszcze piec dni",
        "sklep jest otwarty siedem dni w tygodniu",
        "kod wazny 10 dni",
        "minely trzy tygodnie od zwrotu",
        "dwa razy dziennie sprawdzamy zwroty",
        "oddzwonie za godzine",
        "",
    ],
)
def test_what_is_no_statement_of_a_term(text: str) -> None:
    assert found(text or "dobrze").outcome == "na", text


def test_a_bare_zwrot_may_be_goods_or_money_so_a_person_decides() -> None:
    result = found("zwrot do 5 dni roboczych po odbiorze")
    assert result.outcome == "fail"
    assert result.confidence < 0.7


def test_a_short_answer_is_about_what_was_asked() -> None:
    assert found("14 dni", "ile mam czasu na odstąpienie od umowy?").outcome == "fail"
    assert found("30 dni", "ile mam czasu na odstąpienie od umowy?").outcome == "pass"


def test_only_the_policys_terms_are_judged() -> None:
    bare = Policy("s", 1, "S", terms=(Term("withdrawal", "Zwrot", 14),))
    assert found("paczka dojdzie w trzy tygodnie", policy=bare).outcome == "na"
    assert found("pieniadze oddamy w trzy miesiace", policy=bare).outcome == "na"
    assert found("na odstapienie ma pan 14 dni", policy=Policy("s", 1, "S")).outcome == "na"


def test_the_reason_names_what_the_policy_says() -> None:
    assert found("dostawa trwa do tygodnia").reason == (
        "Podany termin (Dostawa) jest inny niż w zasadach, gdzie wynosi najwyżej 2 dni roboczych."
    )
    assert "wynosi dokładnie 30 dni" in found("na odstapienie od umowy ma pani 14 dni").reason


def test_without_a_policy_the_law_counts() -> None:
    assert found("na odstapienie od umowy ma pani 14 dni", policy=None).outcome == "pass"
    assert found("pieniadze oddamy w ciagu 30 dni", policy=None).outcome == "fail"
    assert found("dostawa trwa do tygodnia", policy=None).outcome == "na"
