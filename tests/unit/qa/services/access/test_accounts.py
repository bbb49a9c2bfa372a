"""Signing in by rules that the settings give: lockout, lifetime, time without use."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from qa.errors import Refused
from qa.services.access import accounts
from qa.services.access.accounts import SignInRules, begin, create, rules_of, sign_in, signed_in
from qa.settings_web import WebSettings
from qa.storage.database import Storage, open_storage
from qa.storage.people import AccountRow, SignInRow
from qa.storage.tables import now

PASSWORD = "tajne-haslo-do-prob"
SHORT = SignInRules(timedelta(hours=2), timedelta(minutes=30), 3, timedelta(minutes=7))


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    monkeypatch.setattr(accounts, "_nobody", cache(accounts._nobody.__wrapped__))
    opened = open_storage(f"sqlite:///{tmp_path / 'odsluch.db'}")
    with opened.writing() as session:
        create(session, "jan", "Jan Lis", ["auditor"], PASSWORD, by=None)
    return opened


def the_account(storage: Storage) -> AccountRow:
    with storage.reading() as session:
        return session.query(AccountRow).one()


def test_the_rules_are_those_of_the_settings() -> None:
    given = WebSettings(session_hours=2, idle_minutes=30, sign_in_tries=3, lock_minutes=7)
    assert rules_of(given) == SHORT
    assert rules_of(WebSettings()) == accounts.USUAL


def test_so_many_tries_lock_for_so_long(storage: Storage) -> None:
    for number in range(3):
        assert the_account(storage).locked_until is None, number
        with pytest.raises(Refused, match=r"Po 3 błędnych hasłach konto jest zablokowane na 7 min\."):
            sign_in(storage, "jan", "zle", SHORT)
    until = the_account(storage).locked_until
    assert until is not None
    assert timedelta(minutes=6) < until - now() <= timedelta(minutes=7)
    with pytest.raises(Refused):
        sign_in(storage, "jan", PASSWORD, SHORT)


def test_more_tries_lock_later(storage: Storage) -> None:
    patient = SignInRules(SHORT.longest, SHORT.idle, 9, SHORT.locked_for)
    for _ in range(8):
        with pytest.raises(Refused):
            sign_in(storage, "jan", "zle", patient)
    assert sign_in(storage, "jan", PASSWORD, patient)
    assert the_account(storage).failed == 0


@pytest.mark.parametrize(
    ("age", "unused", "lasts"),
    [
        (timedelta(minutes=119), timedelta(0), True),
        (timedelta(minutes=121), timedelta(0), False),
        (timedelta(minutes=60), timedelta(minutes=29), True),
        (timedelta(minutes=60), timedelta(minutes=31), False),
    ],
)
def test_a_browser_lasts_as_long_as_the_rules_say(
    storage: Storage, age: timedelta, unused: timedelta, lasts: bool
) -> None:
    with storage.writing() as session:
        token = begin(session, session.query(AccountRow).one(), SHORT)
        row = session.query(SignInRow).one()
        row.created_at, row.expires_at = row.created_at - age, row.expires_at - age
        row.seen_at = row.seen_at - unused
    with storage.reading() as session:
        assert (signed_in(session, token, SHORT) is not None) is lasts


def test_stricter_rules_hold_for_browsers_that_are_signed_in_and_laxer_ones_do_not(storage: Storage) -> None:
    with storage.writing() as session:
        token = begin(session, session.query(AccountRow).one(), SHORT)
        row = session.query(SignInRow).one()
        row.created_at -= timedelta(minutes=90)
    stricter = SignInRules(timedelta(hours=1), SHORT.idle, 3, SHORT.locked_for)
    with storage.writing() as session:
        assert signed_in(session, token, stricter) is None
        assert signed_in(session, token, SHORT) is not None
        session.query(SignInRow).one().expires_at = now() - timedelta(seconds=1)
    with storage.reading() as session:
        assert signed_in(session, token, accounts.USUAL) is None
