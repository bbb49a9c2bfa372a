"""The root command. Each command's module is imported only when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("qa.cli.runs:run", "Przetwórz nagrania i wiadomości: od pliku do propozycji usprawnień."),
    "serve": ("qa.cli.serve:serve", "Otwórz aplikację w przeglądarce: oceny, kolejka, 1:1, pulpity."),
    "report": ("qa.cli.findings:report", "Zapisz raport głosu klienta jako jeden plik HTML."),
    "reports": (
        "qa.cli.reports:reports",
        "Wysyłaj raporty z pulpitów e-mailem: lista, wysyłka, harmonogram.",
    ),
    "backlog": ("qa.cli.findings:backlog", "Pokaż lub wyeksportuj propozycje usprawnień."),
    "parked": ("qa.cli.runs:parked", "Pokaż, czego nie udało się przetworzyć i co z tym zrobić."),
    "retry": ("qa.cli.runs:retry", "Spróbuj ponownie z odłożonymi pozycjami."),
    "transcribe": ("qa.cli.filter_commands:transcribe", "Filtr: nagrania na rozmowy."),
    "redact": ("qa.cli.filter_commands:redact", "Filtr: usuń dane osobowe z rozmów."),
    "tag": ("qa.cli.filter_commands:tag", "Filtr: dodaj powody kontaktu, nastrój klienta i zachowania."),
    "score": ("qa.cli.filter_commands:score", "Filtr: oceń rozmowy według karty oceny."),
    "privacy": ("qa.cli.privacy:privacy", "Dane osobowe: terminy, wnioski osób, oryginały, dziennik."),
    "models": ("qa.cli.models:models", "Modele: lista, budowanie, sprawdzenie."),
    "speech": ("qa.cli.speech:speech", "Rozpoznawanie mowy: pomiar na własnych nagraniach."),
    "scorecards": ("qa.cli.about:scorecards", "Karty oceny: lista, treść, zgodność z ludźmi."),
    "schema": ("qa.cli.about:schema", "Wypisz schemat JSON rozmowy lub karty oceny."),
    "config": ("qa.cli.about:config", "Ustawienia i to, skąd pochodzą."),
    "version": ("qa.cli.about:version", "Wersje programu i wszystkich części."),
    "completion": ("qa.cli.about:completion", "Podpowiadanie poleceń w powłoce."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands with their summaries."""
        with formatter.section("Polecenia"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command; an unknown one is named in one sentence."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"Nie ma polecenia {args[0]!r}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="[OPCJE]",
    subcommand_metavar="POLECENIE [ARGUMENTY]...",
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.pass_context
def odsluch(ctx: click.Context) -> None:
    """Odsłuch: jakość obsługi i głos klienta w polskim contact center.

    Czyta rozmowy ze wszystkich kanałów, usuwa dane osobowe, rozpoznaje powody kontaktu, ocenia obsługę
    i układa listę usprawnień. Wszystko dzieje się na tej maszynie.

    \b
    Przykłady:
      odsluch run nagrania/ maile/           cała droga, z zapisem w bazie
      odsluch report -o raport.html          raport głosu klienta
      odsluch redact rozmowy.jsonl | odsluch tag - | odsluch score - -o wynik.jsonl
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
