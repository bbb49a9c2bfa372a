"""One e-mail as a value: decoded headers and body, however its sender declared them."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from transcripts.readers.content import decode_text
from transcripts.readers.identity import digest

_ANGLE = re.compile(r"<([^<>\s]+)>")
_MAIL_HEADERS = frozenset({"from", "date", "subject", "message-id", "received"})
_HISTORY = (
    "blockquote[type=cite], .gmail_quote, .gmail_quote_container, .yahoo_quoted, .moz-cite-prefix, "
    ".moz-signature, .gmail_signature, #divRplyFwdMsg, #divRplyFwdMsg ~ *, #appendonsend ~ *, "
    ".protonmail_quote, .ms-outlook-mobile-reference-message"
)
_UNSEEN = "script, style, head, title, [style*='display:none'], [style*='display: none'], img"


@dataclass(frozen=True, slots=True)
class Message:
    """``key`` is the Message-ID or, without one, a hash of the content; ``text`` None: unknown encoding."""

    headers: Mapping[str, str]
    key: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    date: datetime | None
    text: str | None

    @property
    def is_mail(self) -> bool:
        """Whether there is any header that each e-mail has."""
        return bool(_MAIL_HEADERS & set(self.headers))

    @property
    def recipients(self) -> list[str]:
        """Addresses that the message went to, lower case."""
        pairs = email.utils.getaddresses([self.header("to"), self.header("cc")])
        return [address.lower() for _, address in pairs if address]

    def header(self, name: str) -> str:
        """A header's value, empty where there is none."""
        return self.headers.get(name, "")


def parse_message(raw: bytes) -> Message:
    """Read one message; damaged parts are left out rather than refused."""
    message = email.message_from_bytes(raw.lstrip(b"\r\n"), policy=email.policy.compat32)
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), _decoded_header(str(value)))
    name, address = email.utils.parseaddr(headers.get("from", ""))
    own = _ANGLE.findall(headers.get("message-id", "")) or headers.get("message-id", "").split()
    key = own[0] if own else digest("raw", raw.decode("latin-1"))
    chain = _ANGLE.findall(headers.get("references", "")) + _ANGLE.findall(headers.get("in-reply-to", ""))
    references = tuple(dict.fromkeys(reference for reference in chain if reference != key))
    subject = headers.get("subject", "")
    return Message(
        headers,
        key,
        references,
        address.strip().lower(),
        name.strip(),
        subject,
        _date(headers),
        _body(message),
    )


def _decoded_header(value: str) -> str:
    raw = value.encode("ascii", "surrogateescape") if not value.isascii() else b""
    text = (decode_text(raw) or raw.decode("latin-1")) if raw else value
    try:
        # decode_header takes bytes apart only in ASCII text; anything else already is what it says.
        parts = email.header.decode_header(text) if "=?" in text else [(text, None)]
    except (email.errors.HeaderParseError, ValueError):
        parts = [(text, None)]
    words = [part if isinstance(part, str) else _part(part, charset) for part, charset in parts]
    return " ".join("".join(words).split())


def _part(part: bytes, charset: str | None) -> str:
    return decode_text(part, charset) or part.decode("latin-1")


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return None


def _body(message: email.message.Message) -> str | None:
    """The plain parts, or the HTML ones where those are empty; None where no decoding is safe."""
    found: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in message.walk():
        kind = part.get_content_type()
        if kind not in found or part.get_content_disposition() == "attachment" or part.get_filename():
            continue
        payload = part.get_payload(decode=True)
        text = decode_text(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""
        if text is None:
            return None
        found[kind].append(text if kind == "text/plain" else html_to_text(text))
    plain = "\n".join(found["text/plain"]).strip()
    return plain or "\n".join(found["text/html"]).strip()


def html_to_text(html: str) -> str:
    """The text a reader sees, without the history that mail clients mark as such."""
    from inscriptis import get_text
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for node in tree.css(_UNSEEN):
        node.decompose()
    whole = tree.html or ""
    for node in tree.css(_HISTORY):
        node.decompose()
    fresh = get_text(tree.html).strip() if tree.html else ""
    return fresh or (get_text(whole).strip() if whole else "")
