"""``reports``: sending the boards by e-mail, for cron, systemd and Prefect."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.acting import acting_person
from qa.cli.options import STORED, json_option, print_json, settings_options, workspace
from qa.cli.streams import writing
from qa.errors import UsageProblem
from qa.settings import Configuration

if TYPE_CHECKING:
    from qa.services.reports.outcomes import Outcome
    from qa.services.workspace import Workspace

KINDS = {".html": "html", ".pdf": "pdf"}
STATES = {
    "sent": "wysłany",
    "waiting": "czeka",
    "failed": "niewysłany",
    "unknown": "nie wiadomo, czy dotarł",
    "cancelled": "odwołany",
}


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def reports() -> None:
    """Raporty z pulpitów e-mailem: lista, wysyłka, harmonogram.

    Raporty zamawia się w aplikacji (strona Raporty). Gdy działa odsluch serve, wysyła je samo; te polecenia są dla
    tych, którzy wolą cron, systemd albo Prefect.

    \b
    Przykłady:
      odsluch reports send --due
      odsluch reports send --due --dry-run
      odsluch reports send 3f2a --to raport.pdf
    """


@reports.command("list", options_metavar="[OPCJE]")
@json_option
@settings_options(*STORED)
def list_(configuration: Configuration, as_json: bool) -> int:
    """Wymień zamówione raporty: kto, który, kiedy następny.

    \b
    Przykład:
      odsluch reports list
    """
    from qa.services.reports.content import BOARDS
    from qa.services.reports.operating import ordered
    from qa.services.reports.schedule import PERIODS
    from qa.web.figures import moment

    with workspace(configuration) as opened, opened.storage.reading() as session:
        rows = ordered(session)
    if as_json:
        print_json([asdict(row) for row in rows])
        return 0
    for row in rows:
        when = f"następny {moment(row.next_at)}" if row.next_at else "wstrzymany"
        about = f"{BOARDS.get(row.report, row.report)}, {PERIODS.get(row.period, row.period)}"
        click.echo(f"{row.id[:8]}  {row.login}: {about}, {when}")
    if not rows:
        click.echo("Nie ma zamówionych raportów: zamawia się je w aplikacji, na stronie Raporty.")
    return 0


@reports.command(options_metavar="[OPCJE]")
@click.argument("identifier", required=False, metavar="[ID]")
@click.option("--due", is_flag=True, help="Wyślij wszystkie, których pora nadeszła.")
@click.option("--dry-run", is_flag=True, help="Tylko pokaż, co by wysłano; niczego nie zmieniaj.")
@click.option("--to", metavar="PLIK", help="Zapisz raport ID w pliku .html albo .pdf zamiast wysyłać.")
@json_option
@settings_options(*STORED)
def send(
    configuration: Configuration,
    identifier: str | None,
    due: bool,
    dry_run: bool,
    to: str | None,
    as_json: bool,
) -> int:
    """Wyślij raporty, których pora nadeszła (--due), albo jeden teraz, jako próbę (ID).

    Bezpiecznie uruchamiać je często i z kilku miejsc naraz: każdy raport wychodzi raz na swój termin. Status wyjścia
    wynosi 1, gdy któryś nie wyszedł.

    \b
    Przykłady:
      odsluch reports send --due                 co kilka minut, z crona
      odsluch reports send 3f2a                  próba
      odsluch reports send 3f2a --to raport.html
    """
    if due == bool(identifier) or (to and not identifier):
        raise UsageProblem("Podaj --due albo ID jednego raportu (odsluch reports list); --to tylko z ID.")
    if identifier and dry_run:
        raise UsageProblem("Opcja --dry-run działa z --due; jeden raport obejrzysz przez --to PLIK.")
    with workspace(configuration) as opened:
        if identifier and to:
            _write(opened, identifier, to)
            return 0
        found = _sent(opened, identifier, dry_run=dry_run)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _say(found, dry_run=dry_run)
    return 0 if dry_run or all(one.status == "sent" for one in found) else 1


def _sent(opened: Workspace, identifier: str | None, *, dry_run: bool) -> tuple[Outcome, ...]:
    from qa.services.reports import operating, outcomes, sending
    from qa.storage.tables import now
    from qa.web.reports.letter import letter

    if dry_run:
        with opened.storage.reading() as session:
            return outcomes.due(session, now())
    sending.mail_of(opened)  # what is missing is said before the work begins
    _prepare(opened)
    if identifier:
        return (operating.try_one(opened, letter, acting_person(), identifier),)
    return sending.send_due(opened, letter)


def _prepare(opened: Workspace) -> None:
    """What the boards need in a process of their own: names of the scorecards, and an overview that is up to date."""
    from qa.services.conversations import overview
    from qa.services.judging import cards

    cards.register(opened.settings.scorecards.values())
    overview.refresh(opened)


def _say(found: Sequence[Outcome], *, dry_run: bool) -> None:
    from qa.services.reports.content import BOARDS
    from qa.services.reports.outcomes import TROUBLES
    from qa.services.reports.smtp import PROBLEMS
    from qa.web.reports.wording import days

    if not found:
        click.echo("Żaden raport nie czeka na wysłanie.")
    for one in found:
        state = "do wysłania" if dry_run else STATES[one.status]
        why = {**PROBLEMS, **TROUBLES}.get(one.problem, one.problem)
        about = ", ".join(filter(None, (why, one.detail)))
        named = BOARDS.get(one.report, one.report)
        click.echo(
            f"{one.login}: {named} {days(one.first, one.last)}: {state}{f' ({about})' if about else ''}"
        )


def _write(opened: Workspace, identifier: str, to: str) -> None:
    """The report with what its reader may see, as a file."""
    from qa.services.privacy.outputs import note_output
    from qa.services.reports.operating import write_one
    from qa.storage.tables import now
    from qa.web.reports.letter import as_file

    kind = KINDS.get(Path(to).suffix.lower())
    if kind is None:
        raise UsageProblem("Plik dla --to musi mieć końcówkę .html albo .pdf.")
    _prepare(opened)
    content, language = write_one(opened, acting_person(), identifier, now())
    address = opened.settings.mail.base_url if opened.settings.mail else ""
    file = as_file(content, language, kind, now(), address)
    with writing(to) as stream:
        stream.write(file.content)
    note_output(opened, "mailed", Path(to))
    click.echo(f"Raport: {to}")


@reports.command(options_metavar="[OPCJE]")
@click.option(
    "--every", default=5, show_default=True, type=click.IntRange(1, 60), metavar="MINUT", help="Jak często."
)
@settings_options(*STORED)
def schedule(configuration: Configuration, every: int) -> int:
    """Wysyłaj raporty jako przepływ Prefect, co kilka minut, aż do Ctrl+C.

    Przebiegi widać w serwerze Prefect z PREFECT_API_URL; bez niego działa własny, tymczasowy.

    \b
    Przykład:
      odsluch reports schedule --every 10
    """
    from qa.flows.reports import send_on_schedule

    def rest() -> bool:
        time.sleep(60 * every)
        return True

    with workspace(configuration) as opened:
        send_on_schedule(
            configuration.settings.data_dir / "prefect",
            lambda: _sent(opened, None, dry_run=False),
            rest,
            lambda found: _say(found, dry_run=False) if found else None,
        )
    return 0
