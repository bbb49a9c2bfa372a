"""Reads the scale of a criterion: its levels, from which of them it is passed, and what serves the levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scorecards.check_reading import read_check
from scorecards.checks import Check
from scorecards.reading import Node
from scorecards.scale import PASS_FAIL, SCALES, TOPS, Level, Scale

SCALE_FIELDS = ("pass_from", "levels")
LEVEL_FIELDS = ("description", "check", "parameters")
Answered = tuple[str, Mapping[str, Any], Scale | None]


def read_answer(node: Node, fields: Mapping[str, Node], behaviours: Collection[str]) -> Answered:
    """How a criterion is answered: its check (empty where its levels have their own), parameters and scale.

    Raises:
        ScorecardError: neither or both are there, or they do not fit together.
    """
    scale = _scale(fields, behaviours)
    if scale is not None and scale.has_own_checks:
        for name in ("check", "parameters"):
            if name in fields:
                raise fields[name].refuse(
                    f"poziomy mają własne sprawdzenia, więc pole „{name}” nic nie znaczy; usuń je"
                )
        return "", {}, scale
    if "check" not in fields:
        raise node.refuse("brakuje pola „check”; dopisz je")
    check, parameters = read_check(fields["check"], fields.get("parameters"), behaviours)
    _fits(fields["check"], check, scale)
    return check.name, parameters, scale


def _fits(node: Node, check: Check, scale: Scale | None) -> None:
    if scale is None and check.top_level is not None:
        raise node.refuse(f"sprawdzenie „{check.name}” daje poziomy; dodaj pole „scale”")
    if scale is not None and check.top_level is None:
        raise node.refuse(
            f"sprawdzenie „{check.name}” nie daje poziomów; podaj sprawdzenia przy poziomach w polu „levels”"
        )


def _scale(fields: Mapping[str, Node], behaviours: Collection[str]) -> Scale | None:
    name = fields["scale"].value if "scale" in fields else PASS_FAIL
    if not isinstance(name, str) or name not in SCALES:
        raise fields["scale"].refuse(f"pole „scale” musi mieć jedną z wartości: {', '.join(SCALES)}")
    if name == PASS_FAIL:
        for field in SCALE_FIELDS:
            if field in fields:
                raise fields[field].refuse(
                    f"pole „{field}” ma sens tylko ze skalą {' albo '.join(TOPS)}; dodaj „scale” albo usuń je"
                )
        return None
    if "pass_from" not in fields:
        raise fields["scale"].refuse("brakuje pola „pass_from” (od którego poziomu zaliczone); dopisz je")
    top = TOPS[name]
    pass_from = fields["pass_from"].value
    if isinstance(pass_from, bool) or not isinstance(pass_from, int) or not 1 <= pass_from <= top:
        raise fields["pass_from"].refuse(f"pole „pass_from” musi być liczbą całkowitą od 1 do {top}")
    return Scale(name, pass_from, _levels(fields.get("levels"), top, behaviours))


def _levels(node: Node | None, top: int, behaviours: Collection[str]) -> tuple[Level, ...]:
    """All levels; one that is not written down has no description, which the linter tells."""
    if node is None:
        return (Level(),) * (top + 1)
    names = tuple(str(number) for number in range(top + 1))
    given = node.fields((), names)
    return tuple(_level(given.get(name), name, behaviours) for name in names)


def _level(node: Node | None, number: str, behaviours: Collection[str]) -> Level:
    if node is None:
        return Level()
    placed = node.at(f"{node.place}, poziom {number}")
    if not placed.has_fields:
        return Level(placed.text(number))
    fields = {name: child.at(placed.place) for name, child in placed.fields((), LEVEL_FIELDS).items()}
    description = fields["description"].text("description") if "description" in fields else ""
    if "check" not in fields:
        if "parameters" in fields:
            raise fields["parameters"].refuse("parametry nic nie znaczą bez sprawdzenia; dodaj „check”")
        return Level(description)
    if number == "0":
        raise fields["check"].refuse("poziom 0 to brak wyższych, więc nie ma sprawdzenia; usuń „check”")
    check, parameters = read_check(fields["check"], fields.get("parameters"), behaviours)
    if check.top_level is not None:
        raise fields["check"].refuse(
            f"sprawdzenie „{check.name}” samo daje poziomy; podaj je w polu „check” kryterium"
        )
    return Level(description, check.name, parameters)
