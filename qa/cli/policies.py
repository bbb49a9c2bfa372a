"""``scorecards policy``: the shop's rules as the program understands them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.cli.options import json_option, print_json
from qa.cli.scorecards import as_user_error

if TYPE_CHECKING:
    from scorecards.calendar import Calendar
    from scorecards.policy import Policy, Response, Term

DAYS = ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela")
RULES = {"exactly": "równo", "at_most": "najwyżej", "at_least": "co najmniej"}
ADDRESSES = {"any": "dowolna, byle jedna", "formal": "Pan, Pani", "informal": "na „ty”"}


@click.command(options_metavar="[OPCJE]")
@click.argument("file", metavar="[PLIK]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@json_option
def policy(file: Path | None, as_json: bool) -> int:
    """Sprawdź plik zasad sklepu i pokaż, jak program go rozumie; bez PLIKU zasady, które są w programie.

    Zasady to godziny otwarcia, obiecane czasy odpowiedzi, terminy (zwroty, reklamacje, własne) i styl. Wskazuje je
    ustawienie policy; opis pól jest w docs/policies.md.

    \b
    Przykłady:
      odsluch scorecards policy zasady.yaml
      odsluch scorecards policy --json
    """
    from scorecards import load_policy, standard_policy

    with as_user_error():
        found = load_policy(file) if file else standard_policy()
    if as_json:
        print_json(as_dict(found))
    else:
        click.echo("\n".join(described(found)))
    return 0


def described(found: Policy) -> Iterator[str]:
    """The policy as Polish lines."""
    yield f"{found.key}: {found.name}"
    yield ""
    yield "Godziny (czas warszawski):"
    yield from (f"  {line}" for line in _hours(found.calendar))
    yield "Czasy odpowiedzi w godzinach otwarcia:"
    for channel, response in found.response.items():
        yield f"  {channel}: {_response(response)}"
    yield "Terminy:"
    for term in found.terms:
        yield f"  {term.id}: {term.name}, {_term(term)}"
    yield f"Forma: {ADDRESSES[found.style.address]}; najdłuższe zdanie: {found.style.longest_sentence} słów."
    if found.style.avoid:
        yield f"Zwroty, których się unika: {', '.join(found.style.avoid)}"


def _hours(calendar: Calendar) -> Iterator[str]:
    for day, stretches in zip(DAYS, calendar.week, strict=True):
        yield f"{day}: {_stretches(stretches)}"
    yield f"święta państwowe: {'zamknięte' if calendar.holidays else 'jak zwykły dzień'}"
    for single, stretches in sorted(calendar.days.items()):
        yield f"{single.isoformat()}: {_stretches(stretches)}"


def _stretches(stretches: tuple[tuple[float, float], ...]) -> str:
    if stretches == ((0.0, 24.0),):
        return "cała doba"
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in stretches) or "zamknięte"


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _response(response: Response) -> str:
    named = (("pierwsza", response.first), ("kolejne", response.later))
    return ", ".join(f"{name} do {_length(hours)}" for name, hours in named if hours is not None)


def _length(hours: float) -> str:
    unit, size = next(
        ((u, s) for u, s in (("godz.", 1.0), ("min", 1 / 60)) if hours >= s - 1e-9), ("s", 1 / 3600)
    )
    return f"{hours / size:.4g}".replace(".", ",") + f" {unit}"


def _term(term: Term) -> str:
    days = f"{term.days:g}".replace(".", ",")
    return f"{RULES[term.rule]} {days} dni{' roboczych' if term.working else ''}"


def as_dict(found: Policy) -> dict[str, Any]:
    """For JSON: hours as numbers, days as ISO dates."""
    return {
        "policy": found.key,
        "name": found.name,
        "calendar": {
            "week": [list(map(list, stretches)) for stretches in found.calendar.week],
            "holidays": found.calendar.holidays,
            "days": {day.isoformat(): list(map(list, s)) for day, s in found.calendar.days.items()},
        },
        "response": {channel: {"first": r.first, "later": r.later} for channel, r in found.response.items()},
        "terms": [
            {"id": t.id, "name": t.name, "days": t.days, "rule": t.rule, "working": t.working, "about": list(t.about)}
            for t in found.terms
        ],
        "style": {
            "address": found.style.address, "avoid": list(found.style.avoid),
            "longest_sentence": found.style.longest_sentence,
        },
    }  # fmt: skip
