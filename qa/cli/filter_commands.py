"""The four filters of contract 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from qa.cli.options import library_chatter_aside, settings_options
from qa.cli.streams import reading, writing
from qa.cli.watching import Watch, watch
from qa.errors import UsageProblem
from qa.settings import Configuration, Settings

if TYPE_CHECKING:
    from qa.filters import Problem, Result, Step

output_option = click.option(
    "-o", "--output", metavar="PLIK", help="Plik wyniku; bez tej opcji standardowe wyjście."
)
Ready = Callable[[Settings, Callable[[str], None]], "Step"]


def _filter(name: str, configuration: Configuration, source: str, output: str | None, ready: Ready) -> int:
    """Run one filter; 1 when any line had a problem."""
    from qa.filters import apply, read_records

    # Input and output are opened before any model is loaded: a wrong path is told at once.
    with (
        watch(eager=False) as progress,
        library_chatter_aside(),
        reading(source) as stream,
        writing(output) as target,
    ):
        step = ready(configuration.settings, progress.say)
        progress.stage(name, 0)
        problems = _write(apply(step, read_records(stream, source)), target, progress)
    return _status(problems)


def _write(results: Iterable[Result | Problem], target: IO[bytes], progress: Watch) -> int:
    """Write all results; how many of them are problems."""
    from qa.filters import Problem, encoded

    problems = 0
    for result in results:
        target.write(encoded(result))
        problems += isinstance(result, Problem)
        progress.advance(1)
    return problems


def _status(problems: int) -> int:
    if problems:
        click.echo(f"Wiersze z błędem: {problems} (pole `error` w wyniku).", err=True)
    return 1 if problems else 0


@click.command(options_metavar="[OPCJE]")
@click.argument("audio", nargs=-1, required=True, metavar="NAGRANIE...")
@output_option
@click.option("--words", is_flag=True, help="Zachowaj w metadanych czas każdego słowa.")
@settings_options("speech_model", "threads")
def transcribe(configuration: Configuration, audio: tuple[str, ...], output: str | None, words: bool) -> int:
    """Przepisz nagrania na rozmowy, po jednej w wierszu JSON.

    Nagranie dwukanałowe ma mówiących według kanałów. Obok nagrania może leżeć plik NAZWA.meta.json
    z konsultantem, kolejką i czasem. Nagrania nie opuszczają tej maszyny.

    \b
    Przykłady:
      odsluch transcribe rozmowa.wav
      odsluch transcribe nagrania/*.ogg -o rozmowy.jsonl
    """
    from qa.bootstrap import Parts
    from qa.transcribing import recordings, transcriptions

    for name in audio:
        if not Path(name).exists():
            raise UsageProblem(f"Nie ma pliku {name}: sprawdź ścieżkę.")
    with watch(eager=False) as progress, library_chatter_aside(), writing(output) as target:
        parts = Parts(configuration.settings, progress.say)
        found = recordings(parts, [Path(name) for name in audio])
        progress.stage("speech", len(found))
        cut: list[str] = []
        results = transcriptions(parts, found, progress.within, words=words)
        problems = _write(_noting_cuts(results, cut), target, progress)
    if cut:
        click.echo(f"Ucięte, przepisane do miejsca uszkodzenia: {', '.join(cut)}.", err=True)
    return _status(problems)


def _noting_cuts(results: Iterable[Any], cut: list[str]) -> Iterator[Any]:
    """The results; ids of recordings whose end is missing go to ``cut``."""
    for result in results:
        if isinstance(result, dict) and "damage" in result.get("metadata", {}).get("speech", {}):
            cut.append(result["id"])
        yield result


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="PLIK")
@output_option
@click.option(
    "--numbered", is_flag=True, help="Oznaczenia [PERSON_1], te same dla tej samej osoby w rozmowie."
)
@settings_options()
def redact(configuration: Configuration, source: str, output: str | None, numbered: bool) -> int:
    """Zastąp dane osobowe w rozmowach oznaczeniami takimi jak [PHONE].

    Pole `redactions` mówi, co i gdzie zastąpiono (pozycje w tekście oryginału), z jaką pewnością i dlaczego. Identyfikatory klienta, zamówienia,
    sprawy i konsultanta, które wyglądają na dane osobowe (e-mail, telefon, PESEL, nazwisko), zamienia się na [ID];
    identyfikator samej rozmowy zostaje, bo po nim łączy się wyniki.

    \b
    Przykłady:
      odsluch redact rozmowy.jsonl -o bez-danych.jsonl
      odsluch redact --numbered rozmowy.jsonl -o kto-jest-kim.jsonl
      cat rozmowy.jsonl | odsluch redact -
    """
    return _filter("redact", configuration, source, output, _numbering if numbered else _redacting)


def _redacting(settings: Settings, say: Callable[[str], None]) -> Step:
    from qa.bootstrap import Parts
    from qa.filters import redacting

    return redacting(Parts(settings, say).redactor())


def _numbering(settings: Settings, say: Callable[[str], None]) -> Step:
    from qa.bootstrap import Parts
    from qa.filters import redacting

    return redacting(Parts(settings, say).numbering_redactor())


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="PLIK")
@output_option
@settings_options("tagger_model", "threads")
def tag(configuration: Configuration, source: str, output: str | None) -> int:
    """Dodaj powody kontaktu, nastrój klienta i zachowania konsultanta.

    \b
    Przykłady:
      odsluch tag rozmowy.jsonl -o otagowane.jsonl
      odsluch redact rozmowy.jsonl | odsluch tag -
    """
    return _filter("tag", configuration, source, output, _tagging)


def _tagging(settings: Settings, say: Callable[[str], None]) -> Step:
    from qa.bootstrap import Parts
    from qa.filters import tagging

    return tagging(Parts(settings, say).tagger())


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="PLIK")
@click.option("--scorecard", metavar="KARTA", help="Karta dla wszystkich rozmów, np. phone albo plik YAML.")
@output_option
@settings_options("tagger_model", "threads")
def score(configuration: Configuration, source: str, output: str | None, scorecard: str | None) -> int:
    """Oceń rozmowy według karty oceny; rozmowy bez tagów najpierw otaguj.

    Bez --scorecard każda rozmowa dostaje kartę swojego kanału z ustawień; kanał bez karty daje
    `"evaluation": null`.

    \b
    Przykłady:
      odsluch score otagowane.jsonl -o ocenione.jsonl
      odsluch tag rozmowy.jsonl | odsluch score - --scorecard phone
    """
    without: Counter[str] = Counter()

    def scoring(settings: Settings, say: Callable[[str], None]) -> Any:
        from qa.bootstrap import Parts
        from qa.filters import Judge

        parts = Parts(settings, say)
        return Judge(parts.tagger, parts.judgement(scorecard), without).step

    status = _filter("score", configuration, source, output, scoring)
    for channel, count in sorted(without.items()):
        click.echo(f"Bez oceny, bo kanał {channel} nie ma karty: {count} (użyj --scorecard).", err=True)
    return status
