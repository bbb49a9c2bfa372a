"""``models train`` and ``models evaluate``: the shipped tagger again from its texts, and how good it is."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from qa.cli.options import json_option, print_json, settings_options
from qa.cli.streams import saving
from qa.cli.watching import Watch, watch
from qa.errors import UsageProblem, UserError
from qa.settings import Configuration

EXAMPLES = Path("models/training")
TARGET = Path("models/artefacts/contact-tagger")
FIGURES = "model-figures"


def examples_option(function: Any) -> Any:
    """``--examples``: where the labelled texts lie."""
    return click.option(
        "--examples",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=EXAMPLES,
        show_default=True,
        metavar="FOLDER",
        help=(
            "Folder z przykładami: contacts/, conversations/, turns/ albo pliki takie jak dla --add; "
            "bez splits.json dzieli je skrót."
        ),
    )(function)


@click.command(options_metavar="[OPCJE]")
@examples_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=TARGET,
    show_default=True,
    metavar="FOLDER",
    help="Folder na tagger; gotowy tagger zostaje tam nietknięty, chyba że podasz --overwrite.",
)
@click.option("--overwrite", is_flag=True, help="Zastąp gotowy tagger w folderze -o.")
@click.option(
    "--model-version",
    metavar="TEKST",
    help="Wersja taggera; bez niej własne dane lub przepis dają own-SKRÓT, te same co w repozytorium jego wersję.",
)
@click.option(
    "--base",
    default="e5-small-pl",
    show_default=True,
    metavar="MODEL",
    help="Koder: nazwa, folder lub hf:...; rodzaje bert, roberta, xlm-roberta i camembert.",
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
    help=(
        "Własny eksport z etykietami: JSON lines albo CSV UTF-8 z polami text i reasons (primary, sentiment, channel, "
        "writer); primary spoza reasons jest do nich dopisywany."
    ),
)
@click.option("--start-from", metavar="MODEL", help="Tagger, od którego zacząć, zamiast samego kodera.")
@click.option("--batch-tokens", type=click.IntRange(64, 65536), metavar="N", help="Tokenów w jednym kroku.")
@click.option("--rate", type=click.FloatRange(1e-7, 1e-2), metavar="X", help="Krok uczenia kodera.")
@click.option(
    "--epochs", type=click.IntRange(0, 100), metavar="N", help="Ile razy przejść przykłady (0: tylko głowy)."
)
@click.option(
    "--adapter-rank",
    type=click.IntRange(0, 256),
    default=0,
    metavar="N",
    help="Ucz adapterów (LoRA) tego rzędu zamiast całego kodera; plik kodera zostaje, jaki był (0: cały koder).",
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="N")
@click.option("--threads", type=int, default=0, metavar="N", help="Wątki obliczeń (0: wybór biblioteki).")
def train(
    examples: Path,
    output: Path,
    overwrite: bool,
    model_version: str | None,
    base: str,
    sentiment_reviews: tuple[Path, ...],
    add: tuple[Path, ...],
    start_from: str | None,
    batch_tokens: int | None,
    rate: float | None,
    epochs: int | None,
    adapter_rank: int,
    seed: int,
    threads: int,
) -> int:
    """Wytrenuj tagger z przykładów, skalibruj go i zapisz.

    Przerwane uczenie (Ctrl-C, SIGTERM) zapisuje, co zrobiło: to samo polecenie je dokończy.

    \b
    Przykłady:
      odsluch models train --add eksport.csv -o moj-tagger
      odsluch models train --examples moje/ --base hf:allegro/herbert-base-cased@REWIZJA -o moj-tagger
    Tagger z repozytorium jeszcze raz, w jego folderze:
      odsluch models train --start-from contact-tagger --epochs 0 \\
        --sentiment-reviews polemo2_text_train.jsonl --overwrite
    """
    import torch

    from models.manifest import ModelError
    from nlp.artefact import ArtefactError
    from nlp.training.course import Recipe
    from nlp.training.examples import ExampleError
    from nlp.training.pausing import Pause
    from nlp.training.train import Order
    from nlp.training.train import train as run_training

    if threads:
        torch.set_num_threads(threads)
    chosen = {
        "epochs": epochs,
        "adapter_rank": adapter_rank,
        "batch_tokens": batch_tokens,
        "encoder_rate": rate,
    }
    recipe = replace(
        Recipe(),
        seed=seed,
        **{name: value for name, value in chosen.items() if value is not None},  # type: ignore[arg-type]
    )
    order = Order(
        examples,
        output,
        base,
        version=model_version,
        sentiment_reviews=sentiment_reviews,
        own=add,
        start=start_from,
        recipe=recipe,
        overwrite=overwrite,
    )
    pause = Pause()
    with stopping(pause.ask), watch(eager=True) as progress:
        try:
            folder = run_training(order, progress.say, _steps(progress), pause)
        except (ExampleError, ModelError, ArtefactError) as error:
            raise UserError(str(error)) from error
    named = folder if folder.is_absolute() or len(folder.parts) > 1 else f"./{folder}"
    click.echo(f"Model: {folder}. Zmierz go: odsluch models evaluate --model {named}")
    return 0


@contextmanager
def stopping(ask: Callable[..., None]) -> Iterator[None]:
    """Ctrl-C and a request to end go to ``ask``, so that the work can be saved before."""
    with ExitStack() as after:
        for number in (signal.SIGINT, signal.SIGTERM):
            after.callback(signal.signal, number, signal.signal(number, ask))
        yield


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
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PLIK",
    help="Gdzie zapisać wszystkie liczby (JSON); bez tego model-figures/MODEL-CZĘŚĆ.json w folderze danych.",
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
@settings_options("data_dir")
def evaluate(
    configuration: Configuration,
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
    from qa.cli.model_figures import print_classes, print_report

    output = output or _figures_file(configuration.settings.data_dir, model, split)
    with saving(output) as save, watch(eager=True) as progress:
        try:
            report = measure(examples, Tagger.load(model), split, progress.say, sentiment_reviews)
        except (ExampleError, ModelError, ArtefactError) as error:
            raise UserError(str(error)) from error
        save(report)
    click.echo(f"Wszystkie liczby: {output}", err=True)
    if as_json:
        print_json(report)
    else:
        print_report(report)
        if classes:
            print_classes(report)
    return 0


def _figures_file(data_dir: Path, model: str, split: str) -> Path:
    """Where figures lie when nobody says where; the folder is made.

    Raises:
        UsageProblem: the folder cannot be made.
    """
    folder = data_dir / FIGURES
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(f"Nie można utworzyć folderu {folder}: popraw prawa albo podaj -o.") from error
    name = re.sub(r"[^\w.@-]+", "-", Path(model).name) or "tagger"
    return folder / f"{name}-{split}.json"
