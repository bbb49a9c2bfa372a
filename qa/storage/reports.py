"""The tables of reports by e-mail: who wants which, and what became of each that was due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa.storage.people import KEY
from qa.storage.tables import Base, now


class SubscriptionRow(Base):
    """A report that goes to an account again and again.

    ``period`` and ``cycle`` are names of :mod:`qa.services.reports.schedule`, ``form`` is ``html``, ``pdf`` or ``both``,
    ``due_at`` the next moment of sending. ``stopped`` says why the program itself switched it off.
    """

    __tablename__ = "report_subscription"
    __table_args__ = (Index(None, "active", "due_at"), Index(None, "account_id"))
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    account_id: Mapped[str] = mapped_column(KEY)
    created_by: Mapped[str] = mapped_column(KEY)
    board: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(16))
    filters: Mapped[dict[str, Any]]
    cycle: Mapped[str] = mapped_column(String(16))
    hour: Mapped[int]
    day: Mapped[int]
    form: Mapped[str] = mapped_column(String(8))
    quotes: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    stopped: Mapped[str] = mapped_column(String(32), default="")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SendingRow(Base):
    """One report that was due, once for each occasion of a subscription, and what became of it.

    ``occasion`` is the Polish day of a planned sending, or something unique for a trial. ``status`` goes from ``waiting`` to
    ``preparing`` (somebody, whom ``claim`` names, makes it), ``handing`` (the server is getting it), and one of ``sent``,
    ``failed``, ``unknown``, ``cancelled``. ``problem`` and ``detail`` say what went wrong last; no text of a report is kept.
    """

    __tablename__ = "report_sending"
    __table_args__ = (
        UniqueConstraint("subscription_id", "occasion"),
        Index(None, "status", "next_try_at"),
    )
    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(KEY)
    occasion: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[str] = mapped_column(KEY)
    asked_by: Mapped[str] = mapped_column(String(200))
    trial: Mapped[bool]
    first: Mapped[str] = mapped_column(String(10))
    last: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str] = mapped_column(String(32), default="")
    problem: Mapped[str] = mapped_column(String(32), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    next_try_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)
