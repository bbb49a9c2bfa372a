"""``models train`` and ``models evaluate``: the shipped tagger again from its texts, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from qa.cli.options import json_option, print_json
from qa.cli.streams import saving
from qa.cli.watching import Watch, watch
from qa.errors import UserError

EXAMPLES = Path("models/training")
TARGET = Path("models/artefacts/contact-tagger")


def examples_option(function: Any) -> Any:
    """``--examples``: where the labelled texts lie."""
    return click.option(
        "--examples",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=EXAMPLES,
        show_default=True,
        metavar="FOLDER",
        help="Folder z przykładami (contacts/, conversations/, turns/, splits.json).",
    )(function)


@click.command(options_metavar="[OPCJE]")
@examples_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=TARGET, show_default=True, metavar="FOLDER"
)
@click.option(
    "--base", default="e5-small-pl", show_default=True, metavar="MODEL", help="Koder: nazwa lub folder."
)
@click.option(
    "--sentiment-reviews",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="PLIK",
    help="Opinie w postaci PolEmo 2.0 (JSON lines z text i label); można podać kilka.",
)
@click.option(
    "--add",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="PLIK",
    help="Własny eksport z etykietami: JSON lines albo CSV z polami text i reasons (sentiment, channel, writer).",
)
@click.option("--start-from", metavar="MODEL", help="Tagger, od którego zacząć, zamiast samego kodera.")
@click.option("--batch-tokens", type=click.IntRange(64, 65536), metavar="N", help="Tokenów w jednym kroku.")
@click.option("--rate", type=click.FloatRange(1e-7, 1e-2), metavar="X", help="Krok uczenia kodera.")
@click.option(
    "--epochs", type=click.IntRange(0, 100), metavar="N", help="Ile razy przejść przykłady (0: tylko głowy)."
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="N")
@click.option("--threads", type=int, default=0, metavar="N", help="Wątki obliczeń (0: wybór biblioteki).")
def train(
    examples: Path,
    output: Path,
    base: str,
    sentiment_reviews: tuple[Path, ...],
    add: tuple[Path, ...],
    start_from: str | None,
    batch_tokens: int | None,
    rate: float | None,
    epochs: int | None,
    seed: int,
    threads: int,
) -> int:
    """Wytrenuj tagger z przykładów, skalibruj go i zapisz.

    \b
    Przykłady:
      odsluch models train
      odsluch models train --add eksport.csv -o moj-tagger
      odsluch models train --examples moje/ --base hf:allegro/herbert-base-cased@REWIZJA -o moj-tagger
    """
    import torch

    from models.manifest import ModelError
    from nlp.training.course import Recipe
    from nlp.training.examples import ExampleError
    from nlp.training.train import Order
    from nlp.training.train import train as run_training

    if threads:
        torch.set_num_threads(threads)
    chosen = {"epochs": epochs, "batch_tokens": batch_tokens, "encoder_rate": rate}
    recipe = replace(
        Recipe(),
        seed=seed,
        **{name: value for name, value in chosen.items() if value is not None},  # type: ignore[arg-type]
    )
    order = Order(
        examples, output, base, sentiment_reviews=sentiment_reviews, own=add, start=start_from, recipe=recipe
    )
    with watch(eager=True) as progress:
        try:
            folder = run_training(order, progress.say, _steps(progress))
        except (ExampleError, ModelError) as error:
            raise UserError(str(error)) from error
    click.echo(f"Model: {folder}. Zmierz go: odsluch models evaluate --model {folder}")
    return 0


def _steps(progress: Watch) -> Any:
    """Tells ``progress`` of each stage; a step that is not larger than the last one begins another stage."""
    known = 0

    def report(step: int, steps: int, _loss: float) -> None:
        nonlocal known
        if not known or step <= known:
            progress.stage("train", steps)
            known = 0
        progress.advance(step - known)
        known = step

    return report


@click.command(options_metavar="[OPCJE]")
@examples_option
@click.option(
    "--model", default="contact-tagger", show_default=True, metavar="MODEL", help="Tagger: nazwa lub folder."
)
@click.option(
    "--split", type=click.Choice(["test", "dev"]), default="test", show_default=True, help="Część przykładów."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Zapisz wszystkie liczby (JSON)."
)
@click.option(
    "--sentiment-reviews",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="PLIK",
    help="Opinie w postaci PolEmo 2.0 odłożone z uczenia; można podać kilka.",
)
@click.option("--classes", is_flag=True, help="Pokaż też każdy powód i każde zachowanie osobno.")
@json_option
def evaluate(
    examples: Path,
    model: str,
    split: str,
    output: Path | None,
    sentiment_reviews: tuple[Path, ...],
    classes: bool,
    as_json: bool,
) -> int:
    """Zmierz tagger na osobach piszących, których nie widział, obok TF-IDF z regresją logistyczną i kodera bez uczenia.

    \b
    Przykłady:
      odsluch models evaluate
      odsluch models evaluate --model moj-tagger --classes -o liczby.json
    """
    from models.manifest import ModelError
    from nlp.artefact import ArtefactError
    from nlp.tagging import Tagger
    from nlp.training.evaluate import evaluate as measure
    from nlp.training.examples import ExampleError

    with saving(output) as save, watch(eager=True) as progress:
        try:
            report = measure(examples, Tagger.load(model), split, progress.say, sentiment_reviews)
        except (ExampleError, ModelError, ArtefactError) as error:
            raise UserError(str(error)) from error
        save(report)
    if as_json:
        print_json(report)
    else:
        _print_table(report)
        if classes:
            _print_classes(report)
    return 0


ROWS: tuple[tuple[str, str, str], ...] = (
    ("Powód główny: trafność", "reasons", "accuracy"),
    ("Powód główny: makro-F1", "reasons", "macro_f1"),
    ("Powód główny: kappa", "reasons", "kappa"),
    ("Grupa powodu: trafność", "reasons", "group_accuracy"),
    ("Wszystkie powody: mikro-F1", "reasons", "all_reasons_micro_f1"),
    ("Powód główny: błąd kalibracji (ECE)", "reasons", "calibration_error"),
    ("Powód główny: błąd przy 80 % pokrycia", "reasons", "error_at_80_coverage"),
    ("Nastawienie klienta: trafność", "sentiment", "accuracy"),
    ("Nastawienie klienta: makro-F1", "sentiment", "macro_f1"),
    ("Nastawienie klienta: błąd kalibracji (ECE)", "sentiment", "calibration_error"),
    ("Zachowania konsultanta: średnie F1", "behaviours", "mean_f1"),
)


COLUMNS: tuple[tuple[str, str], ...] = (
    ("bez znaków", "without_diacritics"),
    ("jak z ASR", "as_recognised"),
    ("TF-IDF + LR", "baseline"),
    ("bez uczenia", "zero_shot"),
)


def _print_table(report: Mapping[str, Any]) -> None:
    from rich.table import Table

    from qa.cli.tables import console

    out = console()
    table = Table(title=f"{report['model']}, część {report['split']}", title_justify="left")
    for name in ("Miara", "n", "tagger", "95 % przedział", *(title for title, _ in COLUMNS)):
        table.add_column(name, justify="left" if name == "Miara" else "right")
    for label, head, figure in ROWS:
        mine = report["tagger"].get(head, {})
        if figure in mine:
            interval = mine.get("interval") if figure == "accuracy" else None
            table.add_row(
                label,
                str(mine.get("n", mine.get("turns", ""))),
                f"{mine[figure]:.3f}",
                f"{interval[0]:.3f} - {interval[1]:.3f}" if interval else "",
                *(_figure(report[part], head, figure) for _, part in COLUMNS),
            )
    out.print(table)
    for line in _findings(report):
        out.print(line)


def _findings(report: Mapping[str, Any]) -> list[str]:
    """Coverage, probes and reviews, a line each."""
    risk = {row["coverage"]: row["error"] for row in report["coverage"]}
    lines = []
    if risk:
        lines.append(
            f"Błąd powodu głównego: {risk[1.0]:.3f} na wszystkich, {risk[0.8]:.3f} na pewniejszych 80 %."
        )
    swaps = report["counterfactual"].get("all")
    if swaps:
        lines.append(
            f"Zamienione imiona, płeć i gwara (n = {swaps['n']}): powód zmienia się w {swaps['primary_flips']:.1%}, "
            f"nastrój w {swaps['sentiment_flips']:.1%}."
        )
    proof = report["evidence"]
    if proof.get("n"):
        lines.append(
            f"Usunięty dowód zmienia powód w {proof['changed_without_evidence']:.1%}, inne słowa tej samej długości "
            f"w {proof['changed_without_other_words']:.1%} (n = {proof['n']})."
        )
    if "reviews" in report:
        felt = report["reviews"]["tagger"]["sentiment"]
        lines.append(
            f"Opinie PolEmo: nastrój {felt['accuracy']:.3f} (n = {felt['n']}, "
            f"95 % {felt['interval'][0]:.3f} - {felt['interval'][1]:.3f})."
        )
    return lines


def _print_classes(report: Mapping[str, Any]) -> None:
    from rich.table import Table

    from qa.cli.tables import console

    for title, rows in (
        ("Powody kontaktu", report["classes"]),
        ("Zachowania konsultanta", report["tagger"].get("behaviours", {}).get("codes", {})),
    ):
        table = Table(title=title, title_justify="left")
        for name in ("Kod", "n", "Precyzja", "Czułość", "F1", "95 % przedział F1", "Kappa"):
            table.add_column(name, justify="left" if name == "Kod" else "right")
        for code, row in rows.items():
            interval = row.get("f1_interval")
            shown = f"{interval[0]:.2f} - {interval[1]:.2f}" if interval else ""
            figures = [f"{row[name]:.2f}" for name in ("precision", "recall", "f1")]
            table.add_row(
                code, str(row["n"]), *figures, shown, f"{row['kappa']:.2f}" if "kappa" in row else ""
            )
        console().print(table)


def _figure(part: Mapping[str, Any], head: str, figure: str) -> str:
    value = part.get(head, {}).get(figure)
    return "" if value is None else f"{value:.3f}"
