from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from transcripts.readers.content import decode_text, kind_of
from transcripts.readers.dates import parse_moment
from transcripts.readers.roles import assign_roles
from transcripts.reading import Fault, ReadOptions, Record, Recording, find_sources, read_source

OGG = b"OggS" + bytes(200)
META = {"id": "call-1", "channel": "phone", "queue": "dostawa", "agent": {"id": "a-1"}, "order_id": None}
ZONE = ZoneInfo("Europe/Warsaw")


def _read(folder: Path, name: str = "rozmowa.ogg", content: bytes = OGG) -> Record:
    (folder / name).write_bytes(content)
    (record,) = read_source(folder / name)
    return record


def _write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(json.dumps(content) if not isinstance(content, str) else content, "utf-8")


def test_meta_json_wins_over_the_reference_and_turns_are_never_read(tmp_path: Path) -> None:
    reference = META | {"id": "wzorzec", "turns": [{"speaker": "agent", "text": "tajne"}]}
    _write(tmp_path, "rozmowa.json", reference)
    alone = _read(tmp_path)
    assert isinstance(alone, Recording)
    assert (alone.conversation.id, alone.conversation.turns) == ("wzorzec", ())
    _write(tmp_path, "rozmowa.meta.json", META)
    both = _read(tmp_path)
    assert isinstance(both, Recording)
    assert (both.conversation.id, both.conversation.queue) == ("call-1", "dostawa")
    assert find_sources([tmp_path]) == [tmp_path / "rozmowa.ogg"]


def test_call_list(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "calls.csv",
        "file;id;started_at;queue;agent_id;agent_team;csat\nrozmowa.ogg;c-9;2.11.2026 9:14;zwroty;a-2;T1;4\n",
    )
    record = _read(tmp_path)
    assert isinstance(record, Recording)
    call = record.conversation
    assert call.started_at is not None
    assert (call.id, call.queue, call.started_at.hour) == ("c-9", "zwroty", 9)
    assert call.agent is not None
    assert call.survey is not None
    assert (call.agent.team, call.survey.csat) == ("T1", 4)
    assert find_sources([tmp_path]) == [tmp_path / "rozmowa.ogg"]
    _write(tmp_path, "calls.csv", "file,started_at\nrozmowa.ogg,jutro\n")
    fault = _read(tmp_path)
    assert isinstance(fault, Fault)
    assert (fault.code, "calls.csv" in fault.message) == ("bad_sidecar", True)


def test_table_called_calls_without_files_is_a_source(tmp_path: Path) -> None:
    _read(tmp_path)
    _write(tmp_path, "calls.csv", "id,channel,text\n1,phone,Halo\n")
    assert find_sources([tmp_path]) == [tmp_path / "calls.csv", tmp_path / "rozmowa.ogg"]


@pytest.mark.parametrize(
    "sidecar", ["{", "[]", {"channel": "fax"}, {"agent": "Jan"}, {"started_at": "jutro"}]
)
def test_wrong_sidecar_is_named(tmp_path: Path, sidecar: Any) -> None:
    _write(tmp_path, "rozmowa.meta.json", sidecar)
    record = _read(tmp_path)
    assert isinstance(record, Fault)
    assert (record.code, "rozmowa.meta.json" in record.message) == ("bad_sidecar", True)


def test_text_renamed_to_wav_and_cut_recording(tmp_path: Path) -> None:
    codes = []
    for content in (b"to jest tekst " * 20, b"%PDF-1.7 ...", b"RIFF\x10\0\0\0WAVEfmt "):
        record = _read(tmp_path, "rozmowa.wav", content)
        assert isinstance(record, Fault)
        codes.append(record.code)
    assert codes == ["not_audio", "not_audio", "truncated_audio"]


def test_recording_under_a_wrong_or_no_suffix(tmp_path: Path) -> None:
    assert isinstance(_read(tmp_path, "rozmowa.wav", OGG), Recording)
    assert isinstance(_read(tmp_path, "bez-rozszerzenia", OGG), Recording)
    record = _read(tmp_path, "rozmowa.txt", OGG)
    assert isinstance(record, Fault)
    assert "nagranie (ogg)" in record.message


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"\0\0\0\x20ftypM4A ", "m4a"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xfe\x41\x00", None),
        (b"fLaC\0", "flac"),
        ("Dzień dobry".encode(), None),
    ],
)
def test_kinds(head: bytes, kind: str | None) -> None:
    assert kind_of(head) == kind


@pytest.mark.parametrize(
    "text", ["Źrebię śpi, „żółw” też – ąę", "Kraków", "MÜLLER czeka na świąteczną paczkę"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_polish_text_is_decoded(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_undecodable_bytes_are_not_guessed() -> None:
    assert decode_text("Привет, где посылка".encode("cp1251")) is None
    assert decode_text("ąę".encode() * 20 + b"\xc4") is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02 09:14",
        "2.11.2026 9:14",
        "02-11-2026 09:14:00",
        "02/11/2026, 9:14",
        "2 listopada 2026 r., 09:14",
        "pon., 2 lis 2026 o 09:14",
        "poniedziałek, 2 listopada 2026, godz. 9:14",
        "2026-11-02T09:14:00+01:00",
        "2026-11-02T08:14:00Z",
        "02.11.26 09:14",
        "1793607240",
        "1793607240000",
    ],
)
def test_polish_dates(text: str) -> None:
    assert parse_moment(text, ZONE) == datetime(2026, 11, 2, 9, 14, tzinfo=ZONE)


@pytest.mark.parametrize(
    "text", ["", "wczoraj", "31.02.2026", "2 brumaire 2026", "12.13.2026", "2026", "99:99", "1.1.0001"]
)
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r"year|month|day|Invalid|hour|range"):
        parse_moment(text, ZONE)


def test_roles() -> None:
    options = ReadOptions(agent_names=("Żaneta Łoś",))
    assert assign_roles(["zaneta los", "Ktoś"], options) == {"zaneta los": "agent", "Ktoś": "customer"}
    assert assign_roles(["Anna", "Jan"], options) == {"Anna": "unknown", "Jan": "unknown"}
    assert assign_roles(["Wirtualny asystent", "Biuro Obsługi Klienta"], options) == {
        "Wirtualny asystent": "bot",
        "Biuro Obsługi Klienta": "agent",
    }
