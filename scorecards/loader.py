"""Reads scorecards: from the shipped library by id, or from a user's file, with precise refusals."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from scorecards.card import Criterion, Scorecard, Section, Thresholds
from scorecards.checks import Check, registered
from scorecards.checks.general import PLACES
from scorecards.matching import Lexicon, PatternError
from scorecards.phrases import BEHAVIOURS
from scorecards.reading import Node, ScorecardError, compose

FORMAT = 1
TOTAL = 100.0
MOST_BYTES = 1_000_000
_ID = re.compile(r"[a-z][a-z0-9_]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*(@\d+)?")

CARD_FIELDS = (("format", "id", "version", "name", "sections"), ("least_coverage", "thresholds"))
SECTION_FIELDS = (("id", "name", "weight", "criteria"), ())
CRITERION_FIELDS = (
    ("id", "name", "question", "weight", "check"),
    ("parameters", "critical", "not_applicable", "guide", "thresholds"),
)
THRESHOLD_FIELDS = ("pass", "fail", "na")


def load_scorecard(source: str | Path, *, behaviours: Collection[str] = BEHAVIOURS) -> Scorecard:
    """A scorecard by id (``phone``: newest version, ``phone@1``) or from a YAML file.

    ``behaviours`` are the codes that the tagger in use serves. Raises ScorecardError.
    """
    name = str(source)
    if isinstance(source, str) and _KEY.fullmatch(name):
        shipped = _shipped(name)
        return parse_scorecard(shipped.read_text(encoding="utf-8"), shipped.name, behaviours=behaviours)
    return parse_scorecard(_text_of(Path(source)), name, behaviours=behaviours)


def available() -> list[str]:
    """Keys of the shipped scorecards, such as ``phone@1``."""
    return sorted(_library(), key=_order)


def _library() -> dict[str, Traversable]:
    folder = resources.files("scorecards").joinpath("library")
    return {
        entry.name.removesuffix(".yaml"): entry for entry in folder.iterdir() if entry.name.endswith(".yaml")
    }


def _order(key: str) -> tuple[str, int]:
    name, _, version = key.partition("@")
    return name, int(version)


def _shipped(name: str) -> Traversable:
    library = _library()
    keys = [key for key in sorted(library, key=_order) if name in (key, key.partition("@")[0])]
    if not keys:
        listed = ", ".join(available())
        raise ScorecardError(
            f"Nie ma karty „{name}” w bibliotece; dostępne karty: {listed}, albo podaj ścieżkę pliku."
        )
    return library[keys[-1]]


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScorecardError(f"{path}: plik jest za duży na kartę oceny; podaj plik YAML do 1 MB.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ScorecardError(f"{path}: nie ma takiego pliku; sprawdź ścieżkę lub nazwę karty.") from error
    except UnicodeDecodeError as error:
        raise ScorecardError(
            f"{path}: plik nie jest zapisany jako UTF-8; zapisz go w tym kodowaniu."
        ) from error
    except OSError as error:
        raise ScorecardError(
            f"{path}: pliku nie można odczytać; sprawdź uprawnienia i czy to nie folder."
        ) from error


def parse_scorecard(text: str, file: str, *, behaviours: Collection[str] = BEHAVIOURS) -> Scorecard:
    """A scorecard from YAML text; ``file`` names it in refusals. Raises ScorecardError."""
    root = compose(text, file)
    fields = root.fields(*CARD_FIELDS)
    if fields["format"].value != FORMAT:
        raise fields["format"].refuse(f"nieznana wersja formatu; ten program czyta format {FORMAT}")
    defaults = _thresholds(fields.get("thresholds"), Thresholds())
    sections = tuple(_section(node, defaults, behaviours) for node in fields["sections"].items())
    _sums_to(fields["sections"], TOTAL, [section.weight for section in sections], "sekcji")
    _unique(fields["sections"].at("sekcje"), "sekcji")
    _unique_criteria(fields["sections"])
    coverage = fields["least_coverage"].number("least_coverage", 0, 1) if "least_coverage" in fields else 0.5
    version = fields["version"].value
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise fields["version"].refuse("pole „version” musi być liczbą całkowitą od 1")
    return Scorecard(_id(fields["id"]), version, fields["name"].text("name"), sections, coverage)


def _section(node: Node, defaults: Thresholds, behaviours: Collection[str]) -> Section:
    fields = node.at("sekcja").fields(*SECTION_FIELDS)
    identifier = _id(fields["id"])
    weight = fields["weight"].at(f"sekcja {identifier}").number("weight", 0.01, TOTAL)
    listed = fields["criteria"].at(f"sekcja {identifier}")
    criteria = tuple(_criterion(child, defaults, behaviours) for child in listed.items())
    _sums_to(listed, weight, [criterion.weight for criterion in criteria], "kryteriów")
    return Section(identifier, fields["name"].text("name"), weight, criteria)


def _criterion(node: Node, defaults: Thresholds, behaviours: Collection[str]) -> Criterion:
    fields = node.at("kryterium").fields(*CRITERION_FIELDS)
    identifier = _id(fields["id"])
    fields = {name: child.at(f"kryterium {identifier}") for name, child in fields.items()}
    check = _check(fields["check"])
    parameters = _parameters(fields.get("parameters"), check)
    _served(fields["check"], check, parameters, behaviours)
    return Criterion(
        id=identifier,
        name=fields["name"].text("name"),
        question=fields["question"].text("question"),
        weight=fields["weight"].number("weight", 0.01, TOTAL),
        check=check.name,
        parameters=parameters,
        thresholds=_thresholds(fields.get("thresholds"), defaults),
        critical=fields["critical"].flag("critical") if "critical" in fields else False,
        not_applicable=fields["not_applicable"].text("not_applicable") if "not_applicable" in fields else "",
        guide=fields["guide"].text("guide") if "guide" in fields else "",
    )


def _check(node: Node) -> Check:
    name = node.value
    found = registered().get(name) if isinstance(name, str) else None
    if found is None:
        raise node.refuse(f"nieznane sprawdzenie „{name}”; dostępne: {', '.join(sorted(registered()))}")
    return found


def _parameters(node: Node | None, check: Check) -> Mapping[str, Any]:
    """The parameters given, each of the type of its default."""
    if node is None:
        return {}
    fields = node.fields((), tuple(check.parameters))
    return {name: _parameter(name, child, check.parameters[name]) for name, child in fields.items()}


def _parameter(name: str, node: Node, default: object) -> Any:
    if isinstance(default, tuple):
        return _patterns(name, node)
    if isinstance(default, int):
        value = node.number(name, 1, 1000)
        if not isinstance(value, int):
            raise node.refuse(f"parametr „{name}” musi być liczbą całkowitą")
        return value
    if isinstance(default, float):
        return float(node.number(name, 0, 1000))
    text = node.text(name)
    if name == "where" and text not in PLACES:
        raise node.refuse(f"parametr „where” musi być jednym z: {', '.join(PLACES)}")
    return text


def _patterns(name: str, node: Node) -> tuple[str, ...]:
    patterns = tuple(child.text(name) for child in node.items())
    try:
        Lexicon({name: patterns})
    except PatternError as error:
        raise node.refuse(str(error)) from error
    return patterns


def _served(node: Node, check: Check, parameters: Mapping[str, Any], behaviours: Collection[str]) -> None:
    """Refuse a criterion whose behaviours no tagger gives, or whose check lacks what it looks for."""
    wanted = set(check.behaviours)
    if "behaviour" in check.parameters:
        if "behaviour" not in parameters:
            raise node.refuse(f"sprawdzenie „{check.name}” wymaga parametru „behaviour” w polu „parameters”")
        wanted.add(parameters["behaviour"])
    if "phrases" in check.parameters and "phrases" not in parameters:
        raise node.refuse(f"sprawdzenie „{check.name}” wymaga listy „phrases” w polu „parameters”")
    missing = sorted(wanted - set(behaviours))
    if missing:
        served = ", ".join(sorted(behaviours))
        raise node.refuse(f"żaden tagger nie rozpoznaje zachowania „{missing[0]}”; dostępne: {served}")


def _thresholds(node: Node | None, defaults: Thresholds) -> Thresholds:
    if node is None:
        return defaults
    fields = node.fields((), THRESHOLD_FIELDS)
    given = {
        name: fields[name].number(name, 0, 1) if name in fields else defaults.of(name)
        for name in THRESHOLD_FIELDS
    }
    return Thresholds(given["pass"], given["fail"], given["na"])


def _id(node: Node) -> str:
    value = node.text("id")
    if not _ID.fullmatch(value):
        raise node.refuse(
            "pole „id” może mieć tylko małe litery a-z, cyfry i podkreślenia, a zaczyna się od litery"
        )
    return value


def _sums_to(node: Node, total: float, weights: list[float], what: str) -> None:
    given = sum(weights)
    if not math.isclose(given, total, abs_tol=1e-6):
        raise node.refuse(f"wagi {what} dają {given:g}, a powinny {total:g}; popraw wagi")


def _unique_criteria(sections: Node) -> None:
    seen: set[str] = set()
    for section in sections.items():
        children = section.fields(*SECTION_FIELDS)["criteria"]
        seen |= _unique(children.at("kryteria"), "kryterium", seen)


def _unique(nodes: Node, what: str, seen: set[str] | None = None) -> set[str]:
    found = set(seen or ())
    for node in nodes.items():
        required = CRITERION_FIELDS if what == "kryterium" else SECTION_FIELDS
        child = node.fields(*required)["id"]
        identifier = child.text("id")
        if identifier in found:
            raise child.refuse(f"identyfikator {what} „{identifier}” już wystąpił; nadaj inny")
        found.add(identifier)
    return found
