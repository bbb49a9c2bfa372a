"""Reads a named check and its parameters from a scorecard's file, and refuses what nobody serves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scorecards.checks import Check, registered
from scorecards.checks.general import PLACES
from scorecards.matching import Lexicon, PatternError
from scorecards.reading import Node, Refusals

BEHAVIOUR_LIST = "behaviours"
BEHAVIOUR_NAMES = ("behaviour", "then")


def read_check(
    name: Node, parameters: Node | None, behaviours: Collection[str], refusals: Refusals
) -> tuple[Check, Mapping[str, Any]] | None:
    """The check and the parameters given; None where it is refused: unknown, of another kind, or served by no tagger."""
    before = len(refusals.found)
    check = None
    with refusals.collecting():
        check = _check(name)
    if check is None:
        return None
    fields = {} if parameters is None else refusals.fields(parameters, (), check.settable)
    given = _parameters(fields or {}, check, refusals)
    if len(refusals.found) == before:
        with refusals.collecting():
            _served(name, check, given, behaviours)
        with refusals.collecting():
            _refers(fields or {}, given, behaviours)
    return (check, given) if len(refusals.found) == before else None


def _check(node: Node) -> Check:
    name = node.value
    found = registered().get(name) if isinstance(name, str) else None
    if found is None:
        raise node.refuse(f"nieznane sprawdzenie „{name}”; dostępne: {', '.join(sorted(registered()))}")
    return found


def _parameters(fields: Mapping[str, Node], check: Check, refusals: Refusals) -> Mapping[str, Any]:
    """The parameters given, each of the type of its default; those that are refused are left out."""
    found = {}
    for name, child in fields.items():
        with refusals.collecting():
            found[name] = _parameter(name, child, check.parameters[name])
    return found


def _parameter(name: str, node: Node, default: object) -> Any:
    if isinstance(default, tuple):
        return _different(name, node) if name == BEHAVIOUR_LIST else _patterns(name, node)
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


def _different(name: str, node: Node) -> tuple[str, ...]:
    values = tuple(child.text(name) for child in node.items())
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise node.refuse(f"„{twice[0]}” stoi na liście „{name}” dwa razy; zostaw jedno")
    return values


def _patterns(name: str, node: Node) -> tuple[str, ...]:
    patterns = tuple(child.text(name) for child in node.items())
    try:
        Lexicon({name: patterns})
    except PatternError as error:
        raise node.refuse(str(error)) from error
    return patterns


def _refers(fields: Mapping[str, Node], given: Mapping[str, Any], behaviours: Collection[str]) -> None:
    """Refuse a parameter that names an act nobody recognises, at its own place, and an order of one act with itself."""
    for name in BEHAVIOUR_NAMES:
        if name in fields and given[name] not in behaviours:
            raise fields[name].refuse(_unknown(given[name], behaviours))
    if "then" in fields and given["then"] == given.get("behaviour"):
        raise fields["then"].refuse("„then” nazywa tę samą czynność co „behaviour”; podaj dwie różne")


def _unknown(behaviour: str, behaviours: Collection[str]) -> str:
    return f"żaden tagger nie rozpoznaje zachowania „{behaviour}”; dostępne: {', '.join(sorted(behaviours))}"


def _served(node: Node, check: Check, parameters: Mapping[str, Any], behaviours: Collection[str]) -> None:
    """Refuse a criterion whose behaviours no tagger gives, or whose check lacks what it looks for."""
    wanted = {*check.behaviours, *parameters.get(BEHAVIOUR_LIST, ())}
    if "then" in check.parameters and "then" not in parameters:
        wanted.add(check.parameters["then"])
    for name in ("behaviour", BEHAVIOUR_LIST):
        if name in check.parameters and name not in parameters:
            raise node.refuse(f"sprawdzenie „{check.name}” wymaga parametru „{name}” w polu „parameters”")
    if "phrases" in check.parameters and "phrases" not in parameters:
        raise node.refuse(f"sprawdzenie „{check.name}” wymaga listy „phrases” w polu „parameters”")
    missing = sorted(wanted - set(behaviours))
    if missing:
        raise node.refuse(_unknown(missing[0], behaviours))
