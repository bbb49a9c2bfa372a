"""``scorecards fairness``: does a score depend on who speaks?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import json_option, library_chatter_aside, print_json, settings_options
from qa.cli.streams import reading, saving
from qa.errors import UserError
from qa.settings import Configuration, Settings

if TYPE_CHECKING:
    from qa.services.boards.figures import Average
    from qa.services.judging.fairness import Counts, Fairness, Swapped
    from qa.services.judging.trust import Share
    from scorecards import Scorecard
    from transcripts.conversation import Conversation

KINDS = {
    "unchanged": "bez zmian (sama arytmetyka)",
    "agent_name": "imię konsultanta: obce",
    "customer_name": "imię klienta: obce",
    "agent_gender": "konsultantka → konsultant",
    "customer_gender": "klientka → klient",
    "no_diacritics": "bez polskich znaków",
    "slips": "literówki",
    "foreign_spelling": "pisownia cudzoziemca",
    "regional": "pisownia regionalna",
    "longer": "dłużej o to, co nic nie znaczy",
    "shorter": "bez długich grzeczności",
}


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="[PLIK]", default="-")
@click.option("--scorecard", metavar="KARTA", help="Karta dla wszystkich rozmów; domyślnie karta kanału.")
@click.option(
    "--most",
    type=click.FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="Największy dopuszczalny udział zmian.",
)
@click.option("--raw", is_flag=True, help="Oceniaj tekst tak, jak jest, bez usuwania danych osobowych.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Zapisz raport (JSON).")
@json_option
@settings_options("tagger_model", "threads")
def fairness(
    configuration: Configuration,
    source: str,
    scorecard: str | None,
    most: float,
    raw: bool,
    output: Path | None,
    as_json: bool,
) -> int:
    """Sprawdź, czy ocena nie zależy od tego, kto mówi: od imion, płci, pisowni i długości.

    Każda rozmowa dostaje bliźniaki, które różnią się tylko jednym: imieniem konsultanta lub klienta, formami żeńskimi
    i męskimi, pisownią wypowiedzi konsultanta, wtrąceniami albo długimi grzecznościami. Rozmowa i bliźniak przechodzą
    całą drogę: usunięcie danych, tagi, kartę oceny. Żadna z tych zmian nie powinna zmienić wyniku.

    Status wyjścia wynosi 1, gdy któraś zamiana zmienia większy udział wyników niż --most.

    \b
    Przykłady:
      odsluch scorecards fairness rozmowy.jsonl
      odsluch scorecards fairness rozmowy.jsonl --scorecard chat@1 --json
    """
    from qa.cli.watching import watch
    from qa.filters import Problem, read_records
    from qa.services.judging.fairness import fairness as measure

    problems: list[Problem] = []

    def conversations() -> Iterator[Conversation]:
        for record in read_records(stream, source):
            if isinstance(record, Problem):
                problems.append(record)
            else:
                yield record.conversation

    with saving(output) as save:
        with watch(eager=False) as progress, library_chatter_aside(), reading(source) as stream:
            way = _way(configuration.settings, progress.say, scorecard, redacts=not raw)
            progress.stage("fairness", 0)
            found = measure(conversations(), way, most, progress)
        _tell(found, problems)
        content = found.as_dict()
        save(content)
    if as_json:
        print_json(content)
    else:
        _print(found)
    return 1 if found.over or problems else 0


def _way(settings: Settings, say: Callable[[str], None], scorecard: str | None, *, redacts: bool) -> Any:
    from qa.bootstrap import Parts
    from qa.services.judging.fairness import Way

    parts = Parts(settings, say)
    cards = _cards(settings, scorecard)
    return Way(parts.redactor(), parts.tagger(), cards, redacts)


def _cards(settings: Settings, scorecard: str | None) -> Callable[[str], Scorecard | None]:
    """The card of a channel: the one asked for, the one of the settings, or the newest that is named after it."""
    from qa.cli.scorecards import load
    from scorecards import available

    if scorecard is not None:
        card = load(scorecard, settings.policy)
        return lambda channel: card
    named = {key.partition("@")[0]: key for key in available()}
    names = {**named, **settings.scorecards}
    known: dict[str, Scorecard] = {}

    def of(channel: str) -> Scorecard | None:
        if channel in names and channel not in known:
            known[channel] = load(names[channel], settings.policy)
        return known.get(channel)

    return of


def _tell(found: Fairness, problems: list[Any]) -> None:
    """What was left out, on standard error; nothing measured is an error."""
    for code, count in sorted(Counter(problem.code for problem in problems).items()):
        click.echo(f"Pominięte wiersze ({code}): {count}.", err=True)
    for channel, count in sorted(found.without.items()):
        click.echo(f"Bez karty, bo kanał {channel} jej nie ma: {count} (użyj --scorecard).", err=True)
    if not found.conversations:
        raise UserError(
            "Nie ma czego mierzyć: podaj plik rozmów (JSON Lines) z kanałami, które mają kartę oceny."
        )


def _print(found: Fairness) -> None:
    from rich.table import Table

    from qa.cli.tables import console

    out = console()
    table = Table(
        title=f"Bliźniaki {found.conversations} rozmów: {', '.join(found.cards)}", title_justify="left"
    )
    for title in (
        "Zamiana",
        "Rozmowy",
        "Wyniki",
        "Zmienione (95 %)",
        "w dół",
        "w górę",
        "Różnica wyniku (95 %)",
        "",
    ):
        table.add_column(title, justify="left" if title in ("Zamiana", "") else "right")
    for kind in found.kinds:
        table.add_row(*_row(kind))
    out.print(table)
    worst = Table(title="Kryteria, które się zmieniają", title_justify="left")
    for title in ("Zamiana", "Kryterium", "n", "Zmienione (95 %)", "w dół", "w górę"):
        worst.add_column(title, justify="left" if title in ("Zamiana", "Kryterium") else "right")
    for kind in found.kinds:
        for criterion, counts in kind.criteria.items():
            if counts.changed:
                worst.add_row(
                    KINDS[kind.kind], criterion, str(counts.n), _share(_changed(counts)), *_ways(counts)
                )
    out.print(worst)
    named = ", ".join(KINDS[kind] for kind in found.over)
    verdict = (
        f"Ponad próg {_percent(found.most)}: {named}."
        if named
        else f"Żadna zamiana nie przekracza progu {_percent(found.most)}."
    )
    out.print(verdict)


def _row(kind: Swapped) -> tuple[str, ...]:
    return (
        KINDS[kind.kind],
        f"{kind.touched} z {kind.conversations}",
        f"{kind.total.changed} z {kind.total.n}",
        _share(kind.changed),
        *_ways(kind.total),
        _difference(kind.difference),
        "ponad próg" if kind.over else "",
    )


def _changed(counts: Counts) -> Share:
    from qa.services.judging.trust import Share

    return Share(counts.changed, counts.n)


def _ways(counts: Counts) -> tuple[str, str]:
    return str(counts.to_fail), str(counts.to_pass)


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return "-"
    low, high = share.interval
    return f"{_percent(share.value)} [{_percent(low)}; {_percent(high)}]"


def _difference(mean: Average) -> str:
    if mean.mean is None:
        return "-"
    shown = f"{mean.mean:+.2f}"
    if mean.low is not None and mean.high is not None:
        shown += f" [{mean.low:+.2f}; {mean.high:+.2f}]"
    return shown.replace(".", ",")


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",") + " %"
