"""``scorecards trust``: the figures by criterion."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import json_option, print_json
from qa.cli.streams import saving
from qa.errors import UsageProblem

if TYPE_CHECKING:
    from qa.services.judging.trust import Figure, Share, Trust, TrustLevels

STATES = {"automatic": "automatyczne", "assisted": "podpowiedź", "manual": "ręczne"}


@click.command(options_metavar="[OPCJE]")
@click.argument("evaluated", metavar="OCENY", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("labels", metavar="LUDZIE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--least", default=50, show_default=True, help="Najmniej rozmów ocenionych przez ludzi.")
@click.option("--agreement", default=0.8, show_default=True, help="Dolny koniec przedziału zgodności.")
@click.option("--kappa", default=0.6, show_default=True, help="Najmniejsza kappa Cohena.")
@click.option("--assisted", default=0.75, show_default=True, help="Najmniejsza zgodność podpowiedzi.")
@click.option(
    "--before", type=click.Path(path_type=Path, dir_okay=False), metavar="PLIK", help="Poprzedni raport."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Zapisz raport (JSON).")
@json_option
def trust(
    evaluated: Path,
    labels: Path,
    least: int,
    agreement: float,
    kappa: float,
    assisted: float,
    before: Path | None,
    output: Path | None,
    as_json: bool,
) -> int:
    """Pokaż, jak automatyczne oceny zgadzają się z ocenami ludzi, kryterium po kryterium.

    OCENY to wynik `odsluch score`, LUDZIE to wiersze JSON {"id", "criteria": {kryterium: pass|fail|na}} albo
    {"id", "A": {"criteria": ...}, "B": {"criteria": ...}}: liczą się rozmowy, w których oceniający są zgodni. Kryteria ze
    skalą mają obok "criteria" także "levels": {kryterium: poziom}.

    Kryterium jest automatyczne, gdy dolny koniec przedziału zgodności i kappa sięgają progów przy wystarczającej
    liczbie rozmów; jest podpowiedzią, gdy zgodność sięga progu podpowiedzi; inaczej ocenia je człowiek. Ze skalą to samo
    muszą spełnić poziomy (zgodność co do poziomu i kappa z wagami kwadratowymi).

    \b
    Przykłady:
      odsluch score rozmowy.jsonl -o oceny.jsonl
      odsluch scorecards trust oceny.jsonl ludzie.jsonl -o zaufanie.json
      odsluch scorecards trust oceny.jsonl ludzie.jsonl --before zaufanie.json
    """
    from qa.services.judging.trust import Bar, drift, trust_report

    scored = {row["id"]: row["evaluation"] for row in _rows(evaluated) if row.get("evaluation")}
    if not scored:
        raise UsageProblem(f"W pliku {evaluated} nie ma ocen: utwórz go poleceniem odsluch score.")
    report = trust_report(
        scored, {row["id"]: row for row in _rows(labels)}, Bar(least, agreement, kappa, assisted)
    )
    earlier = _report(before)["criteria"] if before else []
    content = {
        "scorecards": sorted({str(e["scorecard"]) for e in scored.values()}),
        "bar": {"least": least, "agreement": agreement, "kappa": kappa, "assisted": assisted},
        "criteria": [one.as_dict() for one in report],
        "drift": {name: {"change": c, "apart": a} for name, (c, a) in drift(report, earlier).items()},
    }
    with saving(output) as save:
        save(content)
    if as_json:
        print_json(content)
    else:
        _print(report, content)
    return 0


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"Nie można odczytać pliku {path}: sprawdź ścieżkę i kodowanie UTF-8.") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageProblem(f"{path}, wiersz {number}: to nie jest JSON; popraw go albo usuń.") from error
        if not isinstance(row, dict) or "id" not in row:
            raise UsageProblem(f"{path}, wiersz {number}: brakuje pola `id`.")
        rows.append(row)
    return rows


def _report(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content["criteria"], list):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"Plik {path} nie jest raportem zaufania: podaj plik zapisany opcją -o."
        ) from error
    return dict(content)


def _print(report: Sequence[Trust], content: Mapping[str, Any]) -> None:
    from rich.table import Table

    from qa.cli.tables import console

    table = Table(title=f"Zaufanie: {', '.join(content['scorecards'])}", title_justify="left")
    for title in (
        "Kryterium",
        "n",
        "Rozstrz.",
        "Zgodność",
        "Kappa",
        "AC1",
        "Ludzie",
        "Błąd przy 80 %",
        "Stan",
    ):
        table.add_column(title, justify="left" if title in ("Kryterium", "Stan") else "right")
    for one in report:
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
    console().print(table)
    outcomes = Table(title="Błędy (fail) i nie dotyczy (na): precyzja i czułość", title_justify="left")
    for title in ("Kryterium", "fail: precyzja", "fail: czułość", "na: precyzja", "na: czułość"):
        outcomes.add_column(title, justify="left" if title == "Kryterium" else "right")
    for one in report:
        cells = [_of(share) for name in ("fail", "na") for share in one.by_outcome[name]]
        outcomes.add_row(one.criterion, *cells)
    console().print(outcomes)
    scaled = [(one.criterion, one.levels) for one in report if one.levels]
    if scaled:
        console().print(_levels(scaled))
    for name, change in content["drift"].items():
        if change["apart"]:
            click.echo(
                f"Zmiana od poprzedniego raportu: {name} {change['change']:+.2f} (przedziały rozłączne)."
            )


def _levels(scaled: Sequence[tuple[str, TrustLevels]]) -> Any:
    from rich.table import Table

    table = Table(title="Poziomy (kappa i AC2 z wagami kwadratowymi)", title_justify="left")
    for title in (
        "Kryterium",
        "n",
        "Rozstrz.",
        "Ten sam",
        "Najwyżej o 1",
        "Kappa",
        "AC2",
        "Automat − ludzie",
        "Ludzie",
    ):
        table.add_column(title, justify="left" if title == "Kryterium" else "right")
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
