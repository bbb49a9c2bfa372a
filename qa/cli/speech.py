"""``odsluch speech``: how well recordings are transcribed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from qa.cli.options import json_option, library_chatter_aside, print_json, settings_options
from qa.cli.streams import saving
from qa.cli.watching import watch
from qa.errors import UserError
from qa.settings import Configuration


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def speech() -> None:
    """Rozpoznawanie mowy: pomiar na własnych nagraniach.

    \b
    Przykład:
      odsluch speech evaluate examples/calls
    """


@speech.command(options_metavar="[OPCJE]")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER")
@click.option("--without-plain", is_flag=True, help="Bez zwykłego faster-whisper (dwa razy szybciej).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Zapisz wszystkie liczby (JSON)."
)
@json_option
@settings_options("speech_model", "threads")
def evaluate(
    configuration: Configuration, folder: Path, without_plain: bool, output: Path | None, as_json: bool
) -> int:
    """Zmierz przepisywanie nagrań wobec wzorców, obok zwykłego faster-whisper na tych samych wagach.

    Obok nagrania rozmowa.wav ma leżeć wzorzec rozmowa.json: rozmowa z wypowiedziami (speaker, text, start,
    end), tak jak w `odsluch schema conversation`. Liczby we wzorcu mogą być słowami albo cyframi.

    \b
    Przykłady:
      odsluch speech evaluate examples/calls
      odsluch speech evaluate nagrania/ --threads 2 -o liczby.json
    """
    from nlp.speech_quality.evaluate import EvaluationError, referenced
    from nlp.speech_quality.evaluate import evaluate as measure
    from nlp.speech_quality.plain import PlainWhisper
    from qa.bootstrap import Parts

    with saving(output) as save, watch(eager=True) as progress, library_chatter_aside():
        parts = Parts(configuration.settings, progress.say)
        plain = PlainWhisper(parts.speech_folder(), configuration.settings.threads)
        try:
            items = referenced(folder)
            report = measure(items, parts.transcriber(), None if without_plain else plain, progress.say)
        except EvaluationError as error:
            raise UserError(str(error)) from error
        report = {"model": configuration.settings.speech_model, **report}
        save(report)
    if as_json:
        print_json(report)
    else:
        _print(report)
    return 0


_WAYS = (("ours", "odsluch"), ("plain", "faster-whisper"), ("mono", "odsluch, jeden kanał"))


def _print(report: Mapping[str, Any]) -> None:
    from rich.table import Table

    from qa.cli.tables import console

    ways = [(key, title) for key, title in _WAYS if key in report]
    table = Table(
        title=f"{report['model']}, normalizacja {report['ours']['normaliser']}", title_justify="left"
    )
    table.add_column("Miara")
    for _, title in ways:
        table.add_column(title, justify="right")
    for label, cell in _rows():
        table.add_row(label, *(cell(report[key]) for key, _ in ways))
    console().print(table)
    for line in _remarks(report):
        console().print(line)


def _rows() -> list[tuple[str, Any]]:
    return [
        ("Nagrania", lambda r: str(r["recordings"])),
        ("WER", lambda r: _rate(r["wer"])),
        ("WER konsultanta", lambda r: _rate(r["wer_by_speaker"].get("agent"))),
        ("WER klienta", lambda r: _rate(r["wer_by_speaker"].get("customer"))),
        ("CER", lambda r: _number(r["cer"])),
        ("Słowa u właściwej osoby", lambda r: _share(r["speaker_words"])),
        ("Początki wypowiedzi do 1 s", lambda r: _share(r["turn_starts"])),
        ("Liczby dokładnie", lambda r: _right(r["numbers"].get("all"))),
        ("  kwoty", lambda r: _right(r["numbers"].get("amount"))),
        ("  telefony", lambda r: _right(r["numbers"].get("phone"))),
        ("  numery (5 i więcej cyfr)", lambda r: _right(r["numbers"].get("long"))),
        ("Słowa zmyślone w przerwach", lambda r: str(r["invented_words"])),
        ("Razy szybciej niż nagranie", lambda r: f"{r['speed']:.1f}"),
    ]


def _remarks(report: Mapping[str, Any]) -> list[str]:
    invented = report["without_speech"]
    names = {"silence": "cisza", "tone": "sygnał", "noise": "szum", "crosstalk": "przesłuch"}
    told = ", ".join(f"{names[name]} {count}" for name, count in invented.items())
    lines = [f"Słowa zmyślone w minucie bez mowy: {told}."]
    if "times_plain" in report:
        lines.append(f"Szybciej od zwykłego faster-whisper: {report['times_plain']:.2f} razy.")
    if metrics := report["ours"]["call_metrics"]:
        told = ", ".join(f"{name} {row['mean']:.1%}" for name, row in metrics.items())
        lines.append(f"Miary rozmowy, średnia różnica wobec czasów wzorca: {told}.")
    return lines


def _rate(row: Mapping[str, Any] | None) -> str:
    if not row or row["rate"] is None:
        return ""
    return f"{row['rate']:.3f} [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}] n={row['n']}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _share(row: Mapping[str, Any]) -> str:
    return "" if row["share"] is None else f"{row['share']:.3f} n={row['n']}"


def _right(row: Mapping[str, int] | None) -> str:
    return f"{row['right']} z {row['n']}" if row else ""
