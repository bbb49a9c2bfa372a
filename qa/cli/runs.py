"""``run``, ``parked`` and ``retry``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import (
    STORED,
    json_option,
    library_chatter_aside,
    print_json,
    same_store,
    settings_options,
    workspace,
)
from qa.cli.watching import watch
from qa.settings import Configuration, Settings

if TYPE_CHECKING:
    from qa.services.pipeline.run import RunReport
    from qa.services.pipeline.stages import Executor
    from qa.services.workspace import Workspace
    from qa.storage.tables import ParkedRow


def _executor(settings: Settings) -> Callable[[], Executor]:
    """Prefect, imported only when there is work to do."""

    def make() -> Executor:
        from qa.flows.whole_way import prefect_executor

        return prefect_executor(settings.data_dir)

    return make


@click.command(options_metavar="[OPCJE]")
@click.argument("sources", nargs=-1, required=True, metavar="ŹRÓDŁO...", type=click.Path(path_type=Path))
@json_option
@settings_options(*STORED, "column_map", "threads", "batch_size", "speech_model", "tagger_model")
def run(configuration: Configuration, sources: tuple[Path, ...], as_json: bool) -> int:
    """Przetwórz pliki i foldery: wczytaj, przepisz, usuń dane osobowe, otaguj, oceń, znajdź usprawnienia.

    Zna nagrania (wav, mp3, ogg, opus, flac, m4a), JSON Lines, CSV i XLSX, eml i mbox, VTT i SRT oraz logi
    czatu. Ponowne uruchomienie niczego nie powiela, a przerwane zostaje dokończone. Czego nie da się
    przetworzyć, zostaje odłożone (odsluch parked), a status wyjścia wynosi 1.

    \b
    Przykłady:
      odsluch run examples/
      odsluch run nagrania/ eksport.csv --column-map mapa.yaml --data-dir /srv/odsluch
    """
    from qa.services.pipeline.run import run as run_all

    with (
        watch(eager=True) as progress,
        library_chatter_aside(),
        workspace(configuration, progress.say) as opened,
    ):
        report = run_all(opened, sources, _executor(configuration.settings), progress)
        progress.close()
        _show(opened, report, as_json)
    return 1 if report.parked else 0


def _show(opened: Workspace, report: RunReport, as_json: bool) -> None:
    from qa.cli.tables import print_summary, summary_as_dict
    from qa.services.pipeline.summary import summarise

    if as_json:
        print_json(summary_as_dict(report, summarise(opened)))
        return
    if report.nothing_new:
        click.echo(f"Nic nowego: plików {report.found}, wszystkie znane i przetworzone.")
        if report.unreadable:
            click.echo(f"Nie da się odczytać plików: {report.unreadable} (odsluch parked).")
        return
    print_summary(report, summarise(opened), same_store)


@click.command(options_metavar="[OPCJE]")
@json_option
@settings_options(*STORED)
def parked(configuration: Configuration, as_json: bool) -> int:
    """Pokaż, czego nie udało się przetworzyć: gdzie, dlaczego i co z tym zrobić.

    \b
    Przykłady:
      odsluch parked
      odsluch parked --json | jq '.[].code'
    """
    from qa.cli.tables import print_parked
    from qa.storage.parking import parked as parked_rows

    with workspace(configuration) as opened, opened.storage.reading() as session:
        rows = parked_rows(session)
        if as_json:
            print_json([_parked_as_dict(row) for row in rows])
        else:
            print_parked(rows)
    return 0


def _parked_as_dict(row: ParkedRow) -> dict[str, Any]:
    from qa.storage.parking import SHOWN_DIGITS

    names = ("stage", "source", "line", "conversation_id", "code", "message", "remedy", "attempts")
    moments = {name: getattr(row, name).isoformat() for name in ("first_seen", "last_seen")}
    return {"id": row.key[:SHOWN_DIGITS], **{name: getattr(row, name) for name in names}, **moments}


@click.command(options_metavar="[OPCJE]")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@json_option
@settings_options(*STORED, "column_map", "threads", "batch_size", "speech_model", "tagger_model")
def retry(configuration: Configuration, ids: tuple[str, ...], as_json: bool) -> int:
    """Spróbuj ponownie z odłożonymi pozycjami: ze wszystkimi albo z podanymi.

    ID (lub jego początek) podaje odsluch parked. Pliku, którego nazwy nie wolno było zapamiętać albo
    który przeniesiono, nie da się odnaleźć: podaj go wtedy poleceniu odsluch run.

    \b
    Przykłady:
      odsluch retry
      odsluch retry 3f2a9c
    """
    from qa.cli.tables import print_summary
    from qa.services.pipeline.retry import retry as retry_parked
    from qa.services.pipeline.summary import summarise

    with (
        watch(eager=True) as progress,
        library_chatter_aside(),
        workspace(configuration, progress.say) as opened,
    ):
        retried = retry_parked(opened, ids, _executor(configuration.settings), progress)
        progress.close()
        if retried.report is None:
            click.echo("Nic nie jest odłożone." if not as_json else "{}")
            return 0
        if retried.lost:
            click.echo(
                f"Nie odnaleziono plików dla pozycji: {', '.join(k[:10] for k in retried.lost)}.", err=True
            )
            click.echo("Podaj te pliki poleceniu odsluch run.", err=True)
        if as_json or retried.report.nothing_new:
            _show(opened, retried.report, as_json)
        else:
            print_summary(retried.report, summarise(opened), same_store)
    return 1 if retried.report.parked or retried.lost else 0
