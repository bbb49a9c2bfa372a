"""The tables of ``models evaluate``: the tagger beside its opponents, by channel and quality, and under swaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qa.cli.tables import CHANNELS, console, percent

if TYPE_CHECKING:
    from rich.table import Table

Part = Mapping[str, Any]

ROWS: tuple[tuple[str, str, str], ...] = (
    ("Powód główny: trafność", "reasons", "accuracy"),
    ("Powód główny: makro-F1", "reasons", "macro_f1"),
    ("Powód główny: kappa", "reasons", "kappa"),
    ("Powód główny: bez odpowiedzi", "reasons", "open"),
    ("Grupa powodu: trafność", "reasons", "group_accuracy"),
    ("Wszystkie powody: mikro-F1", "reasons", "all_reasons_micro_f1"),
    ("Dalsze powody: precyzja", "further", "precision"),
    ("Dalsze powody: czułość", "further", "recall"),
    ("Powód główny: ECE", "reasons", "calibration_error"),
    ("Błąd powodu przy 100 % pokrycia", "coverage", "1.0"),
    ("Błąd powodu przy 90 % pokrycia", "coverage", "0.9"),
    ("Błąd powodu przy 80 % pokrycia", "coverage", "0.8"),
    ("Błąd powodu przy 70 % pokrycia", "coverage", "0.7"),
    ("Błąd powodu przy 50 % pokrycia", "coverage", "0.5"),
    ("Nastawienie klienta: trafność", "sentiment", "accuracy"),
    ("Nastawienie klienta: makro-F1", "sentiment", "macro_f1"),
    ("Nastawienie klienta: ECE", "sentiment", "calibration_error"),
    ("Nastawienie wypowiedzi: trafność", "turn_sentiment", "accuracy"),
    ("Nastawienie wypowiedzi: makro-F1", "turn_sentiment", "macro_f1"),
    ("Zachowania: średnie F1", "behaviours", "mean_f1"),
)
COLUMNS: tuple[tuple[str, str], ...] = (
    ("bez znaków", "without_diacritics"),
    ("jak z ASR", "as_recognised"),
    ("TF-IDF + LR", "baseline"),
    ("TF-IDF bez znaków", "baseline_without_diacritics"),
    ("TF-IDF jak z ASR", "baseline_as_recognised"),
    ("bez uczenia", "zero_shot"),
)
# each figure by part of the texts, of the tagger and of the baseline
BY_PART: tuple[tuple[str, str, str], ...] = (
    ("powód", "reasons", "accuracy"),
    ("nastawienie klienta", "sentiment", "accuracy"),
    ("zachowania F1", "behaviours", "mean_f1"),
)
QUALITIES = {
    "clean": "staranne",
    "typos": "z literówkami",
    "nodia": "bez polskich znaków",
    "asr": "jak z rozpoznawania mowy",
}
SWAPS = {
    "customer_names": "imiona klientów",
    "agent_names": "imiona konsultantów",
    "gender": "formy płci",
    "dialect": "słowa gwary",
}
NOTES = (
    "ECE: błąd kalibracji. Pokrycie: tylu najpewniejszych kontaktów dotyczy błąd. „jak z ASR”: małe litery, bez "
    "interpunkcji, z wtrąceniami, ale bez błędów rozpoznania.\n"
)
FLIPS = ("primary_flips", "sentiment_flips", "behaviour_flips")


def print_report(report: Part) -> None:
    """All tables, then the evidence and what could not be measured."""
    out = console()
    out.print(_main(report))
    out.print(NOTES)
    for title, name, names in (
        ("Według kanału", "by_channel", CHANNELS),
        ("Według jakości tekstu", "by_quality", QUALITIES),
    ):
        out.print(_by_part(title, report[name], report[f"baseline_{name}"], names))
    if report["counterfactual"]:
        out.print(_swaps(report["counterfactual"], report["baseline_counterfactual"]))
    if "reviews" in report:
        out.print(_reviews(report["reviews"]))
    for line in _findings(report):
        out.print(line)


def _table(title: str, names: Sequence[str]) -> Table:
    """An empty table; the first column and those with a break in their heading are never narrowed."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", pad_edge=False)
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left", no_wrap=not number or "\n" in name)
    return table


def _main(report: Part) -> Table:
    title = f"{report['model']}, część {report['split']}"
    table = _table(title, ("Miara", "n", "tagger", "95 %\nprzedział", *(name for name, _ in COLUMNS)))
    parts = [report[part] for _, part in COLUMNS]
    for row in _rows(report["tagger"], parts):
        table.add_row(*row)
    return table


def _rows(mine: Part, others: Sequence[Part]) -> Iterable[list[str]]:
    for label, head, figure in ROWS:
        found = mine.get(head, {})
        if figure in found:
            beside = [_figure(part, head, figure) for part in others]
            yield [label, _count(found, figure), f"{found[figure]:.3f}", _interval(found, figure), *beside]


def _count(found: Part, figure: str) -> str:
    """How many cases a figure is of: of precision what was given."""
    return str(found["given"] if figure == "precision" else found.get("n", found.get("turns", "")))


def _interval(found: Part, figure: str) -> str:
    interval = found.get("interval") if figure == "accuracy" else None
    return f"{interval[0]:.3f}-{interval[1]:.3f}" if interval else ""


def _by_part(title: str, mine: Part, others: Part, names: Mapping[str, str]) -> Table:
    table = _table(title, ("", *(head for name, *_ in BY_PART for head in ("n", name, "TF-IDF"))))
    for value, found in mine.items():
        cells = []
        for _, head, figure in BY_PART:
            count = _count(found[head], figure) if head in found else ""
            cells += [count, _figure(found, head, figure), _figure(others.get(value, {}), head, figure)]
        table.add_row(names.get(value, value), *cells)
    return table


def _swaps(mine: Part, others: Part) -> Table:
    """A row for each kind: how many texts of customers and of agents it changes, and what share of decisions flips."""
    of_customers = ("n klientów", "powód", "TF-IDF", "nastawienie klienta", "TF-IDF")
    table = _table(
        "Zamiany, które nie powinny zmieniać niczego: odsetek zmienionych odpowiedzi",
        ("Zamiana", *of_customers, "n konsultantów", "zachowania", "TF-IDF"),
    )
    for kind, row in mine.items():
        other = others.get(kind, {})
        primary, felt, acts = (
            [percent(of[name]) if name in of else "" for of in (row, other)] for name in FLIPS
        )
        customers, agents = (str(row.get(name, "")) for name in ("n", "agent_n"))
        table.add_row(SWAPS.get(kind, kind), customers, *primary, *felt, agents, *acts)
    return table


def _reviews(reviews: Part) -> Table:
    table = _table(
        "Opinie PolEmo (TF-IDF uczył się bez opinii)",
        ("Miara", "n", "tagger", "95 %\nprzedział", "TF-IDF + LR", "bez uczenia"),
    )
    for row in _rows(reviews["tagger"], [reviews["baseline"], reviews["zero_shot"]]):
        table.add_row(*row)
    return table


def _findings(report: Part) -> list[str]:
    """The evidence, and what there was nothing to measure or to teach the baseline with."""
    lines = []
    proof = report["evidence"]
    if proof.get("n"):
        lines.append(
            f"Usunięty dowód zmienia powód w {percent(proof['changed_without_evidence'])}, inne słowa tej samej "
            f"długości w {percent(proof['changed_without_other_words'])} (n = {proof['n']})."
        )
    lacks = report["lacks"]
    if lacks["test"]:
        lines.append(
            f"Nie zmierzono, bo w części {report['split']} brak etykiet: {', '.join(lacks['test'])}."
        )
    if lacks["train"]:
        lines.append(f"TF-IDF pominięto, bo w części train za mało etykiet: {', '.join(lacks['train'])}.")
    return lines


def print_classes(report: Part) -> None:
    """Every reason and every behaviour on its own."""
    for title, rows in (
        ("Powody kontaktu", report["classes"]),
        ("Zachowania konsultanta", report["tagger"].get("behaviours", {}).get("codes", {})),
    ):
        table = _table(title, ("Kod", "n", "Precyzja", "Czułość", "F1", "95 % przedział F1", "Kappa"))
        for code, row in rows.items():
            interval = row.get("f1_interval")
            shown = f"{interval[0]:.2f} - {interval[1]:.2f}" if interval else ""
            figures = [f"{row[name]:.2f}" for name in ("precision", "recall", "f1")]
            table.add_row(
                code, str(row["n"]), *figures, shown, f"{row['kappa']:.2f}" if "kappa" in row else ""
            )
        console().print(table)


def _figure(part: Part, head: str, figure: str) -> str:
    value = part.get(head, {}).get(figure)
    return "" if value is None else f"{value:.3f}"
