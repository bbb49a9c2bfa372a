"""Reads the scale of a criterion: its levels, from which of them it is passed, and what serves the levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scorecards.check_reading import read_check
from scorecards.checks import Check
from scorecards.reading import Node, Refusals, ScorecardError
from scorecards.scale import PASS_FAIL, SCALES, TOPS, Level, Scale

SCALE_FIELDS = ("pass_from", "levels")
LEVEL_FIELDS = ("description", "check", "parameters")
Answered = tuple[str, Mapping[str, Any], Scale | None]


def read_answer(
    node: Node, fields: Mapping[str, Node], behaviours: Collection[str], refusals: Refusals
) -> Answered:
    """How a criterion is answered: its check (empty where its levels have their own), parameters and scale.

    What is refused is kept: something is missing, wrong, or does not fit the rest.
    """
    before = len(refusals.found)
    scale = _scale(fields, behaviours, refusals)
    unclear = len(refusals.found) > before
    if scale is not None and scale.has_own_checks:
        for name in ("check", "parameters"):
            if name in fields:
                text = f"poziomy mają własne sprawdzenia, więc pole „{name}” nic nie znaczy; usuń je"
                refusals.found.append(fields[name].refuse(text))
        return "", {}, scale
    if "check" not in fields:
        if not unclear:
            refusals.found.append(node.refuse("brakuje pola „check”; dopisz je"))
        return "", {}, scale
    read = read_check(fields["check"], fields.get("parameters"), behaviours, refusals)
    if read is None:
        return "", {}, scale
    check, parameters = read
    if not unclear:
        with refusals.collecting():
            _fits(fields["check"], check, scale)
    return check.name, parameters, scale


def _fits(node: Node, check: Check, scale: Scale | None) -> None:
    if scale is None and check.top_level is not None:
        raise node.refuse(f"sprawdzenie „{check.name}” daje poziomy; dodaj pole „scale”")
    if scale is not None and check.top_level is None:
        raise node.refuse(
            f"sprawdzenie „{check.name}” nie daje poziomów; podaj sprawdzenia przy poziomach w polu „levels”"
        )


def _scale(fields: Mapping[str, Node], behaviours: Collection[str], refusals: Refusals) -> Scale | None:
    name = refusals.of(fields, "scale", _name, PASS_FAIL)
    if name == PASS_FAIL:
        if "scale" not in fields or fields["scale"].value == PASS_FAIL:
            refusals.found += [
                _needs_scale(fields[field], field) for field in SCALE_FIELDS if field in fields
            ]
        return None
    top = TOPS[name]
    if "pass_from" not in fields:
        text = "brakuje pola „pass_from” (od którego poziomu zaliczone); dopisz je"
        refusals.found.append(fields["scale"].refuse(text))
    pass_from = refusals.of(fields, "pass_from", lambda node: _pass_from(node, top), 1)
    return Scale(name, pass_from, _levels(fields.get("levels"), top, behaviours, refusals))


def _name(node: Node) -> str:
    name = node.value
    if not isinstance(name, str) or name not in SCALES:
        raise node.refuse(f"pole „scale” musi mieć jedną z wartości: {', '.join(SCALES)}")
    return name


def _needs_scale(node: Node, field: str) -> ScorecardError:
    scales = " albo ".join(TOPS)
    return node.refuse(f"pole „{field}” ma sens tylko ze skalą {scales}; dodaj „scale” albo usuń je")


def _pass_from(node: Node, top: int) -> int:
    level = node.value
    if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= top:
        raise node.refuse(f"pole „pass_from” musi być liczbą całkowitą od 1 do {top}")
    return level


def _levels(
    node: Node | None, top: int, behaviours: Collection[str], refusals: Refusals
) -> tuple[Level, ...]:
    """All levels; one that is not written down has no description, which the linter tells."""
    names = tuple(str(number) for number in range(top + 1))
    given = (refusals.fields(node, (), names) if node else None) or {}
    return tuple(_level(given.get(name), name, behaviours, refusals) for name in names)


def _level(node: Node | None, number: str, behaviours: Collection[str], refusals: Refusals) -> Level:
    if node is None:
        return Level()
    placed = node.at(f"{node.place}, poziom {number}")
    if not placed.has_fields:
        return Level(refusals.of({number: placed}, number, lambda one: one.text(number), ""))
    fields = refusals.fields(placed, (), LEVEL_FIELDS) or {}
    description = refusals.of(fields, "description", lambda one: one.text("description"), "")
    if "check" not in fields:
        if "parameters" in fields:
            text = "parametry nic nie znaczą bez sprawdzenia; dodaj „check”"
            refusals.found.append(fields["parameters"].refuse(text))
        return Level(description)
    if number == "0":
        text = "poziom 0 to brak wyższych, więc nie ma sprawdzenia; usuń „check”"
        refusals.found.append(fields["check"].refuse(text))
        return Level(description)
    read = read_check(fields["check"], fields.get("parameters"), behaviours, refusals)
    if read is None:
        return Level(description)
    check, parameters = read
    if check.top_level is not None:
        text = f"sprawdzenie „{check.name}” samo daje poziomy; podaj je w polu „check” kryterium"
        refusals.found.append(fields["check"].refuse(text))
    return Level(description, check.name, parameters)
