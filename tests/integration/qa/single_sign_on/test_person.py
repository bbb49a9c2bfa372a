"""Who must not get in: people without an account here, and people who would take over another's."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select

from qa.services.access import accounts, single_sign_on
from qa.services.access.openid_provider import Identity, SignInTrouble, logins
from qa.services.workspace import Workspace
from qa.storage.database import open_storage
from qa.storage.people import AccountRow
from tests.integration.qa.company_accounts import (
    Claims,
    CompanyAccounts,
)
from tests.integration.qa.single_sign_on.conftest import (
    BOSS,
    Person,
    account,
    form_token,
    log_of,
    shown,
    shown_text,
)


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False, "preferred_username": None},
        {"email_verified": None, "preferred_username": None},
        {"email_verified": "false", "preferred_username": None},
        {"email_verified": 1, "preferred_username": None},
        {"email_verified": False, "preferred_username": "ewa@firma.example"},
        {"email": ["ewa@firma.example"], "preferred_username": None},
        {"email": "inna@firma.example"},
        {"email": "ewa@firma.example.evil.example"},
        {"email": None, "preferred_username": None},
    ],
)
def test_an_email_that_is_not_verified_or_not_theirs_opens_no_account(
    ewa: Person, company: CompanyAccounts, claims: Claims
) -> None:
    company.claims = claims
    ewa.is_refused(ewa.sign_in(), single_sign_on.UNKNOWN)


def test_a_stranger_is_told_to_ask_the_administrator_and_nothing_of_them_is_kept(
    workspace: Workspace, company: CompanyAccounts
) -> None:
    person = Person(workspace, company)
    answer = person.sign_in()
    person.is_refused(answer, single_sign_on.UNKNOWN)
    assert "poproś administratora" in answer.text
    assert log_of(workspace.storage) == []


@pytest.mark.parametrize("linked", [True, False])
def test_an_account_that_is_switched_off_stays_closed(
    workspace: Workspace, company: CompanyAccounts, linked: bool
) -> None:
    subject = f"{company.issuer}|u-1" if linked else None
    account(workspace.storage, "ewa@firma.example", active=False, subject=subject)
    person = Person(workspace, company)
    person.is_refused(person.sign_in(), single_sign_on.OFF)
    assert log_of(workspace.storage)[1:] == [
        ("single_sign_on_refused", "ewa@firma.example", {"why": "inactive"})
    ]
    with workspace.storage.reading() as session:
        assert session.scalar(select(AccountRow.subject)) == subject


def test_a_second_person_does_not_take_over_a_login(ewa: Person, company: CompanyAccounts) -> None:
    ewa.sign_in()
    ewa.client.post("/api/v1/sign-out", headers=form_token(ewa))
    company.person["sub"] = "u-2"  # the address was given to somebody else
    thief = Person(ewa.workspace, company)
    thief.is_refused(thief.sign_in(), single_sign_on.TAKEN)
    assert log_of(ewa.workspace.storage)[-1] == (
        "single_sign_on_refused",
        "ewa@firma.example",
        {"why": "another_subject"},
    )
    company.person["sub"] = "u-1"
    assert ewa.sign_in().status_code == 303


def test_an_administrator_lets_an_account_go_so_that_it_can_be_linked_anew(
    ewa: Person, company: CompanyAccounts
) -> None:
    ewa.sign_in()
    storage = ewa.workspace.storage
    with storage.writing() as session:
        row = session.scalars(select(AccountRow)).one()
        mine = row.id
        boss = accounts.create(session, "szefowa", "Szefowa", ("administrator",), None, by=BOSS)
        token = accounts.begin(session, boss)
    own = ewa.client.delete(f"/api/v1/accounts/{mine}/single-sign-on", headers=form_token(ewa))
    assert own.status_code == 403
    chief = Person(ewa.workspace, company)
    chief.client.cookies.set("odsluch", token)
    for _ in range(2):  # the second time there is nothing to do
        answer = chief.client.delete(f"/api/v1/accounts/{mine}/single-sign-on", headers=form_token(chief))
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    answer = chief.client.delete("/api/v1/accounts/nikt/single-sign-on", headers=form_token(chief))
    assert answer.status_code == 404
    assert ewa.who() is None
    assert [entry for entry in log_of(storage) if entry[0] == "single_sign_on_unlink"] == [
        ("single_sign_on_unlink", "ewa@firma.example", {})
    ]
    company.person["sub"] = "u-2"
    heir = Person(ewa.workspace, company)
    assert heir.sign_in().status_code == 303
    assert heir.who() == "ewa@firma.example"


def test_of_two_people_at_once_the_second_sees_whose_account_it_has_become(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    account(storage, "ewa@firma.example")
    outcomes = []

    def arrive(subject: str) -> None:
        with storage.writing() as session:
            try:
                outcomes.append(single_sign_on.account_of(session, person(subject)).subject)
            except SignInTrouble as trouble:
                outcomes.append(trouble.sentence)

    def person(subject: str) -> Identity:
        return Identity("https://k.example", subject, ("ewa@firma.example",))

    others = [threading.Thread(target=arrive, args=(subject,)) for subject in ("u-2", "u-1")]
    with storage.writing() as session:
        single_sign_on.account_of(session, person("u-1"))
        for other in others:
            other.start()
        time.sleep(0.5)  # they have come to where they have to wait
        assert outcomes == []
    for other in others:
        other.join()
    assert sorted(outcomes) == sorted(["u-1", single_sign_on.TAKEN])
    with storage.reading() as session:
        assert session.scalar(select(AccountRow.subject)) == "u-1"
    assert [action for action, _, _ in log_of(storage)].count("single_sign_on_link") == 1
    storage.close()


def test_processes_that_begin_at_once_seal_with_one_key(fresh_url: str) -> None:
    storage = open_storage(fresh_url)
    together, made = threading.Barrier(6), []

    def begin() -> None:
        together.wait()
        with storage.writing() as session:
            made.append(single_sign_on.make_sealer(session))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    sealed = made[0].encrypt(b"x")
    assert [one.decrypt(sealed) for one in made] == [b"x"] * 6
    storage.close()


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"email": " Ewa@Firma.Example ", "email_verified": True}, ("ewa@firma.example",)),
        ({"email": "ewa@firma.example", "email_verified": "true"}, ("ewa@firma.example",)),
        ({"preferred_username": "Łucja.Ż"}, ("łucja.ż",)),
        ({"preferred_username": "ewa@firma.example"}, ("ewa@firma.example",)),  # Entra: no word on e-mails
        ({"preferred_username": "ewa", "email": "ewa", "email_verified": True}, ("ewa",)),
        ({"preferred_username": "\u212aasia"}, ()),  # the Kelvin sign becomes k in lower case
        ({"preferred_username": "ewa\u0000"}, ()),
        ({"preferred_username": "x" * 81}, ()),
        ({"preferred_username": {"ewa": 1}}, ()),
        ({"preferred_username": ""}, ()),
    ],
)
def test_which_logins_a_token_proves(claims: Claims, expected: tuple[str, ...]) -> None:
    assert logins(claims) == expected


def test_a_very_long_name_at_the_provider_is_kept_as_a_digest_that_fits_the_column(
    ewa: Person, company: CompanyAccounts
) -> None:
    company.person["sub"] = "x" * 255
    ewa.sign_in()
    assert ewa.who() == "ewa@firma.example"
    company.person["sub"] = "x" * 254 + "y"
    thief = Person(ewa.workspace, company)
    assert shown(thief.sign_in()) == shown_text(single_sign_on.TAKEN)
    with ewa.workspace.storage.reading() as session:
        subject = session.scalar(select(AccountRow.subject))
    assert subject is not None
    assert len(subject) <= 200
