"""What every reader must keep, whatever its format."""

from __future__ import annotations

import json
import os
import re
import struct
import wave
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from transcripts.conversation import Conversation
from transcripts.readers import READERS
from transcripts.reading import Fault, ReadOptions, Recording, fault_to_dict, find_sources, read_source
from transcripts.serialise import CONVERSATION_SCHEMA, conversation_from_dict, conversation_to_dict

SECRET = "zażółć gęślą jaźń 600700800"


def _jsonl(folder: Path) -> Path:
    turns = [
        {"speaker": "customer", "text": f"Dzień dobry, {SECRET}"},
        {"speaker": "agent", "text": "Słucham."},
    ]
    path = folder / "rozmowy.jsonl"
    path.write_text(json.dumps({"id": "c-1", "channel": "chat", "turns": turns}, ensure_ascii=False), "utf-8")
    return path


def _csv(folder: Path) -> Path:
    (folder / "opinie.map.yaml").write_text(
        "columns: {id: Nr, text: Treść, started_at: Data}\nfixed: {channel: review}\n", "utf-8"
    )
    path = folder / "opinie.csv"
    path.write_bytes(f"Nr;Treść;Data\r\n7;„{SECRET}”;02.11.2026\r\n".encode("cp1250"))
    return path


def _xlsx(folder: Path) -> Path:
    (folder / "columns.yaml").write_text("columns: {id: Nr, text: Treść}\nfixed: {channel: form}\n", "utf-8")
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Nr", "Treść"])
    book.worksheets[0].append([12, SECRET])
    path = folder / "formularze.xlsx"
    book.save(path)
    return path


def _message(number: int, reply_to: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Jan Żak <jan.zak@example.com>", "bok@sklep.example"
    message["Subject"], message["Date"] = "Gdzie paczka?", "Mon, 02 Nov 2026 09:14:00 +0100"
    message["Message-ID"] = f"<m{number}.jan.zak@example.com>"
    if reply_to:
        message["In-Reply-To"] = reply_to
    message.set_content(f"Dzień dobry,\n{SECRET}\n", charset="iso-8859-2")
    return message


def _eml(folder: Path) -> Path:
    path = folder / "mail.eml"
    path.write_bytes(_message(1).as_bytes())
    return path


def _mbox(folder: Path) -> Path:
    path = folder / "skrzynka.mbox"
    pieces = [b"From jan Mon Nov  2 09:14:00 2026\n" + _message(n).as_bytes() + b"\n" for n in (1, 2)]
    path.write_bytes(b"".join(pieces))
    return path


def _vtt(folder: Path) -> Path:
    path = folder / "rozmowa.vtt"
    path.write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Klient>{SECRET}\n", "utf-8")
    return path


def _srt(folder: Path) -> Path:
    path = folder / "rozmowa.srt"
    path.write_text(f"1\n00:00:01,000 --> 00:00:02,500\nKlient: {SECRET}\n", "utf-8")
    return path


def _chat(folder: Path) -> Path:
    path = folder / "czat.txt"
    path.write_text(f"[12:04] Anna (konsultant): Dzień dobry!\n[12:05] Klient: {SECRET}\n", "utf-8")
    return path


def _wav(folder: Path) -> Path:
    path = folder / "600700800.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(struct.pack("<400h", *([0, 900] * 200)))
    return path


FORMATS: dict[str, Callable[[Path], Path]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "xlsx": _xlsx,
    "eml": _eml,
    "mbox": _mbox,
    "vtt": _vtt,
    "srt": _srt,
    "chat": _chat,
    "wav": _wav,
}


@pytest.fixture(params=FORMATS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return FORMATS[request.param](tmp_path)


def _faults(path: Path, options: ReadOptions | None = None) -> list[Fault]:
    records = list(read_source(path, options))
    assert records, "a source never vanishes without a word"
    assert all(isinstance(record, Fault) for record in records), records
    return [record for record in records if isinstance(record, Fault)]


def test_every_reader_is_covered(tmp_path: Path) -> None:
    paths = [make(tmp_path) for make in FORMATS.values()]
    used = {next(reader.name for reader in READERS if reader.accepts(path)) for path in paths}
    assert used == {reader.name for reader in READERS}
    assert all(re.fullmatch(r"\d+(\.\d+)*", reader.version) for reader in READERS)


def test_good_source_keeps_contract_1(source: Path) -> None:
    records = list(read_source(source))
    assert records
    for record in records:
        conversation = record.conversation if isinstance(record, Recording) else record
        assert isinstance(conversation, Conversation)
        as_dict = conversation_to_dict(conversation)
        jsonschema.validate(as_dict, CONVERSATION_SCHEMA)
        assert conversation_from_dict(json.loads(json.dumps(as_dict))) == conversation


def test_text_arrives_with_its_polish_letters(source: Path) -> None:
    for record in read_source(source):
        if isinstance(record, Conversation):
            assert SECRET in "\n".join(turn.text for turn in record.turns)
            assert "customer" in {turn.speaker for turn in record.turns}


def test_reading_twice_gives_the_same(source: Path) -> None:
    assert list(read_source(source)) == list(read_source(source))


def test_ids_hold_no_address_or_phone(source: Path) -> None:
    for record in read_source(source):
        conversation = record.conversation if isinstance(record, Recording) else record
        assert isinstance(conversation, Conversation)
        assert "@" not in conversation.id
        assert "600700800" not in conversation.id
        assert "jan" not in conversation.id


def test_sources_are_found_without_their_companions(source: Path) -> None:
    (source.parent / "README.md").write_text("opis")
    (source.parent / ".ukryty.jsonl").write_text("{}")
    assert find_sources([source.parent, source]) == [source]


def test_empty_file(source: Path) -> None:
    source.write_bytes(b"")
    (fault,) = _faults(source)
    assert fault.code == "empty_file"
    assert fault.source == str(source)
    assert fault.remedy


def test_binary_rubbish(source: Path) -> None:
    source.write_bytes(bytes(range(256)) * 40)
    faults = _faults(source)
    assert len(faults) == 1
    assert faults[0].code in {"not_text", "not_audio", "not_mail", "not_xlsx"}


def test_text_of_another_kind(source: Path) -> None:
    source.write_text(f"To jest zwykła notatka, {SECRET}.\nI drugi wiersz.\n", "utf-8")
    for fault in _faults(source):
        shown = json.dumps(fault_to_dict(fault), ensure_ascii=False) + repr(fault)
        assert "zażółć" not in shown
        assert "gęślą" not in shown


def test_truncated_file_is_a_record_or_a_fault(source: Path) -> None:
    whole = source.read_bytes()
    for share in (0.1, 0.5, 0.9):
        source.write_bytes(whole[: int(len(whole) * share) or 1])
        assert list(read_source(source))


def test_random_bytes_never_raise(source: Path) -> None:
    for seed in range(8):
        source.write_bytes(bytes((seed * 37 + n * n * 11) % 251 + 4 for n in range(3000)))
        assert _faults(source)


def test_missing_file(source: Path) -> None:
    source.unlink()
    assert [fault.code for fault in _faults(source)] == ["not_found"]
    assert find_sources([source]) == [source]


def test_unreadable_file(source: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads every file; the next test covers the refusal itself")
    source.chmod(0)
    assert [fault.code for fault in _faults(source)] == ["unreadable"]


def test_refused_reading(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (fault,) = _faults(source)
    assert fault.code == "unreadable"
    assert "chmod" in fault.remedy


def test_failing_disk(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    assert [fault.code for fault in _faults(source)] == ["read_error"]


def test_parser_bug_is_a_fault_without_text(
    source: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = next(reader for reader in READERS if reader.accepts(source))

    def explode(*_: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(type(reader), "read", explode)
    (fault,) = _faults(source)
    assert fault.code == "damaged_file"
    assert SECRET not in repr(fault) + caplog.text


def test_unknown_format(tmp_path: Path) -> None:
    (tmp_path / "notatka.docx").write_bytes(b"PK\x03\x04 cokolwiek")
    assert [fault.code for fault in _faults(tmp_path / "notatka.docx")] == ["unknown_format"]
