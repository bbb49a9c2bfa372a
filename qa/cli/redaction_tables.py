"""How well personal data is found, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.redaction_quality import Figures

VARIANT_NAMES = {
    "as_written": "jak zapisano",
    "calls_as_written": "telefon, jak zapisano",
    "calls_as_recognised": "telefon, małymi literami bez znaków",
    "names_ukrainian": "osoby o nazwiskach ukraińskich",
    "names_vietnamese": "osoby o nazwiskach wietnamskich",
    "names_rare_polish": "osoby o rzadkich nazwiskach polskich",
}


def print_figures(contacts: int, found: Mapping[str, Figures]) -> None:
    """A table by type, and one by variant."""
    from rich.table import Table

    from qa.cli.tables import console

    by_type = Table(title=f"Rozmów: {contacts}; dane w całości usunięte", title_justify="left")
    for title in ("Typ", "Usunięte", "Udział", "95 % przedział"):
        by_type.add_column(title, justify="left" if title == "Typ" else "right")
    plain = found["as_written"]
    for kind in sorted(plain.spans):
        by_type.add_row(kind, *_cells(*plain.share([kind])))
    by_type.add_row("razem", *_cells(*plain.share()), style="bold")
    console().print(by_type)
    ways = Table(title="Te same rozmowy, zmienione", title_justify="left")
    for title in ("Wariant", "Dane w całości", "95 % przedział", "Znaki danych", "Zbędnie usunięte znaki"):
        ways.add_column(title, justify="left" if title == "Wariant" else "right")
    for name, one in found.items():
        _, share, interval = _cells(*one.share())
        ways.add_row(
            VARIANT_NAMES[name],
            share,
            interval,
            _percent(one.characters_covered, one.characters),
            _percent(one.clean_redacted, one.clean, digits=2),
        )
    console().print(ways)


def _cells(covered: int, spans: int) -> tuple[str, str, str]:
    from statsmodels.stats.proportion import proportion_confint

    if not spans:
        return "0 z 0", "-", "-"
    low, high = proportion_confint(covered, spans, method="wilson")
    interval = f"{low * 100:.1f} % – {high * 100:.1f} %".replace(".", ",")
    return f"{covered} z {spans}", _percent(covered, spans), interval


def _percent(part: int, whole: int, digits: int = 1) -> str:
    return f"{part / whole * 100:.{digits}f} %".replace(".", ",") if whole else "-"
