"""Files that people open in Excel: no formula runs, Polish numbers, and every file says what it is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from statsmodels.stats.proportion import proportion_confint

from qa.errors import Refused, UsageProblem
from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.boards.quality_board import QualityFilters, quality
from qa.services.boards.voice_board import VoiceFilters, voice
from qa.services.conversations.listing import Filters
from qa.services.exports import files as exports
from qa.services.exports.files import KINDS, Cell, Table, export_rows, file_name, note, stream_csv
from qa.services.exports.tables import conversation_table, quality_tables, voice_tables
from qa.storage.tables import AuditRow
from tests.unit.qa.board_rows import LEAD, PRODUCT, add, judge, person

COLUMNS = ("Nazwa", "Udział", "n")
ROWS: tuple[tuple[Cell, ...], ...] = (
    ('Zażółć; "gęślą"', 0.125, 8),
    (None, None, 0),
    ("wiersz\ndrugi", 1e-7, -3),
)


def table(rows: Sequence[Sequence[Cell]] = ROWS, columns: tuple[str, ...] = COLUMNS) -> Table:
    return Table("proba", "Próba", columns, rows, "2026-11-01", "2026-11-30", {"zespół": "T1"}, 1234)


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


ABOUT = [
    ["Zestawienie", "Próba"],
    ["Okres", "2026-11-01 – 2026-11-30"],
    ["Filtry", "zespół: T1"],
    ["n (rozmowy)", "1234"],
]


def test_csv_is_for_a_polish_excel_and_says_what_it_is() -> None:
    content = export_rows(table(), "csv")
    assert read_csv(content) == [
        list(COLUMNS),
        ['Zażółć; "gęślą"', "0,125", "8"],
        ["", "", "0"],
        ["wiersz\ndrugi", "1e-07", "-3"],
        [],
        *ABOUT,
    ]
    assert b"\r\n" in content


def test_xlsx_keeps_numbers_and_has_a_second_sheet() -> None:
    found = sheets(export_rows(table(), "xlsx"))
    assert found["Dane"] == [
        list(COLUMNS),
        ['Zażółć; "gęślą"', 0.125, 8],
        [None, None, 0],
        ["wiersz\ndrugi", 1e-7, -3],
    ]
    assert found["Opis"] == ABOUT


def test_parquet_keeps_types_and_says_what_it_is_in_its_metadata() -> None:
    content = export_rows(table(), "parquet")
    frame = pd.read_parquet(io.BytesIO(content))
    assert list(frame.columns) == list(COLUMNS)
    assert frame["n"].tolist() == [8, 0, -3]
    assert frame["Udział"][0] == 0.125
    schema = pq.read_schema(io.BytesIO(content))
    assert [str(one.type) for one in schema] == ["string", "double", "int64"]
    metadata = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    assert dict(map(tuple, ABOUT)).items() <= metadata.items()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_table_without_rows_is_a_file_with_its_header(kind: str) -> None:
    content = export_rows(table(()), kind)
    if kind == "csv":
        assert read_csv(content)[:2] == [list(COLUMNS), []]
    elif kind == "xlsx":
        assert sheets(content)["Dane"] == [list(COLUMNS)]
    else:
        assert list(pd.read_parquet(io.BytesIO(content)).columns) == list(COLUMNS)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageProblem, match="csv, xlsx, parquet"):
        export_rows(table(), "pdf")


FORMULAS = ["=1+1", "+48 600", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "\x00=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    one = table([[formula, 1.0, 1]], (formula, "b", "c"))
    for line in read_csv(export_rows(one, "csv"))[:2]:
        assert line[0].startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(export_rows(one, "xlsx")))
    for cell in (book["Dane"]["A1"], book["Dane"]["A2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_a_filter_is_no_formula_either() -> None:
    one = Table("t", "=1", ("a",), (), "", "", {"=1": "x"}, 0)
    assert [line[1] for line in read_csv(export_rows(one, "csv"))[2:]] == [
        "'=1",
        "od początku – do końca",
        "'=1: x",
        "0",
    ]


def test_negative_numbers_stay_numbers() -> None:
    assert read_csv(export_rows(table([["a", -0.5, -3]]), "csv"))[1] == ["a", "-0,5", "-3"]


@given(st.lists(st.tuples(st.text(), st.floats(), st.integers(-(2**40), 2**40)), max_size=5))
def test_whatever_is_in_a_cell_every_kind_can_be_read(rows: list[tuple[str, float, int]]) -> None:
    for kind in KINDS:
        content = export_rows(table(rows), kind)
        if kind == "csv":
            assert len(read_csv(content)) == len(rows) + 6
        elif kind == "xlsx":
            assert len(sheets(content)["Dane"]) == len(rows) + 1
        else:
            assert len(pd.read_parquet(io.BytesIO(content))) == len(rows)


def test_a_sheet_that_is_too_long_is_refused_with_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 2)
    assert len(sheets(export_rows(table(ROWS[:2]), "xlsx"))["Dane"]) == 3
    with pytest.raises(UsageProblem, match="CSV"):
        export_rows(table(), "xlsx")


def test_a_long_cell_is_cut_to_what_a_sheet_holds() -> None:
    found = sheets(export_rows(table([["x" * 40_000, 1.0, 1]]), "xlsx"))["Dane"][1][0]
    assert len(found) == 32_767
    assert found.endswith("x…")


def test_csv_is_written_while_it_is_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[Sequence[Cell]]:
        for number in range(2000):
            read.append(number)
            yield ("x", 0.5, number)

    pieces = stream_csv(table(rows()))  # type: ignore[arg-type]
    next(pieces)
    assert read == []
    next(pieces)
    assert 0 < len(read) < 1000
    assert len(b"".join(pieces).splitlines()) > 1000


def test_file_names() -> None:
    assert file_name(table(), "csv") == "odsluch-proba-2026-11-01-2026-11-30.csv"
    assert file_name(Table("rozmowy", "", (), (), "", "", {}, 0), "xlsx") == "odsluch-rozmowy.xlsx"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_export_and_that_it_is_logged(session: Session, role: str) -> None:
    actor = person("p", role)
    if role not in PERMISSIONS["export.figures"]:
        with pytest.raises(Refused, match="eksport zestawień"):
            note(session, actor, table(), "csv")
        assert session.scalars(select(AuditRow)).all() == []
        return
    note(session, actor, table(), "csv")
    row = session.scalars(select(AuditRow)).one()
    assert (row.actor, row.action, row.subject) == ("p", "figures_export", "proba")
    assert row.details == {
        "kind": "csv",
        "n": 1234,
        "first": "2026-11-01",
        "last": "2026-11-30",
        "filters": ["zespół"],
    }


def board(session: Session) -> None:
    for number in range(12):
        passed = "pass" if number % 3 else "fail"
        values = {"day": f"2026-11-{number + 1:02}", "score": 50.0 + number, "agent_id": f"a-{number % 2}"}
        add(session, f"c-{number}", {"greeting": passed, "empathy": "na"}, sentiment="negative", **values)
    add(session, "earlier", day="2026-10-20", primary_reason="returns.exchange", sentiment=None)


def test_the_quality_board_as_tables(session: Session) -> None:
    board(session)
    view = quality(session, LEAD, QualityFilters(date(2026, 11, 1), date(2026, 11, 30), team="T1"))
    found = quality_tables(view)
    assert {name: len(list(one.rows)) for name, one in found.items()} == {
        "jakosc-kryteria": 2,
        "jakosc-w-czasie": 6,
        "jakosc-kryteria-w-czasie": 12,
        "jakosc-zespoly": 1,
        "jakosc-konsultanci": 2,
    }
    for one in found.values():
        assert {len(row) for row in one.rows} == {len(one.columns)}
        assert (one.n, one.first, one.last) == (12, "2026-11-01", "2026-11-30")
        assert one.filters == {"zespół": "T1", "karta oceny": "phone@1"}
        for kind in KINDS:
            assert export_rows(one, kind)
    lines = read_csv(export_rows(found["jakosc-kryteria"], "csv"))
    first = dict(zip(lines[0], lines[1], strict=True))
    assert first["Automat: n"] == "12"
    assert first["Automat: zaliczone"] == "0,6666666667"
    assert first["Z ocenami ludzi: zaliczone"] == ""
    assert "Tylko ocena automatyczna" in first["Uwaga"]


def test_the_voice_board_as_tables(session: Session) -> None:
    board(session)
    for narrowed in ("", "negative"):
        chosen = VoiceFilters(date(2026, 11, 1), date(2026, 11, 30), sentiment=narrowed)
        found = voice_tables(voice(session, PRODUCT, chosen))
        assert set(found) == {"glos-powody", "glos-w-czasie", "glos-powody-w-czasie"}
        for one in found.values():
            assert {len(row) for row in one.rows} == {len(one.columns)}
            assert one.n == 12
            for kind in KINDS:
                assert export_rows(one, kind)
        lines = read_csv(export_rows(found["glos-powody"], "csv"))
        first = dict(zip(lines[0], lines[1], strict=True))
        assert (first["Kontakty"], first["Wydźwięk: negatywne"]) == ("12", "12")
        assert first["Wydźwięk: pozytywne"] == ("" if narrowed else "0")
        lines = read_csv(export_rows(found["glos-powody-w-czasie"], "csv"))
        weeks = [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if len(line) == len(lines[0])]
        for week in weeks:
            n, whole = int(week["Kontakty"]), int(week["Wszystkie kontakty"])
            low, high = proportion_confint(n, whole, method="wilson") if whole else (None, None)
            shown = [
                float(week[name].replace(",", ".") or "nan") for name in ("Udział", "95 % od", "95 % do")
            ]
            assert not whole or shown == pytest.approx([n / whole, low, high], abs=1e-9)
        assert sum(int(week["Kontakty"]) for week in weeks) == 12


def test_the_list_of_conversations_as_a_table(session: Session) -> None:
    board(session)
    judge(session, "c-11", {"greeting": "pass"})
    filters = Filters(first="2026-11-01", criterion="greeting", outcome="fail")
    found = conversation_table(session, LEAD, filters)
    assert (found.n, found.filters) == (4, {"kryterium": "greeting", "wynik kryterium": "fail"})
    assert [row[0] for row in found.rows] == ["c-9", "c-6", "c-3", "c-0"]
    everything = conversation_table(session, LEAD, Filters())
    lines = read_csv(b"".join(stream_csv(everything)))
    assert len(lines[0]) == len(lines[1])
    assert lines[1][-1] == "tak"
    assert len(lines) == 1 + 13 + 5
    assert all("Dzień dobry" not in line for line in map(str, lines))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_export_conversations(session: Session, role: str) -> None:
    actor = person("p", role)
    if role in PERMISSIONS["export.figures"] & PERMISSIONS["conversation.read"]:
        assert conversation_table(session, actor, Filters()).n == 0
        return
    with pytest.raises(Refused):
        conversation_table(session, actor, Filters())
