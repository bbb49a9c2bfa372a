"""How far automatic scoring of each criterion can be trusted: agreement with people, with intervals."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal, TypeVar, get_args

from qa.services.judging.trust_labels import Judged, Key, Labelled, Scored, judged, labelled
from qa.services.judging.weighted import gwet_ac2, quadratic_kappa
from scorecards.card import DECIDED_OUTCOMES

Pair = tuple[str, str]  # what people say, what the machine says
State = Literal["automatic", "assisted", "manual"]
STATES: tuple[State, ...] = get_args(State)
P = TypeVar("P")
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
class TrustLevels:
    """The machine's levels beside people's, in conversations to which all who judged gave one and the same level.

    ``n`` counts these, ``decided`` those of them to which the machine gave a level; the rest is about these. ``near`` is
    at most one level apart, ``kappa`` and ``ac2`` have quadratic weights, ``bias`` is the mean of the machine's less
    people's. ``people`` is the kappa of the first two raters.
    """

    top: int
    n: int
    decided: Share
    exact: Share
    near: Share
    kappa: Figure
    ac2: Figure
    bias: float | None
    people: Figure

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "top": self.top,
            "n": self.n,
            "decided": self.decided.as_dict(),
            "exact": self.exact.as_dict(),
            "near": self.near.as_dict(),
            "kappa": self.kappa.as_dict(),
            "ac2": self.ac2.as_dict(),
            "bias": self.bias,
            "people_kappa": self.people.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Trust:
    """The figures of one criterion. ``n`` counts conversations on which people agree among themselves.

    ``levels`` are there where the criterion has a scale; the state is then the lower of what outcomes and levels reach,
    because points follow the level. ``channel`` is empty where it is not known, or all are taken together. ``base_rate`` is
    the share of the commonest outcome, ``base_rates`` that of each.
    """

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
    scorecard: str
    channel: str
    raters: Labelled
    base_rates: Mapping[str, Share]
    levels: TrustLevels | None = None

    def without_names(self) -> Trust:
        """The same without the raters' names."""
        return replace(self, raters=self.raters.without_names())

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        levels = {"levels": self.levels.as_dict()} if self.levels else {}
        return {
            "criterion": self.criterion,
            "scorecard": self.scorecard,
            "channel": self.channel or None,
            "raters": self.raters.as_dict(),
            "n": self.n,
            "base_rate": self.base_rate.as_dict(),
            "base_rates": {name: share.as_dict() for name, share in self.base_rates.items()},
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
            **levels,
            "state": self.state,
        }


def trust_report(
    scored: Iterable[Scored], labels: Mapping[str, Mapping[str, Any]], bar: Bar, *, joined: bool = False
) -> list[Trust]:
    """The figures of each criterion by version of the card and channel, in the order of the scorecard.

    Args:
        labels: by conversation ``{"criteria": {id: outcome}}``, or such a value for each rater; criteria with a scale
            stand in ``"levels": {id: level}`` too, ``"rater"`` names who says so. An outcome of None is none.
        joined: all channels of a card together.

    Returns:
        Nothing where no conversation has both.

    Raises:
        UserError: a level is no number of its scale.
    """
    return [_trust(key, rows, bar) for key, rows in judged(scored, labels, joined=joined).items()]


def _trust(key: Key, rows: Sequence[Judged], bar: Bar) -> Trust:
    agreed = [(row.consensus, row) for row in rows]
    known = [(want, row) for want, row in agreed if want is not None]
    pairs: list[Pair] = [(want, row.machine) for want, row in known]
    decided = [pair for pair in pairs if pair[1] != UNDECIDED]
    counts = Counter(want for want, _ in pairs)
    agreement = Share(sum(a == b for a, b in decided), len(decided))
    kappa = figure(decided, cohen_kappa)
    levels = _levels(rows)
    return Trust(
        key.criterion,
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
        _lower(_state(agreement, kappa, len(counts) > 1, bar), levels, rows, bar),
        key.scorecard,
        key.channel,
        labelled(rows),
        {name: Share(counts[name], len(pairs)) for name in DECIDED_OUTCOMES},
        levels,
    )


def _levels(rows: Sequence[Judged]) -> TrustLevels | None:
    """The figures of levels; None where the criterion has no scale."""
    top = next((row.top for row in rows if row.top is not None), None)
    if top is None:
        return None
    known = [(row.consensus_level, row.machine_level) for row in rows if row.consensus_level is not None]
    pairs = [(want, got) for want, got in known if want is not None and got is not None]
    people = [
        (row.levels[0], row.levels[1]) for row in rows if len(row.levels) > 1 and None not in row.levels[:2]
    ]
    return TrustLevels(
        top,
        len(known),
        Share(len(pairs), len(known)),
        Share(sum(a == b for a, b in pairs), len(pairs)),
        Share(sum(abs(a - b) <= 1 for a, b in pairs), len(pairs)),
        figure(pairs, quadratic_kappa),
        figure(pairs, partial(gwet_ac2, top=top)),
        sum(b - a for a, b in pairs) / len(pairs) if pairs else None,
        figure([(a, b) for a, b in people if a is not None and b is not None], quadratic_kappa),
    )


def _lower(state: State, levels: TrustLevels | None, rows: Sequence[Judged], bar: Bar) -> State:
    """The lower of the state by outcomes and that by exact levels and their kappa."""
    if levels is None:
        return state
    varied = len({row.consensus_level for row in rows} - {None}) > 1
    return max(state, _state(levels.exact, levels.kappa, varied, bar), key=STATES.index)


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


def figure(pairs: Sequence[P], measure: Callable[[Sequence[P]], float | None]) -> Figure:
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


@dataclass(frozen=True, slots=True)
class Drift:
    """Change of agreement since an earlier report; ``apart`` where the intervals lie apart."""

    criterion: str
    scorecard: str
    channel: str
    change: float
    apart: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "channel": self.channel or None}


def drift(now: Sequence[Trust], before: Sequence[Mapping[str, Any]]) -> list[Drift]:
    """Change since an earlier report, of the same criterion of the same version of a card on the same channel.

    Reports of before these were told apart are compared by criterion, where there is one row of it.
    """
    earlier = {_place(row): row["agreement"] for row in before}
    rows = Counter(one.criterion for one in now)
    found = []
    for one in now:
        old = earlier.get((one.criterion, one.scorecard, one.channel))
        if old is None and rows[one.criterion] == 1:
            old = earlier.get((one.criterion, None, None))
        value, ends = one.agreement.value, one.agreement.interval
        if old is None or old["value"] is None or value is None or ends is None:
            continue
        apart = ends[0] > old["interval"][1] or ends[1] < old["interval"][0]
        found.append(Drift(one.criterion, one.scorecard, one.channel, value - old["value"], apart))
    return found


def _place(row: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    if "scorecard" not in row:
        return row["criterion"], None, None
    return row["criterion"], row["scorecard"], row.get("channel") or ""
