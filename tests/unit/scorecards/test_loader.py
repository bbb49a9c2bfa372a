import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from scorecards import SCORECARD_SCHEMA, ScorecardError, available, describe, load_scorecard, parse_scorecard

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
            14,
            "żaden tagger nie rozpoznaje zachowania „taniec”",
        ),
        ("check: greeting", "check: behaviour_absent", 14, "wymaga parametru „behaviour”"),
        ("format: 1", "format: [1", 1, "nie jest poprawnym YAML"),
    ],
)
def test_refusals_name_file_line_and_remedy(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ScorecardError) as refusal:
        parse_scorecard(GOOD.replace(old, new, 1), "moja.yaml")
    message = refusal.value.message
    assert message.startswith("moja.yaml, wiersz ")
    assert words in message
    if "YAML" not in words:
        assert f"wiersz {line}," in message, message
    assert "\n" not in message


def test_criterion_that_the_tagger_in_use_does_not_serve() -> None:
    with pytest.raises(ScorecardError, match="zachowania „greeting”"):
        parse_scorecard(GOOD, "moja.yaml", behaviours=("farewell",))


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
    for text in (GOOD, shipped.read_text(encoding="utf-8")):
        jsonschema.validate(yaml.safe_load(text), SCORECARD_SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(GOOD.replace("name: Moja", "nazwa: Moja")), SCORECARD_SCHEMA)
    json.dumps(SCORECARD_SCHEMA)
