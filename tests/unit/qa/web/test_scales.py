"""Criteria with a scale on pages and over the API: forms, keys, disputes, calibrations, figures."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import playwright
import pytest

from qa.services.workspace import Workspace
from tests.unit.qa.scale_rows import CARD, NAMES, SCALED, add, answers
from tests.unit.qa.web.conftest import Browser, SignIn

TODAY = date.today()  # disputes have their time
SCALE = next(one for one in CARD.criteria if one.id == SCALED).scale
NODE = Path(playwright.__file__).parent / "driver" / "node"  # it comes with the browser tests


@pytest.fixture
def graded(workspace: Workspace) -> Workspace:
    """Three conversations in which the machine finds levels 0, 1 and 2."""
    with workspace.storage.writing() as session:
        for level in range(3):
            add(session, f"c-{level}", level, TODAY.isoformat())
    return workspace


def block(page: str) -> str:
    """The part of a page that is about the criterion with the scale."""
    return page.split(f'id="c-{SCALED}"')[1].split('class="criterion"')[0]


def put(browser: Browser, name: str = "c-1", **body: Any) -> Any:
    return browser.call("PUT", f"/api/v1/review?id={name}", body)


# The form -----------------------------------------------------------------------------------------------------


def test_the_form_has_a_choice_for_each_level_with_what_it_means(
    graded: Workspace, sign_in_as: SignIn
) -> None:
    form = block(sign_in_as("qa_specialist").get("/conversations/c-1").text)
    assert re.findall(rf'name="o-{SCALED}" value="(\w+)"', form) == ["0", "1", "2", "3", "na"]
    assert 'data-automatic="1" data-top="3"' in form
    assert SCALE is not None
    for level in SCALE.levels:
        assert form.count(level.description) >= 2  # beside the choice, and in the list
    assert "od tego poziomu zaliczone" in form
    assert "niezaliczone, poziom 1" in form


def test_other_criteria_keep_their_form(graded: Workspace, sign_in_as: SignIn) -> None:
    page = sign_in_as("qa_specialist").get("/conversations/c-1").text
    price = page.split('id="c-price"')[1].split('class="criterion"')[0]
    assert re.findall(r'name="o-price" value="(\w+)"', price) == ["pass", "fail", "na"]
    assert "data-top" not in price


def test_a_level_is_saved_finished_and_stands_beside_the_machines(
    graded: Workspace, sign_in_as: SignIn
) -> None:
    worker = sign_in_as("qa_specialist")
    saved = put(worker, outcomes=answers(2)).json()
    assert saved["score"] == pytest.approx(90)
    form = block(worker.get("/conversations/c-1").text)
    assert f'name="o-{SCALED}" value="2" checked' in form
    assert form.count(" checked") == 1
    assert worker.call("POST", f"/api/v1/reviews/{saved['id']}/finish").status_code == 200
    done = block(worker.get("/conversations/c-1").text)
    assert "niezaliczone, poziom 1" in done  # the machine's
    assert "zaliczone, poziom 2" in done
    found = worker.get("/api/v1/conversation?id=c-1").json()
    criterion = next(one for one in found["criteria"] if one["id"] == SCALED)
    assert (criterion["level"], criterion["my_level"], criterion["outcome"]) == (1, 2, "fail")
    assert found["reviews"][0]["levels"] == {SCALED: 2}
    reader = block(sign_in_as("auditor").get("/conversations/c-1").text)
    assert "zaliczone, poziom 2" in reader


@pytest.mark.parametrize(
    "outcome",
    ["4", "9", "-1", "pass", "fail", "review", "", "2.5", "²", "null", 2, 2.0, True, [2], {"level": 2}],
)
def test_hostile_levels_are_refused_and_nothing_is_kept(
    graded: Workspace, sign_in_as: SignIn, outcome: object
) -> None:
    worker = sign_in_as("qa_specialist")
    answer = put(worker, outcomes={SCALED: outcome})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
    assert " checked" not in block(worker.get("/conversations/c-1").text)


def test_a_level_for_a_criterion_without_a_scale_is_refused(graded: Workspace, sign_in_as: SignIn) -> None:
    assert put(sign_in_as("qa_specialist"), outcomes={"price": "2"}).status_code == 422


def test_a_blind_reader_learns_no_level(graded: Workspace, sign_in_as: SignIn) -> None:
    lead, jan = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    made = opened(lead, jan)
    page = jan.get(f"/calibrations/{made}/judge/c-1").text
    form = block(page)
    assert 'data-top="3"' in form
    assert "data-automatic" not in form
    assert "poziom 1" not in form
    assert re.findall(rf'name="o-{SCALED}" value="(\w+)"', form) == ["0", "1", "2", "3", "na"]


# Keys ---------------------------------------------------------------------------------------------------------


def pressed(key: str, top: int | None) -> str | None:
    """What the page's own script makes of a key at a criterion."""
    script = resources.files("qa.web").joinpath("static", "judging.js").read_text(encoding="utf-8")
    function = re.search(r"^function answerOf\(.*?^}$", script, re.M | re.S)
    assert function is not None
    dataset = {} if top is None else {"top": str(top)}
    program = (
        f"{function[0]}\n"
        f"console.log(JSON.stringify(answerOf({{dataset: {json.dumps(dataset)}}}, {json.dumps(key)}) ?? null))"
    )
    done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True)
    answer: str | None = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("key", "top", "answer"),
    [
        ("1", None, "pass"),
        ("2", None, "fail"),
        ("3", None, "na"),
        ("0", None, None),
        ("4", None, None),
        ("n", None, "na"),
        ("0", 3, "0"),
        ("1", 3, "1"),
        ("3", 3, "3"),
        ("4", 3, None),
        ("5", 5, "5"),
        ("6", 5, None),
        ("n", 5, "na"),
        ("x", 3, None),
        ("arrowdown", 3, None),
        ("²", 3, None),
    ],
)
def test_digits_are_levels_where_there_is_a_scale(key: str, top: int | None, answer: str | None) -> None:
    assert pressed(key, top) == answer


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_keys_are_explained_in_both_languages(
    graded: Workspace, sign_in_as: SignIn, language: str
) -> None:
    worker = sign_in_as("qa_specialist")
    worker.call("PUT", "/api/v1/me/language", {"language": language})
    page = worker.get("/conversations/c-1").text
    assert "<kbd>0</kbd>–<kbd>3</kbd>" in page
    assert "<kbd>N</kbd>" in page
    assert ("does not apply, for every criterion" in page) == (language == "en")
    assert ("passed from this level on" in page) == (language == "en")


# Disputes -----------------------------------------------------------------------------------------------------


def test_an_agent_asks_for_a_level_and_the_decision_gives_one(graded: Workspace, sign_in_as: SignIn) -> None:
    agent, lead = sign_in_as("agent", agent_id="a-1"), sign_in_as("qa_lead")
    form = block(agent.get("/conversations/c-1").text)
    assert 'name="wanted"' in form
    assert re.findall(r'<option lang="pl" value="(\d)"', form) == ["0", "2", "3"]  # not the present one
    body = {
        "conversation_id": "c-1",
        "criterion": SCALED,
        "comment": "Pytałem też o termin.",
        "review_id": None,
    }
    for wrong in ("1", "4", "na", "<b>"):
        assert agent.call("POST", "/api/v1/disputes", {**body, "wanted": wrong}).status_code == 422
    key = agent.call("POST", "/api/v1/disputes", {**body, "wanted": "3"}).json()["id"]
    page = lead.get(f"/disputes/{key}").text
    assert "Poziom, o który prosi odwołanie" in page
    assert re.findall(r'name="becomes" value="(\w+)"', page) == ["0", "2", "3", "na"]
    assert 'name="becomes" value="3" checked' in page
    decided = {"status": "partly", "comment": "Dwa pytania."}
    for wrong in ("1", "5", "pass", "x"):
        answer = lead.call("POST", f"/api/v1/disputes/{key}/decision", {**decided, "becomes": wrong})
        assert answer.status_code == 422
    assert (
        lead.call("POST", f"/api/v1/disputes/{key}/decision", {**decided, "becomes": "2"}).status_code == 200
    )
    shown = agent.get(f"/disputes/{key}").text
    assert "niezaliczone, poziom 1" in shown
    assert "zaliczone, poziom 2" in shown
    assert "zaliczone, poziom 2" in agent.get("/disputes").text
    found = agent.get(f"/api/v1/disputes/{key}").json()["dispute"]
    assert (found["was_level"], found["wanted_level"], found["becomes_level"]) == (1, 3, 2)


def test_without_a_scale_nobody_is_asked_for_a_level(graded: Workspace, sign_in_as: SignIn) -> None:
    agent = sign_in_as("agent", agent_id="a-1")
    page = agent.get("/conversations/c-1").text
    assert page.count('name="wanted"') == 1


# Calibrations -------------------------------------------------------------------------------------------------


def opened(lead: Browser, *others: Browser) -> str:
    body = {
        "name": "Stopnie",
        "scorecard": CARD.key,
        "participants": [lead.account_id, *(one.account_id for one in others)],
        "conversations": ["c-0", "c-1"],
    }
    identifier: str = lead.call("POST", "/api/v1/calibrations", body).json()["id"]
    return identifier


def judges(browser: Browser, made: str, name: str, level: int | str) -> int:
    criteria = {one: {"outcome": word, "comment": ""} for one, word in answers(level).items()}
    address = f"/api/v1/calibrations/{made}/judgement?conversation={name}"
    status: int = browser.call(
        "PUT", address, {"criteria": criteria, "version": 0, "finish": True}
    ).status_code
    return status


def test_levels_are_judged_compared_and_decided(graded: Workspace, sign_in_as: SignIn) -> None:
    lead, jan = sign_in_as("qa_lead"), sign_in_as("qa_specialist")
    made = opened(lead, jan)
    assert judges(jan, made, "c-0", "7") == 422
    assert judges(jan, made, "c-0", "4") == 422
    for name, own, other in (("c-0", 0, 0), ("c-1", 2, 3)):
        assert judges(lead, made, name, own) == judges(jan, made, name, other) == 200
    lead.call("POST", f"/api/v1/calibrations/{made}/compare", {})
    page = lead.get(f"/calibrations/{made}?criterion={SCALED}").text
    assert "Poziomy kryteriów ze skalą" in page
    assert "zaliczone, poziom 3" in page
    assert "niezaliczone, poziom 1" in page  # the machine's
    assert re.findall(r'name="outcome" value="(\w+)" required', page)[:5] == ["0", "1", "2", "3", "na"]
    body = {"conversation_id": "c-1", "criterion": SCALED, "why": "Dwa pytania, bez uzasadnienia."}
    address = f"/api/v1/calibrations/{made}/decision"
    assert lead.call("PUT", address, {**body, "outcome": "4"}).status_code == 422
    assert lead.call("PUT", address, {**body, "outcome": "2"}).status_code == 200
    assert (
        'name="outcome" value="2" required checked'
        in lead.get(f"/calibrations/{made}?criterion={SCALED}").text
    )
    found = lead.get(f"/api/v1/calibrations/{made}/comparison").json()
    levels = next(one for one in found["criteria"] if one["id"] == SCALED)["levels"]
    assert (levels["unanimous"]["part"], levels["near"]["part"], levels["levels"]) == (1, 2, 4)
    assert next(one for one in found["criteria"] if one["id"] == "price")["levels"] is None


# Figures ------------------------------------------------------------------------------------------------------


def test_trust_and_board_show_levels(graded: Workspace, sign_in_as: SignIn) -> None:
    lead = sign_in_as("qa_lead")
    for name, level in (("c-0", 0), ("c-1", 2), ("c-2", 2)):
        saved = put(lead, name, outcomes=answers(level)).json()
        assert lead.call("POST", f"/api/v1/reviews/{saved['id']}/finish").status_code == 200
    bar = {"least": 10, "agreement": 0.8, "kappa": 0.6, "assisted": 0.75}
    assert "Poziomy kryteriów ze skalą" not in lead.get(f"/trust?card={CARD.key}").text
    assert lead.call("POST", f"/api/v1/trust/{CARD.key}", bar).status_code == 200
    page = lead.get(f"/trust?card={CARD.key}").text
    assert "Poziomy kryteriów ze skalą" in page
    assert "-0.33" in page  # one of three is one level lower
    assert "Szczegóły kryteriów" in page
    assert "Precyzja automatu" in page
    assert "1 oceniający" in page.replace("\u00a0", " ")
    assert "kanał: czat" in page
    english = lead.call("PUT", "/api/v1/me/language", {"language": "en"})
    assert english.status_code == 200
    page = lead.get(f"/trust?card={CARD.key}").text
    assert "Criteria in detail" in page
    assert "Error when 80" in page
    assert lead.call("PUT", "/api/v1/me/language", {"language": "pl"}).status_code == 200
    (line,) = [one for one in lead.get(f"/api/v1/trust?card={CARD.key}").json()["lines"] if one["levels"]]
    assert (line["criterion"], line["levels"]["n"], line["levels"]["top"]) == (SCALED, 3, 3)
    board = lead.get(f"/quality?first={TODAY}&last={TODAY}").text
    assert "średni poziom" in board
    assert "1,00" in board
    export = lead.get(f"/api/v1/export/labels?scorecard={CARD.key}").text
    assert f'"levels": {{"{SCALED}": 2}}' in export


def test_every_criterion_of_the_card_can_be_answered(graded: Workspace, sign_in_as: SignIn) -> None:
    page = sign_in_as("qa_specialist").get("/conversations/c-1").text
    for name in NAMES:
        assert f'name="o-{name}"' in page
