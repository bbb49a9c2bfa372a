"""Who gets which report, how often and in which form: one's own subscriptions, and those that are managed for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from qa.errors import Missing, UsageProblem
from qa.services.access.accounts import actor_of, new_id
from qa.services.access.permissions import Actor
from qa.services.alphabet import alphabetical
from qa.services.inputs import is_storable, rows_of
from qa.services.reports.content import BOARDS, NEEDED, Wanted, checked
from qa.services.reports.schedule import Cycle, checked_cycle, next_moment
from qa.settings_mail import MailSettings
from qa.storage import audit
from qa.storage.analysis import LOCAL
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow
from qa.storage.tables import now

MOST = 20
PAGE = 50
FORMS: Mapping[str, str] = MappingProxyType(
    {"html": "w treści listu", "pdf": "PDF w załączniku", "both": "w treści i jako PDF"}
)
# Why the program itself has switched a subscription off.
STOPPED: Mapping[str, str] = MappingProxyType(
    {
        "address_refused": "serwer poczty odrzucił adres odbiorcy",
        "no_address": "konto nie ma adresu e-mail, na który wolno wysyłać",
        "no_permission": "konto nie może już czytać tego raportu",
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: the report, how often it goes out, and ``form``, one of :data:`FORMS`."""

    wanted: Wanted
    cycle: Cycle
    form: str


@dataclass(frozen=True, slots=True)
class LastSending:
    """What became of the latest report of a subscription; ``problem`` is empty where it was sent."""

    status: str
    at: datetime
    first: str
    last: str
    trial: bool
    problem: str
    detail: str
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as shown; ``next_at`` is None where it is switched off, ``stopped`` says why if nobody did."""

    id: str
    person: str
    email: str | None
    mine: bool
    board: str
    period: str
    filters: dict[str, str]
    quotes: bool
    cycle: str
    hour: int
    day: int
    form: str
    active: bool
    stopped: str
    next_at: datetime | None
    last: LastSending | None


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """A page of subscriptions, and how many there are on all pages."""

    rows: tuple[Subscription, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom reports can be sent to, and the boards that they may read and the actor may too."""

    id: str
    name: str
    email: str
    boards: tuple[str, ...]


def readers(session: Session, actor: Actor, mail: MailSettings | None) -> tuple[Reader, ...]:
    """Whom the actor may subscribe, by name: themselves, and others where they manage reports."""
    actor.must("report.subscribe")
    query = select(AccountRow).where(AccountRow.active, AccountRow.email.is_not(None))
    if not actor.may("report.manage"):
        query = query.where(AccountRow.id == actor.id)
    found = []
    for row in session.scalars(query):
        boards = tuple(one for one in BOARDS if actor.may(NEEDED[one]) and _may_get(row, one))
        if boards and row.email and (mail is None or mail.accepts(row.email)):
            found.append(Reader(row.id, row.name, row.email, boards))
    return tuple(sorted(found, key=lambda one: (alphabetical(one.name), one.id)))


def _may_get(row: AccountRow, board: str) -> bool:
    who = actor_of(row)
    return who.may("report.subscribe") and who.may(NEEDED[board])


def create(
    session: Session, actor: Actor, mail: MailSettings | None, people: Sequence[str], order: Order
) -> tuple[Subscription, ...]:
    """Subscribe people, or the actor where nobody is named.

    Raises:
        Refused: the actor may not, or the report is not for one of these people.
        UsageProblem: somebody has no address, or something that is asked for cannot be.
    """
    actor.must("report.subscribe")
    if any(person != actor.id for person in people):
        actor.must("report.manage")
    checked(actor, order.wanted)
    rows = [_new_row(session, actor, mail, one, order) for one in dict.fromkeys(people or [actor.id])]
    session.add_all(rows)
    session.flush()
    for row in rows:
        _note(session, actor, "report_subscribe", row)
    return tuple(_view(session, actor, row) for row in rows)


def _new_row(
    session: Session, actor: Actor, mail: MailSettings | None, account_id: str, order: Order
) -> SubscriptionRow:
    account = session.get(AccountRow, account_id) if is_storable(account_id) else None
    if account is None or not account.active:
        raise UsageProblem("Nie ma takiego czynnego konta: wybierz osobę z listy.")
    row = SubscriptionRow(id=new_id(), account_id=account.id, created_by=actor.id, active=False)
    _fill(session, row, account, mail, order)
    own = SubscriptionRow.account_id == account.id
    if (session.scalar(select(func.count()).select_from(SubscriptionRow).where(own)) or 0) >= MOST:
        raise UsageProblem("Jedna osoba może mieć {most} raportów: usuń któryś.", most=MOST)
    return row


def _fill(
    session: Session, row: SubscriptionRow, account: AccountRow, mail: MailSettings | None, order: Order
) -> None:
    """The values of an order, as far as this person may get it."""
    if order.form not in FORMS:
        raise UsageProblem("Nie ma takiej postaci raportu: do wyboru {known}.", known=list(FORMS))
    if not account.email or (mail is not None and not mail.accepts(account.email)):
        raise UsageProblem(
            "Konto „{name}” nie ma adresu e-mail, na który wolno wysyłać raporty: niech administrator go poda.",
            name=account.name,
        )
    reader = actor_of(account)
    reader.must("report.subscribe")
    wanted, cycle = checked(reader, order.wanted), order.cycle
    row.board, row.period, row.quotes = wanted.board, wanted.period, wanted.quotes
    row.filters, row.form = dict(wanted.filters), order.form
    if not row.active or (row.cycle, row.hour, row.day) != (cycle.kind, cycle.hour, cycle.day):
        row.due_at = next_due(session, row.id, cycle, now())
    row.cycle, row.hour, row.day = cycle.kind, cycle.hour, cycle.day
    row.active, row.stopped = True, ""


def next_due(session: Session, identifier: str, cycle: Cycle, after: datetime) -> datetime:
    """The next moment of sending; a day that had its report has no second one, also at another hour."""
    moment = next_moment(cycle, after)
    later = (SendingRow.subscription_id == identifier, SendingRow.occasion >= occasion_of(moment))
    had = set(session.scalars(select(SendingRow.occasion).where(*later)).all())
    while occasion_of(moment) in had:
        moment = next_moment(cycle, moment)
    return moment


def occasion_of(moment: datetime) -> str:
    """What a planned sending is known by: its day in Poland."""
    return moment.astimezone(LOCAL).date().isoformat()


def order_of(row: SubscriptionRow) -> Order:
    """What a subscription asks for."""
    wanted = Wanted(row.board, row.period, dict(row.filters), row.quotes)
    return Order(wanted, Cycle(row.cycle, row.hour, row.day), row.form)


def listed(session: Session, actor: Actor, page: int = 1, size: int = PAGE) -> SubscriptionPage:
    """One's own subscriptions, then those of others whom the actor manages, by name.

    Raises:
        Refused: the actor gets no reports.
        UsageProblem: there is no such page.
    """
    actor.must("report.subscribe")
    offset, limit = rows_of(page, size)
    mine = SubscriptionRow.account_id == actor.id
    managed = [board for board in BOARDS if actor.may("report.manage") and actor.may(NEEDED[board])]
    query = (
        select(SubscriptionRow.id, mine, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.id == SubscriptionRow.account_id)
        .where(or_(mine, SubscriptionRow.board.in_(managed)))
    )
    # databases do not sort Polish names alike, so only what is sorted by is read of all of them
    found = sorted(
        session.execute(query).tuples(), key=lambda one: (not one[1], alphabetical(one[2] or ""), one[0])
    )
    shown = [one[0] for one in found[offset : offset + limit]]
    rows = {
        row.id: row for row in session.scalars(select(SubscriptionRow).where(SubscriptionRow.id.in_(shown)))
    }
    return SubscriptionPage(tuple(_view(session, actor, rows[one]) for one in shown), len(found))


def _is_theirs(actor: Actor, row: SubscriptionRow) -> bool:
    managed = actor.may("report.manage") and actor.may(NEEDED[row.board])
    return row.account_id == actor.id or managed


def subscription(session: Session, actor: Actor, identifier: str) -> SubscriptionRow:
    """A subscription of the actor's own, or one that they manage.

    Raises:
        Refused: the actor gets no reports.
        Missing: there is none for them.
    """
    actor.must("report.subscribe")
    row = session.get(SubscriptionRow, identifier) if is_storable(identifier) else None
    if row is None or not _is_theirs(actor, row):
        raise Missing("Nie ma takiego raportu wśród Twoich: odśwież stronę.")
    return row


def change(
    session: Session, actor: Actor, mail: MailSettings | None, identifier: str, **values: Any
) -> Subscription:
    """Change ``period``, ``filters``, ``quotes``, ``cycle``, ``hour``, ``day``, ``form`` or ``active``; None leaves a value.

    Raises:
        Refused: the report would not be for its reader.
        Missing: there is none.
        UsageProblem: a value cannot be used.
    """
    row = subscription(session, actor, identifier)
    given = {name: value for name, value in values.items() if value is not None}
    stays_off = given.get("active") is False or ("active" not in given and not row.active)
    if stays_off and set(given) <= {"active"}:  # always possible, also without an address
        row.active = False
    else:
        account = session.get(AccountRow, row.account_id)
        if account is None:
            raise Missing("Nie ma takiego konta.")
        _fill(session, row, account, mail, _changed(order_of(row), given))
        row.active = not stays_off
    if not row.active:
        _cancel(session, row.id)
    session.flush()
    _note(session, actor, "report_change", row, changed=sorted(given), active=row.active)
    return _view(session, actor, row)


def _changed(order: Order, given: Mapping[str, Any]) -> Order:
    wanted = replace(
        order.wanted, **{name: given[name] for name in ("period", "filters", "quotes") if name in given}
    )
    cycle = order.cycle
    kind = given.get("cycle", cycle.kind)
    usual = cycle.day if kind == cycle.kind else int(kind != "daily")
    checked_one = checked_cycle(kind, given.get("hour", cycle.hour), given.get("day", usual))
    return Order(wanted, checked_one, given.get("form", order.form))


def delete(session: Session, actor: Actor, identifier: str) -> None:
    """End a subscription; what it sent stays in the audit log.

    Raises:
        Missing: there is none.
    """
    row = subscription(session, actor, identifier)
    _note(session, actor, "report_unsubscribe", row)
    session.execute(delete_rows(SendingRow).where(SendingRow.subscription_id == row.id))
    session.delete(row)
    session.flush()


def _cancel(session: Session, identifier: str) -> None:
    """What still waits to be sent is not sent any more."""
    waiting = (SendingRow.subscription_id == identifier, SendingRow.status == "waiting")
    session.execute(update(SendingRow).where(*waiting).values(status="cancelled", changed_at=now()))


def _note(session: Session, actor: Actor, action: str, row: SubscriptionRow, **more: Any) -> None:
    account = session.get(AccountRow, row.account_id)
    told = {"account": account.login if account else None, "report": row.board, "period": row.period}
    audit.record(session, actor.login, action, row.id, {**told, "cycle": row.cycle, **more})


def _view(session: Session, actor: Actor, row: SubscriptionRow) -> Subscription:
    account = session.get(AccountRow, row.account_id)
    return Subscription(
        row.id,
        account.name if account else "",
        account.email if account else None,
        row.account_id == actor.id,
        row.board,
        row.period,
        {name: str(value) for name, value in row.filters.items()},
        row.quotes,
        row.cycle,
        row.hour,
        row.day,
        row.form,
        row.active,
        row.stopped,
        row.due_at if row.active else None,
        next(_latest(session, row.id), None),
    )


def _latest(session: Session, identifier: str) -> Iterator[LastSending]:
    query = (
        select(SendingRow)
        .where(SendingRow.subscription_id == identifier, SendingRow.status != "cancelled")
        .order_by(SendingRow.changed_at.desc(), SendingRow.id)
        .limit(1)
    )
    for row in session.scalars(query):
        next_try = row.next_try_at if row.status == "waiting" else None
        yield LastSending(
            row.status, row.changed_at, row.first, row.last, row.trial, row.problem, row.detail, next_try
        )
