"""Scorecards in Polish, for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from scorecards.card import Condition, Criterion, Scorecard
from scorecards.scale import Scale

CHANNEL_NAMES = {
    "phone": "telefon",
    "chat": "czat",
    "email": "e-mail",
    "social": "media społecznościowe",
    "marketplace": "platforma sprzedaży",
    "review": "opinia",
    "form": "formularz",
    "sms": "SMS",
}


def describe(card: Scorecard) -> str:
    """The scorecard as text for the command line, in Polish."""
    draft = " (szkic)" if card.status == "draft" else ""
    lines = [f"{card.key}: {card.name}{draft}"]
    for section in card.sections:
        lines += ["", f"{section.name} ({section.weight:g} pkt)"]
        for criterion in section.criteria:
            lines += _described(criterion)
    lines += ["", f"Wynik powstaje, gdy rozstrzygnięto co najmniej {card.least_coverage:.0%} punktów."]
    return "\n".join(lines)


def _described(criterion: Criterion) -> Iterator[str]:
    mark = f", {severity(criterion)}" if criterion.critical or criterion.fails_section else ""
    yield f"  {criterion.id}: {criterion.name} ({criterion.weight:g} pkt{mark})"
    yield f"      {criterion.question}"
    if criterion.only:
        yield f"      Tylko gdy: {condition(criterion.only)}"
    if criterion.not_applicable:
        yield f"      Nie dotyczy, gdy: {criterion.not_applicable}"
    if criterion.guide:
        yield f"      Wskazówka: {criterion.guide}"
    if criterion.scale:
        yield f"      Skala {scale_name(criterion.scale)}:"
        for number, level in enumerate(criterion.scale.levels):
            yield f"        {number}: {level.description or 'brak opisu'}"


def scale_name(scale: Scale | None) -> str:
    """Such as ``0-3, zaliczone od 2``."""
    return "zaliczone albo niezaliczone" if scale is None else f"{scale.name}, zaliczone od {scale.pass_from}"


def severity(criterion: Criterion) -> str:
    """What a fail does beyond its own points."""
    if criterion.critical:
        return "krytyczne"
    return "krytyczne dla sekcji" if criterion.fails_section else "zwykłe"


def condition(only: Condition | None) -> str:
    """When a criterion applies, such as ``kanał: telefon; powód: complaint.*``."""
    if only is None:
        return "zawsze"
    return "; ".join(
        f"{name}: {' lub '.join(values)}"
        for name, values in (("kanał", channel_names(only.channels)), ("powód", only.reasons))
        if values
    )


def channel_names(channels: tuple[str, ...]) -> tuple[str, ...]:
    """The channels in Polish."""
    return tuple(CHANNEL_NAMES[channel] for channel in channels)
