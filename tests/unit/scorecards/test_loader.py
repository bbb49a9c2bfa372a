import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from scorecards import (
    SCORECARD_SCHEMA,
    Condition,
    ScorecardError,
    available,
    describe,
    load_scorecard,
    parse_scorecard,
)
from scorecards.loader import Served, read_scorecard

GOOD = """\
format: 1
id: moja
version: 2
name: Moja karta
sections:
  - id: start
    name: Początek
    weight: 60
    criteria:
      - id: powitanie
        name: Powitanie
        question: Czy wita?
        weight: 60
        check: greeting
  - id: koniec
    name: Koniec
    weight: 40
    criteria:
      - id: rodo
        name: Nagrywanie
        question: Czy mówi o nagrywaniu?
        weight: 40
        check: phrase_said
        parameters: {phrases: ["rozmow* ~2 nagrywan*"], where: opening}
"""

WEIGHTS = {
    "greeting": 4, "introduction": 7, "offer_of_help": 4, "identity_check": 10, "probing": 8, "paraphrase": 7,
    "empathy": 10, "ownership": 8, "courtesy": 7, "solution": 12, "timeframe": 5, "hold_etiquette": 3, "recap": 5,
    "further_help": 5, "farewell": 5,
}  # fmt: skip


def test_phone_card_keeps_the_weights_of_the_specification() -> None:
    card = load_scorecard("phone")
    assert card.key == "phone@1"
    assert {c.id: c.weight for c in card.criteria} == WEIGHTS
    assert [c.id for c in card.criteria if c.critical] == ["identity_check", "courtesy"]
    assert load_scorecard("phone@1") == card
    assert "phone@1" in available()


def test_description_names_every_criterion() -> None:
    text = describe(load_scorecard("phone"))
    assert all(f"  {identifier}: " in text for identifier in WEIGHTS)
    assert "krytyczne" in text


def test_user_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "moja.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_scorecard(path).key == "moja@2"
    assert load_scorecard(str(path)).sections[1].criteria[0].parameters["where"] == "opening"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("check: greeting", "check: powitanko", 14, "nieznane sprawdzenie „powitanko”"),
        ("id: rodo", "id: powitanie", 19, "identyfikator kryterium „powitanie” już wystąpił"),
        ("id: koniec", "id: start", 15, "identyfikator sekcji „start” już wystąpił"),
        ("        weight: 60", "        weight: 50", 10, "dają 50, a powinny 60"),
        ("    weight: 40\n    crit", "    weight: 30\n    crit", 19, "dają 40, a powinny 30"),
        ("name: Moja karta", "nazwa: Moja karta", 4, "nieznane pole „nazwa”"),
        ("        question: Czy wita?\n", "", 10, "brakuje pola „question”"),
        ("format: 1", "format: 7", 1, "nieznana wersja formatu"),
        ("version: 2", "version: druga", 3, "liczbą całkowitą"),
        ("id: moja", "id: Moja Karta", 2, "małe litery"),
        ("where: opening", "where: w środku", 24, "musi być jednym z: anywhere, opening, closing"),
        ("where: opening", "turns: 2.5", 24, "liczbą całkowitą"),
        ("where: opening", "ile: 3", 24, "nieznane pole „ile”"),
        ("rozmow* ~2 nagrywan*", "Rozmowa!", 24, "znak spoza"),
        ('phrases: ["rozmow* ~2 nagrywan*"], ', "", 23, "wymaga listy „phrases”"),
        ("name: Powitanie", "name: ''", 11, "niepustym tekstem"),
        ("weight: 60\n        check", "weight: dużo\n        check", 13, "liczbą od"),
        ("check: greeting", "check: greeting\n        critical: tak", 15, "true albo false"),
        ("check: greeting", "check: greeting\n        thresholds: {pass: 2}", 15, "liczbą od 0 do 1"),
        ("check: greeting", "check: greeting\n        check: farewell", 15, "podano dwa razy"),
        (
            "check: greeting",
            "check: behaviour_present\n        parameters: {behaviour: taniec}",
            15,
            "żaden tagger nie rozpoznaje zachowania „taniec”",
        ),
        (
            "check: greeting",
            "check: order_of_acts\n        parameters:\n          behaviour: empathy\n          then: rozwiązanie",
            17,
            "kryterium powitanie: żaden tagger nie rozpoznaje zachowania „rozwiązanie”",
        ),
        (
            "check: greeting",
            "check: order_of_acts\n        parameters:\n          then: solution\n          behaviour: przeprosiny",
            17,
            "zachowania „przeprosiny”",
        ),
        (
            "check: greeting",
            "check: order_of_acts\n        parameters: {behaviour: empathy, then: empathy}",
            15,
            "tę samą czynność",
        ),
        (
            "check: greeting",
            "check: order_of_acts\n        parameters: {then: solution}",
            14,
            "wymaga parametru „behaviour”",
        ),
        ("check: greeting", "check: greeting\n        critical: sekcja", 15, "albo section"),
        ("version: 2", "version: 2\nstatus: szkic", 4, "draft (szkic) albo published"),
        ("check: greeting", "check: greeting\n        only: {}", 15, "podaj „reasons”, „channels” albo oba"),
        ("check: greeting", "check: greeting\n        only: {reasons: []}", 15, "niepustej listy"),
        ("check: greeting", "check: greeting\n        only: {powody: [a.b]}", 15, "nieznane pole „powody”"),
        (
            "check: greeting",
            "check: greeting\n        only:\n          reasons: [complaint.*, reklamacja]",
            16,
            "kryterium powitanie, only: „reklamacja” nie jest powodem kontaktu",
        ),
        ("check: greeting", "check: greeting\n        only: {reasons: ['*.*']}", 15, "nie jest powodem"),
        ("check: greeting", "check: greeting\n        only: {reasons: [7]}", 15, "nie jest powodem"),
        (
            "check: greeting",
            "check: greeting\n        only:\n          channels:\n            - phone\n            - telefon",
            18,
            "nieznany kanał „telefon”; dostępne: phone, chat",
        ),
        ("check: greeting", "check: greeting\n        only: {channels: [[phone]]}", 15, "nieznany kanał"),
        ("check: greeting", "check: behaviour_absent", 14, "wymaga parametru „behaviour”"),
        ("format: 1", "format: [1", 1, "nie jest poprawnym YAML"),
    ],
)
def test_refusals_name_file_line_and_remedy(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    card, refusals = read_scorecard(text, "moja.yaml", Served())
    assert card is None
    message = next(one.message for one in refusals if words in one.message)
    assert message.startswith("moja.yaml, wiersz ")
    if "YAML" not in words:
        assert f"wiersz {line}," in message, message
    assert "\n" not in message
    with pytest.raises(ScorecardError) as refusal:
        parse_scorecard(text, "moja.yaml")
    assert refusal.value.message == refusals[0].message


def test_a_file_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(ScorecardError, match="zbyt głęboko zagnieżdżony"):
        parse_scorecard("format: " + "[" * 20_000, "moja.yaml")


def test_criterion_that_the_tagger_in_use_does_not_serve() -> None:
    with pytest.raises(ScorecardError, match="zachowania „greeting”"):
        parse_scorecard(GOOD, "moja.yaml", behaviours=("farewell",))


CONDITIONAL = GOOD.replace(
    "check: greeting",
    "check: greeting\n        only: {reasons: [complaint.*, delivery.delayed], channels: [phone]}",
    1,
)
REASONS = ("complaint.service", "complaint.status", "delivery.delayed")


def test_a_condition_is_read() -> None:
    first = next(parse_scorecard(CONDITIONAL, "moja.yaml", reasons=REASONS).criteria)
    assert first.only == Condition(("complaint.*", "delivery.delayed"), ("phone",))
    assert "Tylko gdy: kanał: telefon; powód: complaint.* lub delivery.delayed" in describe(
        parse_scorecard(CONDITIONAL, "moja.yaml")
    )


@pytest.mark.parametrize(
    ("reasons", "named", "listed"),
    [
        (("delivery.delayed", "payment.invoice"), "complaint.*", "delivery.*, payment.*"),
        (("complaint.service", "delivery.lost"), "delivery.delayed", "delivery.lost"),
    ],
)
def test_a_reason_that_no_tagger_serves(reasons: tuple[str, ...], named: str, listed: str) -> None:
    with pytest.raises(ScorecardError) as refusal:
        parse_scorecard(CONDITIONAL, "moja.yaml", reasons=reasons)
    assert refusal.value.message == (
        "moja.yaml, wiersz 15, kryterium powitanie, only: "
        f"żaden tagger nie rozpoznaje powodu „{named}”; dostępne: {listed}."
    )


def test_all_refusals_come_in_the_order_of_the_file() -> None:
    wrong = GOOD.replace("name: Powitanie", "name: ''").replace("check: phrase_said", "check: brak")
    card, refusals = read_scorecard(wrong, "moja.yaml", Served())
    assert card is None
    assert [refusal.line for refusal in refusals] == [11, 23]
    assert str(refusals[0]) == refusals[0].message


def test_a_draft_says_so() -> None:
    draft = parse_scorecard(GOOD.replace("version: 2", "version: 2\nstatus: draft"), "moja.yaml")
    assert (draft.status, draft.key) == ("draft", "moja@2-draft")
    assert describe(draft).startswith("moja@2-draft: Moja karta (szkic)")
    published = parse_scorecard(GOOD.replace("version: 2", "version: 2\nstatus: published"), "moja.yaml")
    assert published == parse_scorecard(GOOD, "moja.yaml")


def test_a_draft_in_the_library_is_loaded_only_by_its_whole_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(key: str, more: str = "") -> None:
        name, _, version = key.removesuffix("-draft").partition("@")
        text = GOOD.replace("id: moja", f"id: {name}", 1).replace("version: 2", f"version: {version}{more}")
        (tmp_path / f"{key}.yaml").write_text(text, encoding="utf-8")

    keep("moja@2")
    keep("moja@10")
    keep("moja@11-draft", "\nstatus: draft")
    keep("nowa@1-draft", "\nstatus: draft")
    monkeypatch.setattr("scorecards.shelf.library_folder", lambda: tmp_path)
    assert available() == ["moja@2", "moja@10"]
    assert available(drafts=True) == ["moja@2", "moja@10", "moja@11-draft", "nowa@1-draft"]
    assert load_scorecard("moja").key == "moja@10"
    assert load_scorecard("moja@2").key == "moja@2"
    assert load_scorecard("moja@11-draft").key == "moja@11-draft"
    with pytest.raises(ScorecardError, match="„moja@11” jest szkicem; aby jej użyć, podaj „moja@11-draft”"):
        load_scorecard("moja@11")
    with pytest.raises(ScorecardError, match="dostępne karty: moja@2, moja@10"):
        load_scorecard("nowa")


def test_versions_of_stored_evaluations_do_not_change_for_cards_without_the_later_fields() -> None:
    plain = next(parse_scorecard(GOOD, "moja.yaml").criteria)
    assert repr(plain).endswith("critical=False, not_applicable='', guide='')")
    later = dataclasses.replace(plain, only=Condition(channels=("chat",)), fails_section=True)
    assert repr(later).endswith("only=Condition(reasons=(), channels=('chat',)), fails_section=True)")


@pytest.mark.parametrize(("written", "whole", "section"), [("true", True, False), ("section", False, True)])
def test_critical_for_the_card_or_for_the_section(written: str, whole: bool, section: bool) -> None:
    text = GOOD.replace("check: greeting", f"check: greeting\n        critical: {written}", 1)
    card = parse_scorecard(text, "moja.yaml")
    first = next(card.criteria)
    assert (first.critical, first.fails_section) == (whole, section)
    assert ("krytyczne dla sekcji" in describe(card)) == section


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nic\n",
        "tylko tekst",
        "- 1\n- 2\n",
        "\x00",
        "&a [*a]",
        "{? [1]: 2}",
        "a: !!python/name:os.system x",
    ],
)
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(ScorecardError):
        parse_scorecard(text, "x.yaml")


def test_missing_wrongly_encoded_and_huge_files(tmp_path: Path) -> None:
    coded = tmp_path / "cp1250.yaml"
    coded.write_bytes(GOOD.encode("cp1250"))
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"#" * 1_000_001)
    for source, words in (
        (tmp_path / "brak.yaml", "nie ma"),
        (coded, "UTF-8"),
        (huge, "1 MB"),
        (tmp_path, "folder"),
    ):
        with pytest.raises(ScorecardError, match=words):
            load_scorecard(source)
    with pytest.raises(ScorecardError, match=r"dostępne karty: .*phone@1"):
        load_scorecard("czat")


def test_json_schema_admits_the_shipped_card_and_the_user_card() -> None:
    jsonschema.Draft202012Validator.check_schema(SCORECARD_SCHEMA)
    shipped = Path(__file__).parents[3] / "scorecards" / "library" / "phone@1.yaml"
    section = GOOD.replace("version: 2", "version: 2\nstatus: draft").replace(
        "check: greeting", "check: greeting\n        critical: section"
    )
    for text in (GOOD, CONDITIONAL, section, shipped.read_text(encoding="utf-8")):
        jsonschema.validate(yaml.safe_load(text), SCORECARD_SCHEMA)
    for old, new in (
        ("name: Moja", "nazwa: Moja"),
        ("version: 2", "version: 2\nstatus: szkic"),
        ("check: greeting", "check: greeting\n        critical: sekcja"),
        ("check: greeting", "check: greeting\n        only: {}"),
        ("check: greeting", "check: greeting\n        only: {channels: [telefon]}"),
        ("check: greeting", "check: greeting\n        only: {reasons: [complaint]}"),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(GOOD.replace(old, new, 1)), SCORECARD_SCHEMA)
    json.dumps(SCORECARD_SCHEMA)


def test_an_act_that_only_other_taggers_know_is_refused_in_either_place() -> None:
    card = GOOD.replace("check: greeting", "check: order_of_acts\n        parameters: {behaviour: empathy}")
    with pytest.raises(ScorecardError, match=r"moja.yaml, wiersz 14, kryterium powitanie: .*„solution”"):
        parse_scorecard(card, "moja.yaml", behaviours=("empathy", "farewell"))
    with pytest.raises(ScorecardError, match=r"moja.yaml, wiersz 15, kryterium powitanie: .*„empathy”"):
        parse_scorecard(card, "moja.yaml", behaviours=("solution", "farewell"))
