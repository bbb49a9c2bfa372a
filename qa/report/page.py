"""Fill the report's template from plain values; no database here."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from statistics import mean, stdev
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from scipy.stats import t as student

from qa.backlog.proposals import Proposal, percent
from qa.report.charts import SENTIMENT_COLOURS, SENTIMENT_NAMES, sentiment_bar, share_bar, weekly_line
from qa.trends import Contact, Trend

SPEAKERS = {
    "agent": "konsultant",
    "customer": "klient",
    "bot": "bot",
    "system": "system",
    "unknown": "nieznany",
}
SHOWN_REASONS = 15
SHOWN_LINES = 6


@dataclass(frozen=True, slots=True)
class ReportInput:
    """Everything a report says. ``conversations`` are contract-1 dictionaries of redacted conversations."""

    contacts: Sequence[Contact]
    trends: Sequence[Trend]
    proposals: Sequence[Proposal]
    conversations: Sequence[Mapping[str, Any]]
    parked: int
    version: str
    tagger: str


def render(content: ReportInput, name: Callable[[str], str]) -> str:
    """The report as one HTML text; ``name`` gives the Polish name of a reason."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    source = resources.files("qa.report").joinpath("template.html").read_text(encoding="utf-8")
    shown = content.trends[:SHOWN_REASONS]
    rising = [trend for trend in content.trends if trend.rising]
    lines = [*rising, *(t for t in content.trends if not t.rising)][:SHOWN_LINES]
    return environment.from_string(source).render(
        period=_period(content.contacts),
        total=len(content.contacts),
        with_reason=sum(c.primary is not None for c in content.contacts),
        to_review=sum(c.primary is None for c in content.contacts),
        negative=sum(c.sentiment == "negative" for c in content.contacts),
        parked=content.parked,
        trends=[*shown, *(t for t in rising if t not in shown)],
        largest=max((t.overall.high for t in shown), default=1.0),
        lines=[t for t in lines if len(t.weekly) > 1],
        proposals=content.proposals,
        scores=team_scores(content.contacts),
        conversations=content.conversations,
        version=content.version,
        tagger=content.tagger,
        name=name,
        percent=percent,
        anchor=anchor,
        speaker=lambda code: SPEAKERS.get(code, code),
        colours=SENTIMENT_COLOURS,
        sentiment_names=SENTIMENT_NAMES,
        share_bar=lambda *a: Markup(share_bar(*a)),
        sentiment_bar=lambda *a: Markup(sentiment_bar(*a)),
        weekly_line=lambda *a: Markup(weekly_line(*a)),
    )


def anchor(conversation: str) -> str:
    """An identifier that is safe in a link whatever the conversation's id holds."""
    return "c-" + hashlib.blake2b(conversation.encode(), digest_size=6).hexdigest()


def team_scores(contacts: Sequence[Contact]) -> list[dict[str, str]]:
    """Mean automatic score of each team with n and a 95 % t interval, by name: this is no ranking."""
    by_team: dict[str, list[float]] = defaultdict(list)
    for contact in contacts:
        if contact.score is not None:
            by_team[contact.team or "bez zespołu"].append(contact.score)
    rows = []
    for team, values in sorted(by_team.items()):
        half = _half_width(values)
        low, high = max(0.0, mean(values) - half), min(100.0, mean(values) + half)
        interval = f"{low:.0f} - {high:.0f}" if len(values) > 1 else "brak (n = 1)"
        rows.append(
            {"team": team, "n": str(len(values)), "mean": f"{mean(values):.0f}", "interval": interval}
        )
    return rows


def _half_width(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    return float(student.ppf(0.975, len(values) - 1)) * stdev(values) / math.sqrt(len(values))


def _period(contacts: Sequence[Contact]) -> str:
    days = sorted(contact.started_at.date() for contact in contacts if contact.started_at)
    if not days:
        return "bez dat"
    return f"{days[0]:%d.%m.%Y} - {days[-1]:%d.%m.%Y}"
