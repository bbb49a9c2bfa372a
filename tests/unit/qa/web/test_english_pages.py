"""Under English, pages hold Polish only where they say that it is Polish: the shop's own words and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from nlp.taxonomy import load_behaviours, load_contact_reasons
from qa.services.workspace import Workspace
from qa.storage.tables import ProposalRow
from qa.web.context import today
from qa.web.language import english
from scorecards import available, load_scorecard
from tests.unit.qa.web.conftest import Browser, SignIn
from tests.unit.qa.web.test_plans import CRITERIA, drawn, made

POLISH_LETTERS = re.compile(r"[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")
TOLD = ("aria-label", "title", "alt", "placeholder", "label", "content")
OURS = ("Odsłuch", "Polski")  # the product's name, and the way back to Polish
NO_MARKS = ("option", "title")  # nothing inside of them can be marked
OF_EACH = 3  # pages of one kind: the third conversation says nothing new


def pieces(html: str) -> Iterator[tuple[str, bool]]:
    """What a page says in English, and whether it could be marked as Polish; nothing that is marked as Polish."""
    tree = LexborHTMLParser(html)
    for node in tree.css("[lang=pl], script, style"):
        node.decompose()
    for node in tree.root.traverse(include_text=True) if tree.root else ():
        if node.tag == "-text":
            yield node.text(deep=False), node.parent is None or node.parent.tag not in NO_MARKS
        else:
            known = node.attributes.items()
            yield from (
                (value, False)
                for name, value in known
                if value and (name in TOLD or name.startswith("data-"))
            )


@cache
def shops_own() -> re.Pattern[str]:
    """Names of reasons, behaviours, scorecards and their parts, which stay Polish, and the product's own name."""
    cards = [load_scorecard(key) for key in available()]
    labels = (*load_contact_reasons().labels, *load_contact_reasons().groups, *load_behaviours().labels)
    names = {*OURS, *(one.name for one in (*labels, *cards))}
    for section in (section for card in cards for section in card.sections):
        names |= {section.name, *(one.name for one in section.criteria)}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def polish(html: str) -> set[str]:
    """The pieces that are Polish: by a letter, as a text of the catalogue that English says otherwise, or by a name.

    Names in attributes, options and titles, which cannot be marked by themselves, are left.
    """
    found = set()
    for piece, markable in pieces(html):
        text = " ".join(shops_own().sub("", piece).split())
        named = markable and any(
            len(name) > 4 and name not in (*OURS, "E-mail") for name in shops_own().findall(piece)
        )
        if named or POLISH_LETTERS.search(text) or english().get(text, text) != text:
            found.add(piece.strip())
    return found


def kind(address: str) -> str:
    """Pages of the same kind have the same: ids and values left out."""
    parts = urlsplit(address)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
    return re.sub(r"/(?=[^/]*\d)[^/]+", "/*", parts.path) + "?" + "&".join(names)


def visited(browser: Browser, start: str = "/") -> Iterator[tuple[str, str]]:
    """Pages that can be reached by links, a few of each kind."""
    todo, seen, counted = [start], {start}, dict[str, int]()
    while todo:
        address = todo.pop(0)
        answer = browser.get(address)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            assert answer.status_code in (200, 303), address
            continue
        yield address, answer.text
        for node in LexborHTMLParser(answer.text).css("a[href]"):
            target = (node.attributes["href"] or "").partition("#")[0]
            inside = target.startswith("/") and not target.startswith(("/api/", "/language/", "/static/"))
            if inside and target not in seen and counted.get(kind(target), 0) < OF_EACH:
                seen.add(target)
                counted[kind(target)] = counted.get(kind(target), 0) + 1
                todo.append(target)


def judged(person: Browser, conversation: str, outcome: str, item: str | None = None) -> str:
    body = {
        "outcomes": {**dict.fromkeys(CRITERIA, "pass"), "empathy": outcome},
        "comments": {"empathy": "Too few words."},
        "item": item,
    }
    draft = person.client.put("/api/v1/review", params={"id": conversation}, json=body).json()
    assert person.call("POST", f"/api/v1/reviews/{draft['id']}/finish").status_code == 200
    return str(draft["id"])


def compared(lead: Browser, jan: Browser) -> None:
    """One calibration that is compared with a decision, one that is still open."""
    wanted = {
        "scorecard": "phone@1",
        "participants": [lead.account_id, jan.account_id],
        "conversations": ["c-0012", "c-0016"],
    }
    key = lead.call("POST", "/api/v1/calibrations", {"name": "November", **wanted}).json()["id"]
    for who, conversation in ((lead, "c-0012"), (lead, "c-0016"), (jan, "c-0012"), (jan, "c-0016")):
        said = {
            one.id: {"outcome": "pass" if who is lead else "fail"}
            for one in load_scorecard("phone@1").criteria
        }
        address = f"/api/v1/calibrations/{key}/judgement?conversation={conversation}"
        body = {"criteria": said, "version": 0, "finish": True}
        assert who.call("PUT", address, body).status_code == 200
    assert lead.call("POST", f"/api/v1/calibrations/{key}/compare", {}).status_code == 200
    decision = {
        "conversation_id": "c-0012",
        "criterion": "empathy",
        "outcome": "pass",
        "why": "As said.",
        "wording": "",
    }
    assert lead.call("PUT", f"/api/v1/calibrations/{key}/decision", decision).status_code == 200
    more = {"name": "December", **wanted, "conversations": ["c-0020"]}
    assert lead.call("POST", "/api/v1/calibrations", more).status_code == 201


def agreed(coach: Browser) -> None:
    """A 1:1 that was held, with an action, and a draft after it."""
    draft = {"strengths": ["Greets"], "point": "Further help", "notes": "From tomorrow on."}
    kept = coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", draft).json()
    version = {"version": kept["version"]}
    assert coach.call("POST", f"/api/v1/coaching/{kept['id']}/hold", version).status_code == 200
    for criterion in ("further_help", None):
        action = {
            "text": "Offer help",
            "criterion": criterion,
            "due_on": (today() + timedelta(days=9)).isoformat(),
        }
        assert coach.call("POST", f"/api/v1/coaching/{kept['id']}/actions", action).status_code == 201
    assert coach.call("PUT", "/api/v1/coaching/draft?agent=a-1", draft).status_code == 200


@pytest.fixture
def busy(stocked: Workspace, sign_in_as: SignIn) -> Workspace:
    """Everything that pages can show: reviews, disputes, a drawn plan, calibrations, 1:1s, proposals, kept filters."""
    lead, jan = sign_in_as("qa_lead"), sign_in_as("qa_specialist", login="jan")
    agent, coach = sign_in_as("agent"), sign_in_as("coach", team="T1")
    review = judged(jan, "c-0004", "fail")
    dispute: dict[str, Any] = {"conversation_id": "c-0004", "review_id": review, "comment": "It was there."}
    keys = [
        agent.call("POST", "/api/v1/disputes", {**dispute, "criterion": one}).json()["id"]
        for one in ("empathy", "greeting")
    ]
    decision = {"status": "accepted", "becomes": "pass", "comment": "It was."}
    assert lead.call("POST", f"/api/v1/disputes/{keys[0]}/decision", decision).status_code == 200
    drawn(lead, made(lead, name="Weekly"))
    compared(lead, jan)
    agreed(coach)
    assert lead.call("POST", "/api/v1/saved-filters", {"page": "voice", "name": "Mine", "query": "team=T1"})
    with stocked.storage.writing() as session:
        session.add(
            ProposalRow(
                fingerprint="f" * 16,
                kind="frequent",
                code="delivery.delayed",
                title="Opóźniona dostawa: bardzo częsty powód",
                body="Kontaktów: 48.",
                evidence=[],
                details={},
                priority=1.0,
                status="new",
            )
        )
    return stocked


@pytest.mark.parametrize(
    "role", ["administrator", "qa_lead", "qa_specialist", "coach", "agent", "product", "auditor"]
)
def test_what_is_polish_is_marked_as_polish(busy: Workspace, sign_in_as: SignIn, role: str) -> None:
    login = {"qa_specialist": "jan"}.get(role, role)
    person = sign_in_as(role, login=login, **({"team": "T1"} if role == "coach" else {}))
    assert person.call("PUT", "/api/v1/me/language", {"language": "en"}).status_code == 200
    found = {address: polish(html) for address, html in visited(person)}
    assert not {(kind(address), text) for address, texts in found.items() for text in texts}
    assert len(found) > 1


def test_before_signing_in_too(workspace: Workspace, sign_in_as: SignIn) -> None:
    browser = sign_in_as("auditor")
    browser.client.cookies.clear()
    browser.client.cookies.set("odsluch_language", "en")
    for address in ("/login", "/setup?code=x", "/nie-ma"):
        html = browser.get(address).text
        assert '<html lang="en">' in html
        assert not polish(html), address


def test_the_scan_sees_polish_where_it_is_not_marked() -> None:
    page = """<main lang="en"><p>Rozmowy</p><b lang="pl">Dostawa</b><i aria-label="Główne">ok</i>
    <p data-saved="Zapisano">Odsłuch</p><p>Agent</p></main>"""
    assert polish(page) == {"Rozmowy", "Główne", "Zapisano"}
