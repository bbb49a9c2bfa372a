"""What the program is and how it is set: schema, scorecards, config, version, completion."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click

from qa.cli.fairness import fairness
from qa.cli.options import json_option, print_json, settings_options
from qa.cli.policies import policy
from qa.cli.preview import preview
from qa.cli.scorecards import check, diff, lint, load
from qa.cli.trust import trust
from qa.errors import UserError
from qa.settings import EXPLANATIONS, Configuration

INSTALL = {
    "bash": '# Zapisz w ~/.bashrc:  eval "$(odsluch completion bash)"',
    "zsh": '# Zapisz w ~/.zshrc:  eval "$(odsluch completion zsh)"',
    "fish": "# Zapisz:  odsluch completion fish > ~/.config/fish/completions/odsluch.fish",
}


@click.command(options_metavar="[OPCJE]")
@click.argument("what", metavar="CO", type=click.Choice(["conversation", "scorecard", "policy"]))
def schema(what: str) -> int:
    """Wypisz schemat JSON: conversation (rozmowa), scorecard (karta oceny) albo policy (zasady sklepu).

    \b
    Przykład:
      odsluch schema conversation > rozmowa.schema.json
    """
    if what == "conversation":
        from transcripts.serialise import CONVERSATION_SCHEMA

        print_json(CONVERSATION_SCHEMA)
    else:
        from scorecards import POLICY_SCHEMA, SCORECARD_SCHEMA

        print_json(POLICY_SCHEMA if what == "policy" else SCORECARD_SCHEMA)
    return 0


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def scorecards() -> None:
    """Karty oceny: lista, treść, sprawdzenie, różnice, podgląd skutków, zgodność z ludźmi.

    \b
    Przykłady:
      odsluch scorecards show phone
      odsluch scorecards lint moja-karta.yaml
      odsluch scorecards preview moja-karta.yaml --against phone@1
      odsluch scorecards trust oceny.jsonl ludzie.jsonl
      odsluch scorecards fairness rozmowy.jsonl
    """


@scorecards.command("list", options_metavar="[OPCJE]")
@click.option("--drafts", is_flag=True, help="Wymień także szkice.")
@json_option
def list_(drafts: bool, as_json: bool) -> int:
    """Wymień karty opublikowane, które są w programie.

    \b
    Przykłady:
      odsluch scorecards list --json
      odsluch scorecards list --drafts
    """
    from scorecards import available

    if as_json:
        print_json(available(drafts=drafts))
    else:
        for name in available(drafts=drafts):
            click.echo(name)
    return 0


@scorecards.command(options_metavar="[OPCJE]")
@click.argument("card", metavar="KARTA")
def show(card: str) -> int:
    """Pokaż kryteria karty: nazwy z programu albo pliku YAML (sprawdza go przy okazji).

    \b
    Przykłady:
      odsluch scorecards show phone
      odsluch scorecards show moja-karta.yaml
    """
    from scorecards import describe

    click.echo(describe(load(card)))
    return 0


for command in (check, lint, diff, preview, trust, fairness, policy):
    scorecards.add_command(command)


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def config() -> None:
    """Ustawienia: opcje przed środowiskiem (ODSLUCH_...), plikiem odsluch.toml i wartościami domyślnymi.

    \b
    Przykład:
      odsluch config show
    """


@config.command("show", options_metavar="[OPCJE]")
@json_option
@settings_options(
    "data_dir", "database_url", "column_map", "threads", "batch_size", "speech_model", "tagger_model"
)
def show_config(configuration: Configuration, as_json: bool) -> int:
    """Pokaż każde ustawienie, jego wartość i skąd pochodzi.

    \b
    Przykłady:
      odsluch config show
      ODSLUCH_THREADS=2 odsluch config show --json
    """
    rows = [(origin.key, _shown(origin.value), origin.source) for origin in configuration.origins]
    if as_json:
        print_json({key: {"value": value, "source": source} for key, value, source in rows})
        return 0
    from rich.table import Table
    from rich.text import Text

    from qa.cli.tables import console

    table = Table()
    for name in ("Klucz", "Wartość", "Skąd", "Co znaczy"):
        table.add_column(name, overflow="fold")
    for key, value, source in rows:
        table.add_row(key, Text(str(value)), Text(source), EXPLANATIONS[key])
    console().print(table)
    return 0


def _shown(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _shown(getattr(value, one.name)) for one in fields(value)}
    return dict(value) if hasattr(value, "items") else value


@click.command(options_metavar="[OPCJE]")
@json_option
@settings_options("speech_model", "tagger_model")
def version(configuration: Configuration, as_json: bool) -> int:
    """Wersje programu, czytników, redakcji, modeli i kart oceny.

    \b
    Przykład:
      odsluch version --json
    """
    from qa.bootstrap import Parts

    found = dict(Parts(configuration.settings).named_versions())
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            click.echo(f"{name:<22} {value}")
    return 0


@click.command(options_metavar="[OPCJE]")
@click.argument("shell", metavar="POWŁOKA", type=click.Choice(list(INSTALL)), default="bash")
def completion(shell: str) -> int:
    """Wypisz skrypt podpowiadania poleceń dla powłoki: bash, zsh albo fish.

    \b
    Przykłady:
      eval "$(odsluch completion bash)"
      odsluch completion fish > ~/.config/fish/completions/odsluch.fish
    """
    from click.shell_completion import get_completion_class

    from qa.cli.app import odsluch

    kind = get_completion_class(shell)
    if kind is None:
        raise UserError(f"Powłoka {shell} nie jest obsługiwana: użyj bash, zsh albo fish.")
    click.echo(INSTALL[shell])
    click.echo(kind(odsluch, {}, "odsluch", "_ODSLUCH_COMPLETE").source())
    return 0
