"""Settings: flags over environment (``ODSLUCH_...``) over a TOML file over defaults, each with its origin."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from qa.errors import UsageProblem
from qa.settings_mail import PASSWORD_VARIABLE, MailSettings, Unfit, mail_settings
from qa.settings_web import RANGES, WebSettings, web_settings
from transcripts.conversation import CHANNELS

FILE_NAME = "odsluch.toml"
PREFIX = "ODSLUCH_"
CONFIG_VARIABLE = "ODSLUCH_CONFIG"
LANGUAGES = ("pl",)
LONGEST_ISSUER = 120  # leaves room for the person's name beside it
DEFAULT_SCORECARDS: Mapping[str, str] = MappingProxyType(
    {"phone": "phone@1", "chat": "chat@3", "email": "email@3"}
)

SEALED = ("raw_text", "raw_audio", "redacted_audio")  # kept only when asked for, and only encrypted
DEFAULT_RETENTION: Mapping[str, int] = MappingProxyType(
    {"raw_audio": 30, "raw_text": 30, "redacted_audio": 90, "redacted_text": 1095, "evaluations": 1095}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be configured. Paths are absolute or relative to the working folder."""

    data_dir: Path = Path("var")
    database_url: str = ""
    keep: tuple[str, ...] = ()
    key_file: Path | None = None
    retention_days: Mapping[str, int] = field(default_factory=lambda: DEFAULT_RETENTION)
    speech_model: str = "whisper-base"
    voice_model: str = "voice-encoder"
    voices: int = 2
    left_channel: str = "agent"
    silence_seconds: float = 3.0
    glossary: tuple[str, ...] = ()
    tagger_model: str = "contact-tagger"
    scorecards: Mapping[str, str] = field(default_factory=lambda: DEFAULT_SCORECARDS)
    policy: Path | None = None
    threads: int = 0
    batch_size: int = 64
    language: str = "pl"
    shop_addresses: tuple[str, ...] = ()
    column_map: Path | None = None
    min_confidence: float = 0.0
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: Path | None = None
    oidc_address: str = ""
    mail: MailSettings | None = None
    web: WebSettings = field(default_factory=WebSettings)

    @property
    def url(self) -> str:
        """The database's address: as configured, or the SQLite file in ``data_dir``."""
        return self.database_url or f"sqlite:///{self.data_dir / 'odsluch.db'}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of one setting comes from."""

    key: str
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Effective settings with the origin of each."""

    settings: Settings
    origins: tuple[Origin, ...]


EXPLANATIONS: Mapping[str, str] = MappingProxyType(
    {
        "data_dir": "folder bazy, dzienników i plików roboczych",
        "database_url": "adres bazy (puste: SQLite w data_dir)",
        "keep": "co przechowywać zaszyfrowane prócz treści bez danych osobowych: " + ", ".join(SEALED),
        "key_file": "plik klucza szyfrowania (albo zmienna ODSLUCH_KEY)",
        "retention_days": "po ilu dniach od rozmowy odsluch privacy purge usuwa którą klasę danych",
        "speech_model": "model rozpoznawania mowy",
        "voice_model": "model rozróżniania głosów w nagraniach jednokanałowych (puste: bez niego)",
        "voices": "ile osób mówi w nagraniu jednokanałowym (2-6)",
        "left_channel": "kto mówi w lewym kanale: agent albo customer",
        "silence_seconds": "najkrótsza cisza, którą liczą miary rozmowy, w sekundach",
        "glossary": "nazwy sklepu, firm i produktów poprawiane w zapisie rozmów po brzmieniu",
        "tagger_model": "model tagowania rozmów",
        "scorecards": "karta oceny dla kanału",
        "policy": "plik zasad sklepu: godziny, czasy odpowiedzi, terminy, styl (puste: terminy ustawowe)",
        "threads": "wątki obliczeń (0: wybór biblioteki)",
        "batch_size": "rozmów w jednej paczce",
        "language": "język interfejsu",
        "shop_addresses": "adresy e-mail i domeny sklepu (nadawca z tej listy to konsultant)",
        "column_map": "plik z mapą kolumn dla CSV i XLSX",
        "min_confidence": "najniższa pewność powodu pokazywanego w podsumowaniach",
        "oidc_issuer": "adres dostawcy kont firmowych, OpenID Connect (puste: bez logowania firmowego)",
        "oidc_client_id": "identyfikator, pod którym dostawca kont firmowych zna Odsłuch",
        "oidc_secret_file": "plik sekretu od dostawcy kont firmowych (albo zmienna ODSLUCH_OIDC_SECRET)",
        "oidc_address": "adres Odsłuchu w przeglądarce; dostawca kont firmowych odsyła na niego z końcówką /sso/back",
        "web": "aplikacja w przeglądarce: dispute_days (dni na odwołanie), session_hours i idle_minutes (po ilu godzinach "
        "w ogóle i ilu minutach bez użycia trzeba zalogować się ponownie), sign_in_tries i lock_minutes (po ilu błędnych "
        "hasłach i na ile minut konto jest zablokowane), page_rows (wierszy na stronie długich list)",
        "mail": f"serwer poczty dla raportów (puste: bez wysyłki); hasło w password_file albo {PASSWORD_VARIABLE}",
    }
)


def load(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
    folder: Path | None = None,
) -> Configuration:
    """Effective settings.

    Raises:
        UsageProblem: an unknown key or a value of a wrong type, with file (or variable) and key.
    """
    environ = os.environ if environ is None else environ
    path = _config_path(config, environ, folder or Path.cwd())
    layers = [
        *([(f"plik {path}", _from_file(path))] if path else []),
        ("środowisko", _from_environment(environ)),
        ("opcja", {k: v for k, v in (flags or {}).items() if v is not None}),
    ]
    values: dict[str, Any] = {}
    origins = {item.name: "domyślne" for item in fields(Settings)}
    for source, layer in layers:
        for key, raw in layer.items():
            values[key] = _checked(key, raw, source)
            origins[key] = f"{source} {PREFIX}{key.upper()}" if source == "środowisko" else source
    settings = Settings(**values)
    return Configuration(settings, tuple(_origin(settings, key, source) for key, source in origins.items()))


def _origin(settings: Settings, key: str, source: str) -> Origin:
    value = getattr(settings, key)
    if key == "database_url":
        value = without_password(settings.url)
    elif key == "mail":
        value = value.shown() if value else ""
    return Origin(key, value, source)


def without_password(url: str) -> str:
    """The database address with its password hidden."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(nieprawidłowy adres)"


def _config_path(config: Path | None, environ: Mapping[str, str], folder: Path) -> Path | None:
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if named is None:
        usual = folder / FILE_NAME
        return usual if usual.is_file() else None
    if not named.is_file():
        raise UsageProblem(
            f"Nie ma pliku ustawień {named}: popraw ścieżkę w --config albo {CONFIG_VARIABLE}."
        )
    return named


def _from_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"Plik {path} nie jest poprawnym TOML ({error}): popraw to miejsce.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(
            f"Nie można odczytać pliku {path}: sprawdź prawa dostępu i kodowanie UTF-8."
        ) from error
    for key in content:
        if key not in _PARSERS:
            known = ", ".join(sorted(_PARSERS))
            raise UsageProblem(f"Plik {path}: nieznany klucz `{key}`; znane klucze: {known}.")
    return content


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {key: environ[PREFIX + key.upper()] for key in _PARSERS if PREFIX + key.upper() in environ}
    return {key: value for key, value in found.items() if value != ""}


def _checked(key: str, raw: Any, source: str) -> Any:
    parse, expected = _PARSERS[key]
    try:
        return parse(raw)
    except (ValueError, TypeError) as error:
        if isinstance(error, Unfit):  # one value of a table
            key, expected = f"{key}.{error.key}", error.needs
        where = f"zmienna {PREFIX}{key.partition('.')[0].upper()}" if source == "środowisko" else source
        raise UsageProblem(f"{where[0].upper()}{where[1:]}: klucz `{key}` wymaga {expected}.") from error


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(raw)
    return raw


def _any_text(raw: Any) -> str:
    return _text(raw) if raw != "" else ""


def _folder(raw: Any) -> Path:
    return Path(raw) if isinstance(raw, Path) else Path(_text(raw)).expanduser()


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(raw: Any) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            raise ValueError(raw)
        value = int(raw)
        if not least <= value <= most:
            raise ValueError(raw)
        return value

    return parse


def _share(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(raw)
    value = float(raw)
    if not 0.0 <= value <= 1.0:
        raise ValueError(raw)
    return value


def _seconds(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(raw)
    value = float(raw)
    if not 0.5 <= value <= 60:
        raise ValueError(raw)
    return value


def _side(raw: Any) -> str:
    if raw not in ("agent", "customer"):
        raise ValueError(raw)
    return str(raw)


def _names(raw: Any) -> tuple[str, ...]:
    items = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError(raw)
    return tuple(item.strip() for item in items if item.strip())


def _kept(raw: Any) -> tuple[str, ...]:
    found = _names(raw)
    if not set(found) <= set(SEALED):
        raise ValueError(raw)
    return tuple(sorted(set(found)))


def _retention(raw: Any) -> Mapping[str, int]:
    if isinstance(raw, str):
        raw = dict(part.split("=", 1) for part in raw.split(",") if part.strip())
    if not isinstance(raw, Mapping):
        raise ValueError(raw)
    days = _whole(1, 36_500)
    given = {str(name).strip(): days(value) for name, value in raw.items()}
    if not set(given) <= set(DEFAULT_RETENTION):
        raise ValueError(raw)
    return MappingProxyType({**DEFAULT_RETENTION, **given})


def _by_channel(raw: Any) -> Mapping[str, str]:
    if isinstance(raw, str):
        raw = dict(part.split("=", 1) for part in raw.split(",") if part.strip())
    if not isinstance(raw, Mapping):
        raise ValueError(raw)
    found = {str(channel).strip(): _text(card).strip() for channel, card in raw.items()}
    if not set(found) <= set(CHANNELS):
        raise ValueError(raw)
    return MappingProxyType(found)


def is_guarded_address(address: str) -> bool:
    """Whether nobody on the way can read or change what goes there: https, or http on this machine itself."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    if not (address.isascii() and address.isprintable()) or " " in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))


def _issuer(raw: Any) -> str:
    text = _any_text(raw).strip()
    if text and (not is_guarded_address(text) or "?" in text or len(text) > LONGEST_ISSUER):
        raise ValueError(raw)
    return text


def _site(raw: Any) -> str:
    text = _any_text(raw).strip().removesuffix("/")
    if text and (not is_guarded_address(text) or "?" in text or urlsplit(text).path):
        raise ValueError(raw)
    return text


def _language(raw: Any) -> str:
    if raw not in LANGUAGES:
        raise ValueError(raw)
    return str(raw)


_PARSERS: Mapping[str, tuple[Callable[[Any], Any], str]] = MappingProxyType(
    {
        "data_dir": (_folder, "ścieżki folderu"),
        "database_url": (_text, "adresu bazy, np. postgresql+psycopg://host/baza"),
        "keep": (_kept, "listy z wartości: " + ", ".join(SEALED)),
        "key_file": (_folder, "ścieżki pliku"),
        "retention_days": (_retention, "par klasa=dni (1-36500); klasy: " + ", ".join(DEFAULT_RETENTION)),
        "speech_model": (_text, "nazwy modelu"),
        "voice_model": (_any_text, "nazwy modelu albo pustego napisu"),
        "voices": (_whole(2, 6), "liczby całkowitej od 2 do 6"),
        "left_channel": (_side, "wartości agent albo customer"),
        "silence_seconds": (_seconds, "liczby sekund od 0,5 do 60"),
        "glossary": (_names, "listy nazw"),
        "tagger_model": (_text, "nazwy modelu"),
        "scorecards": (_by_channel, "par kanał=karta, np. phone=phone@1; kanały: " + ", ".join(CHANNELS)),
        "policy": (_folder, "ścieżki pliku"),
        "threads": (_whole(0, 256), "liczby całkowitej od 0 do 256"),
        "batch_size": (_whole(1, 4096), "liczby całkowitej od 1 do 4096"),
        "language": (_language, "jednej z wartości: " + ", ".join(LANGUAGES)),
        "shop_addresses": (_names, "listy adresów lub domen"),
        "column_map": (_folder, "ścieżki pliku"),
        "min_confidence": (_share, "liczby od 0 do 1"),
        "oidc_issuer": (
            _issuer,
            "adresu https:// dostawcy kont firmowych, dokładnie takiego, jaki on podaje",
        ),
        "oidc_client_id": (_any_text, "identyfikatora nadanego przez dostawcę kont firmowych"),
        "oidc_secret_file": (_folder, "ścieżki pliku"),
        "oidc_address": (_site, "adresu https:// bez ścieżki, np. https://odsluch.firma.pl"),
        "web": (web_settings, "tabeli z kluczami z listy: " + ", ".join(RANGES)),
        "mail": (mail_settings, "tabeli z kluczami host, sender i base_url"),
    }
)
