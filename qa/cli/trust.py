"""``scorecards trust``: how far the outcomes of each criterion agree with people's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import STORED, json_option, print_json, settings_options, workspace
from qa.cli.streams import saving
from qa.cli.trust_files import labels_in, report_in, scored_in
from qa.errors import UsageProblem, UserError
from qa.settings import Configuration, Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qa.services.judging.trust import Bar, Trust

CARD_FILES = (".yaml", ".yml")
SHARE = click.FloatRange(0, 1)


@dataclass(frozen=True, slots=True)
class _Report:
    """The rows, the bar they were held against, and where the labels come from."""

    rows: Sequence[Trust]
    bar: Bar
    source: dict[str, Any]


@click.command(options_metavar="[OPCJE]")
@click.argument("evaluated", metavar="KARTA|OCENY")
@click.argument("labels", metavar="[LUDZIE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--least", type=click.IntRange(1), metavar="N", help="Najmniej rozmów ocenionych przez ludzi (50)."
)
@click.option("--agreement", type=SHARE, metavar="UDZIAŁ", help="Dolny koniec przedziału zgodności (0.8).")
@click.option("--kappa", type=SHARE, metavar="KAPPA", help="Najmniejsza kappa Cohena (0.6).")
@click.option("--assisted", type=SHARE, metavar="UDZIAŁ", help="Najmniejsza zgodność podpowiedzi (0.75).")
@click.option("--join-channels", is_flag=True, help="Policz kanały karty razem zamiast osobno.")
@click.option(
    "--before", type=click.Path(path_type=Path, dir_okay=False), metavar="PLIK", help="Poprzedni raport."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PLIK", help="Zapisz raport (JSON).")
@json_option
@settings_options(*STORED)
def trust(
    configuration: Configuration,
    evaluated: str,
    labels: Path | None,
    join_channels: bool,
    before: Path | None,
    output: Path | None,
    as_json: bool,
    **bar: float | None,
) -> int:
    """Pokaż, jak automatyczne oceny zgadzają się z ocenami ludzi, kryterium po kryterium.

    Z samą KARTĄ (phone@1 albo plik YAML) liczy to, co jest w tej instalacji: zakończone oceny ludzi i zapisane wyniki
    automatyczne, tak jak strona „Zaufanie” w aplikacji i z jej progiem; niczego nie zapisuje.

    Z dwoma plikami OCENY to wynik `odsluch score`, LUDZIE to wiersze JSON {"id", "criteria": {kryterium: pass|fail|na}}
    albo {"id", "A": {"criteria": ...}, "B": {"criteria": ...}}: liczą się rozmowy, w których oceniający są zgodni. Kryteria
    ze skalą mają obok "criteria" także "levels": {kryterium: poziom}; "rater" obok nich nazywa oceniającego.

    Każda wersja karty i każdy kanał ma własne wiersze. Kryterium jest automatyczne, gdy dolny koniec przedziału zgodności
    i kappa sięgają progów przy wystarczającej liczbie rozmów; jest podpowiedzią, gdy zgodność sięga progu podpowiedzi;
    inaczej ocenia je człowiek. Ze skalą to samo muszą spełnić poziomy (zgodność co do poziomu i kappa z wagami
    kwadratowymi).

    \b
    Przykłady:
      odsluch scorecards trust phone@1
      odsluch score rozmowy.jsonl -o oceny.jsonl
      odsluch scorecards trust oceny.jsonl ludzie.jsonl -o zaufanie.json
      odsluch scorecards trust oceny.jsonl ludzie.jsonl --before zaufanie.json
    """
    from qa.cli.trust_tables import show
    from qa.services.judging.trust import drift

    given = {name: value for name, value in bar.items() if value is not None}
    if labels is None:
        report = _stored(configuration, evaluated, given, joined=join_channels)
    else:
        report = _files(Path(evaluated), labels, given, joined=join_channels)
    changes = drift(report.rows, report_in(before)["criteria"] if before else [])
    content = {
        "scorecards": sorted({one.scorecard for one in report.rows}),
        **report.source,
        "bar": asdict(report.bar),
        "criteria": [one.as_dict() for one in report.rows],
        "drift": [one.as_dict() for one in changes],
    }
    with saving(output) as save:
        save(content)
    if as_json:
        print_json(content)
    else:
        show(report.rows, changes)
    return 0


def _files(evaluated: Path, labels: Path, given: dict[str, Any], *, joined: bool) -> _Report:
    from qa.services.judging.trust import Bar, trust_report

    bar = replace(Bar(), **given)
    rows = trust_report(scored_in(evaluated), labels_in(labels), bar, joined=joined)
    if not rows:
        raise UserError(
            "Żadna oceniona rozmowa nie ma ocen ludzi: sprawdź, czy pola `id` w obu plikach są takie same."
        )
    return _Report(rows, bar, {"source": "files"})


def _stored(configuration: Configuration, source: str, given: dict[str, Any], *, joined: bool) -> _Report:
    """The report of what this installation keeps."""
    from qa.services.judging.trust_state import kept_bar, stored_trust

    key = _card(source, configuration.settings)
    with workspace(configuration) as opened, opened.storage.reading() as session:
        bar = replace(kept_bar(session, key), **given)
        try:
            found = stored_trust(session, key, bar)
        except UsageProblem as problem:
            raise UserError(f"{problem} {_instead(session, key)}") from problem
    about = {
        "source": "reviews",
        "conversations": found.conversations,
        "blind": found.blind,
        "raters": found.raters,
    }
    return _Report([one.without_names() for one in (found.whole if joined else found.rows)], bar, about)


def _card(source: str, settings: Settings) -> str:
    """The key of the card: of the settings, of the program, or of a file.

    Raises:
        UsageProblem: it is a file of evaluations, and people's are missing.
        UserError: there is no such card.
    """
    from qa.cli.scorecards import load
    from qa.services.judging.cards import register

    if Path(source).is_file() and not source.endswith(CARD_FILES):
        raise UsageProblem(
            f"Do pliku z ocenami {source} brakuje ocen ludzi: dopisz plik LUDZIE albo podaj samą kartę, np. phone@1."
        )
    return source if source in register(settings.scorecards.values()) else load(source, settings.policy).key


def _instead(session: Session, key: str) -> str:
    """What can be done where nothing is kept of a card."""
    from qa.services.judging.trust_state import reviewed_cards

    others = [one for one in reviewed_cards(session) if one != key]
    known = f"Zakończone oceny są kartą: {', '.join(others)}. " if others else ""
    return (
        f"{known}Rozmowy przetwarza odsluch run, ludzie oceniają je w aplikacji (odsluch serve); bez bazy podaj dwa pliki: "
        "odsluch scorecards trust OCENY LUDZIE."
    )
