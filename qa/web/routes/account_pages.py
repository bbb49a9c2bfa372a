"""Accounts: who may sign in, with which roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from qa.errors import UsageProblem
from qa.services.access import accounts, single_sign_on
from qa.services.access.permissions import ROLES, Actor
from qa.storage.people import AccountRow
from qa.web.context import API, PageNumber, Reading, Writing, permitted, web_settings_of, workspace_of
from qa.web.pages import page

router = APIRouter()
MANAGE = permitted("account.manage")
Text = Annotated[str, Query(max_length=200)]
State = Literal["", "active", "inactive"]


@dataclass(frozen=True, slots=True)
class AccountList:
    """Which accounts are asked for in an address, and which page of them."""

    text: Text = ""
    role: Text = ""
    state: State = ""
    number: PageNumber = 1

    def filter(self) -> accounts.AccountFilter:
        """For the service."""
        return accounts.AccountFilter(
            self.text, self.role, {"active": True, "inactive": False}.get(self.state)
        )


Wanted = Annotated[AccountList, Depends()]


class AccountChange(BaseModel):
    """What changes in an account; None leaves a value as it is."""

    name: str | None = Field(default=None, max_length=200)
    roles: list[str] | None = Field(default=None, max_length=20)
    password: str | None = Field(default=None, max_length=accounts.MOST_PASSWORD)
    agent_id: str | None = Field(default=None, max_length=200)
    team: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=250)
    active: bool | None = None


class NewAccount(BaseModel):
    """A new account."""

    login: str = Field(max_length=200)
    name: str = Field(max_length=200)
    roles: list[str] = Field(max_length=20)
    password: str | None = Field(default=None, max_length=accounts.MOST_PASSWORD)
    agent_id: str | None = Field(default=None, max_length=200)
    team: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=250)


def _shown(row: AccountRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "login": row.login,
        "name": row.name,
        "roles": list(row.roles),
        "agent_id": row.agent_id,
        "team": row.team,
        "email": row.email,
        "active": row.active,
        "single_sign_on": row.subject is not None,
    }


@router.get("/accounts", response_class=HTMLResponse, include_in_schema=False)
def accounts_page(
    request: Request,
    session: Reading,
    wanted: Wanted,
    actor: Actor = MANAGE,
) -> HTMLResponse:
    """A page of the accounts with its filters, and the form for a new one."""
    size = web_settings_of(request).page_rows
    rows, total = accounts.listed(session, wanted.number, size, wanted.filter())
    values = {"text": wanted.text.strip(), "role": wanted.role, "state": wanted.state}
    return page(
        request,
        "accounts.html",
        actor,
        rows=[_shown(row) for row in rows],
        total=total,
        number=wanted.number,
        size=size,
        given={name: value for name, value in values.items() if value},
        roles=ROLES,
        least=accounts.LEAST_PASSWORD,
        single_sign_on=single_sign_on.is_configured(workspace_of(request).settings),
    )


@router.get(f"{API}/accounts")
def list_accounts(
    request: Request,
    session: Reading,
    wanted: Wanted,
    actor: Actor = MANAGE,
) -> dict[str, Any]:
    """A page of the accounts by name, narrowed to a text in login or name, a role, active or not; ``total`` is of all pages."""
    size = web_settings_of(request).page_rows
    rows, total = accounts.listed(session, wanted.number, size, wanted.filter())
    return {"rows": [_shown(row) for row in rows], "total": total}


@router.post(f"{API}/accounts", status_code=201)
def create_account(
    request: Request, session: Writing, given: NewAccount, actor: Actor = MANAGE
) -> dict[str, Any]:
    """A new account with a first password, which only company sign-in makes unnecessary."""
    if given.password is None and not single_sign_on.is_configured(workspace_of(request).settings):
        raise UsageProblem("Podaj hasło: co najmniej {least} znaków.", least=accounts.LEAST_PASSWORD)
    row = accounts.create(
        session,
        given.login,
        given.name,
        given.roles,
        given.password,
        agent_id=given.agent_id,
        team=given.team,
        email=given.email,
        by=actor,
    )
    return _shown(row)


@router.patch(f"{API}/accounts/{{account_id}}")
def change_account(
    session: Writing, account_id: str, given: AccountChange, actor: Actor = MANAGE
) -> dict[str, Any]:
    """Change an account; taking away roles, password or the account ends its sessions."""
    return _shown(accounts.change(session, account_id, actor, **given.model_dump()))
