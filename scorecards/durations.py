"""Lengths of time that people state: "14 dni", "dwa tygodnie", "czternastodniowy", "w ciągu 48 godzin"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scorecards.matching import Token

_UNITS = (
    "zero", "jeden|jednego|jedna|jednym", "dwa|dwoch|dwie|dwu|dwom", "trzy|trzech|trzem", "cztery|czterech|czterem",
    "piec|pieciu", "szesc|szesciu", "siedem|siedmiu", "osiem|osmiu", "dziewiec|dziewieciu", "dziesiec|dziesieciu",
    "jedenascie|jedenastu", "dwanascie|dwunastu", "trzynascie|trzynastu", "czternascie|czternastu",
    "pietnascie|pietnastu", "szesnascie|szesnastu", "siedemnascie|siedemnastu", "osiemnascie|osiemnastu",
    "dziewietnascie|dziewietnastu",
)  # fmt: skip
_TENS = (
    "dwadziescia|dwudziestu", "trzydziesci|trzydziestu", "czterdziesci|czterdziestu", "piecdziesiat|piecdziesieciu",
    "szescdziesiat|szescdziesieciu", "siedemdziesiat|siedemdziesieciu", "osiemdziesiat|osiemdziesieciu",
    "dziewiecdziesiat|dziewiecdziesieciu",
)  # fmt: skip
_HUNDREDS = {"sto": 100, "stu": 100}
_ENDINGS = ("ty", "tu", "ta", "go", "mu", "miu", "ciu", "stu", "u")  # 14-tu, 7-miu
_DAYS_IN = {"dzien": 1.0, "tydzien": 7.0, "miesiac": 30.0, "rok": 365.0, "godzina": 1 / 24, "doba": 1.0}
_UNIT_WORDS = {
    "dzien": "dzien dnia dni dniach dniami dnie",
    "tydzien": "tydzien tygodnia tygodnie tygodni tygodniu tygodniach",
    "miesiac": "miesiac miesiaca miesiace miesiecy miesiacu miesiacach",
    "rok": "rok roku lata lat latach",
    "godzina": "godzina godzine godziny godzin godzinach h",
    "doba": "doba dobe doby dob",
}
_GLUED = re.compile(r"(\d{1,3})(dni|dnia|dniowy|dniowego|dniowym|h|godz|tyg)")
_ADJECTIVE = re.compile(r"(.*?)(tygodniow|dniow|miesieczn)(?:y|ego|ym|a|ej|emu|e)")
_WORKING = ("robocz", "pracuj")
_FILLERS = ("pelnych", "pelne", "kolejnych", "kalendarzowych", "nastepnych", "calych", "cale")
_ALONE = (
    "tydzien",
    "tygodnia",
    "miesiac",
    "miesiaca",
    "rok",
    "roku",
    "doba",
    "dobe",
    "doby",
)  # need no number
_HALF_MORE = {"poltora": 1.5, "poltorej": 1.5}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time at words ``first`` to ``last`` of a turn; ``working`` days leave out free ones."""

    days: float
    first: int
    last: int
    working: bool


@cache
def _numbers() -> dict[str, tuple[int, str]]:
    """Number words with their value and kind."""
    known = {"hundred": _HUNDREDS.items()}
    found = {word: (value, kind) for kind, items in known.items() for word, value in items}
    for value, words in enumerate(_UNITS):
        found.update(dict.fromkeys(words.split("|"), (value, "unit" if value < 10 else "teen")))
    for index, words in enumerate(_TENS, start=2):
        found.update(dict.fromkeys(words.split("|"), (index * 10, "ten")))
    return found


@cache
def _unit_of() -> dict[str, str]:
    return {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}


def durations(words: Sequence[Token]) -> Iterator[Duration]:
    """The lengths of time in one turn's words, in order."""
    norms = [word.norm for word in words]
    index = 0
    while index < len(norms):
        found = _at(norms, index)
        if found is not None:
            yield found
            index = found.last
        index += 1


def _at(norms: Sequence[str], index: int) -> Duration | None:
    glued = _GLUED.fullmatch(norms[index])
    if glued:
        days = float(glued[1]) * {"h": 1 / 24, "godz": 1 / 24, "tyg": 7.0}.get(glued[2], 1.0)
        return _with_working(norms, days, index, index)
    adjective = _ADJECTIVE.fullmatch(norms[index])
    if adjective:
        return _from_adjective(norms, index, adjective[1], adjective[2])
    number, after = _number(norms, index)
    after = _skip_fillers(norms, after)
    unit = _unit_of().get(norms[after]) if after < len(norms) else None
    if number is not None and after < len(norms) and norms[after].startswith(_WORKING):
        unit = _unit_of().get(norms[after + 1]) if after + 1 < len(norms) else None
        return Duration(number, index, after + 1, True) if unit == "dzien" else None
    if unit is None:
        return None
    if number is None:
        return (
            _with_working(norms, _DAYS_IN[unit], index, index)
            if norms[index] in _ALONE and after == index
            else None
        )
    return _with_working(norms, number * _DAYS_IN[unit], index, after)


def _skip_fillers(norms: Sequence[str], index: int) -> int:
    while index < len(norms) and norms[index] in _FILLERS:
        index += 1
    return index


def _with_working(norms: Sequence[str], days: float, first: int, last: int) -> Duration:
    working = last + 1 < len(norms) and norms[last + 1].startswith(_WORKING)
    return Duration(days, first, last + working, working)


def _from_adjective(norms: Sequence[str], index: int, stem: str, unit: str) -> Duration | None:
    """Czternastodniowy, trzydziestodniowego, dwutygodniowy, miesięczny; also "14 dniowy"."""
    days = {"dniow": 1.0, "tygodniow": 7.0, "miesieczn": 30.0}[unit]
    if not stem and index and norms[index - 1].isdecimal():
        return Duration(float(norms[index - 1]) * days, index - 1, index, False)
    if not stem:
        return Duration(days, index, index, False) if unit != "dniow" else None
    value = _stem_number(stem)
    return Duration(value * days, index, index, False) if value else None


def _stem_number(stem: str) -> float | None:
    if stem.isdecimal():
        return float(stem)
    for ending in ("o", "u", "y", ""):
        body = stem.removesuffix(ending) if ending else stem
        for tail in ("", "u", "a", "e", "y", "iu", "ie"):
            if body + tail in _numbers():
                return float(_numbers()[body + tail][0])
    return None


def _number(norms: Sequence[str], index: int) -> tuple[float | None, int]:
    """A number in digits or words that begins at ``index``, and the place after it."""
    if norms[index].isdecimal() and len(norms[index]) <= 3:
        after = index + 1
        while after < len(norms) and norms[after] in _ENDINGS:
            after += 1
        return float(norms[index]), after
    if norms[index] in _HALF_MORE:
        return _HALF_MORE[norms[index]], index + 1
    total, kinds = 0, ""
    while index < len(norms) and norms[index] in _numbers():
        value, kind = _numbers()[norms[index]]
        if not _continues(kinds, kind):
            break
        total, kinds, index = total + value, kind, index + 1
    return (float(total), index) if kinds else (None, index)


def _continues(before: str, kind: str) -> bool:
    """Sto, then tens, then units; anything may begin."""
    allowed = {"": ("hundred", "ten", "teen", "unit"), "hundred": ("ten", "teen", "unit"), "ten": ("unit",)}
    return kind in allowed.get(before, ())
