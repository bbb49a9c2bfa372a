"""``privacy``: what RODO asks of the operator."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.acting import acting_person
from qa.cli.options import STORED, json_option, library_chatter_aside, print_json, settings_options, workspace
from qa.cli.watching import watch
from qa.errors import UsageProblem
from qa.settings import Configuration

if TYPE_CHECKING:
    from qa.services.privacy.retention import Purged
    from qa.services.privacy.subject import Erased

STRAY_FILES = "pliki bez wpisu w bazie"
NOTHING_FOUND = (
    "Nic nie znaleziono: sprawdź, czy identyfikator jest zapisany tak jak w źródle. Odłożone pozycje "
    "(odsluch parked) odnajduje się tylko po identyfikatorze rozmowy (--conversation)."
)
UNFINISHED = "Wcześniejsze usuwanie przerwano przed końcem sprzątania: dokończy je następne erase albo purge."
FINISHED = "Dokończono sprzątanie po wcześniejszym, przerwanym usuwaniu."

dry_run_option = click.option("--dry-run", is_flag=True, help="Tylko policz, niczego nie zmieniaj.")
yes_option = click.option("--yes", is_flag=True, help="Nie pytaj o potwierdzenie.")


def subject_options(command: Any) -> Any:
    """Who the request is about."""
    for name, help_ in (
        ("conversation", "Identyfikator rozmowy."),
        ("case", "Numer sprawy, jak w źródle."),
        ("order", "Numer zamówienia, jak w źródle."),
        ("customer", "Identyfikator klienta, jak w źródle."),
    ):
        command = click.option(f"--{name}", metavar="ID", help=help_)(command)
    return command


@click.group(options_metavar="[OPCJE]", subcommand_metavar="POLECENIE [ARGUMENTY]...")
def privacy() -> None:
    """Dane osobowe: terminy, wnioski osób, szyfrowane oryginały, dziennik czynności.

    \b
    Przykłady:
      odsluch privacy purge --dry-run
      odsluch privacy export --customer K-1207 -o dane.zip
      odsluch privacy erase --customer K-1207
    """


def _sure(question: str, yes: bool, as_json: bool) -> None:
    """Ask before something is gone for good.

    Raises:
        UsageProblem: there is nobody to ask, or a program reads the answer.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise UsageProblem("Tego nie da się cofnąć: potwierdź opcją --yes albo sprawdź skutek z --dry-run.")
    click.confirm(question, abort=True)


@privacy.command(options_metavar="[OPCJE]")
@dry_run_option
@yes_option
@json_option
@settings_options(*STORED)
def purge(configuration: Configuration, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Usuń to, czego termin przechowywania minął (retention_days w ustawieniach).

    \b
    Przykłady:
      odsluch privacy purge --dry-run
      odsluch privacy purge --yes            codziennie, z crona
    """
    from qa.services.privacy.retention import purge as purge_all

    with workspace(configuration) as opened:
        if not dry_run and not yes:
            found = purge_all(opened, acting_person(), dry_run=True)
            if not as_json:
                _print_purged(found, dry_run=True)
            if found.nothing and not found.unfinished and not as_json:
                return 0
            _sure("Usunąć to bezpowrotnie?", yes, as_json)
        done = purge_all(opened, acting_person(), dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **asdict(done)})
    else:
        _print_purged(done, dry_run=dry_run)
    return 1 if done.traces else 0


def _print_purged(done: Purged, *, dry_run: bool) -> None:
    if done.nothing:
        click.echo("Nic nie przekroczyło terminu przechowywania.")
    else:
        _print_purged_counts(done, dry_run=dry_run)
    _print_cleaned(done, dry_run=dry_run)


def _print_purged_counts(done: Purged, *, dry_run: bool) -> None:
    from qa.services.privacy.processing_record import CLASS_NAMES

    click.echo("Do usunięcia:" if dry_run else "Usunięto:")
    for name, count in done.counts.items():
        if count:
            since = f" (sprzed {done.before[name]})" if name in done.before else ""
            click.echo(f"  {CLASS_NAMES.get(name, STRAY_FILES)}: {count}{since}")


def _print_cleaned(done: Purged | Erased, *, dry_run: bool) -> None:
    """What followed the deletion: files written anew, files for a person to replace, traces."""
    if done.unfinished:
        click.echo(UNFINISHED if dry_run else FINISHED)
    for path in done.rewritten:
        click.echo(f"Zapisano od nowa: {path}")
    for path in done.to_replace:
        click.echo(f"Usuń albo zastąp (mógł zawierać cytaty): {path}")
    if done.traces:
        click.echo(f"Ślady zostały: {', '.join(done.traces)}. Zgłoś to, podając wersję.", err=True)


@privacy.command(options_metavar="[OPCJE]")
@subject_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Archiwum ZIP.")
@dry_run_option
@json_option
@settings_options(*STORED)
def export(
    configuration: Configuration, output: Path | None, dry_run: bool, as_json: bool, **who: str | None
) -> int:
    """Zbierz wszystko, co przechowuje się o osobie, w jednym archiwum ZIP.

    Czytaj.html jest dla człowieka, rozmowy.jsonl dla programów; oryginały i nagrania są w środku, jeśli je
    przechowano.

    \b
    Przykłady:
      odsluch privacy export --customer K-1207 --dry-run
      odsluch privacy export --order ZAM-33812 -o dane.zip
    """
    from qa.services.privacy.subject import Subject
    from qa.services.privacy.subject import export as export_all

    if output is None and not dry_run:
        raise UsageProblem("Podaj plik archiwum w -o albo użyj --dry-run.")
    if output is not None and output.exists():
        raise UsageProblem(f"Plik {output} już istnieje: podaj inną nazwę.")
    if output is not None and not output.parent.is_dir():
        raise UsageProblem(f"Nie ma folderu {output.parent}: utwórz go albo popraw -o.")
    with workspace(configuration) as opened:
        done = export_all(opened, Subject(**who), None if dry_run else output, acting_person())
    if as_json:
        print_json({"dry_run": dry_run, **asdict(done)})
        return 0
    click.echo(
        f"Rozmów: {done.conversations}, oryginałów: {done.originals}, nagrań: {done.recordings}, "
        f"odłożonych pozycji: {done.parked}."
    )
    if done.nothing:
        click.echo(NOTHING_FOUND)
    elif not dry_run:
        click.echo(f"Archiwum (tylko dla właściciela pliku): {output}")
    return 0


@privacy.command(options_metavar="[OPCJE]")
@subject_options
@dry_run_option
@yes_option
@json_option
@settings_options(*STORED)
def erase(configuration: Configuration, dry_run: bool, yes: bool, as_json: bool, **who: str | None) -> int:
    """Usuń wszystko o osobie: rozmowy, tagi, oceny, cytaty, oryginały, nagrania; nie wczytuj tego ponownie.

    Plików źródłowych program nie usuwa. Na końcu przeszukuje bazę i swój folder danych i mówi, czy coś
    zostało.

    \b
    Przykłady:
      odsluch privacy erase --customer K-1207 --dry-run
      odsluch privacy erase --conversation c-0001 --yes
    """
    from qa.services.privacy.subject import Subject
    from qa.services.privacy.subject import erase as erase_all

    subject = Subject(**who)
    with workspace(configuration) as opened:
        if not dry_run and not yes:
            found = erase_all(opened, subject, acting_person(), dry_run=True)
            if not as_json:
                _print_erased(found, dry_run=True)
            if found.nothing and not (found.barred or found.unfinished) and not as_json:
                return 0
            _sure("Usunąć to bezpowrotnie?", yes, as_json)
        done = erase_all(opened, subject, acting_person(), dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, **asdict(done)})
    else:
        _print_erased(done, dry_run=dry_run)
    return 1 if done.traces else 0


def _print_erased(done: Erased, *, dry_run: bool) -> None:
    if done.nothing:
        click.echo(NOTHING_FOUND)
    else:
        _print_erased_counts(done, dry_run=dry_run)
    if done.nothing and done.barred:
        click.echo(f"Rozmowa o tym identyfikatorze nie {'zostałaby' if dry_run else 'zostanie'} wczytana.")
    _print_cleaned(done, dry_run=dry_run)
    if not (dry_run or done.traces or (done.nothing and not done.unfinished)):
        click.echo("Przeszukano folder danych i bazę: nic nie zostało.")


def _print_erased_counts(done: Erased, *, dry_run: bool) -> None:
    counts = done.counts
    click.echo(
        f"{'Do usunięcia' if dry_run else 'Usunięto'}: rozmów {len(done.ids)} (wersji {counts.conversations}), "
        f"tagów {counts.taggings}, ocen {counts.evaluations}, zaszyfrowanych plików {counts.sealed}, "
        f"odłożonych pozycji {counts.parked}, wpisów z cytatami {counts.quotes}, ocen ludzi i pozycji prób {counts.work}."
    )


@privacy.command(options_metavar="[OPCJE]")
@click.argument("conversation", metavar="ROZMOWA")
@click.option("--reason", required=True, metavar="TEKST", help="Po co: trafia do dziennika.")
@settings_options(*STORED)
def reveal(configuration: Configuration, conversation: str, reason: str) -> int:
    """Pokaż oryginał rozmowy z zaszyfrowanego sejfu; otwarcie zostaje w dzienniku.

    \b
    Przykład:
      odsluch privacy reveal c-0001 --reason "reklamacja R-12, spór o numer"
    """
    from qa.services.privacy.unsealing import reveal as reveal_one

    with workspace(configuration) as opened:
        print_json(reveal_one(opened, conversation, acting_person(), reason))
    return 0


@privacy.command("new-key", options_metavar="[OPCJE]")
@click.argument("path", metavar="PLIK", type=click.Path(path_type=Path))
def new_key(path: Path) -> int:
    """Utwórz plik z nowym kluczem szyfrowania. Zrób jego kopię: bez niego oryginałów nikt nie odczyta.

    \b
    Przykład:
      odsluch privacy new-key /etc/odsluch/sejf.key
    """
    from qa.services.privacy.unsealing import make_key_file

    make_key_file(path)
    click.echo(f"Klucz: {path}. Wskaż go w ustawieniu key_file i przechowaj kopię poza tą maszyną.")
    return 0


@privacy.command("rotate-key", options_metavar="[OPCJE]")
@settings_options(*STORED)
def rotate_key(configuration: Configuration) -> int:
    """Zaszyfruj wszystko nowym kluczem i zapomnij stary; przerwane można uruchomić ponownie.

    \b
    Przykład:
      odsluch privacy rotate-key
    """
    from qa.services.privacy.unsealing import rotate

    with workspace(configuration) as opened, watch(eager=False) as progress:

        def tell(done: int, total: int) -> None:
            if done == 1:
                progress.stage("rotate", total)
            progress.advance(1)

        count = rotate(opened, acting_person(), tell)
    click.echo(
        f"Zaszyfrowano nowym kluczem: {count}. Zastąp kopię klucza: {configuration.settings.key_file}."
    )
    return 0


@privacy.command(options_metavar="[OPCJE]")
@click.option("--verify", is_flag=True, help="Sprawdź tylko, czy dziennik jest nienaruszony.")
@click.option("--conversation", metavar="ID", help="Tylko wpisy o tej rozmowie.")
@json_option
@settings_options(*STORED)
def audit(configuration: Configuration, verify: bool, conversation: str | None, as_json: bool) -> int:
    """Pokaż dziennik czynności: kto, kiedy i co zrobił z danymi osobowymi.

    \b
    Przykłady:
      odsluch privacy audit --json > dziennik.json
      odsluch privacy audit --verify
      odsluch privacy audit --conversation ROZMOWA

    Dziennik nie ma identyfikatorów rozmów, tylko znaki, których bez klucza tej instalacji nie da się odgadnąć.
    """
    from qa.storage.audit import broken_at, entries, entries_about

    with workspace(configuration) as opened, opened.storage.reading() as session:
        broken = broken_at(session)
        rows = list(entries_about(session, conversation) if conversation else entries(session))
        shown = [
            {name: getattr(row, name) for name in ("id", "at", "actor", "action", "subject", "details")}
            for row in rows
        ]
    if as_json:
        print_json({"intact": broken is None, "broken_at": broken, "entries": shown})
    elif not verify:
        for row in shown:
            details = ", ".join(f"{name}: {value}" for name, value in row["details"].items())
            click.echo(
                f"{row['id']}  {row['at']}  {row['actor']}  {row['action']}  {row['subject'] or '-'}  {details}"
            )
    if not as_json:
        verdict = "nienaruszony" if broken is None else f"naruszony od wpisu {broken}"
        click.echo(f"Wpisów: {len(rows)}; dziennik {verdict}.")
    return 0 if broken is None else 1


@privacy.command("record", options_metavar="[OPCJE]", short_help="Wygeneruj rejestr czynności przetwarzania.")
@click.option("--controller", metavar="NAZWA", help="Nazwa administratora.")
@click.option("--contact", metavar="TEKST", help="Adres i kontakt administratora.")
@click.option("--officer", metavar="TEKST", help="Inspektor ochrony danych.")
@click.option("-o", "--output", metavar="PLIK", help="Plik Markdown (bez opcji: na ekran).")
@settings_options(*STORED)
def record_(
    configuration: Configuration,
    controller: str | None,
    contact: str | None,
    officer: str | None,
    output: str | None,
) -> int:
    """Wygeneruj rejestr czynności przetwarzania (art. 30 RODO) z bieżących ustawień.

    \b
    Przykład:
      odsluch privacy record --controller "Sklep sp. z o.o." -o rejestr.md
    """
    from qa.cli.streams import writing
    from qa.services.privacy.processing_record import BLANK, Controller, processing_record

    with workspace(configuration) as opened:
        text = processing_record(opened, Controller(controller or BLANK, contact or BLANK, officer or BLANK))
    with writing(output) as stream:
        stream.write(text.encode("utf-8"))
    return 0


@privacy.command(options_metavar="[OPCJE]")
@click.argument("audio", nargs=-1, required=True, metavar="NAGRANIE...", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Dokąd kopie."
)
@click.option("--beep", is_flag=True, help="Sygnał zamiast ciszy.")
@click.option("--wav", is_flag=True, help="Zapisz WAV zamiast Opus.")
@json_option
@settings_options("data_dir", "speech_model", "threads")
def mute(
    configuration: Configuration,
    audio: tuple[Path, ...],
    output: Path,
    beep: bool,
    wav: bool,
    as_json: bool,
) -> int:
    """Zrób kopie nagrań z wyciszonymi danymi osobowymi; każdą kopię odsłuchaj i sprawdź, czy nic nie wróciło.

    Trwa co najmniej dwa razy tyle, co samo przepisanie. Kopii, w której dane nadal słychać, nie zapisuje. Nazwę
    pliku, która może zawierać dane osobowe, zastępuje pseudonimem; z którego nagrania jest kopia, podaje --json.

    \b
    Przykład:
      odsluch privacy mute nagrania/*.ogg -o bez-danych/
    """
    from qa.bootstrap import Parts
    from qa.services.names import KeptNames
    from qa.services.pipeline.muted_copies import CopyNames, mute_all
    from qa.storage.digests import open_pseudonyms
    from transcripts.muting import OPUS, WAVE

    with watch(eager=False) as progress, library_chatter_aside():
        parts = Parts(configuration.settings, progress.say)
        kept = KeptNames(parts.redactor(), open_pseudonyms(configuration.settings.data_dir))
        names = CopyNames(kept, output, WAVE if wav else OPUS)
        progress.stage("mute", len(audio))
        results = list(mute_all(parts, audio, names, progress, beep=beep))
    if as_json:
        print_json(results)
    else:
        for one in results:
            click.echo(one["message"])
    return 1 if any("error" in one for one in results) else 0


@privacy.command(options_metavar="[OPCJE]")
@click.argument("path", required=False, metavar="[PLIK]", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--misses", is_flag=True, help="Wypisz też, co pominięto i co zastąpiono niepotrzebnie.")
@json_option
@settings_options()
def evaluate(configuration: Configuration, path: Path | None, misses: bool, as_json: bool) -> int:
    """Zmierz usuwanie danych osobowych na rozmowach z oznaczonymi danymi (bez PLIKU: na dołączonych, których się nie uczono).

    Rozmowę zaczyna wiersz `# phone` (albo inny kanał), wypowiedzi `A:` (konsultant), `K:` (klient), `B:` (bot),
    a dane oznacza {P|Anna Kos}: P osoba, T telefon, S PESEL, I dokument, A konto lub karta, N numer klienta lub
    zamówienia, X hasło lub kod, E e-mail, D adres, U data urodzenia.

    \b
    Przykłady:
      odsluch privacy evaluate
      odsluch privacy evaluate moje.txt --misses
    """
    from nlp.redaction_quality import TEST, VARIANTS, MarkingError, measured, read_contacts
    from qa.bootstrap import Parts
    from qa.cli.redaction_tables import print_figures

    try:
        contacts = read_contacts(path or TEST)
    except MarkingError as error:
        raise UsageProblem(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"Nie można odczytać pliku {path}: sprawdź ścieżkę i kodowanie UTF-8.") from error
    redactor = Parts(configuration.settings).redactor()
    found = {
        name: measured(redactor, [changed for contact in contacts if (changed := variant(contact))])
        for name, variant in VARIANTS.items()
    }
    if as_json:
        print_json({"contacts": len(contacts), **{name: one.as_dict() for name, one in found.items()}})
        return 0
    print_figures(len(contacts), found)
    for miss in found["as_written"].misses if misses else ():
        click.echo(f"{miss.conversation_id}  {miss.kind or 'niepotrzebnie'}  {miss.text!r}")
    return 0
