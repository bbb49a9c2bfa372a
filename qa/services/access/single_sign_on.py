"""Signing in with a company account: only for people who have an account here that an administrator made."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa.errors import UsageProblem
from qa.services.access import accounts
from qa.services.access.openid_provider import (
    STALE,
    UNTRUSTED,
    Attempt,
    Identity,
    Registration,
    SignInTrouble,
    authorization_address,
    identity,
    refusal,
)
from qa.services.access.permissions import Actor
from qa.settings import Settings
from qa.storage import audit
from qa.storage.people import AccountRow, SignInRow
from qa.storage.tables import MarkRow

BACK = "/sso/back"
LASTS = 600  # seconds from the button to the return
SECRET_VARIABLE = "ODSLUCH_OIDC_SECRET"
KEY_MARK = "single_sign_on_key"
_PURPOSE = b"odsluch single sign-on cookie 1"

UNKNOWN = "Nie masz jeszcze konta w Odsłuchu: poproś administratora o konto z loginem takim jak Twój e-mail służbowy."
OFF = "Twoje konto w Odsłuchu jest wyłączone: poproś administratora o jego włączenie."
TAKEN = (
    "Konto w Odsłuchu o Twoim loginie jest powiązane z innym kontem firmowym: poproś administratora Odsłuchu, "
    "żeby to sprawdził i odłączył poprzednie."
)


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the browser brings back from the provider; empty where it brings none."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str = ""


def is_configured(settings: Settings) -> bool:
    """Whether the login page offers it."""
    return bool(settings.oidc_issuer)


def registration(settings: Settings, environ: Mapping[str, str]) -> Registration | None:
    """How this application is known at the provider; None where single sign-on is not wanted.

    Raises:
        UsageProblem: a setting or the secret is missing, or the secret's file may be read by other people.
    """
    if not is_configured(settings):
        return None
    for key in ("oidc_client_id", "oidc_address"):
        if not getattr(settings, key):
            raise UsageProblem(
                "Logowanie firmowe wymaga ustawienia `{key}`: dodaj je albo usuń `oidc_issuer`.", key=key
            )
    secret = environ.get(SECRET_VARIABLE, "").strip() or _secret_in(settings.oidc_secret_file)
    return Registration(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_address + BACK)


def _secret_in(path: Path | None) -> str:
    if path is None:
        raise UsageProblem(
            "Logowanie firmowe wymaga sekretu: wskaż jego plik w `oidc_secret_file` albo ustaw {variable}.",
            variable=SECRET_VARIABLE,
        )
    try:
        if path.stat().st_mode & 0o077:
            raise UsageProblem("Plik sekretu {path} mogą czytać inni: ogranicz prawa (chmod 600).", path=path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(
            "Nie można odczytać pliku sekretu {path}: sprawdź ścieżkę i prawa dostępu.", path=path
        ) from error
    if not secret:
        raise UsageProblem(
            "Plik sekretu {path} jest pusty: wpisz do niego sekret od dostawcy kont firmowych.", path=path
        )
    return secret


def sealer(session: Session) -> Fernet | None:
    """What seals the cookie of an attempt, the same in every process; None before the first sign-in."""
    mark = session.get(MarkRow, KEY_MARK)
    return None if mark is None else _fernet(mark.value)


def make_sealer(session: Session) -> Fernet:
    """The same, with a new random key where there is none yet; processes that do it at once get one key."""
    # where another process was quicker, its key counts
    with suppress(IntegrityError), session.begin_nested():
        session.add(MarkRow(name=KEY_MARK, value=secrets.token_hex(32)))
    return _fernet(session.scalars(select(MarkRow.value).where(MarkRow.name == KEY_MARK)).one())


def _fernet(mark: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(bytes.fromhex(mark))
    return Fernet(base64.urlsafe_b64encode(key))


def start(known_as: Registration, sealed_by: Fernet, next_page: str) -> tuple[str, str]:
    """Where to send the browser, and the value of the cookie that it has to bring back.

    Raises:
        Unreachable: the provider does not answer.
    """
    attempt = Attempt(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), next_page
    )
    content = json.dumps(asdict(attempt), ensure_ascii=False)  # a cookie is no place for long escapes
    return authorization_address(known_as, attempt), sealed_by.encrypt(content.encode()).decode()


def finish(known_as: Registration, sealed_by: Fernet, cookie: str, answer: Answer) -> tuple[Identity, str]:
    """Who came back, and the page they wanted.

    Raises:
        SignInTrouble: the answer is not one to the attempt of this browser, or cannot be believed.
        Unreachable: the provider does not answer.
    """
    attempt = _opened(sealed_by, cookie)
    if attempt is None or not secrets.compare_digest(answer.state.encode(), attempt.state.encode()):
        raise SignInTrouble(STALE)
    if answer.issuer not in ("", known_as.issuer):  # RFC 9207: another provider answers in its place
        raise SignInTrouble(UNTRUSTED, "iss")
    if answer.error:
        raise refusal(answer.error)
    if not answer.code:
        raise SignInTrouble(STALE)
    return identity(known_as, attempt, answer.code), attempt.next_page


def _opened(sealed_by: Fernet, cookie: str) -> Attempt | None:
    try:
        return Attempt(**json.loads(sealed_by.decrypt(cookie.encode(), ttl=LASTS)))
    except InvalidToken:
        return None


def account_of(session: Session, person: Identity) -> AccountRow:
    """The account of somebody whom the provider vouches for; at the first time it is theirs from then on.

    Refusals of known accounts are noted in the audit log, so the caller has to keep the transaction.

    Raises:
        SignInTrouble: they have no account, it is switched off, or it belongs to somebody else.
    """
    row = session.scalar(select(AccountRow).where(AccountRow.subject == person.subject))
    if row is None:
        row = _by_login(session, person)
    if not row.active:
        raise _turned_away(session, row, "inactive", SignInTrouble(OFF))
    if row.subject is None:
        row.subject = person.subject
        audit.record(session, row.login, "single_sign_on_link", row.login, {"issuer": person.issuer})
    return row


OWN_LOCK = "To konto ma własne hasło: zaloguj się nim albo poproś administratora o konto z adresem e-mail jako loginem."


def _by_login(session: Session, person: Identity) -> AccountRow:
    # locked: of two people who come at once, the second has to see whose account it has become
    query = select(AccountRow).where(AccountRow.login.in_(person.logins)).with_for_update()
    rows = {row.login: row for row in session.scalars(query)}
    row = next((rows[login] for login in person.logins if login in rows), None)
    if row is None:
        raise SignInTrouble(UNKNOWN)
    if row.password is not None and row.login != person.email:
        # a name can be chosen freely at some providers: it must not open an account that has its own lock
        raise _turned_away(session, row, "has_password", SignInTrouble(OWN_LOCK))
    if row.subject not in (None, person.subject):
        raise _turned_away(session, row, "another_subject", SignInTrouble(TAKEN))
    return row


def _turned_away(session: Session, row: AccountRow, why: str, told: SignInTrouble) -> SignInTrouble:
    audit.record(session, row.login, "single_sign_on_refused", row.login, {"why": why})
    return told


def unlink(session: Session, actor: Actor, account_id: str) -> None:
    """Let an account go from its company account, so that the next first sign-in links it anew.

    For a new provider, or a login that has passed to somebody else. Ends the account's signed-in browsers.

    Raises:
        Missing: there is no such account.
    """
    actor.must("account.manage")
    row = accounts.account(session, account_id)
    if row.subject is None:
        return
    row.subject = None
    session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))
    audit.record(session, actor.login, "single_sign_on_unlink", row.login, {})
