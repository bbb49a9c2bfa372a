"""What a sampling plan says: how often, how many, of what, by which method. Checked before it is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from qa.errors import UsageProblem
from qa.services.inputs import is_storable
from qa.services.sampling.selection import MOST_RISK, RISKS, Design
from transcripts.conversation import CHANNELS

CYCLES = ("daily", "weekly", "monthly")
METHODS = ("random", "stratified", "risk", "mixed")
STRATA: Mapping[str, str] = MappingProxyType(
    {"agent": "konsultant", "team": "zespół", "channel": "kanał", "reason": "powód kontaktu"}
)
MOST = 5000
MOST_EACH = 200
MOST_VALUES = 100
LONGEST = 200
LONGEST_CALL = 24 * 3600.0
HEAVIEST = 10.0


@dataclass(frozen=True, slots=True)
class PlanFilters:
    """What the plan draws from; an empty list narrows nothing.

    ``min_seconds`` leaves out shorter calls; conversations without a length, such as e-mails, stay.
    """

    channel: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    scorecard: tuple[str, ...] = ()
    min_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RiskWeights:
    """How much each risk adds to the weight 1 that every conversation has."""

    critical: float = 5.0
    falling: float = 3.0
    repeated: float = 3.0
    unsure: float = 2.0
    silence: float = 1.0


@dataclass(frozen=True, slots=True)
class PlanContent:
    """A checked plan.

    ``size`` is the number of conversations in all; ``each`` that from every agent, team, channel or reason, as
    ``per`` says. ``per`` with ``size`` splits it in proportion. ``risk`` belongs to the methods ``risk`` and ``mixed``,
    ``risk_share`` to ``mixed``. ``second_share`` of the items get a blind second review. Reviews are due ``due_days``
    after the drawing. ``automatic`` plans are drawn by the program itself when a period has ended.
    """

    cycle: str
    method: str
    size: int | None
    per: str | None
    each: int | None
    filters: PlanFilters
    risk: RiskWeights | None
    risk_share: float | None
    second_share: float
    due_days: int
    automatic: bool = False  # plans that were kept before it was there stay with their leads

    def as_dict(self) -> dict[str, Any]:
        """For JSON; :func:`plan_content` reads it back."""
        return asdict(self)

    def design(self) -> Design:
        """What :mod:`qa.services.sampling.selection` needs of it."""
        share = {"risk": MOST_RISK, "mixed": self.risk_share or 0.0}.get(self.method, 0.0)
        weights = asdict(self.risk) if self.risk else {}
        return Design(self.size, self.each, share, weights, STRATA[self.per] if self.per else "")


def period_of(cycle: str, day: date) -> tuple[date, date]:
    """The first and last day of the day, ISO week or month that ``day`` is in.

    Raises:
        UsageProblem: there is no such cycle.
    """
    if cycle == "daily":
        return day, day
    if cycle == "weekly":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if cycle == "monthly":
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day.replace(day=1), following - timedelta(days=1)
    raise _unknown("cycle", CYCLES)


def plan_content(content: Mapping[str, Any]) -> PlanContent:
    """Check what somebody wants of a plan. Left out are what another method needs and what has a usual value.

    Raises:
        UsageProblem: a value cannot be used; the sentence names it and says what can.
    """
    _only(content, {field.name for field in fields(PlanContent)}, "plan")
    cycle, method = _one_of(content, "cycle", CYCLES), _one_of(content, "method", METHODS)
    per = None if content.get("per") in (None, "") else _one_of(content, "per", tuple(STRATA))
    size, each = _quantity(content, method, per)
    risky = method in ("risk", "mixed")
    mixed = method == "mixed"
    return PlanContent(
        cycle=cycle,
        method=method,
        size=size,
        per=per,
        each=each,
        filters=_filters(_mapping(content, "filters")),
        risk=_weights(_mapping(content, "risk")) if risky else None,
        risk_share=_number(content, "risk_share", 0.1, MOST_RISK, 0.5) if mixed else None,
        second_share=_number(content, "second_share", 0.0, 1.0, 0.0),
        due_days=_whole(content, "due_days", 1, 90) if content.get("due_days") is not None else 7,
        automatic=_yes_or_no(content, "automatic"),
    )


def _quantity(content: Mapping[str, Any], method: str, per: str | None) -> tuple[int | None, int | None]:
    size, each = content.get("size"), content.get("each")
    if method == "random" and per:
        raise UsageProblem(
            "Próba losowa nie ma podziału: usuń `per` albo wybierz metodę warstwową (stratified)."
        )
    if method == "stratified" and not per:
        raise UsageProblem("Metoda warstwowa wymaga podziału: ustaw `per` na {known}.", known=tuple(STRATA))
    if (size is None) == (each is None):
        raise UsageProblem(
            "Podaj albo liczbę wszystkich rozmów (`size`), albo po ile z każdej grupy (`each`)."
        )
    if each is not None and not per:
        raise UsageProblem("`each` wymaga podziału: ustaw `per` na {known}.", known=tuple(STRATA))
    if size is not None:
        return _whole(content, "size", 1, MOST), None
    return None, _whole(content, "each", 1, MOST_EACH)


def _filters(given: Mapping[str, Any]) -> PlanFilters:
    _only(given, {field.name for field in fields(PlanFilters)}, "filters")
    lists = {name: _values(given, name) for name in ("channel", "team", "agent", "reason", "scorecard")}
    unknown = [value for value in lists["channel"] if value not in CHANNELS]
    if unknown:
        raise UsageProblem("Nieznany kanał {value}: do wyboru {known}.", value=unknown[0], known=CHANNELS)
    least = given.get("min_seconds")
    seconds = None if least is None else _number(given, "min_seconds", 0.0, LONGEST_CALL, 0.0)
    return PlanFilters(**lists, min_seconds=seconds or None)


def _values(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    raw = given.get(name)
    values: Any = [] if raw is None else [raw] if isinstance(raw, str) else raw
    if not isinstance(values, Sequence) or not all(
        isinstance(one, str) and 0 < len(one) <= LONGEST and is_storable(one) for one in values
    ):
        raise UsageProblem("Filtr `{name}` to lista tekstów od 1 do {most} znaków.", name=name, most=LONGEST)
    if len(values) > MOST_VALUES:
        raise UsageProblem(
            "Filtr `{name}` ma za wiele wartości: podaj najwyżej {most}.", name=name, most=MOST_VALUES
        )
    return tuple(dict.fromkeys(values))


def _weights(given: Mapping[str, Any]) -> RiskWeights:
    _only(given, set(RISKS), "risk")
    usual = RiskWeights()
    weights = RiskWeights(
        **{name: _number(given, name, 0.0, HEAVIEST, getattr(usual, name)) for name in RISKS}
    )
    if not any(asdict(weights).values()):
        raise UsageProblem("Próba według ryzyka wymaga co najmniej jednej wagi ryzyka większej od zera.")
    return weights


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        raise UsageProblem(
            "Nieznane pole `{name}` ({where}): usuń je; znane to {known}.",
            name=unknown[0][:80],
            where=where,
            known=sorted(known),
        )


def _mapping(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = content.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UsageProblem("Pole `{name}` to zbiór nazwanych wartości.", name=name)
    return value


def _one_of(content: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = content.get(name)
    if not isinstance(value, str) or value not in known:
        raise _unknown(name, known)
    return value


def _unknown(name: str, known: tuple[str, ...]) -> UsageProblem:
    return UsageProblem("Pole `{name}`: do wyboru {known}.", name=name, known=known)


def _whole(content: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageProblem(
            "Pole `{name}`: podaj liczbę całkowitą od {least} do {most}.", name=name, least=least, most=most
        )
    return value


def _yes_or_no(content: Mapping[str, Any], name: str) -> bool:
    value = content.get(name)
    if value is not None and not isinstance(value, bool):
        raise UsageProblem("Pole `{name}`: podaj tak (true) albo nie (false).", name=name)
    return bool(value)


def _number(content: Mapping[str, Any], name: str, least: float, most: float, usual: float) -> float:
    value = content.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        value = -1.0
    if not least <= value <= most:
        raise UsageProblem(
            "Pole `{name}`: podaj liczbę od {least:g} do {most:g}.", name=name, least=least, most=most
        )
    return float(value)
