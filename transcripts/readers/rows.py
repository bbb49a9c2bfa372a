"""Rows of a table, whatever the file: CSV in any usual delimiter and encoding, or a sheet of XLSX."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transcripts.readers.column_map import ColumnMap
from transcripts.readers.content import head_of, kind_of, require_size, text_encoding, undecodable
from transcripts.reading import Fault, ReadingError, ReadOptions

Cell = str | datetime
_DELIMITERS = ";,\t|"


def header_key(name: str) -> str:
    """A column name as it is compared: no case, no doubled or border spaces."""
    return " ".join(name.replace("\ufeff", "").casefold().split())


def table_rows(
    path: Path, columns: ColumnMap | None, options: ReadOptions
) -> Iterator[tuple[int, list[Cell] | Fault]]:
    """Line numbers with cells, the header first; rows without any content are left out.

    Raises:
        ReadingError: the file is no such table, or damaged from some line on.
    """
    require_size(path, options)
    workbook = path.suffix.lower() in {".xlsx", ".xlsm"}
    rows = _sheet(path, columns, options) if workbook else _csv(path, columns, options)
    return ((line, cells) for line, cells in rows if isinstance(cells, Fault) or any(cells))


def _csv(
    path: Path, columns: ColumnMap | None, options: ReadOptions
) -> Iterator[tuple[int, list[Cell] | Fault]]:
    encoding = text_encoding(path, columns.encoding if columns else None)
    csv.field_size_limit(options.max_line_bytes)
    width = 0
    try:
        with path.open(
            encoding=encoding, newline="", errors="strict" if encoding.startswith("utf") else "replace"
        ) as f:
            delimiter = (columns and columns.delimiter) or _delimiter(f.readline(options.max_line_bytes))
            f.seek(0)
            rows = csv.reader(f, delimiter=delimiter)
            start = 1
            for row in rows:
                cells: list[Cell] = [cell.strip() for cell in row]
                width = width or len(cells)
                yield start, _checked(cells, width, start, path)
                start = rows.line_num + 1
    except csv.Error:
        message = f"Tabela `{path.name}` jest uszkodzona, prawdopodobnie przez niezamknięty cudzysłów."
        raise ReadingError(
            "bad_table", message, "Wyeksportuj ją ponownie, z polami w cudzysłowach."
        ) from None
    except UnicodeError:
        raise undecodable(path) from None


def _delimiter(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _checked(cells: list[Cell], width: int, line: int, path: Path) -> list[Cell] | Fault:
    if not any(cells[width:]):
        return cells[:width]
    message = "Wiersz ma więcej pól niż nagłówek."
    remedy = "Ujmij w cudzysłów pola, które zawierają znak podziału, albo podaj `delimiter` w mapie."
    return Fault(str(path), line, None, "bad_row", message, remedy)


def _sheet(
    path: Path, columns: ColumnMap | None, options: ReadOptions
) -> Iterator[tuple[int, list[Cell] | Fault]]:
    import openpyxl

    _require_workbook(path, options)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        name = columns.sheet if columns else None
        if name is not None and name not in book.sheetnames:
            message = f"W pliku `{path.name}` nie ma arkusza `{name}`."
            raise ReadingError("missing_sheet", message, "Popraw `sheet` w mapie kolumn.")
        sheet = book[name] if name is not None else book.worksheets[0]
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
            yield line, [_cell(value) for value in row]
    finally:
        book.close()


def _require_workbook(path: Path, options: ReadOptions) -> None:
    kind = kind_of(head_of(path))
    try:
        if kind == "zip":
            with zipfile.ZipFile(path) as archive:
                names, size = archive.namelist(), sum(item.file_size for item in archive.infolist())
            if size > options.max_file_bytes:
                message = f"Plik `{path.name}` jest po rozpakowaniu za duży."
                raise ReadingError("too_large", message, "Podziel eksport na mniejsze pliki.")
            if "[Content_Types].xml" in names:
                return
    except zipfile.BadZipFile:
        pass
    what = (
        "jest zaszyfrowany albo w starym formacie .xls"
        if kind == "ole"
        else "nie jest poprawnym plikiem XLSX"
    )
    message = f"Plik `{path.name}` {what}."
    raise ReadingError("not_xlsx", message, "Zapisz arkusz jako .xlsx bez hasła albo jako .csv.")


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
