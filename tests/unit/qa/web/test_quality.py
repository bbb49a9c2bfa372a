"""The quality board over HTTP."""

from __future__ import annotations

import re
from html import unescape

import pytest

from qa.services.access.permissions import PERMISSIONS, ROLES
from qa.services.workspace import Workspace
from qa.storage.people import OverviewRow
from tests.unit.qa.board_rows import add, draw, judge, plan
from tests.unit.qa.web.conftest import Browser, SignIn

NOVEMBER = "first=2026-11-01&last=2026-11-30"
LINK = re.compile(r'href="(/conversations[^"]*)"')
LONG = "Zespół o nazwie, której nikt nie skrócił, choć nie mieści się w żadnej kolumnie " * 2


def shown(html: str) -> str:
    """What the page says: its head has a random token, which may hold any few letters."""
    return html[html.index("<main") :]


def pages(person: Browser, address: str) -> list[str]:
    """What the page says in both languages."""
    found = []
    for language in ("pl", "en"):
        assert person.call("PUT", "/api/v1/me/language", {"language": language}).status_code == 200
        answer = person.get(address)
        assert answer.status_code == 200, answer.text
        found.append(shown(answer.text))
    return found


def total(person: Browser, address: str) -> int:
    answer = person.get(unescape(address).replace("/conversations", "/api/v1/conversations", 1))
    assert answer.status_code == 200
    return int(answer.json()["total"])


def test_an_empty_database_says_what_to_do(sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for html, said in zip(pages(lead, "/quality"), ("odsluch run", "odsluch run"), strict=True):
        assert said in html
        assert "<table" not in html
    for html, said in zip(
        pages(lead, "/quality?team=T9"), ("zmień filtry", "change the filters"), strict=True
    ):
        assert said in html


def test_the_board_shows_figures_with_intervals_and_links_to_its_conversations(
    stocked: Workspace, sign_in_as: SignIn
) -> None:
    lead = sign_in_as("qa_lead")
    view = lead.get(f"/api/v1/quality?{NOVEMBER}").json()
    assert (view["conversations"], view["scorecard"], view["unit"]) == (40, "phone@1", "week")
    polish, english = pages(lead, f"/quality?{NOVEMBER}")
    for html in (polish, english):
        assert html.count('role="img"') == 1 + len(view["criteria"])
        for one in view["criteria"]:
            assert one["name"] in html
    assert "za mało ocen ludzi: 0 z 10" in polish
    assert "too few reviews: 0 of 10" in english
    links = {unescape(link) for link in LINK.findall(polish) if "?" in link}
    assert total(lead, next(link for link in links if "agent=a-1" in link and "state=scored" in link)) == 10
    counted = re.findall(r'<a href="([^"]*criterion=[^"]*)">(?:n = )?(\d+)<', polish)
    assert len(counted) > 3 * len(view["criteria"])  # all decided, those left out, and each week
    assert [(link, total(lead, unescape(link))) for link, _ in counted] == [
        (link, int(n)) for link, n in counted
    ]
    failed = {link for link in links if "outcome=fail" in link}
    assert {total(lead, link) for link in failed} == {
        one["automatic"]["n"] - one["automatic"]["part"]
        for one in view["criteria"]
        if one["automatic"]["n"] > one["automatic"]["part"]
    }


def test_corrections_by_people_stand_beside_the_machine(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        sample = plan(session, "losowy", 24)
        for number in range(24):
            name = f"c-{number}"
            add(session, name, {"greeting": "pass"}, score=80.0, team=LONG)
            item = draw(session, sample, name, 0.5) if number < 12 else None
            if number < 11:
                judge(session, name, {"greeting": "pass" if number else "fail"}, item)
    polish, english = pages(sign_in_as("qa_lead"), f"/quality?{NOVEMBER}")
    assert "losowa próba z planu „losowy”, ocenione 11 z 12 wylosowanych rozmów" in polish
    assert "a random sample of the plan “losowy”, 11 of 12 drawn conversations judged" in english
    assert "ludzie n = 11" in polish
    assert re.search(r"automat <a [^>]+>n = 24<", polish)
    assert "people n = 11" in english
    assert "niezmierzone" in polish


def test_people_stand_by_name_and_are_paged(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        for number in range(120):
            add(
                session,
                f"c-{number}",
                {"greeting": "pass"},
                agent_id=f"ag-{number:03}",
                score=float(number % 100),
            )
    lead = sign_in_as("qa_lead")

    def names(number: int) -> list[str]:
        html = lead.get(f"/quality?{NOVEMBER}&number={number}").text
        rows = html[html.index('id="agents"') :]
        return re.findall(r">(ag-\d+)</a></th>", rows)

    assert names(1) == [f"ag-{number:03}" for number in range(50)]
    assert names(3) == names(99) == [f"ag-{number:03}" for number in range(100, 120)]
    html = lead.get(f"/quality?{NOVEMBER}&agent=ag-007").text
    assert '<option value="ag-119">' in html  # another one can be chosen at once
    assert '<option value="ag-007" selected>' in html


def test_a_coach_is_kept_to_the_own_team(stocked: Workspace, sign_in_as: SignIn) -> None:
    coach = sign_in_as("coach", team="T1")
    html = shown(coach.get(f"/quality?{NOVEMBER}").text)
    assert "T2" not in html
    assert '<input type="hidden" name="team" value="T1">' in html
    answer = coach.get(f"/api/v1/quality?{NOVEMBER}&team=T2")
    assert answer.status_code == 403
    assert "T1" in answer.json()["error"]["message"]
    assert coach.get(f"/quality?{NOVEMBER}&team=T2").status_code == 403


def test_without_days_it_is_what_there_is_and_one_end_brings_the_other(
    workspace: Workspace, sign_in_as: SignIn
) -> None:
    with workspace.storage.writing() as session:
        add(session, "old", {"greeting": "pass"}, day="2020-03-04")
        add(session, "older", {"greeting": "pass"}, day="2020-02-26")
    lead = sign_in_as("qa_lead")

    def days(query: str) -> tuple[str, str]:
        view = lead.get(f"/api/v1/quality?{query}").json()
        return view["first"], view["last"]

    assert days("") == days("first=&last=") == ("2020-02-24", "2020-03-04")
    assert days("first=2020-03-01") == ("2020-03-01", "2020-03-04")
    assert days("first=2020-05-01") == ("2020-05-01", "2020-05-01")
    assert days("last=2020-03-01") == ("2020-02-24", "2020-03-01")
    assert days("last=2020-01-01") == ("2020-01-01", "2020-01-01")


def test_the_usual_days_are_not_saved(workspace: Workspace, sign_in_as: SignIn) -> None:
    with workspace.storage.writing() as session:
        add(session, "a", {"greeting": "pass"}, day="2020-03-04")
    lead = sign_in_as("qa_lead")
    html = lead.get("/quality?first=2020-03-02&last=2020-03-04&team=T1&channel=").text
    assert 'name="query" value="team=T1"' in html
    html = lead.get("/quality?first=2020-03-03&last=2020-03-04&team=T1").text
    assert 'name="query" value="first=2020-03-03&amp;team=T1"' in html
    assert 'name="query"' not in lead.get("/quality").text


def test_months_over_half_a_year(stocked: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for html in pages(lead, "/quality?first=2026-01-01&last=2026-12-31"):
        assert ">11.2026</text>" in html


def test_a_scorecard_that_is_gone_and_strange_names_are_shown(
    workspace: Workspace, sign_in_as: SignIn
) -> None:
    with workspace.storage.writing() as session:
        add(
            session,
            "a/b?c",
            {"<b>": "pass"},
            scorecard="dawna@3",
            team="<script>",
            agent_id="a&b=c/d",
            score=5.0,
        )
        assert session.get(OverviewRow, "a/b?c")
    for html in pages(sign_in_as("qa_lead"), f"/quality?{NOVEMBER}"):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "agent=a%26b%3Dc%2Fd" in html


@pytest.mark.parametrize(
    "query",
    ["first=2026-02-30", "first=wczoraj", "last=2026-11-1", "first=٢٠٢٦-١١-٠١", "channel=telepatia", "team=" + "x" * 201,
     "first=2026-11-30&last=2026-11-01", "first=2000-01-01", "number=0", "number=x"],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_in_a_sentence(sign_in_as: SignIn, query: str) -> None:
    lead = sign_in_as("qa_lead")
    page = lead.get(f"/quality?{query}")
    assert page.status_code == 422
    assert "Popraw dane" in page.text
    if not query.startswith("number"):
        answer = lead.get(f"/api/v1/quality?{query}")
        assert answer.status_code == 422
        assert re.search(r"[.:] ?", answer.json()["error"]["message"])


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_open_it(sign_in_as: SignIn, role: str) -> None:
    person = sign_in_as(role)
    expected = 200 if role in PERMISSIONS["team.read"] else 403
    assert person.get("/quality").status_code == expected
    assert person.get("/api/v1/quality").status_code == expected
