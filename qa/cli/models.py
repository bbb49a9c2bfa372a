"""``models``: what there is, whether it is whole, and how to make what is missing."""

from __future__ import annotations

from dataclasses import asdict

import click

from qa.cli.model_quality import evaluate, train
from qa.cli.options import json_option, print_json
from qa.cli.watching import watch
from qa.errors import UserError


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def models() -> None:
    """Modele: lista, budowanie, sprawdzenie plików.

    \b
    Przykłady:
      odsluch models list
      odsluch models build whisper-base
      odsluch models verify
    """


@models.command("list", options_metavar="[OPCJE]")
@json_option
def list_(as_json: bool) -> int:
    """Pokaż modele, które program zna z nazwy, i czy są gotowe.

    \b
    Przykład:
      odsluch models list --json
    """
    from models.store import list_models

    found = list_models()
    if as_json:
        print_json([asdict(item) for item in found])
        return 0
    from rich.table import Table

    from qa.cli.tables import console

    table = Table()
    for name in ("Nazwa", "Stan", "MB", "Licencja", "Rewizja"):
        table.add_column(name, justify="right" if name == "MB" else "left", overflow="fold")
    for item in found:
        state = "gotowy" if item.ready else "do zbudowania"
        table.add_row(item.name, state, f"{item.size / 1e6:.0f}", item.licence, item.revision)
    console().print(table)
    return 0


@models.command(options_metavar="[OPCJE]")
@click.argument("names", nargs=-1, required=True, metavar="NAZWA...")
@click.option("--again", is_flag=True, help="Zbuduj od nowa, także gdy model już jest.")
def build(names: tuple[str, ...], again: bool) -> int:
    """Przygotuj model: złóż go z zainstalowanych pakietów albo pobierz (hf:właściciel/nazwa@rewizja).

    \b
    Przykłady:
      odsluch models build whisper-base e5-small-pl
      odsluch models build whisper-base --again
    """
    from models.manifest import ModelError
    from models.store import rebuild, resolve

    for name in names:
        with watch(eager=False) as progress:
            try:
                model = (rebuild if again else resolve)(name, progress=progress.say)
            except ModelError as error:
                raise UserError(str(error)) from error
        click.echo(f"{model.name}: {model.path}")
    return 0


@models.command(options_metavar="[OPCJE]")
@click.argument("names", nargs=-1, metavar="[NAZWA]...")
def verify(names: tuple[str, ...]) -> int:
    """Sprawdź sumy SHA-256 plików modeli: podanych albo wszystkich gotowych.

    \b
    Przykład:
      odsluch models verify contact-tagger
    """
    from models.manifest import ModelError
    from models.store import list_models, resolve

    failed = 0
    for name in names or [item.name for item in list_models() if item.ready]:
        try:
            model = resolve(name)
            click.echo(f"{name}: w porządku ({len(model.sha256)} plików)")
        except ModelError as error:
            failed += 1
            click.echo(f"{name}: {error}", err=True)
    return 1 if failed else 0


models.add_command(train)
models.add_command(evaluate)
