"""What differs between two scorecards, as values and as Polish sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from scorecards.card import Criterion, Scorecard, Section, Thresholds
from scorecards.checks import registered
from scorecards.scale import Level
from scorecards.wording import condition, scale_name

Kind = Literal["card", "section", "added", "removed", "changed", "order"]
FIELDS = {
    "name": "nazwa",
    "section": "sekcja",
    "weight": "waga",
    "question": "pytanie",
    "guide": "wskazówka",
    "not_applicable": "nie dotyczy, gdy",
    "only": "tylko gdy",
    "critical": "niezaliczone",
    "scale": "skala",
    "levels": "poziomy",
    "check": "sprawdzenie",
    "parameters": "parametry",
    "thresholds": "progi",
    "least_coverage": "najmniejsza część rozstrzygniętych punktów",
    "sections": "sekcje",
    "order": "kolejność",
}
NOTHING = "brak"
SHORT = 70


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of the card, a section, or a criterion named by ``subject`` (an id, empty for the card).

    ``field`` is a key of :data:`FIELDS`; ``before`` and ``after`` are Polish texts for people, ``NOTHING`` where there
    is none.
    """

    kind: Kind
    subject: str
    field: str
    before: str
    after: str


def differences(old: Scorecard, new: Scorecard) -> list[Difference]:
    """All differences: the card's, then the sections', then by criterion in the order of the newer card, then order."""
    return [
        *_fields("card", "", _of_card(old), _of_card(new)),
        *_sections(old, new),
        *_removed(old, new),
        *_criteria(old, new),
        *_order(old, new),
    ]


def _of_card(card: Scorecard) -> dict[str, str]:
    return {"name": card.name, "least_coverage": _share(card.least_coverage)}


def _sections(old: Scorecard, new: Scorecard) -> Iterator[Difference]:
    before = {section.id: section for section in old.sections}
    after = {section.id: section for section in new.sections}
    for name in [*before, *(name for name in after if name not in before)]:
        yield from _fields("section", name, _of_section(before.get(name)), _of_section(after.get(name)))


def _of_section(section: Section | None) -> dict[str, str]:
    if section is None:
        return {"name": NOTHING, "weight": NOTHING}
    return {"name": section.name, "weight": _points(section.weight)}


def _removed(old: Scorecard, new: Scorecard) -> Iterator[Difference]:
    kept = {criterion.id for criterion in new.criteria}
    for criterion in old.criteria:
        if criterion.id not in kept:
            yield Difference("removed", criterion.id, "name", _named(criterion), NOTHING)


def _criteria(old: Scorecard, new: Scorecard) -> Iterator[Difference]:
    before = {
        criterion.id: (criterion, section) for section in old.sections for criterion in section.criteria
    }
    for section in new.sections:
        for criterion in section.criteria:
            if criterion.id not in before:
                yield Difference("added", criterion.id, "name", NOTHING, _named(criterion))
                continue
            earlier, place = before[criterion.id]
            was, now = _of_criterion(earlier, place), _of_criterion(criterion, section)
            yield from _fields("changed", criterion.id, was, now)
            yield from _settings(criterion.id, "levels", _levels(earlier), _levels(criterion))
            yield from _settings(criterion.id, "parameters", _parameters(earlier), _parameters(criterion))
            yield from _settings(
                criterion.id, "thresholds", _thresholds(earlier.thresholds), _thresholds(criterion.thresholds)
            )


def _of_criterion(criterion: Criterion, section: Section) -> dict[str, str]:
    return {
        "name": criterion.name,
        "section": section.id,
        "weight": _points(criterion.weight),
        "question": criterion.question,
        "guide": criterion.guide or NOTHING,
        "not_applicable": criterion.not_applicable or NOTHING,
        "only": condition(criterion.only),
        "critical": _effect(criterion),
        "scale": scale_name(criterion.scale),
        "check": criterion.check or NOTHING,
    }


def _fields(
    kind: Kind, subject: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    for name, value in before.items():
        if value != after[name]:
            yield Difference(kind, subject, name, value, after[name])


def _order(old: Scorecard, new: Scorecard) -> Iterator[Difference]:
    """Sections, and criteria in a section, of both cards that do not stand in the same order."""
    yield from _moved("", "sections", [s.id for s in old.sections], [s.id for s in new.sections])
    after = {section.id: section for section in new.sections}
    for section in old.sections:
        if section.id in after:
            now = [criterion.id for criterion in after[section.id].criteria]
            yield from _moved(section.id, "order", [criterion.id for criterion in section.criteria], now)


def _moved(subject: str, name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    old = [one for one in before if one in after]
    new = [one for one in after if one in before]
    if old != new:
        yield Difference("order", subject, name, ", ".join(old), ", ".join(new))


def _named(criterion: Criterion) -> str:
    return f"{criterion.name} ({_points(criterion.weight)}): {criterion.question}"


def _points(weight: float) -> str:
    return f"{weight:g} pkt".replace(".", ",")


def _share(share: float) -> str:
    return f"{100 * share:g} %".replace(".", ",")


def _effect(criterion: Criterion) -> str:
    if criterion.critical:
        return "zeruje wynik"
    return "zabiera punkty sekcji" if criterion.fails_section else "zabiera swoje punkty"


def _parameters(criterion: Criterion) -> dict[str, str]:
    """All parameters, so that one left out means the same as its default written down."""
    return _filled(criterion.check, criterion.parameters) if criterion.check else {}


def _filled(check: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, Any] = {**registered()[check].parameters, **parameters}
    return {name: ", ".join(v) if isinstance(v, tuple) else f"{v}" for name, v in values.items()}


def _levels(criterion: Criterion) -> dict[str, str]:
    """What each level means, and its own check."""
    return {
        f"{n}": _level(level) for n, level in enumerate(criterion.scale.levels if criterion.scale else ())
    }


def _level(level: Level) -> str:
    means = level.description or NOTHING
    if not level.check:
        return f"„{means}”"
    given = ", ".join(f"{name} {value}" for name, value in _filled(level.check, level.parameters).items())
    return f"„{means}” ({level.check}{': ' if given else ''}{given})"


def _thresholds(thresholds: Thresholds) -> dict[str, str]:
    return {name: f"{thresholds.of(name):g}" for name in ("pass", "fail", "na")}


def _settings(
    subject: str, field: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    """One difference for what is not the same in two groups of settings."""
    apart = [name for name in sorted({**before, **after}) if before.get(name) != after.get(name)]
    if apart:
        was, now = (
            "; ".join(f"{name} {group[name]}" for name in apart if name in group) or NOTHING
            for group in (before, after)
        )
        yield Difference("changed", subject, field, was, now)


def as_text(old: Scorecard, new: Scorecard) -> str:
    """The differences for people, in Polish."""
    found = differences(old, new)
    if not found:
        return f"{old.key} → {new.key}: bez zmian."
    lines = [f"{old.key} → {new.key}"]
    for title, chosen in (
        ("Karta", [d for d in found if d.kind == "card"]),
        ("Sekcje", [d for d in found if d.kind == "section"]),
        ("Usunięte kryteria", [d for d in found if d.kind == "removed"]),
        ("Dodane kryteria", [d for d in found if d.kind == "added"]),
        ("Zmienione kryteria", [d for d in found if d.kind == "changed"]),
        ("Kolejność", [d for d in found if d.kind == "order"]),
    ):
        if chosen:
            lines += ["", title, *_listed(chosen)]
    return "\n".join(lines)


def _listed(found: Sequence[Difference]) -> Iterator[str]:
    subject = ""
    for one in found:
        if one.kind in ("added", "removed"):
            yield f"  {one.subject}: {one.after if one.kind == 'added' else one.before}"
            continue
        if one.subject and one.subject != subject:
            subject = one.subject
            yield f"  {subject}"
        yield from _change(one, "    " if one.subject else "  ")


def _change(one: Difference, indent: str) -> Iterator[str]:
    """A short change in one line, a long text with its words that go and come."""
    name = FIELDS[one.field]
    if len(one.before) + len(one.after) <= SHORT:
        yield f"{indent}{name}: {one.before} → {one.after}"
        return
    yield f"{indent}{name}:"
    yield f"{indent}  - {_marked(one.before, one.after)}"
    yield f"{indent}  + {_marked(one.after, one.before)}"


def _marked(text: str, other: str) -> str:
    """The text with the words in brackets that the other does not have."""
    words, others = text.split(), other.split()
    shown: list[str] = []
    for what, first, last, _, _ in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        part = " ".join(words[first:last])
        if part:
            shown.append(part if what == "equal" else f"[{part}]")
    return " ".join(shown)
