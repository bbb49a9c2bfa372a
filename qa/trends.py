"""Why customers contact us: counts with denominators and intervals, and which reasons really rise.

A rise is called one only when Fisher's exact test over all reasons, corrected after Benjamini and
Hochberg, says so, and when it is large and frequent enough for somebody to act on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

RECENT_WEEKS = 3
FALSE_DISCOVERY_RATE = 0.05
LEAST_RECENT = 5
LEAST_RATIO = 1.5
DAYS_A_MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Contact:
    """One analysed conversation, redacted. ``quotes`` maps a reason to the words that show it."""

    id: str
    channel: str
    started_at: datetime | None
    reasons: tuple[str, ...]
    primary: str | None
    sentiment: str | None
    team: str | None = None
    agent: str | None = None
    score: float | None = None
    quotes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``total`` with a 95 % Wilson interval; shares from 0 to 1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; 0 where there is nothing to divide by."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Trend:
    """One reason: its share over all, before and lately, by week, and whether the change is real.

    ``q`` is the corrected p-value of the rise; None where the weeks do not allow a comparison.
    ``a_month`` estimates contacts a month at the present rate.
    """

    code: str
    overall: Share
    before: Share | None
    recent: Share | None
    q: float | None
    rising: bool
    a_month: float
    weekly: tuple[tuple[date, Share], ...]
    sentiments: Mapping[str, int]
    examples: tuple[str, ...]


def share(count: int, total: int) -> Share:
    """A share with its Wilson interval."""
    if not total:
        return Share(0, 0, 0.0, 1.0)
    low, high = proportion_confint(count, total, method="wilson")
    return Share(count, total, float(low), float(high))


def week_of(moment: datetime) -> date:
    """The Monday of the moment's week."""
    return moment.date() - timedelta(days=moment.weekday())


def trends(contacts: Sequence[Contact], examples: int = 5) -> list[Trend]:
    """A trend for each reason that occurs, most frequent first.

    Conversations without a reason count in every denominator. Without dates, or with fewer weeks than
    two comparison periods need, nothing is called a rise.
    """
    if not contacts:
        return []
    table = pd.DataFrame(
        [
            {
                "id": c.id,
                "week": week_of(c.started_at) if c.started_at else None,
                "code": code,
                "felt": c.sentiment,
            }
            for c in contacts
            for code in c.reasons
        ],
        columns=["id", "week", "code", "felt"],
    )
    weeks = pd.Series([week_of(c.started_at) for c in contacts if c.started_at]).value_counts().sort_index()
    recent = set(weeks.index[-RECENT_WEEKS:]) if len(weeks) >= 2 * RECENT_WEEKS else set()
    found = [
        _trend(code, rows, len(contacts), weeks, recent, examples) for code, rows in table.groupby("code")
    ]
    return sorted(_with_q(found), key=lambda t: (-t.overall.count, t.code))


def _trend(
    code: object, rows: pd.DataFrame, total: int, weeks: pd.Series, recent: set[date], examples: int
) -> Trend:
    by_week = rows.groupby("week")["id"].nunique()
    weekly = tuple(
        (week, share(int(by_week.get(week, 0)), int(all_)))
        for week, all_ in weeks.items()
        if isinstance(week, date)
    )
    lately = [s for week, s in weekly if week in recent]
    earlier = [s for week, s in weekly if week not in recent]
    period = lately or [s for _, s in weekly]
    days = 7 * len(period)
    newest = rows.sort_values("week", ascending=False, na_position="last")["id"].head(examples)
    return Trend(
        str(code),
        share(rows["id"].nunique(), total),
        _sum(earlier) if recent else None,
        _sum(lately) if recent else None,
        None,
        False,
        sum(s.count for s in period) * DAYS_A_MONTH / days if days else 0.0,
        weekly,
        {str(k): int(v) for k, v in rows["felt"].value_counts().items()},
        tuple(str(i) for i in newest),
    )


def _sum(shares: Sequence[Share]) -> Share:
    return share(sum(s.count for s in shares), sum(s.total for s in shares))


def _with_q(found: Sequence[Trend]) -> list[Trend]:
    """Fill in the corrected p-values over all reasons that can be compared."""
    testable = [t for t in found if t.recent and t.before and t.recent.total and t.before.total]
    if not testable:
        return list(found)
    values = [rise_p(t.before, t.recent) for t in testable if t.before and t.recent]
    corrected = multipletests(values, alpha=FALSE_DISCOVERY_RATE, method="fdr_bh")[1]
    q = {t.code: float(value) for t, value in zip(testable, corrected, strict=True)}
    return [_judged(t, q.get(t.code)) for t in found]


def rise_p(before: Share, recent: Share) -> float:
    """One-sided p-value that the recent share is larger (Fisher's exact test)."""
    table = [[recent.count, recent.total - recent.count], [before.count, before.total - before.count]]
    return float(fisher_exact(table, alternative="greater")[1])


def _judged(trend: Trend, q: float | None) -> Trend:
    rising = (
        q is not None
        and q < FALSE_DISCOVERY_RATE
        and trend.recent is not None
        and trend.before is not None
        and trend.recent.count >= LEAST_RECENT
        and trend.recent.value >= LEAST_RATIO * max(trend.before.value, 1e-9)
    )
    return replace(trend, q=q, rising=rising)
