from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from transcripts.conversation import Conversation
from transcripts.readers.mail_text import latest_text
from transcripts.reading import Fault, ReadOptions, read_source

HEAD = "From: Ewa <ewa@example.com>\nTo: bok@sklep.example\n"
HEAD += "Date: Mon, 02 Nov 2026 09:14:00 +0100\nMessage-ID: <1@x>\n"
MINE = "Dzień dobry,\nproszę o zwrot pieniędzy za buty."

HISTORIES = [
    "W dniu 2.11.2026 o 09:14, Sklep Zielony <bok@sklep.example> napisał(a):\n> Witamy\n> w sklepie",
    "W dniu pon., 2 lis 2026 o 09:14 Sklep Zielony <\nbok@sklep.example> napisał(a):\n\n> Witamy",
    "pon., 2 lis 2026 o 09:14 Sklep Zielony <bok@sklep.example> napisał(a):\n\nWitamy bez znaczków",
    "Dnia 2 listopada 2026 09:14 Sklep <bok@sklep.example> napisał(a):\nWitamy",
    "W dniu 2026-11-02 09:14:10 użytkownik Sklep <bok@sklep.example> napisał:\n> Witamy",
    "Wiadomość napisana przez Sklep <bok@sklep.example> w dniu 2 lis 2026, o godz. 09:14:\n\n> Witamy",
    "Od: Sklep <bok@sklep.example>\nWysłano: pon., 2 listopada 2026\nDo: Ewa\nTemat: RE: zwrot\n\nWitamy",
    "________________________________\nOd: Sklep\nWysłane: 2 listopada 2026\nDo: Ewa\nTemat: zwrot\n\nWitamy",
    "*Od:* Sklep\n*Data:* 2 listopada 2026\n*Do:* Ewa\n*Temat:* zwrot\n\nWitamy",
    "-----Wiadomość oryginalna-----\nOd: Sklep\nWitamy",
    "On Mon, Nov 2, 2026 at 9:14 AM Shop <bok@sklep.example> wrote:\n> Witamy",
]
FOOTERS = [
    "Wysłane z iPhone'a",
    "Wysłane z mojego iPhone’a",
    "Wysłano z telefonu Samsung Galaxy",
    "Pobierz aplikację Outlook dla systemu Android",
    "Wysłane z aplikacji mobilnej Poczta WP",
    "-- \nEwa Witamy\ntel. 600 700 800",
    "Pozdrawiam\nEwa Kos\ntel. 600 700 800",
    "Pozdrawiam serdecznie,\n\nEwa Kos",
    "Z poważaniem Ewa Kos",
    "Pozdrawiam, Ewa Kos-Lis",
    "Administratorem Państwa danych osobowych jest Zielony Sklep sp. z o.o.\n\nWięcej o RODO na stronie.",
    "Niniejsza wiadomość jest poufna i przeznaczona dla adresata.",
    "Informujemy, że administratorem danych jest Sklep.\nKontakt z inspektorem: iod@sklep.example",
    "Sąd Rejonowy w Krakowie, KRS 0000000000, NIP 0000000000",
]


@pytest.mark.parametrize("tail", HISTORIES + FOOTERS)
def test_what_others_or_machines_wrote_is_cut(tail: str) -> None:
    assert latest_text(f"{MINE}\n\n{tail}\n") == MINE


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("footer", FOOTERS)
def test_footer_before_history(history: str, footer: str) -> None:
    assert latest_text(f"{MINE}\n\n{footer}\n\n{history}") == MINE


KEPT = [
    "Pozdrawiam i proszę o pilną odpowiedź w sprawie zwrotu.",
    "Dane do zwrotu:\nDo: Warszawa\nData: 12.10.2026\nTemat: buty",
    "W dniu 2 listopada kupiłam buty, a 5 napisałam reklamację.",
    "Paczka wysłana z magazynu dopiero w piątek.\nWysłane z magazynu we Wrocławiu, a nie z Łodzi.",
    "Reklamuję:\n- buty\n- torebkę\n\nI jeszcze jedno: kto jest administratorem moich danych?",
    "Proszę usunąć moje dane osobowe zgodnie z RODO.",
    "Od: kiedy czekam?\nDo: kiedy mam czekać?",
    "Zapłaciłam 20 zł.\n------\nA paczki nie ma.",
]


@pytest.mark.parametrize("text", KEPT)
def test_near_misses_stay(text: str) -> None:
    assert latest_text(text) == text


def test_answers_below_and_between_quotes_stay() -> None:
    text = "W dniu 2.11.2026 o 09:14, Sklep napisał(a):\n> Jaki rozmiar?\n\n38\n\n> A kolor?\nCzarny"
    assert latest_text(text) == "38\n\nCzarny"


def test_postscript_after_the_signature_stays() -> None:
    assert (
        latest_text("Zwracam buty.\nPozdrawiam\nEwa\nPS. Kurier był miły")
        == "Zwracam buty.\nPS. Kurier był miły"
    )


def test_agents_closing_words_stay_without_the_name() -> None:
    text = "Zwrot wysłany.\n\nPozdrawiam serdecznie\nOlga Lis\nBOK"
    assert latest_text(text, keep_closing=True) == "Zwrot wysłany.\n\nPozdrawiam serdecznie"


def test_forward_without_comment_keeps_what_is_forwarded() -> None:
    text = "---------- Forwarded message ---------\nOd: Ewa\nData: 2 lis 2026\nTemat: zwrot\n\nGdzie zwrot?"
    assert latest_text(text) == "Gdzie zwrot?"


def _read(folder: Path, raw: bytes, options: ReadOptions | None = None, name: str = "a.eml") -> Conversation:
    (folder / name).write_bytes(raw)
    (record,) = read_source(folder / name, options)
    assert isinstance(record, Conversation), record
    return record


@pytest.mark.parametrize(
    "declared", ["iso-8859-2", "windows-1250", "iso-8859-1", "utf-8", "us-ascii", "x-nieznane", ""]
)
@pytest.mark.parametrize("real", ["iso-8859-2", "cp1250", "utf-8"])
def test_body_is_read_whatever_encoding_is_declared(tmp_path: Path, declared: str, real: str) -> None:
    kind = f"Content-Type: text/plain; charset={declared}\n" if declared else ""
    body = "Zażółć gęślą jaźń, paczka świąteczna nie doszła."
    raw = (
        HEAD + "Subject: " + kind.join(["paczka\n", ""]) + "Content-Transfer-Encoding: 8bit\n\n"
    ).encode() + body.encode(real)
    assert _read(tmp_path, raw).turns[0].text == f"paczka\n{body}"


@pytest.mark.parametrize(
    "subject",
    ["=?iso-8859-2?Q?Odp=3A_Zwrot_but=F3w?=", "=?utf-8?B?UkU6IFp3cm90IGJ1dMOzdw==?=", "Re: Odp: Zwrot butów"],
)
def test_subject_is_decoded_and_leads_the_first_turn(tmp_path: Path, subject: str) -> None:
    raw = f"{HEAD}Subject: {subject}\n\nProszę o pilny zwrot.".encode("cp1250")
    assert _read(tmp_path, raw).turns[0].text == "Zwrot butów\nProszę o pilny zwrot."


def test_html_without_the_history_that_clients_mark(tmp_path: Path) -> None:
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Witam,</p><p>gdzie&nbsp;paczka?</p>"
        '<div class="gmail_quote"><div>W dniu 2 lis napisał(a):</div><blockquote>Witamy</blockquote></div>'
        "</body></html>"
    )
    raw = f"{HEAD}Subject: x\nContent-Type: text/html; charset=utf-8\n\n{html}".encode()
    text = _read(tmp_path, raw).turns[0].text
    assert [line for line in text.split("\n") if line.strip()] == ["x", "Witam,", "gdzie paczka?"]


def _mail(number: int, sender: str, text: str, hour: int, reply_to: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        sender,
        "x@example.com",
        "Re: Zwrot" if reply_to else "Zwrot",
    )
    message["Date"], message["Message-ID"] = f"Mon, 02 Nov 2026 {hour:02}:00:00 +0100", f"<{number}@x>"
    if reply_to:
        message["In-Reply-To"] = reply_to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def _mbox(*mails: bytes) -> bytes:
    return b"".join(b"From x@example.com Mon Nov  2 09:14:00 2026\n" + mail + b"\n" for mail in mails)


def test_mbox_threads_are_joined_sorted_and_given_speakers(tmp_path: Path) -> None:
    path = tmp_path / "bok.mbox"
    path.write_bytes(
        _mbox(
            _mail(
                3,
                "Olga <olga@sklep.example>",
                "Zwrot wysłany.",
                12,
                "<2@x>",
                X_Agent_Id="a-07",
                X_Queue="zwroty",
            ),
            _mail(9, "Inny <inny@example.com>", "Inna sprawa.\n\nFrom tu zaczyna się wiersz", 8),
            _mail(1, "Ewa <ewa@example.com>", "Gdzie zwrot?", 9),
            _mail(
                2,
                "no-reply@sklep.example",
                "Dostaliśmy Twój list.",
                10,
                "<1@x>",
                Auto_Submitted="auto-replied",
            ),
        )
    )
    records = list(read_source(path, ReadOptions(shop_addresses=("sklep.example",))))
    thread, other = [record for record in records if isinstance(record, Conversation)]
    assert [turn.speaker for turn in thread.turns] == ["customer", "bot", "agent"]
    assert thread.agent is not None
    assert (thread.agent.id, thread.queue, thread.direction) == ("a-07", "zwroty", "inbound")
    assert len(other.turns) == 1
    assert "ewa" not in thread.id + (thread.customer_id or "") + (thread.case_id or "")


def test_replies_in_files_of_their_own_share_the_case(tmp_path: Path) -> None:
    first = _read(tmp_path, _mail(1, "ewa@example.com", "Gdzie zwrot?", 9))
    reply = _read(tmp_path, _mail(2, "bok@sklep.example", "Wysłany.", 10, "<1@x>"), name="b.eml")
    assert first.case_id == reply.case_id
    assert first.id != reply.id
    assert (first.turns[0].speaker, reply.turns[0].speaker) == ("customer", "agent")
    assert reply.agent is None, "a shared mailbox is nobody"


def test_mail_without_text_and_file_without_headers_are_faults(tmp_path: Path) -> None:
    (tmp_path / "pusty.eml").write_bytes(b"From: a@example.com\nMessage-ID: <1@x>\n\n")
    (tmp_path / "notatka.eml").write_text("To nie jest list\n\nTylko notatka")
    codes = [
        record.code
        for name in ("pusty", "notatka")
        for record in read_source(tmp_path / f"{name}.eml")
        if isinstance(record, Fault)
    ]
    assert codes == ["missing_text", "not_mail"]


@pytest.mark.parametrize(
    ("sender", "to", "reply_to", "speaker"),
    [
        ("biuro@firma.example", "bok@sklep.example", "", "customer"),
        ("ewa@example.com", "bok@sklep.example", "", "customer"),
        ("olga@sklep.example", "bok@sklep.example, ewa@example.com", "", "agent"),
        ("bok@sklep.example", "biuro@firma.example", "<1@x>", "agent"),
        ("zwroty@sklep.example", "ewa@example.com", "", "agent"),
        ("ewa@wp.pl", "sklep@wp.pl", "", "customer"),
    ],
)
def test_shop_is_guessed_from_role_mailboxes(
    tmp_path: Path, sender: str, to: str, reply_to: str, speaker: str
) -> None:
    raw = _mail(7, sender, "Treść", 9, reply_to).replace(b"To: x@example.com", f"To: {to}".encode(), 1)
    assert _read(tmp_path, raw).turns[0].speaker == speaker


def test_configured_shop_decides(tmp_path: Path) -> None:
    raw = _mail(7, "ola@pomoc.sklep.example", "Treść", 9)
    assert _read(tmp_path, raw).turns[0].speaker == "customer"
    assert _read(tmp_path, raw, ReadOptions(shop_addresses=("@sklep.example",))).turns[0].speaker == "agent"
