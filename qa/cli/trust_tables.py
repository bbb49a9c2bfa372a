"""Tables of ``scorecards trust``: for each version of a card and channel its criteria."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from scorecards.wording import channel_names

if TYPE_CHECKING:
    from qa.services.judging.trust import Drift, Figure, Share, Trust, TrustLevels

STATES = {"automatic": "automatyczne", "assisted": "podpowiedź", "manual": "ręczne"}
LEFT = ("Kryterium", "Stan")


def show(report: Sequence[Trust], changes: Sequence[Drift]) -> None:
    """Print the report, one section for each version of a card and channel."""
    from qa.cli.tables import console

    for (scorecard, channel), group in groupby(report, key=lambda one: (one.scorecard, one.channel)):
        rows = list(group)
        out = console()
        out.print(_agreement(f"Zaufanie: {_place(scorecard, channel)}", rows))
        click.echo(_raters(rows))
        out.print(_outcomes(rows))
        scaled = [(one.criterion, one.levels) for one in rows if one.levels]
        if scaled:
            out.print(_levels(scaled))
    for one in changes:
        if one.apart:
            place = _place(one.scorecard, one.channel)
            click.echo(
                f"Zmiana od poprzedniego raportu: {one.criterion} ({place}) {one.change:+.2f} (przedziały rozłączne)."
            )


def _place(scorecard: str, channel: str) -> str:
    return ", ".join([scorecard or "karta bez nazwy", *(channel_names((channel,)) if channel else ())])


def _table(title: str, columns: Sequence[str]) -> Any:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in LEFT else "right", overflow="fold")
    return table


def _agreement(title: str, rows: Sequence[Trust]) -> Any:
    columns = ("Kryterium", "n", "Rozstrz.", "Zgodność", "Kappa", "AC1", "Ludzie", "Błąd przy 80 %", "Stan")
    table = _table(title, columns)
    for one in rows:
        table.add_row(
            one.criterion,
            str(one.n),
            _share(one.decided, interval=False),
            _share(one.agreement),
            _figure(one.kappa),
            _figure(one.ac1),
            _figure(one.people, interval=False),
            _share(one.error_at[0.8], interval=False),
            STATES[one.state],
        )
    return table


def _raters(rows: Sequence[Trust]) -> str:
    """Who labelled, and from how many to how many labels they gave of a criterion."""
    if not all(one.raters.known for one in rows):
        return f"Oceniający nie są nazwani; ocen na kryterium: {_range([_sum(one) for one in rows])}."
    if any(name is None for one in rows for name, _ in one.raters.counts):
        people = _range([len(one.raters.counts) for one in rows])
        return f"Oceniających: {people}; ocen na kryterium razem: {_range([_sum(one) for one in rows])}."
    given: dict[str, list[int]] = {name or "": [] for one in rows for name, _ in one.raters.counts}
    for one in rows:
        for name, n in one.raters.counts:
            given[name or ""].append(n)
    listed = ", ".join(f"{name} {_range(counts)}" for name, counts in sorted(given.items()))
    return f"Oceniających: {len(given)}; ocen na kryterium: {listed}."


def _sum(one: Trust) -> int:
    return sum(n for _, n in one.raters.counts)


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


def _outcomes(rows: Sequence[Trust]) -> Any:
    title = "Ile razy tak ocenili ludzie; błędy (fail) i nie dotyczy (na): precyzja i czułość"
    columns = ("pass, fail, na", "fail: precyzja", "fail: czułość", "na: precyzja", "na: czułość")
    table = _table(title, ("Kryterium", *columns))
    for one in rows:
        rates = ", ".join(str(share.part) for share in one.base_rates.values())
        cells = [_of(share) for name in ("fail", "na") for share in one.by_outcome[name]]
        table.add_row(one.criterion, rates, *cells)
    return table


def _levels(scaled: Sequence[tuple[str, TrustLevels]]) -> Any:
    columns = ("n", "Rozstrz.", "Ten sam", "Najwyżej o 1", "Kappa", "AC2", "Automat − ludzie", "Ludzie")
    table = _table("Poziomy (kappa i AC2 z wagami kwadratowymi)", ("Kryterium", *columns))
    for criterion, levels in scaled:
        table.add_row(
            criterion,
            str(levels.n),
            _share(levels.decided, interval=False),
            _share(levels.exact),
            _share(levels.near, interval=False),
            _figure(levels.kappa),
            _figure(levels.ac2),
            "-" if levels.bias is None else f"{levels.bias:+.2f}".replace(".", ","),
            _figure(levels.people, interval=False),
        )
    return table


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _share(share: Share, *, interval: bool = True) -> str:
    if share.value is None:
        return "-"
    ends = share.interval
    shown = f" [{_number(ends[0])}; {_number(ends[1])}]" if interval and ends else ""
    return _number(share.value) + shown


def _of(share: Share) -> str:
    return f"{_number(share.value)} ({share.part} z {share.whole})" if share.value is not None else "-"


def _figure(figure: Figure, *, interval: bool = True) -> str:
    if figure.value is None:
        return "-"
    shown = (
        f" [{_number(figure.interval[0])}; {_number(figure.interval[1])}]"
        if interval and figure.interval
        else ""
    )
    return _number(figure.value) + shown
