"""Saved filters over HTTP, on every page that has them."""

from __future__ import annotations

import pytest

from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.saved_filters import PAGES
from qa.services.workspace import Workspace
from tests.unit.qa.web.conftest import SignIn
from tests.unit.qa.web.test_quality import pages, shown

ADDRESS = "/api/v1/saved-filters"
OF_PAGE = {"conversations": "team=T1&state=scored", "quality": "team=T1", "voice": "reason=delivery.delayed"}


@pytest.mark.parametrize("page", sorted(OF_PAGE))
def test_filters_are_saved_shown_opened_and_deleted(
    stocked: Workspace, sign_in_as: SignIn, page: str
) -> None:
    lead = sign_in_as("qa_lead")
    query = OF_PAGE[page]
    made = lead.call("POST", ADDRESS, {"page": page, "name": " Moje <filtry> ", "query": query})
    assert made.status_code == 201
    assert lead.get(f"{ADDRESS}?page={page}").json() == [made.json()]
    for html in pages(lead, f"/{page}"):
        assert "Moje &lt;filtry&gt;" in html
        assert f'href="/{page}?{query.replace("&", "&amp;")}"' in html
    assert 'aria-current="true">Moje' in lead.get(f"/{page}?{query}").text
    assert lead.call("DELETE", f"{ADDRESS}/{made.json()['id']}").json() == {"ok": True}
    assert "Moje" not in shown(lead.get(f"/{page}").text)


def test_nobody_sees_or_deletes_anothers(stocked: Workspace, sign_in_as: SignIn) -> None:
    one, other = sign_in_as("qa_lead", login="ewa"), sign_in_as("qa_lead", login="jan")
    made = one.call("POST", ADDRESS, {"page": "quality", "name": "Moje", "query": "team=T1"}).json()
    assert other.get(f"{ADDRESS}?page=quality").json() == []
    assert other.call("DELETE", f"{ADDRESS}/{made['id']}").status_code == 404
    assert len(one.get(f"{ADDRESS}?page=quality").json()) == 1


def test_a_name_is_taken_once(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    body = {"page": "quality", "name": "Moje", "query": "team=T1"}
    assert lead.call("POST", ADDRESS, body).status_code == 201
    again = lead.call("POST", ADDRESS, {**body, "query": "team=T2"})
    assert again.status_code == 409
    assert "Moje" in again.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"page": "nie-ma", "name": "a", "query": "team=T1"},
        {"page": "quality", "name": "", "query": "team=T1"},
        {"page": "quality", "name": "x" * 81, "query": "team=T1"},
        {"page": "quality", "name": "a\0", "query": "team=T1"},
        {"page": "quality", "name": "a", "query": ""},
        {"page": "quality", "name": "a", "query": "x=" + "y" * 2000},
        {"page": "quality", "name": "a", "query": "&".join(f"a{n}=1" for n in range(50))},
    ],
)
def test_what_cannot_be_saved_is_refused_with_a_sentence(sign_in_as: SignIn, body: object) -> None:
    answer = sign_in_as("qa_lead").call("POST", ADDRESS, body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_of_pages_that_one_may_open(stocked: Workspace, sign_in_as: SignIn, role: str) -> None:
    person = sign_in_as(role)
    for page, permissions in PAGES.items():
        allowed = any(role in PERMISSIONS[name] for name in permissions)
        assert person.get(f"{ADDRESS}?page={page}").status_code == (200 if allowed else 403), page
        body = {"page": page, "name": "Moje", "query": "team=T1"}
        assert person.call("POST", ADDRESS, body).status_code == (201 if allowed else 403), page


def test_an_agent_has_filters_of_the_own_conversations(stocked: Workspace, sign_in_as: SignIn) -> None:
    html = sign_in_as("agent").get("/conversations?state=scored").text
    assert 'name="query" value="state=scored"' in html
    assert "/export/" not in html
