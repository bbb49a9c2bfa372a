"""Texts of scorecards that ask for an agent's emotions, and near misses that do not."""

from __future__ import annotations

import re

import pytest
import yaml

from nlp.text import inflections
from scorecards import ScorecardError, available, load_scorecard, parse_scorecard
from scorecards.emotions import _lexicon, agents_emotion
from scorecards.lint import lint_text
from scorecards.matching import Speech, tokenise

NAMES = (
    "Entuzjazm konsultanta",
    "Nastrój konsultanta",
    "Irytacja",
    "Satysfakcja agenta",
    "Dobry humor",
)
ASKS = (
    "Czy konsultant okazuje lęk?",
    "Czy słychać zapał konsultanta?",
    "Czy klient słyszy, że konsultant jest zły?",
    "Oceń, czy jest zdenerwowany.",
    "Czy głos konsultanta jest znudzony?",
    "Czy w głosie konsultanta słychać radość i zaangażowanie?",
    "Czy agent ma dobry humor?",
    "Oceń, czy konsultant jest zdenerwowany lub znudzony.",
    "Czy konsultant brzmi na znudzonego?",
    "Czy konsultant nie okazuje złości?",
    "Konsultantka brzmi na znudzoną.",
    "Czy konsultant jest zirytowany?",
    "Konsultant jest zdenerwowany.",
    "Czy konsultant okazuje klientowi radość?",
    "Czy konsultant wita klienta z entuzjazmem?",
    "Czy konsultant wobec klienta jest zdenerwowany?",
    "Czy konsultant słucha klienta, mówi wyraźnie i jest wesoły?",
    "Czy konsultant denerwuje się na klienta?",
    "Czy konsultant się nie denerwuje?",
    "Czy pracownik panuje nad swoimi emocjami?",
    "Czy w głosie słychać uśmiech?",
    "Czy głos brzmi wesoło?",
    "Mówi z radością.",
    "Znudzony i zły.",
    "Konsultant zły i znudzony.",
    "Czy konsultant mówi znudzonym głosem?",
    "Czy rozmowa z konsultantem przebiega w dobrym nastroju?",
    "Czy doradca czuje się pewnie?",
    "Czy konsultantka jest smutna, przygnębiona lub zmęczona?",
    "Jak bardzo konsultant cieszy się z rozmowy?",
    "Czy agent nie wpada w złość, gdy klient krzyczy?",
    "Czy sprzedawca nie reaguje gniewem na pytania?",
    "Czy konsultant jest spokojny?",
    "Czy słychać, że konsultant jest zadowolony?",
    "Oceń nastrój pracownika w rozmowie z klientem.",
    "Czy konsultant jest szczęśliwy, że może pomóc?",
    "Czy konsultant nie traci cierpliwości i nie okazuje klientowi irytacji?",
    "Czy konsultant zachowuje się nerwowo?",
    "Jest zdenerwowany.",
    "Czy konsultant odpowiada bez złości?",
    "Czy konsultantka nie okazuje zniecierpliwienia wobec klienta?",
    "Czy agent ma pozytywne nastawienie i jest radosny?",
    "Czy konsultant wydaje się zadowolony z pracy?",
    "Czy osoba obsługująca jest w dobrym nastroju?",
    "Czy u konsultanta widać zmęczenie?",
    "Czy konsultant stresuje się rozmową?",
    "Konsultant jest wyraźnie znudzony; klient to zauważa.",
    "Czy konsultant jest dla klienta niemiły i zirytowany?",
    "Zadowolenie i entuzjazm pracownika",
    "Czy doradczyni uśmiecha się w głosie, słychać uśmiech?",
    "Oceń emocje agenta.",
    "Oceń emocje.",
    "Czy konsultant okazuje emocje?",
    "Czy konsultant kontroluje emocje?",
    "Jaki jest nastrój konsultanta: wesoły, smutny czy zły?",
    "Czy obsługa brzmi na zmęczoną?",
    "Czy konsultant był zdenerwowany przez klienta?",
    "Czy konsultant sprawia wrażenie zestresowanego?",
)
FREE = (
    "Czy konsultant informuje o leku i jego cenie?",
    "Czy konsultant sprawdza, czy adres jest zły?",
    "Czy adres podany przez konsultanta jest zły?",
    "Czy konsultant mówi, że odpowiedź systemu jest zła?",
    "Czy konsultant wyjaśnia, że dzień jest szczęśliwy?",
    "Czy konsultant okazał zrozumienie dla zdenerwowania klienta?",
    "czy konsultant okazał zrozumienie dla zdenerwowania klienta",
    "Konsultant pociesza, gdy klient jest zdenerwowany.",
    "Czy konsultant wita klienta, który jest zły?",
    "Gdy klient zgłasza problem albo jest zdenerwowany, czy konsultant wyraża zrozumienie, żal?",
    "sprawa neutralna, bez problemu i bez złych emocji",
    "Czy konsultant okazuje zrozumienie albo przeprasza, gdy klient ma kłopot lub jest zdenerwowany?",
    "klient nie ma kłopotu i nie jest zdenerwowany",
    "Czy konsultant pyta klienta, czy jest zadowolony z rozwiązania?",
    "Czy konsultant uspokaja zdenerwowanego klienta?",
    "Czy konsultant reaguje na złość klienta?",
    "Czy konsultant reaguje na emocje?",
    "Emocje klienta",
    "Czy konsultant upewnia się, że klient jest zadowolony?",
    "Czy konsultant życzy szczęśliwej podróży?",
    "Czy konsultant przekazuje smutną wiadomość ze współczuciem?",
    "Czy konsultant podaje zły adres?",
    "Czy konsultant nie denerwuje klienta?",
    "Czy konsultant rozwiewa obawy klienta?",
    "Czy konsultant przeprasza za stres?",
    "Czy konsultant ma poczucie humoru?",
    "Czy konsultant odnosi się do emocji klienta?",
    "Zdenerwowany klient",
    "Uspokojenie zdenerwowanego klienta",
    "Czy zdania są krótkie i zapisane spokojnie, bez wielkich liter?",
    "Klient jest zły i konsultant przeprasza.",
    "Czy odpowiedź jest zła?",
    "Czy konsultant podaje rozwiązanie, które zadowala klienta?",
    "Czy konsultant mówi uprzejmie?",
    "Czy konsultant mierzy satysfakcję?",
    "Czy konsultant pyta o zadowolenie?",
    "Czy klient kończy rozmowę zadowolony?",
    "Czy na szczęście klienta konsultant ma towar?",
    "Nie obwinia, gdy klient wpada w złość.",
    "Czy konsultant proponuje grę wesołą i prostą?",
    "Czy konsultant zachowuje się uprzejmie, także gdy klient krzyczy ze złości?",
    "Konsultant nazywa emocję klienta i przeprasza.",
    "Czy konsultant nie bagatelizuje zdenerwowania klienta?",
    "Empatia wobec klienta",
    "Zrozumienie dla emocji",
    "Czy konsultant zachowuje spokój?",
    "Czy konsultant mówi spokojnie?",
    "Czy konsultant zauważa zdenerwowanie?",
    "Czy konsultant nazywa uczucia klienta?",
    "Czy konsultant dziękuje za cierpliwość?",
    "Czy konsultant proponuje rozwiązanie, z którego klient jest zadowolony?",
    "Zły ton: „to nie nasza sprawa”.",
    "Klient jest zadowolony albo spokojny",
    "Gdy klient się denerwuje, czy konsultant prosi o chwilę?",
    "Czy konsultant reaguje, gdy klient okazuje irytację?",
    "Czy konsultant łagodzi emocje klienta?",
    "Niezadowolony klient nie dostaje odpowiedzi.",
    "Czy konsultant przyjmuje reklamację bez podważania jej?",
    "Rozmowa bez zdenerwowania klienta",
    "Czy konsultant pyta, czy klientka jest zadowolona?",
    "Konsultant pyta o nastrój dziecka przed wizytą.",
    "Czy konsultant odpowiada na obawy?",
    "Czy konsultant uprzejmie wita klienta?",
    "Czy bot przyznaje, że nie jest człowiekiem i nie ma emocji?",
    "klient zły lub zdenerwowany",
    "Czy konsultant życzy wesołych świąt?",
    "Czy zła wiadomość pada na początku?",
    "Czy konsultant tłumaczy, że reklamacja jest niezasadna?",
    "Czy konsultant ma w ofercie nowy zapalnik?",
    "Czy konsultant nie obwinia klienta, nawet gdy ten jest zdenerwowany?",
    "Czy na zdenerwowanie klienta konsultant odpowiada przeprosinami?",
    "Czy konsultant okazuje empatię, jeśli klient wyraża smutek lub złość?",
    "Czy konsultant okazuje zrozumienie dla emocji (złości, rozczarowania) klienta?",
    "Czy konsultant okazuje zrozumienie, gdy rozmówca jest zły?",
    "Nie wyśmiewa obaw klienta.",
)
# Morfeusz generates every form of these; superlatives and old forms ("emocyj") aside
WORDS = (
    "emocja uczucie odczucie nastrój humor samopoczucie afekt entuzjazm radość wesołość zadowolenie satysfakcja euforia ekscytacja "
    "zachwyt smutek przygnębienie rozpacz melancholia depresja apatia znudzenie zniechęcenie zmęczenie złość gniew wściekłość furia "
    "irytacja rozdrażnienie zdenerwowanie frustracja wzburzenie oburzenie zniecierpliwienie pogarda wstręt obrzydzenie strach lęk obawa "
    "przerażenie zaniepokojenie zmartwienie stres zażenowanie zakłopotanie zazdrość rozczarowanie rozgoryczenie zdziwienie zdumienie "
    "zaskoczenie wzruszenie podniecenie antypatia nerwowość pasja nerwowy zirytowany rozdrażniony znudzony znużony zmęczony ospały wściekły "
    "rozgniewany sfrustrowany oburzony zniecierpliwiony niecierpliwy smutny przygnębiony zrozpaczony apatyczny zniechęcony wesoły "
    "rozbawiony radosny szczęśliwy nieszczęśliwy zadowolony entuzjastyczny przerażony zawstydzony zażenowany zakłopotany zazdrosny "
    "zdziwiony wzruszony zrelaksowany"
)
OLD_FORM = re.compile(r".*yj")


@pytest.mark.parametrize("text", [*NAMES, *ASKS])
def test_a_name_or_a_question_about_an_agents_emotion_is_seen(text: str) -> None:
    assert agents_emotion(text, bare=text in NAMES)


@pytest.mark.parametrize("text", FREE)
def test_customers_emotions_and_other_matters_are_free(text: str) -> None:
    assert agents_emotion(text) is None
    assert agents_emotion(text, bare=True) is None


@pytest.mark.parametrize("lemma", WORDS.split())
def test_every_form_of_a_word_is_known(lemma: str) -> None:
    forms = {form for form in inflections(lemma) if " " not in form and not OLD_FORM.fullmatch(form)}
    assert len(forms) > 3
    unknown = [form for form in forms if not _lexicon().find(Speech([tokenise(form, 0)]))]
    assert not unknown


def card(**changes: object) -> str:
    """A card of one criterion."""
    criterion = {
        "id": "a",
        "name": "Powitanie",
        "question": "Czy konsultant wita klienta?",
        "weight": 100,
        "check": "greeting",
    }
    section = {
        "id": "s",
        "name": changes.pop("section", "Sekcja"),
        "weight": 100,
        "criteria": [{**criterion, **changes}],
    }
    content = {"format": 1, "id": "moja", "version": 1, "name": "Moja", "sections": [section]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


SCALED = {
    "scale": "0-3",
    "pass_from": 2,
    "check": "acts_counted",
    "parameters": {"behaviours": ["recap", "timeframe", "later_action"]},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Entuzjazm konsultanta"},
        {"question": "Czy agent ma dobry humor?"},
        {"guide": "Oceń, czy konsultant jest zdenerwowany lub znudzony."},
        {"not_applicable": "konsultant jest zmęczony", "check": "farewell"},
        {"section": "Emocje konsultanta"},
        {**SCALED, "levels": {"0": "Nic.", "1": "Jedno.", "2": "Dwa.", "3": "Konsultant jest wesoły."}},
        {
            **SCALED,
            "levels": {"0": "Nic.", "1": "Jedno.", "2": "Dwa.", "3": {"description": "Znudzony i zły."}},
        },
    ],
)
def test_no_card_that_asks_for_them_is_used_for_scoring(changes: dict[str, object]) -> None:
    text = card(**changes)
    with pytest.raises(ScorecardError, match="ocenia emocje konsultanta"):
        parse_scorecard(text, "moja.yaml")
    found = lint_text(text, "moja.yaml")
    assert found.card is None
    assert [one.rule for one in found.remarks if one.level == "error"] == ["feelings"]


def test_the_linter_says_the_rest_too() -> None:
    text = card(question="Czy konsultant jest wesoły i wita klienta, pyta oraz proponuje pomoc?")
    assert {one.rule for one in lint_text(text, "moja.yaml").remarks} >= {"feelings", "double_barrelled"}


@pytest.mark.parametrize("key", available())
def test_shipped_cards_load(key: str) -> None:
    assert load_scorecard(key).key == key
