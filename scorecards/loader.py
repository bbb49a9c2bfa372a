"""Reads scorecards: from the shipped library by id, or from a user's file, with precise refusals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from scorecards.card import STATUSES, Condition, Criterion, Scorecard, Section, Status, Thresholds
from scorecards.condition import matches
from scorecards.phrases import BEHAVIOURS
from scorecards.policy import Policy
from scorecards.policy_use import under
from scorecards.reading import Node, ScorecardError, compose
from scorecards.scale_reading import SCALE_FIELDS, read_answer
from scorecards.shelf import text_of
from transcripts.conversation import CHANNELS

T = TypeVar("T")
FORMAT = 1
TOTAL = 100.0
REASON = r"[a-z][a-z0-9_]*\.([a-z][a-z0-9_]*|\*)"
_REASON = re.compile(REASON)
SECTION = "section"

CARD_FIELDS = (("format", "id", "version", "name", "sections"), ("least_coverage", "thresholds", "status"))
SECTION_FIELDS = (("id", "name", "weight", "criteria"), ())
CRITERION_FIELDS = (
    ("id", "name", "question", "weight"),
    (
        "check",
        "parameters",
        "critical",
        "not_applicable",
        "guide",
        "thresholds",
        "only",
        "scale",
        *SCALE_FIELDS,
    ),
)
THRESHOLD_FIELDS = ("pass", "fail", "na")
CONDITION_FIELDS = ("reasons", "channels")


@dataclass(frozen=True, slots=True)
class Served:
    """What the tagger in use can say: codes of behaviours and of contact reasons (None: any that are well formed)."""

    behaviours: Collection[str] = BEHAVIOURS
    reasons: Collection[str] | None = None


def load_scorecard(
    source: str | Path,
    *,
    behaviours: Collection[str] = BEHAVIOURS,
    reasons: Collection[str] | None = None,
    policy: Policy | None = None,
) -> Scorecard:
    """A scorecard by id (``phone``: newest published version, ``phone@1``, ``phone@2-draft``) or from a YAML file.

    ``behaviours`` and ``reasons`` are the codes that the tagger in use serves; without ``reasons`` only their form
    is checked. ``policy`` is what its checks hold conversations against (None: the standard one). Raises ScorecardError.
    """
    text, file = text_of(source)
    return under(parse_scorecard(text, file, behaviours=behaviours, reasons=reasons), policy)


def parse_scorecard(
    text: str,
    file: str,
    *,
    behaviours: Collection[str] = BEHAVIOURS,
    reasons: Collection[str] | None = None,
) -> Scorecard:
    """A scorecard from YAML text; ``file`` names it in refusals. Raises ScorecardError."""
    card, refusals = read_scorecard(text, file, Served(behaviours, reasons))
    if card is None:
        raise refusals[0]
    return card


def read_scorecard(
    text: str, file: str, served: Served
) -> tuple[Scorecard | None, tuple[ScorecardError, ...]]:
    """The scorecard, or all refusals that can be told apart, in the order of the file."""
    reading = _Reading(served)
    card = None
    with reading.collecting():
        card = _card(compose(text, file), reading)
    refusals = sorted(reading.refusals, key=lambda refusal: refusal.line)
    return (None if refusals else card), tuple(refusals)


@dataclass(slots=True)
class _Reading:
    """What is known while a card is read: the defaults of its file, ids given so far, refusals."""

    served: Served
    thresholds: Thresholds = field(default_factory=Thresholds)
    sections: set[str] = field(default_factory=set)
    criteria: set[str] = field(default_factory=set)
    refusals: list[ScorecardError] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep a refusal and go on behind."""
        try:
            yield
        except ScorecardError as refusal:
            self.refusals.append(refusal)

    def each(self, nodes: Sequence[Node], read: Callable[[Node, _Reading], T]) -> tuple[T, ...]:
        """What can be read of the nodes."""
        found = []
        for node in nodes:
            with self.collecting():
                found.append(read(node, self))
        return tuple(found)


def _card(root: Node, reading: _Reading) -> Scorecard:
    fields = root.fields(*CARD_FIELDS)
    if fields["format"].value != FORMAT:
        raise fields["format"].refuse(f"nieznana wersja formatu; ten program czyta format {FORMAT}")
    reading.thresholds = _thresholds(fields.get("thresholds"), Thresholds())
    nodes = list(fields["sections"].items())
    sections = reading.each(nodes, _section)
    if len(sections) == len(nodes):
        with reading.collecting():
            _sums_to(fields["sections"], TOTAL, [section.weight for section in sections], "sekcji")
    coverage = fields["least_coverage"].number("least_coverage", 0, 1) if "least_coverage" in fields else 0.5
    version = fields["version"].value
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise fields["version"].refuse("pole „version” musi być liczbą całkowitą od 1")
    name = fields["name"].text("name")
    return Scorecard(
        fields["id"].identifier(), version, name, sections, coverage, _status(fields.get("status"))
    )


def _section(node: Node, reading: _Reading) -> Section:
    fields = node.at("sekcja").fields(*SECTION_FIELDS)
    identifier = _new_id(fields["id"], "sekcji", reading.sections)
    weight = fields["weight"].at(f"sekcja {identifier}").number("weight", 0.01, TOTAL)
    listed = fields["criteria"].at(f"sekcja {identifier}")
    nodes = list(listed.items())
    criteria = reading.each(nodes, _criterion)
    if len(criteria) == len(nodes):
        _sums_to(listed, weight, [criterion.weight for criterion in criteria], "kryteriów")
    return Section(identifier, fields["name"].text("name"), weight, criteria)


def _criterion(node: Node, reading: _Reading) -> Criterion:
    fields = node.at("kryterium").fields(*CRITERION_FIELDS)
    identifier = _new_id(fields["id"], "kryterium", reading.criteria)
    fields = {name: child.at(f"kryterium {identifier}") for name, child in fields.items()}
    check, parameters, scale = read_answer(
        node.at(f"kryterium {identifier}"), fields, reading.served.behaviours
    )
    critical = _critical(fields.get("critical"))
    return Criterion(
        id=identifier,
        name=fields["name"].text("name"),
        question=fields["question"].text("question"),
        weight=fields["weight"].number("weight", 0.01, TOTAL),
        check=check,
        parameters=parameters,
        thresholds=_thresholds(fields.get("thresholds"), reading.thresholds),
        critical=critical is True,
        not_applicable=fields["not_applicable"].text("not_applicable") if "not_applicable" in fields else "",
        guide=fields["guide"].text("guide") if "guide" in fields else "",
        only=_condition(fields.get("only"), reading.served.reasons),
        fails_section=critical == SECTION,
        scale=scale,
    )


def _status(node: Node | None) -> Status:
    if node is None:
        return "published"
    if node.value not in STATUSES:
        raise node.refuse("pole „status” musi mieć wartość draft (szkic) albo published (opublikowana)")
    return cast(Status, node.value)


def _critical(node: Node | None) -> bool | str:
    """Whether a fail makes the score 0 (True), or loses its section (``section``)."""
    if node is None or node.value is False:
        return False
    if node.value is True or node.value == SECTION:
        return cast(bool | str, node.value)
    raise node.refuse(
        "pole „critical” musi mieć wartość true albo false, albo section (przepadają punkty sekcji)"
    )


def _condition(node: Node | None, reasons: Collection[str] | None) -> Condition | None:
    if node is None:
        return None
    place = f"{node.place}, only"
    fields = node.at(place).fields((), CONDITION_FIELDS)
    if not fields:
        raise node.at(place).refuse("podaj „reasons”, „channels” albo oba, albo usuń pole „only”")
    wanted = tuple(_reason(child, reasons) for child in _listed(fields.get("reasons")))
    channels = tuple(_channel(child) for child in _listed(fields.get("channels")))
    return Condition(wanted, channels)


def _listed(node: Node | None) -> Iterable[Node]:
    return node.items() if node is not None else ()


def _reason(node: Node, reasons: Collection[str] | None) -> str:
    pattern = node.value
    if not isinstance(pattern, str) or not _REASON.fullmatch(pattern):
        raise node.refuse(
            f"„{pattern}” nie jest powodem kontaktu; podaj kod jak delivery.delayed albo grupę jak complaint.*"
        )
    if reasons is not None and not any(matches(pattern, code) for code in reasons):
        group = pattern.partition(".")[0]
        known = [code for code in reasons if code.startswith(f"{group}.")]
        listed = ", ".join(known or sorted({code.partition(".")[0] + ".*" for code in reasons}))
        raise node.refuse(f"żaden tagger nie rozpoznaje powodu „{pattern}”; dostępne: {listed}")
    return pattern


def _channel(node: Node) -> str:
    channel = node.value
    if channel not in CHANNELS:
        raise node.refuse(f"nieznany kanał „{channel}”; dostępne: {', '.join(CHANNELS)}")
    return cast(str, channel)


def _thresholds(node: Node | None, defaults: Thresholds) -> Thresholds:
    if node is None:
        return defaults
    fields = node.fields((), THRESHOLD_FIELDS)
    given = {
        name: fields[name].number(name, 0, 1) if name in fields else defaults.of(name)
        for name in THRESHOLD_FIELDS
    }
    return Thresholds(given["pass"], given["fail"], given["na"])


def _new_id(node: Node, what: str, seen: set[str]) -> str:
    value = node.identifier()
    if value in seen:
        raise node.refuse(f"identyfikator {what} „{value}” już wystąpił; nadaj inny")
    seen.add(value)
    return value


def _sums_to(node: Node, total: float, weights: list[float], what: str) -> None:
    given = sum(weights)
    if not math.isclose(given, total, abs_tol=1e-6):
        raise node.refuse(f"wagi {what} dają {given:g}, a powinny {total:g}; popraw wagi")
