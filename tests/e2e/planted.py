"""Thirty invented personal values planted in every text channel, and the bad files of issue 2."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

CHAT = [
    ("customer", "Dzień dobry, nazywam się Wiesława Kotarbińska, mój pesel to 62041512349"),
    ("agent", "Dziękuję, pani Wiesławo. Proszę jeszcze o numer telefonu i adres mailowy."),
    ("customer", "tel 604 318 772 albo wieska.kotarbinska@poczta.example.pl"),
    ("agent", "A numer zamówienia?"),
    ("customer", "zamówienie ZP-8830417, kartą 4539 1488 0343 6467 płaciłam"),
]
CALL = [
    ("agent", "Poproszę o pesel."),
    ("customer", "siedemdziesiąt osiem zero trzy zero dwa"),
    ("agent", "mhm"),
    ("customer", "sto dwadzieścia trzy czterdzieści pięć"),
    ("agent", "I jeszcze hasło do konta?"),
    ("customer", "hasło to szafirek"),
    ("agent", "Numer telefonu?"),
    ("customer", "sześćset dwa sto osiemnaście trzysta dziewięć"),
]
CSV = (
    "Nr;Treść;Data\r\n"
    "1;Proszę o fakturę na NIP 526-104-08-28, dowód DBK 714823, Bogumił Trzeciak;02.11.2026\r\n"
    "2;Zwrot na konto PL61 1090 1014 0000 0712 1981 2874, urodzona 17.03.1959;03.11.2026\r\n"
)
LOG = (
    "=== Czat nr cz-77 ===\nData: 2026-11-04 10:02\n"
    "[10:02:44] Klient: tu Zbigniew Olszewski, paszport ZS0134752, ul. Wierzbowa 44/7, 61-245 Poznań\n"
    "[10:03:33] Natalia (konsultant): Dzień dobry, panie Zbigniewie, już sprawdzam.\n"
    "[10:04:10] Klient: kod blik 773914, a nr reklamacji RK/2026/5587164\n"
)
MAIL = (
    "Dzień dobry,\n\nnazywam się Halina Jarosz, mieszkam przy ul. Brzozowej 12 m. 4, 20-601 Lublin. "
    "Paczka 00359007738913378452 nie dotarła, proszę dzwonić 22 618 44 09 lub 0048 512 774 390.\n"
    "PESEL męża: 55101078913, jego mail: jarosz.stefan@example.org, PIN do paczki 904417.\n"
)
PLANTED = (
    "Wiesława", "Wiesławo", "Kotarbińska", "62041512349", "604 318 772", "wieska.kotarbinska",
    "8830417", "4539 1488 0343 6467", "siedemdziesiąt osiem zero trzy", "sto dwadzieścia trzy czterdzieści",
    "szafirek", "sześćset dwa sto osiemnaście", "526-104-08-28", "714823", "Trzeciak",
    "1090 1014 0000 0712", "17.03.1959", "Olszewski", "ZS0134752", "Wierzbowa 44",
    "773914", "5587164", "Jarosz", "Brzozowej 12", "00359007738913378452",
    "618 44 09", "512 774 390", "55101078913", "jarosz.stefan", "904417",
)  # fmt: skip


def write_planted(folder: Path) -> None:
    """The planted values in JSON lines (chat and phone), CSV, a chat log and an e-mail."""
    folder.mkdir()
    records = [_conversation("p-1", "chat", CHAT), _conversation("p-2", "phone", CALL)]
    (folder / "rozmowy.jsonl").write_text("\n".join(records) + "\n", "utf-8")
    (folder / "opinie.csv").write_bytes(CSV.encode("cp1250"))
    (folder / "opinie.map.yaml").write_text(
        "columns: {id: Nr, text: Treść, started_at: Data}\nfixed: {channel: review}\n", "utf-8"
    )
    (folder / "czat.txt").write_text(LOG, "utf-8")
    message = EmailMessage()
    message["From"], message["To"] = "Halina Jarosz <jarosz.stefan@example.org>", "bok@sklep.example"
    message["Subject"], message["Date"] = "Paczka 904417", "Mon, 02 Nov 2026 09:14:00 +0100"
    message.set_content(MAIL)
    (folder / "paczka.eml").write_bytes(message.as_bytes())


def _conversation(name: str, channel: str, turns: list[tuple[str, str]]) -> str:
    said = [{"speaker": speaker, "text": text} for speaker, text in turns]
    record = {"id": name, "channel": channel, "started_at": "2026-11-02T09:14:00+01:00", "turns": said}
    return json.dumps(record, ensure_ascii=False)


def write_bad(folder: Path, good_recording: Path) -> dict[str, str]:
    """One file for each kind of bad input; returns what each is."""
    folder.mkdir()
    turn = {"speaker": "customer", "text": "Gdzie jest paczka?"}
    good = {"id": "b-1", "channel": "chat", "turns": [turn]}
    lines = {
        "zly_json.jsonl": "{nie json",
        "zle_typy.jsonl": json.dumps({"id": "b-2", "channel": "chat", "turns": "tekst"}),
        "kanal.jsonl": json.dumps({**good, "id": "b-3", "channel": "gołąb"}),
        "bez_mowiacego.jsonl": json.dumps({**good, "id": "b-4", "turns": [{"text": "kto mówi?"}]}),
        "ujemny_czas.jsonl": json.dumps(
            {**good, "id": "b-5", "turns": [{**turn, "start": -3.0, "end": 1.0}]}
        ),
        "dwa_razy.jsonl": json.dumps(good)
        + "\n"
        + json.dumps({**good, "turns": [{**turn, "text": "co innego"}]}),
    }
    for name, text in lines.items():
        (folder / name).write_text(text + "\n", "utf-8")
    (folder / "pusty.jsonl").write_bytes(b"")
    (folder / "cp1250.jsonl").write_bytes(json.dumps({**good, "id": "b-6", "turns": [{**turn, "text": "żółć"}]}, ensure_ascii=False).encode("cp1250"))  # fmt: skip
    with (folder / "dluga_linia.jsonl").open("wb") as stream:
        stream.write(b'{"id": "b-7", "channel": "chat", "turns": [{"speaker": "customer", "text": "')
        for _ in range(50):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}]}\n' + json.dumps({**good, "id": "b-8"}).encode() + b"\n")
    (folder / "smieci.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "smieci.eml").write_bytes(bytes(reversed(range(256))) * 40)
    (folder / "zero.wav").write_bytes(b"")
    (folder / "tekst.wav").write_text("To nie jest nagranie.\n" * 50, "utf-8")
    (folder / "uciete.ogg").write_bytes(good_recording.read_bytes()[:3000])
    return {path.name: path.suffix for path in folder.iterdir()}
