"""The table ``[mail]`` of the settings: through which server reports go out. A password is never among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

PASSWORD_VARIABLE = "ODSLUCH_MAIL_PASSWORD"
TLS_MODES = ("starttls", "tls", "none")
PORTS: Mapping[str, int] = MappingProxyType({"starttls": 587, "tls": 465, "none": 25})
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
LONGEST_ADDRESS = 200


class Unfit(ValueError):
    """One value of the table does not do; ``needs`` says in Polish what it needs, after "wymaga"."""

    def __init__(self, key: str, needs: str) -> None:
        super().__init__(key)
        self.key = key
        self.needs = needs


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server and who sends. ``base_url`` is where people open the application, without / at the end.

    ``tls`` is ``starttls``, ``tls`` (from the first byte) or ``none``, which only a server on this machine may have.
    ``domains`` are those that reports may go to; all where it is empty.
    """

    host: str
    port: int
    sender: str
    base_url: str
    tls: str = "starttls"
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    domains: tuple[str, ...] = ()

    def shown(self) -> dict[str, str]:
        """The values that are set, as text."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: ", ".join(value) if isinstance(value, tuple) else str(value)
            for name, value in values.items()
            if value
        }

    def accepts(self, address: str) -> bool:
        """Whether reports may go to this address."""
        return not self.domains or address.rpartition("@")[2].lower() in self.domains


def mail_settings(raw: Any) -> MailSettings | None:
    """The table of the settings file, or ``key=value,key=value`` of the environment; None where it is empty.

    Raises:
        Unfit: a value is missing, unknown or of a wrong kind.
        ValueError: it is no table at all.
    """
    if isinstance(raw, str):
        raw = dict(part.split("=", 1) for part in raw.split(",") if part.strip())
    if not isinstance(raw, Mapping):
        raise ValueError(raw)
    given = {str(key).strip(): value for key, value in raw.items()}
    if not given:
        return None
    _check_keys(given)
    tls = _parsed(given, "tls", _mode, "jednej z wartości: " + ", ".join(TLS_MODES), "starttls")
    found = MailSettings(
        host=_parsed(given, "host", _host, "nazwy albo adresu serwera poczty"),
        port=_parsed(given, "port", _port, "liczby całkowitej od 1 do 65535", PORTS[tls]),
        sender=_parsed(given, "sender", _sender, "adresu nadawcy, np. Odsłuch <odsluch@firma.pl>"),
        base_url=_parsed(given, "base_url", _site, "adresu Odsłuchu, np. https://odsluch.firma.pl"),
        tls=tls,
        user=_parsed(given, "user", _word, "nazwy użytkownika", ""),
        password_file=_parsed(given, "password_file", _path, "ścieżki pliku", None),
        ca_file=_parsed(given, "ca_file", _path, "ścieżki pliku", None),
        domains=_parsed(given, "domains", _domains, "listy domen, np. firma.pl", ()),
    )
    if tls == "none" and found.host not in LOCAL_HOSTS:
        raise Unfit("tls", "wartości starttls albo tls: bez szyfrowania wolno tylko na tej maszynie")
    return found


def _check_keys(given: Mapping[str, Any]) -> None:
    if "password" in given:
        raise Unfit(
            "password",
            f"usunięcia: hasło podaj w pliku (klucz password_file) albo w zmiennej {PASSWORD_VARIABLE}",
        )
    known = [one.name for one in fields(MailSettings)]
    for key in given:
        if key not in known:
            raise Unfit(key, f"usunięcia, bo jest nieznany; znane klucze: {', '.join(known)}")


_MISSING = object()


def _parsed(
    given: Mapping[str, Any], key: str, parse: Callable[[Any], Any], needs: str, usual: Any = _MISSING
) -> Any:
    if key not in given and usual is not _MISSING:
        return usual
    try:
        return parse(given.get(key))
    except (ValueError, TypeError) as error:
        raise Unfit(key, needs) from error


def _word(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip() or not raw.isprintable():
        raise ValueError(raw)
    return raw.strip()


def _host(raw: Any) -> str:
    text = _word(raw)
    if not all(letter.isalnum() or letter in ".-:_" for letter in text):
        raise ValueError(raw)
    return text


def _mode(raw: Any) -> str:
    if raw not in TLS_MODES:
        raise ValueError(raw)
    return str(raw)


def _port(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise ValueError(raw)
    if not 1 <= int(raw) <= 65535:
        raise ValueError(raw)
    return int(raw)


def _path(raw: Any) -> Path:
    return Path(_word(raw)).expanduser()


def _domains(raw: Any) -> tuple[str, ...]:
    items = raw.split() if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not items:  # an empty one would let reports go anywhere
        raise ValueError(raw)
    return tuple(_domain(item) for item in items)


def _domain(raw: Any) -> str:
    """A domain as it stands in addresses, which have ASCII letters only; each subdomain is one of its own.

    Raises:
        ValueError: no address could have it, so that reports would go nowhere.
    """
    name = _word(raw).lower().removeprefix("@").encode("idna").decode("ascii")
    if "." not in name or not all(letter.isalnum() or letter in ".-" for letter in name):
        raise ValueError(raw)
    return name


def _sender(raw: Any) -> str:
    text = _word(raw)
    address_of(parseaddr(text)[1])
    return text


def _site(raw: Any) -> str:
    """The application's own address: the link in a report leads to a page that asks people to sign in."""
    text = _word(raw).removesuffix("/")
    parts = urlsplit(text)
    local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
    if (parts.scheme != "https" and not local) or not parts.hostname or not text.isascii():
        raise ValueError(raw)
    if parts.username is not None or parts.query or parts.fragment or " " in text:
        raise ValueError(raw)
    return text


def address_of(text: str) -> str:
    """An e-mail address that every server takes: ASCII, one @, nothing that could begin another header.

    Raises:
        ValueError: it is none.
    """
    address = text.strip()
    local, _, domain = address.rpartition("@")
    if not address.isascii() or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        raise ValueError(text)
    if not local or "." not in domain.strip(".") or any(letter in address for letter in ' "<>()[],;:\\'):
        raise ValueError(text)
    try:
        return Address(addr_spec=address).addr_spec
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError(text) from error
