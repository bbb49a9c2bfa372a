"""Handing one letter to the mail server, and what its refusals mean."""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qa.errors import UsageProblem
from qa.settings_mail import PASSWORD_VARIABLE, MailSettings

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TOO_LARGE = 552
WAIT = 30.0  # seconds for each answer of the server, the whole of it
LONGEST_ANSWER = 1 << 16  # bytes; an answer is a line or a few

# What is said at a subscription, beside the server's code.
PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "unreachable": "serwer poczty nie odpowiada",
        "untrusted": "certyfikat serwera poczty jest niezaufany",
        "no_tls": "serwer poczty nie oferuje szyfrowania",
        "login_refused": "serwer poczty odrzucił login lub hasło",
        "sender_refused": "serwer poczty odrzucił adres nadawcy",
        "address_refused": "serwer poczty odrzucił adres odbiorcy",
        "content_refused": "serwer poczty odrzucił treść",
        "try_later": "serwer poczty prosi, żeby spróbować później",
        "lost": "połączenie urwało się w chwili przekazania, więc nie wiadomo, czy list dotarł",
    }
)


class NotSent(Exception):
    """A letter that was not taken, or of which nobody knows.

    ``problem`` is a key of :data:`PROBLEMS`; ``code`` the server's number, such as "550 5.1.1", never its words, which can
    hold anything. ``again``: another try may help. ``everybody``: other letters would fare the same.
    """

    def __init__(self, problem: str, code: str = "", *, again: bool, everybody: bool = False) -> None:
        super().__init__(f"{problem} {code}".strip())
        self.problem = problem
        self.code = code
        self.again = again
        self.everybody = everybody


class Withdrawn(Exception):
    """The letter was not to be sent any more when the server was ready for it."""


def password_of(mail: MailSettings, environ: Mapping[str, str]) -> str:
    """The password, from the environment or its file; empty where nobody signs in.

    Raises:
        UsageProblem: it is missing or cannot be used, or its file may be read by other people.
    """
    if not mail.user:
        return ""
    given = environ.get(PASSWORD_VARIABLE, "").strip()
    if not given and mail.password_file is None:
        raise UsageProblem(
            "Serwer poczty wymaga hasła: wskaż jego plik w `mail.password_file` albo ustaw {variable}.",
            variable=PASSWORD_VARIABLE,
        )
    password = given or _password_in(mail.password_file or Path())
    if not (password.isascii() and mail.user.isascii()):  # the library knows no others
        raise UsageProblem("Login i hasło serwera poczty muszą być bez polskich liter: zmień je.")
    return password


def _password_in(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise UsageProblem(
                "Plik hasła {path} mogą czytać inni: ogranicz prawa (chmod 600).", path=str(path)
            )
        password = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(
            "Nie można odczytać pliku hasła {path}: sprawdź ścieżkę i prawa dostępu.", path=str(path)
        ) from error
    if not password:
        raise UsageProblem("Plik hasła {path} jest pusty: wpisz do niego hasło.", path=str(path))
    return password


def hand_over(
    mail: MailSettings, password: str, letter: EmailMessage, ready: Callable[[], bool] = lambda: True
) -> None:
    """Give a letter with one recipient to the server.

    Args:
        ready: asked right before the letter itself is given, when everything else is settled; its false withdraws it.

    Raises:
        NotSent: the server does not take it, or nobody knows whether it did.
        Withdrawn: ``ready`` said so.
    """
    try:
        server = _connected(mail)
        try:
            _settle(server, mail, password, letter)
            if not ready():
                raise Withdrawn
            _give(server, letter)
        finally:
            # a farewell that goes wrong changes nothing about a letter that was taken
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
    except ssl.SSLError as error:
        raise NotSent("untrusted", again=True, everybody=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent("unreachable", again=True, everybody=True) from error


class _Answer(io.RawIOBase):
    """What a server says, until it has said too much or for too long: the library alone would listen for ever."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._heard = connection.makefile("rb", buffering=0)
        self.begin()

    def begin(self) -> None:
        """The next answer."""
        self._until, self._left = time.monotonic() + WAIT, LONGEST_ANSWER

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """What has come; raises OSError where there is no end of it."""
        rest = self._until - time.monotonic()
        if rest <= 0 or self._left <= 0:
            raise TimeoutError
        self._connection.settimeout(rest)
        try:
            count = self._heard.readinto(buffer) or 0
        finally:
            self._connection.settimeout(WAIT)
        self._left -= count
        return count

    def close(self) -> None:
        """Nothing more is wanted."""
        self._heard.close()
        super().close()


class _Listening(smtplib.SMTP):
    """A connection whose answers have an end."""

    def getreply(self) -> tuple[int, bytes]:
        """The next answer of the server."""
        if self.file is None and self.sock is not None:
            self.file: Any = io.BufferedReader(_Answer(self.sock))
        if self.file is not None:
            self.file.raw.begin()
        return super().getreply()


class _ListeningEncrypted(_Listening, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _connected(mail: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)
    try:
        if mail.tls == "tls":
            return _ListeningEncrypted(mail.host, mail.port, timeout=WAIT, context=context)
        server = _Listening(mail.host, mail.port, timeout=WAIT)
    except smtplib.SMTPResponseException as error:
        raise _refused("unreachable", error.smtp_code, error.smtp_error, everybody=True) from error
    if mail.tls == "starttls":
        try:
            server.starttls(context=context)
        except smtplib.SMTPException as error:
            server.close()
            raise NotSent("no_tls", again=True, everybody=True) from error
        except OSError:
            server.close()
            raise
    return server


def _settle(server: smtplib.SMTP, mail: MailSettings, password: str, letter: EmailMessage) -> None:
    """Everything before the letter itself: who signs in, who sends, who gets it."""
    try:
        server.ehlo_or_helo_if_needed()
        if mail.user:
            server.login(mail.user, password)
    except smtplib.SMTPAuthenticationError as error:
        # a password can be put right within a day, so it is tried again, but seldom: too many wrong ones lock the account
        raise NotSent("login_refused", str(error.smtp_code), again=True, everybody=True) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent("login_refused", again=True, everybody=True) from error
    code, said = server.mail(parseaddr(str(letter["From"]))[1], _options(server, letter))
    if code == TOO_LARGE:
        raise _refused("content_refused", code, said)
    if code != 250:
        raise _refused("sender_refused", code, said, everybody=True)
    code, said = server.rcpt(parseaddr(str(letter["To"]))[1])
    if code not in (250, 251):
        raise _refused("address_refused", code, said)


def _options(server: smtplib.SMTP, letter: EmailMessage) -> list[str]:
    """A server that would not take so much says so before it gets it."""
    return [f"SIZE={len(letter.as_bytes(policy=SMTP))}"] if server.has_extn("size") else []


def _give(server: smtplib.SMTP, letter: EmailMessage) -> None:
    try:
        code, said = server.data(letter.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:  # it did not want to hear it
        raise _refused("content_refused", error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent("lost", again=False) from error
    if code != 250:
        raise _refused("content_refused", code, said)


def _refused(problem: str, code: int, said: bytes | str, *, everybody: bool = False) -> NotSent:
    """A refusal of the server: from 500 on it is for good, below that for now."""
    number = f"{code} {_enhanced(said)}".strip()
    if 400 <= code < 500:
        return NotSent("try_later", number, again=True, everybody=everybody)
    return NotSent(problem, number, again=everybody, everybody=everybody)


def _enhanced(said: bytes | str) -> str:
    """The code of RFC 3463 at the beginning of an answer, such as 5.1.1; nothing else of its words is kept."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    first = text.split(" ", 1)[0].split("\n", 1)[0]
    parts = first.split(".")
    return first if len(parts) == 3 and all(part.isdigit() and len(part) <= 3 for part in parts) else ""
