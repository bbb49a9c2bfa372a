"""``report`` and ``backlog``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from qa.cli.options import STORED, json_option, print_json, settings_options, workspace
from qa.cli.streams import writing
from qa.errors import UserError
from qa.settings import Configuration

DEFAULT_REPORT = "raport.html"


@click.command(options_metavar="[OPCJE]")
@click.option(
    "-o", "--output", default=DEFAULT_REPORT, metavar="PLIK", show_default=True, help="Plik raportu."
)
@settings_options(*STORED)
def report(configuration: Configuration, output: str) -> int:
    """Zapisz raport głosu klienta: jeden plik HTML bez zależności.

    \b
    Przykłady:
      odsluch report
      odsluch report -o /srv/www/raport.html
    """
    from qa.services.pipeline.reporting import report_html
    from qa.services.privacy.outputs import note_output

    with workspace(configuration) as opened:
        html = report_html(opened)
        with writing(output) as stream:
            stream.write(html.encode("utf-8"))
        if output != "-":
            note_output(opened, "report", Path(output))
    if output != "-":
        click.echo(f"Raport: {output}")
    return 0


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def backlog() -> None:
    """Propozycje usprawnień: lista, szczegóły, eksport.

    \b
    Przykłady:
      odsluch backlog list
      odsluch backlog export --format csv -o backlog.csv
    """


@backlog.command("list", options_metavar="[OPCJE]")
@json_option
@settings_options(*STORED)
def list_(configuration: Configuration, as_json: bool) -> int:
    """Pokaż propozycje, najważniejsze na górze.

    \b
    Przykład:
      odsluch backlog list --json
    """
    from qa.cli.tables import print_proposals
    from qa.storage.analysis import proposals

    with workspace(configuration) as opened, opened.storage.reading() as session:
        found = proposals(session)
    if as_json:
        print_json([asdict(item) for item in found])
    else:
        print_proposals(found)
    return 0


@backlog.command(options_metavar="[OPCJE]")
@click.argument("fingerprint", metavar="ODCISK")
@json_option
@settings_options(*STORED)
def show(configuration: Configuration, fingerprint: str, as_json: bool) -> int:
    """Pokaż jedną propozycję z dowodami; wystarczy początek odcisku.

    \b
    Przykład:
      odsluch backlog show 3f2a
    """
    from qa.backlog.export import to_markdown
    from qa.services.pipeline.findings import as_backlog
    from qa.storage.analysis import proposals

    with workspace(configuration) as opened, opened.storage.reading() as session:
        found = [item for item in proposals(session) if item.fingerprint.startswith(fingerprint)]
    if not found:
        raise UserError(
            f"Nie ma propozycji o odcisku {fingerprint}: sprawdź listę poleceniem odsluch backlog list."
        )
    if as_json:
        print_json([asdict(item) for item in found])
    else:
        click.echo(to_markdown(as_backlog(item) for item in found))
    return 0


@backlog.command(options_metavar="[OPCJE]")
@click.option(
    "--format", "form", type=click.Choice(["md", "csv"]), default="md", show_default=True, help="Postać."
)
@click.option("-o", "--output", metavar="PLIK", help="Plik wyniku; bez tej opcji standardowe wyjście.")
@settings_options(*STORED)
def export(configuration: Configuration, form: str, output: str | None) -> int:
    """Wyeksportuj propozycje jako Markdown albo CSV.

    \b
    Przykłady:
      odsluch backlog export -o backlog.md
      odsluch backlog export --format csv -o backlog.csv
    """
    from qa.backlog.export import to_csv, to_markdown
    from qa.services.pipeline.findings import as_backlog
    from qa.services.privacy.outputs import note_output
    from qa.storage.analysis import proposals

    with workspace(configuration) as opened:
        with opened.storage.reading() as session:
            found = [as_backlog(item) for item in proposals(session)]
        with writing(output) as stream:
            stream.write((to_csv(found) if form == "csv" else to_markdown(found)).encode("utf-8"))
        if output not in (None, "-"):
            note_output(opened, "backlog", Path(str(output)))
    return 0
