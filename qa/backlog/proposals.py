"""From trends and themes to backlog items, each with a fingerprint so that none is filed twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.themes import Theme
from qa.trends import DAYS_A_MONTH, RECENT_WEEKS, Contact, Share, Trend

TOP_REASONS = 5
NO_IMPROVEMENT = ("feedback.praise", "other.no_reason", "other.other")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A backlog item.

    ``kind`` is ``reason`` or ``theme``. The fingerprint is made of what the item is about, never of
    figures, so a later run updates the same item. ``priority`` orders the list: contacts a month,
    doubled while rising. ``evidence`` holds conversation ids with redacted quotes.
    """

    fingerprint: str
    kind: str
    code: str
    title: str
    body: str
    contacts_a_month: float
    priority: float
    evidence: tuple[Mapping[str, str], ...]
    details: Mapping[str, Any] = field(default_factory=dict)


def fingerprint(kind: str, subject: str) -> str:
    """Sixteen hex digits that stay the same for the same subject."""
    return hashlib.blake2b(f"{kind}:{subject}".encode(), digest_size=8).hexdigest()


def percent(value: float) -> str:
    """A share as Polish text, such as ``12,4 %``."""
    return f"{value * 100:.1f}".replace(".", ",") + " %"


def share_text(share: Share) -> str:
    """``12,4 % (18 z 145; 95 % PU 8,0-18,7 %)``."""
    interval = f"{share.low * 100:.1f}-{share.high * 100:.1f} %".replace(".", ",")
    return f"{percent(share.value)} ({share.count} z {share.total}; 95 % PU {interval})"


def propose(
    trends: Sequence[Trend], themes: Sequence[Theme], contacts: Sequence[Contact], name: Callable[[str], str]
) -> list[Proposal]:
    """Proposals for rising reasons, the most frequent reasons that something can be done about, and new themes."""
    by_id = {contact.id: contact for contact in contacts}
    actionable = [trend for trend in trends if trend.code not in NO_IMPROVEMENT]
    chosen = [t for i, t in enumerate(actionable) if i < TOP_REASONS or t.rising]
    found = [_from_trend(trend, by_id, name) for trend in chosen]
    found += [_from_theme(theme, by_id) for theme in themes]
    return sorted(found, key=lambda p: (-p.priority, p.fingerprint))


def _from_trend(trend: Trend, by_id: Mapping[str, Contact], name: Callable[[str], str]) -> Proposal:
    label = name(trend.code)
    lines = [f"Powód kontaktu „{label}” ({trend.code}): {share_text(trend.overall)}."]
    title = f"{label}: {percent(trend.overall.value)} kontaktów"
    if trend.rising and trend.before and trend.recent:
        title = f"{label}: wzrost z {percent(trend.before.value)} do {percent(trend.recent.value)} kontaktów"
        lines.append(
            f"Ostatnie {RECENT_WEEKS} tygodnie: {share_text(trend.recent)}; wcześniej: {share_text(trend.before)}; "
            f"skorygowana wartość p {p_text(trend.q)}."
        )
    negative = trend.sentiments.get("negative", 0)
    lines.append(
        f"Kontakty z negatywnym nastawieniem klienta: {share_text_of(negative, trend.overall.count)}."
    )
    lines.append(f"Szacunek: około {trend.a_month:.0f} kontaktów miesięcznie przy obecnym tempie.")
    return Proposal(
        fingerprint("reason", trend.code),
        "reason",
        trend.code,
        title,
        "\n".join(lines),
        round(trend.a_month, 1),
        round(trend.a_month * (2 if trend.rising else 1), 1),
        _evidence(trend.examples, by_id, trend.code),
        {"rising": trend.rising, "q": trend.q, "count": trend.overall.count, "total": trend.overall.total},
    )


def p_text(value: float | None) -> str:
    """``0,0312``, or ``< 0,0001`` where more digits would mean nothing."""
    if value is None:
        return "nieznana"
    return "< 0,0001" if value < 0.0001 else f"{value:.4f}".replace(".", ",")


def share_text_of(count: int, total: int) -> str:
    """``7 z 12``, without an interval."""
    return f"{count} z {total}"


def _from_theme(theme: Theme, by_id: Mapping[str, Contact]) -> Proposal:
    a_month = theme.recent * DAYS_A_MONTH / (7 * RECENT_WEEKS)
    words = ", ".join(theme.terms)
    body = (
        f"Nowy temat w słowach klientów: {words}.\n"
        f"Ostatnie {RECENT_WEEKS} tygodnie: {theme.recent} z {theme.recent_total} rozmów; "
        f"wcześniej: {theme.before} z {theme.before_total}; skorygowana wartość p {p_text(theme.q)}.\n"
        f"Szacunek: około {a_month:.0f} kontaktów miesięcznie przy obecnym tempie."
    )
    return Proposal(
        fingerprint("theme", theme.terms[0]),
        "theme",
        theme.terms[0],
        f"Nowy temat: {' / '.join(theme.terms[:3])}",
        body,
        round(a_month, 1),
        round(a_month * 2, 1),
        _evidence(theme.conversations[:5], by_id, None),
        {"terms": list(theme.terms), "count": theme.recent, "total": theme.recent_total, "q": theme.q},
    )


def _evidence(
    ids: Sequence[str], by_id: Mapping[str, Contact], code: str | None
) -> tuple[dict[str, str], ...]:
    found = []
    for one in ids:
        contact = by_id.get(one)
        if contact is not None:
            quote = contact.quotes.get(code or contact.primary or "", "")
            found.append({"conversation": one, "channel": contact.channel, "quote": quote})
    return tuple(found)
