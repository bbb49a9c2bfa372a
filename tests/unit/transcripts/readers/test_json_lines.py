from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

from transcripts.conversation import Conversation
from transcripts.readers.json_lines import iter_records
from transcripts.reading import Fault, ReadOptions, Record, fault_to_dict, read_source


def _line(number: int, **change: Any) -> str:
    turns = [{"speaker": "customer", "text": "Gdzie moja paczka, do licha?"}]
    return json.dumps({"id": f"c-{number}", "channel": "chat", "turns": turns, **change}, ensure_ascii=False)


def _read(folder: Path, content: bytes, **options: Any) -> list[Record]:
    path = folder / "rozmowy.jsonl"
    path.write_bytes(content)
    return list(read_source(path, ReadOptions(**options)))


def _outcome(record: Record) -> str:
    return f"{record.line}:{record.code}" if isinstance(record, Fault) else "ok"


def test_bad_lines_do_not_stop_the_rest(tmp_path: Path) -> None:
    lines = [
        _line(1),
        '{"id": "c-2", "channel"',
        "[1, 2]",
        "",
        _line(5, channel="fax"),
        '{"id": "c-6", "channel": "chat", "turns": [{"speaker": "agent", "text": "a", "start": NaN}]}',
        "[" * 100_000,
        '{"id": "c-8", "n": ' + "9" * 5000 + "}",
        _line(9),
    ]
    outcomes = [_outcome(record) for record in _read(tmp_path, "\n".join(lines).encode())]
    expected = [
        "ok",
        "2:invalid_json",
        "3:wrong_type",
        "5:unknown_channel",
        "6:invalid_json",
        "7:invalid_json",
    ]
    assert outcomes == [*expected, "8:invalid_json", "ok"]


def test_fault_line_of_contract_2_echoes_no_text(tmp_path: Path) -> None:
    secret = "PESEL 44051401359"
    (fault,) = _read(tmp_path, _line(1, turns=[{"speaker": secret, "text": secret}]).encode())
    assert isinstance(fault, Fault)
    shown = fault_to_dict(fault)
    assert (shown["id"], shown["line"], shown["error"]["code"]) == ("c-1", 1, "unknown_speaker")
    assert secret not in json.dumps(shown, ensure_ascii=False) + repr(fault)


def test_windows_1250_line_is_parked_and_says_how_to_convert(tmp_path: Path) -> None:
    records = _read(tmp_path, _line(1).encode() + b"\n" + _line(2, queue="zażółć").encode("cp1250") + b"\n")
    assert [_outcome(record) for record in records] == ["ok", "2:bad_encoding"]
    assert isinstance(records[1], Fault)
    assert "windows-1250" in records[1].remedy


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    assert [_outcome(r) for r in _read(tmp_path, b"\xef\xbb\xbf" + _line(1).encode() + b"\r\n")] == ["ok"]
    (fault,) = _read(tmp_path, _line(1).encode("utf-16"))
    assert isinstance(fault, Fault)
    assert fault.code == "bad_encoding"


def test_long_line_is_skipped_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "długi.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"id": "')
        for _ in range(50):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n' + _line(2).encode() + b"\n")
    tracemalloc.start()
    records = list(read_source(path, ReadOptions(max_line_bytes=1_000_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [_outcome(record) for record in records] == ["1:line_too_long", "ok"]
    assert peak < 8_000_000


def test_same_id_with_other_content_is_a_fault_but_a_plain_repeat_is_not(tmp_path: Path) -> None:
    content = "\n".join([_line(1), _line(1), _line(1, queue="zwroty")]).encode()
    assert [_outcome(record) for record in _read(tmp_path, content)] == ["ok", "ok", "3:duplicate_id"]


def test_json_document_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "eksport.json"
    path.write_text(json.dumps([json.loads(_line(1)), 7, json.loads(_line(2))], indent=2), "utf-8")
    assert [_outcome(record) for record in read_source(path)] == ["ok", "None:wrong_type", "ok"]
    path.write_text(_line(1) + "\n" + _line(2), "utf-8")
    assert all(isinstance(record, Conversation) for record in read_source(path))


def test_records_from_standard_input_keep_their_line_numbers() -> None:
    stream = io.BytesIO(b"\n" + _line(1).encode() + b"\nnie-json\n")
    found = list(iter_records(stream, "-"))
    assert [line for line, _ in found] == [2, 3]
    assert isinstance(found[0][1], dict)
    assert isinstance(found[1][1], Fault)
