"""A small real mail server for the tests: takes letters, or refuses them as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from qa.settings_mail import MailSettings

USER, PASSWORD = "odsluch", "bardzo tajne haslo"
SENDER = "Odsłuch <odsluch@firma.example.pl>"
SITE = "https://odsluch.firma.example.pl"


@dataclass
class Postbox:
    """What came, and what is answered: by recipient (``refused``), and to the letter itself (``data``)."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    sender: str = "250 OK"
    drop: bool = False
    asked: int = 0

    def settings(self, **values: Any) -> MailSettings:
        """Settings that lead here, without encryption unless told otherwise."""
        given = {"host": "127.0.0.1", "port": self.port, "sender": SENDER, "base_url": SITE, "tls": "none"}
        return MailSettings(**{**given, **values})

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked += 1
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.drop:
            server.transport.abort()
            return "250 OK"
        if self.data.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.data


@contextmanager
def open_postbox(
    *,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    tls: ssl.SSLContext | None = None,
    kind: type[Postbox] = Postbox,
) -> Iterator[Postbox]:
    """A running server on a free port of this machine."""
    box = kind()
    options: dict[str, Any] = {"ssl_context": tls} if tls else {}
    if starttls:
        options |= {"tls_context": starttls, "require_starttls": True}
    if login:
        options |= {"authenticator": _authenticated, "auth_required": True, "auth_require_tls": False}
    door = Controller(box, hostname="127.0.0.1", port=_free_port(), **options)
    door.start()
    box.port = door.port
    try:
        yield box
    finally:
        door.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    right = given.login == USER.encode() and given.password == PASSWORD.encode()
    return AuthResult(success=right, handled=right)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of its own making, and the file by which it can be trusted."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "poczta próbna")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "poczta.pem", folder / "poczta.key"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
