"""E-mails: how a letter begins, takes leave, is signed, and invites to write back, also in words that nobody listed."""

from __future__ import annotations

import pytest
from scorecard_conversations import talk

from scorecards.checks import registered
from scorecards.view import View

BODY = "sprawdziłam zamówienie i wszystko się zgadza, wysyłamy jutro rano z magazynu w Łodzi."


def outcome(check: str, *lines: str) -> str:
    return registered()[check].run(View(talk(*lines, channel="email"))).outcome


def letter(check: str, text: str) -> str:
    return outcome(check, "c: kiedy paczka?", f"a: {text}")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("Dzień dobry,", "pass"),
        ("Dobry wieczór, Pani Kornelio,", "pass"),
        ("Pani Igo,", "pass"),
        ("Panie Ksawery!", "pass"),
        ("[PERSON],", "pass"),
        ("Marek,", "pass"),
        ("Szanowny Kliencie,", "pass"),
        ("Wczoraj wysłaliśmy brakującą część zamówienia,", "fail"),
        ("Cześć Leno,", "pass"),
        ("Część zamówienia wysłaliśmy wczoraj,", "fail"),
        ("Pani zamówienie:", "fail"),
        ("Reklamacja,", "fail"),
    ],
)
def test_a_letter_begins_with_whom_it_is_written_to(first: str, expected: str) -> None:
    assert letter("salutation", f"{first}\n\n{BODY}\n\nZ poważaniem\nRoch") == expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("Pozdrawiam\nHanna Mrozek", "pass"),
        ("Łączę wyrazy szacunku\nBogumił Ratajczyk", "pass"),
        ("Bezpiecznych gór\nPrzemek Duda", "pass"),
        ("Ukłony z pracowni\nJeremi", "pass"),
        ("Ukłony\nSeweryn Duda", "pass"),
        ("Mirek", "fail"),
        ("Zespół obsługi klienta", "fail"),
        ("Dział reklamacji\ntel. 22 000 00 00", "fail"),
    ],
)
def test_a_letter_takes_leave_in_any_words(end: str, expected: str) -> None:
    assert letter("valediction", f"Dzień dobry,\n\n{BODY}\n\n{end}") == expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("Bezpiecznych gór\nPrzemek Duda", "pass"),
        ("Dobrego dnia\nRoch", "pass"),
        ("Alojzy Trela", "pass"),
        ("Pozdrawiamy\nZespół Tornister24", "fail"),
        ("Pozdrawiamy\nDział Reklamacji", "fail"),
        ("Serdecznie pozdrawiamy", "fail"),
        ("BOK", "fail"),
    ],
)
def test_a_rare_name_signs_too(end: str, expected: str) -> None:
    assert letter("signature", f"Dzień dobry,\n\n{BODY}\n\n{end}") == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Gdyby coś jeszcze wymagało poprawki, proszę śmiało odpisać na tę wiadomość.", "pass"),
        ("Jakby czwartek nie pasował, wystarczy odpisać jednym słowem.", "pass"),
        ("Gdyby coś się działo, prosimy o sygnał.", "pass"),
        ("W razie czego jesteśmy tutaj.", "pass"),
        ("Masz inne pytania? Wal śmiało.", "pass"),
        ("Proszę pisać, gdyby pojawiły się inne sprawy.", "pass"),
        ("Jeśli chce Pani zwrotu, proszę odesłać buty do 14 dni.", "fail"),
        ("Jeżeli paczka nie dojdzie, zwrócimy pieniądze.", "fail"),
    ],
)
def test_an_invitation_to_write_back_is_more_than_a_condition(said: str, expected: str) -> None:
    assert letter("invites_back", f"Dzień dobry,\n\n{BODY} {said}\n\nPozdrawiam\nRoch") == expected


def test_a_letter_of_one_line_has_no_lines_to_read() -> None:
    text = f"Dzień dobry, {BODY} Pozdrawiam, Anna"
    assert letter("salutation", text) == letter("valediction", text) == letter("signature", text) == "pass"
    assert letter("valediction", f"Dzień dobry, {BODY}") == "fail"


@pytest.mark.parametrize("check", ["salutation", "valediction", "invites_back", "signature"])
def test_without_an_answer_nothing_is_passed(check: str) -> None:
    assert outcome(check, "c: Kiedy paczka?") == "fail"
