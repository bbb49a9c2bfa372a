"""Local accounts and signed-in browsers: argon2 passwords, lockout, expiry."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select
from sqlalchemy.orm import Session

from qa.errors import Busy, Conflict, Missing, Refused, Term, UsageProblem
from qa.services.access.permissions import ROLES, Actor
from qa.services.inputs import is_storable, rows_of, text_of
from qa.settings_mail import address_of
from qa.settings_web import WebSettings
from qa.storage import audit
from qa.storage.database import Storage
from qa.storage.people import AccountRow, SignInRow
from qa.storage.tables import MarkRow, now

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST_PASSWORD = 12
MOST_PASSWORD = 256  # argon2 reads all of it: a longer one would only keep the machine busy
SEEN_EVERY = timedelta(minutes=1)  # a page view is no reason to write each time
GONE = Term("konto usunięte")  # in place of the name of an account that is no longer there
SETUP_MARK = "setup_code"
WAIT_FOR_CHECK = 5.0  # seconds
_CHECKS = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long a signed-in browser lasts (in all, and without use), and when wrong passwords lock an account."""

    longest: timedelta
    idle: timedelta
    tries: int
    locked_for: timedelta


def rules_of(settings: WebSettings) -> SignInRules:
    """The rules that the settings ask for."""
    return SignInRules(
        timedelta(hours=settings.session_hours),
        timedelta(minutes=settings.idle_minutes),
        settings.sign_in_tries,
        timedelta(minutes=settings.lock_minutes),
    )


USUAL = rules_of(WebSettings())


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """What is checked where there is no such account, so that the answer takes as long."""
    return _hasher().hash(secrets.token_hex(16))


def new_id() -> str:
    """A key that nobody can guess."""
    return secrets.token_hex(16)


def none_yet(session: Session) -> bool:
    """Whether the first account is still to be made."""
    return session.scalar(select(AccountRow.id).limit(1)) is None


def setup_code(session: Session) -> str | None:
    """The code with which the first account is made in the browser; None where there is an account.

    A new code replaces the earlier one, of which only a digest is kept.
    """
    if not none_yet(session):
        return None
    code = secrets.token_urlsafe(16)
    session.merge(MarkRow(name=SETUP_MARK, value=_digest(code)))
    return code


def set_up(session: Session, code: str, login: str, name: str, password: str) -> AccountRow:
    """The first account: administrator and QA lead in one.

    Raises:
        Refused: the code is wrong, or there is an account already.
        UsageProblem: the values cannot be used.
    """
    mark = session.get(MarkRow, SETUP_MARK)
    if mark is None or not secrets.compare_digest(mark.value, _digest(code)):
        raise Refused(
            "Ten odnośnik do założenia pierwszego konta jest nieważny: uruchom odsluch serve ponownie."
        )
    if not none_yet(session):
        raise Refused("Pierwsze konto już istnieje: zaloguj się albo poproś administratora o konto.")
    session.delete(mark)
    return create(session, login, name, ("administrator", "qa_lead"), password, by=None)


def create(
    session: Session,
    login: str,
    name: str,
    roles: Sequence[str],
    password: str | None,
    *,
    agent_id: str | None = None,
    team: str | None = None,
    email: str | None = None,
    subject: str | None = None,
    by: Actor | None,
) -> AccountRow:
    """A new account.

    Raises:
        UsageProblem: a value cannot be used; the sentence says which and why.
        Conflict: the login is taken.
    """
    login = _login(login)
    if session.scalar(select(AccountRow.id).where(AccountRow.login == login)):
        raise Conflict("Login {login} jest zajęty: wybierz inny.", login=login)
    row = AccountRow(
        id=new_id(),
        login=login,
        name=_name(name),
        roles=_roles(roles, agent_id),
        password=None if password is None else _hashed(password, login),
        agent_id=_label(agent_id, Term("Identyfikator konsultanta")),
        team=_label(team, Term("Zespół")),
        email=_email(email),
        subject=subject,
    )
    session.add(row)
    session.flush()
    audit.record(session, by.login if by else login, "account_create", login, {"roles": row.roles})
    return row


def change(session: Session, account_id: str, by: Actor, **values: Any) -> AccountRow:
    """Change ``name``, ``roles``, ``active``, ``password``, ``agent_id``, ``team``, ``email`` or ``language`` of
    an account.

    Taking away a role, a password or the account itself ends its signed-in browsers.

    Raises:
        Missing: there is no such account.
        UsageProblem: a value cannot be used, or nobody would be left to manage accounts.
    """
    row = account(session, account_id)
    if values.get("name") is not None:
        row.name = _name(values["name"])
    for field, what in (("agent_id", Term("Identyfikator konsultanta")), ("team", Term("Zespół"))):
        if values.get(field) is not None:
            setattr(row, field, _label(values[field], what))
    if values.get("email") is not None:
        row.email = _email(values["email"])
    if values.get("language") is not None:
        row.language = values["language"] if values["language"] in ("pl", "en") else "pl"
    if values.get("roles") is not None:
        row.roles = _roles(values["roles"], row.agent_id)
    if values.get("active") is not None:
        row.active = bool(values["active"])
    if values.get("password"):
        row.password = _hashed(values["password"], row.login)
        row.failed, row.locked_until = 0, None
    session.flush()
    _somebody_manages(session)
    if any(values.get(field) is not None for field in ("roles", "active", "password")):
        session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))
    changed = sorted(name for name, value in values.items() if value is not None)
    told: dict[str, Any] = {"changed": changed}  # never a name: nothing can be erased from the log
    told |= {name: values[name] for name in ("roles", "active") if values.get(name) is not None}
    audit.record(session, by.login, "account_change", row.login, told)
    return row


def account(session: Session, account_id: str) -> AccountRow:
    """The account.

    Raises:
        Missing: there is none.
    """
    row = session.get(AccountRow, account_id)
    if row is None:
        raise Missing("Nie ma takiego konta.")
    return row


def accounts(session: Session) -> list[AccountRow]:
    """All accounts by name."""
    return list(session.scalars(select(AccountRow).order_by(AccountRow.name, AccountRow.login)))


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What the list is narrowed to: a text in login or name, a role, active or not; an empty value narrows nothing."""

    text: str = ""
    role: str = ""
    active: bool | None = None


def listed(
    session: Session, page: int, size: int, narrowed: AccountFilter | None = None
) -> tuple[list[AccountRow], int]:
    """A page of the accounts by name, and how many there are on all pages.

    Raises:
        UsageProblem: there is no such page or role, or the text cannot be stored.
    """
    offset, limit = rows_of(page, size)
    where = _conditions(narrowed or AccountFilter())
    order = (AccountRow.name, AccountRow.login)
    query = select(AccountRow).where(*where).order_by(*order).offset(offset).limit(limit)
    total = session.scalar(select(func.count()).select_from(AccountRow).where(*where))
    return list(session.scalars(query)), total or 0


def _conditions(narrowed: AccountFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := narrowed.text.strip():
        if not is_storable(text):
            raise UsageProblem(
                "{what}: usuń znaki, których nie da się zapisać.", what=Term("Login albo nazwisko")
            )
        found.append(_has_text(text))
    if narrowed.role:
        if narrowed.role not in ROLES:
            raise UsageProblem("Nieznana rola: do wyboru {known}.", known=tuple(ROLES))
        # a role stands in the stored list between quotation marks, so none is found inside another
        found.append(cast(AccountRow.roles, Text).contains(f'"{narrowed.role}"', autoescape=True))
    if narrowed.active is not None:
        found.append(AccountRow.active.is_(narrowed.active))
    return found


def _has_text(text: str) -> ColumnElement[bool]:
    """In login or name, whatever the case. SQLite knows the case of ASCII only, hence "Łucja" also for "łucja"."""
    spelled = {text, text.lower(), text.upper(), text.title()}
    columns = (AccountRow.login, AccountRow.name)
    plain = [column.contains(one, autoescape=True) for column in columns for one in sorted(spelled)]
    folded = [func.lower(column).contains(text.lower(), autoescape=True) for column in columns]
    return or_(*plain, *folded)


def names(session: Session) -> dict[str, str]:
    """The name of every account by id."""
    return dict(session.execute(select(AccountRow.id, AccountRow.name)).tuples().all())


def sign_in(storage: Storage, login: str, password: str, rules: SignInRules = USUAL) -> str:
    """The cookie of a new signed-in browser.

    Whether login or password are wrong, or the account is locked, nobody is told. The password is checked outside of
    any transaction, and few at a time: the check is made to be slow, and guesses must not keep those out who work.

    Raises:
        Refused: login or password are wrong, or the account is locked.
        Busy: too many passwords are being checked.
    """
    with storage.reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.login == login.strip().lower()))
        known = row.password if row and row.password else _nobody()
    if not _CHECKS.acquire(timeout=WAIT_FOR_CHECK):
        raise Busy("Zbyt wiele osób loguje się naraz: spróbuj za chwilę.")
    try:
        right = _is_password(known, password[:MOST_PASSWORD])
    finally:
        _CHECKS.release()
    token = None
    if row and row.password:
        with storage.writing() as session:  # what a wrong password leads to is kept before it is refused
            token = _settled(session, row.id, right, rules)
    if token is None:
        raise Refused(
            "Nieprawidłowy login lub hasło. Po {tries} błędnych hasłach konto jest zablokowane na {minutes} min.",
            tries=rules.tries,
            minutes=int(rules.locked_for.total_seconds()) // 60,
        )
    return token


def _settled(session: Session, account_id: str, right: bool, rules: SignInRules) -> str | None:
    row = session.get(AccountRow, account_id, with_for_update=True)
    if row is None or not row.active or (row.locked_until and row.locked_until > now()):
        return None
    if right:
        row.failed, row.locked_until = 0, None
        return begin(session, row, rules)
    row.failed += 1
    if row.failed >= rules.tries:
        row.failed, row.locked_until = 0, now() + rules.locked_for
        audit.record(session, row.login, "sign_in_locked", row.login, {})
    return None


def begin(session: Session, row: AccountRow, rules: SignInRules = USUAL) -> str:
    """A signed-in browser for the account: the value of its cookie."""
    session.execute(delete(SignInRow).where(SignInRow.expires_at < now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignInRow(
            key=_digest(token),
            account_id=row.id,
            form_token=secrets.token_urlsafe(24),
            expires_at=now() + rules.longest,
        )
    )
    audit.record(session, row.login, "sign_in", row.login, {})
    return token


def signed_in(session: Session, token: str, rules: SignInRules = USUAL) -> tuple[Actor, bool] | None:
    """Who has this cookie, and whether it is time to note that they were seen; None where it is worth nothing.

    Rules that have become stricter since hold for browsers that were signed in before.
    """
    row, moment = session.get(SignInRow, _digest(token)), now()
    if row is None or row.expires_at < moment or row.created_at < moment - rules.longest:
        return None
    if row.seen_at < moment - rules.idle:
        return None
    person = session.get(AccountRow, row.account_id)
    if person is None or not person.active:
        return None
    return actor_of(person, row.form_token), row.seen_at < moment - SEEN_EVERY


def seen(session: Session, token: str) -> None:
    """Note that the browser was used now."""
    row = session.get(SignInRow, _digest(token))
    if row is not None:
        row.seen_at = now()


def sign_out(session: Session, token: str) -> None:
    """End this browser's session."""
    session.execute(delete(SignInRow).where(SignInRow.key == _digest(token)))


def actor_of(row: AccountRow, form_token: str = "") -> Actor:
    """The account as an actor."""
    return Actor(
        row.id, row.login, row.name, frozenset(row.roles), row.agent_id, row.team, row.language, form_token
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _login(text: str) -> str:
    login = text.strip().lower()
    if not 2 <= len(login) <= 80 or not all(c.isalnum() or c in "._-@" for c in login):
        raise UsageProblem("Login ma od 2 do 80 znaków: litery, cyfry i . _ - @.")
    return login


def _name(text: str) -> str:
    return text_of(" ".join(text.split()), Term("Imię i nazwisko"), 2, 120)


def _label(text: str | None, what: Term) -> str | None:
    return text_of(text, what, 0, 200) or None if text else None


def _email(text: str | None) -> str | None:
    """Where reports go; an empty one takes the address away."""
    if not text or not text.strip():
        return None
    try:
        return address_of(text)
    except ValueError as error:
        raise UsageProblem(
            "To nie jest adres e-mail: podaj go w postaci osoba@firma.pl, bez polskich liter."
        ) from error


def _roles(roles: Sequence[str], agent_id: str | None) -> list[str]:
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise UsageProblem("Podaj co najmniej jedną rolę z listy: {known}.", known=tuple(ROLES))
    if "agent" in roles and not agent_id:
        raise UsageProblem("Konto konsultanta wymaga jego identyfikatora z rozmów (agent.id).")
    return [role for role in ROLES if role in roles]


def _hashed(password: str, login: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise UsageProblem("Hasło ma od {least} do {most} znaków.", least=LEAST_PASSWORD, most=MOST_PASSWORD)
    if login in password.lower() or len(set(password)) < 5:
        raise UsageProblem("Hasło nie może zawierać loginu ani składać się z kilku powtórzonych znaków.")
    return _hasher().hash(password)


def _is_password(known: str, given: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(known, given)
    except VerificationError:
        return False


def _somebody_manages(session: Session) -> None:
    rows = session.execute(select(AccountRow.roles).where(AccountRow.active)).scalars()
    if not any("administrator" in roles for roles in rows):
        raise UsageProblem("Musi zostać co najmniej jedno czynne konto administratora.")
