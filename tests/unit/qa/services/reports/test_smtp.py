"""Handing letters to a real small server: encryption, login, refusals, and what is not known."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread

import pytest

from qa.errors import UsageProblem
from qa.services.reports import smtp
from qa.services.reports.smtp import NotSent, Withdrawn, hand_over, password_of
from qa.settings_mail import PASSWORD_VARIABLE, MailSettings
from tests.unit.qa.postbox import PASSWORD, SENDER, SITE, USER, certificate, open_postbox

READER = "ola@firma.example.pl"


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, READER, "Raport: jakość"
    message.set_content("Zażółć gęślą jaźń\n.\nkoniec\n")
    return message


def refusal(mail: MailSettings, password: str = "") -> NotSent:
    with pytest.raises(NotSent) as caught:
        hand_over(mail, password, letter())
    return caught.value


def test_a_letter_arrives_whole_without_encryption_on_this_machine() -> None:
    with open_postbox() as box:
        hand_over(box.settings(), "", letter())
        (found,) = box.letters
    assert found["Subject"] == "Raport: jakość"
    assert found["To"] == READER
    assert found.get_content().splitlines() == ["Zażółć gęślą jaźń", ".", "koniec"]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_letter_arrives_over_encryption_and_with_a_login(tmp_path: Path, mode: str) -> None:
    context, trusted = certificate(tmp_path)
    with open_postbox(**{mode: context}, login=True) as box:
        hand_over(box.settings(tls=mode, ca_file=trusted, user=USER), PASSWORD, letter())
        assert len(box.letters) == 1


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_letter(
    tmp_path: Path, mode: str
) -> None:
    context, _ = certificate(tmp_path)
    with open_postbox(**{mode: context}, login=True) as box:
        error = refusal(box.settings(tls=mode, user=USER), PASSWORD)
        assert (error.problem, error.again, error.everybody) == ("untrusted", True, True)
        assert not box.letters


def test_a_server_without_encryption_gets_nothing_when_it_is_wanted() -> None:
    with open_postbox() as box:
        assert refusal(box.settings(tls="starttls")).problem == "no_tls"
        assert not box.letters


def test_a_refused_login_concerns_every_letter() -> None:
    with open_postbox(login=True) as box:
        error = refusal(box.settings(user=USER), "zle")
        assert (error.problem, error.code, error.everybody) == ("login_refused", "535", True)
        assert not box.letters


def test_a_server_that_cannot_log_in_anybody() -> None:
    with open_postbox() as box:
        assert refusal(box.settings(user=USER), PASSWORD).problem == "login_refused"


@pytest.mark.parametrize(
    ("answer", "problem", "code", "again"),
    [
        ("550 5.1.1 ola@firma.example.pl: nie ma takiej skrzynki", "address_refused", "550 5.1.1", False),
        ("450 4.2.1 proszę później", "try_later", "450 4.2.1", True),
        ("451 greylisted 5.1.1", "try_later", "451", True),
    ],
)
def test_a_refused_reader(answer: str, problem: str, code: str, again: bool) -> None:
    with open_postbox() as box:
        box.refused[READER] = answer
        error = refusal(box.settings())
    assert (error.problem, error.code, error.again, error.everybody) == (problem, code, again, False)
    assert "skrzynki" not in str(error)


def test_a_refused_sender_concerns_every_letter() -> None:
    with open_postbox() as box:
        box.sender = "553 5.7.1 nie wolno"
        error = refusal(box.settings())
    assert (error.problem, error.again, error.everybody) == ("sender_refused", True, True)


@pytest.mark.parametrize(
    ("answer", "problem", "again"),
    [("554 5.7.1 spam", "content_refused", False), ("452 4.3.1 brak miejsca", "try_later", True)],
)
def test_a_refused_letter(answer: str, problem: str, again: bool) -> None:
    with open_postbox() as box:
        box.data = answer
        error = refusal(box.settings())
    assert (error.problem, error.again) == (problem, again)


def test_a_connection_lost_with_the_letter_on_its_way_is_not_tried_again() -> None:
    with open_postbox() as box:
        box.drop = True
        error = refusal(box.settings())
    assert (error.problem, error.again) == ("lost", False)


def test_a_server_that_is_not_there() -> None:
    with open_postbox() as box:
        mail = box.settings()
    error = refusal(mail)
    assert (error.problem, error.again, error.everybody) == ("unreachable", True, True)


@contextmanager
def babbling(piece: bytes, pause: float) -> Iterator[int]:
    """A server whose greeting has no end, on this port."""
    over = Event()

    def talk(door: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = door.accept()
            with connection:
                while not over.wait(pause):
                    connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = Thread(target=talk, args=(door,), daemon=True)
        thread.start()
        yield door.getsockname()[1]
        over.set()
    thread.join(10)


@pytest.mark.parametrize(
    ("piece", "pause"), [(b"220-witaj\r\n" * 100, 0.0), (b"2", 0.05)], ids=["much", "slowly"]
)
def test_a_server_that_never_ends_its_answer_is_left(
    monkeypatch: pytest.MonkeyPatch, piece: bytes, pause: float
) -> None:
    monkeypatch.setattr(smtp, "WAIT", 1.0)
    with babbling(piece, pause) as port:
        found: list[NotSent] = []
        mail = MailSettings("127.0.0.1", port, SENDER, SITE, "none")
        asking = Thread(target=lambda: found.append(refusal(mail)), daemon=True)
        asking.start()
        asking.join(8)
    assert [(one.problem, one.everybody) for one in found] == [("unreachable", True)]


def test_a_letter_can_be_withdrawn_at_the_last_moment() -> None:
    with open_postbox() as box:
        with pytest.raises(Withdrawn):
            hand_over(box.settings(), "", letter(), lambda: False)
        assert not box.letters


def test_the_last_moment_comes_only_when_everything_else_is_settled() -> None:
    asked: list[int] = []
    with open_postbox() as box:
        box.refused[READER] = "550 5.1.1 nie"
        with pytest.raises(NotSent):
            hand_over(box.settings(), "", letter(), lambda: not asked.append(1))
    assert asked == []


def mail(**values: object) -> MailSettings:
    return MailSettings("localhost", 25, SENDER, SITE, **values)  # type: ignore[arg-type]


def test_the_password_comes_from_the_environment_or_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    file = tmp_path / "hasło"
    file.write_text("z pliku\n", "utf-8")
    file.chmod(0o600)
    assert password_of(mail(user="u", password_file=file), {}) == "z pliku"
    assert password_of(mail(user="u", password_file=file), {PASSWORD_VARIABLE: "inne"}) == "inne"
    with pytest.raises(UsageProblem, match="bez polskich liter"):
        password_of(mail(user="u"), {PASSWORD_VARIABLE: "gęś"})
    assert password_of(mail(), {}) == ""
    file.chmod(0o644)
    with pytest.raises(UsageProblem, match="chmod 600"):
        password_of(mail(user="u", password_file=file), {})
    with pytest.raises(UsageProblem, match="Nie można odczytać"):
        password_of(mail(user="u", password_file=tmp_path / "brak"), {})
    with pytest.raises(UsageProblem, match=PASSWORD_VARIABLE):
        password_of(mail(user="u"), {})
