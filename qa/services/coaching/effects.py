"""Whether an agreed action worked, guarded against regression to the mean.

People are talked to after a bad period, and a bad period is partly bad luck: the next one is better by itself. So
"lepiej" or "gorzej" is said only where three comparisons agree, each with a 95 % interval that excludes 0:

1. plain: the share after the agreement minus the share of the baseline (the four weeks before it), after Newcombe;
2. guarded: the share after minus the *shrunken* baseline, the posterior mean of a beta-binomial model. Its prior is
   what the colleagues' shares of half a year look like (empirical Bayes: mean and spread by the method of moments),
   which the person's own half year before the baseline and then the baseline update. A luckless month hardly moves
   it; whoever was chosen because of that month gains nothing from it. Shares go up and down from month to month more
   than binomial luck does, because contacts differ: the interval is as many times wider as the colleagues' own
   changes between the two periods are (the square root of their quasi-binomial dispersion, at least 1);
3. against the team: the guarded difference minus the colleagues' own change between the same periods (difference in
   differences), so that a new script or a hard November is nobody's success or failure. Left out where there are
   fewer than three colleagues, whose figures it would also give away.

The model takes the person's own share as constant until the agreement. Where it had really fallen before, the
shrunken baseline lies too high: returning to the usual is then not called an improvement, and the plain comparison
keeps staying low from being called a decline. Both errors are on the side of saying nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Any

from sqlalchemy.orm import Session

from qa.services.coaching.progress import (
    SAME,
    Difference,
    Estimate,
    Period,
    Proportion,
    Shares,
    colleagues,
    difference,
    estimate,
    minus,
    period,
    period_before,
    proportion,
    shares,
    shown,
    verdict_of,
)
from qa.services.judging.trust import Share
from qa.storage.people import ActionRow

BASELINE_DAYS = 28
LONG_DAYS = 182
LEAST_COLLEAGUES = 3
CORRELATION = (0.005, 0.5)  # people never differ so little, or so much, that colleagues say all or nothing
NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures at agreement: the four weeks before it, and the half year before those.

    ``team`` is that of ``colleagues`` people in the same four weeks; ``mean`` is the colleagues' usual share and
    ``weight`` how many conversations it is worth for one person, both None where they are too few.
    """

    own: Share
    earlier: Share
    team: Share
    colleagues: int
    mean: float | None
    weight: float | None

    def as_dict(self) -> dict[str, Any]:
        """For storage."""
        counts = {name: [share.part, share.whole] for name, share in self._shares()}
        return {**counts, "colleagues": self.colleagues, "mean": self.mean, "weight": self.weight}

    def _shares(self) -> list[tuple[str, Share]]:
        return [("own", self.own), ("earlier", self.earlier), ("team", self.team)]


@dataclass(frozen=True, slots=True)
class Guarded:
    """The three comparisons and what they say together; None where there is nothing to compare."""

    expected: Estimate | None
    plain: Difference | None
    guarded: Difference | None
    against_team: Difference | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An agreed action and its effect until now.

    ``before`` is the share at agreement as it was, ``expected_before`` what it is taken for after shrinking, ``after``
    that of up to four weeks since. ``verdict`` is None for an action without a criterion. ``is_due`` from the day on
    which it falls due.
    """

    action_id: str
    text: str
    criterion: str | None
    criterion_name: str | None
    agreed_on: str
    due_on: str
    is_due: bool
    before: Proportion | None
    expected_before: Estimate | None
    after: Proportion | None
    after_period: Period | None
    plain: Difference | None
    guarded: Difference | None
    against_team: Difference | None
    verdict: str | None
    why: str


def baseline_of(content: Mapping[str, Any]) -> Baseline:
    """A stored baseline."""
    own, earlier, team = (Share(*content[name]) for name in ("own", "earlier", "team"))
    return Baseline(own, earlier, team, content["colleagues"], content["mean"], content["weight"])


def baseline(
    session: Session,
    agent_id: str,
    team: str | None,
    criterion: str,
    today: date,
    without: frozenset[str] = frozenset(),
) -> Baseline:
    """The figures of a person's criterion as they are today, ``without`` what is hidden from who agrees it."""
    recent = _recent(today)
    earlier = period_before(recent, LONG_DAYS)
    whole = Period(earlier.first, recent.last, earlier.days + recent.days)
    others = colleagues(session, agent_id, team, whole)
    usual = prior([one[criterion] for one in shares(session, others, whole, criterion, without).values()])
    month = {
        who: one[criterion]
        for who, one in shares(session, [agent_id, *others], recent, criterion, without).items()
    }
    before = shares(session, [agent_id], earlier, criterion, without).get(agent_id, {})
    own = month.pop(agent_id, NOTHING)
    mean, weight = usual or (None, None)
    return Baseline(own, before.get(criterion, NOTHING), _together(month), len(month), mean, weight)


def prior(people: Sequence[Share]) -> tuple[float, float] | None:
    """What a colleague's share is before anything of their own is known: its mean, and how much that weighs.

    The weight comes from the intraclass correlation, estimated by the method of moments: nearly equal people make it
    heavy, very different ones light. None of fewer than three people.
    """
    known = [(one.part / one.whole, one.whole) for one in people if one.whole]
    if len(known) < LEAST_COLLEAGUES:
        return None
    n = sum(whole for _, whole in known)
    mean = sum(value * whole for value, whole in known) / n
    smooth = (mean * n + 0.5) / (n + 1)  # never 0 or 1: nobody is perfect for ever
    spread = sum(whole * (value - mean) ** 2 for value, whole in known) / (smooth * (1 - smooth))
    scale = sum((1 - whole / n) * (whole - 1) for _, whole in known)
    correlation = (spread - len(known) + 1) / scale if scale else CORRELATION[1]
    correlation = min(max(correlation, CORRELATION[0]), CORRELATION[1])
    return smooth, 1 / correlation - 1


def shrunken(base: Baseline) -> Estimate | None:
    """The baseline as it would look without luck, with its 95 % credible interval; None where nothing tells."""
    from scipy.special import betaincinv

    if not base.own.whole or (base.mean is None and not base.earlier.whole):
        return None
    mean, weight = (base.mean, base.weight) if base.mean is not None and base.weight else (0.5, 1.0)
    passed = mean * weight + base.earlier.part + base.own.part
    failed = (1 - mean) * weight + base.earlier.whole + base.own.whole - base.earlier.part - base.own.part
    low, high = (float(betaincinv(passed, failed, edge)) for edge in (0.025, 0.975))
    return Estimate(passed / (passed + failed), low, high)


def fluctuation(before: Mapping[str, Share], after: Mapping[str, Share]) -> float:
    """How many times wider than luck alone makes them these people's changes between two periods are, at least 1."""
    changes, weights = [], []
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        value = (one.part + other.part + 0.5) / (one.whole + other.whole + 1)
        changes.append(other.part / other.whole - one.part / one.whole)
        weights.append(1 / (value * (1 - value) * (1 / one.whole + 1 / other.whole)))
    if len(changes) < LEAST_COLLEAGUES:
        return 1.0
    mean = sum(c * w for c, w in zip(changes, weights, strict=True)) / sum(weights)
    spread = sum(w * (c - mean) ** 2 for c, w in zip(changes, weights, strict=True))
    return max(1.0, sqrt(spread / (len(changes) - 1)))


def judge(
    base: Baseline, after: Share, team_after: Share, colleagues_after: int, wider: float = 1.0
) -> Guarded:
    """The three comparisons of the module's description; ``wider`` is that of :func:`fluctuation`."""
    expected, later, plain = shrunken(base), estimate(after), difference(after, base.own)
    if expected is None or later is None or plain is None:
        return Guarded(expected, plain, None, None, SAME)
    guarded = _widened(minus(later, expected), wider)
    team = difference(team_after, base.team)
    if team is None or min(base.colleagues, colleagues_after) < LEAST_COLLEAGUES:
        return Guarded(expected, plain, shown(guarded), None, verdict_of(plain, guarded))
    against = minus(guarded, Estimate(team.value, team.low, team.high))
    return Guarded(expected, plain, shown(guarded), shown(against), verdict_of(plain, guarded, against))


def _widened(one: Estimate, times: float) -> Estimate:
    return Estimate(
        one.value, one.value - times * (one.value - one.low), one.value + times * (one.high - one.value)
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """A person's shares and those of each colleague, read once a period for all of their actions."""

    session: Session
    agent_id: str
    team: str | None
    without: frozenset[str] = frozenset()  # conversations that do not count for who reads
    known: dict[Period, Shares] = field(default_factory=dict)

    def own(self, within: Period, criterion: str) -> Share:
        """The person's share."""
        return self._read(within).get(self.agent_id, {}).get(criterion, NOTHING)

    def others(self, within: Period, criterion: str) -> dict[str, Share]:
        """The shares of the colleagues for whom anything is decided."""
        found = self._read(within).items()
        return {who: one[criterion] for who, one in found if who != self.agent_id and criterion in one}

    def _read(self, within: Period) -> Shares:
        if within not in self.known:
            others = colleagues(self.session, self.agent_id, self.team, within)
            self.known[within] = shares(self.session, [self.agent_id, *others], within, None, self.without)
        return self.known[within]


def effect(counted: Counted, action: ActionRow, today: date, name: str | None) -> Effect:
    """The effect of an action of the counted person until ``today``; ``name`` is that of its criterion."""
    agreed, due = date.fromisoformat(action.baseline["agreed_on"]), date.fromisoformat(action.due_on)
    fixed = (action.id, action.text, action.criterion, name, agreed.isoformat(), action.due_on, today >= due)
    if action.criterion is None:
        why = "To ustalenie nie ma kryterium, więc nie ma liczb: oceńcie je razem."
        return Effect(*fixed, None, None, None, None, None, None, None, None, why)
    base, within = baseline_of(action.baseline), after_period(agreed, due, today)
    after, found = NOTHING, judge(base, NOTHING, NOTHING, 0)
    if within is not None:
        after = counted.own(within, action.criterion)
        then, since = (counted.others(one, action.criterion) for one in (_recent(agreed), within))
        found = judge(base, after, _together(since), len(since), fluctuation(then, since))
    return Effect(
        *fixed,
        proportion(base.own),
        found.expected,
        proportion(after),
        within,
        found.plain,
        found.guarded,
        found.against_team,
        found.verdict,
        _why(found),
    )


def after_period(agreed: date, due: date, today: date) -> Period | None:
    """The days that show the effect: the last four weeks, at most until four weeks after it fell due.

    So the answer is final at some time, and what comes later does not change it. None on the day of agreement.
    """
    last = min(today, due + timedelta(days=BASELINE_DAYS))
    first = max(agreed + timedelta(days=1), last - timedelta(days=BASELINE_DAYS - 1))
    return period(first, last) if first <= last else None


def _recent(day: date) -> Period:
    """The four weeks that end on the day."""
    return period(day - timedelta(days=BASELINE_DAYS - 1), day)


def _together(people: Mapping[str, Share]) -> Share:
    return Share(sum(one.part for one in people.values()), sum(one.whole for one in people.values()))


def _why(found: Guarded) -> str:
    """The reason of the verdict, in one Polish sentence."""
    if found.plain is None:
        return "Za mało rozstrzygniętych ocen tego kryterium przed ustaleniem albo po nim."
    if found.guarded is None:
        return (
            "Brak wcześniejszych wyników tej osoby i zespołu, więc nie da się odróżnić zmiany od przypadku."
        )
    if found.verdict != SAME:
        team = "" if found.against_team is None else " i niż zmiana w reszcie zespołu"
        return f"Zmiana jest większa niż zwykłe wahania wyników tej osoby{team}."
    if found.plain.verdict == SAME:
        return "Różnica mieści się w zwykłych wahaniach."
    if found.guarded.verdict != found.plain.verdict:
        return "Różnica znika po porównaniu z dłuższym okresem: po nietypowym miesiącu wyniki same wracają do zwykłych."
    return "Nie da się tego odróżnić od zmiany w reszcie zespołu."
