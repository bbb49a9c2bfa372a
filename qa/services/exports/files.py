"""Tables as files: CSV for a Polish Excel, XLSX, Parquet. Each says its period, its filters and its n."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access.permissions import Actor
from qa.storage import audit
from qa.storage.batches import AT_ONCE

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]
KINDS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
MOST_XLSX_ROWS = 1_048_575  # what a sheet holds, less the header
MOST_XLSX_LETTERS = 32_767
MANY_ROWS = "Arkusz XLSX mieści najwyżej {most} wierszy: zawęź filtry albo wybierz CSV lub Parquet."
_BOM = "\ufeff"
# what no XML can hold, and halves of letters, which no encoding can
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page. ``name`` is for file names, ``first`` and ``last`` are ISO days or empty.

    ``filters`` are shown as they are, ``n`` is the number of conversations that the table rests on. ``rows`` may be
    read once only.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Rows
    first: str
    last: str
    filters: Mapping[str, str]
    n: int

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """What every file says beside the rows."""
        return (
            ("Zestawienie", self.title),
            ("Okres", f"{self.first or 'od początku'} – {self.last or 'do końca'}"),
            ("Filtry", "; ".join(f"{name}: {value}" for name, value in self.filters.items()) or "brak"),
            ("n (rozmowy)", str(self.n)),
        )


def export_rows(table: Table, kind: str) -> bytes:
    """The table as a file of that kind.

    Raises:
        UsageProblem: there is no such kind, or a sheet cannot hold so many rows.
    """
    _check(kind)
    if kind == "csv":
        return b"".join(stream_csv(table))
    return _xlsx(table) if kind == "xlsx" else _parquet(table)


def note(session: Session, actor: Actor, table: Table, kind: str) -> None:
    """Note an export in the audit log.

    Raises:
        Refused: the actor may not export.
        UsageProblem: there is no such kind.
    """
    actor.must("export.figures")
    _check(kind)
    details = {"kind": kind, "n": table.n, "first": table.first, "last": table.last}
    audit.record(
        session, actor.login, "figures_export", table.name, {**details, "filters": sorted(table.filters)}
    )


def file_name(table: Table, kind: str) -> str:
    """Such as ``odsluch-jakosc-kryteria-2026-09-01-2026-09-30.csv``."""
    return "-".join(filter(None, ("odsluch", table.name, table.first, table.last))) + f".{kind}"


def stream_csv(table: Table) -> Iterator[bytes]:
    """CSV in pieces, as a Polish Excel wants it: semicolons, decimal commas, a byte order mark.

    What it is about stands last.
    """
    yield _lines([table.columns], start=_BOM)
    rows = iter(table.rows)
    while part := list(islice(rows, AT_ONCE)):
        yield _lines(part)
    yield _lines([(), *table.about])


def _lines(rows: Rows, start: str = "") -> bytes:
    text = io.StringIO()
    text.write(start)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(map(_written, row) for row in rows)
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    value = _plain(cell)
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else str(value)


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(cell: Cell) -> Cell:
    """The cell without what no file can hold."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    return _UNWRITABLE.sub("", cell) if isinstance(cell, str) else cell


def _xlsx(table: Table) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Dane")
    sheet.append([_in_sheet(column) for column in table.columns])
    for place, row in enumerate(table.rows):
        if place >= MOST_XLSX_ROWS:
            sheet.close()  # or what is half written would complain when it is collected
            raise UsageProblem(MANY_ROWS, most=MOST_XLSX_ROWS)
        sheet.append([_in_sheet(cell) for cell in row])
    about = book.create_sheet("Opis")
    for line in table.about:
        about.append([_in_sheet(cell) for cell in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _in_sheet(cell: Cell) -> Cell:
    value = _plain(cell)
    if not isinstance(value, str):
        return value
    text = harmless(value)
    return text if len(text) <= MOST_XLSX_LETTERS else text[: MOST_XLSX_LETTERS - 1] + "…"


def _parquet(table: Table) -> bytes:
    """What it is about is in the schema's metadata. Text stays as it is: no program runs formulas from Parquet."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    cells = [[_plain(cell) for cell in row] for row in table.rows]
    columns = list(zip(*cells, strict=True)) or [()] * len(table.columns)
    arrays = [_array(column) for column in columns]
    content = pa.table(arrays, names=list(table.columns)).replace_schema_metadata(dict(table.about))
    stream = io.BytesIO()
    pq.write_table(content, stream)
    return stream.getvalue()


def _array(cells: Sequence[Cell]) -> Any:
    """A column of one type: text where there is any or nothing at all, then floats, then integers."""
    import pyarrow as pa

    known = [cell for cell in cells if cell is not None]
    if not known or any(isinstance(cell, str) for cell in known):
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    kind = pa.float64() if any(isinstance(cell, float) for cell in known) else pa.int64()
    return pa.array(cells, kind)


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise UsageProblem("Nieznany rodzaj pliku: do wyboru {known}.", known=tuple(KINDS))
