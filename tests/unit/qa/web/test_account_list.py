"""The list of accounts: paged and narrowed in the database."""

from __future__ import annotations

import pytest

from tests.unit.qa.web.conftest import Browser, SignIn, with_web_settings

API = "/api/v1/accounts"


@pytest.fixture
def admin(sign_in_as: SignIn) -> Browser:
    admin = sign_in_as("administrator")
    for number in range(4):
        body = {
            "login": f"osoba_{number}",
            "name": f"Łucja {number}",
            "roles": ["auditor"],
            "password": "tajne-haslo-do-prob",
        }
        made = admin.call("POST", API, body)
        assert made.status_code == 201
    admin.call("PATCH", f"{API}/{made.json()['id']}", {"active": False})
    return admin


def logins(admin: Browser, query: str) -> list[str]:
    return [row["login"] for row in admin.get(f"{API}?{query}").json()["rows"]]


def test_a_filter_narrows_rows_and_total(admin: Browser) -> None:
    assert admin.get(API).json()["total"] == 5
    assert logins(admin, "text=OSOBA_2") == ["osoba_2"]
    assert logins(admin, "text=%C5%82ucja 1") == ["osoba_1"]
    assert logins(admin, "text=o%25a") == []
    assert len(logins(admin, "role=auditor")) == 4
    assert len(logins(admin, "role=administrator")) == 1
    assert logins(admin, "role=auditor&state=inactive") == ["osoba_3"]
    assert len(logins(admin, "state=active")) == 4


def test_an_unknown_role_is_refused_with_those_that_are_known(admin: Browser) -> None:
    answer = admin.get(f"{API}?role=zzz")
    assert answer.status_code == 422
    assert "Nieznana rola: do wyboru" in answer.json()["error"]["message"]


def test_the_list_has_pages_that_keep_the_filters(admin: Browser) -> None:
    with_web_settings(admin, page_rows=2)
    first, second = (admin.get(f"{API}?role=auditor&number={number}").json() for number in (1, 2))
    assert [row["login"] for row in first["rows"] + second["rows"]] == [f"osoba_{n}" for n in range(4)]
    assert first["total"] == second["total"] == 4
    html = admin.get("/accounts?role=auditor&text=osoba").text
    assert "osoba_1" in html
    assert "osoba_2" not in html
    following = html.partition('rel="next" href="')[2].partition('"')[0]
    assert all(one in following for one in ("role=auditor", "text=osoba", "number=2"))
    changed = html.partition('data-api="PATCH')[2].partition('data-next="')[2].partition('"')[0]
    assert "role=auditor" in changed  # whoever changes an account comes back to where they were
    assert "text=osoba" in changed


def test_a_list_without_rows_says_how_to_go_on(admin: Browser) -> None:
    assert "Nic nie pasuje do filtrów" in admin.get("/accounts?text=nikt-taki").text
    assert "nic już nie ma" in admin.get("/accounts?number=99").text
