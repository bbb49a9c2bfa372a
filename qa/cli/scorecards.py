"""``scorecards check``, ``diff`` and ``lint``: scorecards that nobody changes by accident or words badly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.options import json_option, print_json
from qa.errors import UserError

if TYPE_CHECKING:
    from scorecards import Scorecard
    from scorecards.loader import Served


@contextmanager
def as_user_error() -> Iterator[None]:
    """What the loader refuses is one sentence for the user."""
    from scorecards import ScorecardError

    try:
        yield
    except ScorecardError as error:
        raise UserError(str(error)) from error


def served() -> Served:
    """What the taggers can say, by the taxonomies that come with the program."""
    from nlp.taxonomy import load_behaviours, load_contact_reasons
    from scorecards.loader import Served

    return Served(load_behaviours().codes, load_contact_reasons().codes)


def load(source: str, policy: Path | None = None) -> Scorecard:
    """The scorecard with that key or path, held against the taxonomies; its checks use the shop's policy, if there is one.

    Raises:
        UserError: it cannot be used.
    """
    from scorecards import load_policy, load_scorecard

    known = served()
    with as_user_error():
        agreed = load_policy(policy) if policy else None
        return load_scorecard(source, behaviours=known.behaviours, reasons=known.reasons, policy=agreed)


@click.command(options_metavar="[OPCJE]")
@click.argument(
    "folder",
    metavar="[FOLDER]",
    required=False,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@click.option("--add", "adds", is_flag=True, help="Dopisz nowe opublikowane karty do published.lock.")
@json_option
def check(folder: Path | None, adds: bool, as_json: bool) -> int:
    """Sprawdź, czy opublikowane karty się nie zmieniły; bez FOLDERU karty, które są w programie.

    Oceny wskazują wersję karty, np. phone@1, więc wersja opublikowana nie może się zmienić: poprawkę zapisuje się jako
    następną wersję. Skróty SHA-256 wersji opublikowanych są w pliku published.lock; szkiców tam nie ma. Status wyjścia
    wynosi 1, gdy coś się nie zgadza.

    \b
    Przykłady:
      odsluch scorecards check
      odsluch scorecards check moje-karty/ --add
    """
    from scorecards.published import add, faults
    from scorecards.shelf import library_folder

    place = folder or library_folder()
    with as_user_error():
        if adds and not isinstance(place, Path):
            raise UserError("Kart w programie nie da się dopisać: podaj folder ze swoimi kartami.")
        added = add(place) if adds and isinstance(place, Path) else []
        keys, found = faults(place, reasons=served().reasons)
    if as_json:
        print_json({"cards": keys, "added": added, "faults": [asdict(fault) for fault in found]})
        return 1 if found else 0
    for key in added:
        click.echo(f"Dopisano {key}.")
    for fault in found:
        click.echo(fault.message)
    if not found:
        click.echo(f"Karty bez zmian: {', '.join(keys) or 'nie ma żadnej'}.")
    return 1 if found else 0


@click.command(options_metavar="[OPCJE]")
@click.argument("old", metavar="KARTA_A")
@click.argument("new", metavar="KARTA_B")
@json_option
def diff(old: str, new: str, as_json: bool) -> int:
    """Pokaż, czym różnią się dwie karty: kryteria, wagi, pytania, sprawdzenia, progi, kolejność.

    KARTA to nazwa z programu (phone@1) albo plik YAML. Słowa, których nie ma w drugiej karcie, są w nawiasach [].

    \b
    Przykłady:
      odsluch scorecards diff phone@1 moja-karta.yaml
      odsluch scorecards diff phone@1 chat@1 --json
    """
    from scorecards.differences import as_text, differences

    before, after = load(old), load(new)
    if as_json:
        changes = [asdict(one) for one in differences(before, after)]
        print_json({"a": before.key, "b": after.key, "changes": changes})
    else:
        click.echo(as_text(before, after))
    return 0


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="PLIK")
@json_option
def lint(source: str, as_json: bool) -> int:
    """Sprawdź kartę: błędy i to, co zapewne nie tak miało być.

    Błędy to karta, której program nie przyjmie, kryterium, którego nigdy nie rozstrzygnie, i pytanie o emocje
    konsultanta. Ostrzeżenia to m.in. pytanie o dwie czynności naraz, pytanie, które nie jest pytaniem albo jest za
    długie, powtórzenia, brak opisu „nie dotyczy”, wynik, który nigdy nie zapadnie, i parametry bez skutku. Status
    wyjścia wynosi 1, gdy są błędy.

    \b
    Przykłady:
      odsluch scorecards lint moja-karta.yaml
      odsluch scorecards lint phone@1 --json
    """
    from scorecards.lint import lint as lint_card

    with as_user_error():
        found = lint_card(source, served())
    if as_json:
        key = found.card.key if found.card else None
        print_json({"scorecard": key, "remarks": [asdict(remark) for remark in found.remarks]})
        return 1 if found.errors else 0
    for remark in found.remarks:
        click.echo(f"{'błąd' if remark.level == 'error' else 'ostrzeżenie'}: {remark.message}")
    click.echo(f"Błędy: {found.errors}, ostrzeżenia: {len(found.remarks) - found.errors}.")
    return 1 if found.errors else 0
