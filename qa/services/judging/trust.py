"""How far automatic scoring of each criterion can be trusted: agreement with people, with intervals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qa.errors import UserError

Pair = tuple[str, str]  # what people say, what the machine says
State = Literal["automatic", "assisted", "manual"]
UNDECIDED = "review"
DRAWS = 1000
COVERAGES = (0.5, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a criterion has to reach; set by the QA lead.

    ``least`` is the number of conversations judged by people. A criterion is ``automatic`` where the lower end of the
    95 % interval of agreement reaches ``agreement`` and, where people use more than one outcome, kappa reaches
    ``kappa``; ``assisted`` where agreement itself reaches ``assisted``.
    """

    least: int = 50
    agreement: float = 0.8
    kappa: float = 0.6
    assisted: float = 0.75


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` with its 95 % Wilson interval; the value is None of nothing."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Low and high end."""
        from statsmodels.stats.proportion import proportion_confint

        if not self.whole:
            return None
        low, high = proportion_confint(self.part, self.whole, method="wilson")
        return float(low), float(high)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"value": self.value, "interval": self.interval, "part": self.part, "n": self.whole}


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % bootstrap interval; None where it is not defined."""

    value: float | None
    interval: tuple[float, float] | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"value": self.value, "interval": self.interval}


@dataclass(frozen=True, slots=True)
class Trust:
    """The figures of one criterion. ``n`` counts conversations on which people agree among themselves."""

    criterion: str
    n: int
    base_rate: Share
    decided: Share
    agreement: Share
    kappa: Figure
    ac1: Figure
    by_outcome: Mapping[str, tuple[Share, Share]]
    error_at: Mapping[float, Share]
    people: Figure
    state: State

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "criterion": self.criterion,
            "n": self.n,
            "base_rate": self.base_rate.as_dict(),
            "decided": self.decided.as_dict(),
            "agreement": self.agreement.as_dict(),
            "kappa": self.kappa.as_dict(),
            "ac1": self.ac1.as_dict(),
            "people_kappa": self.people.as_dict(),
            "outcomes": {
                name: {"precision": p.as_dict(), "recall": r.as_dict()}
                for name, (p, r) in self.by_outcome.items()
            },
            "error_at_coverage": {f"{c:g}": share.as_dict() for c, share in self.error_at.items()},
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one conversation: what each rater said, what the machine said and how surely."""

    raters: tuple[str, ...]
    machine: str
    confidence: float

    @property
    def consensus(self) -> str | None:
        """What all raters said, or None where they differ."""
        return self.raters[0] if len(set(self.raters)) == 1 else None


def trust_report(
    evaluations: Mapping[str, Mapping[str, Any]], labels: Mapping[str, Mapping[str, Any]], bar: Bar
) -> list[Trust]:
    """The figures of each criterion, in the order of the scorecard.

    Args:
        evaluations: contract 2's ``evaluation`` by conversation.
        labels: by conversation ``{"criteria": {id: outcome}}``, or such a value for each rater.

    Raises:
        UserError: no conversation has both.
    """
    judged: dict[str, list[Judged]] = {}
    for identifier, evaluation in evaluations.items():
        if identifier not in labels:
            continue
        raters = list(_raters(labels[identifier]))
        for result in evaluation["criteria"]:
            said = tuple(rater[result["id"]] for rater in raters if result["id"] in rater)
            if said:
                one = Judged(said, str(result["outcome"]), float(result["confidence"]))
                judged.setdefault(result["id"], []).append(one)
    if not judged:
        raise UserError(
            "Żadna oceniona rozmowa nie ma ocen ludzi: sprawdź, czy pola `id` w obu plikach są takie same."
        )
    return [_trust(criterion, rows, bar) for criterion, rows in judged.items()]


def _raters(label: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """The outcomes of each rater of one conversation."""
    if "criteria" in label:
        yield label["criteria"]
        return
    for value in label.values():
        if isinstance(value, Mapping) and "criteria" in value:
            yield value["criteria"]


def _trust(criterion: str, rows: Sequence[Judged], bar: Bar) -> Trust:
    agreed = [(row.consensus, row) for row in rows]
    known = [(want, row) for want, row in agreed if want is not None]
    pairs: list[Pair] = [(want, row.machine) for want, row in known]
    decided = [pair for pair in pairs if pair[1] != UNDECIDED]
    counts = Counter(want for want, _ in pairs)
    agreement = Share(sum(a == b for a, b in decided), len(decided))
    kappa = figure(decided, cohen_kappa)
    return Trust(
        criterion,
        len(pairs),
        Share(counts.most_common(1)[0][1] if counts else 0, len(pairs)),
        Share(len(decided), len(pairs)),
        agreement,
        kappa,
        figure(decided, gwet_ac1),
        {name: _of_outcome(pairs, name) for name in ("fail", "na")},
        _errors(
            [(want == row.machine, row.confidence) for want, row in known if row.machine != UNDECIDED],
            len(pairs),
        ),
        figure([(r.raters[0], r.raters[1]) for r in rows if len(r.raters) > 1], cohen_kappa),
        _state(agreement, kappa, len(counts) > 1, bar),
    )


def _state(agreement: Share, kappa: Figure, varied: bool, bar: Bar) -> State:
    if agreement.interval is None or agreement.value is None:
        return "manual"
    certain = agreement.interval[0] >= bar.agreement and (
        not varied or (kappa.value is not None and kappa.value >= bar.kappa)
    )
    if certain and agreement.whole >= bar.least:
        return "automatic"
    return "assisted" if agreement.value >= bar.assisted else "manual"


def _of_outcome(pairs: Sequence[Pair], name: str) -> tuple[Share, Share]:
    """Precision of what the machine calls ``name``, and recall of what people call so (undecided counts as missed)."""
    right = sum(a == b == name for a, b in pairs)
    return Share(right, sum(b == name for _, b in pairs)), Share(right, sum(a == name for a, _ in pairs))


def _errors(decided: Sequence[tuple[bool, float]], n: int) -> dict[float, Share]:
    """Wrong outcomes among the surest, for shares of all conversations that are decided at least."""
    surest = sorted(decided, key=lambda row: -row[1])
    found = {}
    for coverage in COVERAGES:
        chosen = surest[: round(coverage * n)]
        found[coverage] = Share(sum(not right for right, _ in chosen), len(chosen))
    return found


def cohen_kappa(pairs: Sequence[Pair]) -> float | None:
    """Agreement beyond chance; None where both always say the same one thing."""
    n = len(pairs)
    if not n:
        return None
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[name] * second[name] for name in first) / n**2
    return (observed - chance) / (1 - chance) if chance < 1 else None


def gwet_ac1(pairs: Sequence[Pair]) -> float | None:
    """Gwet's AC1, which stays defined where nearly everything has one outcome (Gwet 2008)."""
    n = len(pairs)
    if not n:
        return None
    names = {name for pair in pairs for name in pair}
    if len(names) == 1:
        return 1.0
    observed = sum(a == b for a, b in pairs) / n
    shares = [sum((a == name) + (b == name) for a, b in pairs) / (2 * n) for name in names]
    chance = sum(share * (1 - share) for share in shares) / (len(names) - 1)
    return (observed - chance) / (1 - chance)


def figure(pairs: Sequence[Pair], measure: Callable[[Sequence[Pair]], float | None]) -> Figure:
    """The measure with its interval over conversations drawn again; the same draws every time."""
    value = measure(pairs)
    if value is None:
        return Figure(None, None)
    rng = random.Random(11)
    drawn = [measure(rng.choices(pairs, k=len(pairs))) for _ in range(DRAWS)]
    known = sorted(one for one in drawn if one is not None)
    if len(known) < DRAWS // 2:
        return Figure(value, None)
    return Figure(value, (known[int(0.025 * len(known))], known[int(0.975 * len(known))]))


def drift(now: Sequence[Trust], before: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, bool]]:
    """Change of agreement since an earlier report by criterion, and whether the intervals lie apart."""
    earlier = {row["criterion"]: row["agreement"] for row in before}
    found = {}
    for one in now:
        old = earlier.get(one.criterion)
        if (
            old is None
            or old["value"] is None
            or one.agreement.value is None
            or one.agreement.interval is None
        ):
            continue
        low, high = one.agreement.interval
        apart = low > old["interval"][1] or high < old["interval"][0]
        found[one.criterion] = (one.agreement.value - old["value"], apart)
    return found
