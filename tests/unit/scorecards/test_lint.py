"""The linter: what a scorecard hardly means."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest
import yaml
from scorecard_conversations import talk

from scorecards import ScorecardError, available
from scorecards.checks import registered
from scorecards.lint import Placed, lint, lint_text
from scorecards.lint.acts import ACTS, joined_acts
from scorecards.lint.reach import REACH
from scorecards.loader import Served
from scorecards.view import View
from transcripts.tags import BehaviourTag, ReasonTag, SentimentTag, TaggedConversation

GREETING: dict[str, Any] = {
    "id": "greeting",
    "name": "Powitanie",
    "question": "Czy konsultant wita klienta?",
    "weight": 40,
    "check": "greeting",
}
OTHERS: list[dict[str, Any]] = [
    {
        "id": "solution",
        "name": "Rozwiązanie",
        "question": "Czy konsultant podaje rozwiązanie?",
        "weight": 35,
        "check": "solution",
    },
    {
        "id": "recap",
        "name": "Podsumowanie",
        "question": "Czy pod koniec pada podsumowanie ustaleń?",
        "weight": 25,
        "check": "recap",
    },
]


def card(**changes: Any) -> str:
    """A card without faults, but for the changes of its first criterion; None takes a field away."""
    first = {name: value for name, value in {**GREETING, **changes}.items() if value is not None}
    section = {"id": "all", "name": "Wszystko", "weight": 100, "criteria": [first, *OTHERS]}
    content = {"format": 1, "id": "moja", "version": 1, "name": "Moja", "sections": [section]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def remarks(text: str, served: Served | None = None) -> list[Placed]:
    return list(lint_text(text, "moja.yaml", served or Served()).remarks)


def test_a_good_card_has_no_remarks() -> None:
    assert remarks(card()) == []


@pytest.mark.parametrize("key", available())
def test_shipped_cards_have_no_errors(key: str) -> None:
    found = lint(key)
    assert found.card is not None
    assert found.card.key == key
    assert found.errors == 0


ASKS_TWO = "Czy konsultant wita klienta i przedstawia się?"


@pytest.mark.parametrize(
    ("changes", "level", "rule", "words"),
    [
        ({"question": ASKS_TWO}, "warning", "double_barrelled", "„wita” i „przedstawia”"),
        ({"question": "Konsultant wita klienta."}, "warning", "question", "nie jest pytaniem"),
        ({"question": "Jak konsultant wita klienta?"}, "warning", "question", "nie ma w nim „czy”"),
        ({"question": "Czy konsultant wita " + "bardzo " * 30 + "miło?"}, "warning", "long", "ma 34 słów"),
        (
            {"question": "Gdy klient dzwoni, czy konsultant wita?"},
            "warning",
            "not_applicable",
            "pyta warunkowo",
        ),
        ({"check": "empathy"}, "warning", "not_applicable", "może odpowiedzieć „nie dotyczy”"),
        (
            {"not_applicable": "nagranie ucięte"},
            "warning",
            "not_applicable",
            "nigdy nie odpowie „nie dotyczy”",
        ),
        ({"name": "podsumowanie"}, "warning", "duplicate", "tę samą nazwę co greeting"),
        (
            {"question": "Czy na koniec pada podsumowanie kosztów?"},
            None,
            "",
            "",
        ),
        (
            {"question": "Czy na koniec pada ustaleń podsumowanie pod koniec?"},
            "warning",
            "duplicate",
            "pyta prawie o to samo co greeting",
        ),
        ({"check": "recap"}, "warning", "duplicate", "to samo sprawdzenie i parametry co greeting"),
        ({"check": "recap", "parameters": {"turns": 6}}, "warning", "duplicate", "to samo sprawdzenie"),
        ({"check": "recap", "parameters": {"turns": 7}}, None, "", ""),
        ({"thresholds": {"pass": 0.98}}, "warning", "unreachable", "„zaliczone” nigdy nie zapadnie"),
        ({"thresholds": {"fail": 0.98}}, "warning", "never_fails", "„niezaliczone” nigdy nie zapadnie"),
        ({"thresholds": {"fail": 0.97, "pass": 0.97}}, None, "", ""),
        ({"thresholds": {"fail": 0.98, "pass": 1}}, "error", "unreachable", "zawsze trafi do człowieka"),
        ({"thresholds": {"fail": 0.98}, "critical": True}, "error", "never_fails", "jest krytyczne, a nigdy"),
        ({"thresholds": {"fail": 0.98}, "critical": "section"}, "error", "never_fails", "jest krytyczne"),
        ({"thresholds": {"na": 0.7}}, "warning", "unused", "próg „na” nic nie zmienia"),
        (
            {"thresholds": {"na": 0.7}, "only": {"channels": ["phone"]}},
            None,
            "",
            "",
        ),
        (
            {"check": "behaviour_present", "parameters": {"behaviour": "greeting", "turns": 3}},
            "warning",
            "unused",
            "parametr „turns” nic nie zmienia",
        ),
        (
            {
                "check": "behaviour_present",
                "parameters": {"behaviour": "greeting", "turns": 3, "where": "opening"},
            },
            None,
            "",
            "",
        ),
        (
            {"check": "phrase_said", "parameters": {"phrases": ["dzien dobry", "nie*|tak"]}},
            "warning",
            "never_fails",
            "wzorzec „nie*” pasuje prawie do każdej rozmowy",
        ),
        ({"check": "phrase_said", "parameters": {"phrases": ["nie* dzwoni*", "halo"]}}, None, "", ""),
        (
            {
                "only": {
                    "channels": ["phone", "chat", "email", "social", "marketplace", "review", "form", "sms"]
                }
            },
            "warning",
            "condition",
            "wszystkie kanały",
        ),
        (
            {"only": {"reasons": ["complaint.*", "complaint.service"]}},
            "warning",
            "condition",
            "powtarza się w nim complaint.service",
        ),
        (
            {"question": "Czy konsultant jest zirytowany?"},
            "error",
            "feelings",
            "ocenia emocje konsultanta",
        ),
        ({"guide": "Konsultantka brzmi na znudzoną."}, "error", "feelings", "ocenia emocje konsultanta"),
        ({"guide": "Konsultant pociesza, gdy klient jest zdenerwowany."}, None, "", ""),
        ({"question": "Czy konsultant wita klienta, który jest zły?"}, None, "", ""),
    ],
)
def test_each_rule(changes: dict[str, Any], level: str | None, rule: str, words: str) -> None:
    found = [one for one in remarks(card(**changes)) if level is None or one.rule == rule]
    if level is None:
        assert found == []
        return
    (one,) = found
    assert (one.level, one.rule) == (level, rule)
    assert words in one.message
    assert one.message.endswith(".")
    assert "\n" not in one.message


def test_a_remark_names_file_line_and_criterion() -> None:
    text = card(question=ASKS_TWO)
    (one,) = remarks(text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "question" in row)
    assert (one.line, one.criterion) == (line, "greeting")
    assert one.message.startswith(f"moja.yaml, wiersz {line}, kryterium greeting: ")


def test_weights() -> None:
    content = yaml.safe_load(card(weight=64.5))
    content["sections"][0]["criteria"][1]["weight"] = 0.5
    content["sections"][0]["criteria"][2]["weight"] = 35
    found = remarks(yaml.safe_dump(content))
    assert [(one.criterion, one.rule) for one in found] == [("greeting", "weight"), ("solution", "weight")]
    assert "prawie samo decyduje" in found[0].message
    assert "nie zmieni wyniku" in found[1].message


def test_a_criterion_alone_in_its_section_loses_nothing_more() -> None:
    content = yaml.safe_load(card())
    first, *others = content["sections"][0]["criteria"]
    first["critical"] = "section"
    content["sections"] = [
        {"id": "a", "name": "A", "weight": 40, "criteria": [first]},
        {"id": "b", "name": "B", "weight": 60, "criteria": others},
    ]
    (one,) = remarks(yaml.safe_dump(content, sort_keys=False))
    assert (one.rule, one.criterion) == ("unused", "greeting")
    assert "critical: section" in one.message


def test_a_condition_that_never_holds_on_this_channel() -> None:
    text = card(only={"channels": ["chat"]}).replace("id: moja", "id: phone", 1)
    (one,) = remarks(text)
    assert (one.rule, one.criterion) == ("unreachable", "greeting")
    assert "nie obejmuje kanału tej karty (telefon)" in one.message


def test_what_the_loader_refuses_are_errors_all_at_once() -> None:
    content = yaml.safe_load(card(check="powitanko"))
    content["sections"][0]["criteria"][1]["name"] = ""
    found = lint_text(yaml.safe_dump(content, sort_keys=False), "moja.yaml")
    assert found.card is None
    assert found.errors == len(found.remarks) == 2
    assert [one.rule for one in found.remarks] == ["refused", "refused"]
    assert found.remarks[0].line < found.remarks[1].line


HIDING = """
format: 1
id: moja
version: 1
name: Moja
sections:
  - id: s
    name: Sekcja
    weight: 100
    criteria:
      - {id: a, name: A, question: "Czy wita?", weight: 50, check: greeting, only: {channels: [fax], reasons: [zwrot]}}
      - {id: b, name: B, question: "Czy przeprasza?", weight: 60, check: apolog, thresholds: {pass: 1.5, fail: wysoki}}
      - {id: b, name: 7, weight: 60, check: phrase_said, kolor: red, parameters: {phrases: ["*"], turns: 0}}
      - {id: c, name: C, question: "Jak?", weight: 5, scale: 0-3, pass_from: 9, levels: {1: '', 2: {check: brak}}}
"""


def test_no_fault_hides_another() -> None:
    found = lint_text(HIDING.lstrip(), "moja.yaml")
    told = [one.message for one in found.remarks]
    for words in (
        "wagi kryteriów dają 175",
        "kanał „fax”",
        "„zwrot” nie jest powodem",
        "sprawdzenie „apolog”",
        "„pass” musi być liczbą",
        "„fail” musi być liczbą",
        "„b” już wystąpił",
        "nieznane pole „kolor”",
        "brakuje pola „question”",
        "pole „name” musi być niepustym tekstem",
        "wzorzec „*”",
        "pole „turns” musi być liczbą",
        "„pass_from” musi być liczbą całkowitą od 1 do 3",
        "pole „1” musi być niepustym tekstem",
        "sprawdzenie „brak”",
    ):
        assert [one for one in told if words in one], (words, told)
    assert len(told) == 15
    assert {one.level for one in found.remarks} == {"error"}


def test_weights_are_summed_unless_one_is_no_number() -> None:
    assert "dają 110" in str([one.message for one in remarks(card(weight=50, check="powitanko"))])
    assert "dają" not in str([one.message for one in remarks(card(weight="dużo"))])


def test_weights_that_do_not_sum_and_what_no_tagger_serves() -> None:
    (one,) = remarks(card(weight=39))
    assert (one.level, "dają 99, a powinny 100" in one.message) == ("error", True)
    (one,) = remarks(card(), Served(behaviours=("recap", "solution", "later_action")))
    assert "żaden tagger nie rozpoznaje zachowania „greeting”" in one.message
    (one,) = remarks(card(only={"reasons": ["zwrot.kasy"]}), Served(reasons=("complaint.service",)))
    assert "żaden tagger nie rozpoznaje powodu „zwrot.kasy”; dostępne: complaint.*" in one.message


def test_a_file_that_is_not_there_is_an_error_of_its_own() -> None:
    with pytest.raises(ScorecardError, match="nie ma takiego pliku"):
        lint("nie-ma.yaml")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Czy konsultant wita klienta, przedstawia się i proponuje pomoc?", ("przedstawia", "proponuje")),
        ("Czy konsultant przeprasza oraz proponuje rozwiązanie?", ("przeprasza", "proponuje")),
        ("Czy konsultant pyta o potrzeby, a także proponuje produkt?", ("pyta", "proponuje")),
        ("Czy padło powitanie lub pożegnanie?", ("powitanie", "pożegnanie")),
        ("Czy konsultant deklaruje termin i rezerwuje wizytę?", ("deklaruje", "rezerwuje")),
        ("Czy padają nazwa firmy oraz imię konsultanta?", ("nazwa firmy", "imię")),
        ("Czy konsultant wita klienta i czy pyta o numer zamówienia?", ("wita", "pyta")),
        ("Czy konsultant przeprasza, a następnie proponuje zwrot?", ("przeprasza", "proponuje")),
        ("Czy konsultant pyta o potrzeby, po czym proponuje produkt?", ("pyta", "proponuje")),
        ("Czy konsultant pyta, czy paczka doszła i czy jest cała?", None),
        ("Czy konsultant wita klienta, a klient podaje numer?", None),
        # one act with several objects, or several ways of one act
        ("Czy konsultant pyta o imię i nazwisko?", None),
        ("Czy konsultant informuje o terminie i kosztach?", None),
        ("Czy konsultant okazuje zrozumienie lub przeprasza?", None),
        ("Czy konsultant dziękuje lub uprzejmie się żegna?", None),
        ("Czy konsultant prosi o cierpliwość lub dziękuje za czekanie?", None),
        ("Czy konsultant nie kpi, nie obwinia i nie poucza?", None),
        # "albo" says that one is enough; brackets hold examples; the customer's acts are none of the agent's
        ("Czy konsultant podaje rozwiązanie albo wyjaśnia krok?", None),
        ("Czy konsultant wita (mówi dzień dobry i przedstawia się)?", None),
        ("Gdy klient pyta i prosi, czy konsultant odpowiada?", ("pyta", "prosi")),
        ("", None),
    ],
)
def test_two_acts_in_one_question(question: str, expected: tuple[str, str] | None) -> None:
    acts = joined_acts(question)
    assert (acts and tuple(act.words for act in acts)) == expected


def test_no_word_belongs_to_two_acts() -> None:
    words = [word for patterns in ACTS.values() for pattern in patterns for word in pattern.split("|")]
    assert len(words) == len(set(words))


PHRASES = (
    "dzień dobry", "Anna Kowalska, sklep Modny", "w czym mogę pomóc", "proszę podać PESEL", "[PESEL] [PHONE]", "hasło",
    "dziękuję, weryfikacja pozytywna", "a kiedy była zamówiona ta paczka?", "czyli chodzi o zwrot butów, tak?",
    "bardzo mi przykro, przepraszam", "trzeba było czytać regulamin", "to nie nasza sprawa",
    "proszę zadzwonić do kuriera", "wyślę to jutro w ciągu 24 godzin", "niezwłocznie oddzwonię",
    "chwileczkę, już sprawdzam", "podsumowując, zwrot w 14 dni", "czy mogę jeszcze w czymś pomóc?", "do widzenia",
    "pozdrawiam, Anna", "dzwonię do pana w sprawie umowy", "paczka nie doszła, skandal!", "halo? nie rozumiem",
    "dokładnie tak, zgadza się", "czyli mam czekać do piątku na kuriera", "...",
)  # fmt: skip


def drawn(rng: random.Random) -> TaggedConversation:
    """A conversation of phrases at random, with tags at random."""
    lines = [
        f"{rng.choice('aac')}: {' '.join(rng.sample(PHRASES, rng.randint(1, 2)))}"
        for _ in range(rng.randint(1, 9))
    ]
    ends = (
        [(i * rng.choice((2.0, 12.0)), i * 2.0 + 1) for i in range(len(lines))] if rng.random() < 0.5 else ()
    )
    agents = [i for i, line in enumerate(lines) if line.startswith("a")]
    sure = (0.05, 0.3, 0.7, 0.97, 1.0)
    tags = [
        BehaviourTag(turn, code, rng.choice(sure))
        for turn in agents
        for code in {b for check in registered().values() for b in check.behaviours}
        if rng.random() < 0.15
    ]
    mood = rng.choice(("negative", "neutral", "mixed"))
    return dataclasses.replace(
        talk(*lines, times=ends, direction=rng.choice((None, "inbound", "outbound"))),
        behaviours=tuple(tags) if rng.random() < 0.8 else (),
        reasons=(ReasonTag("complaint.defect", rng.random()),) if rng.random() < 0.5 else (),
        sentiment=SentimentTag(mood, mood, mood, 0.0, rng.random()) if rng.random() < 0.7 else None,
    )


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, float]]:
    """The greatest confidence that each check of the table gave for each outcome, over drawn conversations."""
    rng = random.Random(4)
    found: dict[str, dict[str, float]] = {name: {} for name in REACH}
    given = {"phrase_said": {"phrases": ("dzien dobry",)}, "offer_of_help": {"matter_words": 2}}
    for _ in range(400):
        view = View(drawn(rng))
        for name in REACH if view.agent_turns else ():
            answer = registered()[name].run(view, **given.get(name, {}))
            most = found[name].get(answer.outcome, 0.0)
            found[name][answer.outcome] = max(most, answer.confidence)
    return found


@pytest.mark.parametrize("name", REACH)
def test_no_check_is_surer_than_the_table_says(said: dict[str, dict[str, float]], name: str) -> None:
    for outcome, confidence in said[name].items():
        assert outcome in REACH[name]
        assert confidence <= REACH[name][outcome] + 1e-9
    assert set(said[name]) == set(REACH[name])
