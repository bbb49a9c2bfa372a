"""Reads scorecards: from the shipped library by id, or from a user's file, with precise refusals."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from scorecards.card import STATUSES, Condition, Criterion, Scorecard, Section, Status, Thresholds
from scorecards.condition import matches
from scorecards.emotions import agents_emotion
from scorecards.phrases import BEHAVIOURS
from scorecards.policy import Policy
from scorecards.policy_use import under
from scorecards.reading import Node, Refusals, ScorecardError, compose
from scorecards.scale_reading import SCALE_FIELDS, read_answer
from scorecards.shelf import text_of
from transcripts.conversation import CHANNELS

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
TEXTS = ("name", "question", "not_applicable", "guide")
NO_EMOTIONS = (
    "ocenia emocje konsultanta, czego zabrania akt o AI (art. 5 ust. 1 lit. f): mówi o tym „{asked}”; zapytaj o słowa "
    "i czynności, a jeśli chodzi o emocje klienta, napisz to wprost"
)


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
    if card is None or refusals:
        raise refusals[0]
    return card


def read_scorecard(
    text: str, file: str, served: Served
) -> tuple[Scorecard | None, tuple[ScorecardError, ...]]:
    """The scorecard where one can be made of the text, and all refusals that can be told apart, in the order of the file.

    A card that is there although something is refused asks what no card may ask (:class:`Forbidden`): it is to be looked
    at, never to be used.
    """
    reading = _Reading(served=served)
    card = None
    with reading.collecting():
        card = _card(compose(text, file), reading)
    refusals = sorted(reading.found, key=lambda refusal: refusal.line)
    return (card if all(isinstance(one, Forbidden) for one in refusals) else None), tuple(refusals)


class Forbidden(ScorecardError):
    """A card that can be read but asks what the law forbids; ``criterion`` is empty where the card itself does."""

    def __init__(self, refusal: ScorecardError, criterion: str) -> None:
        super().__init__(refusal.message, refusal.line)
        self.criterion = criterion


@dataclass(slots=True)
class _Reading(Refusals):
    """What is known while a card is read: the defaults of its file, ids given so far, refusals."""

    served: Served = field(default_factory=Served)
    thresholds: Thresholds = field(default_factory=Thresholds)
    sections: set[str] = field(default_factory=set)
    criteria: set[str] = field(default_factory=set)

    def blind(self, node: Node, criterion: str, name: str) -> None:
        """Refuse a text that asks for an agent's emotions."""
        value = node.value
        asked = agents_emotion(value, bare=name == "name") if isinstance(value, str) else None
        if asked:
            self.found.append(Forbidden(node.refuse(NO_EMOTIONS.format(asked=asked)), criterion))


def _card(root: Node, reading: _Reading) -> Scorecard | None:
    fields = reading.fields(root, *CARD_FIELDS)
    if fields is None:
        return None
    if "format" in fields and fields["format"].value != FORMAT:
        raise fields["format"].refuse(f"nieznana wersja formatu; ten program czyta format {FORMAT}")
    before = len(reading.found)
    reading.thresholds = _thresholds(fields.get("thresholds"), Thresholds(), reading)
    sections = _sections(fields["sections"], reading) if "sections" in fields else ()
    if "name" in fields:
        reading.blind(fields["name"], "", "name")
    published: Status = "published"
    card = Scorecard(
        reading.of(fields, "id", Node.identifier, ""),
        reading.of(fields, "version", _version, 1),
        _text(fields, "name", reading),
        sections,
        reading.of(fields, "least_coverage", lambda node: node.number("least_coverage", 0, 1), 0.5),
        reading.of(fields, "status", _status, published),
    )
    return card if _made(reading, before) else None


def _made(reading: _Reading, before: int) -> bool:
    """Whether nothing is in the way of a card since then."""
    return all(isinstance(one, Forbidden) for one in reading.found[before:])


def _sections(node: Node, reading: _Reading) -> tuple[Section, ...]:
    nodes = _listed(node, reading)
    found = [_section(one, reading) for one in nodes]
    _sums_to(node, TOTAL, nodes, "sekcji", reading)
    return tuple(one for one in found if one is not None)


def _section(node: Node, reading: _Reading) -> Section | None:
    before = len(reading.found)
    fields = reading.fields(node.at("sekcja"), *SECTION_FIELDS)
    if fields is None:
        return None
    identifier = reading.of(fields, "id", lambda one: _new_id(one, "sekcji", reading.sections), "")
    fields = {name: child.at(_called("sekcja", fields)) for name, child in fields.items()}
    weight = reading.of(fields, "weight", _weight, 0.0)
    criteria: list[Criterion | None] = []
    if "criteria" in fields:
        nodes = _listed(fields["criteria"], reading)
        criteria = [_criterion(one, reading) for one in nodes]
        if weight:
            _sums_to(fields["criteria"], weight, nodes, "kryteriów", reading)
    name = _text(fields, "name", reading)
    if "name" in fields:
        reading.blind(fields["name"], "", "name")
    known = tuple(one for one in criteria if one is not None)
    return Section(identifier, name, weight, known) if _made(reading, before) else None


def _criterion(node: Node, reading: _Reading) -> Criterion | None:
    before = len(reading.found)
    fields = reading.fields(node.at("kryterium"), *CRITERION_FIELDS)
    if fields is None:
        return None
    identifier = reading.of(fields, "id", lambda one: _new_id(one, "kryterium", reading.criteria), "")
    place = _called("kryterium", fields)
    fields = {name: child.at(place) for name, child in fields.items()}
    check, parameters, scale = read_answer(node.at(place), fields, reading.served.behaviours, reading)
    never: bool | str = False
    critical = reading.of(fields, "critical", _critical, never)
    texts = {name: _text(fields, name, reading) for name in TEXTS}
    criterion = Criterion(
        id=identifier,
        name=texts["name"],
        question=texts["question"],
        weight=reading.of(fields, "weight", _weight, 0.0),
        check=check,
        parameters=parameters,
        thresholds=_thresholds(fields.get("thresholds"), reading.thresholds, reading),
        critical=critical is True,
        not_applicable=texts["not_applicable"],
        guide=texts["guide"],
        only=_condition(fields.get("only"), reading),
        fails_section=critical == SECTION,
        scale=scale,
    )
    _no_emotions(fields, criterion, reading)
    return criterion if _made(reading, before) else None


def _text(fields: Mapping[str, Node], name: str, reading: _Reading) -> str:
    return reading.of(fields, name, lambda node: node.text(name), "")


def _no_emotions(fields: Mapping[str, Node], criterion: Criterion, reading: _Reading) -> None:
    """Refuse each text of the criterion that asks for an agent's emotions."""
    for name in TEXTS:
        if name in fields:
            reading.blind(fields[name], criterion.id, name)
    levels = fields.get("levels")
    for level in levels.children() if levels else ():
        for text in (level, *level.children()):
            reading.blind(text, criterion.id, "levels")


def _called(what: str, fields: Mapping[str, Node]) -> str:
    """The name of a place: by its id, as far as there is one."""
    value = fields["id"].value if "id" in fields else None
    return f"{what} {value}" if isinstance(value, str) else what


def _weight(node: Node) -> float:
    return node.number("weight", 0.01, TOTAL)


def _version(node: Node) -> int:
    version = node.value
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise node.refuse("pole „version” musi być liczbą całkowitą od 1")
    return version


def _status(node: Node) -> Status:
    if node.value not in STATUSES:
        raise node.refuse("pole „status” musi mieć wartość draft (szkic) albo published (opublikowana)")
    return cast(Status, node.value)


def _critical(node: Node) -> bool | str:
    """Whether a fail makes the score 0 (True), or loses its section (``section``)."""
    if isinstance(node.value, bool) or node.value == SECTION:
        return cast(bool | str, node.value)
    raise node.refuse(
        "pole „critical” musi mieć wartość true albo false, albo section (przepadają punkty sekcji)"
    )


def _condition(node: Node | None, reading: _Reading) -> Condition | None:
    if node is None:
        return None
    placed = node.at(f"{node.place}, only")
    fields = reading.fields(placed, (), CONDITION_FIELDS)
    if fields is None:
        return None
    if not fields:
        text = "podaj „reasons”, „channels” albo oba, albo usuń pole „only”"
        reading.found.append(placed.refuse(text))
    known = reading.served.reasons
    wanted = reading.each(_listed(fields.get("reasons"), reading), lambda one: _reason(one, known))
    channels = reading.each(_listed(fields.get("channels"), reading), _channel)
    return Condition(wanted, channels)


def _listed(node: Node | None, reading: _Reading) -> list[Node]:
    """The elements of a list; none where it is refused."""
    with reading.collecting():
        return list(node.items()) if node is not None else []
    return []


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


def _thresholds(node: Node | None, defaults: Thresholds, reading: _Reading) -> Thresholds:
    fields = (reading.fields(node, (), THRESHOLD_FIELDS) if node is not None else None) or {}
    given = {name: _threshold(fields, name, defaults, reading) for name in THRESHOLD_FIELDS}
    return Thresholds(given["pass"], given["fail"], given["na"])


def _threshold(fields: Mapping[str, Node], name: str, defaults: Thresholds, reading: _Reading) -> float:
    return reading.of(fields, name, lambda node: node.number(name, 0, 1), defaults.of(name))


def _new_id(node: Node, what: str, seen: set[str]) -> str:
    value = node.identifier()
    if value in seen:
        raise node.refuse(f"identyfikator {what} „{value}” już wystąpił; nadaj inny")
    seen.add(value)
    return value


def _sums_to(node: Node, total: float, parts: Sequence[Node], what: str, reading: _Reading) -> None:
    """Refuse weights that do not sum, also beside other faults; where one is no number nobody knows."""
    weights = [part.child("weight") for part in parts]
    numbers = [weight.value for weight in weights if weight is not None]
    known = [one for one in numbers if isinstance(one, int | float) and not isinstance(one, bool)]
    if not parts or len(known) < len(parts):
        return
    given = sum(known)
    if not math.isclose(given, total, abs_tol=1e-6):
        text = f"wagi {what} dają {given:g}, a powinny {total:g}; popraw wagi"
        reading.found.append(node.refuse(text))
