from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from transcripts.conversation import Conversation
from transcripts.reading import Fault, ReadOptions, Record, read_source


def _read(folder: Path, text: str, name: str = "czat.txt", **options: Any) -> list[Record]:
    (folder / name).write_text(text, "utf-8")
    return list(read_source(folder / name, ReadOptions(**options)))


def _one(folder: Path, text: str, name: str = "czat.txt", **options: Any) -> Conversation:
    (record,) = _read(folder, text, name, **options)
    assert isinstance(record, Conversation), record
    return record


def _speakers(conversation: Conversation) -> list[str]:
    return [turn.speaker for turn in conversation.turns]


LINES = [
    "[12:04] Anna (konsultant): Dzień dobry\n[12:04] Klient: Hej",
    "12:04:10 Konsultantka Anna: Dzień dobry\n12:04:15 Klient: Hej",
    "[2026-11-02 12:04:10] Konsultant: Dzień dobry\n[2026-11-02 12:04:12] klientka: Hej",
    "02.11.2026, 12:04 - Obsługa klienta: Dzień dobry\n02.11.2026, 12:05 - Ewa: Hej",
    "Anna (12:04): Dzień dobry\nKlient (12:05): Hej",
    "Agent: Dzień dobry\nKlient: Hej",
    "2026-11-02T12:04:10+01:00 Doradca: Dzień dobry\n2026-11-02T12:04:11+01:00 Gość 123: Hej",
]


@pytest.mark.parametrize("text", LINES)
def test_usual_lines(tmp_path: Path, text: str) -> None:
    conversation = _one(tmp_path, text)
    assert [(turn.speaker, turn.text) for turn in conversation.turns] == [
        ("agent", "Dzień dobry"),
        ("customer", "Hej"),
    ]


SEVERAL = """=== Czat #A-12, 02.11.2026 23:58 ===
Kolejka: zwroty
Konsultant: a-17

[23:59] Bot Zosia: Jestem botem. W czym pomóc?
[00:01] Klient: Gdzie zwrot?
Uwaga: czekam od 12:00

bardzo długo
[00:02] Anna: Już sprawdzam.
*** Anna zakończyła rozmowę ***
=== Czat #A-13, 03.11.2026 ===
[08:00] Klient: Halo?
=== Czat #A-14, 31.02.2026 ===
[08:00] Klient: Halo?
"""


def test_several_chats_with_headers(tmp_path: Path) -> None:
    first, second, third = _read(tmp_path, SEVERAL)
    assert isinstance(first, Conversation)
    assert isinstance(second, Conversation)
    assert isinstance(third, Fault)
    assert (first.id, first.queue, first.agent and first.agent.id) == ("A-12", "zwroty", "a-17")
    assert _speakers(first) == ["bot", "customer", "agent", "system"]
    assert first.turns[1].text == "Gdzie zwrot?\nUwaga: czekam od 12:00\nbardzo długo"
    times = [turn.at.isoformat() for turn in first.turns if turn.at]
    assert times[:2] == ["2026-11-02T23:59:00+01:00", "2026-11-03T00:01:00+01:00"]
    assert (second.id, third.code, third.line) == ("A-13", "bad_time", 14)


def test_blank_lines_part_chats_but_not_single_messages(tmp_path: Path) -> None:
    two = "[12:04] Agent: a\n[12:05] Klient: b\n\n[13:00] Agent: c\n[13:01] Klient: d\n"
    assert len(_read(tmp_path, two)) == 2
    assert len(_read(tmp_path, two.replace("\n", "\n\n"))) == 1


def test_seconds_where_the_day_is_not_known(tmp_path: Path) -> None:
    turns = _one(tmp_path, "[23:59:30] Agent: a\n[00:00:15] Klient: b").turns
    assert [turn.start for turn in turns] == [0, 45]


def test_configured_names(tmp_path: Path) -> None:
    text = "[12:04] Kasia: a\n[12:05] jan_k: b\n[12:06] Zosia: c"
    assert _speakers(_one(tmp_path, text)) == ["unknown"] * 3
    known = _one(tmp_path, text, agent_names=("KASIA",), bot_names=("Zosia",))
    assert _speakers(known) == ["agent", "customer", "bot"]


@pytest.mark.parametrize(
    "text", ["Lista zakupów: mleko\nchleb", "20:15 mecz\n21:00 film", "Zwykły tekst. Nic więcej."]
)
def test_text_that_is_no_chat(tmp_path: Path, text: str) -> None:
    (record,) = _read(tmp_path, text)
    assert isinstance(record, Fault)
    assert record.code == "no_turns"


def test_program_log_is_no_chat(tmp_path: Path) -> None:
    text = "\n".join(f"12:00:0{n} moduł{'abcdef'[n]}: start" for n in range(6))
    (record,) = _read(tmp_path, text, "program.log")
    assert isinstance(record, Fault)
    assert record.code == "unknown_speaker"


def test_chat_log_in_windows_1250(tmp_path: Path) -> None:
    (tmp_path / "stary.log").write_bytes("[12:04] Klient: Zażółć gęślą jaźń\n".encode("cp1250"))
    (record,) = read_source(tmp_path / "stary.log")
    assert isinstance(record, Conversation)
    assert record.turns[0].text == "Zażółć gęślą jaźń"


VTT = """WEBVTT

NOTE eksport

1
00:00:01.000 --> 00:00:02.500 align:start
<v Konsultantka Anna>Dzień dobry, <i>sklep</i> &amp; serwis.</v>

00:03.000 --> 00:04.000
<v Klient>Dobry.</v>
<v Anna>Aha.

00:05.000 --> 00:06.000
słucham dalej
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
Agent: Dzień dobry,
w czym pomóc?

2
00:00:03,000 --> 00:00:04,000
- Klient: Mam pytanie: ile kosztuje?
Agent: Już mówię.
"""


def test_voices_and_continued_cues(tmp_path: Path) -> None:
    turns = _one(tmp_path, VTT, "a.vtt").turns
    assert [turn.text for turn in turns] == [
        "Dzień dobry, sklep & serwis.",
        "Dobry.",
        "Aha.",
        "słucham dalej",
    ]
    assert [turn.speaker for turn in turns][:2] == ["agent", "customer"]
    assert (turns[0].start, turns[0].end) == (1, 2.5)


def test_prefixes(tmp_path: Path) -> None:
    turns = _one(tmp_path, SRT, "a.srt").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("agent", "Dzień dobry, w czym pomóc?"),
        ("customer", "Mam pytanie: ile kosztuje?"),
        ("agent", "Już mówię."),
    ]


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ("00:04.000 --> 00:03.000", "end_before_start"),
        ("00:0x.000 --> 00:03.000", "bad_time"),
        ("-00:01.000 --> 00:03.000", "negative_time"),
    ],
)
def test_wrong_times(tmp_path: Path, times: str, code: str) -> None:
    (record,) = _read(tmp_path, f"WEBVTT\n\n{times}\nKlient: tajne\n", "a.vtt")
    assert isinstance(record, Fault)
    assert record.code == code
    assert "tajne" not in repr(record)


def test_subtitles_take_a_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.meta.json").write_text('{"id": "c-5", "queue": "zwroty"}')
    conversation = _one(tmp_path, SRT, "a.srt")
    assert (conversation.id, conversation.queue, conversation.channel) == ("c-5", "zwroty", "phone")
