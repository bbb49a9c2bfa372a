"""The rows of sendings: opened when due, claimed by whoever makes the report, given away, and settled with what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from qa.services.access.accounts import new_id
from qa.services.reports.schedule import days_of, last_day
from qa.services.reports.subscriptions import next_due, order_of
from qa.storage import audit
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
STALE = timedelta(minutes=15)  # a report takes seconds: whoever has claimed it for so long is no more
OPENED_AT_ONCE = 200
ENDED = ("sent", "failed", "unknown")
# What can be wrong beside the problems of :mod:`qa.services.reports.smtp`.
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "no_address": "konto nie ma adresu e-mail, na który wolno wysyłać",
        "no_permission": "konto nie może już czytać tego raportu",
        "content": "nie udało się ułożyć raportu",
        "interrupted": "przerwano w chwili przekazania, więc nie wiadomo, czy list dotarł",
    }
)
STOPPING = ("no_address", "no_permission", "address_refused")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sending: ``status`` as in :class:`qa.storage.reports.SendingRow`."""

    subscription: str
    login: str
    report: str
    first: str
    last: str
    status: str
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sending in the hands of one process, which ``token`` names."""

    id: str
    token: str
    subscription_id: str
    account_id: str
    asked_by: str
    trial: bool
    first: str
    last: str
    board: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Result:
    """How a try ended; ``everybody``: other letters would have fared the same."""

    status: str
    problem: str = ""
    detail: str = ""
    everybody: bool = False


def login_of(session: Session, account_id: str) -> str:
    """The account's login; its id where it is gone."""
    row = session.get(AccountRow, account_id)
    return row.login if row else account_id


def is_anything_due(session: Session, at: datetime) -> bool:
    """Whether there would be something to do; cheap, for who asks again and again."""
    planned = select(SubscriptionRow.id).where(SubscriptionRow.active, SubscriptionRow.due_at <= at)
    waiting = select(SendingRow.id).where(SendingRow.status == "waiting", SendingRow.next_try_at <= at)
    half_done = select(SendingRow.id).where(
        SendingRow.status.in_(("preparing", "handing")), SendingRow.changed_at < at - STALE
    )
    return any(session.scalar(query.limit(1)) for query in (planned, waiting, half_done))


def due(session: Session, at: datetime) -> tuple[Outcome, ...]:
    """What would be sent at this moment; changes nothing."""
    found = [_planned(session, row, at) for row in session.scalars(_due_rows(at))]
    query = select(SendingRow, SubscriptionRow).join(
        SubscriptionRow, SubscriptionRow.id == SendingRow.subscription_id
    )
    waiting = query.where(SendingRow.status == "waiting", SendingRow.next_try_at <= at)
    for row, wanted in session.execute(waiting).tuples():
        login = login_of(session, row.account_id)
        found.append(
            Outcome(wanted.id, login, wanted.board, row.first, row.last, row.status, row.problem, row.detail)
        )
    return tuple(found)


def _planned(session: Session, row: SubscriptionRow, at: datetime) -> Outcome:
    first, last = days_of(row.period, last_day(order_of(row).cycle, at))
    login = login_of(session, row.account_id)
    return Outcome(row.id, login, row.board, first.isoformat(), last.isoformat(), "waiting")


def _due_rows(at: datetime) -> Select[SubscriptionRow]:
    query = select(SubscriptionRow).where(SubscriptionRow.active, SubscriptionRow.due_at <= at)
    return query.order_by(SubscriptionRow.due_at, SubscriptionRow.id)


def open_due(session: Session, at: datetime) -> int:
    """A waiting row for each subscription that is due. Of occasions that were missed, only the latest counts.

    Returns:
        How many there were; at most ``OPENED_AT_ONCE``, so that nobody else who writes waits long.
    """
    rows = list(session.scalars(_due_rows(at).limit(OPENED_AT_ONCE).with_for_update(skip_locked=True)))
    for row in rows:
        cycle = order_of(row).cycle
        day = last_day(cycle, at)
        had = (SendingRow.subscription_id == row.id, SendingRow.occasion == day.isoformat())
        if session.scalar(select(SendingRow.id).where(*had)) is None:
            session.add(sending_row(row, day.isoformat(), days_of(row.period, day), audit.SYSTEM, at))
            session.flush()
        row.due_at = next_due(session, row.id, cycle, at)
    return len(rows)


def sending_row(
    row: SubscriptionRow, occasion: str, days: tuple[date, date], asked_by: str, at: datetime
) -> SendingRow:
    """A row that waits to be sent; a trial is what somebody asked for."""
    return SendingRow(
        id=new_id(),
        subscription_id=row.id,
        occasion=occasion,
        account_id=row.account_id,
        asked_by=asked_by,
        trial=asked_by != audit.SYSTEM,
        first=days[0].isoformat(),
        last=days[1].isoformat(),
        status="waiting",
        attempts=0,
        claim="",
        next_try_at=at,
        changed_at=at,
    )


def tidy(session: Session, at: datetime) -> None:
    """What others left half done: reports being made are made again, letters being handed over are unknown for good."""
    old = SendingRow.changed_at < at - STALE
    session.execute(
        update(SendingRow)
        .where(SendingRow.status == "preparing", old)
        .values(status="waiting", claim="", next_try_at=at, changed_at=at)
    )
    query = select(SendingRow).where(SendingRow.status == "handing", old)
    for row in list(session.scalars(query.with_for_update(skip_locked=True))):
        row.status, row.problem, row.changed_at = "unknown", "interrupted", at
        _note(session, _claimed(session, row), Result("unknown", "interrupted"))


def claim(session: Session, at: datetime) -> Claimed | None:
    """The next waiting sending, for the caller alone."""
    query = (
        select(SendingRow)
        .where(SendingRow.status == "waiting", SendingRow.next_try_at <= at)
        .order_by(SendingRow.next_try_at, SendingRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(query).first()
    return claim_row(session, row, at) if row else None


def claim_row(session: Session, row: SendingRow, at: datetime) -> Claimed:
    """This sending, for the caller alone; whoever had it before has it no more."""
    row.status, row.claim, row.changed_at = "preparing", new_id(), at
    row.attempts += 1
    return _claimed(session, row)


def _claimed(session: Session, row: SendingRow) -> Claimed:
    wanted = session.get(SubscriptionRow, row.subscription_id)
    return Claimed(
        row.id,
        row.claim,
        row.subscription_id,
        row.account_id,
        row.asked_by,
        row.trial,
        row.first,
        row.last,
        wanted.board if wanted else "",
        row.attempts,
    )


def give_away(session: Session, claimed: Claimed, at: datetime) -> bool:
    """From here on the letter counts as given away; false where it was claimed anew, or nobody wants it any more."""
    mine = (
        SendingRow.id == claimed.id,
        SendingRow.claim == claimed.token,
        SendingRow.status == "preparing",
    )
    wanted = session.get(SubscriptionRow, claimed.subscription_id)
    if wanted is None or not (wanted.active or claimed.trial):
        return False
    done: Any = session.execute(update(SendingRow).where(*mine).values(status="handing", changed_at=at))
    return bool(done.rowcount)


def settle(session: Session, claimed: Claimed, result: Result, at: datetime) -> Outcome:
    """Write down what became of a sending, in the row, at the subscription and in the audit log."""
    row = session.get(SendingRow, claimed.id)
    if row is not None and row.claim == claimed.token:
        row.status, row.problem, row.detail, row.changed_at = result.status, result.problem, result.detail, at
        if result.status == "waiting":
            row.next_try_at = at + PAUSES[min(row.attempts, len(PAUSES)) - 1]
    wanted = session.get(SubscriptionRow, claimed.subscription_id)
    if wanted is not None and result.status == "failed" and result.problem in STOPPING:
        wanted.active, wanted.stopped = False, result.problem
    if result.status in ENDED:
        _note(session, claimed, result)
    if result.everybody:
        _share(session, result, at)
    return Outcome(
        claimed.subscription_id,
        login_of(session, claimed.account_id),
        claimed.board,
        claimed.first,
        claimed.last,
        result.status,
        result.problem,
        result.detail,
    )


def _share(session: Session, result: Result, at: datetime) -> None:
    """The other letters that were due would have fared the same: the try counts for all, and the server is left alone."""
    others = select(SendingRow).where(SendingRow.status == "waiting", SendingRow.next_try_at <= at)
    # what another process is just claiming is its own to settle
    for row in list(session.scalars(others.order_by(SendingRow.id).with_for_update(skip_locked=True))):
        row.attempts += 1
        row.problem, row.detail, row.changed_at = result.problem, result.detail, at
        if row.attempts <= len(PAUSES):
            row.next_try_at = at + PAUSES[row.attempts - 1]
            continue
        row.status = "failed"
        _note(session, _claimed(session, row), replace(result, status="failed"))


def _note(session: Session, claimed: Claimed, result: Result) -> None:
    """Who got which report of which days; no address and no word of it."""
    told = {
        "account": login_of(session, claimed.account_id),
        "report": claimed.board,
        "days": [claimed.first, claimed.last],
        "result": result.status,
        "trial": claimed.trial,
    }
    if result.problem:
        told["problem"] = result.problem
    audit.record(session, claimed.asked_by, "report_send", claimed.subscription_id, told)
