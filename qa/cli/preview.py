"""``scorecards preview``: what a draft would change in stored conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from qa.cli.options import STORED, json_option, print_json, settings_options, workspace
from qa.errors import UsageProblem, UserError
from qa.settings import Configuration, Settings
from transcripts.conversation import CHANNELS

if TYPE_CHECKING:
    from qa.services.boards.figures import Average
    from qa.services.judging.preview import CriterionChange, Preview
    from qa.services.judging.trust import Share
    from scorecards import Scorecard

MONTH = timedelta(days=30)
OUTCOMES = {
    "pass": "zaliczone",
    "fail": "niezaliczone",
    **{f"{level}": f"poziom {level}" for level in (5, 4, 3, 2, 1, 0)},
    "na": "nie dotyczy",
    "review": "do oceny",
    "absent": "brak kryterium",
}


@click.command(options_metavar="[OPCJE]")
@click.argument("source", metavar="PLIK")
@click.option("--against", metavar="KARTA", help="Karta do porównania; domyślnie ta, której używa kanał.")
@click.option("--since", metavar="DZIEŃ", help="Rozmowy od tego dnia (RRRR-MM-DD); domyślnie z 30 dni.")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    type=click.Choice(CHANNELS),
    metavar="KANAŁ",
    help="Tylko ten kanał.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Oceń najwyżej N rozmów, wylosowanych.")
@json_option
@settings_options(*STORED)
def preview(
    configuration: Configuration,
    source: str,
    against: str | None,
    since: str | None,
    channels: tuple[str, ...],
    limit: int | None,
    as_json: bool,
) -> int:
    """Pokaż, co zmieniłaby karta PLIK, gdyby oceniała rozmowy z ostatniego miesiąca; niczego nie zapisuje.

    Obie karty oceniają zapisane rozmowy po ich zapisanych tagach: ile rozmów się zmieni, jak zmienią się wyniki kryteriów
    i o ile średni wynik (z 95-procentowym przedziałem), z identyfikatorami przykładowych rozmów.

    \b
    Przykłady:
      odsluch scorecards preview phone-2.yaml
      odsluch scorecards preview phone-2.yaml --against phone@1 --since 2026-11-01 --json
    """
    from qa.cli.scorecards import load
    from qa.cli.watching import watch
    from qa.services.judging.preview import preview as compare
    from transcripts.serialise import WARSAW

    policy = configuration.settings.policy
    draft = load(source, policy)
    used = _used(configuration.settings)
    other = load(against, policy) if against else _in_use(draft, used, channels, configuration.settings)
    chosen = channels or _channels_of(other, used)
    first = _day(since) if since else datetime.now(ZoneInfo(WARSAW)).date() - MONTH
    with (
        watch(eager=False) as progress,
        workspace(configuration) as opened,
        opened.storage.reading() as session,
    ):
        found = compare(session, draft, other, chosen, first, limit, progress)
    if not found.changed.whole:
        raise UserError(_nothing(found, first))
    if as_json:
        print_json(as_dict(found))
    else:
        _print(found)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"„{text}” nie jest dniem: podaj --since jak 2026-11-01.") from error


def _used(settings: Settings) -> dict[str, Scorecard]:
    """The scorecard of each channel."""
    from qa.cli.scorecards import load

    return {channel: load(name, settings.policy) for channel, name in settings.scorecards.items()}


def _in_use(
    draft: Scorecard, used: dict[str, Scorecard], channels: Sequence[str], settings: Settings
) -> Scorecard:
    """The card that the draft is to replace: of the same id, in use or the newest of the program, or of the channels.

    Raises:
        UsageProblem: nobody knows which; the sentence names the one that asks most alike.
    """
    from qa.cli.scorecards import load

    same = [card for card in used.values() if card.id == draft.id and card != draft]
    if same:
        return same[0]
    shipped = [key for key in _newest() if key.partition("@")[0] == draft.id and key != draft.key]
    if shipped:
        return load(shipped[-1], settings.policy)
    of_channels = {used[channel].key: used[channel] for channel in channels if channel in used}
    if len(of_channels) == 1:
        return next(iter(of_channels.values()))
    raise UsageProblem(
        f"Nie wiadomo, z czym porównać kartę {draft.key}: podaj inną kartę, np. --against {_alike(draft, settings)}."
    )


def _newest() -> list[str]:
    """The cards of the program by key, the newest version of each last."""
    from scorecards import available

    return sorted(available(), key=lambda key: (key.partition("@")[0], int(key.partition("@")[2])))


def _alike(draft: Scorecard, settings: Settings) -> str:
    """The card whose criteria are most like the draft's, those in use first."""
    from qa.cli.scorecards import load

    shipped = {key.partition("@")[0]: key for key in _newest()}
    cards = {name: load(name, settings.policy) for name in (*settings.scorecards.values(), *shipped.values())}
    asked = _asked(draft)
    others = [name for name, card in cards.items() if card.key != draft.key]
    return max(others, key=lambda name: len(asked & _asked(cards[name])))


def _asked(card: Scorecard) -> set[tuple[str, str]]:
    """What a card asks, by ids of criteria and by checks."""
    ids = {("id", criterion.id) for criterion in card.criteria}
    return ids | {("check", check) for criterion in card.criteria for check, _ in criterion.uses}


def _channels_of(card: Scorecard, used: dict[str, Scorecard]) -> tuple[str, ...]:
    """The channels that the card judges by the settings, or the one that it is named after."""
    by_settings = tuple(channel for channel, one in used.items() if one.id == card.id)
    if by_settings or card.id in CHANNELS:
        return by_settings or (card.id,)
    raise UsageProblem(
        f"Nie wiadomo, który kanał ocenia karta {card.key}: podaj --channel, np. --channel phone."
    )


def _nothing(found: Preview, first: date) -> str:
    if found.unreadable:
        return f"Zapisanych tagów nie da się odczytać ({found.unreadable}): otaguj rozmowy od nowa poleceniem odsluch run."
    return (
        f"Od {first.isoformat()} nie ma otagowanych rozmów ({', '.join(found.channels)}): podaj wcześniejszy --since "
        "albo przetwórz rozmowy poleceniem odsluch run."
    )


def as_dict(found: Preview) -> dict[str, Any]:
    """For JSON."""
    return {
        "draft": found.draft,
        "against": found.against,
        "since": found.since,
        "channels": list(found.channels),
        "conversations": found.conversations,
        "judged": found.changed.whole,
        "unreadable": found.unreadable,
        "changed": found.changed.as_dict(),
        "rescored": found.rescored.as_dict(),
        "score": {
            "before": asdict(found.before),
            "after": asdict(found.after),
            "difference": asdict(found.difference),
            "gained": found.gained,
            "lost": found.lost,
            "examples": [asdict(example) for example in found.examples],
        },
        "criteria": [_criterion(one) for one in found.criteria],
    }


def _criterion(one: CriterionChange) -> dict[str, Any]:
    cells = sorted(one.outcomes.items())
    return {
        "id": one.id,
        "name": one.name,
        "changed": one.changed.as_dict(),
        "outcomes": [{"before": old, "after": new, "n": n} for (old, new), n in cells],
        "examples": [asdict(example) for example in one.examples],
    }


def _print(found: Preview) -> None:
    from qa.cli.tables import console
    from scorecards.wording import channel_names

    out = console()
    names = ", ".join(channel_names(found.channels))
    drawn = f", wylosowane: {found.changed.whole}" if found.changed.whole < found.conversations else ""
    click.echo(
        f"{found.against} → {found.draft}, rozmowy od {found.since} ({names}): {found.conversations}{drawn}"
    )
    click.echo(f"Zmieni się: {_share(found.changed)}; z innym wynikiem punktowym: {_share(found.rescored)}.")
    click.echo(_scores(found))
    if found.unreadable:
        click.echo(f"Pominięte, bo ich tagów nie da się odczytać: {found.unreadable}.")
    moved = [one for one in found.criteria if one.changed.part]
    if moved:
        out.print(_table(moved))
    still = [one.id for one in found.criteria if not one.changed.part]
    if still:
        click.echo(f"Bez zmian: {', '.join(still)}.")
    _print_examples(found, moved)


def _scores(found: Preview) -> str:
    change = found.difference
    lines = [f"Średni wynik: {_mean(found.before)} → {_mean(found.after)}."]
    if change.mean is not None:
        ends = f" [{_number(change.low)}; {_number(change.high)}]" if change.low is not None else ""
        lines.append(f"Średnia zmiana rozmowy: {_number(change.mean, sign=True)}{ends} pkt (n = {change.n}).")
    if found.gained or found.lost:
        lines.append(f"Wynik zyska {found.gained}, straci {found.lost} (za mało rozstrzygniętych kryteriów).")
    return " ".join(lines)


def _table(changes: Sequence[CriterionChange]) -> Any:
    from rich.table import Table

    table = Table(title="Wyniki kryteriów: dotąd (wiersze) i po zmianie (kolumny)", title_justify="left")
    table.add_column("Kryterium")
    table.add_column("Dotąd")
    shown = [name for name in OUTCOMES if any(new == name for one in changes for _, new in one.outcomes)]
    for name in shown:
        table.add_column(OUTCOMES[name], justify="right")
    for one in changes:
        title = f"{one.id} ({one.changed.part})"
        for old in OUTCOMES:
            cells = [one.outcomes.get((old, new), 0) for new in shown]
            if any(cells):
                marked = (_cell(old, new, n) for new, n in zip(shown, cells, strict=True))
                table.add_row(title, OUTCOMES[old], *marked)
                title = ""
        table.add_section()
    return table


def _cell(old: str, new: str, count: int) -> str:
    """A count; what stays as it is in dim letters."""
    if not count:
        return ""
    return f"[dim]{count}[/dim]" if old == new else str(count)


def _print_examples(found: Preview, moved: Sequence[CriterionChange]) -> None:
    for one in moved:
        for example in one.examples:
            before, after = OUTCOMES[example.before], OUTCOMES[example.after]
            click.echo(f"  {one.id}: {example.conversation_id} ({before} → {after})")
    if found.examples:
        click.echo("Największe zmiany wyniku:")
    for scores in found.examples:
        click.echo(f"  {scores.conversation_id}: {_number(scores.before)} → {_number(scores.after)}")


def _share(share: Share) -> str:
    from qa.cli.tables import percent

    ends = share.interval
    interval = f", 95 % przedział {percent(ends[0])} – {percent(ends[1])}" if ends else ""
    return f"{share.part} z {share.whole} ({percent(share.value or 0.0)}{interval})"


def _mean(average: Average) -> str:
    return f"{_number(average.mean)} (n = {average.n})" if average.mean is not None else "brak"


def _number(value: float | None, *, sign: bool = False) -> str:
    return "-" if value is None else f"{value:{'+' if sign else ''}.1f}".replace(".", ",")
