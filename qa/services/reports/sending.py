"""Sending what is due: each occasion of a subscription once, whoever sends and however often they are interrupted.

A sending is a row that several processes may work on (:mod:`qa.services.reports.outcomes`). Whoever makes the report claims
the row; right before the server is given the letter, the row says so, which only the holder of the claim can write; then it
says what became of it. Interrupted while the report is made, it is made again. Interrupted between the letter and its record,
nobody can know whether it arrived: such a row becomes ``unknown``, is shown as that, and is not sent again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa.errors import Busy, Refused, UsageProblem, UserError
from qa.services.access.accounts import actor_of, new_id
from qa.services.access.permissions import Actor
from qa.services.reports.content import NEEDED, Content, Wanted, gathered
from qa.services.reports.outcomes import (
    PAUSES,
    Claimed,
    Outcome,
    Result,
    claim,
    claim_row,
    give_away,
    open_due,
    sending_row,
    settle,
    tidy,
)
from qa.services.reports.schedule import days_of
from qa.services.reports.smtp import NotSent, Withdrawn, hand_over, password_of
from qa.services.reports.subscriptions import order_of, subscription
from qa.services.workspace import Workspace
from qa.settings_mail import MailSettings
from qa.storage.analysis import LOCAL
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow
from qa.storage.tables import now

TRIAL_EVERY = timedelta(minutes=1)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A report for somebody: who reads it, in which form, and whether it is a trial. ``key`` is the same for every try."""

    content: Content
    reader: Actor
    email: str
    form: str
    trial: bool
    key: str


# Makes the letter of a report; what it looks like is no matter of sending.
Letters = Callable[[Addressed, MailSettings], EmailMessage]


class _Unsendable(Exception):
    """Nobody to send it to, or nobody who may read it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def mail_of(workspace: Workspace) -> tuple[MailSettings, str]:
    """The mail server and its password.

    Raises:
        UsageProblem: none is configured, or its password is missing.
    """
    mail = workspace.settings.mail
    if mail is None:
        raise UsageProblem("Nie ustawiono serwera poczty: dodaj tabelę [mail] do odsluch.toml (docs/web.md).")
    return mail, password_of(mail, os.environ)


def send_due(
    workspace: Workspace, letters: Letters, clock: Callable[[], datetime] = now
) -> tuple[Outcome, ...]:
    """Send every report that is due; also from several processes at once.

    A problem that all letters would have, such as a server that is down, ends the run: the rest waits with the one that met it.

    Raises:
        UsageProblem: no mail server is configured, or its password is missing.
    """
    mail, password = mail_of(workspace)
    with workspace.storage.writing() as session:
        tidy(session, clock())
    while _opened(workspace, clock()):
        pass
    found: list[Outcome] = []
    while claimed := _next(workspace, clock()):
        result = _sent(workspace, letters, mail, password, claimed, clock)
        with workspace.storage.writing() as session:
            found.append(settle(session, claimed, result, clock()))
        if result.everybody:
            break
    return tuple(found)


def _opened(workspace: Workspace, at: datetime) -> int:
    with workspace.storage.writing() as session:
        return open_due(session, at)


def _next(workspace: Workspace, at: datetime) -> Claimed | None:
    with workspace.storage.writing() as session:
        return claim(session, at)


def _sent(
    workspace: Workspace,
    letters: Letters,
    mail: MailSettings,
    password: str,
    claimed: Claimed,
    clock: Callable[[], datetime],
) -> Result:
    """Make the report and hand it over; what became of it."""

    def ready() -> bool:
        with workspace.storage.writing() as session:
            return give_away(session, claimed, clock())

    try:
        letter = letters(_addressed(workspace, mail, claimed), mail)
        hand_over(mail, password, letter, ready)
    except _Unsendable as error:
        return Result("failed", error.problem)
    except Withdrawn:
        return Result("cancelled")
    except NotSent as error:
        return _after(error, claimed.attempts)
    except Refused:
        return Result("failed", "no_permission")
    except UserError as error:
        return Result("failed", "content", str(error))
    except (
        Exception
    ) as error:  # one report that cannot be made must not keep the others; its message may quote a record
        _LOG.error("report %s: %s", claimed.subscription_id, type(error).__name__)
        return Result("failed", "content", type(error).__name__)
    return Result("sent")


def _after(error: NotSent, attempts: int) -> Result:
    if error.problem == "lost":
        return Result("unknown", error.problem, error.code)
    again = error.again and attempts <= len(PAUSES)
    return Result("waiting" if again else "failed", error.problem, error.code, error.everybody)


def _addressed(workspace: Workspace, mail: MailSettings, claimed: Claimed) -> Addressed:
    """The report with what its reader may see now, whatever they might when it was ordered."""
    with workspace.storage.reading() as session:
        row = session.get(SubscriptionRow, claimed.subscription_id)
        account = session.get(AccountRow, claimed.account_id)
        if row is None or account is None:
            raise Withdrawn
        if not account.active or not account.email or not mail.accepts(account.email):
            raise _Unsendable("no_address")
        reader, order = actor_of(account), order_of(row)
        if not (reader.may("report.subscribe") and reader.may(NEEDED[row.board])):
            raise _Unsendable("no_permission")
        days = date.fromisoformat(claimed.first), date.fromisoformat(claimed.last)
        content = gathered(session, reader, order.wanted, *days)
        return Addressed(content, reader, account.email, order.form, claimed.trial, claimed.id)


def try_out(workspace: Workspace, letters: Letters, actor: Actor, identifier: str) -> Outcome:
    """Send a subscription's report to its reader now, marked as a trial; the next planned one goes out all the same.

    Raises:
        Refused: the actor gets no reports.
        Missing: there is no such subscription for them.
        UsageProblem: no mail server is configured, or its password is missing.
        Busy: it was tried out a moment ago.
    """
    return tried(workspace, letters, actor.login, lambda session: subscription(session, actor, identifier))


def tried(
    workspace: Workspace, letters: Letters, asked_by: str, find: Callable[[Session], SubscriptionRow]
) -> Outcome:
    """The same for the subscription that ``find`` gives."""
    mail, password = mail_of(workspace)
    at = now()
    with workspace.storage.writing() as session:
        row = find(session)
        session.refresh(row, with_for_update=True)  # who presses twice waits here for the first time
        since = SendingRow.created_at > at - TRIAL_EVERY
        latest = (SendingRow.subscription_id == row.id, SendingRow.trial, since)
        if session.scalar(select(SendingRow.id).where(*latest).limit(1)):
            raise Busy("Próbny raport wysłano przed chwilą: odczekaj minutę.")
        days = days_of(row.period, at.astimezone(LOCAL).date())
        trial = sending_row(row, f"trial-{new_id()}", days, asked_by, at)
        trial.attempts = len(PAUSES)  # somebody waits for the answer: there is no other try
        session.add(trial)
        claimed = claim_row(session, trial, at)
    result = _sent(workspace, letters, mail, password, claimed, now)
    with workspace.storage.writing() as session:
        return settle(session, claimed, result, now())


def written(workspace: Workspace, reader: Actor, wanted: Wanted, day: date) -> Content:
    """The report as it would be made on this day, for somebody who looks at it without any letter.

    Raises:
        Refused: they may not see it.
        UsageProblem: a filter cannot be understood.
    """
    with workspace.storage.reading() as session:
        return gathered(session, reader, wanted, *days_of(wanted.period, day))
