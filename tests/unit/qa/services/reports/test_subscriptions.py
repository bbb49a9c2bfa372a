"""Subscriptions: for oneself and for others, only of what their reader may see."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from qa.errors import Missing, Refused, UsageProblem
from qa.services.access import accounts
from qa.services.access.permissions import Actor
from qa.services.reports import subscriptions
from qa.services.reports.schedule import Cycle
from qa.services.reports.subscriptions import MOST, Subscription
from qa.settings_mail import MailSettings
from qa.storage.database import Storage
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow
from qa.storage.tables import AuditRow, now
from tests.unit.qa.services.reports.conftest import ADMIN, AGENT, COACH, LEAD, PRODUCT, order, subscribe

MAIL = MailSettings(
    "localhost", 25, "odsluch@firma.example.pl", "https://o.example.pl", domains=("firma.example.pl",)
)


def create(storage: Storage, actor: Actor, *people: Actor, **values: Any) -> tuple[Subscription, ...]:
    with storage.writing() as session:
        wanted = values.pop("order", order(**values))
        return subscriptions.create(session, actor, MAIL, [one.id for one in people], wanted)


def listed(storage: Storage, actor: Actor) -> list[str]:
    with storage.reading() as session:
        return [one.id for one in subscriptions.listed(session, actor).rows]


def test_one_subscribes_oneself_and_others_do_not_see_it(storage: Storage) -> None:
    (made,) = create(storage, COACH, board="voice", filters={"channel": "phone", "team": " "}, quotes=True)
    assert (made.person, made.mine, made.filters, made.quotes) == ("Coach", True, {"channel": "phone"}, True)
    assert made.next_at is not None
    assert made.next_at > now()
    assert listed(storage, COACH) == [made.id]
    assert listed(storage, LEAD) == [made.id]  # manages
    assert listed(storage, PRODUCT) == [made.id]


def test_quotes_are_of_the_voice_board_only(storage: Storage) -> None:
    (made,) = create(storage, LEAD, board="quality", quotes=True)
    assert not made.quotes


def test_a_lead_subscribes_others_and_each_is_noted(storage: Storage) -> None:
    made = create(storage, LEAD, COACH, LEAD, COACH)
    assert sorted(one.person for one in made) == ["Coach", "Lead"]
    with storage.reading() as session:
        entries = session.scalars(select(AuditRow).where(AuditRow.action == "report_subscribe")).all()
    assert {entry.details["account"] for entry in entries} == {"coach", "lead"}
    assert all("@" not in str(entry.details) for entry in entries)


@pytest.mark.parametrize(
    ("actor", "reader", "board"),
    [
        (COACH, LEAD, "voice"),  # does not manage
        (PRODUCT, LEAD, "quality"),  # may not read it
        (LEAD, PRODUCT, "quality"),  # the reader may not read it
        (LEAD, AGENT, "voice"),
        (LEAD, ADMIN, "voice"),
        (AGENT, AGENT, "quality"),
        (ADMIN, ADMIN, "voice"),
        (PRODUCT, PRODUCT, "quality"),
    ],
)
def test_nobody_gets_or_orders_what_they_may_not_read(
    storage: Storage, actor: Actor, reader: Actor, board: str
) -> None:
    with pytest.raises(Refused):
        create(storage, actor, reader, board=board)
    with storage.reading() as session:
        assert session.query(SubscriptionRow).count() == 0


def test_a_coach_with_a_team_orders_only_that_team(storage: Storage) -> None:
    with storage.writing() as session:
        account = session.get(AccountRow, COACH.id)
        assert account is not None
        account.team = "T1"
    with pytest.raises(Refused, match="T1"):
        create(storage, LEAD, COACH, filters={"team": "T2"})
    assert create(storage, LEAD, COACH)


@pytest.mark.parametrize(
    "values",
    [
        {"board": "koszty"},
        {"period": "rok"},
        {"filters": {"reason": "x"}},  # of the other board
        {"filters": {"agent": "x" * 300}},
        {"filters": {"channel": "gołąb"}},
        {"form": "doc"},
    ],
)
def test_what_cannot_be_ordered_is_said(storage: Storage, values: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem):
        create(storage, LEAD, **values)


@pytest.mark.parametrize("identifier", ["nikt", "\0", "'; drop table account"])
def test_a_reader_who_is_not_there(storage: Storage, identifier: str) -> None:
    with storage.writing() as session, pytest.raises(UsageProblem):
        subscriptions.create(session, LEAD, MAIL, [identifier], order())


def test_without_an_address_that_may_be_used_there_is_no_report(storage: Storage) -> None:
    with storage.writing() as session:
        account = session.get(AccountRow, COACH.id)
        assert account is not None
        account.email = "ola@prywatna.example.com"
    with pytest.raises(UsageProblem, match="Coach"):
        create(storage, LEAD, COACH)
    with storage.reading() as session:
        assert {one.id for one in subscriptions.readers(session, LEAD, MAIL)} == {"lead", "produkt"}
        assert "coach" in {one.id for one in subscriptions.readers(session, LEAD, None)}


def test_whom_one_may_subscribe_to_which_board(storage: Storage) -> None:
    with storage.reading() as session:
        found = {one.id: one.boards for one in subscriptions.readers(session, LEAD, MAIL)}
        assert found == {"coach": ("quality", "voice"), "lead": ("quality", "voice"), "produkt": ("voice",)}
        assert {one.id: one.boards for one in subscriptions.readers(session, PRODUCT, MAIL)} == {
            "coach": ("voice",), "lead": ("voice",), "produkt": ("voice",),
        }  # fmt: skip
        assert [one.id for one in subscriptions.readers(session, COACH, MAIL)] == ["coach"]


def test_too_many_are_refused(storage: Storage) -> None:
    for _ in range(MOST):
        create(storage, COACH)
    with pytest.raises(UsageProblem, match=str(MOST)):
        create(storage, COACH)


def test_changing_keeps_what_is_not_named(storage: Storage) -> None:
    (made,) = create(storage, LEAD, order=order("voice", filters={"channel": "chat"}, quotes=True))
    with storage.writing() as session:
        changed = subscriptions.change(session, LEAD, MAIL, made.id, cycle="monthly", day=31, hour=6)
    assert (changed.cycle, changed.day, changed.hour) == ("monthly", 31, 6)
    assert (changed.filters, changed.quotes, changed.period) == ({"channel": "chat"}, True, "week")
    assert changed.next_at != made.next_at
    with storage.writing() as session:
        same = subscriptions.change(session, LEAD, MAIL, made.id, form="pdf")
    assert (same.form, same.next_at) == ("pdf", changed.next_at)
    with storage.writing() as session:
        daily = subscriptions.change(session, LEAD, MAIL, made.id, cycle="daily")
    assert (daily.cycle, daily.day, daily.hour) == ("daily", 0, 6)


def test_pausing_is_always_possible_and_cancels_what_waits(storage: Storage) -> None:
    identifier = subscribe(storage, COACH, order())
    with storage.writing() as session:
        account = session.get(AccountRow, COACH.id)
        assert account is not None
        account.email = None
        session.add(
            SendingRow(
                id="s", subscription_id=identifier, occasion="2026-11-09", account_id=COACH.id, asked_by="(system)",
                trial=False, first="2026-11-02", last="2026-11-08", next_try_at=now(),
            )
        )  # fmt: skip
    with storage.writing() as session:
        paused = subscriptions.change(session, COACH, MAIL, identifier, active=False)
    assert (paused.active, paused.next_at, paused.last) == (False, None, None)
    with storage.reading() as session:
        assert session.get_one(SendingRow, "s").status == "cancelled"
    with storage.writing() as session, pytest.raises(UsageProblem):
        subscriptions.change(session, COACH, MAIL, identifier, active=True)


def test_changing_a_paused_one_leaves_it_paused(storage: Storage) -> None:
    (made,) = create(storage, LEAD)
    with storage.writing() as session:
        subscriptions.change(session, LEAD, MAIL, made.id, active=False)
        changed = subscriptions.change(session, LEAD, MAIL, made.id, form="pdf")
    assert (changed.form, changed.active) == ("pdf", False)


def test_changes_of_what_the_reader_may_not_have_are_refused(storage: Storage) -> None:
    (made,) = create(storage, LEAD, PRODUCT, board="voice")
    with storage.writing() as session, pytest.raises(UsageProblem):
        subscriptions.change(session, PRODUCT, MAIL, made.id, filters={"agent": "a-1"})
    with storage.writing() as session, pytest.raises(UsageProblem):
        subscriptions.change(session, PRODUCT, MAIL, made.id, cycle="weekly", day=31)


@pytest.mark.parametrize("actor", [COACH, PRODUCT])
def test_others_can_neither_change_nor_delete(storage: Storage, actor: Actor) -> None:
    (made,) = create(storage, LEAD, board="quality")
    for identifier in (made.id, "nic", "\0"):
        with storage.writing() as session, pytest.raises(Missing):
            subscriptions.change(session, actor, MAIL, identifier, active=False)
        with storage.writing() as session, pytest.raises(Missing):
            subscriptions.delete(session, actor, identifier)


def test_deleting_forgets_what_was_sent_but_not_the_log(storage: Storage) -> None:
    identifier = subscribe(storage, COACH, order())
    with storage.writing() as session:
        subscriptions.delete(session, LEAD, identifier)
    with storage.reading() as session:
        assert session.query(SubscriptionRow).count() == 0
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert actions == ["report_subscribe", "report_unsubscribe"]


def test_a_weekly_order_with_a_day_of_the_month_cannot_be(storage: Storage) -> None:
    (made,) = create(storage, LEAD, order=order(cycle=Cycle("monthly", 7, 31)))
    with storage.writing() as session:
        changed = subscriptions.change(session, LEAD, MAIL, made.id, cycle="weekly")
    assert (changed.cycle, changed.day) == ("weekly", 1)


@pytest.mark.parametrize(
    "text",
    ["ola", "ola@", "@firma.pl", "ola@firma", "ola@firma.pl\nBcc: x@y.pl", "ola@firma.pl,x@y.pl", "óla@firma.pl",
     "Ola <ola@firma.pl>", "ola@firma.pl\0", "a" * 200 + "@firma.pl", "ola@@firma.pl", "ola ola@firma.pl", "ola@firma..pl"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(storage: Storage, text: str) -> None:
    with storage.writing() as session, pytest.raises(UsageProblem, match="e-mail"):
        accounts.change(session, COACH.id, ADMIN, email=text)


def test_an_address_can_be_set_and_taken_away(storage: Storage) -> None:
    with storage.writing() as session:
        accounts.change(session, ADMIN.id, ADMIN, roles=["administrator"])
        assert accounts.change(session, COACH.id, ADMIN, email=" o.l-a+raport@firma.example.pl ").email == (
            "o.l-a+raport@firma.example.pl"
        )
        assert (
            accounts.change(session, COACH.id, ADMIN, name="Coach").email == "o.l-a+raport@firma.example.pl"
        )
        assert accounts.change(session, COACH.id, ADMIN, email="").email is None
        entries = session.scalars(select(AuditRow.details).where(AuditRow.action == "account_change")).all()
    assert all("@" not in str(details) for details in entries)
