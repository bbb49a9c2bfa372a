"""Rows of labelled files, JSON lines or CSV in UTF-8, and one sentence for each thing that may be wrong with them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Rows = Iterator[tuple[int, dict[str, Any]]]
WORKBOOK = b"PK\x03\x04"  # .xlsx and .ods are ZIP archives
_CODE = re.compile(r"[\w.-]{1,40}")


class ExampleError(ValueError):
    """A training record that cannot be used; the message names file and line."""


def read_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Number and fields of every row; a name that ends in ``.csv`` is a table with a header, any other JSON lines.

    Raises:
        ExampleError: a file that cannot be read, or one without any rows.
    """
    found = list(table(path) if path.suffix.lower() == ".csv" else records(path))
    if not found:
        raise ExampleError(f"{path.name}: plik nie ma ani jednego rekordu; dopisz rekordy albo go pomiń.")
    return found


def records(path: Path) -> Rows:
    """JSON lines; empty lines do not count as rows."""
    for number, line in enumerate(_text(path, "JSON lines").split("\n"), 1):
        if line.strip():
            yield number, _record(line, f"{path.name}, wiersz {number}")


def _record(line: str, where: str) -> dict[str, Any]:
    remedy = 'zapisz każdy rekord w osobnym wierszu, np. {"text": "...", "reasons": ["..."]}.'
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ExampleError(f"{where}: niepoprawny JSON; {remedy}") from error
    if not isinstance(record, dict):
        raise ExampleError(f"{where}: to nie jest obiekt JSON; {remedy}")
    return record


def table(path: Path) -> Rows:
    """A CSV table with a header, whatever of the usual delimiters it has."""
    text = _text(path, "CSV")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter), 2):
            if None in row:
                raise ExampleError(
                    f"{path.name}, wiersz {number}: więcej pól niż w nagłówku; tekst ze znakiem „{delimiter}” "
                    "weź w cudzysłów."
                )
            yield number, row
    except csv.Error as error:
        raise ExampleError(f"{path.name}: to nie jest poprawny CSV; zapisz plik ponownie.") from error


def _text(path: Path, form: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ExampleError(
            f"{path.name}: nie można odczytać pliku ({error.strerror}); sprawdź prawa."
        ) from error
    if content.startswith(WORKBOOK):
        raise ExampleError(f"{path.name}, wiersz 1: to skoroszyt, nie tekst; zapisz go jako CSV UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ExampleError(
            f"{path.name}, wiersz {number}: to nie jest UTF-8; zapisz plik jako {form} UTF-8."
        ) from error


def quoted(value: object) -> str:
    """A wrong code to show; anything longer may be what a customer wrote and is not repeated."""
    return f"`{value}`" if isinstance(value, str) and _CODE.fullmatch(value) else "(nie jest kodem)"
