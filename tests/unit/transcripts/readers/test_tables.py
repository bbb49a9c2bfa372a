from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from transcripts.conversation import Conversation
from transcripts.reading import Fault, ReadOptions, Record, read_source

MAP: dict[str, Any] = {
    "columns": {
        "id": "Nr sprawy",
        "text": "Wiadomość",
        "speaker": "Autor",
        "at": "Data",
        "agent_name": "Prowadzący",
        "agent_team": "Zespół",
        "customer_id": "E-mail klienta",
        "csat": "Ocena",
    },
    "fixed": {"channel": "chat", "csat_max": 5},
    "speakers": {"Dział Zwrotów": "agent"},
    "metadata": ["Region"],
}
HEADER = [
    "Nr sprawy",
    "Wiadomość",
    "Autor",
    "Data",
    "Prowadzący",
    "Zespół",
    "E-mail klienta",
    "Ocena",
    "Region",
]


def _rows(*rows: list[str]) -> list[list[str]]:
    return [HEADER, *(row + [""] * (len(HEADER) - len(row)) for row in rows)]


def _read(
    folder: Path, rows: list[list[str]], columns: Any = MAP, *, delimiter: str = ";", encoding: str = "utf-8"
) -> list[Record]:
    path = folder / "eksport.csv"
    lines = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return list(read_source(path, ReadOptions(columns=columns)))


def _conversation(record: Record) -> Conversation:
    assert isinstance(record, Conversation), record
    return record


CHAT = _rows(
    ["7", "Już sprawdzam.", "Dział zwrotów", "2.11.2026 9:20", "Olga Żak", "T1", "", "", ""],
    ["8", "Świetna obsługa", "klientka", "2.11.2026 9:21"],
    [
        "7",
        "Gdzie mój zwrot?\nCzekam 2 tygodnie; długo",
        "Klient",
        "2.11.2026 9:14",
        "",
        "",
        "Ewa@Example.com",
        "4,5",
        "Łódź",
    ],
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_messages_are_grouped_and_put_in_order(tmp_path: Path, encoding: str, delimiter: str) -> None:
    first, second = map(_conversation, _read(tmp_path, CHAT, delimiter=delimiter, encoding=encoding))
    assert [(turn.speaker, turn.text) for turn in first.turns] == [
        ("customer", "Gdzie mój zwrot?\nCzekam 2 tygodnie; długo"),
        ("agent", "Już sprawdzam."),
    ]
    assert first.started_at is not None
    assert first.started_at.isoformat() == "2026-11-02T09:14:00+01:00"
    assert first.survey is not None
    assert (first.survey.csat, first.survey.csat_max) == (4.5, 5)
    assert first.agent is not None
    assert (first.agent.team, first.agent.name) == ("T1", "Olga Żak")
    assert "Żak" not in first.agent.id
    assert "example" not in (first.customer_id or "").casefold()
    assert first.metadata == {"Region": "Łódź"}
    assert second.turns[0].speaker == "customer"


def test_xlsx_gives_the_same_as_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Rozmowy")
    for number, row in enumerate(CHAT):
        cells: list[Any] = list(row)
        if number:
            cells[0] = int(row[0])
            cells[3] = datetime.strptime(row[3], "%d.%m.%Y %H:%M")
        book["Rozmowy"].append(cells)
    book.save(tmp_path / "eksport.xlsx")
    records = list(read_source(tmp_path / "eksport.xlsx", ReadOptions(columns={**MAP, "sheet": "Rozmowy"})))
    assert records == _read(tmp_path, CHAT)


def test_one_row_is_one_conversation_with_the_shops_reply(tmp_path: Path) -> None:
    columns = {
        "columns": {"channel": "Serwis", "csat": "Gwiazdki", "started_at": "Dodano"},
        "turns": [{"column": "Opinia", "speaker": "customer"}, {"column": "Odpowiedź", "speaker": "agent"}],
    }
    rows = [
        ["Serwis", "Gwiazdki", "Dodano", "Opinia", "Odpowiedź"],
        ["Google", "2/5", "3 paź 2026", "Buty się rozkleiły", "Przykro nam"],
        ["allegro", "★★★★★", "2026-10-04", "ok", ""],
        ["allegro", "★★★★★", "2026-10-04", "ok", ""],
        ["gołąb", "5", "2026-10-04", "ok", ""],
        ["Google", "sześć", "2026-10-04", "ok", ""],
        ["Google", "5", "31.02.2026", "ok", ""],
        ["Google", "5", "2026-10-04", "", ""],
    ]
    records = _read(tmp_path, rows, columns)
    good = [record for record in records if isinstance(record, Conversation)]
    faults = [(record.line, record.code) for record in records if isinstance(record, Fault)]
    assert [(c.channel, len(c.turns), c.survey and c.survey.csat) for c in good] == [
        ("review", 2, 2),
        ("marketplace", 1, 5),
        ("marketplace", 1, 5),
    ]
    assert len({c.id for c in good}) == 3, "equal rows are two contacts"
    assert faults == [(5, "unknown_channel"), (6, "wrong_type"), (7, "bad_time"), (8, "missing_text")]


def test_whole_chat_in_one_cell(tmp_path: Path) -> None:
    columns = {"columns": {"id": "Id", "transcript": "Zapis"}, "fixed": {"channel": "chat"}}
    rows = [
        ["Id", "Zapis"],
        ["1", "[12:04] Klient: Hej\n[12:05] Anna: Dzień dobry\njak pomóc?"],
        ["2", "bez mówiących"],
    ]
    good, fault = _read(tmp_path, rows, columns)
    assert [(t.speaker, t.text) for t in _conversation(good).turns] == [
        ("customer", "Hej"),
        ("agent", "Dzień dobry\njak pomóc?"),
    ]
    assert isinstance(fault, Fault)
    assert (fault.line, fault.code) == (5, "missing_speaker")


def test_faults_name_line_and_column_but_no_cell(tmp_path: Path) -> None:
    records = _read(
        tmp_path,
        _rows(
            ["1", "tajne", "Tajemniczy Jan", "2.11.2026"],
            ["2", "tajne", "Klient", "pojutrze"],
            ["", "tajne", "Klient", "2.11.2026"],
            ["4", "tajne", "", "2.11.2026"],
            ["5", "dobre", "Klient", "2.11.2026"],
        ),
    )
    faults = [record for record in records if isinstance(record, Fault)]
    assert [(f.line, f.code) for f in faults] == [
        (2, "unknown_speaker"),
        (3, "bad_time"),
        (4, "missing_id"),
        (5, "missing_speaker"),
    ]
    assert not any(word in repr(faults) for word in ("tajne", "Tajemniczy", "pojutrze"))
    assert isinstance(records[-1], Conversation)


def test_row_with_a_delimiter_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,channel,text\n1,chat,dobrze\n2,chat,źle, bo przecinek\n3,chat,dobrze\n", "utf-8")
    records = list(read_source(path))
    assert [record.code if isinstance(record, Fault) else record.id for record in records] == [
        "1",
        "bad_row",
        "3",
    ]


def test_missing_map_tells_how_to_write_one(tmp_path: Path) -> None:
    (fault,) = _read(tmp_path, CHAT, None)
    assert isinstance(fault, Fault)
    assert fault.code == "missing_map"
    assert "eksport.csv" in fault.message
    assert "eksport.map.yaml" in fault.remedy


def test_map_beside_the_file_wins_over_the_folders(tmp_path: Path) -> None:
    (tmp_path / "columns.yaml").write_text("columns: {id: X, text: X}\nfixed: {channel: sms}\n")
    (tmp_path / "eksport.map.json").write_text(json.dumps(MAP))
    assert _conversation(_read(tmp_path, CHAT, None)[0]).channel == "chat"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kolumny": {}}, "kolumny"),
        ({"columns": {"tekst": "A", "text": "B"}}, "tekst"),
        ({"fixed": {"channel": "fax"}}, "fixed.channel"),
        ({"fixed": {}}, "kanału"),
        ({"speakers": {"Jan": "konsultant"}}, "speakers.Jan"),
        ({"columns": {"id": "A"}}, "treścią"),
        ({"turns": [{"column": "A", "speaker": "ja"}]}, "turns[1].speaker"),
        ({"rows": "wiersz"}, "rows"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"columns": {"id": "Brak", "text": "Wiadomość"}}, "Brak"),
        ({"encoding": "klingon"}, "kodowanie"),
    ],
)
def test_wrong_map_is_refused_with_its_place(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    (fault,) = _read(tmp_path, CHAT, MAP | change)
    assert isinstance(fault, Fault)
    assert fault.code in {"bad_map", "missing_column"}
    assert place in fault.message


@pytest.mark.parametrize("content", ["columns: [", "a: b: c", "- 1\n- 2", "\x00"])
def test_damaged_map(tmp_path: Path, content: str) -> None:
    (tmp_path / "eksport.map.yaml").write_text(content)
    (fault,) = _read(tmp_path, CHAT, None)
    assert isinstance(fault, Fault)
    assert (fault.code, "eksport.map.yaml" in fault.message) == ("bad_map", True)


def test_same_id_in_two_rows_that_are_conversations(tmp_path: Path) -> None:
    columns = {"columns": {"id": "Id", "text": "T"}, "fixed": {"channel": "sms"}}
    records = _read(tmp_path, [["Id", "T"], ["1", "a"], ["1", "b"]], columns)
    assert [record.code if isinstance(record, Fault) else record.id for record in records] == [
        "1",
        "duplicate_id",
    ]
