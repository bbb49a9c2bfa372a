"""Sending: once for each occasion, tried again where that may help, told where it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from qa.errors import Busy, Missing, Refused, UsageProblem
from qa.services.reports import outcomes, subscriptions
from qa.services.reports.background import sending_in_background
from qa.services.reports.content import gathered
from qa.services.reports.operating import one_of, ordered, try_one, write_one
from qa.services.reports.outcomes import PAUSES, STALE
from qa.services.reports.schedule import Cycle
from qa.services.reports.sending import Addressed, send_due, try_out
from qa.services.workspace import Workspace
from qa.settings_mail import MailSettings
from qa.storage.database import Storage
from qa.storage.people import AccountRow
from qa.storage.reports import SendingRow, SubscriptionRow
from qa.storage.tables import AuditRow, now
from tests.unit.qa.postbox import USER, Postbox, open_postbox
from tests.unit.qa.services.reports.conftest import (
    COACH,
    LEAD,
    MONDAY,
    PRODUCT,
    address,
    order,
    plain_letter,
    subscribe,
    without_mail,
)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def send(workspace: Workspace, moment: datetime = MONDAY) -> list[tuple[str, str]]:
    return [(one.status, one.problem) for one in send_due(workspace, plain_letter, at(moment))]


def row_of(storage: Storage, subscription: str) -> SendingRow:
    with storage.reading() as session:
        query = select(SendingRow).where(SendingRow.subscription_id == subscription)
        return session.scalars(query.order_by(SendingRow.created_at)).all()[-1]


def log(storage: Storage) -> list[dict[str, Any]]:
    with storage.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "report_send").order_by(AuditRow.id))
        return [{"actor": row.actor, **row.details} for row in rows]


def test_a_due_report_goes_out_once_and_is_in_the_log(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    identifier = subscribe(storage, LEAD, order())
    assert send(workspace) == [("sent", "")]
    assert send(workspace) == []
    assert send(workspace, MONDAY + timedelta(days=6)) == []
    (letter,) = box.letters
    assert letter["To"] == address(LEAD)
    assert letter["Subject"] == "quality 2026-11-02 False"
    (entry,) = log(storage)
    assert entry == {
        "actor": "(system)", "account": "lead", "report": "quality", "days": ["2026-11-02", "2026-11-08"],
        "result": "sent", "trial": False,
    }  # fmt: skip
    with storage.reading() as session:
        shown = subscriptions.listed(session, LEAD).rows[0]
    assert shown.id == identifier
    assert shown.last is not None
    assert (shown.last.status, shown.last.first, shown.last.problem) == ("sent", "2026-11-02", "")
    assert shown.next_at == datetime.fromisoformat("2026-11-16T06:00:00+00:00")


def test_the_next_week_has_its_own_report(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    subscribe(storage, LEAD, order())
    send(workspace)
    assert send(workspace, MONDAY + timedelta(days=7)) == [("sent", "")]
    assert [letter["Subject"] for letter in box.letters] == [
        "quality 2026-11-02 False",
        "quality 2026-11-09 False",
    ]


def test_of_missed_occasions_only_the_latest_goes_out(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())
    assert send(workspace, MONDAY + timedelta(days=23)) == [("sent", "")]
    assert [letter["Subject"] for letter in box.letters] == ["quality 2026-11-23 False"]


def test_very_many_are_opened_a_part_at_a_time_and_all_go_out(
    workspace: Workspace, storage: Storage, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "OPENED_AT_ONCE", 2)
    for _ in range(5):
        subscribe(storage, LEAD, order())
    with storage.writing() as session:
        assert outcomes.open_due(session, MONDAY) == 2
    with storage.reading() as session:
        assert len(session.scalars(select(SendingRow)).all()) == 2
    assert send(workspace) == [("sent", "")] * 5
    assert len(box.letters) == 5
    with storage.writing() as session:
        assert outcomes.open_due(session, MONDAY) == 0


def test_processes_that_send_at_once_send_each_report_once(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    for _ in range(6):
        subscribe(storage, LEAD, order())
    threads = [Thread(target=send, args=(workspace,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.letters) == 6
    assert len({letter["Message-ID"] for letter in box.letters}) == 6
    assert [entry["result"] for entry in log(storage)] == ["sent"] * 6


def test_nothing_is_sent_before_its_time_or_when_paused(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    identifier = subscribe(storage, LEAD, order())
    assert send(workspace, MONDAY - timedelta(hours=1)) == []
    with storage.writing() as session:
        subscriptions.change(session, LEAD, None, identifier, active=False)
    assert send(workspace) == []
    assert box.letters == []


def test_a_temporary_failure_is_tried_again_with_growing_pauses_and_then_given_up(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    identifier = subscribe(storage, LEAD, order())
    box.refused[address(LEAD)] = "450 4.2.1 później"
    moment = MONDAY
    for pause in PAUSES:
        assert send(workspace, moment) == [("waiting", "try_later")]
        assert send(workspace, moment + pause - timedelta(seconds=1)) == []
        moment += pause
    assert send(workspace, moment) == [("failed", "try_later")]
    assert row_of(storage, identifier).detail == "450 4.2.1"
    assert [entry["result"] for entry in log(storage)] == ["failed"]
    box.refused.clear()
    assert send(workspace, MONDAY + timedelta(days=7)) == [("sent", "")]


def test_a_temporary_failure_that_passes_sends_the_report_of_its_own_days(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())
    box.data = "451 4.3.0 później"
    assert send(workspace) == [("waiting", "try_later")]
    box.data = "250 OK"
    assert send(workspace, MONDAY + PAUSES[0]) == [("sent", "")]
    assert [letter["Subject"] for letter in box.letters] == ["quality 2026-11-02 False"]


def test_a_refused_address_is_shown_and_stops_its_subscription_only(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    bad, good = subscribe(storage, LEAD, order()), subscribe(storage, COACH, order())
    box.refused[address(LEAD)] = "550 5.1.1 nie ma"
    assert sorted(send(workspace)) == [("failed", "address_refused"), ("sent", "")]
    with storage.reading() as session:
        shown = {one.id: one for one in subscriptions.listed(session, LEAD).rows}
    assert (shown[bad].active, shown[bad].stopped, shown[bad].next_at) == (False, "address_refused", None)
    last = shown[bad].last
    assert last is not None
    assert (last.status, last.problem, last.detail) == ("failed", "address_refused", "550 5.1.1")
    assert shown[good].active
    box.refused.clear()
    with storage.writing() as session:
        again = subscriptions.change(session, LEAD, None, bad, active=True)
    assert (again.active, again.stopped) == (True, "")


def test_a_server_that_is_down_is_left_alone_and_the_try_counts_for_all(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    ids = [subscribe(storage, LEAD, order()) for _ in range(3)]
    with open_postbox(login=True) as strict:
        locked = replace(workspace, settings=replace(workspace.settings, mail=strict.settings(user=USER)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ODSLUCH_MAIL_PASSWORD", "zle")
            assert send(locked) == [("waiting", "login_refused")]
            assert send(locked, MONDAY + timedelta(minutes=1)) == []
    assert {row_of(storage, one).problem for one in ids} == {"login_refused"}
    assert {row_of(storage, one).attempts for one in ids} == {1}
    assert send(workspace, MONDAY + PAUSES[0]) == [("sent", "")] * 3


def test_a_server_that_stays_down_fails_all_at_the_same_try(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    ids = [subscribe(storage, LEAD, order()) for _ in range(2)]
    box.sender = "550 5.7.1 nie"
    moment = MONDAY
    for pause in (*PAUSES, timedelta()):
        send(workspace, moment)
        moment += pause
    assert [row_of(storage, one).status for one in ids] == ["failed", "failed"]
    assert box.asked == len(PAUSES) + 1
    assert [entry["problem"] for entry in log(storage)] == ["sender_refused"] * 2


def test_a_connection_lost_with_the_letter_is_unknown_and_not_sent_again(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())
    box.drop = True
    assert send(workspace) == [("unknown", "lost")]
    box.drop = False
    assert send(workspace, MONDAY + timedelta(days=1)) == []
    assert [entry["result"] for entry in log(storage)] == ["unknown"]


class Killed(BaseException):
    """The process ends here."""


def killed_while_making(report: Addressed, mail: MailSettings) -> EmailMessage:
    raise Killed


def test_killed_while_the_report_is_made_it_is_made_again(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())
    with pytest.raises(Killed):
        send_due(workspace, killed_while_making, at(MONDAY))
    assert send(workspace, MONDAY + STALE) == []
    assert send(workspace, MONDAY + STALE + timedelta(seconds=1)) == [("sent", "")]
    assert len(box.letters) == 1


def test_killed_between_letter_and_record_it_is_unknown_and_never_sent_twice(
    workspace: Workspace, storage: Storage, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = subscribe(storage, LEAD, order())

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("qa.services.reports.sending.settle", killed)
        with pytest.raises(Killed):
            send(workspace)
    assert len(box.letters) == 1  # it had gone out
    assert row_of(storage, identifier).status == "handing"
    assert send(workspace, MONDAY + STALE + timedelta(seconds=1)) == []
    assert row_of(storage, identifier).status == "unknown"
    assert [(entry["result"], entry["problem"]) for entry in log(storage)] == [("unknown", "interrupted")]
    assert len(box.letters) == 1


def test_who_was_slow_and_lost_the_claim_does_not_send(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())

    def slow(report: Addressed, mail: MailSettings) -> EmailMessage:
        assert send(workspace, MONDAY + STALE + timedelta(seconds=1)) == [("sent", "")]
        return plain_letter(report, mail)

    assert [one.status for one in send_due(workspace, slow, at(MONDAY))] == ["cancelled"]
    assert len(box.letters) == 1
    assert [entry["result"] for entry in log(storage)] == ["sent"]


def test_ended_while_the_report_is_made_it_is_not_sent(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    identifier = subscribe(storage, LEAD, order())

    def ended(report: Addressed, mail: MailSettings) -> EmailMessage:
        with storage.writing() as session:
            subscriptions.delete(session, LEAD, identifier)
        return plain_letter(report, mail)

    assert [one.status for one in send_due(workspace, ended, at(MONDAY))] == ["cancelled"]
    assert box.letters == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"roles": ["agent"]}, "no_permission"),
        ({"roles": ["product"]}, "no_permission"),
        ({"email": None}, "no_address"),
        ({"active": False}, "no_address"),
    ],
)
def test_who_may_no_longer_read_it_gets_no_report(
    workspace: Workspace, storage: Storage, box: Postbox, values: dict[str, Any], problem: str
) -> None:
    identifier = subscribe(storage, LEAD, order())
    with storage.writing() as session:
        account = session.get(AccountRow, LEAD.id)
        for name, value in values.items():
            setattr(account, name, value)
    assert send(workspace) == [("failed", problem)]
    with storage.reading() as session:
        row = session.get(SubscriptionRow, identifier)
        assert row is not None
        assert (row.active, row.stopped) == (False, problem)
    assert box.letters == []


def test_a_coach_who_got_a_team_meanwhile_gets_no_other_team(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, COACH, order(filters={"team": "T2"}))
    with storage.writing() as session:
        account = session.get(AccountRow, COACH.id)
        assert account is not None
        account.team = "T1"
    assert send(workspace) == [("failed", "no_permission")]
    assert box.letters == []


def test_addresses_outside_the_allowed_domains_get_nothing(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    subscribe(storage, LEAD, order())
    strict = replace(
        workspace, settings=replace(workspace.settings, mail=box.settings(domains=("inna.example.pl",)))
    )
    assert send(strict) == [("failed", "no_address")]


def test_a_report_that_cannot_be_made_keeps_no_other(
    workspace: Workspace, storage: Storage, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(storage, LEAD, order())
    subscribe(storage, COACH, order())

    def broken(report: Addressed, mail: MailSettings) -> EmailMessage:
        if report.reader.id == LEAD.id:
            raise RuntimeError("Anna Kowalska mówi: tajne")
        return plain_letter(report, mail)

    found = send_due(workspace, broken, at(MONDAY))
    assert sorted((one.status, one.detail) for one in found) == [("failed", "RuntimeError"), ("sent", "")]
    assert "Kowalska" not in caplog.text


def test_a_trial_goes_to_the_reader_and_does_not_count(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    identifier = subscribe(storage, PRODUCT, order("voice"))
    done = try_out(workspace, plain_letter, LEAD, identifier)
    assert (done.status, done.login) == ("sent", "produkt")
    assert box.letters[0]["To"] == address(PRODUCT)
    assert box.letters[0]["Subject"].endswith("True")
    assert log(storage)[0]["actor"] == "lead"
    assert log(storage)[0]["trial"]
    with pytest.raises(Busy):
        try_out(workspace, plain_letter, LEAD, identifier)
    assert send(workspace) == [("sent", "")]


def test_a_trial_says_at_once_what_is_wrong(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    identifier = subscribe(storage, LEAD, order())
    box.refused[address(LEAD)] = "450 4.2.1 później"
    done = try_out(workspace, plain_letter, LEAD, identifier)
    assert (done.status, done.problem, done.detail) == ("failed", "try_later", "450 4.2.1")


def test_a_trial_is_for_the_reader_and_who_manages(workspace: Workspace, storage: Storage) -> None:
    identifier = subscribe(storage, LEAD, order())
    with pytest.raises(Missing):
        try_out(workspace, plain_letter, COACH, identifier)
    with pytest.raises(Missing):
        try_out(workspace, plain_letter, PRODUCT, identifier)  # manages, but may not read this board


def test_without_a_mail_server_nothing_is_tried(workspace: Workspace, storage: Storage) -> None:
    subscribe(storage, LEAD, order())
    with pytest.raises(UsageProblem, match=r"\[mail\]"):
        send_due(without_mail(workspace), plain_letter, at(MONDAY))


def test_looking_ahead_changes_nothing(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    subscribe(storage, LEAD, order())
    with storage.reading() as session:
        (planned,) = outcomes.due(session, MONDAY)
    assert (planned.login, planned.first, planned.last, planned.status) == (
        "lead", "2026-11-02", "2026-11-08", "waiting",
    )  # fmt: skip
    assert outcomes.is_anything_due(session, MONDAY)
    assert not outcomes.is_anything_due(session, MONDAY - timedelta(hours=1))
    assert send(workspace) == [("sent", "")]
    with storage.reading() as session:
        assert outcomes.due(session, MONDAY) == ()


def test_another_hour_on_the_same_day_makes_no_second_report(
    workspace: Workspace, storage: Storage, box: Postbox
) -> None:
    moment = now()
    identifier = subscribe(storage, LEAD, order(cycle=Cycle("daily", 7)), moment)
    send(workspace, moment)
    for hour in range(24):
        with storage.writing() as session:
            changed = subscriptions.change(session, LEAD, None, identifier, hour=hour)
        sent_on = row_of(storage, identifier).occasion
        assert changed.next_at is not None
        assert subscriptions.occasion_of(changed.next_at) != sent_on


def test_the_background_sends_what_is_due(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    subscribe(storage, LEAD, order(), now() - timedelta(hours=1))
    with sending_in_background(workspace, plain_letter, every=0.01):
        limit = now() + timedelta(seconds=20)
        while not log(storage) and now() < limit:
            pass
    assert len(box.letters) == 1


def test_the_background_survives_its_errors(
    workspace: Workspace, storage: Storage, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def broken(*_: object) -> bool:
        calls.append(1)
        raise OSError("nie teraz")

    monkeypatch.setattr("qa.services.reports.background.is_anything_due", broken)
    with sending_in_background(workspace, plain_letter, every=0.01):
        limit = now() + timedelta(seconds=20)
        while len(calls) < 2 and now() < limit:
            pass
    assert len(calls) >= 2


def test_what_the_operator_sees_and_does(workspace: Workspace, storage: Storage, box: Postbox) -> None:
    identifier = subscribe(storage, PRODUCT, order("voice"))
    with storage.reading() as session:
        (shown,) = ordered(session)
        assert (shown.id, shown.login, shown.report) == (identifier, "produkt", "voice")
        with pytest.raises(Missing):
            one_of(session, "")
        with pytest.raises(Missing):
            one_of(session, "%")
    assert try_one(workspace, plain_letter, "operator", identifier[:6]).status == "sent"
    content, language = write_one(workspace, "operator", identifier[:6], MONDAY)
    assert (content.view.first, language) == ("2026-11-02", "pl")
    with storage.reading() as session:
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "report_file")).one()
    assert entry.actor == "operator"


def test_the_reader_of_a_report_is_who_it_is_for(storage: Storage) -> None:
    with storage.reading() as session, pytest.raises(Refused):
        gathered(session, PRODUCT, order().wanted, date(2026, 11, 2), date(2026, 11, 8))
