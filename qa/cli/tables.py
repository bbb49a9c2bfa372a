"""Tables for the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.services.pipeline.run import RunReport
from qa.services.pipeline.summary import Summary
from qa.storage.analysis import Proposal
from qa.storage.parking import SHOWN_DIGITS
from qa.storage.tables import ParkedRow

CHANNELS = {
    "phone": "telefon",
    "chat": "czat",
    "email": "e-mail",
    "social": "media społecznościowe",
    "marketplace": "platformy sprzedaży",
    "review": "opinie",
    "form": "formularze",
    "sms": "SMS",
}
WIDTH_WITHOUT_TERMINAL = 120
SHOWN_PROPOSALS = 5


def console() -> Console:
    """Standard output; as wide as the terminal, or of a fixed width in a file or pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False)


def percent(share: float) -> str:
    """A share as Polish text, such as ``12,4 %``."""
    return f"{share * 100:.1f}".replace(".", ",") + " %"


def print_summary(report: RunReport, summary: Summary, typed: Callable[[str], str]) -> None:
    """What the run did, what the database now holds, and where to look further.

    Args:
        typed: makes of a command and its options the line that a user would type.
    """
    out = console()
    out.print(f"Pliki: {report.found}, nowe: {report.new_sources}, znane: {report.known_sources}.")
    out.print(_channels(summary))
    if summary.reasons:
        out.print(_reasons(summary))
    for proposal in summary.proposals[:SHOWN_PROPOSALS]:
        out.print(Text(f"• {proposal.title}"))
    out.print(
        f"Propozycje usprawnień: {len(summary.proposals)}. "
        f"Odłożone w tym przebiegu: {report.parked}, razem: {summary.parked}."
    )
    out.print("\nDalej:")
    for command in (
        "report -o raport.html",
        "backlog list",
        "serve",
        *(["parked"] if summary.parked else []),
    ):
        out.print(Text(f"  {typed(command)}"), soft_wrap=True)


def _channels(summary: Summary) -> Table:
    table = Table(title="Rozmowy", title_justify="left")
    for name in ("Kanał", "Rozmowy", "Otagowane", "Ocenione"):
        table.add_column(name, justify="left" if name == "Kanał" else "right")
    for channel, figures in summary.channels.items():
        table.add_row(CHANNELS.get(channel, channel), *map(str, figures))
    totals = [sum(column) for column in zip(*summary.channels.values(), strict=True)] or [0, 0, 0]
    table.add_section()
    table.add_row("razem", *map(str, totals))
    return table


def _reasons(summary: Summary) -> Table:
    from nlp.taxonomy import load_contact_reasons

    name = load_contact_reasons().name
    table = Table(title="Najczęstsze powody kontaktu", title_justify="left")
    for column in ("Powód", "Kod", "Rozmowy", "Udział", "95 % przedział"):
        table.add_column(column, justify="left" if column in ("Powód", "Kod") else "right")
    for trend in summary.reasons:
        interval = f"{percent(trend.low)} – {percent(trend.high)}"
        count = f"{trend.count} z {trend.denominator}"
        table.add_row(Text(name(trend.code)), trend.code, count, percent(trend.share), interval)
    return table


def summary_as_dict(report: RunReport, summary: Summary) -> dict[str, Any]:
    """The summary for scripts."""
    return {
        "sources": {"found": report.found, "new": report.new_sources, "known": report.known_sources},
        "nothing_new": report.nothing_new,
        "stages": {
            n: {"done": o.done, "known": o.known, "parked": o.parked} for n, o in report.stages.items()
        },
        "parked": {"now": report.parked, "all": summary.parked},
        "channels": {
            channel: dict(zip(("conversations", "tagged", "scored"), figures, strict=True))
            for channel, figures in summary.channels.items()
        },
        "reasons": [
            {
                "code": t.code,
                "count": t.count,
                "of": t.denominator,
                "share": t.share,
                "low": t.low,
                "high": t.high,
            }
            for t in summary.reasons
        ],
        "proposals": len(summary.proposals),
    }


def print_parked(rows: Sequence[ParkedRow]) -> None:
    """One row for each parked item."""
    if not rows:
        console().print("Nic nie jest odłożone.")
        return
    table = Table(title=f"Odłożone: {len(rows)}", title_justify="left")
    for name in ("ID", "Gdzie", "Przyczyna", "Co zrobić", "Próby"):
        table.add_column(name, overflow="fold", min_width=10 if name == "ID" else None)
    for row in rows:
        place = row.source + (f", wiersz {row.line}" if row.line else "")
        table.add_row(
            row.key[:SHOWN_DIGITS], Text(place), Text(row.message), Text(row.remedy), str(row.attempts)
        )
    out = console()
    out.print(table)
    out.print("Kolejna próba: odsluch retry [ID...]")


def print_proposals(proposals: Sequence[Proposal]) -> None:
    """The backlog, most important first."""
    if not proposals:
        console().print("Brak propozycji: za mało rozmów lub nic nie odbiega od zwykłego poziomu.")
        return
    table = Table(title=f"Propozycje usprawnień: {len(proposals)}", title_justify="left")
    for name in ("Odcisk", "Propozycja", "Kontakty/mies.", "Stan"):
        table.add_column(name, overflow="fold", min_width=16 if name == "Odcisk" else None)
    states = {"new": "nowa"}
    for item in proposals:
        monthly = "" if item.contacts_a_month is None else f"{item.contacts_a_month:.0f}"
        table.add_row(item.fingerprint, Text(item.title), monthly, states.get(item.status, item.status))
    console().print(table)
