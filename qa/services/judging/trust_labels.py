"""What people and the machine said of the same criterion, by criterion, version of the card and channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from qa.errors import UserError
from scorecards.scale import TOPS

DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Scored:
    """An evaluation by the machine (contract 2), of which conversation, on which channel (empty: not known)."""

    conversation: str
    evaluation: Mapping[str, Any]
    channel: str = ""


class Key(NamedTuple):
    """What is measured by itself; an empty channel is not known, or any."""

    scorecard: str
    channel: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Who labelled: how many labels each rater gave, by name (None: without one).

    ``known`` tells whether each count is one person; where labels come without names, nobody knows how many people gave
    them.
    """

    counts: tuple[tuple[str | None, int], ...]
    known: bool

    def without_names(self) -> Labelled:
        """The same without names."""
        return replace(self, counts=tuple((None, n) for _, n in self.counts))

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``n`` is None where it is not known."""
        n = len(self.counts) if self.known else None
        return {"n": n, "labels": [{"name": name, "n": count} for name, count in self.counts]}


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one conversation: what each rater said, what the machine said and how surely.

    With a scale ``top`` is its highest level, and ``levels`` are those of the raters, None where one gave none. ``names``
    are those of the raters, None where one has none.
    """

    raters: tuple[str, ...]
    machine: str
    confidence: float
    levels: tuple[int | None, ...] = ()
    machine_level: int | None = None
    top: int | None = None
    names: tuple[str | None, ...] = ()

    @property
    def consensus(self) -> str | None:
        """What all raters said, or None where they differ."""
        return self.raters[0] if len(set(self.raters)) == 1 else None

    @property
    def consensus_level(self) -> int | None:
        """The level that all raters gave, or None."""
        return self.levels[0] if len(set(self.levels)) == 1 else None


class _Rater(NamedTuple):
    name: str | None
    said: Mapping[str, Any]


def judged(
    scored: Iterable[Scored], labels: Mapping[str, Mapping[str, Any]], *, joined: bool = False
) -> dict[Key, list[Judged]]:
    """What can be compared, in the order of card, channel and criterion; with ``joined`` whatever the channel.

    Raises:
        UserError: a level is no number of its scale.
    """
    found: dict[tuple[str, str], dict[str, list[Judged]]] = {}
    for one in scored:
        raters = list(_raters(labels.get(one.conversation, {})))
        place = (str(one.evaluation.get("scorecard", "")), "" if joined else one.channel)
        for result in one.evaluation["criteria"]:
            name = result["id"]
            row = _judged(result, [rater for rater in raters if rater.said["criteria"].get(name) is not None])
            if row.raters:
                found.setdefault(place, {}).setdefault(name, []).append(row)
    return {Key(*place, name): rows for place in sorted(found) for name, rows in found[place].items()}


def labelled(rows: Sequence[Judged]) -> Labelled:
    """Who gave the labels."""
    counts = Counter(name for row in rows for name in row.names)
    ordered = sorted(counts.items(), key=lambda one: (one[0] is None, one[0] or ""))
    return Labelled(tuple(ordered), None not in counts)


def _raters(label: Mapping[str, Any]) -> Iterator[_Rater]:
    """What each rater said of one conversation; ``rater`` names one."""
    if isinstance(label.get("criteria"), Mapping):
        yield _Rater(_name(label, None), label)
        return
    for key, value in label.items():
        if isinstance(value, Mapping) and isinstance(value.get("criteria"), Mapping):
            yield _Rater(_name(value, key), value)


def _name(said: Mapping[str, Any], key: str | None) -> str | None:
    """The name given, or the key; an export has the decision of a dispute under a name with the criterion behind it."""
    name = said.get("rater")
    if isinstance(name, str) and name.strip():
        return name
    if key and said.get("kind") == DISPUTE:
        return next((key.removesuffix(f"-{one}") for one in said["criteria"] if key.endswith(f"-{one}")), key)
    return key


def _judged(result: Mapping[str, Any], raters: Sequence[_Rater]) -> Judged:
    criterion = result["id"]
    said = tuple(rater.said["criteria"][criterion] for rater in raters)
    names = tuple(rater.name for rater in raters)
    machine, sure = str(result["outcome"]), float(result["confidence"])
    top = TOPS.get(result.get("scale", ""))
    if top is None:
        return Judged(said, machine, sure, names=names)
    levels = tuple(_level(rater.said, criterion, top) for rater in raters)
    return Judged(said, machine, sure, levels, result.get("level"), top, names)


def _level(rater: Mapping[str, Any], criterion: str, top: int) -> int | None:
    """The level that a rater gave; None where they gave none, or judged without the scale.

    Raises:
        UserError: it is no level of the scale.
    """
    given = rater.get("levels")
    level = given.get(criterion) if isinstance(given, Mapping) else given
    if level is None or (type(level) is int and 0 <= level <= top):
        return level
    raise UserError(
        "Poziom kryterium {criterion} w ocenach ludzi to liczba całkowita od 0 do {top}: popraw plik.",
        criterion=criterion,
        top=top,
    )
